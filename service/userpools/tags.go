package userpools

import (
	"context"
	"maps"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxTags is AWS's limit for one resource.
const maxTags = 50

// checkTags refuses tags that IAM could not tell apart: keys are compared there
// without regard to case.
func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return invalid("A resource cannot have more than %d tags.", maxTags)
	}
	seen := map[string]bool{}
	for k := range tags {
		folded := strings.ToLower(k)
		if strings.HasPrefix(folded, "aws:") {
			return invalid("Tag keys that begin with aws: are reserved.")
		}
		if seen[folded] {
			return invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[folded] = true
	}
	return nil
}

func parsePoolARN(resource string) (arn.ARN, string, error) {
	parsed, err := arn.Parse(resource)
	id, ok := strings.CutPrefix(parsed.Resource, "userpool/")
	if err != nil || !ok || parsed.Service != "cognito-idp" || id == "" {
		return arn.ARN{}, "", invalid("The resource ARN %s is not the ARN of a user pool.", resource)
	}
	return parsed, id, nil
}

// taggedPool is the id behind an ARN. The region and the account of the ARN were
// authorized; here they must be those of the pool that is touched.
func taggedPool(call *bailiwick.Call, resource *string) (string, error) {
	_, id, err := parsePoolARN(value(resource))
	if err != nil {
		return "", err
	}
	if poolARN(call.Region, call.Account, id) != value(resource) {
		return "", errNoPool(id)
	}
	return id, nil
}

func (a *API) tagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceRequest) (*TagResourceResponse, error) {
	id, err := taggedPool(call, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	err = a.changePool(ctx, call, id, func(p *pool) error {
		tags := maps.Clone(p.Settings.Tags)
		if tags == nil {
			tags = map[string]string{}
		}
		maps.Copy(tags, in.Tags)
		p.Settings.Tags = tags
		return checkTags(tags)
	})
	if err != nil {
		return nil, err
	}
	return &TagResourceResponse{}, nil
}

func (a *API) untagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceRequest) (*UntagResourceResponse, error) {
	id, err := taggedPool(call, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	err = a.changePool(ctx, call, id, func(p *pool) error {
		for _, k := range in.TagKeys {
			delete(p.Settings.Tags, k)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &UntagResourceResponse{}, nil
}

func (a *API) listTagsForResource(ctx context.Context, call *bailiwick.Call, in *ListTagsForResourceRequest) (*ListTagsForResourceResponse, error) {
	id, err := taggedPool(call, in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := &ListTagsForResourceResponse{}
	err = a.Store.View(ctx, func(r store.Reader) error {
		p, err := ownPool(r, call, id)
		if err == nil {
			out.Tags = tagsShown(p.Settings.Tags)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// tagsShown is never nil: AWS shows the absence of tags as an empty map.
func tagsShown(tags map[string]string) map[string]string {
	if tags == nil {
		return map[string]string{}
	}
	return tags
}
