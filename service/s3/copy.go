package s3

import (
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/checksum"
)

// A source is the object that CopyObject and UploadPartCopy read: an object of its
// own, asked for with its own ARN and its own bucket's policy.
type source struct {
	*reading[opening]
	conditions preconditions
}

// parseSource reads x-amz-copy-source. It is decoded once, as a whole: what is
// escaped twice names an object whose key has an escape in it.
func parseSource(header string) (*opening, error) {
	invalid := invalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey", "x-amz-copy-source", header)
	path, query, hasQuery := strings.Cut(header, "?")
	out := &opening{}
	if hasQuery {
		version, ok := strings.CutPrefix(query, "versionId=")
		if !ok || version == "" {
			return nil, invalid
		}
		out.VersionId = &version
	}
	path, err := url.PathUnescape(path)
	if err != nil || strings.HasPrefix(path, "arn:") {
		return nil, invalid
	}
	name, key, ok := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if !ok || name == "" || checkKey(key) != nil {
		return nil, invalid
	}
	out.Bucket, out.Key = &name, &key
	return out, nil
}

// spelled is the source as policies see it: decoded, without a slash before it,
// so that a condition cannot be passed by another spelling.
func (s *source) spelled() *string {
	text := s.bucket.Name + "/" + s.key
	if s.version != nil {
		text += "?versionId=" + *s.version
	}
	return &text
}

// planSource reads the source as it is now. It may be in another region.
func (a *API) planSource(ctx context.Context, call *bailiwick.Call, header string, owner *string, c preconditions) (*source, error) {
	in, err := parseSource(header)
	if err != nil {
		return nil, err
	}
	p := &reading[opening]{in: in, key: *in.Key, version: in.VersionId, actions: []string{"s3:GetObject"}}
	if p.bucket, err = a.look(ctx, *in.Bucket); err != nil {
		return nil, err
	}
	if p.bucket == nil {
		return nil, noBucket(*in.Bucket)
	}
	if owner != nil && *owner != p.bucket.Account {
		return nil, accessDenied(call, "The request expects another account to own the source bucket.")
	}
	if p.version != nil {
		p.actions[0] = ofVersion(p.actions[0])
	}
	return &source{reading: p, conditions: c}, p.look(ctx, a, false)
}

// A copying is the plan of CopyObject.
type copying struct {
	in        *CopyObjectRequest
	bucket    *bucket
	wish      *wish
	source    *source
	algorithm checksum.Algorithm
	copyTags  bool
	condition condition
}

