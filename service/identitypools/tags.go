package identitypools

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

func (a *API) tagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceInput) (*TagResourceResponse, error) {
	id, err := poolOf(call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	_, err = a.change(ctx, call, id, func(p *pool) error {
		if p.Tags == nil {
			p.Tags = map[string]string{}
		}
		maps.Copy(p.Tags, in.Tags)
		return rightTags(p.Tags)
	})
	return &TagResourceResponse{}, err
}

func (a *API) untagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceInput) (*UntagResourceResponse, error) {
	id, err := poolOf(call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	_, err = a.change(ctx, call, id, func(p *pool) error {
		for _, k := range in.TagKeys {
			delete(p.Tags, k)
		}
		return nil
	})
	return &UntagResourceResponse{}, err
}

func (a *API) listTagsForResource(ctx context.Context, call *bailiwick.Call, in *ListTagsForResourceInput) (*ListTagsForResourceResponse, error) {
	id, err := poolOf(call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	p, err := a.own(ctx, call, id)
	if err != nil {
		return nil, err
	}
	out := &ListTagsForResourceResponse{Tags: map[string]string{}}
	maps.Copy(out.Tags, p.Tags)
	return out, nil
}

// rightTags holds tags to the rules that policies rely on: two keys that differ
// only in case would be one key of the request context.
func rightTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return invalid("An identity pool can have at most %d tags.", maxTags)
	}
	for k := range tags {
		if len(k) >= 4 && strings.EqualFold(k[:4], "aws:") {
			return invalid("The tag key %s begins with aws:, which is reserved.", k)
		}
		for other := range tags {
			if other != k && strings.EqualFold(other, k) {
				return invalid("The tag keys %s and %s differ only in case.", min(k, other), max(k, other))
			}
		}
	}
	return nil
}

// tagChanges are the tags that an update sets anew and those that it removes.
func tagChanges(old, next map[string]string) (set map[string]string, gone []string) {
	set = map[string]string{}
	for k, v := range next {
		if was, ok := old[k]; !ok || was != v {
			set[k] = v
		}
	}
	for _, k := range slices.Sorted(maps.Keys(old)) {
		if _, ok := next[k]; !ok {
			gone = append(gone, k)
		}
	}
	return set, gone
}
