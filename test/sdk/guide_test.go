package sdk_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestGuide types in what docs/guide.md says, command by command, as a newcomer
// does. Its comments say which commands are refused; all others must succeed.
func TestGuide(t *testing.T) {
	t.Parallel()
	needCLI(t)
	for _, tool := range []string{"bash", "curl", "sed", "node", "python3"} {
		if _, err := exec.LookPath(tool); err != nil {
			need(t, tool, err)
		}
	}
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "guide.md"))
	if err != nil {
		t.Fatal(err)
	}
	s := serve(t, devMemory)
	const here, refused, refusedByS3 = "http://127.0.0.1:4566", "# AccessDeniedException", "# AccessDenied"
	// Old versions of the CLI know --endpoint-url only.
	script := []string{"set -eu", `aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }`}
	commands, refusals := 0, 0
	for line := range strings.Lines(blocks(string(text), "sh")) {
		line = strings.ReplaceAll(strings.TrimRight(line, "\n"), here, s.url)
		switch {
		case strings.HasPrefix(line, "bailiwick serve"):
			continue // it serves already
		case strings.HasSuffix(line, refused), strings.HasSuffix(line, refusedByS3):
			refusals++
			command, _, _ := strings.Cut(line, refusedByS3)
			line = "if " + command + "; then echo NOT REFUSED; fi"
		}
		commands++
		script = append(script, line)
	}
	if commands < 30 || refusals == 0 || !strings.Contains(strings.Join(script, "\n"), s.url) {
		t.Fatalf("%d lines of commands and %d refusals in the guide", commands, refusals)
	}
	bin := t.TempDir()
	if err := os.Symlink(binary, filepath.Join(bin, "bailiwick")); err != nil {
		t.Fatal(err)
	}
	env := append(cleanEnv(), "BAILIWICK_ENDPOINT="+s.url, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // against one that waits for ever: dozens of processes of the CLI take their time
	defer cancel()
	cmd := exec.CommandContext(ctx, "bash", "-c", strings.Join(script, "\n"))
	cmd.Env, cmd.Dir = env, t.TempDir()
	out, err := cmd.CombinedOutput()
	if err != nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
		t.Fatalf("the guide stops working: %v\n%s", err, out)
	}
	got := string(out)
	if strings.Contains(got, "NOT REFUSED") || strings.Count(got, "AccessDenied") < refusals {
		t.Errorf("%d refusals are promised:\n%s", refusals, got)
	}
	for _, part := range []string{"a row of acme", "outcome: AccessDenied", "dynamodb:LeadingKeys", "globex#1", "acme#*", "an object of acme", "the route of acme", `{"message":"Forbidden"}`} {
		if !strings.Contains(got, part) {
			t.Errorf("no %q in what the guide prints:\n%s", part, got)
		}
	}
}

// blocks are the fenced blocks of a language, one after the other.
func blocks(markdown, language string) string {
	var b strings.Builder
	in := false
	for line := range strings.Lines(markdown) {
		switch {
		case strings.HasPrefix(line, "```"):
			in = !in && strings.TrimSpace(line) == "```"+language
		case in:
			b.WriteString(line)
		}
	}
	return b.String()
}
