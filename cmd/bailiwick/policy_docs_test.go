package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy/lint"
)

// A block is a fenced block of a document.
type block struct{ language, text string }

func readBlocks(markdown string) (out []block) {
	in := false
	for line := range strings.Lines(markdown) {
		switch {
		case strings.HasPrefix(line, "```") && in:
			in = false
		case strings.HasPrefix(line, "```"):
			in = true
			out = append(out, block{language: strings.TrimSpace(line[3:])})
		case in:
			out[len(out)-1].text += line
		}
	}
	return out
}

// TestPolicyGuide types in what docs/policy.md says, and looks for everything that
// it promises to be printed. Commands whose comment says so must exit with 1, all
// others with 0.
func TestPolicyGuide(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal("the guide is for bash: ", err)
	}
	guide := readGuide(t)
	bin, root := t.TempDir(), filepath.Join("..", "..")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(bin, "bailiwick"), ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var script, promised strings.Builder
	script.WriteString("set -eu\n")
	program, refused := "", 0
	for _, b := range readBlocks(guide) {
		switch b.language {
		case "sh":
			for line := range strings.Lines(b.text) {
				command, fails := strings.CutSuffix(strings.TrimRight(line, " \n"), "# exit 1")
				switch {
				case strings.HasPrefix(line, "go get "):
				case fails:
					refused++
					fmt.Fprintf(&script, "code=0; %s || code=$?; test $code -eq 1\n", strings.TrimSpace(command))
				default:
					script.WriteString(line)
				}
			}
		case "text":
			promised.WriteString(b.text)
		case "go":
			program = b.text
		}
	}
	cmd := exec.CommandContext(t.Context(), bash, "-c", script.String())
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	out, err := cmd.CombinedOutput()
	if err != nil || refused < 3 {
		t.Fatalf("the guide stops working: %v, %d commands that fail\n%s", err, refused, out)
	}
	file := filepath.Join(bin, "main.go")
	if err := os.WriteFile(file, []byte(program), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd = exec.CommandContext(t.Context(), "go", "run", file)
	cmd.Dir = root
	printed, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the program of the guide: %v\n%s", err, printed)
	}
	got := string(out) + string(printed)
	for line := range strings.Lines(promised.String()) {
		if !strings.Contains(got, line) {
			t.Errorf("the guide promises %q; got\n%s", line, got)
		}
	}
	for _, part := range []string{"1 document: nothing found", "ALLOWED", `"valid": true`} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in\n%s", part, got)
		}
	}
}

func readGuide(t *testing.T) string {
	t.Helper()
	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "policy.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(guide)
}

// TestPolicyGuideListsRules: the findings link to their rows.
func TestPolicyGuideListsRules(t *testing.T) {
	guide := readGuide(t)
	for _, r := range append(lint.Rules(), ruleOfInvalid) {
		severity := string(r.Severity)
		switch {
		case r.Tenants:
			severity += "; *tenants*: error"
		case r.Denies:
			severity += "; *Deny*: error"
		}
		row := fmt.Sprintf("| <a id=\"%s\"></a>`%s` | %s | %s | %s |\n", r.ID, r.ID, severity, r.Title, strings.ReplaceAll(r.Instead, "*", `\*`))
		if !strings.Contains(guide, row) {
			t.Errorf("docs/policy.md lacks the row\n%s", row)
		}
	}
}
