package apigatewayv2

import (
	"context"
	"maps"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// A tagged is what an ARN with tags names: an API, or a stage of it.
type tagged struct{ api, stage string }

// parseTagged reads arn:aws:apigateway:REGION::/apis/ID or .../apis/ID/stages/NAME.
func parseTagged(call *bailiwick.Call, arn string) (tagged, error) {
	wrong := bad("Invalid resource identifier specified")
	rest, ok := strings.CutPrefix(arn, "arn:aws:apigateway:"+call.Region+"::/apis/")
	if !ok {
		return tagged{}, wrong
	}
	id, rest, more := strings.Cut(rest, "/")
	if !more {
		return tagged{api: id}, nil
	}
	stage, ok := strings.CutPrefix(rest, "stages/")
	if !ok || !isStage(stage) {
		return tagged{}, wrong
	}
	return tagged{id, stage}, nil
}

// describe adds the tags of a stage; those of its API are there already.
func (t tagged) describe(x *api, keys *policy.Context) {
	if t.stage == "" {
		return
	}
	if s := x.Stages[t.stage]; s != nil {
		for k, v := range s.Tags {
			keys.Set("aws:ResourceTag/"+k, v)
		}
	}
}

// of is the tags themselves.
func (t tagged) of(x *api) (*map[string]string, error) {
	if t.stage == "" {
		return &x.Tags, nil
	}
	s := x.Stages[t.stage]
	if s == nil {
		return nil, errNo("Stage", t.stage)
	}
	return &s.Tags, nil
}

// checkTags refuses tags that no resource may have, and keys that differ only in
// case: they would be one key of the request context.
// Source: AWS Tagging guide; API Gateway Developer Guide, "Tag restrictions".
func checkTags(tags map[string]string) error {
	if len(tags) > maxTags {
		return bad("The maximum number of tags is %d.", maxTags)
	}
	for k, v := range tags {
		if k == "" || len([]rune(k)) > 128 || len([]rune(v)) > 256 || strings.HasPrefix(strings.ToLower(k), "aws:") {
			return bad("Invalid tag %.128q", k)
		}
		for other := range tags {
			if other != k && strings.EqualFold(other, k) {
				return bad("The tag keys %s and %s differ only in case.", min(k, other), max(k, other))
			}
		}
	}
	return nil
}

func (a *API) tagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceRequest) (*TagResourceResponse, error) {
	t, err := parseTagged(call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return nil, a.change(ctx, call, &t.api, false, func(_ store.Tx, x *api) error {
		tags, err := t.of(x)
		if err != nil {
			return err
		}
		all := maps.Clone(*tags)
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, in.Tags)
		*tags = all
		return checkTags(all)
	})
}

func (a *API) untagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceRequest) (*struct{}, error) {
	t, err := parseTagged(call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	return nil, a.change(ctx, call, &t.api, false, func(_ store.Tx, x *api) error {
		tags, err := t.of(x)
		if err != nil {
			return err
		}
		for _, k := range in.TagKeys {
			delete(*tags, k)
		}
		return nil
	})
}

func (a *API) getTags(ctx context.Context, call *bailiwick.Call, in *GetTagsRequest) (*GetTagsResponse, error) {
	t, err := parseTagged(call, *in.ResourceArn)
	if err != nil {
		return nil, err
	}
	out := &GetTagsResponse{Tags: map[string]string{}}
	err = a.read(ctx, call, &t.api, func(_ store.Reader, x *api) error {
		tags, err := t.of(x)
		if err == nil {
			maps.Copy(out.Tags, *tags)
		}
		return err
	})
	return out, err
}
