package apigateway

import (
	"maps"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of tags. Source: Developer Guide, "API Gateway resources that can be tagged".
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

// A tagged is what has tags: an API, or one of its stages.
type tagged struct{ api, stage string }

// taggedBy reads the ARN of something with tags:
// arn:aws:apigateway:REGION::/restapis/API and .../restapis/API/stages/STAGE.
func taggedBy(call *bailiwick.Call, text string) (tagged, error) {
	a, err := arn.Parse(text)
	// An ARN has one spelling, because policies decide by it.
	if err != nil || a.Partition != "aws" || a.Service != "apigateway" || a.Region != call.Region || a.Account != "" {
		return tagged{}, bad("Invalid ARN specified: %s", clip(text))
	}
	parts := strings.Split(a.Resource, "/")
	switch {
	case len(parts) == 3 && parts[0] == "" && parts[1] == "restapis" && parts[2] != "":
		return tagged{api: parts[2]}, nil
	case len(parts) == 5 && parts[0] == "" && parts[1] == "restapis" && parts[3] == "stages" && parts[4] != "":
		return tagged{api: parts[2], stage: parts[4]}, nil
	}
	return tagged{}, bad("Invalid ARN specified: %s", clip(text))
}

// tags reads the tags that the resource has itself.
func (t tagged) tags(r store.Reader, call *bailiwick.Call) (map[string]string, error) {
	if t.stage == "" {
		api, err := ownAPI(r, call, t.api)
		if err != nil {
			return nil, err
		}
		return api.Tags, nil
	}
	s, err := ownStage(r, call, t.api, t.stage)
	if err != nil {
		return nil, err
	}
	return s.Tags, nil
}

// retag changes the tags of a resource.
func (t tagged) retag(tx store.Tx, call *bailiwick.Call, change func(map[string]string)) error {
	old, err := t.tags(tx, call)
	if err != nil {
		return err
	}
	tags := map[string]string{}
	maps.Copy(tags, old)
	change(tags)
	if err := rightTags(tags); err != nil {
		return err
	}
	if t.stage == "" {
		api, err := ownAPI(tx, call, t.api)
		if err != nil {
			return err
		}
		api.Tags = tags
		return putAPI(tx, api)
	}
	s, err := ownStage(tx, call, t.api, t.stage)
	if err != nil {
		return err
	}
	s.Tags = tags
	return putStage(tx, s)
}

func (a *API) tagResource(tx store.Tx, call *bailiwick.Call, q *asked[TagResourceRequest]) (*noOutput, error) {
	t, err := taggedBy(call, *q.in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return nil, t.retag(tx, call, func(tags map[string]string) { maps.Copy(tags, q.in.Tags) })
}

func (a *API) untagResource(tx store.Tx, call *bailiwick.Call, q *asked[UntagResourceRequest]) (*noOutput, error) {
	t, err := taggedBy(call, *q.in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return nil, t.retag(tx, call, func(tags map[string]string) {
		for _, k := range q.in.TagKeys {
			delete(tags, k)
		}
	})
}

func (a *API) getTags(r store.Reader, call *bailiwick.Call, q *asked[GetTagsRequest]) (*Tags, error) {
	t, err := taggedBy(call, *q.in.ResourceArn)
	if err != nil {
		return nil, err
	}
	tags, err := t.tags(r, call)
	if err != nil {
		return nil, err
	}
	out := &Tags{Tags: map[string]string{}}
	maps.Copy(out.Tags, tags)
	return out, nil
}

// rightTags holds tags to the rules that policies rely on: two keys that differ
// only in case would be one key of the request context.
func rightTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return bad("A resource can have at most %d tags.", maxTags)
	}
	for k, v := range tags {
		if k == "" || len(k) > maxTagKey || len(v) > maxTagValue {
			return bad("A tag key has 1 to %d characters, a tag value at most %d.", maxTagKey, maxTagValue)
		}
		if len(k) >= 4 && strings.EqualFold(k[:4], "aws:") {
			return bad("The tag key %s begins with aws:, which is reserved.", k)
		}
		for other := range tags {
			if other != k && strings.EqualFold(other, k) {
				return bad("The tag keys %s and %s differ only in case.", min(k, other), max(k, other))
			}
		}
	}
	return nil
}
