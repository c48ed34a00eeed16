package s3

import (
	"context"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/wire"
)

// A preconditions is the If-* headers of a read.
type preconditions struct {
	match, noneMatch         *string
	modifiedSince, unchanged *time.Time
}

// holds decides in the order of RFC 9110, section 13.2.2.
func (c preconditions) holds(o *object) error {
	modified := o.Modified.Truncate(time.Second)
	switch {
	case c.match != nil && !sameETag(*c.match, o.ETag):
		return preconditionFailed("If-Match")
	case c.match == nil && c.unchanged != nil && modified.After(*c.unchanged):
		return preconditionFailed("If-Unmodified-Since")
	case c.noneMatch != nil && sameETag(*c.noneMatch, o.ETag),
		c.noneMatch == nil && c.modifiedSince != nil && !modified.After(*c.modifiedSince):
		e := withHeader(fail(http.StatusNotModified, "NotModified", "Not Modified"), "ETag", *quoted(o.ETag))
		return withHeader(e, "Last-Modified", modified.Format(http.TimeFormat))
	}
	return nil
}

// A span is which bytes of an object are asked for.
type span struct {
	offset, length int64
	partial        bool
	parts          *int32 // of the object, when a part was asked for
}

// describe is Content-Range.
func (s span) describe(size int64) *string {
	if !s.partial {
		return nil
	}
	text := "bytes " + strconv.FormatInt(s.offset, 10) + "-" + strconv.FormatInt(s.offset+s.length-1, 10) + "/" + strconv.FormatInt(size, 10)
	return &text
}

// spanOf reads Range, or the number of a part. What is no range is ignored, as
// RFC 9110 says, and so are several ranges at once, as S3 does.
func spanOf(o *object, layout []part, header *string, number *int32) (span, error) {
	all := span{length: o.Size}
	switch {
	case header != nil && number != nil:
		return all, invalidRequest("Cannot specify both Range header and partNumber query parameter")
	case number != nil:
		return partSpan(o, layout, *number)
	case header == nil:
		return all, nil
	}
	from, to, ok := parseRange(*header)
	if !ok {
		return all, nil
	}
	if from < 0 { // the last so many bytes
		from, to = max(o.Size-to, 0), o.Size-1
		if to < from {
			return all, invalidRange(*header, o.Size)
		}
	}
	if from >= o.Size {
		return all, invalidRange(*header, o.Size)
	}
	to = min(to, o.Size-1)
	return span{offset: from, length: to - from + 1, partial: true}, nil
}

const maxInt64 = 1<<63 - 1

// parseRange reads "bytes=first-last"; from is -1 for a suffix of to bytes.
func parseRange(header string) (from, to int64, ok bool) {
	text, ok := strings.CutPrefix(strings.TrimSpace(header), "bytes=")
	first, last, dash := strings.Cut(text, "-")
	if !ok || !dash || first == "" && last == "" {
		return 0, 0, false
	}
	from, to = -1, maxInt64-1
	if first != "" {
		if from, ok = parseCount(first); !ok {
			return 0, 0, false
		}
	}
	if last != "" {
		if to, ok = parseCount(last); !ok || from >= 0 && to < from {
			return 0, 0, false
		}
	}
	return from, to, true
}

func parseCount(s string) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && s[0] >= '0' && s[0] <= '9'
}

