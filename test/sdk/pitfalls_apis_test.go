package sdk_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigateway"
	resttypes "github.com/aws/aws-sdk-go-v2/service/apigateway/types"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	apitypes "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
)

// Pitfalls of APIs, and what a backend hears.

// A site is an HTTP API before a backend that tells what it was asked.
type site struct {
	*tenancy
	API     string
	backend string // its URL
	target  string // of routes
}

func TestPitfallsOfAPIs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	backend := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(rw).Encode(map[string]any{"path": r.URL.Path, "header": r.Header}) // the client's end is its matter
	}))
	t.Cleanup(backend.Close)
	for _, p := range []struct {
		number int
		name   string
		try    func(*site)
	}{
		{78, "ID token where access is meant", idTokenForAccess},
		{79, "any client of the pool", anyClientOfPool},
		{80, "wildcards in the ARN of a route", wildcardRoutes},
		{81, "catch-all without authorization", catchAllOpen},
		{82, "tenant in a header", tenantInHeader},
		{83, "signed out and still in", signedOutStillIn},
		{0, "what a backend hears", backendHears},
		{0, "hosts and paths", hostsAndPaths},
	} {
		t.Run(p.name, func(t *testing.T) {
			w := w.with(t)
			s := &site{tenancy: w.tenancy("A" + strings.ReplaceAll(p.name, " ", "")), backend: backend.URL}
			s.setUp()
			p.try(s)
		})
	}
}

func (s *site) setUp() {
	s.t.Helper()
	made, err := s.apis.CreateApi(s.ctx, &apigatewayv2.CreateApiInput{Name: aws.String("site"), ProtocolType: apitypes.ProtocolTypeHttp})
	s.must("CreateApi", err)
	s.API = aws.ToString(made.ApiId)
	integration, err := s.apis.CreateIntegration(s.ctx, &apigatewayv2.CreateIntegrationInput{
		ApiId: &s.API, IntegrationType: apitypes.IntegrationTypeHttpProxy, IntegrationMethod: aws.String("ANY"),
		IntegrationUri: aws.String(s.backend + "/behind"), PayloadFormatVersion: aws.String("1.0"),
	})
	s.must("CreateIntegration", err)
	s.target = "integrations/" + aws.ToString(integration.IntegrationId)
	s.must("CreateStage", second(s.apis.CreateStage(s.ctx, &apigatewayv2.CreateStageInput{ApiId: &s.API, StageName: aws.String("$default"), AutoDeploy: aws.Bool(true)})))
}

// route adds a route; scopes are those of a JWT authorizer.
func (s *site) route(key string, kind apitypes.AuthorizationType, authorizer string, scopes ...string) {
	s.t.Helper()
	in := &apigatewayv2.CreateRouteInput{ApiId: &s.API, RouteKey: &key, AuthorizationType: kind, Target: &s.target, AuthorizationScopes: scopes}
	if authorizer != "" {
		in.AuthorizerId = &authorizer
	}
	s.must("CreateRoute", second(s.apis.CreateRoute(s.ctx, in)))
}

// jwt makes an authorizer for tokens of the pool for the tenancy's client.
func (s *site) jwt() string {
	s.t.Helper()
	out, err := s.apis.CreateAuthorizer(s.ctx, &apigatewayv2.CreateAuthorizerInput{
		ApiId: &s.API, Name: aws.String("people"), AuthorizerType: apitypes.AuthorizerTypeJwt, IdentitySource: []string{"$request.header.Authorization"},
		JwtConfiguration: &apitypes.JWTConfiguration{Audience: []string{s.app}, Issuer: aws.String("https://" + providerName(s.userPool))},
	})
	s.must("CreateAuthorizer", err)
	return aws.ToString(out.AuthorizerId)
}

// answers compares the status of a request with a header.
func (s *site) answers(what string, want int, method string, c *citypes.Credentials, path string, header ...string) routeAnswer {
	s.t.Helper()
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	a := s.ask(method, c, s.s.apiURL(s.API, path), nil, h)
	if a.status != want {
		s.t.Errorf("%s: %v, want %d", what, a, want)
	}
	return a
}

