package token

import (
	"encoding/json"
	"testing"
	"time"
)

func TestTimes(t *testing.T) {
	now := time.Unix(1000, 0)
	num := func(s string) any { return json.Number(s) }
	for _, c := range []struct {
		name         string
		claims       Claims
		expired, not bool
	}{
		{"valid", Claims{"exp": num("1001"), "nbf": num("1000")}, false, false},
		{"at exp", Claims{"exp": num("1000")}, true, false},
		{"past", Claims{"exp": num("999")}, true, false},
		{"no exp", Claims{}, true, false},
		{"exp is a string", Claims{"exp": "2000"}, true, false},
		{"exp null", Claims{"exp": nil}, true, false},
		{"exp negative", Claims{"exp": num("-5")}, true, false},
		{"exp overflows", Claims{"exp": num("9223372036854775807")}, true, false},
		{"exp overflows more", Claims{"exp": num("1e400")}, true, false},
		{"exp fraction, past", Claims{"exp": num("1000.9")}, true, false},
		{"exp fraction", Claims{"exp": num("1001.1")}, false, false},
		{"exp exponent", Claims{"exp": num("2e3")}, false, false},
		{"early", Claims{"exp": num("2000"), "nbf": num("1001")}, false, true},
		{"nbf is a string", Claims{"exp": num("2000"), "nbf": "1"}, false, true},
	} {
		if got := Expired(c.claims, now); (got != nil) != c.expired {
			t.Errorf("%s: Expired = %v", c.name, got)
		}
		if got := NotYet(c.claims, now); (got != nil) != c.not {
			t.Errorf("%s: NotYet = %v", c.name, got)
		}
	}
	const want = "Token expired: current date/time 1000 must be before the expiration date/time 999"
	if err := Expired(Claims{"exp": num("999")}, now); err.Error() != want {
		t.Errorf("message %q", err)
	}
}

func TestStrings(t *testing.T) {
	for name, c := range map[string]struct {
		in any
		n  int
		ok bool
	}{"one": {"a", 1, true}, "list": {[]any{"a", "b"}, 2, true}, "empty": {[]any{}, 0, true}, "mixed": {[]any{"a", true}, 0, false}, "none": {nil, 0, false}, "object": {map[string]any{}, 0, false}} {
		if got, ok := (Claims{"aud": c.in}).Strings("aud"); len(got) != c.n || ok != c.ok {
			t.Errorf("%s: %v %v", name, got, ok)
		}
	}
}
