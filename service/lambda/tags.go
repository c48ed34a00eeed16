package lambda

import (
	"context"
	"maps"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

const maxTags = 50

// rightTags holds tags to the rules that policies rely on: two keys that differ
// only in case would be one key of the request context.
func rightTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return invalid("A function can have at most %d tags.", maxTags)
	}
	seen := map[string]bool{}
	for k := range tags {
		lower := strings.ToLower(k)
		switch {
		case k == "" || len([]rune(k)) > 128 || len([]rune(tags[k])) > 256:
			return invalid("The key of a tag has 1 to 128 characters and its value at most 256.")
		case strings.HasPrefix(lower, "aws:"):
			return invalid("System tags cannot be added/updated by requester.")
		case seen[lower]:
			return invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[lower] = true
	}
	return nil
}

// tagged is the function whose tags a request is about: versions and aliases have
// none of their own.
func tagged(call *bailiwick.Call, resource string) (ref, error) {
	at, err := parse(call, resource, nil)
	if err == nil && at.qualifier != "" {
		return at, invalid("Tags on function aliases and versions are not supported. Please specify either a function ARN, or an event source mapping ARN.")
	}
	return at, err
}

func (a *API) tagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceRequest) (*nothing, error) {
	at, err := tagged(call, *in.Resource)
	if err != nil {
		return nil, err
	}
	_, err = a.change(ctx, at, nil, func(_ store.Tx, f *function) error {
		if f.Tags == nil {
			f.Tags = map[string]string{}
		}
		maps.Copy(f.Tags, in.Tags)
		return rightTags(f.Tags)
	})
	return nil, err
}

func (a *API) untagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceRequest) (*nothing, error) {
	at, err := tagged(call, *in.Resource)
	if err != nil {
		return nil, err
	}
	_, err = a.change(ctx, at, nil, func(_ store.Tx, f *function) error {
		for _, k := range in.TagKeys {
			delete(f.Tags, k)
		}
		return nil
	})
	return nil, err
}

func (a *API) listTags(ctx context.Context, call *bailiwick.Call, in *ListTagsRequest) (*ListTagsResponse, error) {
	at, err := tagged(call, *in.Resource)
	if err != nil {
		return nil, err
	}
	out := &ListTagsResponse{Tags: map[string]string{}}
	err = a.view(ctx, func(r store.Reader) error {
		f, err := findFunction(r, at)
		if err == nil {
			maps.Copy(out.Tags, f.Tags)
		}
		return err
	})
	return out, err
}
