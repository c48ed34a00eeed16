package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden file")

// generateIn copies the slice from into a folder of its own and generates there.
func generateIn(t *testing.T, model, from, customTypes, imports string) []byte {
	t.Helper()
	dir := filepath.Join(t.TempDir(), filepath.Base(from))
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	if err := run(model, dir, customTypes, imports); err != nil {
		t.Fatal(err)
	}
	out, err := os.ReadFile(filepath.Join(dir, "shapes_gen.go"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestGolden(t *testing.T) {
	compare(t, "testdata/zoo.golden", generateIn(t, "testdata/zoo.json", "testdata/zoo", "Food=cook.Food,FoodMap=cook.Foods", "example.com/zoo/cook"))
	rest := generateIn(t, "testdata/pond.json", "testdata/pond", "", "")
	compare(t, "testdata/pond.golden", rest)
	newChecker(t)(t, rest)
	dir := filepath.Join(t.TempDir(), "pond")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "sample_gen_test.go")
	if err := sample([]string{"testdata/pond.json"}, file); err != nil {
		t.Fatal(err)
	}
	samples, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "testdata/sample.golden", samples)
}

func compare(t *testing.T, golden string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("output differs from %s; look at it and rewrite it with -update\n%s", golden, got)
	}
}

// Every operation of every model must generate and type-check: a slice may get a
// row for any of them.
func TestModels(t *testing.T) {
	models, err := filepath.Glob("../../models/*.json")
	if err != nil || len(models) < 5 {
		t.Fatalf("found models %v, %v", models, err)
	}
	check := newChecker(t)
	for _, file := range models {
		name := strings.ReplaceAll(strings.TrimSuffix(filepath.Base(file), ".json"), "-", "")
		t.Run(name, func(t *testing.T) {
			slice := filepath.Join(t.TempDir(), name)
			if err := os.Mkdir(slice, 0o755); err != nil {
				t.Fatal(err)
			}
			rows := "package " + name + "\n"
			for _, op := range operationsOf(t, file) {
				rows += "// service.Op(\"" + op + "\"\n"
			}
			if err := os.WriteFile(filepath.Join(slice, "api.go"), []byte(rows), 0o644); err != nil {
				t.Fatal(err)
			}
			out := generateIn(t, file, slice, "", "")
			if n := bytes.Count(out, []byte("struct {")); n < 20 {
				t.Errorf("only %d structures", n)
			}
			check(t, out)
		})
	}
}

func operationsOf(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var m model
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	names := sorted(m.Operations)
	if len(names) < 10 {
		t.Fatalf("found only operations %v", names)
	}
	return names
}

