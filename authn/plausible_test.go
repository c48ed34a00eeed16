package authn_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv4"
)

func TestPlausible(t *testing.T) {
	a := authenticator(t)
	alice := sigv4.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "another body's signature is as plausible"}
	nobody := sigv4.Credentials{AccessKeyID: "AKIANOBODY", SecretAccessKey: "long-term"}
	unsigned := signed(t, alice, "us-east-1", "dynamodb", now)
	unsigned.Header = http.Header{"Authorization": {"AWS4-HMAC-SHA256 ..."}}
	for name, tt := range map[string]struct {
		r    *http.Request
		want bool
	}{
		"a key that is there":      {signed(t, alice, "us-east-1", "dynamodb", now), true},
		"a session":                {signed(t, mint(t, a, time.Hour), "us-east-1", "dynamodb", now), true},
		"a session that has ended": {signed(t, mint(t, a, -time.Hour), "us-east-1", "dynamodb", now), false},
		"no such key":              {signed(t, nobody, "us-east-1", "dynamodb", now), false},
		"long ago":                 {signed(t, alice, "us-east-1", "dynamodb", now.Add(-time.Hour)), false},
		"another service":          {signed(t, alice, "us-east-1", "sts", now), false},
		"not a signature":          {unsigned, false},
	} {
		if got := a.Plausible(context.Background(), tt.r, "dynamodb"); got != tt.want {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
