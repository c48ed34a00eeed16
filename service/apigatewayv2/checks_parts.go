package apigatewayv2

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// part asks about a part of an API that has no keys of its own.
func (a *API) part(ctx context.Context, call *bailiwick.Call, action, kind string, id *string, more ...string) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: action, kind: kind, path: apiPath(id, more...), id: *id, about: nothing})
}

// Routes

// authorizationKeys are the authorization that a request gives a route.
func authorizationKeys(authorization *string, key *bool, fresh bool) *policy.Context {
	keys := new(policy.Context)
	if authorization != nil || fresh {
		keys.SetAll(keyRequestAuth, []string{or(authorization, authNone)})
	}
	if key != nil || fresh {
		keys.SetAll(keyRequestKey, []string{boolText(truth(key))})
	}
	return keys
}

// ofRoute describes a route as it is.
func ofRoute(id string) func(*api, *policy.Context) {
	return func(x *api, keys *policy.Context) {
		if r := x.Routes[id]; r != nil {
			keys.SetAll(keyAuth, []string{r.Authorization})
			keys.SetAll(keyKey, []string{"false"})
		}
	}
}

func (a *API) mayCreateRoute(ctx context.Context, call *bailiwick.Call, in *CreateRouteRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{
		action: actPost, kind: "Routes", path: apiPath(in.ApiId, "routes"), id: *in.ApiId, about: nothing,
		keys: authorizationKeys(in.AuthorizationType, in.ApiKeyRequired, true),
	})
}

func (a *API) mayGetRoute(ctx context.Context, call *bailiwick.Call, in *GetRouteRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: actGet, kind: "Route", path: apiPath(in.ApiId, "routes", *in.RouteId), id: *in.ApiId, about: ofRoute(*in.RouteId)})
}

func (a *API) mayGetRoutes(ctx context.Context, call *bailiwick.Call, in *GetRoutesRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actGet, "Routes", in.ApiId, "routes")
}

func (a *API) mayUpdateRoute(ctx context.Context, call *bailiwick.Call, in *UpdateRouteRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{
		action: actPatch, kind: "Route", path: apiPath(in.ApiId, "routes", *in.RouteId), id: *in.ApiId, about: ofRoute(*in.RouteId),
		keys: authorizationKeys(in.AuthorizationType, in.ApiKeyRequired, false),
	})
}

func (a *API) mayDeleteRoute(ctx context.Context, call *bailiwick.Call, in *DeleteRouteRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: actDelete, kind: "Route", path: apiPath(in.ApiId, "routes", *in.RouteId), id: *in.ApiId, about: ofRoute(*in.RouteId)})
}

// Integrations

func (a *API) mayCreateIntegration(ctx context.Context, call *bailiwick.Call, in *CreateIntegrationRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actPost, "Integrations", in.ApiId, "integrations")
}

func (a *API) mayGetIntegration(ctx context.Context, call *bailiwick.Call, in *GetIntegrationRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actGet, "Integration", in.ApiId, "integrations", *in.IntegrationId)
}

func (a *API) mayGetIntegrations(ctx context.Context, call *bailiwick.Call, in *GetIntegrationsRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actGet, "Integrations", in.ApiId, "integrations")
}

func (a *API) mayUpdateIntegration(ctx context.Context, call *bailiwick.Call, in *UpdateIntegrationRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actPatch, "Integration", in.ApiId, "integrations", *in.IntegrationId)
}

func (a *API) mayDeleteIntegration(ctx context.Context, call *bailiwick.Call, in *DeleteIntegrationRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actDelete, "Integration", in.ApiId, "integrations", *in.IntegrationId)
}

// Authorizers

// ofAuthorizer describes an authorizer as it is.
func ofAuthorizer(id string) func(*api, *policy.Context) {
	return func(x *api, keys *policy.Context) {
		if x.Authorizers[id] != nil {
			keys.SetAll(keyKind, []string{authJWT})
		}
	}
}

func (a *API) mayCreateAuthorizer(ctx context.Context, call *bailiwick.Call, in *CreateAuthorizerRequest) ([]authz.Check, error) {
	keys := new(policy.Context)
	keys.SetAll(keyRequestKind, []string{*in.AuthorizerType})
	return a.ask(ctx, call, question{action: actPost, kind: "Authorizers", path: apiPath(in.ApiId, "authorizers"), id: *in.ApiId, about: nothing, keys: keys})
}

func (a *API) mayGetAuthorizer(ctx context.Context, call *bailiwick.Call, in *GetAuthorizerRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{
		action: actGet, kind: "Authorizer", path: apiPath(in.ApiId, "authorizers", *in.AuthorizerId), id: *in.ApiId, about: ofAuthorizer(*in.AuthorizerId),
	})
}

func (a *API) mayGetAuthorizers(ctx context.Context, call *bailiwick.Call, in *GetAuthorizersRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actGet, "Authorizers", in.ApiId, "authorizers")
}

