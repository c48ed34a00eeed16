package identitypools

import (
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// Names of Roles, of mapping types and of what ambiguity does.
const (
	authenticated     = "authenticated"
	unauthenticated   = "unauthenticated"
	typeToken         = "Token"
	typeRules         = "Rules"
	useAuthenticated  = "AuthenticatedRole"
	ambiguityIsDenied = "Deny"
)

// role chooses the role of a visit, as the developer guide tells in "Using
// role-based access control". Each step is noted for the administrator.
func (v *visit) role(call *bailiwick.Call, custom string) (string, error) {
	if v.guest() {
		if custom != "" {
			call.Note("A guest cannot choose a role.")
			return "", forbiddenRole(custom)
		}
		return v.pool.defaultRole(call, unauthenticated)
	}
	l, m, err := v.mapping(call)
	switch {
	case err != nil:
		return "", err
	case m == nil && custom != "":
		call.Note("The request chooses the role %s, and no role mapping of the pool lets it choose.", custom)
		return "", forbiddenRole(custom)
	case m == nil:
		return v.pool.defaultRole(call, authenticated)
	}
	switch m.Type {
	case typeToken:
		return v.pool.byToken(call, m, l.claims, custom)
	case typeRules:
		return v.pool.byRules(call, m, l.claims, custom)
	}
	call.Note("The role mapping of %s has the unknown type %q.", l.provider, m.Type)
	return "", errConfiguration
}

// mapping finds the one role mapping for the logins. Two would leave it to the
// caller's luck, or skill, which one decides.
func (v *visit) mapping(call *bailiwick.Call) (*login, *mapping, error) {
	var with *login
	var found mapping
	for i := range v.logins {
		l := &v.logins[i]
		key := l.provider + ":" + l.client
		if l.provider == provider { // the developer's word, in a token of this service
			key = v.pool.Developer
		}
		m, ok := v.pool.RoleMappings[key]
		if !ok {
			continue
		}
		if with != nil {
			call.Note("Two logins of the request have role mappings, those of %s and %s.", with.provider, l.provider)
			return nil, nil, errAmbiguous
		}
		with, found = l, m
	}
	if with == nil {
		return nil, nil, nil
	}
	return with, &found, nil
}

// defaultRole is the role of all authenticated users, or of all guests.
func (p *pool) defaultRole(call *bailiwick.Call, kind string) (string, error) {
	arn := p.Roles[kind]
	if arn == "" {
		call.Note("The identity pool %s has no %s role.", p.ID, kind)
		return "", errConfiguration
	}
	call.Note("Role selection: the %s role of the pool, %s.", kind, arn)
	return arn, nil
}

// byToken takes the role that the token prefers, or the one that the caller
// chooses among those of the token.
func (p *pool) byToken(call *bailiwick.Call, m *mapping, claims bailiwick.Claims, custom string) (string, error) {
	if custom != "" {
		if !slices.Contains(stringsOf(claims["cognito:roles"]), custom) {
			call.Note("The request chooses the role %s, which is not in cognito:roles.", custom)
			return "", forbiddenRole(custom)
		}
		call.Note("Role selection: %s, chosen by the request among cognito:roles.", custom)
		return custom, nil
	}
	if arn, ok := claims["cognito:preferred_role"].(string); ok && arn != "" {
		call.Note("Role selection: cognito:preferred_role, %s.", arn)
		return arn, nil
	}
	return p.ambiguous(call, m, "the token has no cognito:preferred_role")
}

// byRules takes the role of the first rule that matches; the caller may choose
// the role of a later one, if it matches as well.
func (p *pool) byRules(call *bailiwick.Call, m *mapping, claims bailiwick.Claims, custom string) (string, error) {
	for i, r := range m.Rules {
		if (custom == "" || custom == r.Role) && r.matches(claims) {
			call.Note("Role selection: rule %d (%s %s %q), %s.", i+1, r.Claim, r.Match, r.Value, r.Role)
			return r.Role, nil
		}
	}
	if custom != "" {
		call.Note("The request chooses the role %s, which no matching rule gives.", custom)
		return "", forbiddenRole(custom)
	}
	return p.ambiguous(call, m, "no rule matches")
}

func (p *pool) ambiguous(call *bailiwick.Call, m *mapping, why string) (string, error) {
	if m.Ambiguous != useAuthenticated {
		call.Note("Role selection: %s, and AmbiguousRoleResolution denies.", why)
		return "", errAmbiguous
	}
	call.Note("Role selection: %s, so AmbiguousRoleResolution takes the default.", why)
	return p.defaultRole(call, authenticated)
}

// matches compares a claim with the rule, with regard to case. A claim that is
// absent matches nothing, not even NotEqual. Of a claim with several values, such
// as cognito:groups, only Contains is asked, and one value that contains the text
// is enough: a rule for "acme" lets "acme-guests" in, as at AWS.
func (r *rule) matches(claims bailiwick.Claims) bool {
	claim, ok := claims[r.Claim]
	if !ok {
		return false
	}
	if list, ok := claim.([]any); ok {
		return r.Match == "Contains" && slices.ContainsFunc(stringsOf(list), func(s string) bool { return strings.Contains(s, r.Value) })
	}
	s, ok := scalar(claim)
	if !ok {
		return false
	}
	switch r.Match {
	case "Equals":
		return s == r.Value
	case "NotEqual":
		return s != r.Value
	case "StartsWith":
		return strings.HasPrefix(s, r.Value)
	case "Contains":
		return strings.Contains(s, r.Value)
	}
	return false
}
