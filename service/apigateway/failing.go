package apigateway

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// The gateway responses that can be changed: headers of all failures of a kind,
// which is what browsers need of them.
const (
	default4XX = "DEFAULT_4XX"
	default5XX = "DEFAULT_5XX"
)

const failureHeader = "gatewayresponse.header."

// failureTemplate is what every failure says. Source: Developer Guide, "Gateway
// responses for REST APIs".
const failureTemplate = `{"message":$context.error.messageString}`

// failureTypes are the types of gateway responses with their status.
var failureTypes = map[string]string{
	default4XX: "", default5XX: "", "RESOURCE_NOT_FOUND": "404", "UNAUTHORIZED": "401", "INVALID_API_KEY": "403", "ACCESS_DENIED": "403",
	"AUTHORIZER_FAILURE": "500", "AUTHORIZER_CONFIGURATION_ERROR": "500", "INVALID_SIGNATURE": "403", "EXPIRED_TOKEN": "403",
	"MISSING_AUTHENTICATION_TOKEN": "403", "INTEGRATION_FAILURE": "504", "INTEGRATION_TIMEOUT": "504", "API_CONFIGURATION_ERROR": "500",
	"UNSUPPORTED_MEDIA_TYPE": "415", "BAD_REQUEST_PARAMETERS": "400", "BAD_REQUEST_BODY": "400", "REQUEST_TOO_LARGE": "413",
	"THROTTLED": "429", "QUOTA_EXCEEDED": "429", "WAF_FILTERED": "403",
}

func (a *API) putGatewayResponse(tx store.Tx, call *bailiwick.Call, q *asked[PutGatewayResponseRequest]) (*GatewayResponse, error) {
	in := q.in
	d, err := ownDefinition(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	if in.StatusCode != nil {
		return nil, onlyHeaders()
	}
	f := &failing{Parameters: in.ResponseParameters, Templates: in.ResponseTemplates}
	if err := f.right(*in.ResponseType); err != nil {
		return nil, err
	}
	entry(&d.Failures, *in.ResponseType, patch{op: opAdd}, f)
	if err := putDefinition(tx, *in.RestApiId, d); err != nil {
		return nil, err
	}
	return shownFailure(*in.ResponseType, f), nil
}

func onlyHeaders() error {
	return bad("Of gateway responses, headers of DEFAULT_4XX and DEFAULT_5XX with static values are offered; status codes, templates and other types are not.")
}

func (f *failing) right(typ string) error {
	if typ != default4XX && typ != default5XX || len(f.Parameters) > maxEntries {
		return onlyHeaders()
	}
	for media, t := range f.Templates {
		if media != contentJSON || t != failureTemplate {
			return onlyHeaders()
		}
	}
	for to, from := range f.Parameters {
		name, ok := strings.CutPrefix(to, failureHeader)
		if !ok || !gateway.SettableHeader(name) {
			return badMapping("Invalid mapping expression specified: " + clip(to))
		}
		if _, static := staticValue(from); !static {
			return badMapping("Invalid mapping expression specified: " + clip(from))
		}
	}
	return nil
}

// headers are what the data plane adds to failures.
func (f *failing) headers() map[string]string {
	if f == nil {
		return nil
	}
	out := map[string]string{}
	for to, from := range f.Parameters {
		if value, ok := staticValue(from); ok {
			out[http.CanonicalHeaderKey(strings.TrimPrefix(to, failureHeader))] = value
		}
	}
	return out
}

func (a *API) getGatewayResponse(r store.Reader, call *bailiwick.Call, q *asked[GetGatewayResponseRequest]) (*GatewayResponse, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	return shownFailure(*q.in.ResponseType, d.Failures[*q.in.ResponseType]), nil
}

func (a *API) getGatewayResponses(r store.Reader, call *bailiwick.Call, q *asked[GetGatewayResponsesRequest]) (*GatewayResponses, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	out := &GatewayResponses{Items: []GatewayResponse{}}
	types, position, err := pageOf(slices.Collect(maps.Keys(failureTypes)), q.in.Position, q.in.Limit)
	if err != nil {
		return nil, err
	}
	out.Position = position
	for _, typ := range types {
		out.Items = append(out.Items, *shownFailure(typ, d.Failures[typ]))
	}
	return out, nil
}

func (a *API) updateGatewayResponse(tx store.Tx, call *bailiwick.Call, q *asked[UpdateGatewayResponseRequest]) (*GatewayResponse, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	typ := *q.in.ResponseType
	f := d.Failures[typ]
	if f == nil {
		f = &failing{}
	}
	err = patched(q.in.PatchOperations, func(p patch) error {
		if name, ok := p.key("responseParameters"); ok {
			entry(&f.Parameters, name, p, p.value)
			return nil
		}
		if media, ok := p.key("responseTemplates"); ok {
			entry(&f.Templates, media, p, p.value)
			return nil
		}
		return onlyHeaders()
	})
	if err != nil {
		return nil, err
	}
	if err := f.right(typ); err != nil {
		return nil, err
	}
	entry(&d.Failures, typ, patch{op: opAdd}, f)
	if err := putDefinition(tx, *q.in.RestApiId, d); err != nil {
		return nil, err
	}
	return shownFailure(typ, f), nil
}

func (a *API) deleteGatewayResponse(tx store.Tx, call *bailiwick.Call, q *asked[DeleteGatewayResponseRequest]) (*noOutput, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	if d.Failures[*q.in.ResponseType] == nil {
		return nil, errNoGatewayResponse
	}
	delete(d.Failures, *q.in.ResponseType)
	return nil, putDefinition(tx, *q.in.RestApiId, d)
}

// shownFailure is a gateway response; nil is the default of its type.
func shownFailure(typ string, f *failing) *GatewayResponse {
	byDefault := f == nil
	if f == nil {
		f = &failing{Templates: map[string]string{contentJSON: failureTemplate}}
	}
	out := &GatewayResponse{
		ResponseType: &typ, DefaultResponse: &byDefault, StatusCode: some(failureTypes[typ]),
		ResponseParameters: map[string]string{}, ResponseTemplates: map[string]string{},
	}
	maps.Copy(out.ResponseParameters, f.Parameters)
	maps.Copy(out.ResponseTemplates, f.Templates)
	return out
}
