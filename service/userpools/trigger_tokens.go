package userpools

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"sync"
)

// Sources of PreTokenGeneration.
const (
	sourceSignIn      = "TokenGeneration_Authentication"
	sourceNewPassword = "TokenGeneration_NewPasswordChallenge"
	sourceRefresh     = "TokenGeneration_RefreshTokens"
)

// maxClaimChanges bounds what a function changes, in claims, scopes, groups and
// roles. Source: Cognito Developer Guide, "Quotas", total combined changes.
const maxClaimChanges = 5000

// maxClaimName is the longest name of a claim that a function may add, in bytes.
const maxClaimName = 256

// tokenChanges is what a PreTokenGeneration function wants of the tokens.
type tokenChanges struct {
	groups     *groupClaims // nil: as they are
	id, access claimChanges
	addScopes  []string
	dropScopes []string
}

// groupClaims stand in for the user's groups, all together.
type groupClaims struct {
	names, roles []string
	preferred    string
}

// claimChanges are those of one token. What is both added and suppressed is
// suppressed.
type claimChanges struct {
	add      map[string]any
	suppress []string
}

// askPreToken runs PreTokenGeneration; nil if the pool has no function for it.
func (a *API) askPreToken(ctx context.Context, s *signIn, g *grant, source string) (*tokenChanges, error) {
	c := g.groupClaims()
	groups := map[string]any{"groupsToOverride": notNil(c.names), "iamRolesToOverride": notNil(c.roles), "preferredRole": optional(c.preferred)}
	t := &trigger{
		name: preTokenGeneration, source: source, pool: s.pool, username: g.user.Username, client: s.client.ID,
		request:  withMetadata(map[string]any{"userAttributes": s.pool.triggerAttributes(g.user), "groupConfiguration": groups}, s.metadata),
		response: map[string]any{"claimsOverrideDetails": nil},
	}
	second := s.pool.tokenEvent() == tokenEventV2
	if second {
		t.version = "2"
		t.request["scopes"] = []string{scopeAdmin}
		t.response = map[string]any{"claimsAndScopeOverrideDetails": nil}
	}
	response, err := a.run(ctx, s.call, t)
	if err != nil || response == nil {
		return nil, err
	}
	read := readTokenChangesV1
	if second {
		read = readTokenChangesV2
	}
	changes, err := read(response)
	if err != nil {
		return nil, t.misunderstood(s.call, err)
	}
	return changes, nil
}

// notNil is an empty list where there is none: functions iterate without asking.
func notNil(list []string) []string {
	if list == nil {
		return []string{}
	}
	return list
}

// readTokenChangesV1 reads a V1_0 response: claims of the ID token, as strings.
func readTokenChangesV1(response members) (*tokenChanges, error) {
	out := new(tokenChanges)
	details, err := response.object("claimsOverrideDetails")
	if err != nil || details == nil {
		return out, err
	}
	if out.id, err = readClaimChanges(details); err != nil {
		return nil, err
	}
	for name := range out.id.add {
		if _, ok := out.id.add[name].(string); !ok {
			return nil, fmt.Errorf("%w: a claim of claimsToAddOrOverride is not a string", errAnswerShape)
		}
	}
	if out.groups, err = readGroupClaims(details); err != nil {
		return nil, err
	}
	return out, out.check()
}

// readTokenChangesV2 reads a V2_0 response: claims of both tokens, of any type, and
// the scopes of the access token.
func readTokenChangesV2(response members) (*tokenChanges, error) {
	out := new(tokenChanges)
	details, err := response.object("claimsAndScopeOverrideDetails")
	if err != nil || details == nil {
		return out, err
	}
	id, err := details.object("idTokenGeneration")
	if err != nil {
		return nil, err
	}
	if out.id, err = readClaimChanges(id); err != nil {
		return nil, err
	}
	access, err := details.object("accessTokenGeneration")
	if err != nil {
		return nil, err
	}
	if out.access, err = readClaimChanges(access); err != nil {
		return nil, err
	}
	if out.addScopes, err = access.strings("scopesToAdd"); err != nil {
		return nil, err
	}
	if out.dropScopes, err = access.strings("scopesToSuppress"); err != nil {
		return nil, err
	}
	if out.groups, err = readGroupClaims(details); err != nil {
		return nil, err
	}
	return out, out.check()
}

func readClaimChanges(m members) (c claimChanges, err error) {
	add, err := m.object("claimsToAddOrOverride")
	if err != nil {
		return c, err
	}
	for name, v := range add {
		if v == nil {
			return c, fmt.Errorf("%w: a claim of claimsToAddOrOverride is null", errAnswerShape)
		}
		if name == "" || len(name) > maxClaimName {
			return c, fmt.Errorf("%w: a claim's name is empty or longer than %d bytes", errAnswerShape, maxClaimName)
		}
	}
	c.add = maps.Clone(map[string]any(add))
	c.suppress, err = m.strings("claimsToSuppress")
	return c, err
}

// readGroupClaims reads groupOverrideDetails. The object stands in for all that
// groups say: an empty one, or null, leaves nothing of them. Only where it is not
// there do the groups stay as they are.
func readGroupClaims(m members) (*groupClaims, error) {
	if _, given := m["groupOverrideDetails"]; !given {
		return nil, nil
	}
	details, err := m.object("groupOverrideDetails")
	if err != nil {
		return nil, err
	}
	out := new(groupClaims)
	if out.names, err = details.strings("groupsToOverride"); err != nil {
		return nil, err
	}
	if out.roles, err = details.strings("iamRolesToOverride"); err != nil {
		return nil, err
	}
	out.preferred, err = details.text("preferredRole")
	return out, err
}

// scopeToken is one scope: without a space, which would make it two.
// Source: RFC 6749 section 3.3.
var scopeToken = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]{1,256}$`) })

func (c *tokenChanges) check() error {
	n := len(c.id.add) + len(c.id.suppress) + len(c.access.add) + len(c.access.suppress) + len(c.addScopes) + len(c.dropScopes)
	if c.groups != nil {
		n += len(c.groups.names) + len(c.groups.roles)
	}
	if n > maxClaimChanges {
		return fmt.Errorf("%w: %d changes of at most %d", errAnswerShape, n, maxClaimChanges)
	}
	for _, s := range c.addScopes {
		if !scopeToken().MatchString(s) {
			return fmt.Errorf("%w: scopesToAdd has a scope with a character that scopes do not have", errAnswerShape)
		}
	}
	return nil
}
