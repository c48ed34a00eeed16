package policy_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick/policy"
)

// The case files hold groups of policies and requests, and documents by themselves:
//
//	-- identity NAME --      also managed, boundary, session, resource, trust, scp, rcp; NAME is free
//	{"Effect": ...}          a document, or one statement or [statements] of version 2012-10-17
//	-- requests --           ends the group
//	name | principal | action | resource | key=value key=[v,v] flags | decision | sentence
//	-- documents KIND --     the same kinds
//	name | sentence | document
//
// A decision is allow, deny (explicit) or none (implicit), and the layer; the sentence is the end of AWS's, and may be left out.
// Words in the context column that have no '=' are flags: foreign (the resource is of another account), limit (LimitSessions),
// must (Trust), unowned (the owner of the resource is not known). The sentence of a document is why it is refused, or ok. In a
// document <fill N> is as much text as brings it to the size N, and <U+0001> a character. Truth tables of operators: matrix_test.go.
//
// Words of a name that have a slash are rows of testdata/rows.txt: see rows_test.go.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		t.Run(strings.TrimSuffix(filepath.Base(f), ".txtar"), func(t *testing.T) { runCases(t, string(text)) })
	}
}

func runCases(t *testing.T, text string) {
	var (
		layers  policy.Layers
		sets    = map[string][]*policy.Policy{}
		section string
		body    strings.Builder
		ran     int
	)
	finish := func() {
		kind, name, _ := strings.Cut(section, " ")
		switch kind {
		case "":
		case "requests":
			for _, line := range strings.Split(body.String(), "\n") {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
					runCase(t, layers, line)
					ran++
				}
			}
			layers, sets = policy.Layers{}, map[string][]*policy.Policy{}
		case "documents", "matrix":
			run := map[string]func(*testing.T, string, string){"documents": runDocument, "matrix": runMatrix}[kind]
			for _, line := range strings.Split(body.String(), "\n") {
				if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
					run(t, name, line)
					ran++
				}
			}
		default:
			attach(t, &layers, sets, kind, name, body.String())
		}
		body.Reset()
	}
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		line := s.Text()
		if inner, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(inner, " --") {
			finish()
			section = strings.TrimSuffix(inner, " --")
			continue
		}
		body.WriteString(line + "\n")
	}
	finish()
	if ran == 0 {
		t.Error("the file holds no request")
	}
}

var kinds = map[string]policy.Kind{
	"identity": policy.Identity, "managed": policy.Managed, "boundary": policy.Boundary, "session": policy.Session,
	"resource": policy.Resource, "trust": policy.Trust, "scp": policy.Managed, "rcp": policy.ResourceControl,
}

func attach(t *testing.T, l *policy.Layers, sets map[string][]*policy.Policy, kind, name, text string) {
	t.Helper()
	k, ok := kinds[kind]
	if !ok {
		t.Fatalf("unknown section %q", kind)
	}
	p := compile(t, k, name, text)
	sets[kind] = append(sets[kind], p)
	set := policy.NewSet(sets[kind]...)
	switch kind {
	case "identity", "managed":
		l.Identity = policy.NewSet(append(append([]*policy.Policy(nil), sets["identity"]...), sets["managed"]...)...)
	case "boundary":
		l.Boundary = set
	case "session":
		l.Session = set
	case "scp": // each is a level
		l.ServiceControl = append(l.ServiceControl, policy.NewSet(p))
	case "rcp":
		l.ResourceControl = append(l.ResourceControl, policy.NewSet(p))
	default:
		l.Resource = p
	}
}

// compile wraps a bare statement or list into a document. The word BROKEN stands for an unreadable policy.
func compile(t testing.TB, k policy.Kind, name, text string) *policy.Policy {
	t.Helper()
	text = strings.TrimSpace(text)
	if text == "BROKEN" {
		return policy.Broken(name, fmt.Errorf("unreadable"))
	}
	text = wrapped(text)
	d, err := policy.Parse(k, text)
	if err != nil {
		t.Fatalf("%s: %v (%+v)", text, err, err)
	}
	return policy.Compile(name, d)
}

func wrapped(text string) string {
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, `{"Effect`) || strings.HasPrefix(text, `{"Sid`) {
		return `{"Version":"2012-10-17","Statement":` + text + `}`
	}
	return text
}

