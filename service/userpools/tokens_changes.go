package userpools

import (
	"slices"
	"strings"
)

// fixedClaims say who the user is, who issued the token, to whom and for what. No
// function changes them. Source: Cognito Developer Guide, "Pre token generation
// Lambda trigger", claims and scopes reference.
var fixedClaims = []string{
	"acr", "amr", "at_hash", "aud", "auth_time", "azp", "client_id", "device_key", "event_id", "exp", "iat", "identities", "iss", "jti",
	"nbf", "nonce", "origin_jti", "scope", "sub", "token_use", "username", "version",
}

// fixed tells whether a claim is beyond functions: wishes for it are ignored, as
// AWS ignores them. Claims of groups come from groupOverrideDetails alone.
func fixed(name string) bool {
	return slices.Contains(fixedClaims, name) || strings.HasPrefix(name, "cognito:")
}

// apply changes the claims of one token. client is the audience that an access
// token may be given, "" for an ID token.
func (c claimChanges) apply(claims map[string]any, client string) {
	for name, v := range c.add {
		switch {
		case name == "aud" && client != "" && v == any(client):
		case fixed(name) || strings.HasPrefix(name, "dev:"):
			continue
		case client == "":
			v = typed(name, v)
		}
		if v != nil {
			claims[name] = v
		}
	}
	for _, name := range c.suppress {
		if name == "cognito:groups" { // and what is said of groups with them
			delete(claims, "cognito:groups")
			delete(claims, "cognito:roles")
			delete(claims, "cognito:preferred_role")
		}
		if !fixed(name) {
			delete(claims, name)
		}
	}
}

// typed is a claim of the ID token as readers of that claim expect it: whether an
// address is verified is a boolean, whoever says so. Nothing stands in for those
// claims that is not of their kind: nil.
func typed(name string, v any) any {
	switch name {
	case "email_verified", "phone_number_verified", "address", "updated_at":
	default:
		return v
	}
	switch v := v.(type) {
	case string:
		return claim(name, v)
	case members, []any:
		return nil
	default:
		return v
	}
}

// scopes are those of an access token that came from the API.
func (c *tokenChanges) scopes() []string {
	list := []string{scopeAdmin}
	if c == nil {
		return list
	}
	for _, s := range c.addScopes {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return slices.DeleteFunc(list, func(s string) bool { return slices.Contains(c.dropScopes, s) })
}

// groupClaims is what the tokens say of groups.
func (g *grant) groupClaims() groupClaims {
	if g.changes != nil && g.changes.groups != nil {
		return *g.changes.groups
	}
	c := groupClaims{names: g.groupNames()}
	c.roles, c.preferred = rolesOf(g.groups)
	return c
}