func (s *site) bearer(what string, want int, path string, token *string) {
	s.t.Helper()
	s.answers(what, want, "GET", nil, path, "Authorization", "Bearer "+aws.ToString(token))
}

const ofUsers = "aws.cognito.signin.user.admin"

func idTokenForAccess(s *site) {
	authorizer := s.jwt()
	s.route("GET /plain", apitypes.AuthorizationTypeJwt, authorizer)
	s.route("GET /scoped", apitypes.AuthorizationTypeJwt, authorizer, ofUsers)
	email := s.user(s.userPool, "custom:org", acme)
	in, other := s.signIn(s.app, email), s.signIn(s.client(s.userPool, "email"), email)
	s.bearer("an access token", 200, "/plain", in.AccessToken)
	s.bearer("an ID token where no scope is asked", 200, "/plain", in.IdToken)
	s.bearer("an access token with the scope", 200, "/scoped", in.AccessToken)
	s.bearer("an ID token where a scope is asked", 403, "/scoped", in.IdToken)
	s.bearer("an access token of another client", 401, "/plain", other.AccessToken)
	s.bearer("an ID token of another client", 401, "/plain", other.IdToken)
	s.answers("no token", 401, "GET", nil, "/plain")
}

// anyClientOfPool: an authorizer of a REST API names pools, and no clients.
func anyClientOfPool(s *site) {
	rest := apigateway.NewFromConfig(s.s.config(credentials.NewStaticCredentialsProvider(s.s.rootID, s.s.secret, "")))
	made, err := rest.CreateRestApi(s.ctx, &apigateway.CreateRestApiInput{Name: aws.String("rest")})
	s.must("CreateRestApi", err)
	authorizer, err := rest.CreateAuthorizer(s.ctx, &apigateway.CreateAuthorizerInput{
		RestApiId: made.Id, Name: aws.String("people"), Type: resttypes.AuthorizerTypeCognitoUserPools, IdentitySource: aws.String("method.request.header.Authorization"),
		ProviderARNs: []string{"arn:aws:cognito-idp:" + region + ":" + account + ":userpool/" + s.userPool},
	})
	s.must("CreateAuthorizer", err)
	for method, scopes := range map[string][]string{"GET": nil, "POST": {ofUsers}} {
		s.must("PutMethod", second(rest.PutMethod(s.ctx, &apigateway.PutMethodInput{
			RestApiId: made.Id, ResourceId: made.RootResourceId, HttpMethod: aws.String(method), AuthorizationType: aws.String("COGNITO_USER_POOLS"),
			AuthorizerId: authorizer.Id, AuthorizationScopes: scopes,
		})))
		s.must("PutIntegration", second(rest.PutIntegration(s.ctx, &apigateway.PutIntegrationInput{
			RestApiId: made.Id, ResourceId: made.RootResourceId, HttpMethod: aws.String(method), Type: resttypes.IntegrationTypeHttpProxy,
			IntegrationHttpMethod: aws.String("GET"), Uri: aws.String(s.backend + "/rest"),
		})))
	}
	s.must("CreateDeployment", second(rest.CreateDeployment(s.ctx, &apigateway.CreateDeploymentInput{RestApiId: made.Id, StageName: aws.String("prod")})))
	s.API = aws.ToString(made.Id)
	email := s.user(s.userPool, "custom:org", acme)
	in, other := s.signIn(s.app, email), s.signIn(s.client(s.userPool), email) // the second may write every attribute
	foreign := s.pool(true)
	stranger := s.signIn(s.client(foreign), s.user(foreign))
	for _, c := range []struct {
		what, method string
		token        *string
		want         int
	}{
		{"an ID token", "GET", in.IdToken, 200},
		{"an ID token of any other client", "GET", other.IdToken, 200},
		{"an access token where no scope is asked", "GET", in.AccessToken, 401},
		{"an access token of any other client, with the scope", "POST", other.AccessToken, 200},
		{"an ID token where a scope is asked", "POST", in.IdToken, 401},
		{"an ID token of another pool", "GET", stranger.IdToken, 401},
		{"no token", "GET", nil, 401},
	} {
		var header []string
		if c.token != nil {
			header = []string{"Authorization", *c.token}
		}
		s.answers(c.what, c.want, c.method, nil, "/prod/", header...)
	}
}

