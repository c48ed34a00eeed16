package policy_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// testdata/rows.txt lists what AWS documents of the policy language, a row each, in our words:
//
//	# Where it is documented
//	area/what-is-ruled           the rule
//	context/what-is-supplied     the rule: go test ./service/x -run TestY
//
// A row is shown by cases that name it; one about what other packages do, by the test that it names. That each row has its case
// is held here; that the case shows the row is for readers.
func TestRows(t *testing.T) {
	list, err := os.ReadFile(filepath.Join("testdata", "rows.txt"))
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join("testdata", "*.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	cases := map[string]string{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		cases[filepath.Base(f)] = string(text)
	}
	for _, wrong := range audit(string(list), cases, shownElsewhere) {
		t.Error(wrong)
	}
}

// audit compares the list of rows with the case files, by name, and says what is wrong. shown reports whether a package, a
// folder from the root of the module, has a test.
func audit(list string, files map[string]string, shown func(folder, test string) bool) (wrong []string) {
	fail := func(format string, args ...any) { wrong = append(wrong, fmt.Sprintf(format, args...)) }
	rows, cases := map[string]int{}, 0
	for _, line := range strings.Split(list, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		row, rule, _ := strings.Cut(line, " ")
		if _, twice := rows[row]; twice || !rowName.MatchString(row) || strings.TrimSpace(rule) == "" {
			fail("the row %q is there twice, or has no name or no rule", line)
		}
		rows[row] = 0
		if m := otherTest.FindStringSubmatch(rule); m != nil {
			rows[row]++
			if !shown(m[1], m[2]) {
				fail("%s: there is no %s in %s", row, m[2], m[1])
			}
		}
	}
	for file, text := range files {
		for _, name := range caseNames(text) {
			cases++
			words := slices.DeleteFunc(strings.Fields(name), func(w string) bool { return !rowName.MatchString(w) })
			if len(words) == 0 && strings.HasPrefix(file, "reference-") {
				fail("%s: the case %q names no row", file, name)
			}
			for _, w := range words {
				if _, known := rows[w]; !known {
					fail("%s: the case %q names a row that there is not", file, name)
					continue
				}
				rows[w]++
			}
		}
	}
	for row, n := range rows {
		if n == 0 {
			fail("the row %s has no case", row)
		}
	}
	if len(rows) == 0 || cases == 0 {
		fail("there are %d rows and %d cases", len(rows), cases)
	}
	slices.Sort(wrong)
	return wrong
}

var (
	rowName   = regexp.MustCompile(`^[a-z0-9]+/[^ ]+$`)
	otherTest = regexp.MustCompile(`: go test \./(\S+) -run (Test\w+)$`)
)

// caseNames returns the first columns of the requests and documents of a case file.
func caseNames(text string) (names []string) {
	section := ""
	for _, line := range strings.Split(text, "\n") {
		if inner, ok := strings.CutPrefix(line, "-- "); ok && strings.HasSuffix(inner, " --") {
			section, _, _ = strings.Cut(inner, " ")
			continue
		}
		name, _, ok := strings.Cut(line, "|")
		if ok && (section == "requests" || section == "documents" || section == "matrix") && !strings.HasPrefix(line, "#") {
			names = append(names, strings.TrimSpace(name))
		}
	}
	return names
}

func shownElsewhere(folder, test string) bool {
	files, _ := filepath.Glob(filepath.Join("..", filepath.FromSlash(folder), "*_test.go"))
	return slices.ContainsFunc(files, func(f string) bool {
		text, err := os.ReadFile(f)
		return err == nil && strings.Contains(string(text), "\nfunc "+test+"(t *testing.T) {")
	})
}

// TestAudit proves that TestRows can fail.
func TestAudit(t *testing.T) {
	const list = "# Page\na/one   a rule\na/two   another: go test ./x -run TestTwo\n"
	const cases = "-- identity i --\n{}\n-- requests --\na/one thing | alice | t:A | * | | none identity\n"
	for _, tt := range []struct {
		name, list, file, cases string
		want                    int
	}{
		{"all is well", list, "reference-a.txtar", cases, 0},
		{"no rows, and so a case of none", "", "reference-a.txtar", cases, 2},
		{"no cases", list, "reference-a.txtar", "-- requests --\n", 2},
		{"a row without a case", list + "a/three  a rule\n", "reference-a.txtar", cases, 1},
		{"a row twice", list + "a/one  again\n", "reference-a.txtar", cases, 1},
		{"a row without a rule", list + "a/three\n", "reference-a.txtar", cases + "a/three | alice\n", 1},
		{"a test that there is not", list + "a/three rule: go test ./x -run TestThree\n", "reference-a.txtar", cases, 1},
		{"a row that there is not", list, "reference-a.txtar", cases + "a/three x | alice\n", 1},
		{"a row that there is not, of a document", list, "other.txtar", cases + "-- documents trust --\na/three x | ok | {}\n", 1},
		{"a case without a row", list, "reference-a.txtar", cases + "x | alice\n", 1},
		{"another file's case without a row", list, "other.txtar", cases + "x | alice\n", 0},
	} {
		wrong := audit(tt.list, map[string]string{tt.file: tt.cases}, func(_, test string) bool { return test == "TestTwo" })
		if len(wrong) != tt.want {
			t.Errorf("%s: %q, want %d complaints", tt.name, wrong, tt.want)
		}
	}
	if shownElsewhere("policy", "TestNothing") || !shownElsewhere("policy", "TestAudit") {
		t.Error("tests of other packages are not found by name")
	}
}
