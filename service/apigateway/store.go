package apigateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/store"
)

// Keys, all below "apigateway":
//
//	api        API                 restAPI
//	account    ACCOUNT REGION API  nothing, for listings
//	definition API                 definition: what is edited
//	deployment API DEPLOYMENT      deployment
//	snapshot   API DEPLOYMENT      snapshot: what is served; never changes
//	stage      API STAGE           stage
const space = "apigateway"

// A restAPI is an API without its parts.
type restAPI struct {
	ID            string            `json:"id"`
	Account       string            `json:"account"`
	Region        string            `json:"region"`
	Root          string            `json:"root"` // id of the resource "/"
	Name          string            `json:"name"`
	Description   string            `json:"description,omitempty"`
	Version       string            `json:"version,omitempty"`
	Created       time.Time         `json:"created"`
	KeySource     string            `json:"keySource"`
	EndpointType  string            `json:"endpointType"`
	IPAddressType string            `json:"ipAddressType"`
	Disabled      bool              `json:"disabled,omitempty"` // disableExecuteApiEndpoint
	Compression   *int32            `json:"compression,omitempty"`
	BinaryTypes   []string          `json:"binaryTypes,omitempty"`
	Policy        string            `json:"policy,omitempty"` // with full ARNs
	Tags          map[string]string `json:"tags,omitempty"`
}

// A definition is the parts of an API, by their ids.
type definition struct {
	Resources   map[string]*resource   `json:"resources"`
	Authorizers map[string]*authorizer `json:"authorizers,omitempty"`
	Validators  map[string]*validator  `json:"validators,omitempty"`
	Failures    map[string]*failing    `json:"failures,omitempty"` // gateway responses, by type
}

// A validator says what is asked of requests before they are sent on.
type validator struct {
	ID         string `json:"id"`
	Name       string `json:"name"`
	Parameters bool   `json:"parameters,omitempty"` // required parameters must be there
}

// A failing is how the API tells its own failures: a gateway response.
type failing struct {
	Parameters map[string]string `json:"parameters,omitempty"` // "gatewayresponse.header.X" -> "'value'"
	Templates  map[string]string `json:"templates,omitempty"`  // as AWS has them by default, or none
}

// A resource is one path of an API.
type resource struct {
	ID      string             `json:"id"`
	Parent  string             `json:"parent,omitempty"` // "" of the root
	Part    string             `json:"part,omitempty"`
	Path    string             `json:"path"`
	Methods map[string]*method `json:"methods,omitempty"` // by "GET", "ANY"
}

type method struct {
	Authorization string                     `json:"authorization"`
	Authorizer    string                     `json:"authorizer,omitempty"` // id
	Scopes        []string                   `json:"scopes,omitempty"`
	OperationName string                     `json:"operationName,omitempty"`
	Validator     string                     `json:"validator,omitempty"` // id
	Parameters    map[string]bool            `json:"parameters,omitempty"`
	Models        map[string]string          `json:"models,omitempty"`
	Responses     map[string]*methodResponse `json:"responses,omitempty"` // by status
	Integration   *integration               `json:"integration,omitempty"`
}

type methodResponse struct {
	Parameters map[string]bool   `json:"parameters,omitempty"`
	Models     map[string]string `json:"models,omitempty"`
}

type integration struct {
	Type            string                          `json:"type"`
	Method          string                          `json:"method,omitempty"`
	URI             string                          `json:"uri,omitempty"`
	ConnectionType  string                          `json:"connectionType,omitempty"`
	Passthrough     string                          `json:"passthrough"`
	ContentHandling string                          `json:"contentHandling,omitempty"`
	Parameters      map[string]string               `json:"parameters,omitempty"`
	Templates       map[string]string               `json:"templates,omitempty"`
	CacheNamespace  string                          `json:"cacheNamespace"`
	CacheKeys       []string                        `json:"cacheKeys,omitempty"`
	Timeout         int32                           `json:"timeout"`             // ms
	Responses       map[string]*integrationResponse `json:"responses,omitempty"` // by status
}

type integrationResponse struct {
	Pattern         string            `json:"pattern,omitempty"`
	ContentHandling string            `json:"contentHandling,omitempty"`
	Parameters      map[string]string `json:"parameters,omitempty"`
	Templates       map[string]string `json:"templates,omitempty"`
}

// An authorizer takes tokens of user pools.
type authorizer struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	AuthType  string   `json:"authType,omitempty"`
	Source    string   `json:"source"` // method.request.header.NAME
	TTL       *int32   `json:"ttl,omitempty"`
	Providers []string `json:"providers"` // ARNs of user pools
}

type deployment struct {
	ID          string    `json:"id"`
	Description string    `json:"description,omitempty"`
	Created     time.Time `json:"created"`
}

// A snapshot is what was deployed.
type snapshot struct {
	Policy      string     `json:"policy,omitempty"`
	Disabled    bool       `json:"disabled,omitempty"`
	BinaryTypes []string   `json:"binaryTypes,omitempty"`
	Definition  definition `json:"definition"`
}

