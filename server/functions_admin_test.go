package server

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/runner"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// fakeLogs has the log of one function.
type fakeLogs struct{}

func (fakeLogs) FunctionLogs(_ context.Context, account, region, name string, after int64, limit int) ([]runner.Line, int64, error) {
	if account != "000000000000" || region != "us-east-1" || name != "f" {
		return nil, 0, bailiwick.Errorf("ResourceNotFoundException", "Function not found: %s", name)
	}
	return []runner.Line{{Number: after + 1, Text: strings.Repeat("x", limit)}}, 9, nil
}

func TestFunctionLogs(t *testing.T) {
	s := devServer(t)
	s.logs = fakeLogs{}
	ask := func(path, secret string) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
		if secret != "" {
			if err := sigv4.Sign(r, sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: secret}, "us-east-1", "bailiwick", nil, time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	w := ask("/_bailiwick/functions/f/logs?after=4&limit=3", "test")
	var got FunctionLogs
	if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != http.StatusOK || got.Last != 9 || len(got.Lines) != 1 || got.Lines[0].Number != 5 || got.Lines[0].Text != "xxx" {
		t.Errorf("%d %s %v", w.Code, w.Body, err)
	}
	for path, want := range map[string]int{
		"/_bailiwick/functions/g/logs":                  http.StatusNotFound,
		"/_bailiwick/functions/f/logs?region=eu-west-1": http.StatusNotFound,
		"/_bailiwick/functions/f/logs?region=x":         http.StatusBadRequest,
		"/_bailiwick/functions/f/logs?after=-1":         http.StatusBadRequest,
		"/_bailiwick/functions/f/logs?limit=x":          http.StatusBadRequest,
		"/_bailiwick/functions/a%2Fb/logs":              http.StatusBadRequest,
	} {
		if w := ask(path, "test"); w.Code != want {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	for _, secret := range []string{"", "wrong"} {
		if w := ask("/_bailiwick/functions/f/logs", secret); w.Code != http.StatusForbidden {
			t.Errorf("secret %q: %d %s", secret, w.Code, w.Body)
		}
	}
	s.logs = nil
	if w := ask("/_bailiwick/functions/f/logs", "test"); w.Code != http.StatusNotFound {
		t.Errorf("without functions: %d %s", w.Code, w.Body)
	}
}
