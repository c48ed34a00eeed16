package apigatewayv2

import (
	"context"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

const (
	typeLambda = "AWS_PROXY"
	typeHTTP   = "HTTP_PROXY"
	maxTimeout = 30000 // milliseconds
)

// An integrationWish is what CreateIntegration and UpdateIntegration have in common.
type integrationWish struct {
	kind, uri, method, payload, description          *string
	timeout                                          *int32
	subtype, connection, connectionType, credentials *string
	handling, passthrough, selection, server         *string
	parameters, templates, responses                 int
}

// offered refuses what there is not.
func (w *integrationWish) offered() error {
	switch {
	case w.kind != nil && *w.kind != typeLambda && *w.kind != typeHTTP:
		return bad("HTTP APIs have integrations of the types AWS_PROXY and HTTP_PROXY, not %s.", *w.kind)
	case or(w.subtype, "") != "":
		return notOffered("Integrations with AWS services (integrationSubtype)")
	case or(w.connection, "") != "" || or(w.connectionType, "INTERNET") != "INTERNET":
		return notOffered("VPC links (connectionType VPC_LINK)")
	case or(w.credentials, "") != "":
		return notOffered("Credentials of integrations (credentialsArn)")
	case w.parameters > 0 || w.responses > 0:
		return notOffered("Parameter mappings of HTTP APIs (requestParameters, responseParameters)")
	case w.server != nil:
		return notOffered("tlsConfig")
	case w.templates > 0 || or(w.handling, "") != "" || or(w.selection, "") != "" || or(w.passthrough, "WHEN_NO_MATCH") != "WHEN_NO_MATCH":
		return bad("Only WEBSOCKET APIs have templates, content handling and passthrough behavior.")
	}
	return checkText("description", w.description, 1024)
}

func (w *integrationWish) apply(i *integration) error {
	set(&i.Type, w.kind)
	set(&i.URI, w.uri)
	set(&i.Method, w.method)
	set(&i.Payload, w.payload)
	set(&i.Timeout, w.timeout)
	text(&i.Description, w.description)
	if i.Type == typeLambda && i.Method == "" {
		i.Method = "POST"
	}
	if i.Type == typeHTTP && i.Payload == "" {
		i.Payload = "1.0"
	}
	return i.check()
}

// check tells what is wrong with an integration.
func (i *integration) check() error {
	switch {
	case i.Timeout < 50 || i.Timeout > maxTimeout:
		return bad("Timeout should be between 50 ms and %d ms", maxTimeout)
	case i.URI == "":
		return bad("IntegrationUri is a required parameter for integration type %s", i.Type)
	case strings.Contains(i.URI, "${"):
		return notOffered("Stage variables in integrationUri")
	case i.Payload == "":
		return bad("PayloadFormatVersion is a required parameter for integration")
	case i.Type == typeLambda && i.Payload != "1.0" && i.Payload != "2.0" || i.Type == typeHTTP && i.Payload != "1.0":
		return bad("Invalid PayloadFormatVersion %.16q for integration type %s", i.Payload, i.Type)
	case i.Type == typeLambda:
		if _, ok := gateway.FunctionARN(i.URI); !ok {
			return bad("Invalid function ARN or invalid uri")
		}
		return nil
	case !slices.Contains([]string{"ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"}, i.Method):
		return bad("HttpMethod must be specified for integration type HTTP_PROXY")
	}
	if _, err := gateway.ParseTarget(i.URI); err != nil {
		return bad("Invalid HTTP endpoint specified for URI: %s", strings.TrimPrefix(err.Error(), "gateway: "))
	}
	return nil
}

func (a *API) createIntegration(ctx context.Context, call *bailiwick.Call, in *CreateIntegrationRequest) (*CreateIntegrationResult, error) {
	w := integrationWish{
		kind: in.IntegrationType, uri: in.IntegrationUri, method: in.IntegrationMethod, payload: in.PayloadFormatVersion, description: in.Description,
		timeout: in.TimeoutInMillis, subtype: in.IntegrationSubtype, connection: in.ConnectionId, connectionType: in.ConnectionType, credentials: in.CredentialsArn,
		handling: in.ContentHandlingStrategy, passthrough: in.PassthroughBehavior, selection: in.TemplateSelectionExpression,
		parameters: len(in.RequestParameters), templates: len(in.RequestTemplates), responses: len(in.ResponseParameters), server: in.TlsConfig.server(),
	}
	if err := w.offered(); err != nil {
		return nil, err
	}
	id, err := a.newID(7)
	if err != nil {
		return nil, err
	}
	i := &integration{ID: id, Timeout: maxTimeout}
	if err := w.apply(i); err != nil {
		return nil, err
	}
	err = a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		if len(x.Integrations) >= maxIntegrations {
			return bad("Maximum number of Integrations for this API has been reached. Please contact AWS if you need additional Integrations.")
		}
		put(&x.Integrations, id, i)
		return nil
	})
	out := CreateIntegrationResult(i.shape())
	return &out, err
}

