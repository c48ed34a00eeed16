package apigateway

import (
	"strconv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

func mayCreateResource(r store.Reader, call *bailiwick.Call, in *CreateResourceRequest) ([]authz.Check, error) {
	return only(r, call, verbPost, "Resources", *in.RestApiId, "resources", *in.ParentId)
}

func mayGetResource(r store.Reader, call *bailiwick.Call, in *GetResourceRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "Resource", *in.RestApiId, "resources", *in.ResourceId)
}

func mayGetResources(r store.Reader, call *bailiwick.Call, in *GetResourcesRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "Resources", *in.RestApiId, "resources")
}

func mayUpdateResource(r store.Reader, call *bailiwick.Call, in *UpdateResourceRequest) ([]authz.Check, error) {
	return only(r, call, verbPatch, "Resource", *in.RestApiId, "resources", *in.ResourceId)
}

func mayDeleteResource(r store.Reader, call *bailiwick.Call, in *DeleteResourceRequest) ([]authz.Check, error) {
	return only(r, call, verbDelete, "Resource", *in.RestApiId, "resources", *in.ResourceId)
}

// onMethod asks for a verb on a method. What the method is comes along when it is
// changed or removed.
func onMethod(r store.Reader, call *bailiwick.Call, verb, id, resource, name string) (authz.Check, error) {
	c, api, err := on(r, call, verb, "Method", id, "resources", resource, "methods", name)
	if err != nil || api == nil || verb == verbGet {
		return c, err
	}
	d, err := ownDefinition(r, call, id)
	if err != nil {
		return c, err
	}
	if m, err := d.method(resource, name); err == nil {
		setMethod(c.Keys, resourceKey, m.Authorization, false)
	}
	return c, nil
}

func setMethod(k *policy.Context, family, authorization string, key bool) {
	k.SetAll(family+keyAuthorization, []string{authorization})
	k.SetAll(family+keyAPIKey, []string{strconv.FormatBool(key)})
}

func mayPutMethod(r store.Reader, call *bailiwick.Call, in *PutMethodRequest) ([]authz.Check, error) {
	c, err := onMethod(r, call, verbPut, *in.RestApiId, *in.ResourceId, *in.HttpMethod)
	setMethod(c.Keys, requestKey, *in.AuthorizationType, deref(in.ApiKeyRequired))
	return one(c, err)
}

func mayGetMethod(r store.Reader, call *bailiwick.Call, in *GetMethodRequest) ([]authz.Check, error) {
	return one(onMethod(r, call, verbGet, *in.RestApiId, *in.ResourceId, *in.HttpMethod))
}

func mayUpdateMethod(r store.Reader, call *bailiwick.Call, in *UpdateMethodRequest) ([]authz.Check, error) {
	c, err := onMethod(r, call, verbPatch, *in.RestApiId, *in.ResourceId, *in.HttpMethod)
	for _, p := range in.PatchOperations {
		switch deref(p.Path) {
		case "/authorizationType":
			c.Keys.SetAll(requestKey+keyAuthorization, []string{deref(p.Value)})
		case "/apiKeyRequired":
			c.Keys.SetAll(requestKey+keyAPIKey, []string{deref(p.Value)})
		}
	}
	return one(c, err)
}

func mayDeleteMethod(r store.Reader, call *bailiwick.Call, in *DeleteMethodRequest) ([]authz.Check, error) {
	return one(onMethod(r, call, verbDelete, *in.RestApiId, *in.ResourceId, *in.HttpMethod))
}

// below asks for a verb on a part of a method.
func below(r store.Reader, call *bailiwick.Call, verb, typ, id, resource, name string, path ...string) ([]authz.Check, error) {
	return only(r, call, verb, typ, id, append([]string{"resources", resource, "methods", name}, path...)...)
}

func mayPutMethodResponse(r store.Reader, call *bailiwick.Call, in *PutMethodResponseRequest) ([]authz.Check, error) {
	return below(r, call, verbPut, "MethodResponse", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "responses", *in.StatusCode)
}

func mayGetMethodResponse(r store.Reader, call *bailiwick.Call, in *GetMethodResponseRequest) ([]authz.Check, error) {
	return below(r, call, verbGet, "MethodResponse", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "responses", *in.StatusCode)
}

func mayUpdateMethodResponse(r store.Reader, call *bailiwick.Call, in *UpdateMethodResponseRequest) ([]authz.Check, error) {
	return below(r, call, verbPatch, "MethodResponse", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "responses", *in.StatusCode)
}

func mayDeleteMethodResponse(r store.Reader, call *bailiwick.Call, in *DeleteMethodResponseRequest) ([]authz.Check, error) {
	return below(r, call, verbDelete, "MethodResponse", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "responses", *in.StatusCode)
}

func mayPutIntegration(r store.Reader, call *bailiwick.Call, in *PutIntegrationRequest) ([]authz.Check, error) {
	return below(r, call, verbPut, "Integration", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "integration")
}

func mayGetIntegration(r store.Reader, call *bailiwick.Call, in *GetIntegrationRequest) ([]authz.Check, error) {
	return below(r, call, verbGet, "Integration", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "integration")
}

func mayUpdateIntegration(r store.Reader, call *bailiwick.Call, in *UpdateIntegrationRequest) ([]authz.Check, error) {
	return below(r, call, verbPatch, "Integration", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "integration")
}

func mayDeleteIntegration(r store.Reader, call *bailiwick.Call, in *DeleteIntegrationRequest) ([]authz.Check, error) {
	return below(r, call, verbDelete, "Integration", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "integration")
}

