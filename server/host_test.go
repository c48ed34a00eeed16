package server

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv4"
)

// TestOwnHostIsNoBucket: whoever makes a bucket of the name of the server's host must
// not answer in its place, least of all for the keys of its tokens.
func TestOwnHostIsNoBucket(t *testing.T) {
	s := start(t, Config{Dev: true, PublicURL: "http://auth.localhost:4566"})
	send := func(method, url, body string, signed bool) *httptest.ResponseRecorder {
		r := httptest.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if signed {
			c := sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}
			if err := sigv4.Sign(r, c, "us-east-1", "s3", []byte(body), time.Now()); err != nil {
				t.Fatal(err)
			}
		}
		w := httptest.NewRecorder()
		s.Handler().ServeHTTP(w, r)
		return w
	}
	const path = "/us-east-1_Abcdefghi/.well-known/jwks.json"
	for _, step := range [][3]string{
		{http.MethodPut, "http://localhost:4566/auth", ""},
		{http.MethodPut, "http://localhost:4566/auth" + path, `{"keys":[]}`},
		{http.MethodPut, "http://auth.localhost:4566/data", ""},
		{http.MethodPut, "http://data.auth.localhost:4566/key", "x"},
		{http.MethodGet, "http://auth.localhost:4566/data/key", ""},
	} {
		if got := send(step[0], step[1], step[2], true); got.Code != http.StatusOK {
			t.Errorf("%s %s: %d %s", step[0], step[1], got.Code, got.Body)
		}
	}
	if got := send(http.MethodGet, "http://auth.localhost:4566"+path, "", false); !strings.Contains(got.Body.String(), "User pool us-east-1_Abcdefghi does not exist") {
		t.Errorf("the keys of a pool are answered with %d %s", got.Code, got.Body)
	}
}