// mayInvoke gives the tenancy's role routes of the API.
func (s *site) mayInvoke(role, resource string) *citypes.Credentials {
	s.t.Helper()
	s.use(role, statements(`{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:`+region+`:`+account+`:`+s.API+`/`+resource+`"}`))
	return s.member()
}

func wildcardRoutes(s *site) {
	s.route("ANY /tenants/{org}/{proxy+}", apitypes.AuthorizationTypeAwsIam, "")
	s.must("CreateStage", second(s.apis.CreateStage(s.ctx, &apigatewayv2.CreateStageInput{ApiId: &s.API, StageName: aws.String("internal"), AutoDeploy: aws.Bool(true)})))
	loose := s.mayInvoke("A80Loose", "$default/GET/tenants/${aws:PrincipalTag/org}*")
	s.answers("the own path", 200, "GET", loose, "/tenants/acme/x")
	s.answers("a longer name", 200, "GET", loose, "/tenants/acme10/x")
	s.answers("another name", 403, "GET", loose, "/tenants/globex/x")
	stages := s.mayInvoke("A80Stages", "*/GET/tenants/${aws:PrincipalTag/org}/*")
	s.answers("another stage", 200, "GET", stages, "/internal/tenants/acme/x")
	right := s.mayInvoke("A80Right", "$default/GET/tenants/${aws:PrincipalTag/org}/*")
	s.answers("the own path, done right", 200, "GET", right, "/tenants/acme/x")
	s.answers("a longer name, done right", 403, "GET", right, "/tenants/acme10/x")
	s.answers("another method", 403, "DELETE", right, "/tenants/acme/x")
	s.answers("another stage, done right", 403, "GET", right, "/internal/tenants/acme/x")
}

func catchAllOpen(s *site) {
	s.route("GET /admin", apitypes.AuthorizationTypeAwsIam, "")
	s.route("ANY /{proxy+}", apitypes.AuthorizationTypeNone, "")
	s.answers("the protected method", 403, "GET", nil, "/admin")
	for _, method := range []string{"POST", "PUT", "DELETE", "PATCH", "OPTIONS"} {
		s.answers("the same path by "+method, 200, method, nil, "/admin")
	}
	s.answers("a path below", 200, "GET", nil, "/admin/users")
	s.answers("another spelling", 403, "GET", nil, "/%61dmin")
}

func tenantInHeader(s *site) {
	s.route("GET /tenants/{org}/x", apitypes.AuthorizationTypeAwsIam, "")
	c := s.mayInvoke("A82Right", "$default/GET/tenants/${aws:PrincipalTag/org}/*")
	a := s.answers("the own path, with another tenant in a header", 200, "GET", c, "/tenants/acme/x", "X-Tenant", globex)
	if got := s.heard(a).Get("X-Tenant"); got != globex {
		s.t.Errorf("the backend hears of the tenant %q", got)
	}
}

// heard are the headers that the backend was sent.
func (s *site) heard(a routeAnswer) http.Header {
	s.t.Helper()
	var said struct{ Header http.Header }
	s.must("reading "+a.body, json.Unmarshal([]byte(a.body), &said))
	return said.Header
}

func signedOutStillIn(s *site) {
	s.route("GET /token", apitypes.AuthorizationTypeJwt, s.jwt())
	s.route("GET /signed", apitypes.AuthorizationTypeAwsIam, "")
	s.use("A83Role", statements(`{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"*"}`))
	email := s.user(s.userPool, "custom:org", acme)
	in := s.signIn(s.app, email)
	c := s.credentials(s.entry, logins(s.userPool, aws.ToString(in.IdToken)))
	s.must("GlobalSignOut", second(s.users.GlobalSignOut(s.ctx, &idp.GlobalSignOutInput{AccessToken: in.AccessToken})))
	s.must("AdminDisableUser", second(s.users.AdminDisableUser(s.ctx, &idp.AdminDisableUserInput{UserPoolId: &s.userPool, Username: &email})))
	_, err := s.users.GetUser(s.ctx, &idp.GetUserInput{AccessToken: in.AccessToken})
	s.want("the user pool", err, "NotAuthorizedException: ")
	s.bearer("an authorizer of tokens", 200, "/token", in.AccessToken)
	s.answers("a signature", 200, "GET", c, "/signed")
}

