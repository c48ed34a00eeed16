package s3

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/checksum"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of multipart uploads. Source: Amazon S3 User Guide, "Amazon S3 multipart
// upload limits".
const (
	maxParts    = 10000
	minPart     = 5 << 20  // bytes, of every part but the last
	maxObject   = 50 << 40 // bytes
	maxUploadID = 200
)

// A beginning is the plan of CreateMultipartUpload.
type beginning struct {
	in        *CreateMultipartUploadRequest
	bucket    *bucket
	wish      *wish
	algorithm checksum.Algorithm
	typ       checksum.Type
	implied   bool
}

func (a *API) planCreateMultipartUpload(ctx context.Context, call *bailiwick.Call, in *CreateMultipartUploadRequest) (*beginning, error) {
	b, err := a.enterObject(ctx, call, *in.Bucket, *in.Key, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	if err := needsSignature(call, "initiate multipart uploads"); err != nil {
		return nil, err
	}
	p := &beginning{in: in, bucket: b}
	tags, err := headerTags(in.Tagging)
	if err != nil {
		return nil, err
	}
	p.wish = &wish{
		acl: in.ACL, grants: [5]*string{in.GrantFullControl, in.GrantRead, in.GrantReadACP, nil, in.GrantWriteACP},
		tags: tags, tagged: in.Tagging != nil, storage: in.StorageClass, encrypted: in.ServerSideEncryption, kmsKey: in.SSEKMSKeyId,
		customer: in.SSECustomerAlgorithm,
		header: attributes{
			ContentType: text(in.ContentType), CacheControl: text(in.CacheControl), ContentDisposition: text(in.ContentDisposition),
			ContentEncoding: text(in.ContentEncoding), ContentLanguage: text(in.ContentLanguage), Expires: text(in.Expires),
			Redirect: text(in.WebsiteRedirectLocation), User: in.Metadata,
		}.decoded(),
	}
	if in.ObjectLockLegalHoldStatus != nil || in.ObjectLockMode != nil || in.ObjectLockRetainUntilDate != nil {
		p.wish.locked = "x-amz-object-lock"
	}
	return p, p.sums()
}

// sums reads how the parts are to be checked.
func (p *beginning) sums() (err error) {
	if p.algorithm, err = namedSum(p.in.ChecksumAlgorithm); err != nil {
		return err
	}
	switch p.typ = checksum.Type(text(p.in.ChecksumType)); {
	case p.algorithm == "" && p.typ != "":
		return invalidRequest("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	case p.algorithm == "":
		p.algorithm, p.typ, p.implied = defaultSum, defaultSum.Default(), true
	case p.typ == "":
		p.typ = p.algorithm.Default()
	case !p.algorithm.Allows(p.typ):
		return invalidRequest("The " + string(p.typ) + " checksum type cannot be used with the " + lowerSum(p.algorithm) + " checksum algorithm.")
	}
	return nil
}

func (a *API) mayCreateMultipartUpload(_ context.Context, call *bailiwick.Call, p *beginning) ([]authz.Check, error) {
	return p.wish.checks(call, p.bucket, *p.in.Key, false), nil
}

func (a *API) createMultipartUpload(ctx context.Context, call *bailiwick.Call, p *beginning) (*CreateMultipartUploadOutput, error) {
	if p.in.SSEKMSEncryptionContext != nil || is(p.in.BucketKeyEnabled) {
		return nil, notImplemented("x-amz-server-side-encryption-context")
	}
	if err := p.wish.ready(); err != nil {
		return nil, err
	}
	id := a.NewID()
	u := &upload{
		Key: *p.in.Key, Initiator: call.Who.ARN, Begun: call.Time.UTC(), Header: p.wish.header, Tags: p.wish.tags,
		Algorithm: p.algorithm, Type: p.typ, Implied: p.implied,
	}
	err := a.decide(ctx, func(tx store.Tx) error {
		b, err := a.still(tx, p.bucket)
		if err != nil {
			return err
		}
		return store.PutJSON(tx, uploadKey(b.ID, u.Key, id), u)
	})
	if err != nil {
		return nil, err
	}
	out := &CreateMultipartUploadOutput{Bucket: p.in.Bucket, Key: p.in.Key, UploadId: &id, ServerSideEncryption: shown(aes256)}
	if p.in.ChecksumAlgorithm != nil {
		out.ChecksumAlgorithm, out.ChecksumType = shown(string(p.algorithm)), shown(string(p.typ))
	}
	return out, nil
}

// A parting is the plan of UploadPart.
type parting struct {
	in      *UploadPartRequest
	bucket  *bucket
	promise promise
}

func (a *API) planUploadPart(ctx context.Context, call *bailiwick.Call, in *UploadPartRequest) (*parting, error) {
	b, err := a.enterObject(ctx, call, *in.Bucket, *in.Key, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	p := &parting{in: in, bucket: b}
	p.promise, err = promised(in.Body, in.ContentLength, in.ContentMD5, in.ChecksumAlgorithm, sums{
		CRC32: in.ChecksumCRC32, CRC32C: in.ChecksumCRC32C, CRC64NVME: in.ChecksumCRC64NVME, SHA1: in.ChecksumSHA1, SHA256: in.ChecksumSHA256,
		others: []*string{in.ChecksumMD5, in.ChecksumSHA512, in.ChecksumXXHASH128, in.ChecksumXXHASH3, in.ChecksumXXHASH64},
	})
	return p, err
}

func (a *API) mayUploadPart(_ context.Context, call *bailiwick.Call, p *parting) ([]authz.Check, error) {
	w := &wish{customer: p.in.SSECustomerAlgorithm}
	return w.checks(call, p.bucket, *p.in.Key, false), nil
}

func checkPart(number *int32) error {
	if number == nil || *number < 1 || *number > maxParts {
		return invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", "")
	}
	return nil
}

func (a *API) uploadPart(ctx context.Context, call *bailiwick.Call, p *parting) (*UploadPartOutput, error) {
	in := p.in
	if in.SSECustomerAlgorithm != nil {
		return nil, notImplemented("x-amz-server-side-encryption-customer-algorithm")
	}
	if err := checkPart(in.PartNumber); err != nil {
		return nil, err
	}
	u, err := a.lookUpload(ctx, p.bucket, *in.Key, *in.UploadId)
	if err != nil {
		return nil, err
	}
	if err := p.promise.suits(u); err != nil {
		return nil, err
	}
	got, err := a.receivePart(ctx, call, p.bucket, *in.Key, *in.UploadId, *in.PartNumber, in.Body, p.promise)
	if err != nil {
		return nil, err
	}
	out := &UploadPartOutput{ETag: quoted(got.ETag), ServerSideEncryption: shown(aes256)}
	got.Sum.show(&out.ChecksumCRC32, &out.ChecksumCRC32C, &out.ChecksumCRC64NVME, &out.ChecksumSHA1, &out.ChecksumSHA256)
	return out, nil
}

// suits makes a part bring, or get, the checksum that its upload has.
func (p *promise) suits(u *upload) error {
	mine := p.announced
	if len(p.sums) > 0 {
		mine = p.sums[0].Algorithm
	}
	if mine != "" && mine != u.Algorithm && !u.Implied {
		return invalidRequest("Checksum Type mismatch occurred, expected checksum Type: " + lowerSum(u.Algorithm) + ", actual checksum Type: " + lowerSum(mine))
	}
	p.compute = u.Algorithm
	return nil
}

func (a *API) lookUpload(ctx context.Context, planned *bucket, key, id string) (u *upload, err error) {
	err = a.Store.View(ctx, func(r store.Reader) error {
		b, err := a.still(r, planned)
		if err == nil {
			u, err = getUpload(r, b, key, id)
		}
		return err
	})
	return u, err
}

// receivePart takes a body and makes it a part of an upload, in place of the one
// that had its number.
func (a *API) receivePart(
	ctx context.Context, call *bailiwick.Call, planned *bucket, key, id string, number int32, body io.Reader, pr promise,
) (*part, error) {
	pr.wantBlob = true
	got, done, err := a.take(ctx, body, pr)
	if err != nil {
		return nil, err
	}
	fresh := &part{Number: number, Blob: got.blob, Size: got.size, ETag: got.etag(), Modified: call.Time.UTC(), Sum: got.sum, Default: got.of(pr.compute)}
	gone := ""
	err = a.decide(ctx, func(tx store.Tx) error {
		gone = ""
		b, err := a.still(tx, planned)
		if err != nil {
			return err
		}
		if _, err := getUpload(tx, b, key, id); err != nil {
			return err
		}
		old, err := find[part](tx, partKey(id, number), "a part of an upload")
		if err != nil {
			return err
		}
		if old != nil {
			if err := tx.Delete(blobKey(old.Blob)); err != nil {
				return err
			}
			gone = old.Blob
		}
		if err := tx.Put(blobKey(fresh.Blob), []byte{1}); err != nil {
			return err
		}
		return store.PutJSON(tx, partKey(id, number), fresh)
	})
	done(err)
	if err != nil {
		return nil, err
	}
	a.remove(ctx, gone)
	return fresh, nil
}

func (a *API) abortMultipartUpload(
	ctx context.Context, _ *bailiwick.Call, p *onObject[AbortMultipartUploadRequest],
) (*AbortMultipartUploadOutput, error) {
	var gone []string
	err := a.decide(ctx, func(tx store.Tx) error {
		b, err := a.still(tx, p.bucket)
		if err != nil {
			return err
		}
		if _, err := getUpload(tx, b, p.key, *p.in.UploadId); err != nil {
			return err
		}
		parts, err := getParts(tx, *p.in.UploadId, 0)
		if err != nil {
			return err
		}
		gone, err = dropUpload(tx, b, p.key, *p.in.UploadId, parts, nil)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.remove(ctx, gone...)
	return &AbortMultipartUploadOutput{}, nil
}

// dropUpload removes an upload and returns the blobs of the parts that nothing
// keeps.
func dropUpload(tx store.Tx, b *bucket, key, id string, parts []part, kept map[string]bool) (gone []string, err error) {
	for i := range parts {
		p := &parts[i]
		if err := tx.Delete(partKey(id, p.Number)); err != nil {
			return nil, fmt.Errorf("removing a part of an upload: %w", err)
		}
		if kept[p.Blob] {
			continue
		}
		if err := tx.Delete(blobKey(p.Blob)); err != nil {
			return nil, fmt.Errorf("removing a part of an upload: %w", err)
		}
		gone = append(gone, p.Blob)
	}
	return gone, tx.Delete(uploadKey(b.ID, key, id))
}

func (a *API) listParts(ctx context.Context, _ *bailiwick.Call, p *onObject[ListPartsRequest]) (*ListPartsOutput, error) {
	limit, after, err := partPage(p.in.MaxParts, p.in.PartNumberMarker)
	if err != nil {
		return nil, err
	}
	var u *upload
	var parts []part
	err = a.Store.View(ctx, func(r store.Reader) error {
		b, err := a.still(r, p.bucket)
		if err != nil {
			return err
		}
		if u, err = getUpload(r, b, p.key, *p.in.UploadId); err != nil {
			return err
		}
		parts, err = getParts(r, *p.in.UploadId, after)
		return err
	})
	if err != nil {
		return nil, err
	}
	more := len(parts) > limit
	parts = parts[:min(limit, len(parts))]
	count := int32(limit)
	out := &ListPartsOutput{
		Bucket: p.in.Bucket, Key: p.in.Key, UploadId: p.in.UploadId, IsTruncated: &more, MaxParts: &count, PartNumberMarker: &after,
		Owner: ownerOf(p.bucket.Account), Initiator: &Initiator{ID: &u.Initiator}, StorageClass: shown(standard),
		ChecksumAlgorithm: shown(string(u.Algorithm)), ChecksumType: shown(string(u.Type)),
	}
	for i := range parts {
		q := &parts[i]
		entry := Part{PartNumber: &q.Number, ETag: quoted(q.ETag), Size: &q.Size, LastModified: &q.Modified}
		q.Sum.show(&entry.ChecksumCRC32, &entry.ChecksumCRC32C, &entry.ChecksumCRC64NVME, &entry.ChecksumSHA1, &entry.ChecksumSHA256)
		out.Parts = append(out.Parts, entry)
		out.NextPartNumberMarker = &q.Number
	}
	return out, nil
}

// partPage reads max-parts and part-number-marker.
func partPage(maxParts, marker *int32) (limit int, after int32, err error) {
	if limit = maxPage; maxParts != nil {
		if *maxParts < 0 {
			return 0, 0, invalidArgument("Argument max-parts must be an integer between 0 and 2147483647", "max-parts", strconv.Itoa(int(*maxParts)))
		}
		limit = min(limit, int(*maxParts))
	}
	if marker != nil {
		if after = *marker; after < 0 {
			return 0, 0, invalidArgument("Argument part-number-marker must be an integer between 0 and 2147483647", "part-number-marker", strconv.Itoa(int(after)))
		}
	}
	return limit, after, nil
}

func (a *API) listMultipartUploads(
	ctx context.Context, _ *bailiwick.Call, p *onBucket[ListMultipartUploadsRequest],
) (*ListMultipartUploadsOutput, error) {
	in := p.in
	l := &listing{prefix: in.Prefix, delimiter: in.Delimiter, maxKeys: in.MaxUploads, encoding: in.EncodingType}
	if err := l.settle(); err != nil {
		return nil, err
	}
	w := walk{kind: "upload", prefix: text(in.Prefix), delimiter: text(in.Delimiter), after: text(in.KeyMarker), afterUpload: text(in.UploadIdMarker), limit: l.limit}
	limit, more := int32(l.limit), false
	out := &ListMultipartUploadsOutput{
		Bucket: in.Bucket, Prefix: l.code(text(in.Prefix)), KeyMarker: l.code(text(in.KeyMarker)), UploadIdMarker: shownEmpty(in.UploadIdMarker),
		MaxUploads: &limit, IsTruncated: &more, EncodingType: in.EncodingType,
	}
	if text(in.Delimiter) != "" {
		out.Delimiter = l.code(*in.Delimiter)
	}
	err := a.Store.View(ctx, func(r store.Reader) error {
		b, err := a.still(r, p.bucket)
		if err != nil {
			return err
		}
		list, truncated, err := w.page(r, b.ID)
		if err != nil {
			return err
		}
		more = truncated
		for _, f := range list {
			out.NextKeyMarker, out.NextUploadIdMarker = l.code(f.name), shownEmpty(nil)
			if f.common {
				out.CommonPrefixes = append(out.CommonPrefixes, CommonPrefix{Prefix: l.code(f.name)})
				continue
			}
			id, _ := f.parts[4].(string)
			u, err := getUpload(r, b, f.name, id)
			if err != nil {
				return fmt.Errorf("reading a listed upload: %w", err)
			}
			out.NextUploadIdMarker = &id
			out.Uploads = append(out.Uploads, MultipartUpload{
				Key: l.code(f.name), UploadId: &id, Initiated: &u.Begun, Initiator: &Initiator{ID: &u.Initiator}, Owner: ownerOf(b.Account),
				StorageClass: shown(standard), ChecksumAlgorithm: shown(string(u.Algorithm)), ChecksumType: shown(string(u.Type)),
			})
		}
		return nil
	})
	if !more {
		out.NextKeyMarker, out.NextUploadIdMarker = nil, nil
	}
	return out, err
}

func shownEmpty(s *string) *string {
	if s == nil {
		s = new(string)
	}
	return s
}

func lowerSum(a checksum.Algorithm) string {
	return string([]byte(a.Header())[len("x-amz-checksum-"):])
}
