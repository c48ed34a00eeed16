package s3

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/checksum"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// Key layout. Objects are kept under the id of their bucket, not its name: a
// bucket that is made anew under an old name cannot see what the old one had. Keys
// of objects are ordered by their bytes, as S3 lists them.
//
//	s3 bucket NAME                bucket, with all its settings; names are unique in the server
//	s3 owned  ACCOUNT NAME        nothing, for ListBuckets
//	s3 object BUCKETID KEY        object: what listings and heads need
//	s3 body   BUCKETID KEY        content of a small object
//	s3 layout BUCKETID KEY        parts of an object that was uploaded in parts
//	s3 upload BUCKETID KEY UPLOAD multipart upload
//	s3 part   UPLOAD NUMBER       part of it
//	s3 done   UPLOAD              what a completed upload has answered, for a while
//	s3 blob   BLOBID              nothing: the blob belongs to an object or part
//
// A blob without its record is rubbish of a crash (sweep.go).
const space = "s3"

func bucketKey(name string) []byte         { return store.Key(space, "bucket", name) }
func ownedKey(account, name string) []byte { return store.Key(space, "owned", account, name) }
func objectKey(bucket, key string) []byte  { return store.Key(space, "object", bucket, key) }
func bodyKey(bucket, key string) []byte    { return store.Key(space, "body", bucket, key) }
func layoutKey(bucket, key string) []byte  { return store.Key(space, "layout", bucket, key) }
func partKey(upload string, n int32) []byte {
	return store.Key(space, "part", upload, int64(n))
}
func doneKey(upload string) []byte { return store.Key(space, "done", upload) }
func blobKey(id string) []byte     { return store.Key(space, "blob", id) }

func uploadKey(bucket, key, upload string) []byte {
	return store.Key(space, "upload", bucket, key, upload)
}

// A bucket is one bucket with its settings. It is shared by requests and never
// changed: changes are made to a copy (change).
type bucket struct {
	ID           string            `json:"id"`
	Name         string            `json:"name"`
	Account      string            `json:"account"`
	Region       string            `json:"region"`
	Created      time.Time         `json:"created"`
	Policy       string            `json:"policy,omitempty"` // as it was sent
	Bound        map[string]string `json:"bound,omitempty"`  // principal of the policy -> unique id
	CORS         []CORSRule        `json:"cors,omitempty"`
	Tags         map[string]string `json:"tags,omitempty"`
	PublicAccess *publicAccess     `json:"publicAccess,omitempty"` // nil: nothing is blocked
	Suspended    bool              `json:"suspended,omitempty"`    // versioning, which was never enabled

	compiled *policy.Policy // nil: no policy
	public   bool           // the policy is for everyone
	count    uint64         // of changes, at which it was read
}

// publicAccess is the settings of Block Public Access.
type publicAccess struct {
	BlockACLs       bool `json:"blockAcls,omitempty"`
	IgnoreACLs      bool `json:"ignoreAcls,omitempty"`
	BlockPolicy     bool `json:"blockPolicy,omitempty"`
	RestrictBuckets bool `json:"restrict,omitempty"`
}

// An object is what is known of one object without its bytes.
type object struct {
	Version  string            `json:"v"` // id of this content: every write has another
	Size     int64             `json:"n"`
	ETag     string            `json:"e"` // without quotes
	Modified time.Time         `json:"m"`
	Blob     string            `json:"b,omitempty"` // of the content; "" if it is in a body record or in parts
	Parts    int               `json:"p,omitempty"` // how many the layout has
	Header   attributes        `json:"h"`
	Tags     map[string]string `json:"t,omitempty"`
	Sum      *sum              `json:"s,omitempty"`
}

