package policy_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A world makes random policies and requests from few words, so that they often meet.
type world struct{ *rand.Rand }

func pick[T any](w world, from ...T) T { return from[w.IntN(len(from))] }

func (w world) some(from ...string) []string {
	var out []string
	for range 1 + w.IntN(3) {
		out = append(out, from[w.IntN(len(from))])
	}
	return out
}

func quote(values []string) string { return `["` + strings.Join(values, `","`) + `"]` }

var (
	worldActions   = []string{"s3:GetObject", "s3:Get*", "S3:*", "s3:PutObject", "sqs:Send?essage", "*", "sqs:SendMessage"}
	worldResources = []string{
		"*", "arn:aws:s3:::b/*", "arn:aws:s3:::b/acme/*", "arn:aws:s3:::b/${aws:PrincipalTag/org}/*", "arn:aws:s3:::b/${t:x, 'acme'}/k",
		"arn:aws:s3:::?/acme/k", "arn:aws:s3:*", "arn:*:s3:*:*:b/a*", "arn:aws:s3:::b/acme/k", "arn:aws:s3", "arn:aws:sqs:us-east-1:111122223333:q",
		"arn:aws:s3:::b/acme/${*}", "arn:aws:s3:::b/acme", "arn:aws:s3:::b",
	}
	worldOperators = []string{
		"StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "StringEqualsIgnoreCase", "ArnLike", "ArnNotEquals", "Null",
		"NumericLessThan", "NumericNotEquals", "DateGreaterThan", "Bool", "IpAddress", "NotIpAddress", "BinaryEquals",
	}
	worldKeys       = []string{"aws:PrincipalTag/org", "t:x", "t:many", "T:X", "t:absent"}
	worldPrincipals = []string{
		`"*"`, `{"AWS":"*"}`, `{"AWS":"111122223333"}`, `{"AWS":"arn:aws:iam::111122223333:root"}`, `{"AWS":"arn:aws:iam::111122223333:user/team/alice"}`,
		`{"AWS":["arn:aws:iam::111122223333:role/path/App","444455556666"]}`, `{"AWS":"arn:aws:sts::111122223333:assumed-role/App/one"}`,
		`{"AWS":"AROAAAAAAAAAAAAAAAAAA","Service":"lambda.amazonaws.com"}`, `{"Federated":"cognito-identity.amazonaws.com"}`,
	}
)

func (w world) condition() string {
	op := pick(w, worldOperators...)
	var values []string
	switch {
	case op == "Null" || op == "Bool":
		values = w.some("true", "false")
	case strings.HasPrefix(op, "Numeric"):
		values = w.some("5", "-1.5", "10")
	case strings.HasPrefix(op, "Date"):
		values = w.some("2026-01-02", "0")
	case strings.Contains(op, "Ip"):
		values = w.some("192.0.2.0/24", "::/0")
	case op == "BinaryEquals":
		values = w.some("YQ==")
	case strings.HasPrefix(op, "Arn"):
		values = w.some("arn:aws:s3:::*", "arn:aws:s3:::${t:x}", "*")
	default:
		values = w.some("acme", "a*", "*", "", "${aws:PrincipalTag/org}", "${t:many}", "?cme", "${t:absent}", "ACME")
	}
	if op != "Null" {
		op = pick(w, "", "", "ForAllValues:", "ForAnyValue:") + op + pick(w, "", "", "IfExists")
	}
	return fmt.Sprintf(`"Condition":{"%s":{"%s":%s}}`, op, pick(w, worldKeys...), quote(values))
}

func (w world) statement(kind policy.Kind, effect string) string {
	parts := []string{`"Effect":"` + effect + `"`}
	if kind == policy.Resource {
		name := "Principal"
		if effect == "Deny" && w.IntN(4) == 0 {
			name = "NotPrincipal"
		}
		parts = append(parts, `"`+name+`":`+pick(w, worldPrincipals...))
	}
	parts = append(parts, `"`+pick(w, "", "", "", "Not")+`Action":`+quote(w.some(worldActions...)))
	parts = append(parts, `"`+pick(w, "", "", "", "Not")+`Resource":`+quote(w.some(worldResources...)))
	if w.IntN(2) == 0 {
		parts = append(parts, w.condition())
	}
	return "{" + strings.Join(parts, ",") + "}"
}

func (w world) statements(kind policy.Kind) []string {
	var out []string
	for range 1 + w.IntN(12) {
		out = append(out, w.statement(kind, pick(w, "Allow", "Allow", "Allow", "Deny")))
	}
	return out
}

