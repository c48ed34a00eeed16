package runner_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/runner"
)

func TestEndpoint(t *testing.T) {
	const secret = "0123456789abcdef"
	hang := make(chan struct{})
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		at, signature, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Bailiwick-Signature"), "t="), ",v1=")
		mac := hmac.New(sha256.New, []byte(secret))
		fmt.Fprintf(mac, "%s.%s.%s.%s", at, r.Header.Get("Bailiwick-Request-Id"), r.Header.Get("Bailiwick-Function-Arn"), body)
		if hex.EncodeToString(mac.Sum(nil)) != signature {
			http.Error(w, "signature", http.StatusForbidden)
			return
		}
		switch r.URL.Path {
		case "/ok":
			fmt.Fprintf(w, `{"event":%s}`, body)
		case "/fails":
			w.Header().Set("Bailiwick-Function-Error", "1")
			io.WriteString(w, `{"errorType":"Mine","errorMessage":"no"}`)
		case "/moved":
			http.Redirect(w, r, "/ok", http.StatusTemporaryRedirect)
		case "/text":
			io.WriteString(w, "hello")
		case "/large":
			io.WriteString(w, `"`+strings.Repeat("x", 7<<20)+`"`)
		case "/slow":
			<-hang
		}
	})
	plain, secure := httptest.NewServer(handler), httptest.NewUnstartedServer(handler)
	secure.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	secure.StartTLS()
	defer plain.Close()
	defer secure.Close()
	defer close(hang)
	r := newBench(t, func(r *runner.Runner) { r.TLS = secure.Client().Transport.(*http.Transport).TLSClientConfig })
	f := &runner.Function{Version: "1", ARN: "arn:f", Timeout: time.Second, Memory: 128, Log: r.logs.Open("f")}
	for name, tt := range map[string]struct {
		url, want string
		failed    bool
	}{
		"plain":       {plain.URL + "/ok", `{"event":{"a":1}}`, false},
		"secure":      {secure.URL + "/ok", `{"event":{"a":1}}`, false},
		"fails":       {plain.URL + "/fails", `{"errorType":"Mine","errorMessage":"no"}`, true},
		"redirect":    {plain.URL + "/moved", `{"errorType":"Endpoint.Failed","errorMessage":"RequestId: id-1 Error: The endpoint answered with status 307."}`, true},
		"no JSON":     {plain.URL + "/text", `{"errorType":"Endpoint.Failed","errorMessage":"RequestId: id-1 Error: The endpoint answered with no JSON."}`, true},
		"too large":   {plain.URL + "/large", `{"errorType":"Function.ResponseSizeTooLarge"}`, true},
		"slow":        {plain.URL + "/slow", `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: id-1 Error: Task timed out after 1.00 seconds"}`, true},
		"nobody":      {"http://127.0.0.1:1/", `{"errorType":"Endpoint.Failed","errorMessage":"RequestId: id-1 Error: The endpoint could not be reached."}`, true},
		"not trusted": {strings.Replace(secure.URL, "127.0.0.1", "localhost", 1) + "/ok", `{"errorType":"Endpoint.Failed"}`, true},
	} {
		res, err := r.Call(t.Context(), f, runner.Endpoint{URL: tt.url, Secret: secret}, runner.Invocation{RequestID: "id-1", ARN: "arn:f", Payload: []byte(`{"a":1}`)})
		if err != nil || res.Failed != tt.failed || !matches(t, res.Payload, tt.want) {
			t.Errorf("%s: %v %s %v", name, res.Failed, res.Payload, err)
		}
		if !strings.Contains(string(res.Tail), "END RequestId: id-1") {
			t.Errorf("%s: log %s", name, res.Tail)
		}
	}
	for _, bad := range []runner.Endpoint{
		{"http://example.org/", secret},
		{"ftp://127.0.0.1/", secret},
		{"https://", secret},
		{"https://a:b@example.org/", secret},
		{"https://example.org/#x", secret},
		{"https:example.org", secret},
		{"://", secret},
		{"https://example.org/", "short"},
		{"http://10.0.0.1/", secret},
	} {
		if err := bad.Check(); err == nil {
			t.Errorf("%s is accepted", bad.URL)
		}
		if _, err := r.Call(t.Context(), f, bad, runner.Invocation{}); err == nil {
			t.Errorf("%s is called", bad.URL)
		}
	}
}