// backendHears: what belongs to one hop, or to the caller's signature, stays here.
func backendHears(s *site) {
	s.route("GET /signed", apitypes.AuthorizationTypeAwsIam, "")
	c := s.mayInvoke("ABackend", "*")
	a := s.answers("a signed request", 200, "GET", c, "/signed",
		"Connection", "X-Secret-Hop, Authorization", "X-Secret-Hop", "x", "Te", "trailers", "Proxy-Authorization", "Basic eA==", "Keep-Alive", "timeout=5",
		"X-Forwarded-For", "203.0.113.7", "Forwarded", "for=203.0.113.7", "X-Real-Ip", "203.0.113.7", "X-Http-Method-Override", "DELETE",
		"X-Amzn-Requestid", "x", "X-Plain", "stays")
	h := s.heard(a)
	if h.Get("X-Plain") != "stays" {
		s.t.Errorf("the backend hears %v", h)
	}
	for _, name := range []string{"Authorization", "X-Amz-Security-Token", "X-Secret-Hop", "Te", "Proxy-Authorization", "Keep-Alive", "X-Real-Ip", "X-Http-Method-Override"} {
		if got := h.Values(name); len(got) > 0 {
			s.t.Errorf("the backend hears %s: %v", name, got)
		}
	}
	for _, name := range []string{"X-Forwarded-For", "Forwarded"} {
		if strings.Contains(strings.Join(h.Values(name), ","), "203.0.113.7") {
			s.t.Errorf("the backend hears %s: %v", name, h.Values(name))
		}
	}
}

// hostsAndPaths: an API is found by its host alone, and in one way.
func hostsAndPaths(s *site) {
	s.route("GET /tenants/{org}/x", apitypes.AuthorizationTypeAwsIam, "")
	c := s.mayInvoke("AHosts", "$default/GET/tenants/${aws:PrincipalTag/org}/*")
	host := strings.TrimPrefix(s.s.apiURL(s.API, ""), "http://")
	other := strings.Replace(host, s.API, "abcdefghij", 1)
	signed := func(target string, change func(*wireRequest), header ...string) *wireRequest {
		r := request(http.MethodGet, target, "", header...).sign(host, c, "execute-api", "")
		if change != nil {
			change(r)
		}
		return r
	}
	const own, foreign = "/tenants/acme/x", "/tenants/globex/x"
	for _, a := range []attack{
		{"the own path", signed(own, nil), "200"},
		{"a foreign path", signed(foreign, nil), "403"},
		{"another API", signed(own, nil, "Host", other), "403"},
		{"another host after signing", signed(own, setting("Host", other)), "403"},
		{"a forwarded host", signed(foreign, nil, "X-Forwarded-Host", other, "X-Original-Url", own, "X-Rewrite-Url", own), "403"},
		{"two hosts", signed(own, adding("host", other)), "400"},
		{"a whole address", signed(own, func(r *wireRequest) { r.target = "http://" + other + own }), "403"},
		{"dots", signed("/tenants/acme/../globex/x", nil), "400"},
		{"escaped dots", signed("/tenants/acme/%2e%2e/globex/x", nil), "400"},
		{"an escaped slash", signed("/tenants/acme%2Fx", nil), "400"},
		{"an escape of an escape", signed("/tenants/acme%252Fx/x", nil), "400"},
		{"two slashes", signed("//tenants/acme/x", nil), "400"},
		{"a slash behind", signed(own+"/", nil), "404"},
		{"NUL", signed("/tenants/acme%00/x", nil), "400"},
		{"not UTF-8", signed("/tenants/acme%FF/x", nil), "400"},
		{"another path after signing", signed(own, func(r *wireRequest) { r.target = foreign }), "403"},
		{"an old signature", func() *wireRequest {
			r := signed(own, nil)
			r.set("X-Amz-Date", time.Now().Add(-time.Hour).UTC().Format("20060102T150405Z"))
			return r
		}(), "403"},
	} {
		status, text, _ := s.sendRaw(a.r)
		if strconv.Itoa(status) != a.want {
			s.t.Errorf("%s: %d %.200s, want %s", a.name, status, text, a.want)
		}
	}
}
