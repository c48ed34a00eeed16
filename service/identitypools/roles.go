package identitypools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// setIdentityPoolRoles replaces the roles and all role mappings of a pool.
func (a *API) setIdentityPoolRoles(ctx context.Context, call *bailiwick.Call, in *SetIdentityPoolRolesInput) (*noOutput, error) {
	_, err := a.change(ctx, call, *in.IdentityPoolId, func(p *pool) error {
		mappings := map[string]mapping{}
		for name, m := range in.RoleMappings {
			if !p.mappable(name) {
				return invalid("%s is not a valid RoleMapping ProviderName or is not a configured provider.", name)
			}
			kept, err := mappingOf(name, m)
			if err != nil {
				return err
			}
			mappings[name] = kept
		}
		p.Roles, p.RoleMappings = in.Roles, mappings
		return nil
	})
	return nil, err
}

// mappingOf reads one role mapping. What happens when it gives no role must be
// said: the default would be a guess about somebody's rights.
func mappingOf(name string, m RoleMapping) (mapping, error) {
	out := mapping{Type: *m.Type}
	if m.AmbiguousRoleResolution == nil {
		return mapping{}, invalid("AmbiguousRoleResolution is required for the role mapping of %s.", name)
	}
	out.Ambiguous = *m.AmbiguousRoleResolution
	switch {
	case out.Type == typeRules && m.RulesConfiguration == nil:
		return mapping{}, invalid("RulesConfiguration is required for the role mapping of %s, whose type is Rules.", name)
	case out.Type == typeToken && m.RulesConfiguration != nil:
		return mapping{}, invalid("RulesConfiguration is not for the role mapping of %s, whose type is Token.", name)
	case out.Type == typeToken:
		return out, nil
	}
	for _, r := range m.RulesConfiguration.Rules {
		out.Rules = append(out.Rules, rule{Claim: *r.Claim, Match: *r.MatchType, Value: *r.Value, Role: *r.RoleARN})
	}
	return out, nil
}

func (a *API) getIdentityPoolRoles(ctx context.Context, call *bailiwick.Call, in *GetIdentityPoolRolesInput) (*GetIdentityPoolRolesResponse, error) {
	p, err := a.own(ctx, call, *in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	out := &GetIdentityPoolRolesResponse{IdentityPoolId: &p.ID, Roles: p.Roles}
	if out.Roles == nil {
		out.Roles = map[string]string{}
	}
	for name, m := range p.RoleMappings {
		if out.RoleMappings == nil {
			out.RoleMappings = map[string]RoleMapping{}
		}
		out.RoleMappings[name] = m.shown()
	}
	return out, nil
}

func (m mapping) shown() RoleMapping {
	out := RoleMapping{Type: &m.Type, AmbiguousRoleResolution: &m.Ambiguous}
	for _, r := range m.Rules {
		if out.RulesConfiguration == nil {
			out.RulesConfiguration = &RulesConfigurationType{}
		}
		out.RulesConfiguration.Rules = append(out.RulesConfiguration.Rules, MappingRule{Claim: &r.Claim, MatchType: &r.Match, Value: &r.Value, RoleARN: &r.Role})
	}
	return out
}