func (t *TlsConfigInput) server() *string {
	if t == nil {
		return nil
	}
	return t.ServerNameToVerify
}

func (a *API) getIntegration(ctx context.Context, call *bailiwick.Call, in *GetIntegrationRequest) (*GetIntegrationResult, error) {
	var out GetIntegrationResult
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		i := x.Integrations[*in.IntegrationId]
		if i == nil {
			return errNo("Integration", *in.IntegrationId)
		}
		out = GetIntegrationResult(i.shape())
		return nil
	})
	return &out, err
}

func (a *API) getIntegrations(ctx context.Context, call *bailiwick.Call, in *GetIntegrationsRequest) (*GetIntegrationsResponse, error) {
	out := &GetIntegrationsResponse{Items: []Integration{}}
	err := a.read(ctx, call, in.ApiId, func(_ store.Reader, x *api) error {
		some, next, err := page(sorted(x.Integrations), in.MaxResults, in.NextToken, func(i *integration) string { return i.ID })
		out.NextToken = next
		for _, i := range some {
			out.Items = append(out.Items, i.shape())
		}
		return err
	})
	return out, err
}

func (a *API) updateIntegration(ctx context.Context, call *bailiwick.Call, in *UpdateIntegrationRequest) (*UpdateIntegrationResult, error) {
	w := integrationWish{
		kind: in.IntegrationType, uri: in.IntegrationUri, method: in.IntegrationMethod, payload: in.PayloadFormatVersion, description: in.Description,
		timeout: in.TimeoutInMillis, subtype: in.IntegrationSubtype, connection: in.ConnectionId, connectionType: in.ConnectionType, credentials: in.CredentialsArn,
		handling: in.ContentHandlingStrategy, passthrough: in.PassthroughBehavior, selection: in.TemplateSelectionExpression,
		parameters: len(in.RequestParameters), templates: len(in.RequestTemplates), responses: len(in.ResponseParameters), server: in.TlsConfig.server(),
	}
	if err := w.offered(); err != nil {
		return nil, err
	}
	var out UpdateIntegrationResult
	err := a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		i := x.Integrations[*in.IntegrationId]
		if i == nil {
			return errNo("Integration", *in.IntegrationId)
		}
		if err := w.apply(i); err != nil {
			return err
		}
		out = UpdateIntegrationResult(i.shape())
		return nil
	})
	return &out, err
}

func (a *API) deleteIntegration(ctx context.Context, call *bailiwick.Call, in *DeleteIntegrationRequest) (*struct{}, error) {
	return nil, a.change(ctx, call, in.ApiId, true, func(_ store.Tx, x *api) error {
		if x.Integrations[*in.IntegrationId] == nil {
			return errNo("Integration", *in.IntegrationId)
		}
		for _, r := range sorted(x.Routes) {
			if r.Integration == *in.IntegrationId {
				return conflict("Cannot delete Integration '%s' because it is referenced by Route '%s'.", *in.IntegrationId, r.Key)
			}
		}
		delete(x.Integrations, *in.IntegrationId)
		return nil
	})
}

func (i *integration) shape() Integration {
	out := Integration{
		IntegrationId: &i.ID, IntegrationType: &i.Type, IntegrationUri: &i.URI, IntegrationMethod: &i.Method, PayloadFormatVersion: &i.Payload,
		TimeoutInMillis: &i.Timeout, ConnectionType: ref("INTERNET"), Description: i.Description,
	}
	if i.Managed {
		out.ApiGatewayManaged = ref(true)
	}
	return out
}
