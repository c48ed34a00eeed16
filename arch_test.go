package bailiwick_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// architecture states which package may import which, lowest first, in the
// notation of go/build/deps_test.go: "a < b" means b may import a. "." is the
// root package. An all-caps name stands for everything below it. It is a
// statement of policy: do not edit it to make a build pass; write an ADR.
const architecture = `
	# Libraries: standard library only, usable outside this project.
	NONE < arn, sigv4, sigv2, srp, token, totp, checksum, store, blob, runner;
	arn < policy;
	policy < policy/lint;
	# It may not know what it checks; its tests compare the two.
	NONE < policy/secondopinion;

	# Vocabulary: the nouns and seams that services share.
	policy < .;
	arn, policy, . < NOUNS;
	NOUNS < gateway;

	# Mechanisms.
	NOUNS < wire, authz, session;
	NOUNS, wire < wire/*, wire/awsjson;
	NOUNS, wire, wire/awsjson < wire/restjson;
	NOUNS, sigv4, sigv2, session < authn;
	store < store/*, outbox;
	blob < blob/*;

	# The request path, then the slices. No slice imports another.
	NOUNS, wire, authz < service;
	NOUNS, authz, service < service/servicetest;
	NOUNS, authz, service, wire, wire/*, wire/awsjson, wire/restjson, store < SLICE;
	SLICE < service/iam;
	SLICE, session < service/sts;
	SLICE, token < service/identitypools;
	SLICE, token, srp, totp, outbox < service/userpools;
	SLICE, runner, blob < service/lambda;
	SLICE, blob, sigv4, checksum < service/s3;
	SLICE, gateway < service/apigateway, service/apigatewayv2;
	SLICE, gateway, token < service/executeapi;
	NOUNS, wire/awsjson < service/dynamodb/attr;
	NOUNS, service/dynamodb/attr < service/dynamodb/expr;
	SLICE, service/dynamodb/attr, service/dynamodb/expr < service/dynamodb;

	# Wiring: server knows everyone, and only cmd knows server.
	NOUNS, authn, authz, session, sigv4, srp, token, store, store/*, blob, blob/*, runner, gateway, outbox, wire, service,
	service/iam, service/sts, service/identitypools, service/userpools, service/dynamodb,
	service/lambda, service/s3, service/apigateway, service/apigatewayv2, service/executeapi < server;
	server, sigv4, srp, policy, policy/lint, arn < cmd/*;
`

// vendors lists every third-party module and the only packages that may import it.
var vendors = map[string][]string{
	"github.com/cockroachdb/pebble/v2":   {"store/pebble"},
	"github.com/go-jose/go-jose/v4":      {"token"},
	"github.com/go-json-experiment/json": {"wire/awsjson"},
	"github.com/spf13/cobra":             {"cmd/bailiwick"},
	"github.com/spf13/pflag":             {"cmd/bailiwick"},
	"github.com/pquerna/otp":             {"totp"},
}

