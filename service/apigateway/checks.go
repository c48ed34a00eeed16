package apigateway

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// The verbs, which are the actions of API Gateway.
const (
	verbGet    = "apigateway:GET"
	verbPost   = "apigateway:POST"
	verbPut    = "apigateway:PUT"
	verbPatch  = "apigateway:PATCH"
	verbDelete = "apigateway:DELETE"

	actionPolicy = "apigateway:UpdateRestApiPolicy"
)

// Keys that are used here.
const (
	keyResourceTag = "aws:ResourceTag/${TagKey}"
	keyRequestTag  = "aws:RequestTag/${TagKey}"
	keyTagKeys     = "aws:TagKeys"

	requestKey  = "apigateway:Request/"
	resourceKey = "apigateway:Resource/"

	keyAPIName       = "ApiName"
	keyEndpointType  = "EndpointType"
	keyDisabled      = "DisableExecuteApiEndpoint"
	keySecurity      = "SecurityPolicy"
	keyAuthorizer    = "AuthorizerType"
	keyAuthorization = "RouteAuthorizationType"
	keyAPIKey        = "ApiKeyRequired"
	keyStageName     = "StageName"
	keyLogTarget     = "AccessLoggingDestination"
	keyLogFormat     = "AccessLoggingFormat"
)

// at asks for a verb on a path: arn:aws:apigateway:REGION::/restapis. These ARNs
// name no account; the caller's own is meant.
func at(call *bailiwick.Call, verb, typ string, path ...string) authz.Check {
	return authz.Check{
		Action: verb, Type: typ, Resource: "arn:aws:apigateway:" + call.Region + "::/" + strings.Join(path, "/"), Keys: new(policy.Context),
	}
}

// on asks for a verb on an API or something of it, whether it exists or not. What
// is below an API inherits its tags. The API is nil if it is not the caller's.
// Source: Developer Guide, "API Gateway resources that can be tagged".
func on(r store.Reader, call *bailiwick.Call, verb, typ, id string, path ...string) (authz.Check, *restAPI, error) {
	c := at(call, verb, typ, slices.Concat([]string{"restapis", id}, path)...)
	api, err := ownAPI(r, call, id)
	if isNotFound(err) {
		return c, nil, nil
	}
	if err != nil {
		return c, nil, err
	}
	setTags(c.Keys, api.Tags)
	return c, api, nil
}

// only is on for operations that need no other check and no more keys.
func only(r store.Reader, call *bailiwick.Call, verb, typ, id string, path ...string) ([]authz.Check, error) {
	c, _, err := on(r, call, verb, typ, id, path...)
	return []authz.Check{c}, err
}

// onStage adds the stage's own tags, which come before the API's, and its logs.
func onStage(r store.Reader, call *bailiwick.Call, verb, id, name string, path ...string) (authz.Check, error) {
	c, api, err := on(r, call, verb, "Stage", id, slices.Concat([]string{"stages", name}, path)...)
	if err != nil || api == nil {
		return c, err
	}
	s, err := ownStage(r, call, id, name)
	if isNotFound(err) {
		return c, nil
	}
	if err != nil {
		return c, err
	}
	setTags(c.Keys, s.Tags)
	if verb == verbPatch || verb == verbDelete {
		setSome(c.Keys, resourceKey+keyLogTarget, s.LogTarget)
		setSome(c.Keys, resourceKey+keyLogFormat, s.LogFormat)
	}
	return c, nil
}

func one(c authz.Check, err error) ([]authz.Check, error) { return []authz.Check{c}, err }

func setTags(k *policy.Context, tags map[string]string) {
	for name, v := range tags {
		k.Set("aws:ResourceTag/"+name, v)
	}
}

func setRequestTags(k *policy.Context, tags map[string]string) {
	names := slices.Sorted(maps.Keys(tags)) // those that differ in case alone are one key; they are refused later
	for _, name := range names {
		k.Set("aws:RequestTag/"+name, tags[name])
	}
	if len(names) > 0 {
		k.SetAll(keyTagKeys, names)
	}
}

func setSome(k *policy.Context, key, value string) {
	if value != "" {
		k.Set(key, value)
	}
}

