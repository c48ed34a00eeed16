package apigateway

import (
	"regexp"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

const responseHeader = "method.response.header."

func (a *API) putMethodResponse(tx store.Tx, call *bailiwick.Call, q *asked[PutMethodResponseRequest]) (*MethodResponse, error) {
	in := q.in
	d, err := ownDefinition(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*in.ResourceId, *in.HttpMethod)
	if err != nil {
		return nil, err
	}
	if m.Responses[*in.StatusCode] != nil {
		return nil, errMethodResponseExists
	}
	r := &methodResponse{Parameters: in.ResponseParameters, Models: in.ResponseModels}
	if err := r.right(); err != nil {
		return nil, err
	}
	entry(&m.Responses, *in.StatusCode, patch{op: opAdd}, r)
	if err := putDefinition(tx, *in.RestApiId, d); err != nil {
		return nil, err
	}
	return r.shown(*in.StatusCode), nil
}

func (r *methodResponse) right() error {
	for p := range r.Parameters {
		if !isResponseHeader(p) {
			return badMapping("Invalid mapping expression specified: " + clip(p))
		}
	}
	if len(r.Parameters) > maxEntries {
		return bad("A response can have at most %d parameters.", maxEntries)
	}
	return rightModels(r.Models)
}

func isResponseHeader(p string) bool {
	name, ok := strings.CutPrefix(p, responseHeader)
	return ok && gateway.SettableHeader(name)
}

func (a *API) getMethodResponse(r store.Reader, call *bailiwick.Call, q *asked[GetMethodResponseRequest]) (*MethodResponse, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	found := m.Responses[*q.in.StatusCode]
	if found == nil {
		return nil, errNoResponse
	}
	return found.shown(*q.in.StatusCode), nil
}

func (a *API) updateMethodResponse(tx store.Tx, call *bailiwick.Call, q *asked[UpdateMethodResponseRequest]) (*MethodResponse, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	r := m.Responses[*q.in.StatusCode]
	if r == nil {
		return nil, errNoResponse
	}
	err = patched(q.in.PatchOperations, func(p patch) error {
		if name, ok := p.key("responseParameters"); ok {
			entry(&r.Parameters, name, p, strings.EqualFold(p.value, "true"))
			return nil
		}
		if name, ok := p.key("responseModels"); ok {
			entry(&r.Models, name, p, p.value)
			return nil
		}
		return p.refused("/responseParameters/{parameter}", "/responseModels/{content-type}")
	})
	if err != nil {
		return nil, err
	}
	if err := r.right(); err != nil {
		return nil, err
	}
	if err := putDefinition(tx, *q.in.RestApiId, d); err != nil {
		return nil, err
	}
	return r.shown(*q.in.StatusCode), nil
}

func (a *API) deleteMethodResponse(tx store.Tx, call *bailiwick.Call, q *asked[DeleteMethodResponseRequest]) (*noOutput, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	if m.Responses[*q.in.StatusCode] == nil {
		return nil, errNoResponse
	}
	delete(m.Responses, *q.in.StatusCode)
	return nil, putDefinition(tx, *q.in.RestApiId, d)
}

func (r *methodResponse) shown(status string) *MethodResponse {
	return &MethodResponse{StatusCode: &status, ResponseParameters: r.Parameters, ResponseModels: r.Models}
}

func (a *API) putIntegrationResponse(tx store.Tx, call *bailiwick.Call, q *asked[PutIntegrationResponseRequest]) (*IntegrationResponse, error) {
	in := q.in
	d, err := ownDefinition(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	i, err := d.integration(*in.ResourceId, *in.HttpMethod)
	if err != nil {
		return nil, err
	}
	r := &integrationResponse{
		Pattern: deref(in.SelectionPattern), ContentHandling: deref(in.ContentHandling),
		Parameters: in.ResponseParameters, Templates: in.ResponseTemplates,
	}
	if err := d.rightResponse(*in.ResourceId, *in.HttpMethod, *in.StatusCode, r); err != nil {
		return nil, err
	}
	entry(&i.Responses, *in.StatusCode, patch{op: opAdd}, r)
	if err := putDefinition(tx, *in.RestApiId, d); err != nil {
		return nil, err
	}
	return r.shown(*in.StatusCode), nil
}

// rightResponse holds an integration response to the rules. Those of proxies have
// no effect, at AWS too; those of mocks are all that is answered.
func (d *definition) rightResponse(resource, name, status string, r *integrationResponse) error {
	m, err := d.method(resource, name)
	if err != nil {
		return err
	}
	if r.ContentHandling == "CONVERT_TO_BINARY" {
		return bad("Conversion to binary is not offered.")
	}
	if _, err := regexp.Compile(r.Pattern); err != nil || len(r.Pattern) > maxText {
		return bad("Invalid selection pattern specified: %s", clip(r.Pattern))
	}
	if len(r.Parameters) > maxEntries || len(r.Templates) > maxEntries {
		return bad("A response can have at most %d parameters or templates.", maxEntries)
	}
	declared := m.Responses[status]
	if declared == nil && len(r.Parameters) > 0 {
		return errMethodResponseMissing
	}
	for to, from := range r.Parameters {
		if _, ok := declared.Parameters[to]; !ok || !isResponseHeader(to) {
			return badMapping("Invalid mapping expression parameter specified: " + clip(to))
		}
		if _, static := staticValue(from); !static && m.Integration.Type == typeMock {
			return badMapping("Invalid mapping expression specified: " + clip(from))
		}
	}
	if m.Integration.Type != typeMock {
		return nil
	}
	for _, t := range r.Templates {
		if !isLiteral(t) {
			return bad("Mapping templates are not offered: a response template is sent as it is, and can have no variables or directives.")
		}
	}
	return nil
}

func (a *API) getIntegrationResponse(r store.Reader, call *bailiwick.Call, q *asked[GetIntegrationResponseRequest]) (*IntegrationResponse, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	i, err := d.integration(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	found := i.Responses[*q.in.StatusCode]
	if found == nil {
		return nil, errNoResponse
	}
	return found.shown(*q.in.StatusCode), nil
}

func (a *API) updateIntegrationResponse(tx store.Tx, call *bailiwick.Call, q *asked[UpdateIntegrationResponseRequest]) (*IntegrationResponse, error) {
	in := q.in
	d, err := ownDefinition(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	i, err := d.integration(*in.ResourceId, *in.HttpMethod)
	if err != nil {
		return nil, err
	}
	r := i.Responses[*in.StatusCode]
	if r == nil {
		return nil, errNoResponse
	}
	if err := patched(in.PatchOperations, r.patch); err != nil {
		return nil, err
	}
	if err := d.rightResponse(*in.ResourceId, *in.HttpMethod, *in.StatusCode, r); err != nil {
		return nil, err
	}
	if err := putDefinition(tx, *in.RestApiId, d); err != nil {
		return nil, err
	}
	return r.shown(*in.StatusCode), nil
}

func (r *integrationResponse) patch(p patch) error {
	if name, ok := p.key("responseParameters"); ok {
		entry(&r.Parameters, name, p, p.value)
		return nil
	}
	if name, ok := p.key("responseTemplates"); ok {
		entry(&r.Templates, name, p, p.value)
		return nil
	}
	switch {
	case p.is("/selectionPattern"):
		r.Pattern = p.value
	case p.is("/contentHandling"):
		r.ContentHandling = p.value
	default:
		return p.refused("/selectionPattern", "/contentHandling", "/responseParameters/{parameter}", "/responseTemplates/{content-type}")
	}
	return nil
}

func (a *API) deleteIntegrationResponse(tx store.Tx, call *bailiwick.Call, q *asked[DeleteIntegrationResponseRequest]) (*noOutput, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	i, err := d.integration(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	if i.Responses[*q.in.StatusCode] == nil {
		return nil, errNoResponse
	}
	delete(i.Responses, *q.in.StatusCode)
	return nil, putDefinition(tx, *q.in.RestApiId, d)
}

func (r *integrationResponse) shown(status string) *IntegrationResponse {
	return &IntegrationResponse{
		StatusCode: &status, SelectionPattern: some(r.Pattern), ContentHandling: some(r.ContentHandling),
		ResponseParameters: r.Parameters, ResponseTemplates: r.Templates,
	}
}