// mutations prove that TestArchitecture can fail: each adds one import to a
// package, and says whether the rules allow it.
var mutations = []struct {
	pkg, imports string
	allowed      bool
}{
	{"service/sts", "service/iam", false},
	{"service/iam", "service/sts", false},
	{"service/identitypools", "service/userpools", false},
	{"service/userpools", "service/identitypools", false},
	{"service/dynamodb", "service/iam", false},
	{"service/iam", "authn", false},
	{"service/iam", "sigv4", false},
	{"service/iam", "session", false},
	{"service/sts", "session", true},
	{"service/sts", "token", false},
	{"service/iam", "store/pebble", false},
	{"service/dynamodb", "store/mem", false},
	{"service/dynamodb", "token", false},
	{"service/userpools", "token", true},
	{"service/userpools", "session", false},
	{"service/userpools", "server", false},
	{"service", "service/sts", false},
	{"service", "authn", false},
	{"service", "store", false},
	{"policy", ".", false},
	{"policy", "store", false},
	{"policy/secondopinion", "policy", false},
	{"policy", "policy/secondopinion", false},
	{"policy", "arn", true},
	{"policy", "policy/lint", false},
	{"policy/lint", "policy", true},
	{"policy/lint", "authz", false},
	{"server", "policy/lint", false},
	{"cmd/bailiwick", "policy/lint", true},
	{"arn", "policy", false},
	{"sigv4", ".", false},
	{"sigv2", "sigv4", false},
	{"authn", "sigv2", true},
	{"service/s3", "sigv2", false},
	{"blob", "store", false},
	{"blob/fs", "blob", true},
	{"blob/fs", ".", false},
	{"checksum", "blob", false},
	{"service/s3", "checksum", true},
	{"service/s3", "blob", true},
	{"service/s3", "blob/fs", false},
	{"srp", "token", false},
	{".", "store", false},
	{".", "wire", false},
	{"store", "authz", false},
	{"store", ".", false},
	{"store/pebble", ".", false},
	{"authz", "store", false},
	{"authz", "service", false},
	{"authn", "service", false},
	{"authn", "store", false},
	{"session", "store", false},
	{"wire", "service", false},
	{"wire/awsjson", "service", false},
	{"wire/awsjson", "wire/awsquery", false},
	{"wire/restjson", "wire/awsjson", true},
	{"wire/restjson", "wire/restxml", false},
	{"wire/restxml", "wire/awsjson", false},
	{"server", "cmd/bailiwick", false},
	{"cmd/bailiwick", "service/iam", false},
	{"cmd/bailiwick", "server", true},
	{"server", "store/pebble", true},
	{"token", "github.com/go-jose/go-jose/v4", true},
	{"service/userpools", "github.com/go-jose/go-jose/v4", false},
	{"service/userpools", "totp", true},
	{"service/sts", "totp", false},
	{"totp", "github.com/pquerna/otp/hotp", true},
	{"service/userpools", "github.com/pquerna/otp/totp", false},
	{"store/pebble", "github.com/cockroachdb/pebble/v2/vfs", true},
	{"server", "github.com/cockroachdb/pebble/v2", false},
	{"policy", "github.com/google/uuid", false},
	{"new/package", "arn", false},
}

const (
	maxFile    = 600 // lines of a hand-written file
	maxMethods = 7   // of an interface
)

var vague = []string{"api", "base", "common", "core", "helpers", "impl", "internal", "lib", "manager", "misc", "models", "pkg", "shared", "types", "util", "utils"}

// sliceFiles is the shape every package right under service/ has.
var sliceFiles = []string{"doc.go", "api.go", "checks.go", "store.go", "errors.go", "shapes_gen.go"}

// stateless are the slices that keep nothing, and so have no store.go.
var stateless = []string{"service/sts"}

// notSlices are the packages under service/ that are not AWS services, or have
// no API model and no records of their own: they have other files than a slice.
var notSlices = []string{"service/servicetest", "service/executeapi"}

type pkg struct {
	ImportPath, Dir, Doc, Name string
	GoFiles, Imports           []string
	Module                     *struct{ Path string }
}

func TestArchitecture(t *testing.T) {
	may := parseRules(t, architecture)
	checked := 0
	for _, p := range list(t) {
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		checked++
		for _, fault := range faults(may, rel(p), p.Imports, p.Module.Path) {
			t.Error(fault)
		}
	}
	if checked == 0 {
		t.Fatal("no package was checked")
	}
}

func TestArchitectureCanFail(t *testing.T) {
	const module = "example.org/m"
	may := parseRules(t, architecture)
	for _, m := range mutations {
		imp := m.imports
		if !strings.HasPrefix(imp, "github.com/") {
			imp = path.Join(module, m.imports)
		}
		if got := len(faults(may, m.pkg, []string{"context", imp}, module)) == 0; got != m.allowed {
			t.Errorf("%s importing %s: allowed %v, want %v", m.pkg, m.imports, got, m.allowed)
		}
	}
}

// faults lists the imports that the rules do not allow to a package.
func faults(may map[string]map[string]bool, name string, imports []string, module string) []string {
	allowed, ok := may[generic(may, name)]
	if !ok {
		return []string{name + ": not in the architecture; add it to the rules"}
	}
	var out []string
	for _, imp := range imports {
		to, local := strings.CutPrefix(imp, module)
		if local {
			to = path.Clean(strings.TrimPrefix(to, "/"))
			if !allowed[generic(may, to)] && !allowed[to] {
				out = append(out, fmt.Sprintf("%s may not import %s", name, to))
			}
		} else if strings.Contains(strings.Split(imp, "/")[0], ".") && !vendored(imp, name) {
			out = append(out, fmt.Sprintf("%s may not import %s", name, imp))
		}
	}
	return out
}

