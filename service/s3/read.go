package s3

import (
	"context"
	"errors"
	"maps"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// current is the only version id: buckets keep one version of each object.
const current = "null"

// A reading is the plan of an operation on an object that is there, or not. The
// tags that the checks see are those of one snapshot; who acts later compares.
type reading[In any] struct {
	in      *In
	bucket  *bucket
	key     string
	version *string
	object  *object // nil for none
	actions []string
	whole   bool // small is all of the object's content, from the same snapshot
	small   []byte
	extra   func(authz.Check) // adds keys of the request to each check; nil for none
}

// readingOf plans an operation on an existing object that asks for the actions,
// or with a version id for those of versions instead.
func readingOf[In any](a *API, actions ...string) func(context.Context, *bailiwick.Call, *In) (*reading[In], error) {
	return planOf[In](a, false, actions)
}

// contentOf is readingOf for who gives the content: a small one is read in the
// snapshot that is decided about, so that no second one need be compared with it.
func contentOf[In any](a *API, actions ...string) func(context.Context, *bailiwick.Call, *In) (*reading[In], error) {
	return planOf[In](a, true, actions)
}

func planOf[In any](a *API, content bool, actions []string) func(context.Context, *bailiwick.Call, *In) (*reading[In], error) {
	return func(ctx context.Context, call *bailiwick.Call, in *In) (*reading[In], error) {
		p := &reading[In]{in: in, key: member(in, "Key")}
		var err error
		if p.bucket, err = a.enterObject(ctx, call, member(in, "Bucket"), p.key, owner(in)); err != nil {
			return nil, err
		}
		p.version = memberPointer(in, "VersionId")
		for _, action := range actions {
			if p.version != nil {
				action = ofVersion(action)
			}
			p.actions = append(p.actions, action)
		}
		return p, p.look(ctx, a, content)
	}
}

// ofVersion is the action that AWS asks instead where a version is named.
func ofVersion(action string) string {
	switch action {
	case "s3:GetObject":
		return "s3:GetObjectVersion"
	case "s3:GetObjectAttributes":
		return "s3:GetObjectVersionAttributes"
	case "s3:GetObjectTagging":
		return "s3:GetObjectVersionTagging"
	case "s3:PutObjectTagging":
		return "s3:PutObjectVersionTagging"
	case "s3:DeleteObjectTagging":
		return "s3:DeleteObjectVersionTagging"
	case "s3:GetObjectAcl":
		return "s3:GetObjectVersionAcl"
	case "s3:PutObjectAcl":
		return "s3:PutObjectVersionAcl"
	case "s3:DeleteObject":
		return "s3:DeleteObjectVersion"
	}
	return action
}

func (p *reading[In]) look(ctx context.Context, a *API, content bool) error {
	return a.Store.View(ctx, func(r store.Reader) (err error) {
		if _, err = a.still(r, p.bucket); err != nil {
			return err
		}
		p.object, err = a.decoded.object(r, p.bucket, p.key)
		if err == nil && content && p.object != nil && p.object.isSmall() {
			p.whole = true
			p.small, err = smallContent(r, p.bucket, p.key, p.object)
		}
		return err
	})
}

// checks asks with the tags that the object has.
func (p *reading[In]) checks(call *bailiwick.Call, o *object) []authz.Check {
	var all []authz.Check
	for _, action := range p.actions {
		c := p.bucket.object(call, action, p.key)
		if p.version != nil {
			c.Keys.Set("s3:VersionId", *p.version)
		}
		if o != nil {
			setTags(c.Keys, "s3:ExistingObjectTag", o.Tags)
		}
		if p.extra != nil {
			p.extra(c)
		}
		all = append(all, c)
	}
	return all
}

func mayRead[In any](_ context.Context, call *bailiwick.Call, p *reading[In]) ([]authz.Check, error) {
	return p.checks(call, p.object), nil
}

// again asks once more if the object has other tags than those that were decided
// about: somebody has written it between the plan and now.
func (p *reading[In]) again(ctx context.Context, a *API, call *bailiwick.Call, now *object) error {
	if maps.Equal(tagsOf(p.object), tagsOf(now)) {
		return nil
	}
	call.Note("The tags of the object were changed while the request ran, so it was decided again.")
	p.object = now
	return a.Authz.Authorize(ctx, call, p.checks(call, now))
}

func tagsOf(o *object) map[string]string {
	if o == nil {
		return nil
	}
	return o.Tags
}

// missing is the answer for an object that is not there. Only who may list the
// bucket is told so: for all others it could as well be forbidden.
// Source: Amazon S3 API Reference, GetObject, "Permissions".
func (a *API) missing(ctx context.Context, call *bailiwick.Call, b *bucket, key string, version *string) error {
	err := a.Authz.Authorize(ctx, call, listChecks(call, b, nil))
	var refused *bailiwick.Error
	switch {
	case errors.As(err, &refused) && refused.Code == bailiwick.CodeAccessDenied:
		call.Note("The object does not exist. Who may not list the bucket (s3:ListBucket without a prefix) is not told so.")
		return err
	case err != nil:
		return err
	case version != nil && *version != current:
		return noVersion(key, *version)
	}
	return noKey(key)
}

// openFor opens the object of a plan, decided about as it was read.
func openFor[In any](ctx context.Context, a *API, call *bailiwick.Call, p *reading[In]) (*opened, error) {
	if p.version != nil && *p.version != current {
		return nil, a.missing(ctx, call, p.bucket, p.key, p.version)
	}
	if p.whole {
		return &opened{object: p.object, small: p.small}, nil
	}
	o, err := a.open(ctx, p.bucket, p.key)
	if err != nil {
		return nil, err
	}
	if o == nil {
		return nil, a.missing(ctx, call, p.bucket, p.key, p.version)
	}
	if err := p.again(ctx, a, call, o.object); err != nil {
		a.close(ctx, o)
		return nil, err
	}
	return o, nil
}

// headFor is openFor without the bytes.
func headFor[In any](ctx context.Context, a *API, call *bailiwick.Call, p *reading[In]) (*object, error) {
	if p.version != nil && *p.version != current || p.object == nil {
		return nil, a.missing(ctx, call, p.bucket, p.key, p.version)
	}
	return p.object, nil // of the snapshot that was decided about
}
