package apigatewayv2

import (
	"context"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// The authorizations of routes.
const (
	authNone   = "NONE"
	authIAM    = "AWS_IAM"
	authJWT    = "JWT"
	authCustom = "CUSTOM"
)

// targetPrefix is what the target of a route begins with.
const targetPrefix = "integrations/"

// A routeWish is what CreateRoute and UpdateRoute have in common.
type routeWish struct {
	key, authorization, authorizer, operation, target *string
	scopes                                            []string
	keyRequired                                       *bool
	models, parameters                                int
	response, model                                   *string
}

// offered refuses what there is not.
func (w *routeWish) offered() error {
	switch {
	case w.authorization != nil && *w.authorization == authCustom:
		return notOffered("Lambda authorizers (authorizationType CUSTOM)")
	case truth(w.keyRequired):
		return notOffered("API keys of HTTP APIs")
	case w.models > 0 || w.parameters > 0 || w.model != nil || w.response != nil:
		return notOffered("Request models, request parameters and selection expressions of routes, which only WEBSOCKET APIs have")
	}
	return checkText("operationName", w.operation, 64)
}

// apply makes the wish of a route of x.
func (w *routeWish) apply(x *api, r *route) error {
	set(&r.Key, w.key)
	set(&r.Authorization, w.authorization)
	set(&r.AuthorizerID, w.authorizer)
	text(&r.Operation, w.operation)
	if w.scopes != nil {
		r.Scopes = w.scopes
	}
	if w.target != nil {
		id, ok := strings.CutPrefix(*w.target, targetPrefix)
		if *w.target != "" && (!ok || x.Integrations[id] == nil) {
			return bad("Invalid target %.128q: it names no integration of the API.", *w.target)
		}
		r.Integration = id
	}
	if r.Authorization != authJWT && w.authorization != nil {
		r.AuthorizerID, r.Scopes = "", nil // it has gone to another kind
		if or(w.authorizer, "") != "" || len(w.scopes) > 0 {
			return bad("Only JWT authorization has an authorizer and scopes.")
		}
	}
	return x.checkRoute(r)
}

func (x *api) checkRoute(r *route) error {
	if _, _, err := parseRouteKey(r.Key); err != nil {
		return err
	}
	switch {
	case r.Authorization == authJWT && r.AuthorizerID == "":
		return bad("AuthorizerId is required for JWT authorization type")
	case r.AuthorizerID != "" && x.Authorizers[r.AuthorizerID] == nil:
		return errNo("Authorizer", r.AuthorizerID)
	case r.Authorization != authJWT && (r.AuthorizerID != "" || len(r.Scopes) > 0):
		return bad("Only JWT authorization has an authorizer and scopes.")
	}
	for _, s := range r.Scopes {
		if s == "" || len(s) > 64 || strings.ContainsAny(s, " \t\r\n") {
			return bad("Invalid authorization scope %.64q", s)
		}
	}
	for _, other := range x.Routes {
		if other.ID != r.ID && other.Key == r.Key {
			return conflict("Route with key %s already exists for this API", r.Key)
		}
	}
	return nil
}

// parseRouteKey reads "GET /pets/{id}" or "$default".
func parseRouteKey(key string) (method, path string, err error) {
	if key == gateway.DefaultRoute {
		return gateway.AnyMethod, key, nil
	}
	method, path, ok := strings.Cut(key, " ")
	if !ok || !slices.Contains([]string{"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}, method) {
		return "", "", bad("The provided route key is not formatted properly for HTTP protocol. Format should be \"<HTTP METHOD> /<RESOURCE PATH>\" or \"$default\"")
	}
	if e := gateway.CheckTemplate(path); e != nil || len(path) > 512 {
		return "", "", bad("The provided route key has an invalid path: %v", e)
	}
	return method, path, nil
}

func (a *API) createRoute(ctx context.Context, call *bailiwick.Call, in *CreateRouteRequest) (*CreateRouteResult, error) {
	w := routeWish{
		key: in.RouteKey, authorization: in.AuthorizationType, authorizer: in.AuthorizerId, operation: in.OperationName, target: in.Target,
		scopes: in.AuthorizationScopes, keyRequired: in.ApiKeyRequired, models: len(in.RequestModels), parameters: len(in.RequestParameters),
		response: in.RouteResponseSelectionExpression, model: in.ModelSelectionExpression,
	}
	if err := w.offered(); err != nil {
		return nil, err
	}
	id, err := a.newID(7)
	if err != nil {
		return nil, err
	}
	var out CreateRouteResult
	err = a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		if len(x.Routes) >= maxRoutes {
			return bad("Maximum number of Routes for this API has been reached. Please contact AWS if you need additional Routes.")
		}
		r := &route{ID: id, Authorization: authNone}
		if err := w.apply(x, r); err != nil {
			return err
		}
		put(&x.Routes, id, r)
		out = CreateRouteResult(r.shape())
		return nil
	})
	return &out, err
}