func mayPutIntegrationResponse(r store.Reader, call *bailiwick.Call, in *PutIntegrationResponseRequest) ([]authz.Check, error) {
	return below(r, call, verbPut, "IntegrationResponse", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "integration", "responses", *in.StatusCode)
}

func mayGetIntegrationResponse(r store.Reader, call *bailiwick.Call, in *GetIntegrationResponseRequest) ([]authz.Check, error) {
	return below(r, call, verbGet, "IntegrationResponse", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "integration", "responses", *in.StatusCode)
}

func mayUpdateIntegrationResponse(r store.Reader, call *bailiwick.Call, in *UpdateIntegrationResponseRequest) ([]authz.Check, error) {
	return below(r, call, verbPatch, "IntegrationResponse", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "integration", "responses", *in.StatusCode)
}

func mayDeleteIntegrationResponse(r store.Reader, call *bailiwick.Call, in *DeleteIntegrationResponseRequest) ([]authz.Check, error) {
	return below(r, call, verbDelete, "IntegrationResponse", *in.RestApiId, *in.ResourceId, *in.HttpMethod, "integration", "responses", *in.StatusCode)
}

func mayCreateAuthorizer(r store.Reader, call *bailiwick.Call, in *CreateAuthorizerRequest) ([]authz.Check, error) {
	c, _, err := on(r, call, verbPost, "Authorizers", *in.RestApiId, "authorizers")
	c.Keys.SetAll(requestKey+keyAuthorizer, []string{*in.Type})
	return one(c, err)
}

func mayGetAuthorizer(r store.Reader, call *bailiwick.Call, in *GetAuthorizerRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "Authorizer", *in.RestApiId, "authorizers", *in.AuthorizerId)
}

func mayGetAuthorizers(r store.Reader, call *bailiwick.Call, in *GetAuthorizersRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "Authorizers", *in.RestApiId, "authorizers")
}

// onAuthorizer asks for a change of an authorizer; all that exist are of one type.
func onAuthorizer(r store.Reader, call *bailiwick.Call, verb, id, authorizer string) (authz.Check, error) {
	c, api, err := on(r, call, verb, "Authorizer", id, "authorizers", authorizer)
	if err != nil || api == nil {
		return c, err
	}
	d, err := ownDefinition(r, call, id)
	if err == nil && d.Authorizers[authorizer] != nil {
		c.Keys.SetAll(resourceKey+keyAuthorizer, []string{typeUserPools})
	}
	return c, err
}

func mayUpdateAuthorizer(r store.Reader, call *bailiwick.Call, in *UpdateAuthorizerRequest) ([]authz.Check, error) {
	c, err := onAuthorizer(r, call, verbPatch, *in.RestApiId, *in.AuthorizerId)
	for _, p := range in.PatchOperations {
		if deref(p.Path) == "/type" {
			c.Keys.SetAll(requestKey+keyAuthorizer, []string{deref(p.Value)})
		}
	}
	return one(c, err)
}

func mayDeleteAuthorizer(r store.Reader, call *bailiwick.Call, in *DeleteAuthorizerRequest) ([]authz.Check, error) {
	return one(onAuthorizer(r, call, verbDelete, *in.RestApiId, *in.AuthorizerId))
}

func mayCreateRequestValidator(r store.Reader, call *bailiwick.Call, in *CreateRequestValidatorRequest) ([]authz.Check, error) {
	return only(r, call, verbPost, "RequestValidators", *in.RestApiId, "requestvalidators")
}

func mayGetRequestValidator(r store.Reader, call *bailiwick.Call, in *GetRequestValidatorRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "RequestValidator", *in.RestApiId, "requestvalidators", *in.RequestValidatorId)
}

func mayGetRequestValidators(r store.Reader, call *bailiwick.Call, in *GetRequestValidatorsRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "RequestValidators", *in.RestApiId, "requestvalidators")
}

func mayUpdateRequestValidator(r store.Reader, call *bailiwick.Call, in *UpdateRequestValidatorRequest) ([]authz.Check, error) {
	return only(r, call, verbPatch, "RequestValidator", *in.RestApiId, "requestvalidators", *in.RequestValidatorId)
}

func mayDeleteRequestValidator(r store.Reader, call *bailiwick.Call, in *DeleteRequestValidatorRequest) ([]authz.Check, error) {
	return only(r, call, verbDelete, "RequestValidator", *in.RestApiId, "requestvalidators", *in.RequestValidatorId)
}

func mayPutGatewayResponse(r store.Reader, call *bailiwick.Call, in *PutGatewayResponseRequest) ([]authz.Check, error) {
	return only(r, call, verbPut, "GatewayResponse", *in.RestApiId, "gatewayresponses", *in.ResponseType)
}

func mayGetGatewayResponse(r store.Reader, call *bailiwick.Call, in *GetGatewayResponseRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "GatewayResponse", *in.RestApiId, "gatewayresponses", *in.ResponseType)
}

func mayGetGatewayResponses(r store.Reader, call *bailiwick.Call, in *GetGatewayResponsesRequest) ([]authz.Check, error) {
	return only(r, call, verbGet, "GatewayResponses", *in.RestApiId, "gatewayresponses")
}

func mayUpdateGatewayResponse(r store.Reader, call *bailiwick.Call, in *UpdateGatewayResponseRequest) ([]authz.Check, error) {
	return only(r, call, verbPatch, "GatewayResponse", *in.RestApiId, "gatewayresponses", *in.ResponseType)
}

func mayDeleteGatewayResponse(r store.Reader, call *bailiwick.Call, in *DeleteGatewayResponseRequest) ([]authz.Check, error) {
	return only(r, call, verbDelete, "GatewayResponse", *in.RestApiId, "gatewayresponses", *in.ResponseType)
}
