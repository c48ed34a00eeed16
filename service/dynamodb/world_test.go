package dynamodb_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/dynamodb"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

const arnT = "arn:aws:dynamodb:" + servicetest.Region + ":" + servicetest.Account + ":table/Tab"

// A world is a server of tables, and whoever may do what there.
type world struct {
	*servicetest.Server
	t        testing.TB
	api      *dynamodb.API
	store    store.Store
	attached map[string]*policy.Set // by ARN of the role
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newWorld(t *testing.T) *world {
	t.Helper()
	return worldOn(t, storetest.Twice(&mem.Engine{Now: func() time.Time { return start }}))
}

func worldOn(t *testing.T, s store.Store) *world {
	t.Helper()
	n := 0
	w := &world{t: t, store: s, attached: map[string]*policy.Set{}}
	w.api = &dynamodb.API{Store: s, NewID: func() string { n++; return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }}
	w.Server = servicetest.New(t, w.api.Service(), w, w.now)
	return w
}

func (w *world) Attached(_ context.Context, who bailiwick.Principal) (bailiwick.Attachments, error) {
	set := w.attached[who.RoleARN]
	if set == nil {
		set = policy.NewSet()
	}
	return bailiwick.Attachments{Identity: set}, nil
}

func (w *world) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s does not exist.", arn)
}

// tenant is a session of role Tenant with the tag org, or without tags for "".
func tenant(org string) bailiwick.Principal {
	s := &bailiwick.Session{
		Account: servicetest.Account, RoleARN: "arn:aws:iam::" + servicetest.Account + ":role/Tenant", RoleID: "AROATENANT",
		Name: "s", Issued: start, Expires: start.Add(time.Hour),
	}
	if org != "" {
		s.Tags = map[string]string{"org": org}
	}
	return s.Principal()
}

// allow attaches the statements to role Tenant, and makes a session of it call.
func (w *world) allow(org string, statements ...string) {
	w.t.Helper()
	doc, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`)
	if err != nil {
		w.t.Fatal(err)
	}
	w.attached[tenant(org).RoleARN] = policy.NewSet(policy.Compile("p", doc))
	w.As(tenant(org))
}

func (w *world) root() { w.As(servicetest.Root()) }

// allowed and denied are the two outcomes that policies have.
func (w *world) allowed(op, in string) map[string]any {
	w.t.Helper()
	r := w.JSON(op, in)
	if r.Status != 200 {
		w.t.Errorf("%s %s: got %s %s, want success", op, in, r.Code, r.Message)
	}
	return r.Out
}

func (w *world) denied(op, in, resource string) {
	w.t.Helper()
	w.deniedAs(op, in, "dynamodb:"+op, resource, " because no identity-based policy allows the dynamodb:"+op+" action")
}

func (w *world) deniedAs(op, in, action, resource, because string) {
	w.t.Helper()
	r := w.JSON(op, in)
	want := "User: arn:aws:sts::" + servicetest.Account + ":assumed-role/Tenant/s is not authorized to perform: " + action + " on resource: " + resource + because
	if r.Code != "AccessDeniedException" || r.Message != want || len(r.Out) != 2 {
		w.t.Errorf("%s %s: got %s\nwant AccessDeniedException %s", op, in, r.Body, want)
	}
}

// refused wants this failure.
func (w *world) refused(op, in, code, message string) {
	w.t.Helper()
	if r := w.JSON(op, in); r.Code != code || r.Message != message {
		w.t.Errorf("%s %s:\n got %s: %s %s\nwant %s: %s", op, in, r.Code, r.Message, okBody(r), code, message)
	}
}

func okBody(r servicetest.Reply) string {
	if r.Code == "" {
		return r.Body
	}
	return ""
}

func (w *world) invalid(op, in, message string) {
	w.t.Helper()
	w.refused(op, in, "ValidationException", message)
}

// same wants the answer to be this JSON.
func (w *world) same(op, in, want string) {
	w.t.Helper()
	got := w.allowed(op, in)
	var wanted map[string]any
	if err := json.Unmarshal([]byte(want), &wanted); err != nil {
		w.t.Fatalf("%s: %v", want, err)
	}
	if !reflect.DeepEqual(got, wanted) {
		text, _ := json.Marshal(got)
		w.t.Errorf("%s %s:\n got %s\nwant %s", op, in, text, want)
	}
}

// holds wants table Tab to have exactly these items, as root sees them.
func (w *world) holds(want string) {
	w.t.Helper()
	w.root()
	got, err := json.Marshal(w.OK("Scan", `{"TableName":"Tab"}`)["Items"])
	if err != nil {
		w.t.Fatal(err)
	}
	if string(got) != want {
		w.t.Errorf("table holds %s\nwant %s", got, want)
	}
}

// dump is everything that the store holds, to tell whether anything was written.
func (w *world) dump() string {
	w.t.Helper()
	var b strings.Builder
	err := w.store.View(context.Background(), func(r store.Reader) error {
		for e, err := range r.Scan(nil, nil, false) {
			if err != nil {
				return err
			}
			fmt.Fprintf(&b, "%x=%x\n", e.Key, e.Value)
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return b.String()
}

const createT = `{"TableName":"Tab","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],
	"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"S"},{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"l","AttributeType":"N"}],
	"GlobalSecondaryIndexes":[{"IndexName":"byG","KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}],
	"LocalSecondaryIndexes":[{"IndexName":"byL","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"l","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],
	"BillingMode":"PAY_PER_REQUEST"}`

func (w *world) now() time.Time { return start }