// attributes are what the writer of an object says of it for its readers.
type attributes struct {
	ContentType        string            `json:"ct,omitempty"`
	CacheControl       string            `json:"cc,omitempty"`
	ContentDisposition string            `json:"cd,omitempty"`
	ContentEncoding    string            `json:"ce,omitempty"`
	ContentLanguage    string            `json:"cl,omitempty"`
	Expires            string            `json:"ex,omitempty"`
	Redirect           string            `json:"rd,omitempty"` // x-amz-website-redirect-location
	User               map[string]string `json:"u,omitempty"`  // x-amz-meta-*
}

// A sum is a checksum as it is told: base64, "-N" behind a composite one.
type sum struct {
	Algorithm checksum.Algorithm `json:"a"`
	Type      checksum.Type      `json:"t"`
	Value     string             `json:"v"`
}

// An upload is a multipart upload that has begun.
type upload struct {
	Key       string             `json:"key"`
	Initiator string             `json:"initiator"` // ARN
	Begun     time.Time          `json:"begun"`
	Header    attributes         `json:"h"`
	Tags      map[string]string  `json:"t,omitempty"`
	Algorithm checksum.Algorithm `json:"a,omitempty"` // of the parts' checksums
	Type      checksum.Type      `json:"ty,omitempty"`
	Implied   bool               `json:"im,omitempty"` // the algorithm is the default, which nobody asked for
}

// A part is one part of an upload, and of the object that it becomes.
type part struct {
	Number   int32     `json:"n"`
	Blob     string    `json:"b"`
	Size     int64     `json:"s"`
	ETag     string    `json:"e,omitempty"`
	Modified time.Time `json:"m"`
	Sum      *sum      `json:"c,omitempty"` // as the sender gave it, or of the upload's algorithm
	Default  *sum      `json:"d,omitempty"` // of the upload's algorithm where Sum has another
}

// find reads a record; nil when there is none.
func find[T any](r store.Reader, key []byte, what string) (*T, error) {
	v, err := store.GetJSON[T](r, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	return &v, nil
}

func getObject(r store.Reader, b *bucket, key string) (*object, error) {
	return find[object](r, objectKey(b.ID, key), "an object of bucket "+b.Name)
}

// decoded remembers objects for who only reads them.
type decoded struct{ objects store.Decoded[object] }

// object is getObject; what it returns is shared and must not be changed.
func (d *decoded) object(r store.Reader, b *bucket, key string) (*object, error) {
	o, err := d.objects.Get(r, objectKey(b.ID, key))
	if err != nil {
		return nil, fmt.Errorf("reading an object of bucket %s: %w", b.Name, err)
	}
	return o, nil
}

func getLayout(r store.Reader, b *bucket, key string) ([]part, error) {
	p, err := find[[]part](r, layoutKey(b.ID, key), "the layout of an object of bucket "+b.Name)
	if err != nil {
		return nil, err
	}
	if p == nil {
		return nil, fmt.Errorf("an object of bucket %s has lost its layout", b.Name)
	}
	return *p, nil
}

func getUpload(r store.Reader, b *bucket, key, id string) (*upload, error) {
	if len(id) > maxUploadID {
		return nil, noUpload(id[:maxUploadID])
	}
	u, err := find[upload](r, uploadKey(b.ID, key, id), "an upload of bucket "+b.Name)
	if err == nil && u == nil {
		return nil, noUpload(id)
	}
	return u, err
}

// getParts reads the parts of an upload in their order, from number after on.
func getParts(r store.Reader, id string, after int32) ([]part, error) {
	from, to := store.Prefix(space, "part", id)
	if after > 0 {
		from = store.After(partKey(id, after))
	}
	var out []part
	for item, err := range store.ScanJSON[part](r, from, to, false) {
		if err != nil {
			return nil, fmt.Errorf("reading the parts of an upload: %w", err)
		}
		out = append(out, item.Value)
	}
	return out, nil
}

// decide runs fn in one transaction. Its refusals wait for what they rest on.
func (a *API) decide(ctx context.Context, fn func(store.Tx) error) error {
	return store.Decide[*bailiwick.Error](ctx, a.Store, fn)
}
