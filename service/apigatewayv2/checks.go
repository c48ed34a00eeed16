package apigatewayv2

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// The actions are the methods of HTTP, the resources their paths.
// Source: Service Authorization Reference, "Actions, resources, and condition keys
// for Amazon API Gateway Management V2".
const (
	actGet    = "apigateway:GET"
	actPost   = "apigateway:POST"
	actPatch  = "apigateway:PATCH"
	actDelete = "apigateway:DELETE"
)

// The keys that tell what a request makes of an API, and what the API is.
const (
	keyRequestName = "apigateway:Request/ApiName"
	keyRequestOff  = "apigateway:Request/DisableExecuteApiEndpoint"
	keyRequestEnd  = "apigateway:Request/EndpointType"
	keyRequestAuth = "apigateway:Request/RouteAuthorizationType"
	keyRequestKind = "apigateway:Request/AuthorizerType"
	keyRequestKey  = "apigateway:Request/ApiKeyRequired"
	keyRequestStg  = "apigateway:Request/StageName"
	keyRequestDest = "apigateway:Request/AccessLoggingDestination"
	keyRequestFmt  = "apigateway:Request/AccessLoggingFormat"

	keyName = "apigateway:Resource/ApiName"
	keyOff  = "apigateway:Resource/DisableExecuteApiEndpoint"
	keyEnd  = "apigateway:Resource/EndpointType"
	keyAuth = "apigateway:Resource/RouteAuthorizationType"
	keyKind = "apigateway:Resource/AuthorizerType"
	keyKey  = "apigateway:Resource/ApiKeyRequired"
	keyDest = "apigateway:Resource/AccessLoggingDestination"
	keyFmt  = "apigateway:Resource/AccessLoggingFormat"

	keyTag        = "aws:ResourceTag/${TagKey}"
	keyRequestTag = "aws:RequestTag/${TagKey}"
	keyTagKeys    = "aws:TagKeys"
)

// REGIONAL is what every HTTP API is.
const regional = "REGIONAL"

var actions = authz.Table{
	row(actGet, []string{
		"Api", "Apis", "Authorizer", "Authorizers", "Deployment", "Deployments", "Integration", "Integrations", "Route", "Routes", "Stage", "Stages", "Tags",
	}, resourceKeys, keyTag),
	row(actPost, []string{"Apis", "Authorizers", "Deployments", "Integrations", "Routes", "Stages", "Tags"},
		slices.Concat(requestKeys, resourceKeys), keyTag, keyRequestTag, keyTagKeys),
	row(actPatch, []string{"Api", "Authorizer", "Deployment", "Integration", "Route", "Stage"}, slices.Concat(requestKeys, resourceKeys), keyTag),
	row(actDelete, []string{"Api", "Authorizer", "Cors", "Deployment", "Integration", "Route", "Stage", "Tags"}, resourceKeys, keyTag, keyTagKeys),
}

var (
	requestKeys = []string{
		keyRequestName, keyRequestOff, keyRequestEnd, keyRequestAuth, keyRequestKind, keyRequestKey, keyRequestStg, keyRequestDest, keyRequestFmt,
	}
	resourceKeys = []string{keyName, keyOff, keyEnd, keyAuth, keyKind, keyKey, keyDest, keyFmt}
)

// row declares an action whose keys depend on what it is asked on.
func row(name string, resources, keys []string, more ...string) authz.Action {
	a := authz.Action{Name: name, Resources: resources, Keys: map[string]authz.When{}}
	for _, k := range append(slices.Clone(keys), more...) {
		a.Keys[k] = authz.Sometimes
	}
	return a
}

// A question is one check in the making.
type question struct {
	action, kind, path string
	id                 string                             // of the API that it is about, "" for none
	keys               *policy.Context                    // of the request
	about              func(x *api, keys *policy.Context) // adds what the touched part is; nil for the API itself
}

