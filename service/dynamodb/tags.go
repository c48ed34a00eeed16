package dynamodb

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxTags is how many tags a table may have.
const maxTags = 50

// A tagPlan is TagResource, UntagResource or ListTagsOfResource.
type tagPlan struct {
	target
	tags   map[string]string
	remove []string
}

// tagContext is the keys of a request that names tags: those that the table has,
// and those that the request brings or takes away.
func tagContext(t target, tags map[string]string, removed []string) *policy.Context {
	k := new(policy.Context)
	t.tags(k)
	for key, value := range tags {
		k.Set("aws:RequestTag/"+key, value)
	}
	if names := slices.Concat(sortedNames(tags), removed); len(names) > 0 || removed != nil {
		k.SetAll("aws:TagKeys", names)
	}
	return k
}

// readTags reads a list of tags. Keys that differ in nothing but case would be one
// key for policies, of which one value would be lost.
func readTags(list []Tag) (map[string]string, error) {
	if list == nil {
		return nil, nil
	}
	tags := map[string]string{}
	for _, t := range list {
		for old := range tags {
			if strings.EqualFold(old, *t.Key) {
				return nil, invalid("Duplicate tag key found: %s", *t.Key)
			}
		}
		if strings.HasPrefix(strings.ToLower(*t.Key), "aws:") {
			return nil, invalid("Tag keys beginning with aws: are reserved: %s", *t.Key)
		}
		tags[*t.Key] = *t.Value
	}
	if len(tags) > maxTags {
		return nil, errTooManyTags()
	}
	return tags, nil
}

func errTooManyTags() error {
	return invalid("The number of tags exceeds the limit of %d", maxTags)
}

// tagged finds the table of a ResourceArn.
func (a *API) tagged(ctx context.Context, call *bailiwick.Call, arn string) (target, error) {
	if !strings.HasPrefix(arn, "arn:") {
		return target{}, invalid("Invalid TableArn: Invalid ResourceArn provided as input %s", arn)
	}
	return a.target(ctx, call, arn)
}

func noSuchResource(arn string) error {
	return bailiwick.Errorf(codeNotFound, "Requested resource not found: ResourcArn: %s not found", arn)
}

func (a *API) planTagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceInput) (*tagPlan, error) {
	tags, err := readTags(in.Tags)
	if err != nil {
		return nil, err
	}
	t, err := a.tagged(ctx, call, *in.ResourceArn)
	return &tagPlan{target: t, tags: tags}, err
}

func (a *API) planUntagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceInput) (*tagPlan, error) {
	t, err := a.tagged(ctx, call, *in.ResourceArn)
	return &tagPlan{target: t, remove: in.TagKeys}, err
}

func (a *API) planListTagsOfResource(ctx context.Context, call *bailiwick.Call, in *ListTagsOfResourceInput) (*tagPlan, error) {
	if in.NextToken != nil {
		return nil, invalid("Invalid NextToken") // all tags come on the first page
	}
	t, err := a.tagged(ctx, call, *in.ResourceArn)
	return &tagPlan{target: t}, err
}

func (a *API) tagResource(ctx context.Context, _ *bailiwick.Call, p *tagPlan) (*struct{}, error) {
	return nil, a.retag(ctx, p, func(tags map[string]string) error {
		for key, value := range p.tags {
			for old := range tags {
				if old != key && strings.EqualFold(old, key) {
					return invalid("Duplicate tag key found: %s", key)
				}
			}
			tags[key] = value
		}
		if len(tags) > maxTags {
			return errTooManyTags()
		}
		return nil
	})
}

func (a *API) untagResource(ctx context.Context, _ *bailiwick.Call, p *tagPlan) (*struct{}, error) {
	return nil, a.retag(ctx, p, func(tags map[string]string) error {
		for _, key := range p.remove {
			delete(tags, key)
		}
		return nil
	})
}

func (a *API) retag(ctx context.Context, p *tagPlan, edit func(map[string]string) error) error {
	if p.table == nil {
		return noSuchResource(p.given)
	}
	return a.change(ctx, func(tx store.Tx) error {
		t, err := a.still(tx, p.table)
		if errors.Is(err, errNoTable) {
			return noSuchResource(p.given)
		} else if err != nil {
			return err
		}
		next := t.changed()
		if next.Tags = maps.Clone(t.Tags); next.Tags == nil {
			next.Tags = map[string]string{}
		}
		if err := edit(next.Tags); err != nil {
			return err
		}
		return putTable(tx, next)
	})
}

func (a *API) listTagsOfResource(_ context.Context, _ *bailiwick.Call, p *tagPlan) (*ListTagsOfResourceOutput, error) {
	if p.table == nil {
		return nil, noSuchResource(p.given)
	}
	out := &ListTagsOfResourceOutput{Tags: []Tag{}}
	for _, key := range sortedNames(p.table.Tags) {
		value := p.table.Tags[key]
		out.Tags = append(out.Tags, Tag{Key: &key, Value: &value})
	}
	return out, nil
}
