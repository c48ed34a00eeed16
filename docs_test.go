package bailiwick_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A shown is a test that docs/pitfalls.md names.
type shown struct {
	folder, function, part string // part is of the name of a subtest
}

// command reads "go test ./policy -run TestX/y" or "go test -C test/sdk -run TestX".
var command = regexp.MustCompile("`go test (?:\\./|-C )([a-z0-9/]+) -run (Test\\w+)(?:/([^`]+))?`")

var number = regexp.MustCompile(`^\d+: `)

// TestPitfallsAreShown: a guide that names a test that is gone promises what
// nobody holds.
func TestPitfallsAreShown(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("docs", "pitfalls.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, line := range strings.Split(string(text), "\n") {
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		n, err := strconv.Atoi(cells[0])
		if err != nil || !strings.HasPrefix(line, "|") {
			cells = []string{line} // may name tests as well
		} else if rows++; n != rows || len(cells) != 6 || slices.Contains(cells, "") {
			t.Errorf("row %d is number %d and has %d columns, some of them perhaps empty", rows, n, len(cells))
		}
		last := cells[len(cells)-1]
		list := command.FindAllStringSubmatch(last, -1)
		if len(cells) > 1 && (len(list) == 0 || len(list) != strings.Count(last, "`")/2) {
			t.Errorf("row %d: not every command can be read: %s", n, last)
		}
		for _, m := range list {
			if wrong := missing(t, shown{m[1], m[2], m[3]}); wrong != "" {
				t.Errorf("%.60s...: %s", line, wrong)
			}
		}
	}
	if rows == 0 {
		t.Error("docs/pitfalls.md has no rows")
	}
}

// TestMissingTestsAreFound proves that TestPitfallsAreShown can fail.
func TestMissingTestsAreFound(t *testing.T) {
	for _, s := range []shown{
		{"policy", "TestNothing", ""},
		{"policies", "TestCases", ""},
		{"arn", "TestCases", ""},
		{"policy", "TestCases", "nothing"},
		{"test/sdk", "TestPitfalls", "a subtest that nobody wrote"},
	} {
		if missing(t, s) == "" {
			t.Errorf("%+v is there", s)
		}
	}
	for _, s := range []shown{{"policy", "TestCases", "trust"}, {"test/sdk", "TestPitfalls", "second_app_client"}} {
		if wrong := missing(t, s); wrong != "" {
			t.Error(wrong)
		}
	}
}

// missing says what of a test is not there, "" if it is. A subtest is there when
// a string of the package's tests begins with its name, but for a number before
// it, or when it is a file of testdata.
func missing(t *testing.T, s shown) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.FromSlash(s.folder), "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	function, part := false, s.part == ""
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				function = function || n.Recv == nil && n.Name.Name == s.function
			case *ast.BasicLit:
				if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
					part = part || strings.HasPrefix(strings.ReplaceAll(number.ReplaceAllString(text, ""), " ", "_"), s.part)
				}
			}
			return true
		})
	}
	if data, _ := filepath.Glob(filepath.Join(filepath.FromSlash(s.folder), "testdata", s.part+".txtar")); len(data) > 0 {
		part = true
	}
	switch {
	case !function:
		return "there is no " + s.function + " in " + s.folder
	case !part:
		return "there is no part " + s.part + " of " + s.function + " in " + s.folder
	}
	return ""
}
