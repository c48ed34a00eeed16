package lint

import (
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// principals looks at who is named.
func (r *review) principals(s *statement) {
	if len(s.NotPrincipal) > 0 {
		p := s.NotPrincipal[0]
		r.add("not-principal", s, p.Line, p.Column, "a session is spared only if its own ARN, its role's and its account's are all named")
	}
	if !s.allow {
		return
	}
	for _, p := range s.Principals {
		switch {
		case p.Value == "*" && !slices.ContainsFunc(s.conditions, limits):
			r.add("principal-everyone", s, p.Line, p.Column, "everyone is allowed, of every account"+r.anonymous()+", and no condition says who"+tagsOnly(s))
		case strings.Contains(p.Value, ":assumed-role/"):
			r.add("session-principal", s, p.Line, p.Column, sessionMessage(p.Value))
		}
	}
}

// anonymous: nobody takes on a role without signing in.
func (r *review) anonymous() string {
	if r.document.Kind == policy.Trust {
		return ""
	}
	return " and without signing in"
}

func sessionMessage(arn string) string {
	if strings.HasSuffix(arn, "/CognitoIdentityCredentials") {
		return "every user of the identity pool with this role has this ARN, and is allowed around session policies and permissions boundaries"
	}
	return "who may choose the name of a session of this role is allowed, around session policies and permissions boundaries"
}

func tagsOnly(s *statement) string {
	if slices.ContainsFunc(s.conditions, func(c *condition) bool { return strings.HasPrefix(c.name, "aws:principaltag/") }) {
		return "; tags do not, because other accounts give their own"
	}
	return ""
}

// limits reports whether a condition limits who is meant by everyone.
func limits(c *condition) bool {
	if c.negated || c.ifExists || c.family == "Null" || c.set == "ForAllValues" || !slices.Contains(limiting, c.name) {
		return false
	}
	everything := func(v string) bool { return strings.Trim(v, "*:arnws") == "" || v == "0.0.0.0/0" || v == "::/0" }
	return !slices.ContainsFunc(c.Values, everything)
}