// setAPI says what an API is, when it is changed or removed. Source: Service
// Authorization Reference, condition keys of Amazon API Gateway Management.
func setAPI(k *policy.Context, api *restAPI) {
	if api == nil {
		return
	}
	k.Set(resourceKey+keyAPIName, api.Name)
	k.SetAll(resourceKey+keyEndpointType, []string{api.EndpointType})
	k.Set(resourceKey+keyDisabled, strconv.FormatBool(api.Disabled))
}

func mayCreateRestAPI(_ store.Reader, call *bailiwick.Call, in *CreateRestApiRequest) ([]authz.Check, error) {
	c := at(call, verbPost, "RestApis", "restapis")
	c.Keys.Set(requestKey+keyAPIName, *in.Name)
	types := []string{endpointEdge}
	if e := in.EndpointConfiguration; e != nil && len(e.Types) > 0 {
		types = e.Types
	}
	c.Keys.SetAll(requestKey+keyEndpointType, types)
	c.Keys.Set(requestKey+keyDisabled, strconv.FormatBool(deref(in.DisableExecuteApiEndpoint)))
	if in.SecurityPolicy != nil {
		c.Keys.SetAll(requestKey+keySecurity, []string{*in.SecurityPolicy})
	}
	out := []authz.Check{c}
	if deref(in.Policy) != "" {
		p := c
		p.Action, p.Keys = actionPolicy, c.Keys.Clone()
		out = append(out, p)
	}
	setRequestTags(c.Keys, in.Tags)
	return out, nil
}

func mayGetRestAPI(r store.Reader, call *bailiwick.Call, in *GetRestApiRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "RestApi", *in.RestApiId)
}

func mayGetRestAPIs(_ store.Reader, call *bailiwick.Call, _ *GetRestApisRequest) ([]authz.Check, error) {
	return []authz.Check{at(call, verbGet, "RestApis", "restapis")}, nil
}

// mayUpdateRestAPI asks for the policy's own action too when the policy changes.
func mayUpdateRestAPI(r store.Reader, call *bailiwick.Call, in *UpdateRestApiRequest) ([]authz.Check, error) {
	c, api, err := on(r, call, verbPatch, "RestApi", *in.RestApiId)
	if err != nil {
		return nil, err
	}
	setAPI(c.Keys, api)
	ofPolicy := false
	for _, p := range in.PatchOperations {
		switch path, value := deref(p.Path), deref(p.Value); {
		case path == "/name":
			c.Keys.Set(requestKey+keyAPIName, value)
		case path == "/disableExecuteApiEndpoint":
			c.Keys.Set(requestKey+keyDisabled, strings.ToLower(value))
		case strings.HasPrefix(path, "/endpointConfiguration/types/"):
			c.Keys.SetAll(requestKey+keyEndpointType, []string{value})
		case strings.HasPrefix(path, "/policy"):
			ofPolicy = true
		}
	}
	out := []authz.Check{c}
	if ofPolicy {
		c.Action = actionPolicy
		out = append(out, c)
	}
	return out, nil
}

func mayDeleteRestAPI(r store.Reader, call *bailiwick.Call, in *DeleteRestApiRequest) ([]authz.Check, error) {
	c, api, err := on(r, call, verbDelete, "RestApi", *in.RestApiId)
	setAPI(c.Keys, api)
	return one(c, err)
}

func mayImportRestAPI(_ store.Reader, call *bailiwick.Call, _ *ImportRestApiRequest) ([]authz.Check, error) {
	return []authz.Check{at(call, verbPost, "RestApis", "restapis")}, nil
}

func mayPutRestAPI(r store.Reader, call *bailiwick.Call, in *PutRestApiRequest) ([]authz.Check, error) {
	c, api, err := on(r, call, verbPut, "RestApi", *in.RestApiId)
	setAPI(c.Keys, api)
	return one(c, err)
}

func mayCreateDeployment(r store.Reader, call *bailiwick.Call, in *CreateDeploymentRequest) ([]authz.Check, error) {
	c, _, err := on(r, call, verbPost, "Deployments", *in.RestApiId, "deployments")
	setSome(c.Keys, requestKey+keyStageName, deref(in.StageName))
	return one(c, err)
}

func mayGetDeployment(r store.Reader, call *bailiwick.Call, in *GetDeploymentRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "Deployment", *in.RestApiId, "deployments", *in.DeploymentId)
}

func mayGetDeployments(r store.Reader, call *bailiwick.Call, in *GetDeploymentsRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "Deployments", *in.RestApiId, "deployments")
}

