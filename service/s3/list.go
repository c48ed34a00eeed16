package s3

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// A listing is what ListObjects, ListObjectsV2 and ListObjectVersions have in
// common: the parameters that policies see, and the page that runs.
type listing struct {
	action            string
	prefix, delimiter *string
	maxKeys           *int32
	encoding          *string
	after             string
	limit             int
}

// listChecks asks for a listing. Without a prefix it is not known whether AWS
// shows policies an empty one or none, so both must be allowed: neither
// ...IfExists nor Null nor a negation lets more through than either reading.
// l is nil for the question whether the caller might list, in the context of
// another request.
func listChecks(call *bailiwick.Call, b *bucket, l *listing) []authz.Check {
	ask := func(prefix *string) authz.Check {
		c := b.check(call, "s3:ListBucket")
		if prefix != nil {
			c.Keys.Set("s3:prefix", *prefix)
		}
		if l == nil {
			return c
		}
		c.Action = l.action
		maxKeys := int32(maxPage)
		if l.maxKeys != nil {
			maxKeys = *l.maxKeys
		}
		c.Keys.Set("s3:max-keys", strconv.Itoa(int(maxKeys)))
		if l.delimiter != nil {
			c.Keys.Set("s3:delimiter", *l.delimiter)
		}
		return c
	}
	if l != nil && l.prefix != nil {
		return []authz.Check{ask(l.prefix)}
	}
	empty := ""
	return []authz.Check{ask(nil), ask(&empty)}
}

// settle checks the parameters of a page.
func (l *listing) settle() error {
	if l.limit = maxPage; l.maxKeys != nil {
		if *l.maxKeys < 0 {
			return invalidArgument("Argument maxKeys must be an integer between 0 and 2147483647", "maxKeys", strconv.Itoa(int(*l.maxKeys)))
		}
		l.limit = min(int(*l.maxKeys), maxPage)
	}
	if l.encoding != nil && *l.encoding != "url" {
		return invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", *l.encoding)
	}
	return nil
}

// code is a key, prefix or delimiter as the answer spells it.
func (l *listing) code(s string) *string {
	if l.encoding != nil {
		s = encodeURL(s)
	}
	return &s
}

// encodeURL is the encoding of encoding-type=url: that of forms, but for the
// slash.
func encodeURL(s string) string {
	return strings.NewReplacer("%2F", "/", "%2A", "*").Replace(url.QueryEscape(s))
}

// A listed is one page, ready to be told.
type listed struct {
	contents []Object
	commons  []CommonPrefix
	more     bool
	last     string
}

func (a *API) list(ctx context.Context, planned *bucket, l *listing, owners bool) (*listed, error) {
	if err := l.settle(); err != nil {
		return nil, err
	}
	w := walk{kind: "object", prefix: text(l.prefix), delimiter: text(l.delimiter), after: l.after, limit: l.limit}
	var out *listed
	err := a.Store.View(ctx, func(r store.Reader) error {
		b, err := a.still(r, planned)
		if err != nil {
			return err
		}
		list, more, err := w.page(r, b.ID)
		if err != nil {
			return err
		}
		out = &listed{more: more}
		for _, f := range list {
			out.last = f.name
			if f.common {
				out.commons = append(out.commons, CommonPrefix{Prefix: l.code(f.name)})
				continue
			}
			o, err := getObject(r, b, f.name)
			if err != nil || o == nil {
				return fmt.Errorf("reading a listed object: %w", err)
			}
			entry := Object{Key: l.code(f.name), ETag: quoted(o.ETag), LastModified: &o.Modified, Size: &o.Size, StorageClass: shown(standard)}
			if o.Sum != nil {
				entry.ChecksumAlgorithm, entry.ChecksumType = []string{string(o.Sum.Algorithm)}, o.Sum.typ()
			}
			if owners {
				entry.Owner = ownerOf(b.Account)
			}
			out.contents = append(out.contents, entry)
		}
		return nil
	})
	return out, err
}

// A listingOf is the plan of a listing.
type listingOf[In any] struct {
	onBucket[In]
	listing *listing
}

func planList[In any](a *API, read func(*In) *listing) func(context.Context, *bailiwick.Call, *In) (*listingOf[In], error) {
	return func(ctx context.Context, call *bailiwick.Call, in *In) (*listingOf[In], error) {
		p, err := inBucket[In](a)(ctx, call, in)
		if err != nil {
			return nil, err
		}
		return &listingOf[In]{onBucket: *p, listing: read(in)}, nil
	}
}

func mayList[In any](_ context.Context, call *bailiwick.Call, p *listingOf[In]) ([]authz.Check, error) {
	return listChecks(call, p.bucket, p.listing), nil
}

