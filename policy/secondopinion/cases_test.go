package secondopinion_test

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy/secondopinion"
)

// TestCases puts the cases of package policy, which people wrote, to the second
// opinion. Their form is described there.
func TestCases(t *testing.T) {
	files, err := filepath.Glob("../testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no case files: %v", err)
	}
	ran := 0
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		section, body := "", ""
		p := map[string][]secondopinion.Layer{}
		for s := bufio.NewScanner(f); s.Scan(); {
			line := s.Text()
			inner, marked := strings.CutPrefix(line, "-- ")
			switch {
			case marked:
				attachCase(t, p, section, body)
				if section == "requests" {
					p = map[string][]secondopinion.Layer{}
				}
				section, body = strings.TrimSuffix(inner, " --"), ""
			case strings.HasPrefix(section, "documents ") && strings.Contains(line, "|"):
				readCase(t, strings.TrimPrefix(section, "documents "), filepath.Base(name), line)
				ran++
			case strings.HasPrefix(section, "matrix ") && strings.Contains(line, "|"):
				matrixCase(t, strings.TrimPrefix(section, "matrix "), line)
				ran++
			case section == "requests" && strings.Contains(line, "|"):
				askCase(t, p, filepath.Base(name), line)
				ran++
			default:
				body += line + "\n"
			}
		}
		f.Close()
	}
	if ran < 100 {
		t.Errorf("%d cases, want hundreds", ran)
	}
}

func attachCase(t *testing.T, p map[string][]secondopinion.Layer, section, text string) {
	t.Helper()
	slot, _, _ := strings.Cut(section, " ")
	if slot == "" || slot == "requests" || slot == "documents" || slot == "matrix" {
		return
	}
	text = wholeDocument(text)
	q, ok := secondopinion.Read(caseKinds[slot], text)
	if text == "BROKEN" {
		q, ok = &secondopinion.Policy{}, true
	}
	if !ok {
		t.Fatalf("no policy to the second opinion: %s", text)
	}
	name := strings.NewReplacer("managed", "identity", "scp", "service control", "rcp", "resource control").Replace(slot)
	if one := p[name]; len(one) > 0 && slot != "scp" && slot != "rcp" && slot != "resource" && slot != "trust" {
		one[0].Policies = append(one[0].Policies, q)
		return
	}
	p[name] = append(p[name], secondopinion.Layer{Name: name, Policies: []*secondopinion.Policy{q}})
}

// caseLayers puts the layers of a case in order.
func caseLayers(p map[string][]secondopinion.Layer, must bool) []secondopinion.Layer {
	of := slices.Concat(p["resource"], p["trust"])
	if len(of) == 0 && must {
		of = []secondopinion.Layer{{Name: "trust"}}
	} else if len(of) == 0 {
		of = []secondopinion.Layer{{Name: "resource"}}
	}
	own := p["identity"]
	if own == nil {
		own = []secondopinion.Layer{{Name: "identity"}}
	}
	return slices.Concat(p["service control"], p["resource control"], of, own, p["boundary"], p["session"])
}

var caseKinds = map[string]string{
	"managed": "managed", "boundary": "managed", "scp": "managed", "rcp": "resource control", "resource": "resource", "trust": "trust",
	"identity": "inline", "session": "inline",
}

// wholeDocument puts one statement or several into a document.
func wholeDocument(text string) string {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "[") || strings.HasPrefix(text, `{"Effect`) || strings.HasPrefix(text, `{"Sid`) {
		return `{"Version":"2012-10-17","Statement":` + text + `}`
	}
	return text
}

// readCase reads a document. What is accepted must be readable; what is refused
// must not be, if it is the form of a policy or of a value that is at fault. The
// sizes, characters, and names of what can exist are no matter of this package.
func readCase(t *testing.T, kind, file, line string) {
	t.Helper()
	f := strings.SplitN(line, "|", 3)
	name, want, text := strings.TrimSpace(f[0]), strings.TrimSpace(f[1]), wholeDocument(f[2])
	if strings.Contains(text, "<fill ") || strings.Contains(text, "<U+") {
		return
	}
	area, _, _ := strings.Cut(name, "/")
	form := area == "grammar" || area == "literals" || area == "rcp" || strings.HasPrefix(name, "variables/operators")
	_, ok := secondopinion.Read(caseKinds[kind], text)
	if want != "ok" && (!form || strings.HasPrefix(name, "grammar/characters")) {
		return
	}
	if ok != (want == "ok") {
		t.Errorf("%s: %s: second opinion says %v, want %s: %s", file, name, ok, want, text)
	}
}