func mayUpdateDeployment(r store.Reader, call *bailiwick.Call, in *UpdateDeploymentRequest) ([]authz.Check, error) {
	return only(r, call, verbPatch, "Deployment", *in.RestApiId, "deployments", *in.DeploymentId)
}

func mayDeleteDeployment(r store.Reader, call *bailiwick.Call, in *DeleteDeploymentRequest) ([]authz.Check, error) {
	return only(r, call, verbDelete, "Deployment", *in.RestApiId, "deployments", *in.DeploymentId)
}

func mayCreateStage(r store.Reader, call *bailiwick.Call, in *CreateStageRequest) ([]authz.Check, error) {
	c, _, err := on(r, call, verbPost, "Stages", *in.RestApiId, "stages")
	setRequestTags(c.Keys, in.Tags)
	return one(c, err)
}

func mayGetStage(r store.Reader, call *bailiwick.Call, in *GetStageRequest) ([]authz.Check, error) {
	return one(onStage(r, call, verbGet, *in.RestApiId, *in.StageName))
}

func mayGetStages(r store.Reader, call *bailiwick.Call, in *GetStagesRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "Stages", *in.RestApiId, "stages")
}

func mayUpdateStage(r store.Reader, call *bailiwick.Call, in *UpdateStageRequest) ([]authz.Check, error) {
	c, err := onStage(r, call, verbPatch, *in.RestApiId, *in.StageName)
	for _, p := range in.PatchOperations {
		switch deref(p.Path) {
		case "/accessLogSettings/destinationArn":
			c.Keys.Set(requestKey+keyLogTarget, deref(p.Value))
		case "/accessLogSettings/format":
			c.Keys.Set(requestKey+keyLogFormat, deref(p.Value))
		}
	}
	return one(c, err)
}

func mayDeleteStage(r store.Reader, call *bailiwick.Call, in *DeleteStageRequest) ([]authz.Check, error) {
	return one(onStage(r, call, verbDelete, *in.RestApiId, *in.StageName))
}

func mayFlushStageCache(r store.Reader, call *bailiwick.Call, in *FlushStageCacheRequest) ([]authz.Check, error) {
	return one(onStage(r, call, verbDelete, *in.RestApiId, *in.StageName, "cache", "data"))
}

func mayFlushStageAuthorizersCache(r store.Reader, call *bailiwick.Call, in *FlushStageAuthorizersCacheRequest) ([]authz.Check, error) {
	return one(onStage(r, call, verbDelete, *in.RestApiId, *in.StageName, "cache", "authorizers"))
}

// onTags asks for a verb on the tags of what an ARN names, which stands in the
// resource as it stands in the URI: /tags/arn%3Aaws%3Aapigateway...
func onTags(r store.Reader, call *bailiwick.Call, verb, text string) (authz.Check, error) {
	c := at(call, verb, "Tags", "tags", strings.ReplaceAll(url.QueryEscape(text), "+", "%20"))
	t, err := taggedBy(call, text)
	if err != nil {
		return c, nil //nolint:nilerr // refused by the operation, after the check
	}
	for _, of := range []tagged{{api: t.api}, t} { // a stage's own tags come before its API's
		tags, err := of.tags(r, call)
		if err != nil && !isNotFound(err) {
			return c, err
		}
		setTags(c.Keys, tags)
	}
	return c, nil
}

func mayTagResource(r store.Reader, call *bailiwick.Call, in *TagResourceRequest) ([]authz.Check, error) {
	c, err := onTags(r, call, verbPut, *in.ResourceArn)
	setRequestTags(c.Keys, in.Tags)
	return one(c, err)
}

func mayUntagResource(r store.Reader, call *bailiwick.Call, in *UntagResourceRequest) ([]authz.Check, error) {
	c, err := onTags(r, call, verbDelete, *in.ResourceArn)
	c.Keys.SetAll(keyTagKeys, in.TagKeys)
	return one(c, err)
}

func mayGetTags(r store.Reader, call *bailiwick.Call, in *GetTagsRequest) ([]authz.Check, error) {
	return one(onTags(r, call, verbGet, *in.ResourceArn))
}

func mayGetAccount(_ store.Reader, call *bailiwick.Call, _ *GetAccountRequest) ([]authz.Check, error) {
	return []authz.Check{at(call, verbGet, "Account", "account")}, nil
}
