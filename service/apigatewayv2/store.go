package apigatewayv2

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Keys:
//
//	apigatewayv2 api ID                       an API, with its account and region inside
//	apigatewayv2 of ACCOUNT REGION ID         the APIs of an account
//	apigatewayv2 deployment ID DEPLOYMENT     what was deployed
//	apigatewayv2 stamp ID                     changes with everything above of an API
func apiKey(id string) []byte { return store.Key("apigatewayv2", "api", id) }

func listKey(account, region, id string) []byte {
	return store.Key("apigatewayv2", "of", account, region, id)
}

func deploymentKey(api, deployment string) []byte {
	return store.Key("apigatewayv2", "deployment", api, deployment)
}
func stampKey(api string) []byte { return store.Key("apigatewayv2", "stamp", api) }
func listOf(account, region string) (from, to []byte) {
	return store.Prefix("apigatewayv2", "of", account, region)
}

// An api is all that is configured of an HTTP API.
type api struct {
	ID           string                  `json:"id"`
	Account      string                  `json:"account"`
	Region       string                  `json:"region"`
	Name         string                  `json:"name"`
	Description  *string                 `json:"description,omitempty"`
	Version      *string                 `json:"version,omitempty"`
	IPAddress    string                  `json:"ipAddress,omitempty"`
	Created      time.Time               `json:"created"`
	Disabled     bool                    `json:"disabled,omitempty"`
	CORS         *cors                   `json:"cors,omitempty"`
	Tags         map[string]string       `json:"tags,omitempty"`
	Routes       map[string]*route       `json:"routes,omitempty"`
	Integrations map[string]*integration `json:"integrations,omitempty"`
	Authorizers  map[string]*authorizer  `json:"authorizers,omitempty"`
	Stages       map[string]*stage       `json:"stages,omitempty"`
}

type cors struct {
	AllowCredentials bool     `json:"credentials,omitempty"`
	AllowHeaders     []string `json:"headers,omitempty"`
	AllowMethods     []string `json:"methods,omitempty"`
	AllowOrigins     []string `json:"origins,omitempty"`
	ExposeHeaders    []string `json:"expose,omitempty"`
	MaxAge           *int32   `json:"maxAge,omitempty"`
}

type route struct {
	ID            string   `json:"id"`
	Key           string   `json:"key"` // "GET /pets/{id}" or "$default"
	Authorization string   `json:"authorization"`
	AuthorizerID  string   `json:"authorizer,omitempty"`
	Scopes        []string `json:"scopes,omitempty"`
	Operation     *string  `json:"operation,omitempty"`
	Integration   string   `json:"integration,omitempty"` // id, "" for none
	Managed       bool     `json:"managed,omitempty"`
}

type integration struct {
	ID          string  `json:"id"`
	Type        string  `json:"type"` // AWS_PROXY, HTTP_PROXY
	URI         string  `json:"uri"`
	Method      string  `json:"method"`
	Payload     string  `json:"payload"`
	Timeout     int32   `json:"timeout"` // milliseconds
	Description *string `json:"description,omitempty"`
	Managed     bool    `json:"managed,omitempty"`
}

type authorizer struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Source   []string `json:"source"`
	Issuer   string   `json:"issuer"`
	Audience []string `json:"audience"`
}

type stage struct {
	Name        string              `json:"name"`
	AutoDeploy  bool                `json:"auto,omitempty"`
	Deployment  string              `json:"deployment,omitempty"`
	Description *string             `json:"description,omitempty"`
	Variables   map[string]string   `json:"variables,omitempty"`
	Tags        map[string]string   `json:"tags,omitempty"`
	Created     time.Time           `json:"created"`
	Updated     time.Time           `json:"updated"`
	Managed     bool                `json:"managed,omitempty"`
	Default     *settings           `json:"default,omitempty"`
	Routes      map[string]settings `json:"routes,omitempty"`
	Log         *AccessLogSettings  `json:"log,omitempty"`
}

// settings are kept and not acted upon.
type settings struct {
	Trace   *bool    `json:"trace,omitempty"`
	Metrics *bool    `json:"metrics,omitempty"`
	Logging *string  `json:"logging,omitempty"`
	Burst   *int32   `json:"burst,omitempty"`
	Rate    *float64 `json:"rate,omitempty"`
}

// A deployment is what is served of an API: copies that never change.
type deployment struct {
	ID           string                  `json:"id"`
	Description  *string                 `json:"description,omitempty"`
	Auto         bool                    `json:"auto,omitempty"`
	Created      time.Time               `json:"created"`
	CORS         *cors                   `json:"cors,omitempty"`
	Routes       map[string]*route       `json:"routes,omitempty"`
	Integrations map[string]*integration `json:"integrations,omitempty"`
	Authorizers  map[string]*authorizer  `json:"authorizers,omitempty"`
}

// find reads an API of the caller's account and region.
func find(r store.Reader, call *bailiwick.Call, id string) (*api, error) {
	x, err := store.GetJSON[api](r, apiKey(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && (x.Account != call.Account || x.Region != call.Region) {
		return nil, errNoAPI(call, id)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the API %s: %w", id, err)
	}
	return &x, nil
}

// read is for operations that change nothing.
func (a *API) read(ctx context.Context, call *bailiwick.Call, id *string, fn func(store.Reader, *api) error) error {
	return a.Store.View(ctx, func(r store.Reader) error {
		x, err := find(r, call, *id)
		if err != nil {
			return err
		}
		return fn(r, x)
	})
}

// change lets fn change an API and keeps it, if what came of it can be served.
// With deploys, what stages deploy by themselves is deployed.
func (a *API) change(ctx context.Context, call *bailiwick.Call, id *string, deploys bool, fn func(store.Tx, *api) error) error {
	fresh, err := a.newID(6)
	if err != nil {
		return err
	}
	stamp, err := a.newID(idLength)
	if err != nil {
		return err
	}
	return a.Store.Update(ctx, func(tx store.Tx) error {
		x, err := find(tx, call, *id)
		if err != nil {
			return err
		}
		if err := fn(tx, x); err != nil {
			return err
		}
		if err := x.servable(); err != nil {
			return err
		}
		if deploys {
			if err := x.autoDeploy(tx, fresh, call.Time); err != nil {
				return err
			}
		}
		return x.put(tx, stamp)
	})
}

// put writes the API and its stamp.
func (x *api) put(tx store.Tx, stamp string) error {
	if err := store.PutJSON(tx, apiKey(x.ID), x); err != nil {
		return err
	}
	if err := store.PutJSON(tx, listKey(x.Account, x.Region, x.ID), true); err != nil {
		return err
	}
	return store.PutJSON(tx, stampKey(x.ID), stamp)
}

const (
	idLength = 10
	alphabet = "abcdefghijklmnopqrstuvwxyz0123456789"
)

// newID draws an id: letters and digits, a letter first, because it is the label
// of a host.
func (a *API) newID(length int) (string, error) {
	out := make([]byte, 0, length)
	var b [1]byte
	for len(out) < length {
		if _, err := io.ReadFull(a.Rand, b[:]); err != nil {
			return "", fmt.Errorf("drawing an id: %w", err)
		}
		n := len(alphabet)
		if len(out) == 0 {
			n = 26
		}
		if limit := 256 - 256%n; int(b[0]) < limit { // every character as likely
			out = append(out, alphabet[int(b[0])%n])
		}
	}
	return string(out), nil
}

// sorted are the values of m in the order of their keys.
func sorted[T any](m map[string]T) []T {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	out := make([]T, 0, len(m))
	for _, k := range keys {
		out = append(out, m[k])
	}
	return out
}
