package gateway

import (
	"time"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A Kind is one of the two families of APIs, which differ in routing, errors and
// events.
type Kind string

// The families.
const (
	REST Kind = "REST"
	HTTP Kind = "HTTP"
)

// DefaultStage is served at the root of an HTTP API's host; DefaultRoute takes
// what no other route of an HTTP API takes. AnyMethod is every method.
const (
	DefaultStage = "$default"
	DefaultRoute = "$default"
	AnyMethod    = "ANY"
)

// A Deployment is one stage of one API as it is served. Fill it, give it to New,
// and never change it again.
type Deployment struct {
	Kind    Kind
	APIID   string
	Stage   string
	Account string
	Region  string

	ID       string // deployment id
	Disabled bool   // disableExecuteApiEndpoint: nobody may call it

	Routes         []Route
	Policy         *policy.Policy    // resource policy of a REST API, nil for none
	CORS           *CORS             // of an HTTP API, nil for none
	StageVariables map[string]string //
	BinaryTypes    []string          // binaryMediaTypes of a REST API
	// GatewayHeaders are added to the failures that a REST API makes itself
	// (gateway responses DEFAULT_4XX and DEFAULT_5XX), as static values.
	Gateway4XX, Gateway5XX map[string]string

	// CacheEpoch changes whenever the stage's cache is flushed. It and ID are part
	// of the key of every cached answer.
	CacheEpoch string

	index *index
}

// A Route is one method of one resource (REST) or one route (HTTP).
type Route struct {
	Method string // "GET", or AnyMethod
	Path   string // "/pets/{id}", "/{proxy+}", "/", or DefaultRoute (whose method is AnyMethod)

	ID            string // route id of HTTP APIs, resource id of REST APIs
	OperationName string

	Authorization Authorization
	Authorizer    *Authorizer // of JWT and COGNITO_USER_POOLS, else nil
	Scopes        []string    // one of them must be in the token; empty: none is asked for

	RequiredParameters []string // "method.request.querystring.q" of REST: absent is answered 400
	Integration        *Integration
	Cache              *Cache // nil: not cached

	template []part
}

// An Authorization is how the callers of a route are known.
type Authorization string

// What is offered. CUSTOM (Lambda authorizers) is refused by the control planes.
const (
	None      Authorization = "NONE"
	IAM       Authorization = "AWS_IAM"
	JWT       Authorization = "JWT"                // HTTP APIs
	UserPools Authorization = "COGNITO_USER_POOLS" // REST APIs
)

// An Authorizer says where the token of a request is and whose tokens count.
type Authorizer struct {
	ID, Name string
	Header   string // name of the header with the token; "" where Query is set
	Query    string // name of the query parameter with the token

	Issuer    string   // JWT: as configured, and equal to iss
	Audiences []string // JWT: aud, or client_id, is one of them

	// Providers are user pools that are served here, as
	// cognito-idp.REGION.amazonaws.com/POOL: the pools of a COGNITO_USER_POOLS
	// authorizer; of a JWT authorizer at most one, its issuer's. Empty: the issuer is
	// foreign and its keys are fetched.
	Providers []string
}

// A Backend is what kind of thing answers.
type Backend string

// What is offered. REST APIs call these AWS_PROXY, HTTP_PROXY and MOCK.
const (
	Lambda Backend = "LAMBDA"
	Proxy  Backend = "HTTP_PROXY"
	Mock   Backend = "MOCK"
)

// An Integration is what answers. Stage variables in its texts have been
// substituted already.
type Integration struct {
	ID      string
	Backend Backend

	Function       string // Lambda: ARN, with a version or alias or without
	PayloadVersion string // Lambda: "1.0" or "2.0"; always "1.0" for REST

	Method     string    // Proxy: of the request to the backend, AnyMethod for the caller's
	URI        string    // Proxy: template as in ParseTarget
	Parameters []Mapping // Proxy: what is set on the request to the backend

	Timeout time.Duration // 0: the most that the kind of API allows

	// Responses of Mock: the first is the answer.
	MockStatus int
	MockHeader map[string]string
	MockBody   string

	target *Target
}

// A Cache is how the answers of a REST method are kept.
type Cache struct {
	TTL                 time.Duration // 0 to 3600 s
	KeyParameters       []string      // "method.request.path.id", "method.request.querystring.q", "method.request.header.X"
	RequireAllowance    bool          // Cache-Control: max-age=0 needs execute-api:InvalidateCache
	UnallowedRefreshing Refreshing    // what becomes of such a request without it
}

// Refreshing is an unauthorizedCacheControlHeaderStrategy.
type Refreshing string

// The strategies. The zero value counts as FailWith403.
const (
	FailWith403        Refreshing = "FAIL_WITH_403"
	WithResponseHeader Refreshing = "SUCCEED_WITH_RESPONSE_HEADER"
	WithoutHeader      Refreshing = "SUCCEED_WITHOUT_RESPONSE_HEADER"
)

// A CORS is the configuration of an HTTP API. While it has one, the API answers
// preflights itself and no backend's CORS headers are sent.
type CORS struct {
	AllowCredentials bool
	AllowHeaders     []string
	AllowMethods     []string
	AllowOrigins     []string
	ExposeHeaders    []string
	MaxAge           *int // seconds
}
