package dynamodb_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/service/dynamodb"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

// desk is the request path without HTTP, signatures and logs: the principal is
// believed, everything else is real.
type desk struct {
	world
	router *service.Router
	who    bailiwick.Principal
}

func (d *desk) Authenticate(context.Context, *http.Request, []byte, string) (bailiwick.Signer, error) {
	return bailiwick.Signer{Who: d.who, Auth: bailiwick.Authentication{Region: servicetest.Region}}, nil
}

func (d *desk) Plausible(context.Context, *http.Request, string) bool { return true }

func (d *desk) AuthenticateStream(ctx context.Context, r *http.Request, name string) (bailiwick.Signer, io.Reader, error) {
	signer, err := d.Authenticate(ctx, r, nil, name)
	return signer, r.Body, err
}

func (d *desk) post(op, in string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(in))
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+op)
	w := httptest.NewRecorder()
	d.router.ServeHTTP(w, r)
	return w
}

func (d *desk) try(op, in string) int { return d.post(op, in).Code }

func (d *desk) send(tb testing.TB, op, in string) {
	tb.Helper()
	if w := d.post(op, in); w.Code != http.StatusOK {
		tb.Errorf("%s answered %s", op, w.Body)
	}
}

func newDesk(tb testing.TB) *desk {
	tb.Helper()
	s := &mem.Engine{}
	d := &desk{world: world{t: tb, store: s, attached: map[string]*policy.Set{}}, who: servicetest.Root()}
	n := 0
	d.api = &dynamodb.API{Store: s, NewID: func() string { n++; return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }}
	svc := d.api.Service()
	log := slog.New(slog.DiscardHandler)
	d.router = &service.Router{
		Handlers: []*service.Handler{{Service: svc, Authn: d, Authz: &authz.Authorizer{Policies: &d.world, Table: svc.Actions}, Log: log}},
		Account:  servicetest.Account, Region: servicetest.Region, Now: d.now, Log: log,
		NewID: func() string { return "request" }, Records: func(service.Record) {},
	}
	doc, err := policy.Parse(policy.Identity, `{"Version":"2012-10-17","Statement":[`+policyP+`]}`)
	if err != nil {
		tb.Fatal(err)
	}
	d.attached[tenant("acme").RoleARN] = policy.NewSet(policy.Compile("p", doc))
	d.send(tb, "CreateTable", `{"TableName":"Tab","BillingMode":"PAY_PER_REQUEST",`+keySchema("pk", "sk")+","+definition("pk", "sk")+`}`)
	d.who = tenant("acme")
	return d
}

// benchItem is an item of about 500 bytes.
func benchItem(sk string) string {
	return `{"pk":{"S":"acme"},"sk":{"S":"` + sk + `"},"name":{"S":"` + strings.Repeat("n", 60) + `"},"count":{"N":"12345"},"active":{"BOOL":true},` +
		`"tags":{"SS":["red","green","blue"]},"address":{"M":{"street":{"S":"` + strings.Repeat("s", 40) + `"},"zip":{"N":"8001"}}},"text":{"S":"` + strings.Repeat("t", 300) + `"}}`
}

func BenchmarkGetItem(b *testing.B) {
	d := newDesk(b)
	d.send(b, "PutItem", `{"TableName":"Tab","Item":`+benchItem("1")+`}`)
	b.ReportAllocs()
	for b.Loop() {
		d.send(b, "GetItem", `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}}`)
	}
}

func BenchmarkPutItem(b *testing.B) {
	d := newDesk(b)
	in := `{"TableName":"Tab","Item":` + benchItem("1") + `}`
	b.ReportAllocs()
	for b.Loop() {
		d.send(b, "PutItem", in)
	}
}

func BenchmarkUpdateItem(b *testing.B) {
	d := newDesk(b)
	d.send(b, "PutItem", `{"TableName":"Tab","Item":`+benchItem("1")+`}`)
	b.ReportAllocs()
	for b.Loop() {
		d.send(b, "UpdateItem", `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}},"UpdateExpression":"SET #n = #n + :one","ExpressionAttributeNames":{"#n":"count"},"ExpressionAttributeValues":{":one":{"N":"1"}}}`)
	}
}

func BenchmarkQueryOf100(b *testing.B) {
	d := newDesk(b)
	for i := range 100 {
		d.send(b, "PutItem", `{"TableName":"Tab","Item":`+benchItem(fmt.Sprintf("%03d", i))+`}`)
	}
	b.ReportAllocs()
	for b.Loop() {
		d.send(b, "Query", `{"TableName":"Tab","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"acme"}}}`)
	}
}

// BenchmarkOverhead is what the harness itself costs: a request for no operation.
func BenchmarkOverhead(b *testing.B) {
	d := newDesk(b)
	b.ReportAllocs()
	for b.Loop() {
		d.try("Nope", `{"TableName":"Tab","Key":{"pk":{"S":"acme"},"sk":{"S":"1"}}}`)
	}
}