func (a *API) planCopyObject(ctx context.Context, call *bailiwick.Call, in *CopyObjectRequest) (*copying, error) {
	b, err := a.enterObject(ctx, call, *in.Bucket, *in.Key, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	if err := needsSignature(call, "copy objects"); err != nil {
		return nil, err
	}
	p := &copying{in: in, bucket: b, copyTags: in.TaggingDirective == nil || *in.TaggingDirective == "COPY"}
	if p.condition, err = a.condition(ctx, b, *in.Key, in.IfMatch, in.IfNoneMatch); err != nil {
		return nil, err
	}
	if p.source, err = a.planSource(ctx, call, *in.CopySource, in.ExpectedSourceBucketOwner, preconditions{
		in.CopySourceIfMatch, in.CopySourceIfNoneMatch, in.CopySourceIfModifiedSince, in.CopySourceIfUnmodifiedSince,
	}); err != nil {
		return nil, err
	}
	tags, err := headerTags(in.Tagging)
	if err != nil {
		return nil, err
	}
	p.wish = &wish{
		acl: in.ACL, grants: [5]*string{in.GrantFullControl, in.GrantRead, in.GrantReadACP, nil, in.GrantWriteACP},
		tags: tags, tagged: in.Tagging != nil, storage: in.StorageClass, encrypted: in.ServerSideEncryption, kmsKey: in.SSEKMSKeyId,
		customer: in.SSECustomerAlgorithm, source: p.source.spelled(), directive: in.MetadataDirective, match: in.IfMatch, noneMatch: in.IfNoneMatch,
		header: attributes{
			ContentType: text(in.ContentType), CacheControl: text(in.CacheControl), ContentDisposition: text(in.ContentDisposition),
			ContentEncoding: text(in.ContentEncoding), ContentLanguage: text(in.ContentLanguage), Expires: text(in.Expires),
			Redirect: text(in.WebsiteRedirectLocation), User: in.Metadata,
		}.decoded(),
	}
	if in.ObjectLockLegalHoldStatus != nil || in.ObjectLockMode != nil || in.ObjectLockRetainUntilDate != nil {
		p.wish.locked = "x-amz-object-lock"
	}
	p.algorithm, err = namedSum(in.ChecksumAlgorithm)
	return p, err
}

func (a *API) mayCopyObject(_ context.Context, call *bailiwick.Call, p *copying) ([]authz.Check, error) {
	return p.checks(call, p.source.object), nil
}

// checks asks for both objects, and for tags that are copied as for tags that are
// read and written: else copying would be a way around the conditions on either.
func (p *copying) checks(call *bailiwick.Call, from *object) []authz.Check {
	all := p.source.checks(call, from)
	all = append(all, p.wish.checks(call, p.bucket, *p.in.Key, true)...)
	all = append(all, p.condition.checks(call, p.bucket, *p.in.Key)...)
	if !p.copyTags || from == nil || len(from.Tags) == 0 {
		return all
	}
	read := *p.source.reading
	read.actions = []string{"s3:GetObjectTagging"}
	if read.version != nil {
		read.actions[0] = ofVersion(read.actions[0])
	}
	all = append(all, read.checks(call, from)...)
	write := p.bucket.object(call, "s3:PutObjectTagging", *p.in.Key)
	setRequestTags(write.Keys, from.Tags)
	return append(all, write)
}

func (p *copying) ready() error {
	in := p.in
	switch {
	case in.CopySourceSSECustomerAlgorithm != nil || in.CopySourceSSECustomerKey != nil:
		return notImplemented("x-amz-copy-source-server-side-encryption-customer-algorithm")
	case in.SSEKMSEncryptionContext != nil || is(in.BucketKeyEnabled):
		return notImplemented("x-amz-server-side-encryption-context")
	case in.MetadataDirective != nil && *in.MetadataDirective != "COPY" && *in.MetadataDirective != "REPLACE":
		return invalidArgument("Unknown metadata directive.", "x-amz-metadata-directive", *in.MetadataDirective)
	case in.TaggingDirective != nil && *in.TaggingDirective != "COPY" && *in.TaggingDirective != "REPLACE":
		return invalidArgument("Unknown tagging directive.", "x-amz-tagging-directive", *in.TaggingDirective)
	case p.copyTags && in.Tagging != nil:
		return invalidArgument("Cannot specify x-amz-tagging without the tagging directive REPLACE", "x-amz-tagging", "")
	case p.toItself():
		return invalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	if err := p.condition.check(); err != nil {
		return err
	}
	return p.wish.ready()
}

func (p *copying) toItself() bool {
	return p.source.bucket.ID == p.bucket.ID && p.source.key == *p.in.Key && text(p.in.MetadataDirective) != "REPLACE" &&
		p.in.StorageClass == nil && p.in.WebsiteRedirectLocation == nil && p.in.ServerSideEncryption == nil
}

func (a *API) copyObject(ctx context.Context, call *bailiwick.Call, p *copying) (*CopyObjectOutput, error) {
	if err := p.ready(); err != nil {
		return nil, err
	}
	from, err := a.openSource(ctx, call, p.source, func(now *object) []authz.Check { return p.checks(call, now) })
	if err != nil {
		return nil, err
	}
	defer a.close(ctx, from)
	if from.Size > maxPut {
		return nil, invalidRequest("The specified copy source is larger than the maximum allowable size for a copy source: " + strconv.Itoa(maxPut))
	}
	w := *p.wish
	if text(p.in.MetadataDirective) != "REPLACE" {
		redirect := w.header.Redirect // never copied
		w.header = from.Header
		w.header.User = maps.Clone(from.Header.User)
		w.header.Redirect = redirect
	}
	if p.copyTags {
		w.tags = from.Tags
	}
	body, err := a.borrow(ctx, from, 0, from.Size)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }() // it was only read
	o, err := a.receive(ctx, call, p.bucket, *p.in.Key, body, &w,
		promise{length: from.Size, limit: maxPut, compute: sumLike(p.algorithm, from.object)}, p.condition)
	if err != nil {
		return nil, err
	}
	result := &CopyObjectResult{ETag: quoted(o.ETag), LastModified: &o.Modified, ChecksumType: o.Sum.typ()}
	o.Sum.show(&result.ChecksumCRC32, &result.ChecksumCRC32C, &result.ChecksumCRC64NVME, &result.ChecksumSHA1, &result.ChecksumSHA256)
	return &CopyObjectOutput{CopyObjectResult: result, CopySourceVersionId: p.source.version, ServerSideEncryption: shown(aes256)}, nil
}

// sumLike is the algorithm of a copy: what was asked for, or that of the source.
func sumLike(asked checksum.Algorithm, from *object) checksum.Algorithm {
	switch {
	case asked != "":
		return asked
	case from.Sum != nil:
		return from.Sum.Algorithm
	}
	return defaultSum
}

// openSource opens the source and decides again if its tags are others by now.
func (a *API) openSource(ctx context.Context, call *bailiwick.Call, s *source, checks func(*object) []authz.Check) (*opened, error) {
	if s.version != nil && *s.version != current {
		return nil, a.missing(ctx, call, s.bucket, s.key, s.version)
	}
	o, err := a.open(ctx, s.bucket, s.key)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, a.missing(ctx, call, s.bucket, s.key, s.version)
	}
	if !maps.Equal(tagsOf(s.object), o.Tags) {
		call.Note("The tags of the source were changed while the request ran, so it was decided again.")
		err = a.Authz.Authorize(ctx, call, checks(o.object))
	}
	if err == nil {
		err = s.conditions.copies(o.object)
	}
	if err != nil {
		a.close(ctx, o)
		return nil, err
	}
	return o, nil
}