// A stage is a name under which a deployment is served, with settings of its
// own. Whatever of it is served is in this record: its bytes are compared.
type stage struct {
	API           string              `json:"api"`
	Account       string              `json:"account"`
	Region        string              `json:"region"`
	Name          string              `json:"name"`
	Deployment    string              `json:"deployment"`
	Description   string              `json:"description,omitempty"`
	Created       time.Time           `json:"created"`
	Updated       time.Time           `json:"updated"`
	Variables     map[string]string   `json:"variables,omitempty"`
	Cache         bool                `json:"cache,omitempty"` // cacheClusterEnabled
	CacheSize     string              `json:"cacheSize,omitempty"`
	Epoch         int                 `json:"epoch"`              // grows with every flush
	Settings      map[string]*setting `json:"settings,omitempty"` // by "*/*" or "pets/{id}/GET"
	Tracing       bool                `json:"tracing,omitempty"`
	LogTarget     string              `json:"logTarget,omitempty"`
	LogFormat     string              `json:"logFormat,omitempty"`
	Documentation string              `json:"documentation,omitempty"`
	Tags          map[string]string   `json:"tags,omitempty"`
}

// A setting is the method settings of one method, or of all.
type setting struct {
	Metrics      bool    `json:"metrics,omitempty"`
	LogLevel     string  `json:"logLevel,omitempty"`
	DataTrace    bool    `json:"dataTrace,omitempty"`
	Burst        int32   `json:"burst"`
	Rate         float64 `json:"rate"`
	Caching      bool    `json:"caching,omitempty"`
	TTL          int32   `json:"ttl"` // s
	Encrypted    bool    `json:"encrypted,omitempty"`
	RequireLeave bool    `json:"requireLeave"` // requireAuthorizationForCacheControl
	WithoutLeave string  `json:"withoutLeave"` // unauthorizedCacheControlHeaderStrategy
}

func apiKey(id string) []byte             { return store.Key(space, "api", id) }
func accountKey(a *restAPI) []byte        { return store.Key(space, "account", a.Account, a.Region, a.ID) }
func definitionKey(id string) []byte      { return store.Key(space, "definition", id) }
func deploymentKey(api, id string) []byte { return store.Key(space, "deployment", api, id) }
func snapshotKey(api, id string) []byte   { return store.Key(space, "snapshot", api, id) }
func stageKey(api, name string) []byte    { return store.Key(space, "stage", api, name) }

func get[T any](r store.Reader, key []byte, missing error, what string) (*T, error) {
	v, err := store.GetJSON[T](r, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, missing
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	return &v, nil
}

// ownAPI reads an API of the caller's account and region. Another's is not found,
// and neither is what can be no id: strangers choose these, and keys have a limit.
func ownAPI(r store.Reader, call *bailiwick.Call, id string) (*restAPI, error) {
	if !gateway.IsAPIID(id) {
		return nil, noAPI(call, id)
	}
	a, err := get[restAPI](r, apiKey(id), noAPI(call, id), "API "+id)
	if err == nil && (a.Account != call.Account || a.Region != call.Region) {
		return nil, noAPI(call, id)
	}
	return a, err
}

// maxName bounds the names of stages, and ids, in bytes.
const maxName = 128

// ownDefinition reads the parts of an API of the caller's account and region.
func ownDefinition(r store.Reader, call *bailiwick.Call, id string) (*definition, error) {
	if _, err := ownAPI(r, call, id); err != nil {
		return nil, err
	}
	return get[definition](r, definitionKey(id), fmt.Errorf("API %s has no definition", id), "the definition of API "+id)
}

func ownStage(r store.Reader, call *bailiwick.Call, api, name string) (*stage, error) {
	if _, err := ownAPI(r, call, api); err != nil {
		return nil, err
	}
	if len(name) > maxName {
		return nil, errNoStage
	}
	return get[stage](r, stageKey(api, name), errNoStage, "stage "+name+" of API "+api)
}

func getDeployment(r store.Reader, api, id string) (*deployment, error) {
	if len(id) > maxName {
		return nil, errNoDeployment
	}
	return get[deployment](r, deploymentKey(api, id), errNoDeployment, "deployment "+id+" of API "+api)
}

// maxDefinition bounds the record of a definition, in bytes: it is read and
// written as a whole.
const maxDefinition = 4 << 20

func putDefinition(tx store.Tx, id string, d *definition) error {
	text, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("encoding the definition of API %s: %w", id, err)
	}
	if len(text) > maxDefinition {
		return errTooLarge
	}
	return store.PutJSON(tx, definitionKey(id), json.RawMessage(text))
}

func putAPI(tx store.Tx, a *restAPI) error {
	if err := store.PutJSON(tx, apiKey(a.ID), a); err != nil {
		return err
	}
	return store.PutJSON(tx, accountKey(a), struct{}{})
}

func putStage(tx store.Tx, s *stage) error { return store.PutJSON(tx, stageKey(s.API, s.Name), s) }

// resource finds a resource by its id.
func (d *definition) resource(id string) (*resource, error) {
	if r := d.Resources[id]; r != nil {
		return r, nil
	}
	return nil, errNoResource
}

// method finds a method of a resource.
func (d *definition) method(resource, name string) (*method, error) {
	r, err := d.resource(resource)
	if err != nil {
		return nil, err
	}
	if m := r.Methods[name]; m != nil {
		return m, nil
	}
	return nil, errNoMethod
}

// integration finds the integration of a method.
func (d *definition) integration(resource, name string) (*integration, error) {
	m, err := d.method(resource, name)
	if err != nil {
		return nil, err
	}
	if m.Integration == nil {
		return nil, errNoIntegration
	}
	return m.Integration, nil
}