// ask makes the check. What the API is stands in the same record that run reads;
// there is nothing to say of one that does not exist or is another account's.
func (a *API) ask(ctx context.Context, call *bailiwick.Call, q question) ([]authz.Check, error) {
	keys := q.keys
	if keys == nil {
		keys = new(policy.Context)
	}
	if q.id != "" {
		err := a.Store.View(ctx, func(r store.Reader) error {
			x, err := find(r, call, q.id)
			var none *bailiwick.Error
			if errors.As(err, &none) {
				return nil
			}
			if err == nil {
				q.describe(x, keys)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return []authz.Check{{Action: q.action, Resource: "arn:aws:apigateway:" + call.Region + "::" + q.path, Type: q.kind, Keys: keys}}, nil
}

func (q *question) describe(x *api, keys *policy.Context) {
	for k, v := range x.Tags {
		keys.Set("aws:ResourceTag/"+k, v)
	}
	if q.about != nil {
		q.about(x, keys)
		return
	}
	keys.Set(keyName, x.Name)
	keys.Set(keyOff, strconv.FormatBool(x.Disabled))
	keys.SetAll(keyEnd, []string{regional})
}

func apiPath(id *string, more ...string) string {
	path := "/apis/" + *id
	for _, m := range more {
		path += "/" + m
	}
	return path
}

// tagKeys are the keys of a request that gives tags.
func tagKeys(keys *policy.Context, tags map[string]string) {
	if len(tags) == 0 {
		return
	}
	for k, v := range tags {
		keys.Set("aws:RequestTag/"+k, v)
	}
	keys.SetAll(keyTagKeys, slices.Sorted(maps.Keys(tags)))
}

func (a *API) mayCreateApi(ctx context.Context, call *bailiwick.Call, in *CreateApiRequest) ([]authz.Check, error) {
	keys := new(policy.Context)
	keys.Set(keyRequestName, *in.Name)
	keys.Set(keyRequestOff, strconv.FormatBool(truth(in.DisableExecuteApiEndpoint)))
	keys.SetAll(keyRequestEnd, []string{regional})
	if in.Target != nil || in.RouteKey != nil { // a route for everybody is made at once
		keys.SetAll(keyRequestAuth, []string{authNone})
		keys.SetAll(keyRequestKey, []string{"false"})
	}
	tagKeys(keys, in.Tags)
	return a.ask(ctx, call, question{action: actPost, kind: "Apis", path: "/apis", keys: keys})
}

func (a *API) mayGetApis(ctx context.Context, call *bailiwick.Call, _ *GetApisRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: actGet, kind: "Apis", path: "/apis"})
}

func (a *API) mayGetApi(ctx context.Context, call *bailiwick.Call, in *GetApiRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: actGet, kind: "Api", path: apiPath(in.ApiId), id: *in.ApiId})
}

func (a *API) mayUpdateApi(ctx context.Context, call *bailiwick.Call, in *UpdateApiRequest) ([]authz.Check, error) {
	keys := new(policy.Context)
	if in.Name != nil {
		keys.Set(keyRequestName, *in.Name)
	}
	if in.DisableExecuteApiEndpoint != nil {
		keys.Set(keyRequestOff, strconv.FormatBool(*in.DisableExecuteApiEndpoint))
	}
	return a.ask(ctx, call, question{action: actPatch, kind: "Api", path: apiPath(in.ApiId), id: *in.ApiId, keys: keys})
}

func (a *API) mayDeleteApi(ctx context.Context, call *bailiwick.Call, in *DeleteApiRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: actDelete, kind: "Api", path: apiPath(in.ApiId), id: *in.ApiId})
}

func (a *API) mayDeleteCors(ctx context.Context, call *bailiwick.Call, in *DeleteCorsConfigurationRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: actDelete, kind: "Cors", path: apiPath(in.ApiId, "cors"), id: *in.ApiId, about: nothing})
}

// nothing is said of parts that have only their API's tags.
func nothing(*api, *policy.Context) {}

// tagsPath is the resource of a tagging operation: the ARN, escaped.
func tagsPath(arn *string) string { return "/tags/" + url.QueryEscape(*arn) }

func (a *API) mayTagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceRequest) ([]authz.Check, error) {
	keys := new(policy.Context)
	tagKeys(keys, in.Tags)
	t, _ := parseTagged(call, *in.ResourceArn)
	return a.ask(ctx, call, question{action: actPost, kind: "Tags", path: tagsPath(in.ResourceArn), id: t.api, keys: keys, about: t.describe})
}

func (a *API) mayUntagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceRequest) ([]authz.Check, error) {
	keys := new(policy.Context)
	if len(in.TagKeys) > 0 {
		keys.SetAll(keyTagKeys, in.TagKeys)
	}
	t, _ := parseTagged(call, *in.ResourceArn)
	return a.ask(ctx, call, question{action: actDelete, kind: "Tags", path: tagsPath(in.ResourceArn), id: t.api, keys: keys, about: t.describe})
}

func (a *API) mayGetTags(ctx context.Context, call *bailiwick.Call, in *GetTagsRequest) ([]authz.Check, error) {
	t, _ := parseTagged(call, *in.ResourceArn)
	return a.ask(ctx, call, question{action: actGet, kind: "Tags", path: tagsPath(in.ResourceArn), id: t.api, about: t.describe})
}

func truth(b *bool) bool { return b != nil && *b }