func (w world) layers(t *testing.T) (*policy.Layers, []string) {
	identity := w.statements(policy.Identity)
	l := &policy.Layers{
		Identity:        policy.NewSet(compile(t, policy.Identity, "identity", "["+strings.Join(identity, ",")+"]")),
		ResourceAccount: pick(w, ours, ours, "444455556666", ""),
		Trust:           w.IntN(8) == 0,
		LimitSessions:   w.IntN(4) == 0,
	}
	set := func() *policy.Set {
		return policy.NewSet(compile(t, policy.Identity, "further", "["+strings.Join(w.statements(policy.Identity), ",")+"]"))
	}
	if w.IntN(4) == 0 {
		l.Boundary = set()
	}
	if w.IntN(4) == 0 {
		l.Session = set()
	}
	if w.IntN(2) == 0 {
		l.Resource = compile(t, policy.Resource, "resource", "["+strings.Join(w.statements(policy.Resource), ",")+"]")
	}
	if w.IntN(8) == 0 {
		l.ServiceControl = []*policy.Set{set(), set()}
	}
	return l, identity
}

func (w world) request() *policy.Request {
	c := &policy.Context{}
	values := []string{"acme", "ACME", "*", "a", "", "5", "192.0.2.9", "true", "arn:aws:s3:::acme", "2026-05-05", "YQ=="}
	for _, key := range worldKeys[:2] {
		if w.IntN(4) > 0 {
			c.Set(key, pick(w, values...))
		}
	}
	if w.IntN(3) > 0 {
		c.SetAll("t:many", w.some(values...)[w.IntN(2):])
	}
	names := []string{"alice", "session", "session", "other", "root", "stranger", "anonymous", "lambda", "cognito", "federated", "reborn"}
	return &policy.Request{
		Principal: principals[pick(w, names...)],
		Action:    pick(w, "s3:GetObject", "s3:putobject", "SQS:SendMessage"),
		Resource:  pick(w, "*", "arn:aws:s3:::b/acme/k", "arn:aws:s3:::b/globex/k", "arn:aws:s3:::b", "arn:aws:sqs:us-east-1:111122223333:q"),
		Context:   c,
	}
}

// TestRandom holds Explain, which walks every statement, against Decide, which asks the index, and both against the reference
// evaluator, and checks what must be true of
// any policies: more Allow never denies more, more Deny never allows more, the order of statements never matters.
func TestRandom(t *testing.T) {
	seed := rand.Uint64()
	w := world{rand.New(rand.NewPCG(seed, 0))}
	counts := map[string]int{}
	for range 1500 {
		l, identity := w.layers(t)
		for range 6 {
			r := w.request()
			d := l.Decide(r)
			counts[describe(d)]++
			agree(t, l, r)
			if want := (reference{r, l}).allowed(); want != d.Allowed() {
				x := l.Explain(r)
				t.Errorf("allowed is %v, the reference says %v\n%s%s", d.Allowed(), want, x.Text(), l.Identity.Policies()[0].Document())
			}
			w.metamorphoses(t, l, identity, r, d)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
	for _, want := range []string{"allow identity", "allow resource", "allow root", "none identity", "none boundary", "none session", "none resource", "none trust", "none scp", "deny identity", "deny resource"} {
		if counts[want] == 0 {
			t.Errorf("seed %d: no decision was %q: %v", seed, want, counts)
		}
	}
}

func (w world) metamorphoses(t *testing.T, l *policy.Layers, identity []string, r *policy.Request, d policy.Decision) {
	t.Helper()
	with := func(statements []string) policy.Decision {
		m := *l
		m.Identity = policy.NewSet(compile(t, policy.Identity, "identity", "["+strings.Join(statements, ",")+"]"))
		return m.Decide(r)
	}
	allow, deny := w.statement(policy.Identity, "Allow"), w.statement(policy.Identity, "Deny")
	if d.Allowed() && !with(append([]string{allow}, identity...)).Allowed() {
		t.Errorf("denied after adding %s\n%+v", allow, r)
	}
	if !d.Allowed() && with(append([]string{deny}, identity...)).Allowed() {
		t.Errorf("allowed after adding %s\n%+v", deny, r)
	}
	shuffled := slices.Clone(identity)
	w.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	if s := with(shuffled); s.Effect != d.Effect || s.Layer != d.Layer {
		t.Errorf("%v becomes %v when %s is shuffled\n%+v", d, s, identity, r)
	}
}
