package executeapi

import (
	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// event1 is payload format 1.0, and the event of REST APIs, which do not name it.
// HTTP APIs give paths decoded, REST APIs escaped; here both are the one form that
// was authorized.
// Source: API Gateway Developer Guide, "Input format of a Lambda function for
// proxy integration".
type event1 struct {
	Version         string              `json:"version,omitempty"`
	Resource        string              `json:"resource"`
	Path            string              `json:"path"`
	Method          string              `json:"httpMethod"`
	Headers         map[string]string   `json:"headers"`
	MultiHeaders    map[string][]string `json:"multiValueHeaders"`
	Query           map[string]string   `json:"queryStringParameters"`
	MultiQuery      map[string][]string `json:"multiValueQueryStringParameters"`
	PathParameters  map[string]string   `json:"pathParameters"`
	StageVariables  map[string]string   `json:"stageVariables"`
	Context         context1            `json:"requestContext"`
	Body            *string             `json:"body"`
	IsBase64Encoded bool                `json:"isBase64Encoded"`
}

type context1 struct {
	ResourceID        string         `json:"resourceId"`
	Authorizer        map[string]any `json:"authorizer,omitempty"`
	ResourcePath      string         `json:"resourcePath"`
	OperationName     string         `json:"operationName,omitempty"`
	Method            string         `json:"httpMethod"`
	ExtendedRequestID string         `json:"extendedRequestId"`
	RequestTime       string         `json:"requestTime"`
	Path              string         `json:"path"`
	AccountID         string         `json:"accountId"`
	Protocol          string         `json:"protocol"`
	Stage             string         `json:"stage"`
	DomainPrefix      string         `json:"domainPrefix"`
	RequestTimeEpoch  int64          `json:"requestTimeEpoch"`
	RequestID         string         `json:"requestId"`
	Identity          identity1      `json:"identity"`
	DomainName        string         `json:"domainName"`
	DeploymentID      string         `json:"deploymentId,omitempty"`
	APIID             string         `json:"apiId"`
}

type identity1 struct {
	CognitoIdentityPoolID         *string `json:"cognitoIdentityPoolId"`
	AccountID                     *string `json:"accountId"`
	CognitoIdentityID             *string `json:"cognitoIdentityId"`
	Caller                        *string `json:"caller"`
	SourceIP                      string  `json:"sourceIp"`
	PrincipalOrgID                *string `json:"principalOrgId"`
	AccessKey                     *string `json:"accessKey"`
	CognitoAuthenticationType     *string `json:"cognitoAuthenticationType"`
	CognitoAuthenticationProvider *string `json:"cognitoAuthenticationProvider"`
	UserARN                       *string `json:"userArn"`
	UserAgent                     string  `json:"userAgent"`
	User                          *string `json:"user"`
}

func (p *plan) event1(call *bailiwick.Call) event1 {
	d, r := p.deployment, p.match.Route
	e := event1{
		Resource: r.Path, Path: p.path.Escaped(), Method: p.match.Method, Headers: map[string]string{}, MultiHeaders: map[string][]string{},
		PathParameters: p.pathParameters(), StageVariables: d.StageVariables, Context: p.context1(call),
	}
	if d.Kind == gateway.HTTP {
		e.Version, e.Path = "1.0", p.stagedPath()
	}
	for name, values := range p.eventHeader() {
		e.Headers[name], e.MultiHeaders[name] = values[len(values)-1], values
	}
	for _, q := range p.query {
		if e.Query == nil {
			e.Query, e.MultiQuery = map[string]string{}, map[string][]string{}
		}
		e.Query[q.name], e.MultiQuery[q.name] = q.value, append(e.MultiQuery[q.name], q.value)
	}
	if len(p.body) > 0 {
		text, encoded := p.bodyText()
		e.Body, e.IsBase64Encoded = &text, encoded
	}
	return e
}

func (p *plan) context1(call *bailiwick.Call) context1 {
	d, r := p.deployment, p.match.Route
	return context1{
		ResourceID: r.ID, Authorizer: p.authorizer1(), ResourcePath: r.Path, OperationName: r.OperationName, Method: p.match.Method,
		ExtendedRequestID: call.RequestID, RequestTime: call.Time.UTC().Format(clfTime), Path: p.stagedPath(), AccountID: d.Account,
		Protocol: p.request.Proto, Stage: d.Stage, DomainPrefix: p.domainPrefix(), RequestTimeEpoch: call.Time.UnixMilli(),
		RequestID: call.RequestID, Identity: p.caller.identity1(call), DomainName: p.host, DeploymentID: d.ID, APIID: d.APIID,
	}
}

func (p *plan) authorizer1() map[string]any {
	if p.caller.claims == nil {
		return nil
	}
	out := map[string]any{"claims": claimTexts(p.deployment.Kind, p.caller.claims)}
	if p.deployment.Kind == gateway.HTTP {
		out["scopes"] = p.caller.scopes
	}
	return out
}

func (c *caller) identity1(call *bailiwick.Call) identity1 {
	i := identity1{SourceIP: sourceIP(call), UserAgent: call.UserAgent}
	who := c.principal
	if who == nil {
		return i
	}
	i.AccountID, i.Caller, i.AccessKey, i.UserARN, i.User = &who.Account, &who.ID, &c.accessKey, &who.ARN, &who.ID
	if id, ok := cognitoOf(who); ok {
		kind, provider := id.kind(), id.provider()
		i.CognitoIdentityPoolID, i.CognitoIdentityID = &id.pool, &id.identity
		i.CognitoAuthenticationType = &kind
		if provider != "" {
			i.CognitoAuthenticationProvider = &provider
		}
	}
	return i
}
