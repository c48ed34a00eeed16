package apigatewayv2

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// Quotas. Source: API Gateway Developer Guide, "Quotas for HTTP APIs".
const (
	maxAPIs         = 600
	maxRoutes       = 300
	maxIntegrations = 300
	maxAuthorizers  = 10
	maxStages       = 10
	maxTags         = 50
)

const (
	selectRoute = "$request.method $request.path"
	selectKey   = "$request.header.x-api-key"
)

func (a *API) createApi(ctx context.Context, call *bailiwick.Call, in *CreateApiRequest) (*CreateApiResponse, error) {
	if err := in.offered(); err != nil {
		return nil, err
	}
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	x := &api{
		Account: call.Account, Region: call.Region, Name: *in.Name, Created: call.Time, Tags: in.Tags, Disabled: truth(in.DisableExecuteApiEndpoint),
		IPAddress: or(in.IpAddressType, "ipv4"), Description: in.Description, Version: in.Version,
		Routes: map[string]*route{}, Integrations: map[string]*integration{}, Authorizers: map[string]*authorizer{}, Stages: map[string]*stage{},
	}
	var err error
	if x.CORS, err = corsOf(in.CorsConfiguration); err != nil {
		return nil, err
	}
	if x.ID, err = a.newID(idLength); err != nil {
		return nil, err
	}
	stamp, err := a.newID(idLength)
	if err != nil {
		return nil, err
	}
	fresh, err := a.newID(6)
	if err != nil {
		return nil, err
	}
	if err := a.quickCreate(call, x, in); err != nil {
		return nil, err
	}
	err = a.Store.Update(ctx, func(tx store.Tx) error {
		y := *x
		y.Stages = maps.Clone(x.Stages)
		for name, s := range y.Stages {
			y.Stages[name] = ref(*s)
		}
		if err := y.admitted(tx); err != nil {
			return err
		}
		if err := y.servable(); err != nil {
			return err
		}
		if err := y.autoDeploy(tx, fresh, call.Time); err != nil {
			return err
		}
		return y.put(tx, stamp)
	})
	if err != nil {
		return nil, err
	}
	out := CreateApiResponse(a.describe(x))
	return &out, nil
}

// offered refuses what there is not.
func (in *CreateApiRequest) offered() error {
	switch {
	case *in.ProtocolType != "HTTP":
		return notOffered("APIs with the protocol WEBSOCKET")
	case in.CredentialsArn != nil && *in.CredentialsArn != "":
		return notOffered("Credentials of integrations (credentialsArn)")
	case or(in.RouteSelectionExpression, selectRoute) != selectRoute && or(in.RouteSelectionExpression, "") != "${request.method} ${request.path}":
		return bad("Route selection expression must be %s for HTTP APIs.", selectRoute)
	case *in.Name == "" || len(*in.Name) > 128:
		return bad("The name of an API has 1 to 128 characters.")
	}
	return errors.Join(checkText("description", in.Description, 1024), checkText("version", in.Version, 64))
}

// admitted refuses more APIs than an account may have in a region, and an id that
// is taken.
func (x *api) admitted(tx store.Tx) error {
	from, to := listOf(x.Account, x.Region)
	n := 0
	for _, err := range tx.Scan(from, to, false) {
		if err != nil {
			return err
		}
		n++
	}
	if n >= maxAPIs {
		return &bailiwick.Error{Code: "TooManyRequestsException", Status: http.StatusTooManyRequests, Message: "The maximum number of APIs is reached."}
	}
	if _, err := tx.Get(apiKey(x.ID)); !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("the id %s is taken: %w", x.ID, err)
	}
	return nil
}

// quickCreate makes a route to the target and a stage that deploys it.
// Source: API Gateway V2 API Reference, CreateApi, target.
func (a *API) quickCreate(call *bailiwick.Call, x *api, in *CreateApiRequest) error {
	if in.Target == nil {
		if in.RouteKey != nil {
			return bad("A target must be specified with a route key.")
		}
		return nil
	}
	i := &integration{Type: typeHTTP, URI: *in.Target, Method: gateway.AnyMethod, Payload: "1.0", Timeout: maxTimeout, Managed: true}
	if strings.HasPrefix(*in.Target, "arn:") {
		i.Type, i.Method, i.Payload = typeLambda, "POST", "2.0"
	}
	if err := i.check(); err != nil {
		return err
	}
	r := &route{Key: or(in.RouteKey, gateway.DefaultRoute), Authorization: authNone, Managed: true}
	var err error
	if i.ID, err = a.newID(7); err != nil {
		return err
	}
	if r.ID, err = a.newID(7); err != nil {
		return err
	}
	r.Integration = i.ID
	x.Integrations[i.ID], x.Routes[r.ID] = i, r
	x.Stages[gateway.DefaultStage] = &stage{Name: gateway.DefaultStage, AutoDeploy: true, Managed: true, Created: call.Time, Updated: call.Time}
	return nil
}

func (a *API) getApi(ctx context.Context, call *bailiwick.Call, in *GetApiRequest) (*GetApiResponse, error) {
	var out GetApiResponse
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		out = GetApiResponse(a.describe(x))
		return nil
	})
	return &out, err
}