func TestShape(t *testing.T) {
	for _, p := range list(t) {
		if len(p.GoFiles) == 0 {
			continue // tests only
		}
		name := rel(p)
		if p.Doc == "" {
			t.Errorf("%s: no package comment", name)
		}
		if slices.Contains(vague, p.Name) {
			t.Errorf("%s: vague package name", name)
		}
		if path.Dir(name) == "service" && !slices.Contains(notSlices, name) {
			for _, f := range sliceFiles {
				if !slices.Contains(p.GoFiles, f) && !(f == "store.go" && slices.Contains(stateless, name)) {
					t.Errorf("%s: no %s", name, f)
				}
			}
		}
		for _, f := range p.GoFiles {
			checkFile(t, filepath.Join(p.Dir, f), path.Join(name, f))
		}
	}
}

// TestSecondOpinionIsShort keeps the second evaluator of policies so short that it can be checked by eye against AWS's documents.
func TestSecondOpinionIsShort(t *testing.T) {
	const limit = 800 // lines, with comments and blank ones, of everything that is no test
	files, err := filepath.Glob("policy/secondopinion/*.go")
	if err != nil {
		t.Fatal(err)
	}
	lines := 0
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		lines += strings.Count(string(text), "\n")
	}
	if lines == 0 || lines >= limit {
		t.Errorf("policy/secondopinion has %d lines, want some, and under %d", lines, limit)
	}
}

func checkFile(t *testing.T, file, name string) {
	t.Helper()
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	if ast.IsGenerated(f) {
		return
	}
	if n := fset.File(f.Pos()).LineCount(); n > maxFile {
		t.Errorf("%s: %d lines, want at most %d", name, n, maxFile)
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.InterfaceType:
			if n.Methods.NumFields() > maxMethods {
				t.Errorf("%s: interface of %d methods, want at most %d", fset.Position(n.Pos()), n.Methods.NumFields(), maxMethods)
			}
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				t.Errorf("%s: no init functions", fset.Position(n.Pos()))
			}
		}
		return true
	})
}

// parseRules returns, for each package, the set of packages it may import.
func parseRules(t *testing.T, rules string) map[string]map[string]bool {
	t.Helper()
	may := map[string]map[string]bool{"NONE": {}}
	var text strings.Builder
	for s := bufio.NewScanner(strings.NewReader(rules)); s.Scan(); {
		line, _, _ := strings.Cut(s.Text(), "#")
		text.WriteString(line + " ")
	}
	for _, rule := range strings.Split(text.String(), ";") {
		groups := strings.Split(rule, "<")
		for i := 1; i < len(groups); i++ {
			for _, hi := range names(groups[i]) {
				if may[hi] == nil {
					may[hi] = map[string]bool{}
				}
				for _, lo := range names(groups[i-1]) {
					if may[lo] == nil {
						t.Fatalf("rule %q: %s is used before it is defined", rule, lo)
					}
					may[hi][lo] = true
					if lo == strings.ToUpper(lo) && lo != "." {
						maps.Copy(may[hi], may[lo])
					}
				}
			}
		}
	}
	return may
}

func names(group string) []string {
	var out []string
	for _, n := range strings.Split(group, ",") {
		if n = strings.TrimSpace(n); n != "" {
			out = append(out, n)
		}
	}
	return out
}

// generic maps store/mem to store/* when the rules do not name it.
func generic(may map[string]map[string]bool, name string) string {
	if _, ok := may[name]; ok {
		return name
	}
	return path.Dir(name) + "/*"
}

func vendored(imp, by string) bool {
	for prefix, who := range vendors {
		if (imp == prefix || strings.HasPrefix(imp, prefix+"/")) && slices.Contains(who, by) {
			return true
		}
	}
	return false
}

func rel(p pkg) string {
	return path.Clean(strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, p.Module.Path), "/"))
}

func list(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Name,GoFiles,Imports,Module", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var pkgs []pkg
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return pkgs
		} else if err != nil {
			t.Fatal(err)
		}
		pkgs = append(pkgs, p)
	}
}