// put writes into a map that a record may lack.
func put[T any](m *map[string]T, key string, v T) {
	if *m == nil {
		*m = map[string]T{}
	}
	(*m)[key] = v
}

func (a *API) getRoute(ctx context.Context, call *bailiwick.Call, in *GetRouteRequest) (*GetRouteResult, error) {
	var out GetRouteResult
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		r := x.Routes[*in.RouteId]
		if r == nil {
			return errNo("Route", *in.RouteId)
		}
		out = GetRouteResult(r.shape())
		return nil
	})
	return &out, err
}

func (a *API) getRoutes(ctx context.Context, call *bailiwick.Call, in *GetRoutesRequest) (*GetRoutesResponse, error) {
	out := &GetRoutesResponse{Items: []Route{}}
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		some, next, err := page(sorted(x.Routes), in.MaxResults, in.NextToken, func(r *route) string { return r.ID })
		out.NextToken = next
		for _, r := range some {
			out.Items = append(out.Items, r.shape())
		}
		return err
	})
	return out, err
}

func (a *API) updateRoute(ctx context.Context, call *bailiwick.Call, in *UpdateRouteRequest) (*UpdateRouteResult, error) {
	w := routeWish{
		key: in.RouteKey, authorization: in.AuthorizationType, authorizer: in.AuthorizerId, operation: in.OperationName, target: in.Target,
		scopes: in.AuthorizationScopes, keyRequired: in.ApiKeyRequired, models: len(in.RequestModels), parameters: len(in.RequestParameters),
		response: in.RouteResponseSelectionExpression, model: in.ModelSelectionExpression,
	}
	if err := w.offered(); err != nil {
		return nil, err
	}
	var out UpdateRouteResult
	err := a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		r := x.Routes[*in.RouteId]
		if r == nil {
			return errNo("Route", *in.RouteId)
		}
		if err := w.apply(x, r); err != nil {
			return err
		}
		out = UpdateRouteResult(r.shape())
		return nil
	})
	return &out, err
}

func (a *API) deleteRoute(ctx context.Context, call *bailiwick.Call, in *DeleteRouteRequest) (*struct{}, error) {
	return nil, a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		if x.Routes[*in.RouteId] == nil {
			return errNo("Route", *in.RouteId)
		}
		delete(x.Routes, *in.RouteId)
		return nil
	})
}

func (r *route) shape() Route {
	out := Route{
		RouteId: &r.ID, RouteKey: &r.Key, AuthorizationType: &r.Authorization, ApiKeyRequired: ref(false), OperationName: r.Operation, AuthorizationScopes: r.Scopes,
	}
	if r.AuthorizerID != "" {
		out.AuthorizerId = &r.AuthorizerID
	}
	if r.Integration != "" {
		out.Target = ref(targetPrefix + r.Integration)
	}
	if r.Managed {
		out.ApiGatewayManaged = ref(true)
	}
	return out
}