// newChecker type-checks generated code against the real package wire, whose
// bodies and own imports do not matter for that.
func newChecker(t *testing.T) func(*testing.T, []byte) {
	t.Helper()
	fset := token.NewFileSet()
	std := importer.ForCompiler(fset, "source", nil)
	const path = "github.com/bailiwick-project/bailiwick/wire"
	var files []*ast.File
	for _, name := range []string{"validate.go", "route.go", "stream.go"} {
		file, err := parser.ParseFile(fset, "../../wire/"+name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
	}
	imports := importFunc(func(p string) (*types.Package, error) {
		if strings.Contains(p, ".") {
			q := types.NewPackage(p, filepath.Base(p))
			q.MarkComplete()
			return q, nil
		}
		return std.Import(p)
	})
	lenient := types.Config{Importer: imports, IgnoreFuncBodies: true, Error: func(error) {}}
	wire, _ := lenient.Check(path, fset, files, nil)
	if wire.Scope().Lookup("Validation") == nil {
		t.Fatal("package wire has no Validation")
	}
	wire.MarkComplete()
	return func(t *testing.T, code []byte) {
		t.Helper()
		f, err := parser.ParseFile(fset, "shapes_gen.go", code, 0)
		if err != nil {
			t.Fatal(err)
		}
		strict := types.Config{Importer: importFunc(func(p string) (*types.Package, error) {
			if p == path {
				return wire, nil
			}
			return std.Import(p)
		})}
		if _, err := strict.Check("slice", fset, []*ast.File{f}, nil); err != nil {
			t.Error(err)
		}
	}
}

type importFunc func(string) (*types.Package, error)

func (f importFunc) Import(path string) (*types.Package, error) { return f(path) }

func TestRefuses(t *testing.T) {
	for _, c := range []struct{ name, model, rows, want string }{
		{"no rows", `{}`, ``, "no rows"},
		{"no operation", `{"operations":{}}`, `service.Op("Fly"`, "no operation Fly"},
		{"no JSON", `{`, `service.Op("Fly"`, "reading"},
		{"unknown type", shapes(`"S":{"type":"structure","members":{"A":{"shape":"T"}}},"T":{"type":"bigInteger"}`), `service.Op("Fly"`, "S.A: shape T has type"},
		{"one name", shapes(`"S":{"type":"structure","members":{"a":{"shape":"T"},"A":{"shape":"T"}}},"T":{"type":"string"}`), `service.Op("Fly"`, "one name in Go"},
		{"pattern", shapes(`"S":{"type":"structure","members":{"A":{"shape":"T"}}},"T":{"type":"string","pattern":"(?<=a)b"}`), `service.Op("Fly"`, "cannot be translated"},
		{"numbers in a list", shapes(`"S":{"type":"structure","members":{"A":{"shape":"L"}}},"L":{"type":"list","member":{"shape":"N"}},"N":{"type":"integer","min":1}`),
			`service.Op("Fly"`, "S.A: constraints of type integer in a list"},
	} {
		dir := t.TempDir()
		model := filepath.Join(dir, "model.json")
		for name, text := range map[string]string{model: c.model, filepath.Join(dir, "api.go"): "package x\n//" + c.rows} {
			if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := run(model, dir, "", ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

func shapes(s string) string {
	return `{"operations":{"Fly":{"name":"Fly","input":{"shape":"S"}}},"shapes":{` + s + `}}`
}

func TestTranslate(t *testing.T) {
	for _, c := range []struct {
		pattern  string
		yes, not []string
	}{
		{`[\w+=,.@-]*`, []string{"", "a_b@c.d-e"}, []string{"a:b", "a\n", "é"}},
		{`^[^\$]+$`, []string{"a"}, []string{"", "a$", "$"}},
		{`a|b`, []string{"a", "b"}, []string{"ab", "ax", "xb"}},
		{`[\u0009\u000A\u000D\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u10000-\u10FFFF]+`, []string{"\t a~é\U0001F600"}, []string{"\x00", "\x7f", "\uffff"}},
		{`[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*`, []string{"\U0001F600", ""}, []string{"\x01"}},
		{`^[0-9A-Za-z\.\-_]*(?<!\.)$`, []string{"", "a", "a.b", "_"}, []string{".", "a.", "a b"}},
		{`^[a-z0-9]([a-z0-9]|-(?!-)){1,61}[a-z0-9]$`, []string{"a-b", "abc", "a-b-c"}, []string{"a--b", "-ab", "ab-", "a_b"}},
		{`(?!^[0-9]+$)([a-zA-Z0-9-_]+)`, []string{"a", "1a", "-", "v1"}, []string{"", "1", "a.b"}},
		{`(arn:|((?!^\d+$)^[0-9a-zA-Z-_]+$))`, []string{"arn:", "1a", "_"}, []string{"", "1", "a.b"}},
		{`(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)`, []string{"system", "systems.a", "a.b", "sys", "s", "_"}, []string{"", "system.", "system.a", "a$", ".a"}},
		{`\p{Print}+`, []string{"a b"}, []string{"", "\x01"}},
	} {
		text, err := translate(c.pattern)
		if err != nil {
			t.Error(err)
			continue
		}
		re := regexp.MustCompile(text)
		for _, s := range c.yes {
			if !re.MatchString(s) {
				t.Errorf("%s does not match %q", c.pattern, s)
			}
		}
		for _, s := range c.not {
			if re.MatchString(s) {
				t.Errorf("%s matches %q", c.pattern, s)
			}
		}
	}
}