// caseCallers are the people of the case files.
var caseCallers = map[string]secondopinion.Caller{
	"alice":      {Type: "User", ARN: "arn:aws:iam::111122223333:user/team/alice", ID: "AIDAAAAAAAAAAAAAAAAAA", Account: home},
	"session":    {Type: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/App/one", Role: "arn:aws:iam::111122223333:role/path/App", ID: "AROAAAAAAAAAAAAAAAAAA:one", Account: home},
	"other":      {Type: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/App/two", Role: "arn:aws:iam::111122223333:role/path/App", ID: "AROAAAAAAAAAAAAAAAAAA:two", Account: home},
	"reborn":     {Type: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/App/one", Role: "arn:aws:iam::111122223333:role/path/App", ID: "AROABBBBBBBBBBBBBBBBB:one", Account: home},
	"longer":     {Type: "AssumedRole", ARN: "arn:aws:sts::111122223333:assumed-role/Apps/one", Role: "arn:aws:iam::111122223333:role/Apps", ID: "AROAAAAAAAAAAAAAAAAAAB:one", Account: home},
	"federated":  {Type: "FederatedUser", ARN: "arn:aws:sts::111122223333:federated-user/fred", ID: "111122223333:fred", Account: home},
	"root":       {Type: "Account", ARN: "arn:aws:iam::111122223333:root", ID: home, Account: home},
	"stranger":   {Type: "AssumedRole", ARN: "arn:aws:sts::444455556666:assumed-role/Guest/g", Role: "arn:aws:iam::444455556666:role/Guest", ID: "AROACCCCCCCCCCCCCCCCC:g", Account: abroad},
	"their-root": {Type: "Account", ARN: "arn:aws:iam::444455556666:root", ID: abroad, Account: abroad},
	"anonymous":  {Type: "Anonymous", Account: "anonymous"},
	"lambda":     {Type: "Service", Service: "lambda.amazonaws.com"},
	"cognito":    {Type: "WebIdentity", Provider: "cognito-identity.amazonaws.com"},
	"google":     {Type: "WebIdentity", Provider: "accounts.google.com"},
	"chinese":    {Type: "User", ARN: "arn:aws-cn:iam::111122223333:user/alice", ID: "AIDAEEEEEEEEEEEEEEEEE", Account: home},
	"homeless":   {Type: "User", ARN: "arn:aws:iam:::user/alice", ID: "AIDAFFFFFFFFFFFFFFFFF"},
	"nobody":     {},
}

func askCase(t *testing.T, p map[string][]secondopinion.Layer, file, line string) {
	t.Helper()
	f := strings.Split(line, "|")
	for i := range f {
		f[i] = strings.TrimSpace(f[i])
	}
	c, known := caseCallers[f[1]]
	if !known {
		t.Fatalf("unknown caller in %s", line)
	}
	r := secondopinion.Request{Caller: c, Action: f[2], Resource: f[3]}
	owner := home
	for _, word := range strings.Fields(f[4]) {
		name, value, isKey := strings.Cut(word, "=")
		spaces := strings.NewReplacer("__", "_", "_", " ")
		name = spaces.Replace(name)
		list, many := strings.CutPrefix(value, "[")
		values := strings.Split(strings.TrimSuffix(list, "]"), ",")
		switch {
		case word == "limit":
			r.LimitSessions = true
		case word == "unowned":
			owner = ""
		case word == "must":
			r.MustAllow = true
		case word == "foreign":
			owner = "999999999999"
		case !isKey:
			t.Fatalf("unknown word %q in %s", word, line)
		case value == "[]":
			r.Keys = append(r.Keys, secondopinion.Key{Name: name, Many: true})
		case many:
			r.Keys = append(r.Keys, secondopinion.Key{Name: name, Many: true, Values: values})
		default:
			r.Keys = append(r.Keys, secondopinion.Key{Name: name, Values: []string{spaces.Replace(value)}})
		}
	}
	r.Owner = ownerOf(f[3], owner, c.Account)
	got := secondopinion.Decide(caseLayers(p, r.MustAllow), r)
	outcome := map[string]string{"Allow": "allow", "ExplicitDeny": "deny", "ImplicitDeny": "none"}[got.Outcome]
	layer := strings.NewReplacer("service control", "scp", "resource control", "rcp").Replace(got.Layer)
	if outcome+" "+layer != f[5] {
		t.Errorf("%s: %s: second opinion says %s %s, want %s", file, f[0], outcome, layer, f[5])
	}
}