// runDocument parses a document, and compiles what is accepted.
func runDocument(t *testing.T, kind, line string) {
	t.Helper()
	f := strings.SplitN(line, "|", 3)
	k, ok := kinds[kind]
	if len(f) != 3 || !ok {
		t.Fatalf("%q has %d columns, want 3, of a document of kind %s", line, len(f), kind)
	}
	name, want, text := strings.TrimSpace(f[0]), strings.TrimSpace(f[1]), written(k, wrapped(strings.TrimSpace(f[2])))
	d, err := policy.Parse(k, text)
	var at *policy.SyntaxError
	switch {
	case err == nil && want == "ok":
		if p := policy.Compile("p", d); p.Err() != nil {
			t.Errorf("%s: parsed, but %v", name, p.Err())
		}
	case !errors.As(err, &at) || at.Message != want || at.Detail == "":
		t.Errorf("%s: got %v (%+v), want %q", name, err, at, want)
	case at.TooLarge != (strings.HasPrefix(want, "Maximum") || strings.HasPrefix(want, "Cannot exceed")):
		t.Errorf("%s: too large: %v", name, at.TooLarge)
	}
}

var (
	character = regexp.MustCompile(`<U\+([0-9A-F]{4})>`)
	filling   = regexp.MustCompile(`<fill ([0-9]+)>`)
)

// written is a document with what stands in angle brackets written out.
func written(k policy.Kind, text string) string {
	text = character.ReplaceAllStringFunc(text, func(s string) string {
		code, _ := strconv.ParseInt(s[3:7], 16, 32)
		return string(rune(code))
	})
	m := filling.FindStringSubmatch(text)
	if m == nil {
		return text
	}
	size, _ := strconv.Atoi(m[1])
	rest := strings.Replace(text, m[0], "", 1)
	have := utf8.RuneCountInString(strings.NewReplacer(" ", "", "\t", "", "\n", "", "\r", "").Replace(rest))
	if k == policy.Session || k == policy.ResourceControl {
		have = utf8.RuneCountInString(rest)
	}
	return strings.Replace(text, m[0], strings.Repeat("x", size-have), 1)
}

const ours = "111122223333"

var principals = map[string]policy.Principal{
	"alice":      {Type: policy.User, ARN: "arn:aws:iam::" + ours + ":user/team/alice", ID: "AIDAAAAAAAAAAAAAAAAAA", Account: ours},
	"session":    {Type: policy.AssumedRole, ARN: "arn:aws:sts::" + ours + ":assumed-role/App/one", RoleARN: "arn:aws:iam::" + ours + ":role/path/App", ID: "AROAAAAAAAAAAAAAAAAAA:one", Account: ours},
	"other":      {Type: policy.AssumedRole, ARN: "arn:aws:sts::" + ours + ":assumed-role/App/two", RoleARN: "arn:aws:iam::" + ours + ":role/path/App", ID: "AROAAAAAAAAAAAAAAAAAA:two", Account: ours},
	"reborn":     {Type: policy.AssumedRole, ARN: "arn:aws:sts::" + ours + ":assumed-role/App/one", RoleARN: "arn:aws:iam::" + ours + ":role/path/App", ID: "AROABBBBBBBBBBBBBBBBB:one", Account: ours},
	"federated":  {Type: policy.FederatedUser, ARN: "arn:aws:sts::" + ours + ":federated-user/fred", ID: ours + ":fred", Account: ours},
	"root":       {Type: policy.Account, ARN: "arn:aws:iam::" + ours + ":root", ID: ours, Account: ours},
	"stranger":   {Type: policy.AssumedRole, ARN: "arn:aws:sts::444455556666:assumed-role/Guest/g", RoleARN: "arn:aws:iam::444455556666:role/Guest", ID: "AROACCCCCCCCCCCCCCCCC:g", Account: "444455556666"},
	"their-root": {Type: policy.Account, ARN: "arn:aws:iam::444455556666:root", ID: "444455556666", Account: "444455556666"},
	"anonymous":  {Type: policy.Anonymous, Account: "anonymous"},
	"lambda":     {Type: policy.Service, Service: "lambda.amazonaws.com"},
	"cognito":    {Type: policy.WebIdentity, Federated: "cognito-identity.amazonaws.com"},
	"google":     {Type: policy.WebIdentity, Federated: "accounts.google.com"},
	"longer":     {Type: policy.AssumedRole, ARN: "arn:aws:sts::" + ours + ":assumed-role/Apps/one", RoleARN: "arn:aws:iam::" + ours + ":role/Apps", ID: "AROAAAAAAAAAAAAAAAAAAB:one", Account: ours},
	"chinese":    {Type: policy.User, ARN: "arn:aws-cn:iam::" + ours + ":user/alice", ID: "AIDAEEEEEEEEEEEEEEEEE", Account: ours},
	"homeless":   {Type: policy.User, ARN: "arn:aws:iam:::user/alice", ID: "AIDAFFFFFFFFFFFFFFFFF"},
	"nobody":     {},
}