func (a *API) mayUpdateAuthorizer(ctx context.Context, call *bailiwick.Call, in *UpdateAuthorizerRequest) ([]authz.Check, error) {
	keys := new(policy.Context)
	if in.AuthorizerType != nil {
		keys.SetAll(keyRequestKind, []string{*in.AuthorizerType})
	}
	return a.ask(ctx, call, question{
		action: actPatch, kind: "Authorizer", path: apiPath(in.ApiId, "authorizers", *in.AuthorizerId), id: *in.ApiId, about: ofAuthorizer(*in.AuthorizerId), keys: keys,
	})
}

func (a *API) mayDeleteAuthorizer(ctx context.Context, call *bailiwick.Call, in *DeleteAuthorizerRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{
		action: actDelete, kind: "Authorizer", path: apiPath(in.ApiId, "authorizers", *in.AuthorizerId), id: *in.ApiId, about: ofAuthorizer(*in.AuthorizerId),
	})
}

// Stages

// logKeys are the access log that a request gives a stage.
func logKeys(log *AccessLogSettings) *policy.Context {
	keys := new(policy.Context)
	if log != nil && log.DestinationArn != nil {
		keys.Set(keyRequestDest, *log.DestinationArn)
	}
	if log != nil && log.Format != nil {
		keys.Set(keyRequestFmt, *log.Format)
	}
	return keys
}

// ofStage describes a stage as it is. Its tags come before its API's.
func ofStage(name string) func(*api, *policy.Context) {
	return func(x *api, keys *policy.Context) {
		s := x.Stages[name]
		if s == nil {
			return
		}
		for k, v := range s.Tags {
			keys.Set("aws:ResourceTag/"+k, v)
		}
		if s.Log != nil && s.Log.DestinationArn != nil {
			keys.Set(keyDest, *s.Log.DestinationArn)
		}
		if s.Log != nil && s.Log.Format != nil {
			keys.Set(keyFmt, *s.Log.Format)
		}
	}
}

func (a *API) mayCreateStage(ctx context.Context, call *bailiwick.Call, in *CreateStageRequest) ([]authz.Check, error) {
	keys := logKeys(in.AccessLogSettings)
	tagKeys(keys, in.Tags)
	return a.ask(ctx, call, question{action: actPost, kind: "Stages", path: apiPath(in.ApiId, "stages"), id: *in.ApiId, about: nothing, keys: keys})
}

func (a *API) mayGetStage(ctx context.Context, call *bailiwick.Call, in *GetStageRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: actGet, kind: "Stage", path: apiPath(in.ApiId, "stages", *in.StageName), id: *in.ApiId, about: ofStage(*in.StageName)})
}

func (a *API) mayGetStages(ctx context.Context, call *bailiwick.Call, in *GetStagesRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actGet, "Stages", in.ApiId, "stages")
}

func (a *API) mayUpdateStage(ctx context.Context, call *bailiwick.Call, in *UpdateStageRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{
		action: actPatch, kind: "Stage", path: apiPath(in.ApiId, "stages", *in.StageName), id: *in.ApiId, about: ofStage(*in.StageName), keys: logKeys(in.AccessLogSettings),
	})
}

func (a *API) mayDeleteStage(ctx context.Context, call *bailiwick.Call, in *DeleteStageRequest) ([]authz.Check, error) {
	return a.ask(ctx, call, question{action: actDelete, kind: "Stage", path: apiPath(in.ApiId, "stages", *in.StageName), id: *in.ApiId, about: ofStage(*in.StageName)})
}

// Deployments

func (a *API) mayCreateDeployment(ctx context.Context, call *bailiwick.Call, in *CreateDeploymentRequest) ([]authz.Check, error) {
	keys := new(policy.Context)
	if in.StageName != nil {
		keys.Set(keyRequestStg, *in.StageName)
	}
	return a.ask(ctx, call, question{action: actPost, kind: "Deployments", path: apiPath(in.ApiId, "deployments"), id: *in.ApiId, about: nothing, keys: keys})
}

func (a *API) mayGetDeployment(ctx context.Context, call *bailiwick.Call, in *GetDeploymentRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actGet, "Deployment", in.ApiId, "deployments", *in.DeploymentId)
}

func (a *API) mayGetDeployments(ctx context.Context, call *bailiwick.Call, in *GetDeploymentsRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actGet, "Deployments", in.ApiId, "deployments")
}

func (a *API) mayUpdateDeployment(ctx context.Context, call *bailiwick.Call, in *UpdateDeploymentRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actPatch, "Deployment", in.ApiId, "deployments", *in.DeploymentId)
}

func (a *API) mayDeleteDeployment(ctx context.Context, call *bailiwick.Call, in *DeleteDeploymentRequest) ([]authz.Check, error) {
	return a.part(ctx, call, actDelete, "Deployment", in.ApiId, "deployments", *in.DeploymentId)
}
