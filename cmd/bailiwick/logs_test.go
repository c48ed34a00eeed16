package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/runner"
	"github.com/bailiwick-project/bailiwick/server"
)

// TestLogs: lines come once and in order, also when the server is started anew and
// counts from the beginning.
func TestLogs(t *testing.T) {
	all := []runner.Line{{Number: 1, Text: "one"}, {Number: 2, Text: "two \x1b[2J"}, {Number: 3, Text: "three"}}
	ctx, stop := context.WithCancel(t.Context())
	asked := 0
	var mu sync.Mutex // of all and asked
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.URL.Path != "/_bailiwick/functions/f/logs" || r.URL.Query().Get("region") != "eu-west-1" || !strings.Contains(r.Header.Get("Authorization"), "/bailiwick/aws4_request") {
			http.Error(w, `{"message":"`+r.URL.String()+`"}`, http.StatusNotFound)
			return
		}
		asked++
		switch asked {
		case 3:
			all = []runner.Line{{Number: 1, Text: "anew"}}
		case 5:
			stop()
		}
		after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
		limit, _ := strconv.Atoi(r.URL.Query().Get("limit"))
		got := server.FunctionLogs{Last: all[len(all)-1].Number}
		for _, l := range all {
			if l.Number > after {
				got.Lines = append(got.Lines, l)
			}
		}
		got.Lines = got.Lines[max(0, len(got.Lines)-limit):]
		_ = json.NewEncoder(w).Encode(got)
	}))
	defer fake.Close()
	var out bytes.Buffer
	l := logs{admin: admin{endpoint: fake.URL}, function: "f", region: "eu-west-1", follow: true, json: true, tail: 2, every: time.Millisecond}
	if err := l.run(ctx, streams{out: &out}); err != nil && ctx.Err() == nil {
		t.Fatal(err)
	}
	var texts []string
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var l runner.Line
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		texts = append(texts, l.Text)
	}
	if want := []string{"two \x1b[2J", "three", "anew"}; fmt.Sprintf("%q", texts) != fmt.Sprintf("%q", want) {
		t.Errorf("got %q, want %q", texts, want)
	}
	mu.Lock()
	asked, all = 10, []runner.Line{{Number: 1, Text: "clear \x1b[2J"}}
	mu.Unlock()
	code, text, errText := bailiwick(t, "logs", "f", "--region", "eu-west-1", "--endpoint", fake.URL)
	if code != 0 || strings.Contains(text, "\x1b") || !strings.Contains(text, "clear ") {
		t.Errorf("exit %d, %q %s", code, text, errText)
	}
	if code, _, errText := bailiwick(t, "logs", "g", "--endpoint", fake.URL); code != exitFailed || !strings.Contains(errText, "functions/g/logs") {
		t.Errorf("another function: exit %d, %s", code, errText)
	}
	if code, _, errText := bailiwick(t, "logs", "f", "--tail", "0"); code != exitFailed || !strings.Contains(errText, "--tail") {
		t.Errorf("no lines: exit %d, %s", code, errText)
	}
}
