package s3

import (
	"context"
	"maps"
	"net/http"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// A condition is If-Match and If-None-Match of a write. It is decided in the
// transaction that writes.
type condition struct {
	match, noneMatch *string
	seen             map[string]string // the tags that leave to compare was asked with
}

// condition reads what leave to compare depends on.
func (a *API) condition(ctx context.Context, b *bucket, key string, match, noneMatch *string) (condition, error) {
	c := condition{match: match, noneMatch: noneMatch}
	if !c.compares() {
		return c, nil
	}
	err := a.Store.View(ctx, func(r store.Reader) error {
		if _, err := a.still(r, b); err != nil {
			return err
		}
		o, err := getObject(r, b, key)
		c.seen = tagsOf(o)
		return err
	})
	return c, err
}

// compares tells whether the answer says something of the content, which is more
// than that there is an object.
func (c condition) compares() bool { return c.match != nil && strings.TrimSpace(*c.match) != "*" }

// checks asks leave to read the object that is compared with: else whoever may only
// write could guess what is in it.
// Source: Amazon S3 User Guide, "Enforce conditional writes on Amazon S3 buckets"
// and "Enforce conditional deletes on Amazon S3 buckets".
func (c condition) checks(call *bailiwick.Call, b *bucket, key string) []authz.Check {
	if !c.compares() {
		return nil
	}
	read := b.object(call, "s3:GetObject", key)
	setTags(read.Keys, "s3:ExistingObjectTag", c.seen)
	return []authz.Check{read}
}

// holds decides about what is there now; old is nil for nothing.
// Source: Amazon S3 User Guide, "How to prevent object overwrites with
// conditional writes".
func (c condition) holds(key string, old *object) error {
	if c.noneMatch != nil && old != nil {
		return preconditionFailed("If-None-Match")
	}
	switch {
	case c.match == nil:
		return nil
	case old == nil:
		return noKey(key)
	case c.compares() && !maps.Equal(c.seen, old.Tags):
		return fail(http.StatusConflict, "ConditionalRequestConflict",
			"The conditional request cannot succeed due to a conflicting operation against this resource.")
	case !sameETag(*c.match, old.ETag):
		return preconditionFailed("If-Match")
	}
	return nil
}

// check refuses conditions that are not there.
func (c condition) check() error {
	if c.noneMatch != nil && strings.TrimSpace(*c.noneMatch) != "*" {
		return notImplemented("If-None-Match")
	}
	if c.match != nil && c.noneMatch != nil {
		return notImplemented("If-Match")
	}
	return nil
}

// sameETag compares a list of entity tags, or "*", with the tag of an object.
func sameETag(list, etag string) bool {
	for want := range strings.SplitSeq(list, ",") {
		want = strings.TrimPrefix(strings.TrimSpace(want), "W/")
		if want == "*" || strings.Trim(want, `"`) == etag {
			return true
		}
	}
	return false
}