func (a *API) getApis(ctx context.Context, call *bailiwick.Call, in *GetApisRequest) (*GetApisResponse, error) {
	var all []*api
	err := a.Store.View(ctx, func(r store.Reader) error {
		from, to := listOf(call.Account, call.Region)
		for e, err := range r.Scan(from, to, false) {
			if err != nil {
				return err
			}
			parts, err := store.Split(e.Key)
			if err != nil {
				return err
			}
			id, ok := parts[len(parts)-1].(string)
			if !ok {
				return fmt.Errorf("the key %v names no API", parts)
			}
			x, err := find(r, call, id)
			if err != nil {
				return err
			}
			all = append(all, x)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	some, next, err := page(all, in.MaxResults, in.NextToken, func(x *api) string { return x.ID })
	out := &GetApisResponse{Items: []Api{}, NextToken: next}
	for _, x := range some {
		out.Items = append(out.Items, a.describe(x))
	}
	return out, err
}

func (a *API) updateApi(ctx context.Context, call *bailiwick.Call, in *UpdateApiRequest) (*UpdateApiResponse, error) {
	switch {
	case in.CredentialsArn != nil && *in.CredentialsArn != "":
		return nil, notOffered("Credentials of integrations (credentialsArn)")
	case in.Target != nil || in.RouteKey != nil:
		return nil, notOffered("Changing a quick-created route by UpdateApi; use UpdateRoute and UpdateIntegration")
	case in.Name != nil && (*in.Name == "" || len(*in.Name) > 128):
		return nil, bad("The name of an API has 1 to 128 characters.")
	}
	if err := errors.Join(checkText("description", in.Description, 1024), checkText("version", in.Version, 64)); err != nil {
		return nil, err
	}
	c, err := corsOf(in.CorsConfiguration)
	if err != nil {
		return nil, err
	}
	var out UpdateApiResponse
	err = a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		set(&x.Name, in.Name)
		set(&x.Disabled, in.DisableExecuteApiEndpoint)
		set(&x.IPAddress, in.IpAddressType)
		text(&x.Description, in.Description)
		text(&x.Version, in.Version)
		if in.CorsConfiguration != nil {
			x.CORS = c
		}
		out = UpdateApiResponse(a.describe(x))
		return nil
	})
	return &out, err
}

func (a *API) deleteCors(ctx context.Context, call *bailiwick.Call, in *DeleteCorsConfigurationRequest) (*struct{}, error) {
	return nil, a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		x.CORS = nil
		return nil
	})
}

// deleteApi removes the API with all that was deployed of it. The stamp stays
// changed for ever, so that no cache serves what is gone.
func (a *API) deleteApi(ctx context.Context, call *bailiwick.Call, in *DeleteApiRequest) (*struct{}, error) {
	return nil, a.Store.Update(ctx, func(tx store.Tx) error {
		x, err := find(tx, call, *in.ApiId)
		if err != nil {
			return err
		}
		from, to := store.Prefix("apigatewayv2", "deployment", x.ID)
		for e, err := range tx.Scan(from, to, false) {
			if err != nil {
				return err
			}
			if err := tx.Delete(slices.Clone(e.Key)); err != nil {
				return err
			}
		}
		return errors.Join(tx.Delete(apiKey(x.ID)), tx.Delete(listKey(x.Account, x.Region, x.ID)), tx.Delete(stampKey(x.ID)))
	})
}

func (a *API) describe(x *api) Api {
	endpoint := "https://" + x.ID + ".execute-api." + x.Region + ".amazonaws.com"
	if a.Endpoint != nil {
		endpoint = a.Endpoint(x.ID, x.Region)
	}
	out := Api{
		ApiId: &x.ID, ApiEndpoint: &endpoint, Name: &x.Name, ProtocolType: ref("HTTP"), CreatedDate: &x.Created, Description: x.Description, Version: x.Version,
		DisableExecuteApiEndpoint: &x.Disabled, RouteSelectionExpression: ref(selectRoute), ApiKeySelectionExpression: ref(selectKey),
		Tags: map[string]string{}, IpAddressType: &x.IPAddress, CorsConfiguration: x.CORS.shape(),
	}
	maps.Copy(out.Tags, x.Tags)
	return out
}

// corsOf reads a CORS configuration. A wildcard with credentials would let every
// site act for its visitors, and is refused, as at AWS.
func corsOf(in *Cors) (*cors, error) {
	if in == nil {
		return nil, nil
	}
	c := &cors{
		AllowCredentials: truth(in.AllowCredentials), AllowHeaders: in.AllowHeaders, AllowMethods: in.AllowMethods, AllowOrigins: in.AllowOrigins,
		ExposeHeaders: in.ExposeHeaders, MaxAge: in.MaxAge,
	}
	for _, o := range c.AllowOrigins {
		scheme, rest, ok := strings.Cut(o, "://")
		if o != "*" && (!ok || scheme == "" || rest == "" || strings.ContainsAny(o, " ,\"\r\n")) || strings.Contains(rest, "*") && rest != "*" {
			return nil, bad("Invalid CORS origin: %.128q", o)
		}
		if c.AllowCredentials && strings.HasSuffix(o, "*") {
			return nil, bad("allow-credentials is not supported for origin %s", o)
		}
	}
	for _, list := range [][]string{c.AllowHeaders, c.AllowMethods, c.ExposeHeaders} {
		for _, v := range list {
			if v == "" || strings.ContainsAny(v, " ,\"\r\n\x00") {
				return nil, bad("Invalid CORS value: %.128q", v)
			}
		}
	}
	return c, nil
}

func (c *cors) shape() *Cors {
	if c == nil {
		return nil
	}
	return &Cors{
		AllowCredentials: &c.AllowCredentials, AllowHeaders: c.AllowHeaders, AllowMethods: c.AllowMethods, AllowOrigins: c.AllowOrigins,
		ExposeHeaders: c.ExposeHeaders, MaxAge: c.MaxAge,
	}
}
