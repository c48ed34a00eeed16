package userpools_test

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/outbox"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/service/userpools"
	"github.com/bailiwick-project/bailiwick/srp"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
	"github.com/bailiwick-project/bailiwick/token"
)

// An env is the slice over a store that runs every change twice, with a clock
// that the test moves.
type env struct {
	*servicetest.Server
	t     *testing.T
	store store.Store
	rand  io.Reader
	clock func() time.Time
	now   time.Time
}

// One key serves all tests: to make one takes longer than most tests.
var testKey = sync.OnceValues(func() (*token.Key, error) { return token.NewKey(rand.Reader) })

var testSecret = []byte("a secret key of thirty-two bytes")

var testGroup = sync.OnceValue(srp.NewGroup)

func newEnv(t *testing.T, policies bailiwick.Policies) *env {
	t.Helper()
	e := &env{t: t, now: time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)}
	e.rand, e.clock = rand.Reader, func() time.Time { return e.now }
	e.store = storetest.Twice(&mem.Engine{Now: e.clock})
	api := &userpools.API{Store: e.store, SRP: testGroup(), Now: e.clock, Rand: e.rand, Key: testSecret, NewKey: testKey}
	e.Server = servicetest.New(t, api.Service(), policies, e.clock)
	return e
}

// doc prints a request: pairs of name and value.
func doc(pairs ...any) string {
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i].(string)] = pairs[i+1]
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}

type m = map[string]any

// attrs is a list of attributes from pairs.
func attrs(pairs ...string) []m {
	list := []m{}
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, m{"Name": pairs[i], "Value": pairs[i+1]})
	}
	return list
}

// pool makes a pool and answers its id.
func (e *env) pool(pairs ...any) string {
	e.t.Helper()
	out := e.OK("CreateUserPool", doc(append([]any{"PoolName", "p"}, pairs...)...))
	return out["UserPool"].(m)["Id"].(string)
}

// client makes a client of a pool and answers its id.
func (e *env) client(pool string, pairs ...any) string {
	e.t.Helper()
	out := e.OK("CreateUserPoolClient", doc(append([]any{"UserPoolId", pool, "ClientName", "c"}, pairs...)...))
	return out["UserPoolClient"].(m)["ClientId"].(string)
}

// call calls an operation that must succeed.
func (e *env) call(operation string, pairs ...any) m {
	e.t.Helper()
	return e.OK(operation, doc(pairs...))
}

// fails calls an operation that must fail with a code and a sentence.
func (e *env) fails(code, message, operation string, pairs ...any) {
	e.t.Helper()
	r := e.JSON(operation, doc(pairs...))
	if r.Code != code || r.Message != message {
		e.t.Errorf("%s %s\n got %s %q\nwant %s %q", operation, doc(pairs...), r.Code, r.Message, code, message)
	}
}

// attributes of a user as administrators see them; "status" and "enabled" beside.
func (e *env) attributes(pool, username string) map[string]string {
	e.t.Helper()
	u := e.call("AdminGetUser", "UserPoolId", pool, "Username", username)
	out := map[string]string{"status": u["UserStatus"].(string), "enabled": fmt.Sprint(u["Enabled"]), "username": u["Username"].(string)}
	for _, a := range u["UserAttributes"].([]any) {
		out[a.(m)["Name"].(string)] = a.(m)["Value"].(string)
	}
	return out
}

// code is the newest code or temporary password that was sent to an address.
func (e *env) code(to string) string {
	e.t.Helper()
	list, err := outbox.List(e.t.Context(), e.store, to)
	if err != nil || len(list) == 0 {
		e.t.Fatalf("no message to %s: %v", to, err)
	}
	return list[len(list)-1].Code
}

// messages counts the messages to an address.
func (e *env) messages(to string) int {
	e.t.Helper()
	list, err := outbox.List(e.t.Context(), e.store, to)
	if err != nil {
		e.t.Fatal(err)
	}
	return len(list)
}

// wrong is a code that is not the given one.
func wrong(code string) string {
	if code == "000000" {
		return "111111"
	}
	return "000000"
}

const password = "Passw0rd!"

// signUp signs a user up.
func (e *env) signUp(client, username string, pairs ...string) m {
	e.t.Helper()
	return e.call("SignUp", "ClientId", client, "Username", username, "Password", password, "UserAttributes", attrs(pairs...))
}
