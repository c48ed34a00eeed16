package s3

import (
	"context"
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxBatch bounds DeleteObjects, in keys.
const maxBatch = 1000

// A removal is the plan of DeleteObject.
type removal struct {
	in     *DeleteObjectRequest
	bucket *bucket
	condition
}

func (a *API) planDeleteObject(ctx context.Context, call *bailiwick.Call, in *DeleteObjectRequest) (*removal, error) {
	b, err := a.enterObject(ctx, call, *in.Bucket, *in.Key, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	p := &removal{in: in, bucket: b}
	p.condition, err = a.condition(ctx, b, *in.Key, in.IfMatch, nil)
	return p, err
}

// deleteCheck asks to delete one object; with a version id that is another action.
func deleteCheck(call *bailiwick.Call, b *bucket, key string, version, match *string) authz.Check {
	if version != nil {
		c := b.object(call, "s3:DeleteObjectVersion", key)
		c.Keys.Set("s3:VersionId", *version)
		return c
	}
	c := b.object(call, "s3:DeleteObject", key)
	if match != nil {
		c.Keys.Set("s3:if-match", *match)
	}
	return c
}

func (a *API) mayDeleteObject(_ context.Context, call *bailiwick.Call, p *removal) ([]authz.Check, error) {
	all := append([]authz.Check{deleteCheck(call, p.bucket, *p.in.Key, p.in.VersionId, p.in.IfMatch)}, p.checks(call, p.bucket, *p.in.Key)...)
	if is(p.in.BypassGovernanceRetention) {
		all = append(all, p.bucket.object(call, "s3:BypassGovernanceRetention", *p.in.Key))
	}
	return all, nil
}

func (a *API) deleteObject(ctx context.Context, _ *bailiwick.Call, p *removal) (*DeleteObjectOutput, error) {
	in := p.in
	if in.IfMatchLastModifiedTime != nil || in.IfMatchSize != nil {
		return nil, notImplemented("x-amz-if-match-size")
	}
	if in.VersionId != nil && *in.VersionId != current {
		return nil, noVersion(*in.Key, *in.VersionId)
	}
	var gone []string
	err := a.decide(ctx, func(tx store.Tx) error {
		b, err := a.still(tx, p.bucket)
		if err != nil {
			return err
		}
		gone, err = takeAway(tx, b, *in.Key, p.condition)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.remove(ctx, gone...)
	return &DeleteObjectOutput{VersionId: in.VersionId}, nil
}

// takeAway deletes an object, if there is one: S3 does not say.
func takeAway(tx store.Tx, b *bucket, key string, c condition) (gone []string, err error) {
	old, err := getObject(tx, b, key)
	if err != nil {
		return nil, err
	}
	if err := c.holds(key, old); err != nil {
		return nil, err
	}
	return erase(tx, b, key, old)
}

// deleteObjects asks for each key by itself, and so is no checked operation: the
// request as a whole needs a signature, and each key its own s3:DeleteObject. Keys
// that are refused are told one by one.
// Source: Amazon S3 API Reference, DeleteObjects.
func (a *API) deleteObjects(ctx context.Context, call *bailiwick.Call, in *DeleteObjectsRequest) (*DeleteObjectsOutput, error) {
	b, err := a.enter(ctx, call, *in.Bucket, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	if in.Delete == nil || len(in.Delete.Objects) == 0 || len(in.Delete.Objects) > maxBatch {
		return nil, malformedXML()
	}
	batch := make([]deletion, len(in.Delete.Objects))
	for i, o := range in.Delete.Objects {
		d := &batch[i]
		d.ObjectIdentifier = o
		if d.err = a.mayDeleteOne(ctx, call, b, d, is(in.BypassGovernanceRetention)); d.err != nil {
			var told *bailiwick.Error
			if !errors.As(d.err, &told) {
				return nil, d.err
			}
		}
	}
	if err := a.deleteBatch(ctx, b, batch); err != nil {
		return nil, err
	}
	return batchAnswer(batch, is(in.Delete.Quiet)), nil
}

// A deletion is one key of a batch, and why it was not deleted.
type deletion struct {
	ObjectIdentifier
	condition
	err error
}

func (a *API) mayDeleteOne(ctx context.Context, call *bailiwick.Call, b *bucket, o *deletion, bypass bool) (err error) {
	key := text(o.Key)
	if e := checkKey(key); e != nil {
		return e
	}
	if o.condition, err = a.condition(ctx, b, key, o.ETag, nil); err != nil {
		return err
	}
	checks := append([]authz.Check{deleteCheck(call, b, key, o.VersionId, o.ETag)}, o.checks(call, b, key)...)
	if bypass {
		checks = append(checks, b.object(call, "s3:BypassGovernanceRetention", key))
	}
	if refused, err := a.ask(ctx, call, checks); err != nil || refused != nil {
		if err == nil {
			err = denial(refused)
		}
		return err
	}
	switch {
	case o.LastModifiedTime != nil || o.Size != nil:
		return notImplemented("LastModifiedTime")
	case o.VersionId != nil && *o.VersionId != current:
		return noVersion(key, *o.VersionId)
	}
	return nil
}

// deleteBatch deletes what was not refused, all in one transaction.
func (a *API) deleteBatch(ctx context.Context, planned *bucket, batch []deletion) error {
	var gone []string
	failed := make([]error, len(batch))
	err := a.decide(ctx, func(tx store.Tx) error {
		gone = nil
		b, err := a.still(tx, planned)
		if err != nil {
			return err
		}
		for i, d := range batch {
			if failed[i] = d.err; d.err != nil {
				continue
			}
			blobs, err := takeAway(tx, b, *d.Key, d.condition)
			var told *bailiwick.Error
			switch {
			case errors.As(err, &told):
				failed[i] = err // decided before anything was written
			case err != nil:
				return err
			}
			gone = append(gone, blobs...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	for i := range batch {
		batch[i].err = failed[i]
	}
	a.remove(ctx, gone...)
	return nil
}

func batchAnswer(batch []deletion, quiet bool) *DeleteObjectsOutput {
	out := &DeleteObjectsOutput{}
	for _, d := range batch {
		var told *bailiwick.Error
		if !errors.As(d.err, &told) {
			if !quiet {
				out.Deleted = append(out.Deleted, DeletedObject{Key: d.Key, VersionId: d.VersionId})
			}
			continue
		}
		code, message := told.Code, told.Message
		if code == bailiwick.CodeAccessDenied {
			code = "AccessDenied"
		}
		out.Errors = append(out.Errors, Error{Code: &code, Key: d.Key, Message: &message, VersionId: d.VersionId})
	}
	return out
}
