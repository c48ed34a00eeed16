package s3

import (
	"context"
	"errors"
	"maps"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

func (a *API) getObjectTagging(ctx context.Context, call *bailiwick.Call, p *reading[GetObjectTaggingRequest]) (*GetObjectTaggingOutput, error) {
	o, err := headFor(ctx, a, call, p)
	if err != nil {
		return nil, err
	}
	return &GetObjectTaggingOutput{TagSet: tagList(o.Tags), VersionId: p.version}, nil
}

// planPutObjectTagging reads the tags once: for the conditions and for the object.
func (a *API) planPutObjectTagging(ctx context.Context, call *bailiwick.Call, in *PutObjectTaggingRequest) (*retagging[PutObjectTaggingRequest], error) {
	if in.Tagging == nil {
		return nil, malformedXML()
	}
	tags, err := tagSet(in.Tagging.TagSet, maxObjectTags)
	if err != nil {
		return nil, err
	}
	r, err := readingOf[PutObjectTaggingRequest](a, "s3:PutObjectTagging")(ctx, call, in)
	if err != nil {
		return nil, err
	}
	r.extra = func(c authz.Check) { setRequestTags(c.Keys, tags) }
	return &retagging[PutObjectTaggingRequest]{reading: r, tags: tags}, nil
}

// A retagging is the plan of a change of an object's tags.
type retagging[In any] struct {
	*reading[In]
	tags map[string]string
}

func mayRetag[In any](ctx context.Context, call *bailiwick.Call, p *retagging[In]) ([]authz.Check, error) {
	return mayRead(ctx, call, p.reading)
}

func (a *API) putObjectTagging(ctx context.Context, call *bailiwick.Call, p *retagging[PutObjectTaggingRequest]) (*PutObjectTaggingOutput, error) {
	return &PutObjectTaggingOutput{VersionId: p.version}, retag(ctx, a, call, p)
}

func (a *API) planDeleteObjectTagging(
	ctx context.Context, call *bailiwick.Call, in *DeleteObjectTaggingRequest,
) (*retagging[DeleteObjectTaggingRequest], error) {
	r, err := readingOf[DeleteObjectTaggingRequest](a, "s3:DeleteObjectTagging")(ctx, call, in)
	return &retagging[DeleteObjectTaggingRequest]{reading: r}, err
}

func (a *API) deleteObjectTagging(ctx context.Context, call *bailiwick.Call, p *retagging[DeleteObjectTaggingRequest]) (*DeleteObjectTaggingOutput, error) {
	return &DeleteObjectTaggingOutput{VersionId: p.version}, retag(ctx, a, call, p)
}

// retag stores the tags of an object whose tags are still those that were decided
// about. If they are not, it asks again.
func retag[In any](ctx context.Context, a *API, call *bailiwick.Call, p *retagging[In]) error {
	if p.version != nil && *p.version != current || p.object == nil {
		return a.missing(ctx, call, p.bucket, p.key, p.version)
	}
	for range maxTries {
		var now *object
		err := a.decide(ctx, func(tx store.Tx) error {
			b, err := a.still(tx, p.bucket)
			if err != nil {
				return err
			}
			if now, err = getObject(tx, b, p.key); err != nil {
				return err
			}
			if now == nil || !maps.Equal(now.Tags, p.object.Tags) {
				return errMoved
			}
			next := *now
			next.Tags = p.tags
			return store.PutJSON(tx, objectKey(b.ID, p.key), &next)
		})
		if !errors.Is(err, errMoved) {
			return err
		}
		if now == nil {
			return a.missing(ctx, call, p.bucket, p.key, p.version)
		}
		if err := p.again(ctx, a, call, now); err != nil {
			return err
		}
	}
	return busy()
}

// The tags of buckets, which no condition key of S3 shows unless a bucket is set
// to be controlled by its tags, which is not here.

func (a *API) getBucketTagging(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketTaggingRequest]) (*GetBucketTaggingOutput, error) {
	if len(p.bucket.Tags) == 0 {
		return nil, notConfigured("NoSuchTagSet", "The TagSet does not exist", p.bucket)
	}
	return &GetBucketTaggingOutput{TagSet: tagList(p.bucket.Tags)}, nil
}

func (a *API) putBucketTagging(ctx context.Context, _ *bailiwick.Call, p *onBucket[PutBucketTaggingRequest]) (*struct{}, error) {
	if p.in.Tagging == nil {
		return nil, malformedXML()
	}
	tags, err := tagSet(p.in.Tagging.TagSet, maxBucketTags)
	if err != nil {
		return nil, err
	}
	return nil, a.change(ctx, p.bucket, func(b *bucket) error {
		b.Tags = tags
		return nil
	})
}

func (a *API) deleteBucketTagging(ctx context.Context, _ *bailiwick.Call, p *onBucket[DeleteBucketTaggingRequest]) (*struct{}, error) {
	return nil, a.change(ctx, p.bucket, func(b *bucket) error {
		b.Tags = nil
		return nil
	})
}
