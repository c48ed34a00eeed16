package executeapi

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// claimTexts are the claims as integrations see them: every one a string. HTTP
// APIs print lists as [a b]; REST APIs join them with commas and spell out times.
// Source: API Gateway Developer Guide, "JWT authorizers" and "user pool
// authorizers", as recorded.
func claimTexts(kind gateway.Kind, claims bailiwick.Claims) map[string]string {
	out := make(map[string]string, len(claims))
	for name, v := range claims {
		out[name] = claimText(kind, name, v)
	}
	return out
}

func claimText(kind gateway.Kind, name string, v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		if n, err := v.Int64(); kind == gateway.REST && err == nil && (name == "exp" || name == "iat") {
			return time.Unix(n, 0).UTC().Format("Mon Jan 02 15:04:05 UTC 2006")
		}
		return v.String()
	case []any:
		texts := make([]string, 0, len(v))
		for _, x := range v {
			texts = append(texts, claimText(kind, "", x))
		}
		if kind == gateway.REST {
			return strings.Join(texts, ",")
		}
		return "[" + strings.Join(texts, " ") + "]"
	case nil:
		return ""
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// A cognito is the identity pool's part of a session.
type cognito struct {
	pool, identity string
	amr            []string
}

const identityProvider = "cognito-identity.amazonaws.com"

// cognitoOf reads the session of an identity pool; ok is false for others.
func cognitoOf(who *bailiwick.Principal) (c cognito, ok bool) {
	if who == nil || who.Session == nil || who.Session.Provider != identityProvider {
		return c, false
	}
	web := who.Session.WebIdentity
	one := func(key string) string {
		if v := web[identityProvider+key]; len(v) == 1 {
			return v[0]
		}
		return ""
	}
	c = cognito{pool: one(":aud"), identity: one(":sub"), amr: slices.Clone(web[identityProvider+":amr"])}
	return c, c.identity != ""
}

// kind is "authenticated" or "unauthenticated".
func (c cognito) kind() string {
	for _, v := range c.amr {
		if v == "authenticated" || v == "unauthenticated" {
			return v
		}
	}
	return ""
}

// provider is the logins behind the identity, joined with commas: the user pool
// and the user in it.
func (c cognito) provider() string {
	var out []string
	for _, v := range c.amr {
		if v != "authenticated" && v != "unauthenticated" {
			out = append(out, v)
		}
	}
	return strings.Join(out, ",")
}
