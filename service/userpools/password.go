package userpools

import (
	"fmt"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
)

// specials are what the policy counts as special characters.
// Source: Cognito Developer Guide, "Password requirements".
const specials = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "

// checkPassword holds a password against the pool's policy.
func (p *pool) checkPassword(password string) error {
	policy := &p.Settings.Password
	bad := func(what string) error {
		return bailiwick.Errorf("InvalidPasswordException", "Password did not conform with policy: %s", what)
	}
	switch {
	case units(password) < int(or(policy.MinimumLength, 8)):
		return bad("Password not long enough")
	case value(policy.RequireUppercase) && !strings.ContainsAny(password, uppers):
		return bad("Password must have uppercase characters")
	case value(policy.RequireLowercase) && !strings.ContainsAny(password, lowers):
		return bad("Password must have lowercase characters")
	case value(policy.RequireNumbers) && !strings.ContainsAny(password, digits):
		return bad("Password must have numeric characters")
	case value(policy.RequireSymbols) && !strings.ContainsAny(password, specials):
		return bad("Password must have symbol characters")
	}
	return nil
}

// newPassword draws a temporary password that every policy accepts.
func (a *API) newPassword(p *pool) (string, error) {
	const each = 3
	n := max(int(or(p.Settings.Password.MinimumLength, 8)), 16)
	var b strings.Builder
	for _, alphabet := range []string{uppers, lowers, digits, symbols} {
		s, err := random(a.Rand, each, alphabet)
		if err != nil {
			return "", err
		}
		b.WriteString(s)
	}
	s, err := random(a.Rand, n-b.Len(), alphanumeric)
	return b.String() + s, err
}

// verifier computes what is kept of a password. It takes a while and is never
// called inside a transaction. username is the internal name.
func (a *API) verifier(p *pool, username, password string) (*verifier, error) {
	salt, v, err := a.SRP.NewVerifier(a.Rand, p.name(), username, password)
	if err != nil {
		return nil, fmt.Errorf("making a password verifier: %w", err)
	}
	return &verifier{salt, v}, nil
}

// A verifier is what is kept of a password.
type verifier struct{ salt, verifier []byte }

// give makes v the password of u and forgets wrong guesses of the former one.
func (v *verifier) give(u *user) {
	u.Salt, u.Verifier = v.salt, v.verifier
	u.Failures, u.LockedUntil = 0, time.Time{}
}
