package s3

import (
	"context"
	"fmt"
	"io"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// A written is an object as it will be, with its content.
type written struct {
	object
	small []byte
	parts []part
}

// put makes w the object of that key: the last writer wins, whole. Whatever was
// there before is gone with the same transaction, its blobs right after it.
func (a *API) put(ctx context.Context, planned *bucket, key string, w *written, c condition) error {
	var gone []string
	err := a.decide(ctx, func(tx store.Tx) error {
		b, err := a.still(tx, planned)
		if err != nil {
			return err
		}
		gone, err = replace(tx, b, key, w, c)
		return err
	})
	if err == nil {
		a.remove(ctx, gone...)
	}
	return err
}

// replace writes an object within a transaction and returns the blobs that
// nothing names any more.
func replace(tx store.Tx, b *bucket, key string, w *written, c condition) (gone []string, err error) {
	old, err := getObject(tx, b, key)
	if err != nil {
		return nil, err
	}
	if err := c.holds(key, old); err != nil {
		return nil, err
	}
	if gone, err = erase(tx, b, key, old); err != nil {
		return nil, err
	}
	if err := store.PutJSON(tx, objectKey(b.ID, key), &w.object); err != nil {
		return nil, fmt.Errorf("storing an object: %w", err)
	}
	if len(w.small) > 0 {
		if err := tx.Put(bodyKey(b.ID, key), w.small); err != nil {
			return nil, fmt.Errorf("storing the content of an object: %w", err)
		}
	}
	if w.Blob != "" {
		if err := tx.Put(blobKey(w.Blob), []byte{1}); err != nil {
			return nil, fmt.Errorf("storing an object: %w", err)
		}
	}
	if w.parts != nil {
		if err := store.PutJSON(tx, layoutKey(b.ID, key), w.parts); err != nil {
			return nil, fmt.Errorf("storing the parts of an object: %w", err)
		}
	}
	return gone, nil
}

// erase removes an object; old is nil for none.
func erase(tx store.Tx, b *bucket, key string, old *object) (gone []string, err error) {
	if old == nil {
		return nil, nil
	}
	parts := []part{{Blob: old.Blob}}
	switch {
	case old.Parts > 0:
		if parts, err = getLayout(tx, b, key); err == nil {
			err = tx.Delete(layoutKey(b.ID, key))
		}
	case old.Blob == "":
		parts, err = nil, tx.Delete(bodyKey(b.ID, key))
	}
	if err != nil {
		return nil, err
	}
	for i := range parts {
		if err := tx.Delete(blobKey(parts[i].Blob)); err != nil {
			return nil, err
		}
		gone = append(gone, parts[i].Blob)
	}
	return gone, tx.Delete(objectKey(b.ID, key))
}

// A putting is the plan of PutObject.
type putting struct {
	bucket    *bucket
	key       string
	wish      *wish
	promise   promise
	condition condition
	in        *PutObjectRequest
}

func (a *API) planPutObject(ctx context.Context, call *bailiwick.Call, in *PutObjectRequest) (*putting, error) {
	b, err := a.enterObject(ctx, call, *in.Bucket, *in.Key, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	p := &putting{bucket: b, key: *in.Key, in: in}
	if p.condition, err = a.condition(ctx, b, p.key, in.IfMatch, in.IfNoneMatch); err != nil {
		return nil, err
	}
	tags, err := headerTags(in.Tagging)
	if err != nil {
		return nil, err
	}
	p.wish = &wish{
		acl: in.ACL, grants: [5]*string{in.GrantFullControl, in.GrantRead, in.GrantReadACP, nil, in.GrantWriteACP},
		tags: tags, tagged: in.Tagging != nil, storage: in.StorageClass, encrypted: in.ServerSideEncryption, kmsKey: in.SSEKMSKeyId,
		customer: in.SSECustomerAlgorithm, match: in.IfMatch, noneMatch: in.IfNoneMatch,
		header: attributes{
			ContentType: text(in.ContentType), CacheControl: text(in.CacheControl), ContentDisposition: text(in.ContentDisposition),
			ContentEncoding: text(in.ContentEncoding), ContentLanguage: text(in.ContentLanguage), Expires: text(in.Expires),
			Redirect: text(in.WebsiteRedirectLocation), User: in.Metadata,
		}.decoded(),
	}
	if in.ObjectLockLegalHoldStatus != nil || in.ObjectLockMode != nil || in.ObjectLockRetainUntilDate != nil {
		p.wish.locked = "x-amz-object-lock"
	}
	p.promise, err = promised(in.Body, in.ContentLength, in.ContentMD5, in.ChecksumAlgorithm, sums{
		CRC32: in.ChecksumCRC32, CRC32C: in.ChecksumCRC32C, CRC64NVME: in.ChecksumCRC64NVME, SHA1: in.ChecksumSHA1, SHA256: in.ChecksumSHA256,
		others: []*string{in.ChecksumMD5, in.ChecksumSHA512, in.ChecksumXXHASH128, in.ChecksumXXHASH3, in.ChecksumXXHASH64},
	})
	p.promise.compute = defaultSum
	return p, err
}

func (a *API) mayPutObject(_ context.Context, call *bailiwick.Call, p *putting) ([]authz.Check, error) {
	return append(p.wish.checks(call, p.bucket, p.key, true), p.condition.checks(call, p.bucket, p.key)...), nil
}

func (a *API) putObject(ctx context.Context, call *bailiwick.Call, p *putting) (*PutObjectOutput, error) {
	if p.in.WriteOffsetBytes != nil {
		return nil, notImplemented("x-amz-write-offset-bytes")
	}
	if p.in.SSEKMSEncryptionContext != nil || is(p.in.BucketKeyEnabled) {
		return nil, notImplemented("x-amz-server-side-encryption-context")
	}
	o, err := a.receive(ctx, call, p.bucket, p.key, p.in.Body, p.wish, p.promise, p.condition)
	if err != nil {
		return nil, err
	}
	out := &PutObjectOutput{ETag: quoted(o.ETag), ServerSideEncryption: shown(aes256), ChecksumType: o.Sum.typ()}
	o.Sum.show(&out.ChecksumCRC32, &out.ChecksumCRC32C, &out.ChecksumCRC64NVME, &out.ChecksumSHA1, &out.ChecksumSHA256)
	return out, nil
}

// receive takes a body and makes it the object of a key.
func (a *API) receive(
	ctx context.Context, call *bailiwick.Call, b *bucket, key string, body io.Reader, w *wish, p promise, c condition,
) (*object, error) {
	if err := w.ready(); err != nil {
		return nil, err
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	got, done, err := a.take(ctx, body, p)
	if err != nil {
		return nil, err
	}
	o := &written{object: a.object(call, w, got), small: got.small}
	err = a.put(ctx, b, key, o, c)
	done(err)
	return &o.object, err
}

// object is the record of a content that was received.
func (a *API) object(call *bailiwick.Call, w *wish, c *content) object {
	return object{
		Version: a.NewID(), Size: c.size, ETag: c.etag(), Modified: call.Time.UTC(), Blob: c.blob,
		Header: w.header, Tags: w.tags, Sum: c.sum,
	}
}

// enterObject is enter for an object, whose key must be one.
func (a *API) enterObject(ctx context.Context, call *bailiwick.Call, name, key string, owner *string) (*bucket, error) {
	if e := checkKey(key); e != nil {
		return nil, e
	}
	return a.enter(ctx, call, name, owner)
}

func quoted(etag string) *string {
	q := `"` + etag + `"`
	return &q
}