func readList(in *ListObjectsRequest) *listing {
	return &listing{action: "s3:ListBucket", prefix: in.Prefix, delimiter: in.Delimiter, maxKeys: in.MaxKeys, encoding: in.EncodingType, after: text(in.Marker)}
}

func readListV2(in *ListObjectsV2Request) *listing {
	return &listing{action: "s3:ListBucket", prefix: in.Prefix, delimiter: in.Delimiter, maxKeys: in.MaxKeys, encoding: in.EncodingType, after: text(in.StartAfter)}
}

func readVersions(in *ListObjectVersionsRequest) *listing {
	return &listing{
		action: "s3:ListBucketVersions", prefix: in.Prefix, delimiter: in.Delimiter, maxKeys: in.MaxKeys, encoding: in.EncodingType, after: text(in.KeyMarker),
	}
}

func (a *API) listObjects(ctx context.Context, _ *bailiwick.Call, p *listingOf[ListObjectsRequest]) (*ListObjectsOutput, error) {
	l := p.listing
	page, err := a.list(ctx, p.bucket, l, true)
	if err != nil {
		return nil, err
	}
	limit := int32(l.limit)
	out := &ListObjectsOutput{
		Name: &p.bucket.Name, Prefix: l.code(text(l.prefix)), Marker: l.code(l.after), MaxKeys: &limit, IsTruncated: &page.more,
		EncodingType: l.encoding, Contents: page.contents, CommonPrefixes: page.commons,
	}
	if text(l.delimiter) != "" {
		out.Delimiter = l.code(*l.delimiter)
		if page.more {
			out.NextMarker = l.code(page.last)
		}
	}
	return out, nil
}

func (a *API) listObjectsV2(ctx context.Context, _ *bailiwick.Call, p *listingOf[ListObjectsV2Request]) (*ListObjectsV2Output, error) {
	l := p.listing
	if p.in.ContinuationToken != nil {
		at, err := openToken(p.in.ContinuationToken)
		if err != nil {
			return nil, err
		}
		l.after = at
	}
	page, err := a.list(ctx, p.bucket, l, is(p.in.FetchOwner))
	if err != nil {
		return nil, err
	}
	limit := int32(l.limit)
	count := int32(len(page.contents) + len(page.commons))
	out := &ListObjectsV2Output{
		Name: &p.bucket.Name, Prefix: l.code(text(l.prefix)), MaxKeys: &limit, KeyCount: &count, IsTruncated: &page.more,
		EncodingType: l.encoding, Contents: page.contents, CommonPrefixes: page.commons, ContinuationToken: p.in.ContinuationToken,
	}
	if text(l.delimiter) != "" {
		out.Delimiter = l.code(*l.delimiter)
	}
	if p.in.StartAfter != nil {
		out.StartAfter = l.code(*p.in.StartAfter)
	}
	if page.more {
		out.NextContinuationToken = sealToken(page.last)
	}
	return out, nil
}

// listObjectVersions lists the one version that each object has.
func (a *API) listObjectVersions(ctx context.Context, _ *bailiwick.Call, p *listingOf[ListObjectVersionsRequest]) (*ListObjectVersionsOutput, error) {
	l := p.listing
	if p.in.VersionIdMarker != nil && p.in.KeyMarker == nil {
		return nil, invalidArgument("A version-id marker cannot be specified without a key marker.", "version-id-marker", *p.in.VersionIdMarker)
	}
	page, err := a.list(ctx, p.bucket, l, true)
	if err != nil {
		return nil, err
	}
	limit := int32(l.limit)
	out := &ListObjectVersionsOutput{
		Name: &p.bucket.Name, Prefix: l.code(text(l.prefix)), KeyMarker: l.code(l.after), VersionIdMarker: l.code(text(p.in.VersionIdMarker)),
		MaxKeys: &limit, IsTruncated: &page.more, EncodingType: l.encoding, CommonPrefixes: page.commons,
	}
	latest := true
	for _, o := range page.contents {
		out.Versions = append(out.Versions, ObjectVersion{
			Key: o.Key, ETag: o.ETag, LastModified: o.LastModified, Size: o.Size, StorageClass: o.StorageClass, Owner: o.Owner,
			ChecksumAlgorithm: o.ChecksumAlgorithm, ChecksumType: o.ChecksumType, IsLatest: &latest, VersionId: shown(current),
		})
	}
	if text(l.delimiter) != "" {
		out.Delimiter = l.code(*l.delimiter)
	}
	if page.more {
		out.NextKeyMarker, out.NextVersionIdMarker = l.code(page.last), shown(current)
	}
	return out, nil
}
