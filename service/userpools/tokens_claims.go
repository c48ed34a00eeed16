package userpools

import (
	"strconv"
	"strings"
	"time"
)

// scopeAdmin is the scope of access tokens that came from the API: their user may
// change the own account with them.
const scopeAdmin = "aws.cognito.signin.user.admin"

// idClaims is the body of an ID token: who the user is, as far as the client may
// know. Source: Cognito Developer Guide, "Understanding the identity (ID) token".
func (g *grant) idClaims(iss, jti string, now time.Time) map[string]any {
	u, c := g.user, g.client
	claims := map[string]any{}
	for name, v := range u.Attributes {
		if c.reads(name) {
			claims[name] = claim(name, v)
		}
	}
	// Whoever asks about an unproven address must hear no, not nothing: an
	// administrator's new user has the attribute only once it is set.
	for _, name := range []string{"email", "phone_number"} {
		if verified := name + "_verified"; u.Attributes[name] != "" && u.Attributes[verified] == "" && c.reads(verified) {
			claims[verified] = false
		}
	}
	// The pool's own claims come last: an attribute can never stand in for one.
	claims["sub"], claims["iss"], claims["aud"] = u.Sub, iss, c.ID
	claims["cognito:username"], claims["token_use"], claims["event_id"] = u.Username, "id", g.event
	claims["auth_time"], claims["iat"], claims["exp"] = g.session.AuthTime, now.Unix(), now.Add(c.idLife()).Unix()
	if c.Revocable {
		claims["jti"], claims["origin_jti"] = jti, g.origin
	}
	groups := g.groupClaims()
	if len(groups.names) > 0 {
		claims["cognito:groups"] = groups.names
	}
	if len(groups.roles) > 0 {
		claims["cognito:roles"] = groups.roles
	}
	if groups.preferred != "" {
		claims["cognito:preferred_role"] = groups.preferred
	}
	if g.changes != nil {
		g.changes.id.apply(claims, "")
	}
	return claims
}

// claim is an attribute as ID tokens carry it: a string, with the exceptions of
// OpenID Connect. Custom attributes are strings whatever their type.
func claim(name, v string) any {
	switch name {
	case "email_verified", "phone_number_verified":
		return v == "true"
	case "address":
		return map[string]string{"formatted": v}
	case "updated_at":
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n
		}
	}
	return v
}

// accessClaims is the body of an access token: no attributes, and no audience.
// Source: Cognito Developer Guide, "Understanding the access token".
func (g *grant) accessClaims(iss, jti string, now time.Time) map[string]any {
	u, c := g.user, g.client
	claims := map[string]any{
		"sub": u.Sub, "iss": iss, "client_id": c.ID, "username": u.Username, "token_use": "access",
		"event_id": g.event, "auth_time": g.session.AuthTime, "iat": now.Unix(), "exp": now.Add(c.accessLife()).Unix(), "jti": jti,
	}
	if c.Revocable {
		claims["origin_jti"] = g.origin
	}
	if scopes := g.changes.scopes(); len(scopes) > 0 {
		claims["scope"] = strings.Join(scopes, " ")
	}
	if groups := g.groupClaims(); len(groups.names) > 0 {
		claims["cognito:groups"] = groups.names
	}
	if g.changes != nil {
		g.changes.access.apply(claims, c.ID)
	}
	return claims
}

func (g *grant) groupNames() []string {
	names := make([]string, 0, len(g.groups))
	for i := range g.groups {
		names = append(names, g.groups[i].Name)
	}
	return names
}
