package main

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDeadCodeIsDropped: code that calls methods by computed names (text/template
// does) makes the linker keep every exported method of every type, a sixth of the
// program, which is memory of every server.
func TestDeadCodeIsDropped(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-dumpdep", "-o", filepath.Join(t.TempDir(), "bailiwick"), ".").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%.2000s", err, out)
	}
	if len(out) < 1<<20 {
		t.Fatalf("the linker told %d bytes, which cannot be what is reachable", len(out))
	}
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "<ReflectMethod>") {
			t.Fatalf("the linker keeps dead code because of: %s", line)
		}
	}
}
