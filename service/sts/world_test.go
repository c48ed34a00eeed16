package sts_test

import (
	"context"
	"crypto/rand"
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/service/sts"
	"github.com/bailiwick-project/bailiwick/session"
)

const account = servicetest.Account

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// A world is an STS with roles, policies and tokens that a test makes up.
type world struct {
	*servicetest.Server
	t          *testing.T
	api        *sts.API
	ring       *session.Ring
	roles      map[string]bailiwick.Role
	identity   map[string]*policy.Set // by ARN of the user or role
	managed    map[string]*policy.Policy
	identities map[string]bailiwick.WebIdentity // by token
	gone       map[string]bool                  // by unique id: who is no more
}

func newWorld(t *testing.T) *world {
	t.Helper()
	key, err := session.NewKey(1, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ring, err := session.NewRing(rand.Reader, key)
	if err != nil {
		t.Fatal(err)
	}
	w := &world{
		t: t, ring: ring, roles: map[string]bailiwick.Role{}, identity: map[string]*policy.Set{},
		managed: map[string]*policy.Policy{}, identities: map[string]bailiwick.WebIdentity{},
	}
	az := &authz.Authorizer{Policies: w}
	w.api = &sts.API{Sessions: ring, Authz: az, Roles: w, Policies: w, Keys: w, WebIdentities: w}
	az.Table = w.api.Service().Actions
	w.Server = servicetest.New(t, w.api.Service(), w, func() time.Time { return now })
	return w
}

func (w *world) Attached(_ context.Context, who bailiwick.Principal) (bailiwick.Attachments, error) {
	if w.gone[who.ID] {
		return bailiwick.Attachments{}, bailiwick.Errorf(bailiwick.CodeUnknownKey, "The security token included in the request is invalid.")
	}
	set := w.identity[who.ARN]
	if who.Session != nil {
		set = w.identity[who.RoleARN]
	}
	if set == nil {
		set = policy.NewSet()
	}
	return bailiwick.Attachments{Identity: set, Tags: w.roles[who.RoleARN].Tags}, nil
}

func (w *world) ManagedPolicy(_ context.Context, arn string) (*policy.Policy, error) {
	if p, ok := w.managed[arn]; ok {
		return p, nil
	}
	return nil, bailiwick.Errorf("NoSuchEntity", "Policy %s was not found.", arn)
}

func (w *world) Role(_ context.Context, arn string) (bailiwick.Role, error) {
	r, ok := w.roles[arn]
	if !ok {
		return bailiwick.Role{}, bailiwick.ErrNoRole
	}
	return r, nil
}

func (w *world) Credential(_ context.Context, id string) (bailiwick.Credential, error) {
	if id != "AKIAIOSFODNN7EXAMPLE" {
		return bailiwick.Credential{}, bailiwick.Errorf(bailiwick.CodeUnknownKey, "no")
	}
	return bailiwick.Credential{AccessKeyID: id, Principal: user("alice")}, nil
}

func (w *world) VerifyWebIdentity(_ context.Context, token string) (bailiwick.WebIdentity, error) {
	id, ok := w.identities[token]
	if !ok {
		return bailiwick.WebIdentity{}, bailiwick.Errorf("InvalidIdentityToken", "no such token")
	}
	return id, nil
}

func roleARN(name string) string { return "arn:aws:iam::" + account + ":role/" + name }

// role makes a role that the statements trust.
func (w *world) role(name, statements string) bailiwick.Role {
	w.t.Helper()
	arn := roleARN(name)
	last := name[strings.LastIndexByte(name, '/')+1:]
	r := bailiwick.Role{
		ARN: arn, ID: "AROA" + strings.ToUpper(last) + strings.Repeat("A", 17-len(last)), Name: last, Account: account,
		Trust: compile(w.t, policy.Trust, statements), MaxSession: 2 * time.Hour,
	}
	w.roles[arn] = r
	return r
}

func (w *world) allow(arn, statements string) {
	w.t.Helper()
	w.identity[arn] = policy.NewSet(compile(w.t, policy.Identity, statements))
}

func compile(t *testing.T, kind policy.Kind, statements string) *policy.Policy {
	t.Helper()
	doc, err := policy.Parse(kind, `{"Version":"2012-10-17","Statement":[`+statements+`]}`)
	if err != nil {
		t.Fatalf("%s: %v", statements, err)
	}
	return policy.Compile(kind.String(), doc)
}

func user(name string) bailiwick.Principal {
	return bailiwick.Principal{Name: name, Principal: policy.Principal{
		Type: policy.User, ARN: "arn:aws:iam::" + account + ":user/" + name, ID: "AIDA" + strings.ToUpper(name) + "AAAAAAAA", Account: account,
	}}
}

func trusts(who, actions string) string {
	return `{"Effect":"Allow","Principal":{"AWS":"` + who + `"},"Action":[` + actions + `]}`
}

// An answer is what both AssumeRole operations return.
type answer struct {
	ID      string `xml:"Credentials>AccessKeyId"`
	Secret  string `xml:"Credentials>SecretAccessKey"`
	Token   string `xml:"Credentials>SessionToken"`
	Expires string `xml:"Credentials>Expiration"`
	ARN     string `xml:"AssumedRoleUser>Arn"`
	RoleID  string `xml:"AssumedRoleUser>AssumedRoleId"`
	Packed  string `xml:"PackedPolicySize"`
	Source  string `xml:"SourceIdentity"`
	Subject string `xml:"SubjectFromWebIdentityToken"`
	Issuer  string `xml:"Provider"`
	Aud     string `xml:"Audience"`
}

// assume calls an operation that must succeed and opens its credentials.
func (w *world) assume(operation string, in url.Values) (answer, bailiwick.Credential) {
	w.t.Helper()
	r := w.Form(operation, in)
	if r.Status != http.StatusOK {
		w.t.Fatalf("%s answered %d %s", operation, r.Status, r.Body)
	}
	var out struct {
		XMLName xml.Name
		Role    answer `xml:"AssumeRoleResult"`
		Web     answer `xml:"AssumeRoleWithWebIdentityResult"`
	}
	if err := xml.Unmarshal([]byte(r.Body), &out); err != nil {
		w.t.Fatal(err)
	}
	if out.XMLName.Space != "https://sts.amazonaws.com/doc/2011-06-15/" {
		w.t.Errorf("namespace %s", out.XMLName.Space)
	}
	a := out.Role
	if operation != "AssumeRole" {
		a = out.Web
	}
	cred, err := w.ring.Open(a.ID, a.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	return a, cred
}

// refused calls an operation that must fail with exactly this.
func (w *world) refused(name, operation string, in url.Values, code, message string) {
	w.t.Helper()
	r := w.Form(operation, in)
	message = strings.NewReplacer("&", "&amp;", "'", "&#39;", `"`, "&#34;").Replace(message)
	got := strings.NewReplacer("&apos;", "&#39;", "&quot;", "&#34;").Replace(r.Message)
	if r.Code != code || got != message {
		w.t.Errorf("%s: got %d %s %q\nwant %s %q", name, r.Status, r.Code, got, code, message)
	}
}

func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// and copies a form with more parameters.
func and(v url.Values, pairs ...string) url.Values {
	out := form(pairs...)
	for k, x := range v {
		if _, ok := out[k]; !ok {
			out[k] = x
		}
	}
	return out
}