// spaces writes a word of the context column out: an underscore is a space, two are one.
var spaces = strings.NewReplacer("__", "_", "_", " ")

func runCase(t *testing.T, l policy.Layers, line string) {
	f := strings.Split(line, "|")
	if len(f) != 6 && len(f) != 7 {
		t.Fatalf("%q has %d columns, want 6 or 7", line, len(f))
	}
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	who, ok := principals[f[1]]
	if !ok {
		t.Fatalf("%s: unknown principal %q", f[0], f[1])
	}
	r := &policy.Request{Principal: who, Action: f[2], Resource: f[3], Context: &policy.Context{}}
	l.ResourceAccount = ours
	for _, word := range strings.Fields(f[4]) {
		key, value, ok := strings.Cut(word, "=")
		key = spaces.Replace(key)
		switch {
		case word == "limit":
			l.LimitSessions = true
		case word == "unowned":
			l.ResourceAccount = ""
		case word == "must":
			l.Trust = true
		case word == "foreign":
			l.ResourceAccount = "999999999999"
		case !ok:
			t.Fatalf("%s: unknown flag %q", f[0], word)
		case value == "[]":
			r.Context.SetAll(key, nil)
		case strings.HasPrefix(value, "["):
			r.Context.SetAll(key, strings.Split(strings.Trim(value, "[]"), ","))
		default:
			r.Context.Set(key, spaces.Replace(value))
		}
	}
	d := l.Decide(r)
	if got := describe(d); got != f[5] {
		x := l.Explain(r)
		t.Errorf("%s: got %q, want %q\n%s", f[0], got, f[5], x.Text())
	}
	if len(f) == 7 && strings.TrimSpace(d.Because(r.Action)) != f[6] {
		t.Errorf("%s: got the sentence %q, want %q", f[0], d.Because(r.Action), f[6])
	}
	agree(t, &l, r)
}

var effects = map[policy.Effect]string{policy.Allow: "allow", policy.ExplicitDeny: "deny", policy.ImplicitDeny: "none"}

var layerNames = map[policy.Layer]string{
	policy.LayerRequest: "request", policy.LayerServiceControl: "scp", policy.LayerResourceControl: "rcp",
	policy.LayerResource: "resource", policy.LayerTrust: "trust", policy.LayerIdentity: "identity",
	policy.LayerBoundary: "boundary", policy.LayerSession: "session", policy.LayerRoot: "root",
}

func describe(d policy.Decision) string { return effects[d.Effect] + " " + layerNames[d.Layer] }

// agree holds Explain against Decide.
func agree(t *testing.T, l *policy.Layers, r *policy.Request) {
	t.Helper()
	d, x := l.Decide(r), l.Explain(r)
	if d != x.Decision {
		t.Errorf("Decide says %+v, Explain %+v", d, x.Decision)
	}
	if x.Allowed != d.Allowed() {
		t.Errorf("Explain says allowed %v, the decision %v", x.Allowed, d.Allowed())
	}
	trace := l.Trace(r)
	if d != trace.Decision || len(trace.Layers) != len(x.Layers) {
		t.Fatalf("Decide says %+v, Trace %+v", d, trace)
	}
	for i, layer := range x.Layers {
		for j, p := range layer.Policies {
			for k, s := range p.Statements {
				said := trace.Layers[i].Policies[j]
				if s.Applies != (slices.Contains(said.Allows, k) || slices.Contains(said.Denies, k)) {
					t.Errorf("statement %d of %q applies: %v; traced %+v", k, p.Policy, s.Applies, said)
				}
			}
		}
	}
}
