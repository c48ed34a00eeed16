package identitypools

import (
	"context"
	"maps"

	"github.com/bailiwick-project/bailiwick"
)

// setPrincipalTagAttributeMap says which claims of a provider become principal
// tags. Without tags and defaults the map is taken away.
func (a *API) setPrincipalTagAttributeMap(ctx context.Context, call *bailiwick.Call, in *SetPrincipalTagAttributeMapInput) (*SetPrincipalTagAttributeMapResponse, error) {
	m := tagMap{Defaults: in.UseDefaults != nil && *in.UseDefaults, Tags: in.PrincipalTags}
	if m.Defaults {
		if len(m.Tags) > 0 && !maps.Equal(m.Tags, defaultTags) {
			return nil, invalid("PrincipalTags cannot be set together with UseDefaults.")
		}
		m.Tags = nil
	}
	_, err := a.change(ctx, call, *in.IdentityPoolId, func(p *pool) error {
		if p.TagMaps == nil {
			p.TagMaps = map[string]tagMap{}
		}
		p.TagMaps[*in.IdentityProviderName] = m
		if !m.Defaults && len(m.Tags) == 0 {
			delete(p.TagMaps, *in.IdentityProviderName)
		}
		if len(p.TagMaps) > maxClients {
			return bailiwick.Errorf("LimitExceededException", "An identity pool can have principal tag maps for at most %d providers.", maxClients)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &SetPrincipalTagAttributeMapResponse{
		IdentityPoolId: in.IdentityPoolId, IdentityProviderName: in.IdentityProviderName, UseDefaults: &m.Defaults, PrincipalTags: m.shown(),
	}, nil
}

func (a *API) getPrincipalTagAttributeMap(ctx context.Context, call *bailiwick.Call, in *GetPrincipalTagAttributeMapInput) (*GetPrincipalTagAttributeMapResponse, error) {
	p, err := a.own(ctx, call, *in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	m := p.TagMaps[*in.IdentityProviderName]
	return &GetPrincipalTagAttributeMapResponse{
		IdentityPoolId: in.IdentityPoolId, IdentityProviderName: in.IdentityProviderName, UseDefaults: &m.Defaults, PrincipalTags: m.shown(),
	}, nil
}

func (m tagMap) shown() map[string]string {
	out := map[string]string{}
	maps.Copy(out, m.claims())
	return out
}
