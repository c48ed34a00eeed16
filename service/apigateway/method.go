package apigateway

import (
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxEntries bounds each map and list of a method or an integration.
const maxEntries = 256

func (a *API) putMethod(tx store.Tx, call *bailiwick.Call, q *asked[PutMethodRequest]) (*Method, error) {
	in := q.in
	d, err := ownDefinition(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	r, err := d.resource(*in.ResourceId)
	if err != nil {
		return nil, err
	}
	name := *in.HttpMethod
	if !isMethod(name) {
		return nil, bad("Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY")
	}
	if r.Methods[name] != nil {
		return nil, errMethodExists
	}
	if deref(in.ApiKeyRequired) {
		return nil, noAPIKeys()
	}
	m := &method{
		Authorization: *in.AuthorizationType, Authorizer: deref(in.AuthorizerId), Scopes: in.AuthorizationScopes,
		OperationName: deref(in.OperationName), Parameters: in.RequestParameters, Models: in.RequestModels, Validator: deref(in.RequestValidatorId),
	}
	if err := d.rightMethod(m); err != nil {
		return nil, err
	}
	entry(&r.Methods, name, patch{op: opAdd}, m)
	if err := putDefinition(tx, *in.RestApiId, d); err != nil {
		return nil, err
	}
	return m.shown(name), nil
}

func isMethod(s string) bool {
	switch s {
	case "GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS", "HEAD", gateway.AnyMethod:
		return true
	}
	return false
}

// A method that asks for a key and is served to whoever has none would be open.
func noAPIKeys() error { return bad("API keys are not offered: apiKeyRequired cannot be true.") }

// rightMethod holds a method to the rules for its members.
func (d *definition) rightMethod(m *method) error {
	switch gateway.Authorization(m.Authorization) {
	case gateway.None, gateway.IAM:
		if m.Authorizer != "" || len(m.Scopes) > 0 {
			return bad("An authorizer and authorization scopes have no effect unless the authorization type is COGNITO_USER_POOLS.")
		}
	case gateway.UserPools:
		if d.Authorizers[m.Authorizer] == nil {
			return errBadAuthorizer
		}
	case "CUSTOM":
		return bad("Lambda authorizers are not offered: the authorization type cannot be CUSTOM. Use NONE, AWS_IAM or COGNITO_USER_POOLS.")
	default:
		return bad("Invalid authorization type specified. Valid options are NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS: %s", clip(m.Authorization))
	}
	if m.Validator != "" && d.Validators[m.Validator] == nil {
		return bad("Invalid Request Validator identifier specified")
	}
	if len(m.Parameters) > maxEntries || len(m.Scopes) > maxEntries {
		return bad("A method can have at most %d parameters or scopes.", maxEntries)
	}
	for _, s := range m.Scopes {
		if s == "" || len(s) > maxText {
			return bad("Invalid authorization scope specified: %s", clip(s))
		}
	}
	for p := range m.Parameters {
		if place, name := requestParameter(p); place == "" || name == "" {
			return badMapping("Invalid mapping expression specified: " + clip(p))
		}
	}
	return rightModels(m.Models)
}

// requestParameter takes "method.request.header.X-Name" apart.
func requestParameter(p string) (place, name string) {
	rest, ok := strings.CutPrefix(p, "method.request.")
	if !ok {
		return "", ""
	}
	place, name, _ = strings.Cut(rest, ".")
	switch place {
	case "path", "querystring", "header", "multivaluequerystring", "multivalueheader":
		return place, name
	}
	return "", ""
}

func badMapping(errors string) error {
	return bad("Invalid mapping expression specified: Validation Result: warnings : [], errors : [%s]", errors)
}

// rightModels lets the two models be named that every API has.
func rightModels(models map[string]string) error {
	for _, name := range models {
		if name != "Empty" && name != "Error" {
			return bad("Invalid model identifier specified: %s", clip(name))
		}
	}
	if len(models) > maxEntries {
		return bad("A method can have at most %d models.", maxEntries)
	}
	return nil
}

func (a *API) getMethod(r store.Reader, call *bailiwick.Call, q *asked[GetMethodRequest]) (*Method, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	return m.shown(*q.in.HttpMethod), nil
}

func (a *API) updateMethod(tx store.Tx, call *bailiwick.Call, q *asked[UpdateMethodRequest]) (*Method, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	if err := patched(q.in.PatchOperations, m.patch); err != nil {
		return nil, err
	}
	if err := d.rightMethod(m); err != nil {
		return nil, err
	}
	if err := putDefinition(tx, *q.in.RestApiId, d); err != nil {
		return nil, err
	}
	return m.shown(*q.in.HttpMethod), nil
}

func (m *method) patch(p patch) error {
	if name, ok := p.key("requestParameters"); ok {
		required := false
		if p.op != opRemove {
			var err error
			if required, err = p.bool(); err != nil {
				return err
			}
		}
		entry(&m.Parameters, name, p, required)
		return nil
	}
	if name, ok := p.key("requestModels"); ok {
		entry(&m.Models, name, p, p.value)
		return nil
	}
	switch {
	case p.is("/authorizationType"):
		m.Authorization = p.value
		if gateway.Authorization(p.value) != gateway.UserPools {
			m.Authorizer, m.Scopes = "", nil
		}
	case p.is("/authorizerId"):
		m.Authorizer = p.value
	case p.path == "/authorizerId" && p.op == opRemove:
		m.Authorizer = ""
	case p.path == "/authorizationScopes" && p.op != opReplace:
		element(&m.Scopes, p.value, p)
	case p.is("/operationName"):
		m.OperationName = p.value
	case p.is("/apiKeyRequired"):
		if required, err := p.bool(); err != nil || required {
			return noAPIKeys()
		}
	case p.path == "/requestValidatorId" && p.op != opAdd:
		m.Validator = p.value
		if p.op == opRemove {
			m.Validator = ""
		}
	default:
		return p.refused("/authorizationType", "/authorizerId", "/authorizationScopes", "/apiKeyRequired", "/operationName",
			"/requestParameters/{parameter}", "/requestModels/{content-type}", "/requestValidatorId")
	}
	return nil
}

func (a *API) deleteMethod(tx store.Tx, call *bailiwick.Call, q *asked[DeleteMethodRequest]) (*noOutput, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	if _, err := d.method(*q.in.ResourceId, *q.in.HttpMethod); err != nil {
		return nil, err
	}
	delete(d.Resources[*q.in.ResourceId].Methods, *q.in.HttpMethod)
	return nil, putDefinition(tx, *q.in.RestApiId, d)
}

func (m *method) shown(name string) *Method {
	key := false
	out := &Method{
		HttpMethod: &name, AuthorizationType: &m.Authorization, AuthorizerId: some(m.Authorizer), AuthorizationScopes: m.Scopes,
		ApiKeyRequired: &key, OperationName: some(m.OperationName), RequestParameters: m.Parameters, RequestModels: m.Models,
		RequestValidatorId: some(m.Validator),
	}
	for status, r := range m.Responses {
		entry(&out.MethodResponses, status, patch{op: opAdd}, *r.shown(status))
	}
	if m.Integration != nil {
		out.MethodIntegration = m.Integration.shown()
	}
	return out
}
