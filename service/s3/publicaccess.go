package s3

import (
	"context"
	"net/http"

	"github.com/bailiwick-project/bailiwick"
)

func (a *API) putPublicAccessBlock(ctx context.Context, _ *bailiwick.Call, p *onBucket[PutPublicAccessBlockRequest]) (*struct{}, error) {
	in := p.in.PublicAccessBlockConfiguration
	if in == nil {
		return nil, malformedXML()
	}
	return nil, a.change(ctx, p.bucket, func(b *bucket) error {
		b.PublicAccess = &publicAccess{
			BlockACLs: is(in.BlockPublicAcls), IgnoreACLs: is(in.IgnorePublicAcls),
			BlockPolicy: is(in.BlockPublicPolicy), RestrictBuckets: is(in.RestrictPublicBuckets),
		}
		return nil
	})
}

func (a *API) getPublicAccessBlock(_ context.Context, _ *bailiwick.Call, p *onBucket[GetPublicAccessBlockRequest]) (*GetPublicAccessBlockOutput, error) {
	s := p.bucket.PublicAccess
	if s == nil {
		return nil, with(fail(http.StatusNotFound, "NoSuchPublicAccessBlockConfiguration",
			"The public access block configuration was not found"), "BucketName", p.bucket.Name)
	}
	return &GetPublicAccessBlockOutput{PublicAccessBlockConfiguration: &PublicAccessBlockConfiguration{
		BlockPublicAcls: &s.BlockACLs, IgnorePublicAcls: &s.IgnoreACLs, BlockPublicPolicy: &s.BlockPolicy, RestrictPublicBuckets: &s.RestrictBuckets,
	}}, nil
}

func (a *API) deletePublicAccessBlock(ctx context.Context, _ *bailiwick.Call, p *onBucket[DeletePublicAccessBlockRequest]) (*struct{}, error) {
	return nil, a.change(ctx, p.bucket, func(b *bucket) error {
		b.PublicAccess = nil
		return nil
	})
}

func is(b *bool) bool { return b != nil && *b }

// text is a string of an input, "" where it is absent.
func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
