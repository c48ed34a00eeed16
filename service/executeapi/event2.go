package executeapi

import (
	"encoding/base64"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// event2 is payload format 2.0.
// Source: API Gateway Developer Guide, "Create AWS Lambda proxy integrations for
// HTTP APIs".
type event2 struct {
	Version         string            `json:"version"`
	RouteKey        string            `json:"routeKey"`
	RawPath         string            `json:"rawPath"`
	RawQuery        string            `json:"rawQueryString"`
	Cookies         []string          `json:"cookies,omitempty"`
	Headers         map[string]string `json:"headers"`
	Query           map[string]string `json:"queryStringParameters,omitempty"`
	Context         context2          `json:"requestContext"`
	PathParameters  map[string]string `json:"pathParameters,omitempty"`
	StageVariables  map[string]string `json:"stageVariables,omitempty"`
	Body            *string           `json:"body,omitempty"`
	IsBase64Encoded bool              `json:"isBase64Encoded"`
}

type context2 struct {
	AccountID    string       `json:"accountId"`
	APIID        string       `json:"apiId"`
	Authorizer   *authorizer2 `json:"authorizer,omitempty"`
	DomainName   string       `json:"domainName"`
	DomainPrefix string       `json:"domainPrefix"`
	HTTP         http2        `json:"http"`
	RequestID    string       `json:"requestId"`
	RouteKey     string       `json:"routeKey"`
	Stage        string       `json:"stage"`
	Time         string       `json:"time"`
	TimeEpoch    int64        `json:"timeEpoch"`
}

type http2 struct {
	Method    string `json:"method"`
	Path      string `json:"path"`
	Protocol  string `json:"protocol"`
	SourceIP  string `json:"sourceIp"`
	UserAgent string `json:"userAgent"`
}

type authorizer2 struct {
	JWT *jwt2 `json:"jwt,omitempty"`
	IAM *iam2 `json:"iam,omitempty"`
}

type jwt2 struct {
	Claims map[string]string `json:"claims"`
	Scopes []string          `json:"scopes"`
}

type iam2 struct {
	AccessKey      string    `json:"accessKey"`
	AccountID      string    `json:"accountId"`
	CallerID       string    `json:"callerId"`
	Cognito        *cognito2 `json:"cognitoIdentity"`
	PrincipalOrgID *string   `json:"principalOrgId"`
	UserARN        string    `json:"userArn"`
	UserID         string    `json:"userId"`
}

type cognito2 struct {
	AMR            []string `json:"amr"`
	IdentityID     string   `json:"identityId"`
	IdentityPoolID string   `json:"identityPoolId"`
}

// clfTime is the time of requests in events.
const clfTime = "02/Jan/2006:15:04:05 -0700"

func (p *plan) event2(call *bailiwick.Call) event2 {
	d, r := p.deployment, p.match.Route
	e := event2{
		Version: "2.0", RouteKey: r.Key(), RawPath: p.stagedPath(), RawQuery: encodeQuery(p.query),
		Headers: map[string]string{}, PathParameters: p.pathParameters(), StageVariables: d.StageVariables,
	}
	for name, values := range p.eventHeader() {
		if name == "Cookie" {
			e.Cookies = cookies(values)
			continue
		}
		e.Headers[strings.ToLower(name)] = strings.Join(values, ",")
	}
	for _, q := range p.query {
		if e.Query == nil {
			e.Query = map[string]string{}
		}
		if old, ok := e.Query[q.name]; ok {
			e.Query[q.name] = old + "," + q.value
		} else {
			e.Query[q.name] = q.value
		}
	}
	if len(p.body) > 0 {
		text, encoded := p.bodyText()
		e.Body, e.IsBase64Encoded = &text, encoded
	}
	e.Context = context2{
		AccountID: d.Account, APIID: d.APIID, Authorizer: p.caller.authorizer2(), DomainName: p.host, DomainPrefix: p.domainPrefix(),
		HTTP: http2{
			Method: p.match.Method, Path: e.RawPath, Protocol: p.request.Proto, SourceIP: sourceIP(call), UserAgent: call.UserAgent,
		},
		RequestID: call.RequestID, RouteKey: e.RouteKey, Stage: d.Stage, Time: call.Time.UTC().Format(clfTime), TimeEpoch: call.Time.UnixMilli(),
	}
	return e
}

func (c *caller) authorizer2() *authorizer2 {
	switch {
	case c.claims != nil:
		return &authorizer2{JWT: &jwt2{Claims: claimTexts(gateway.HTTP, c.claims), Scopes: c.scopes}}
	case c.principal != nil:
		who := c.principal
		iam := &iam2{AccessKey: c.accessKey, AccountID: who.Account, CallerID: who.ID, UserARN: who.ARN, UserID: who.ID}
		if id, ok := cognitoOf(who); ok {
			iam.Cognito = &cognito2{AMR: id.amr, IdentityID: id.identity, IdentityPoolID: id.pool}
		}
		return &authorizer2{IAM: iam}
	}
	return nil
}

// stagedPath is the path with its stage, which is not said of $default.
func (p *plan) stagedPath() string {
	switch {
	case p.deployment.Kind == gateway.REST:
		return "/" + p.deployment.Stage + p.path.Escaped()
	case p.deployment.Stage == gateway.DefaultStage:
		return p.path.String()
	}
	return "/" + p.deployment.Stage + p.path.String()
}

func (p *plan) domainPrefix() string {
	prefix, _, _ := strings.Cut(p.host, ".")
	return prefix
}

func (p *plan) pathParameters() map[string]string {
	if len(p.match.Parameters) == 0 {
		return nil
	}
	out := make(map[string]string, len(p.match.Parameters))
	for _, v := range p.match.Parameters {
		out[v.Name] = v.Value
		if p.deployment.Kind == gateway.REST {
			segments, _ := p.match.Segments(v.Name)
			out[v.Name] = gateway.Escape(segments)
		}
	}
	return out
}

// eventHeader is the headers that a function sees: Host among them, which
// net/http keeps apart.
func (p *plan) eventHeader() http.Header {
	h := p.header.Clone()
	h.Set("Host", p.request.Host)
	return h
}

func cookies(values []string) []string {
	var out []string
	for _, v := range values {
		for c := range strings.SplitSeq(v, ";") {
			if c = strings.TrimSpace(c); c != "" {
				out = append(out, c)
			}
		}
	}
	return out
}

// bodyText is the body as an event has it. Bytes that are no text are base64 in
// any case: a replaced character would be another body.
func (p *plan) bodyText() (text string, encoded bool) {
	if p.isText() && utf8.Valid(p.body) {
		return string(p.body), false
	}
	return base64.StdEncoding.EncodeToString(p.body), true
}

func (p *plan) isText() bool {
	given := p.request.Header.Get("Content-Type")
	kind, _, err := mime.ParseMediaType(given)
	if p.deployment.Kind == gateway.REST {
		return !isBinary(p.deployment.BinaryTypes, kind)
	}
	switch {
	case given == "" || err == nil && strings.HasPrefix(kind, "text/"):
		return true
	}
	return kind == "application/json" || kind == "application/javascript" || kind == "application/xml"
}

// isBinary tells whether a media type is one of binaryMediaTypes.
func isBinary(types []string, kind string) bool {
	for _, t := range types {
		if t == "*/*" || strings.EqualFold(t, kind) {
			return true
		}
		if family, ok := strings.CutSuffix(t, "/*"); ok && strings.HasPrefix(kind, strings.ToLower(family)+"/") {
			return true
		}
	}
	return false
}
