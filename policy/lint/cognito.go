package lint

import (
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

const (
	cognitoProvider = "cognito-identity.amazonaws.com"
	audKey          = cognitoProvider + ":aud"
	amrKey          = cognitoProvider + ":amr"
)

// cognito looks at trust policies for identity pools: which pool, and users or
// guests, is for the policy to say.
func (r *review) cognito(s *statement) {
	if p := s.ofPools(); p != nil {
		r.pool(s, p.Line, p.Column)
		r.authenticated(s, p.Line, p.Column)
	}
}

// ofPools is the principal by which a statement lets identity pools give the role,
// nil if it does not.
func (s *statement) ofPools() *policy.PrincipalEntry {
	if !s.allow || !s.does("sts:AssumeRoleWithWebIdentity") {
		return nil
	}
	for i := range s.Principals {
		if p := &s.Principals[i]; p.Type == "Federated" && p.Value == cognitoProvider {
			return p
		}
	}
	return nil
}

// pool: without aud, everybody's own identity pool, of any account, gives tokens
// for this role.
func (r *review) pool(s *statement, line, column int) {
	const message = "tokens of every identity pool, of any account, are accepted"
	named := false
	for _, c := range s.has(audKey) {
		if !c.positive() || c.set == "ForAllValues" {
			continue
		}
		named = true
		for i, v := range c.Values {
			if c.patterned() && strings.ContainsAny(blank(v), "*?") {
				r.report("cognito-trust-aud", s, s.atValue(c, i), "%q matches more than one identity pool: %s", v, message)
			}
		}
	}
	if !named {
		r.add("cognito-trust-aud", s, line, column, "no condition names the identity pool (aud): "+message)
	}
}

// authenticated: amr is ["authenticated", provider...] for users and
// ["unauthenticated"] for guests.
func (r *review) authenticated(s *statement, line, column int) {
	said := false
	for _, c := range s.has(amrKey) {
		if c.family == "Null" || c.set == "" {
			said = true // never met, or something else that other rules tell
			continue
		}
		switch {
		case c.set == "ForAllValues":
			said = true
			r.reportKey("cognito-trust-amr", s, c, "ForAllValues is met by a token without amr, and users' tokens, which also list their provider, do not meet it")
		case c.negated || c.ifExists:
			continue
		default:
			said = true
			for i, v := range c.Values {
				if c.patterned() && glob(v, "unauthenticated") && strings.ContainsAny(v, "*?") {
					r.report("cognito-trust-amr", s, s.atValue(c, i), "%q also matches unauthenticated: guests may take on the role", v)
				}
			}
			if slices.Contains(c.Values, "authenticated") && slices.Contains(c.Values, "unauthenticated") {
				r.reportKey("cognito-trust-amr", s, c, "users and guests may both take on the role")
			}
		}
	}
	if !said {
		r.add("cognito-trust-amr", s, line, column, "no condition tells users from guests (amr): both may take on the role")
	}
}