func invalidRange(header string, size int64) error {
	e := fail(http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The requested range is not satisfiable")
	return with(with(e, "RangeRequested", header), "ActualObjectSize", strconv.FormatInt(size, 10))
}

func partSpan(o *object, layout []part, number int32) (span, error) {
	if number < 1 || number > maxParts {
		return span{}, invalidArgument("Part number must be an integer between 1 and 10000, inclusive", "partNumber", strconv.Itoa(int(number)))
	}
	if o.Parts == 0 {
		if number == 1 {
			return span{length: o.Size, partial: o.Size > 0}, nil
		}
		return span{}, invalidPartNumber(number, 1)
	}
	if int(number) > len(layout) {
		return span{}, invalidPartNumber(number, len(layout))
	}
	count := int32(len(layout))
	s := span{length: layout[number-1].Size, partial: true, parts: &count}
	for i := range number - 1 {
		s.offset += layout[i].Size
	}
	return s, nil
}

func invalidPartNumber(number int32, count int) error {
	e := fail(http.StatusRequestedRangeNotSatisfiable, "InvalidPartNumber", "The requested partnumber is not satisfiable")
	return with(with(e, "PartNumberRequested", strconv.Itoa(int(number))), "ActualPartCount", strconv.Itoa(count))
}

func (a *API) getObject(ctx context.Context, call *bailiwick.Call, p *reading[GetObjectRequest]) (*GetObjectOutput, error) {
	in := p.in
	if in.SSECustomerAlgorithm != nil || in.SSECustomerKey != nil {
		return nil, notImplemented("x-amz-server-side-encryption-customer-algorithm")
	}
	over, err := overrides(call, in.ResponseCacheControl, in.ResponseContentDisposition, in.ResponseContentEncoding,
		in.ResponseContentLanguage, in.ResponseContentType, expiry(in.ResponseExpires))
	if err != nil {
		return nil, err
	}
	o, err := openFor(ctx, a, call, p)
	if err != nil {
		return nil, err
	}
	out, s, err := a.describe(ctx, call, p, o, over)
	if err != nil {
		a.close(ctx, o)
		return nil, err
	}
	body, err := a.section(ctx, o, s.offset, s.length)
	if err != nil {
		return nil, err
	}
	out.Body = wire.Stream{ReadCloser: body, Length: s.length}
	return out, nil
}

// describe is the answer without its bytes.
func (a *API) describe(
	ctx context.Context, call *bailiwick.Call, p *reading[GetObjectRequest], o *opened, over [6]*string,
) (*GetObjectOutput, span, error) {
	in, h := p.in, &o.Header
	if err := (preconditions{in.IfMatch, in.IfNoneMatch, in.IfModifiedSince, in.IfUnmodifiedSince}).holds(o.object); err != nil {
		return nil, span{}, err
	}
	s, err := spanOf(o.object, o.parts, in.Range, in.PartNumber)
	if err != nil {
		return nil, s, err
	}
	out := &GetObjectOutput{
		AcceptRanges: shown("bytes"), ContentRange: s.describe(o.Size), ETag: quoted(o.ETag), LastModified: &o.Modified,
		CacheControl: either(over[0], h.CacheControl), ContentDisposition: either(over[1], h.ContentDisposition),
		ContentEncoding: either(over[2], h.ContentEncoding), ContentLanguage: either(over[3], h.ContentLanguage),
		ContentType: either(over[4], h.contentType()), Expires: either(over[5], h.Expires),
		Metadata: h.shownUser(), WebsiteRedirectLocation: shown(h.Redirect), ServerSideEncryption: shown(aes256), PartsCount: s.parts,
		VersionId: p.version,
	}
	if out.TagCount, err = a.tagCount(ctx, call, p.bucket, p.key, p.version, o.object); err != nil {
		return nil, s, err
	}
	if wantsSum(in.ChecksumMode) && !s.partial {
		o.Sum.show(&out.ChecksumCRC32, &out.ChecksumCRC32C, &out.ChecksumCRC64NVME, &out.ChecksumSHA1, &out.ChecksumSHA256)
		out.ChecksumType = o.Sum.typ()
	}
	return out, s, nil
}

func (a *API) headObject(ctx context.Context, call *bailiwick.Call, p *reading[HeadObjectRequest]) (*HeadObjectOutput, error) {
	in := p.in
	if in.SSECustomerAlgorithm != nil || in.SSECustomerKey != nil {
		return nil, notImplemented("x-amz-server-side-encryption-customer-algorithm")
	}
	over, err := overrides(call, in.ResponseCacheControl, in.ResponseContentDisposition, in.ResponseContentEncoding,
		in.ResponseContentLanguage, in.ResponseContentType, expiry(in.ResponseExpires))
	if err != nil {
		return nil, err
	}
	o, err := openFor(ctx, a, call, p)
	if err != nil {
		return nil, err
	}
	defer a.close(ctx, o)
	if err := (preconditions{in.IfMatch, in.IfNoneMatch, in.IfModifiedSince, in.IfUnmodifiedSince}).holds(o.object); err != nil {
		return nil, err
	}
	s, err := spanOf(o.object, o.parts, in.Range, in.PartNumber)
	if err != nil {
		return nil, err
	}
	h := &o.Header
	out := &HeadObjectOutput{
		AcceptRanges: shown("bytes"), ContentLength: &s.length, ContentRange: s.describe(o.Size), ETag: quoted(o.ETag), LastModified: &o.Modified,
		CacheControl: either(over[0], h.CacheControl), ContentDisposition: either(over[1], h.ContentDisposition),
		ContentEncoding: either(over[2], h.ContentEncoding), ContentLanguage: either(over[3], h.ContentLanguage),
		ContentType: either(over[4], h.contentType()), Expires: either(over[5], h.Expires),
		Metadata: h.shownUser(), WebsiteRedirectLocation: shown(h.Redirect), ServerSideEncryption: shown(aes256), PartsCount: s.parts,
		VersionId: p.version,
	}
	if out.TagCount, err = a.tagCount(ctx, call, p.bucket, p.key, p.version, o.object); err != nil {
		return nil, err
	}
	if wantsSum(in.ChecksumMode) && !s.partial {
		o.Sum.show(&out.ChecksumCRC32, &out.ChecksumCRC32C, &out.ChecksumCRC64NVME, &out.ChecksumSHA1, &out.ChecksumSHA256)
		out.ChecksumType = o.Sum.typ()
	}
	return out, nil
}

// wantsSum: the checksum of a whole object is no help to who gets a part of it.
func wantsSum(mode *string) bool { return mode != nil && strings.EqualFold(*mode, "ENABLED") }

func (h *attributes) contentType() string {
	if h.ContentType == "" {
		return "binary/octet-stream"
	}
	return h.ContentType
}

func either(override *string, own string) *string {
	if override != nil {
		return override
	}
	return shown(own)
}

// overrides are the response-* parameters, which a signature must cover: else
// anyone could make a public object look like something else.
func overrides(call *bailiwick.Call, values ...*string) (out [6]*string, err error) {
	for i, v := range values {
		switch {
		case v == nil:
			continue
		case call.Who.Type == policy.Anonymous:
			return out, invalidRequest("Request specific response headers cannot be used for anonymous GET requests.")
		case !printable(*v):
			return out, invalidArgument("Header value cannot be represented", "response-headers", "")
		}
		out[i] = v
	}
	return out, nil
}

// tagCount is told only to who may read the tags.
func (a *API) tagCount(ctx context.Context, call *bailiwick.Call, b *bucket, key string, version *string, o *object) (*int32, error) {
	if len(o.Tags) == 0 {
		return nil, nil
	}
	p := &reading[struct{}]{bucket: b, key: key, version: version, actions: []string{"s3:GetObjectTagging"}}
	if version != nil {
		p.actions[0] = ofVersion(p.actions[0])
	}
	allowed, err := a.may(ctx, call, p.checks(call, o))
	if !allowed || err != nil {
		return nil, err
	}
	n := int32(len(o.Tags))
	return &n, nil
}

// An opening names an object as the model's inputs do.
type opening struct{ Bucket, Key, VersionId, ExpectedBucketOwner *string }

// Checks are what Open asks, for a service that asks everything before it begins.
func (a *API) Checks(ctx context.Context, call *bailiwick.Call, bucketName, key, version string) ([]authz.Check, error) {
	p, err := readingOf[opening](a, "s3:GetObject")(ctx, call, &opening{Bucket: &bucketName, Key: &key, VersionId: shown(version)})
	if err != nil {
		return nil, err
	}
	return p.checks(call, p.object), nil
}

// Open gives the bytes of an object to another service, such as the archive of a
// function, in the name of the caller: s3:GetObject is asked here, with the
// bucket's policy and owner, which no other service knows.
func (a *API) Open(ctx context.Context, call *bailiwick.Call, bucketName, key, version string) (io.ReadCloser, int64, error) {
	p, err := readingOf[opening](a, "s3:GetObject")(ctx, call, &opening{Bucket: &bucketName, Key: &key, VersionId: shown(version)})
	if err != nil {
		return nil, 0, err
	}
	if err := a.Authz.Authorize(ctx, call, p.checks(call, p.object)); err != nil {
		return nil, 0, err
	}
	o, err := openFor(ctx, a, call, p)
	if err != nil {
		return nil, 0, err
	}
	body, err := a.section(ctx, o, 0, o.Size)
	return body, o.Size, err
}

// expiry is response-expires as a header.
func expiry(t *time.Time) *string {
	if t == nil {
		return nil
	}
	return shown(t.UTC().Format(http.TimeFormat))
}
