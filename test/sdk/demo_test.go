package sdk_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"
)

// TestDemo: the first thing that a newcomer runs.
func TestDemo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	out, err := run(ctx, binary, []string{"demo"}, cleanEnv(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"guest", "user of A", "user of B", "admin of A", "cells are what they must be",
		"is not authorized to perform: dynamodb:GetItem on resource: " + tableARN(catalogue)} {
		if !strings.Contains(string(out), part) {
			t.Errorf("the demo does not print %q", part)
		}
	}
	for _, bad := range []string{"BROKEN", "yes!", "den!", "\x1b["} {
		if bytes.Contains(out, []byte(bad)) {
			t.Errorf("the demo prints %q", bad)
		}
	}
	if t.Failed() {
		t.Logf("%s", out)
	}
}