// copies is holds for the source of a copy, which has no 304.
func (c preconditions) copies(o *object) error {
	if err := c.holds(o); err != nil {
		return preconditionFailed("x-amz-copy-source-If-*")
	}
	return nil
}

// borrow reads a part of an open object, which stays open.
func (a *API) borrow(ctx context.Context, o *opened, offset, length int64) (io.ReadCloser, error) {
	if o.parts != nil {
		a.pins.hold(o.parts)
		return a.sequence(ctx, o.parts, offset, length), nil
	}
	if o.file != nil {
		return io.NopCloser(io.NewSectionReader(o.file, offset, length)), nil
	}
	return a.section(ctx, o, offset, length)
}

// A partCopying is the plan of UploadPartCopy.
type partCopying struct {
	in     *UploadPartCopyRequest
	bucket *bucket
	source *source
}

func (a *API) planUploadPartCopy(ctx context.Context, call *bailiwick.Call, in *UploadPartCopyRequest) (*partCopying, error) {
	b, err := a.enterObject(ctx, call, *in.Bucket, *in.Key, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	if err := needsSignature(call, "copy objects"); err != nil {
		return nil, err
	}
	s, err := a.planSource(ctx, call, *in.CopySource, in.ExpectedSourceBucketOwner, preconditions{
		in.CopySourceIfMatch, in.CopySourceIfNoneMatch, in.CopySourceIfModifiedSince, in.CopySourceIfUnmodifiedSince,
	})
	return &partCopying{in: in, bucket: b, source: s}, err
}

func (a *API) mayUploadPartCopy(_ context.Context, call *bailiwick.Call, p *partCopying) ([]authz.Check, error) {
	return p.checks(call, p.source.object), nil
}

func (p *partCopying) checks(call *bailiwick.Call, from *object) []authz.Check {
	w := &wish{source: p.source.spelled(), customer: p.in.SSECustomerAlgorithm}
	return append(p.source.checks(call, from), w.checks(call, p.bucket, *p.in.Key, false)...)
}

func (a *API) uploadPartCopy(ctx context.Context, call *bailiwick.Call, p *partCopying) (*UploadPartCopyOutput, error) {
	in := p.in
	if in.SSECustomerAlgorithm != nil || in.CopySourceSSECustomerAlgorithm != nil || in.CopySourceSSECustomerKey != nil {
		return nil, notImplemented("x-amz-server-side-encryption-customer-algorithm")
	}
	if err := checkPart(in.PartNumber); err != nil {
		return nil, err
	}
	u, err := a.lookUpload(ctx, p.bucket, *in.Key, *in.UploadId)
	if err != nil {
		return nil, err
	}
	from, err := a.openSource(ctx, call, p.source, func(now *object) []authz.Check { return p.checks(call, now) })
	if err != nil {
		return nil, err
	}
	defer a.close(ctx, from)
	offset, length, err := copyRange(in.CopySourceRange, from.Size)
	if err != nil {
		return nil, err
	}
	body, err := a.borrow(ctx, from, offset, length)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }() // it was only read
	got, err := a.receivePart(ctx, call, p.bucket, *in.Key, *in.UploadId, *in.PartNumber, body, promise{length: length, limit: maxPut, compute: u.Algorithm})
	if err != nil {
		return nil, err
	}
	modified := got.Modified.Truncate(time.Second)
	result := &CopyPartResult{ETag: quoted(got.ETag), LastModified: &modified}
	got.Sum.show(&result.ChecksumCRC32, &result.ChecksumCRC32C, &result.ChecksumCRC64NVME, &result.ChecksumSHA1, &result.ChecksumSHA256)
	return &UploadPartCopyOutput{CopyPartResult: result, CopySourceVersionId: p.source.version, ServerSideEncryption: shown(aes256)}, nil
}

// copyRange reads x-amz-copy-source-range, which must name both ends.
func copyRange(header *string, size int64) (offset, length int64, err error) {
	if header == nil {
		if size > maxPut {
			return 0, 0, invalidRequest("The specified copy source is larger than the maximum allowable size for a copy source: " + strconv.Itoa(maxPut))
		}
		return 0, size, nil
	}
	from, to, ok := parseRange(*header)
	if !ok || from < 0 || strings.HasSuffix(*header, "-") {
		return 0, 0, invalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy", "x-amz-copy-source-range", *header)
	}
	if to >= size {
		return 0, 0, with(fail(http.StatusBadRequest, "InvalidArgument", "Range specified is not valid for source object of size: "+strconv.FormatInt(size, 10)), "ArgumentName", "x-amz-copy-source-range")
	}
	return from, to - from + 1, nil
}
