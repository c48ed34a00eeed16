package apigateway

import (
	"regexp"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// Types of integrations that are offered.
const (
	typeLambda = "AWS_PROXY"
	typeHTTP   = "HTTP_PROXY"
	typeMock   = "MOCK"
)

// Bounds of timeoutInMillis.
const (
	minTimeout = 50
	maxTimeout = 29000
)

// putIntegration gives a method its integration. One that was there is replaced
// with all its responses.
func (a *API) putIntegration(tx store.Tx, call *bailiwick.Call, q *asked[PutIntegrationRequest]) (*Integration, error) {
	in := q.in
	d, err := ownDefinition(tx, call, *in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*in.ResourceId, *in.HttpMethod)
	if err != nil {
		return nil, err
	}
	if err := offered(in); err != nil {
		return nil, err
	}
	i := &integration{
		Type: *in.Type, Method: deref(in.IntegrationHttpMethod), URI: deref(in.Uri), ConnectionType: deref(in.ConnectionType),
		Passthrough: "WHEN_NO_MATCH", ContentHandling: deref(in.ContentHandling), Parameters: in.RequestParameters, Templates: in.RequestTemplates,
		CacheNamespace: *in.ResourceId, CacheKeys: in.CacheKeyParameters, Timeout: maxTimeout,
	}
	if i.ConnectionType == "" && i.Type == typeHTTP {
		i.ConnectionType = "INTERNET"
	}
	if in.PassthroughBehavior != nil {
		i.Passthrough = *in.PassthroughBehavior
	}
	if n := deref(in.CacheNamespace); n != "" {
		i.CacheNamespace = n
	}
	if in.TimeoutInMillis != nil {
		i.Timeout = *in.TimeoutInMillis
	}
	if err := m.rightIntegration(i); err != nil {
		return nil, err
	}
	m.Integration = i
	if err := putDefinition(tx, *in.RestApiId, d); err != nil {
		return nil, err
	}
	return i.shown(), nil
}

// offered refuses what would be another integration than the one asked for.
func offered(in *PutIntegrationRequest) error {
	switch {
	case *in.Type == "AWS" || *in.Type == "HTTP":
		return bad("Integrations of type %s, with mapping templates, are not offered. Use AWS_PROXY, HTTP_PROXY or MOCK.", *in.Type)
	case deref(in.ConnectionType) == "VPC_LINK" || deref(in.ConnectionId) != "" || deref(in.IntegrationTarget) != "":
		return bad("VPC links are not offered.")
	case deref(in.Credentials) != "":
		return noCredentials()
	case in.TlsConfig != nil && deref(in.TlsConfig.InsecureSkipVerification):
		return bad("The certificates of backends are always verified.")
	case deref(in.ResponseTransferMode) == "STREAM":
		return bad("Response streaming is not offered.")
	}
	return nil
}

func noCredentials() error {
	return bad("Credentials of integrations are not offered. Let apigateway.amazonaws.com invoke the function by its resource-based policy.")
}

// rightIntegration holds an integration to the rules for its members.
func (m *method) rightIntegration(i *integration) error {
	switch i.Passthrough {
	case "WHEN_NO_MATCH", "WHEN_NO_TEMPLATES", "NEVER":
	default:
		return bad("Invalid passthrough behavior specified: %s", clip(i.Passthrough))
	}
	switch {
	case i.ContentHandling == "CONVERT_TO_BINARY":
		return bad("Conversion to binary is not offered.")
	case i.Timeout < minTimeout || i.Timeout > maxTimeout:
		return bad("Timeout should be between 50 ms and 29000 ms")
	case len(i.Parameters) > maxEntries || len(i.Templates) > maxEntries || len(i.CacheKeys) > maxEntries || len(i.CacheNamespace) > maxText:
		return bad("An integration can have at most %d parameters, templates or cache keys.", maxEntries)
	}
	if err := i.rightTarget(); err != nil {
		return err
	}
	for _, k := range i.CacheKeys {
		if err := rightCacheKey(k); err != nil {
			return err
		}
	}
	for to, from := range i.Parameters {
		mapping, err := gateway.ParseMapping(to, from)
		if err != nil {
			return badMapping("Invalid mapping expression specified: " + clip(from))
		}
		if _, ok := m.Parameters[from]; !ok && isRequestPlace(mapping.Source.Place) {
			return badMapping("Invalid mapping expression parameter specified: " + clip(from))
		}
	}
	return nil
}

func isRequestPlace(p gateway.Place) bool {
	return p == gateway.InPath || p == gateway.InQuery || p == gateway.InHeader
}

// rightCacheKey lets the cache be told apart by what is in the request. A key that
// were ignored would hand the answer to one caller out to another.
func rightCacheKey(k string) error {
	switch place, name := requestParameter(k); place {
	case "path", "querystring", "header":
		if name != "" {
			return nil
		}
	}
	return bad("Cache key parameters other than method.request.path, method.request.querystring and method.request.header are not offered: %s", clip(k))
}

func (i *integration) rightTarget() error {
	uri := stageVariable().ReplaceAllString(i.URI, "x") // so that the rest can be checked
	switch i.Type {
	case typeMock:
		return i.rightMock()
	case typeLambda:
		if i.Method == "" || !isMethod(i.Method) {
			return errNoHTTPMethod()
		}
		if !strings.HasPrefix(uri, "arn:") {
			return bad("Invalid ARN specified in the request")
		}
		if _, ok := gateway.FunctionARN(uri); !ok {
			return bad("Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations.")
		}
		return nil
	default:
		if i.Method == "" || !isMethod(i.Method) {
			return errNoHTTPMethod()
		}
		if _, err := gateway.ParseTarget(uri); err != nil {
			return bad("Invalid HTTP endpoint specified for URI")
		}
		return nil
	}
}

func errNoHTTPMethod() error { return bad("Enumeration value for HttpMethod must be non-empty") }

var stageVariable = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\$\{stageVariables\.([A-Za-z0-9_]+)\}`) })

// fill puts stage variables into a text. Without one of them the text is of no use:
// cut short it could name another backend.
func fill(text string, variables map[string]string) (filled string, ok bool) {
	ok = true
	filled = stageVariable().ReplaceAllStringFunc(text, func(found string) string {
		value := variables[stageVariable().FindStringSubmatch(found)[1]]
		ok = ok && value != ""
		return value
	})
	return filled, ok
}

func (a *API) getIntegration(r store.Reader, call *bailiwick.Call, q *asked[GetIntegrationRequest]) (*Integration, error) {
	d, err := ownDefinition(r, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	i, err := d.integration(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	return i.shown(), nil
}

func (a *API) updateIntegration(tx store.Tx, call *bailiwick.Call, q *asked[UpdateIntegrationRequest]) (*Integration, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	if m.Integration == nil {
		return nil, errNoIntegration
	}
	if err := patched(q.in.PatchOperations, m.Integration.patch); err != nil {
		return nil, err
	}
	if err := m.rightIntegration(m.Integration); err != nil {
		return nil, err
	}
	if err := putDefinition(tx, *q.in.RestApiId, d); err != nil {
		return nil, err
	}
	return m.Integration.shown(), nil
}

func (i *integration) patch(p patch) (err error) {
	for member, m := range map[string]*map[string]string{"requestParameters": &i.Parameters, "requestTemplates": &i.Templates} {
		if name, ok := p.key(member); ok {
			entry(m, name, p, p.value)
			return nil
		}
	}
	if name, ok := p.key("cacheKeyParameters"); ok {
		element(&i.CacheKeys, name, p)
		return nil
	}
	switch {
	case p.is("/httpMethod"):
		i.Method = p.value
	case p.is("/uri"):
		i.URI = p.value
	case p.is("/passthroughBehavior"):
		i.Passthrough = p.value
	case p.is("/contentHandling"):
		i.ContentHandling = p.value
	case p.is("/cacheNamespace"):
		i.CacheNamespace = p.value
	case p.is("/timeoutInMillis"):
		i.Timeout, err = p.int(minTimeout, maxTimeout)
	case p.is("/connectionType") && p.value == "INTERNET":
		i.ConnectionType = p.value
	case p.path == "/credentials" && p.op != opAdd:
		if p.op == opReplace && p.value != "" {
			return noCredentials()
		}
	default:
		return p.refused("/httpMethod", "/uri", "/passthroughBehavior", "/contentHandling", "/cacheNamespace", "/timeoutInMillis", "/connectionType",
			"/credentials", "/requestParameters/{parameter}", "/requestTemplates/{content-type}", "/cacheKeyParameters/{parameter}")
	}
	return err
}

func (a *API) deleteIntegration(tx store.Tx, call *bailiwick.Call, q *asked[DeleteIntegrationRequest]) (*noOutput, error) {
	d, err := ownDefinition(tx, call, *q.in.RestApiId)
	if err != nil {
		return nil, err
	}
	m, err := d.method(*q.in.ResourceId, *q.in.HttpMethod)
	if err != nil {
		return nil, err
	}
	if m.Integration == nil {
		return nil, errNoIntegration
	}
	m.Integration = nil
	return nil, putDefinition(tx, *q.in.RestApiId, d)
}

func (i *integration) shown() *Integration {
	keys := i.CacheKeys
	if keys == nil {
		keys = []string{}
	}
	out := &Integration{
		Type: &i.Type, HttpMethod: some(i.Method), Uri: some(i.URI), ConnectionType: some(i.ConnectionType), PassthroughBehavior: &i.Passthrough,
		ContentHandling: some(i.ContentHandling), RequestParameters: i.Parameters, RequestTemplates: i.Templates,
		CacheNamespace: &i.CacheNamespace, CacheKeyParameters: keys, TimeoutInMillis: &i.Timeout,
	}
	for status, r := range i.Responses {
		entry(&out.IntegrationResponses, status, patch{op: opAdd}, *r.shown(status))
	}
	return out
}
