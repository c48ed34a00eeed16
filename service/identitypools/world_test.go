package identitypools_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/identitypools"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
	"github.com/bailiwick-project/bailiwick/token"
)

const account = servicetest.Account

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Two user pools; both have a client "web", as hostile owners may choose.
const (
	poolA = "cognito-idp.us-east-1.amazonaws.com/us-east-1_AAAAAAAAA"
	poolB = "cognito-idp.us-east-1.amazonaws.com/us-east-1_BBBBBBBBB"
)

// userPool is the key of all user pools of all tests: RSA keys are slow to make.
var userPool = sync.OnceValue(func() *token.Key {
	k, err := token.NewKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
})

// A world is an identity pool service with user pools and a role assumer that
// the test controls.
type world struct {
	*servicetest.Server
	t        *testing.T
	api      *identitypools.API
	store    *counting
	now      time.Time
	inactive map[string]bool // by sub
	roles    map[string]bailiwick.Role
	refuse   error                  // of the role assumer
	wants    []bailiwick.AssumeRole // what it was asked
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, now: start, inactive: map[string]bool{}, roles: map[string]bailiwick.Role{}}
	w.store = &counting{Store: storetest.Twice(&mem.Engine{Now: w.clock})}
	w.api = &identitypools.API{Store: w.store, IDTokens: w, RoleAssumer: w, Roles: w, Now: w.clock, Rand: rand.Reader}
	w.Server = servicetest.New(t, w.api.Service(), nil, w.clock)
	return w
}

func (w *world) clock() time.Time { return w.now }

// VerifyIDToken verifies for real: signature, issuer, expiry, use.
func (w *world) VerifyIDToken(_ context.Context, provider, jwt string) (bailiwick.Claims, error) {
	claims, err := token.Verify(jwt, token.NewKeySet(userPool()))
	reason := bailiwick.TokenReason("")
	exp, _ := claims.Time("exp")
	iat, _ := claims.Time("iat")
	switch {
	case provider != poolA && provider != poolB:
		reason = bailiwick.TokenNoProvider
	case errors.Is(err, token.ErrMalformed):
		reason = bailiwick.TokenMalformed
	case err != nil:
		reason = bailiwick.TokenSignature
	case claims["iss"] != "https://"+provider:
		reason = bailiwick.TokenIssuer
	case claims["token_use"] != "id":
		reason = bailiwick.TokenUse
	case !w.now.Before(exp):
		reason = bailiwick.TokenExpired
	case w.now.Before(iat):
		reason = bailiwick.TokenNotYet
	}
	if reason != "" {
		return nil, &bailiwick.TokenError{Reason: reason, Expires: exp}
	}
	return bailiwick.Claims(claims), nil
}

func (w *world) Active(_ context.Context, _ string, claims bailiwick.Claims) (bool, error) {
	sub, _ := claims["sub"].(string)
	return !w.inactive[sub], nil
}

func (w *world) AssumeRoleForWebIdentity(_ context.Context, _ *bailiwick.Call, want bailiwick.AssumeRole) (bailiwick.Credential, error) {
	w.wants = append(w.wants, want)
	if w.refuse != nil {
		return bailiwick.Credential{}, w.refuse
	}
	return bailiwick.Credential{AccessKeyID: "ASIAEXAMPLE", Secret: "shh", SessionToken: "tok", Expires: w.now.Add(want.Duration)}, nil
}

func (w *world) Role(_ context.Context, arn string) (bailiwick.Role, error) {
	r, ok := w.roles[arn]
	if !ok {
		return bailiwick.Role{}, bailiwick.ErrNoRole
	}
	return r, nil
}

// token makes an ID token of a user; more claims overwrite the usual ones.
func (w *world) token(provider, sub string, more map[string]any) string {
	w.t.Helper()
	claims := map[string]any{
		"iss": "https://" + provider, "aud": "web", "sub": sub, "token_use": "id", "cognito:username": "u-" + sub,
		"iat": w.now.Unix(), "exp": w.now.Add(time.Hour).Unix(),
	}
	for k, v := range more {
		if claims[k] = v; v == nil {
			delete(claims, k)
		}
	}
	t, err := userPool().Sign(claims)
	if err != nil {
		w.t.Fatal(err)
	}
	return t
}

// pool makes an identity pool for poolA's client web. more is added to the input.
func (w *world) pool(more map[string]any) string {
	w.t.Helper()
	in := map[string]any{
		"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true,
		"CognitoIdentityProviders": []any{map[string]any{"ProviderName": poolA, "ClientId": "web"}},
	}
	for k, v := range more {
		in[k] = v
	}
	id, _ := w.ok("CreateIdentityPool", in)["IdentityPoolId"].(string)
	return id
}

// rolled gives the pool its two roles and more of SetIdentityPoolRoles.
func (w *world) rolled(id string, mappings any) {
	w.t.Helper()
	in := map[string]any{"IdentityPoolId": id, "Roles": map[string]any{"authenticated": role("Auth"), "unauthenticated": role("Guest")}}
	if mappings != nil {
		in["RoleMappings"] = mappings
	}
	w.ok("SetIdentityPoolRoles", in)
}

func role(name string) string { return "arn:aws:iam::" + account + ":role/" + name }

func (w *world) ok(operation string, in any) map[string]any {
	w.t.Helper()
	return w.OK(operation, text(w.t, in))
}

// id is GetId with one login.
func (w *world) id(pool, provider, jwt string) string {
	w.t.Helper()
	id, _ := w.ok("GetId", map[string]any{"IdentityPoolId": pool, "Logins": map[string]any{provider: jwt}})["IdentityId"].(string)
	return id
}

func (w *world) guest(pool string) string {
	w.t.Helper()
	id, _ := w.ok("GetId", map[string]any{"IdentityPoolId": pool})["IdentityId"].(string)
	return id
}

// refused calls an operation that must fail with exactly this.
func (w *world) refused(name, operation string, in any, code, message string) {
	w.t.Helper()
	r := w.JSON(operation, text(w.t, in))
	if r.Code != code || r.Message != message {
		w.t.Errorf("%s: got %d %s %q\nwant %s %q", name, r.Status, r.Code, r.Message, code, message)
	}
}

// noted tells whether the administrator was told why the last call went so.
func (w *world) noted(name, part string) {
	w.t.Helper()
	notes := w.Records[len(w.Records)-1].Call.Trail.Notes
	if !strings.Contains(strings.Join(notes, "\n"), part) {
		w.t.Errorf("%s: notes %q lack %q", name, notes, part)
	}
}

func text(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// counting counts transactions.
type counting struct {
	store.Store
	views, updates atomic.Int32
}

func (c *counting) View(ctx context.Context, fn func(store.Reader) error) error {
	c.views.Add(1)
	return c.Store.View(ctx, fn)
}

func (c *counting) Update(ctx context.Context, fn func(store.Tx) error) error {
	c.updates.Add(1)
	return c.Store.Update(ctx, fn)
}

type object = map[string]any
