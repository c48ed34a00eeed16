package identitypools

import (
	"context"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of a pool. Source: developer guide, "Quotas in Amazon Cognito".
const (
	maxClients = 50
	maxTags    = 50
)

func (a *API) createIdentityPool(ctx context.Context, call *bailiwick.Call, in *CreateIdentityPoolInput) (*IdentityPool, error) {
	id, err := newID(call.Region, a.Rand)
	if err != nil {
		return nil, err
	}
	p := &pool{ID: id, Account: call.Account, Region: call.Region, Created: call.Time, Tags: in.IdentityPoolTags}
	settings := IdentityPool{
		IdentityPoolName: in.IdentityPoolName, AllowUnauthenticatedIdentities: in.AllowUnauthenticatedIdentities, AllowClassicFlow: in.AllowClassicFlow,
		CognitoIdentityProviders: in.CognitoIdentityProviders, SupportedLoginProviders: in.SupportedLoginProviders,
		DeveloperProviderName: in.DeveloperProviderName, OpenIdConnectProviderARNs: in.OpenIdConnectProviderARNs, SamlProviderARNs: in.SamlProviderARNs,
	}
	if err := p.set(&settings); err != nil {
		return nil, err
	}
	if err := rightTags(p.Tags); err != nil {
		return nil, err
	}
	if err := a.decide(ctx, func(tx store.Tx) error { return putPool(tx, p) }); err != nil {
		return nil, err
	}
	return p.shown(), nil
}

func (a *API) describeIdentityPool(ctx context.Context, call *bailiwick.Call, in *DescribeIdentityPoolInput) (*IdentityPool, error) {
	p, err := a.own(ctx, call, *in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	return p.shown(), nil
}

// updateIdentityPool replaces all settings: what is absent gets its default, as
// at AWS. Tags and the developer provider's name stay when they are absent.
func (a *API) updateIdentityPool(ctx context.Context, call *bailiwick.Call, in *IdentityPool) (*IdentityPool, error) {
	p, err := a.change(ctx, call, *in.IdentityPoolId, func(p *pool) error {
		if in.IdentityPoolTags != nil {
			p.Tags = in.IdentityPoolTags
		}
		if err := rightTags(p.Tags); err != nil {
			return err
		}
		return p.set(in)
	})
	if err != nil {
		return nil, err
	}
	return p.shown(), nil
}

// deleteIdentityPool removes the pool first, which ends every access through it,
// and then its identities, in portions.
func (a *API) deleteIdentityPool(ctx context.Context, call *bailiwick.Call, in *DeleteIdentityPoolInput) (*noOutput, error) {
	id := *in.IdentityPoolId
	var p *pool
	err := a.decide(ctx, func(tx store.Tx) (err error) {
		if p, err = ownPool(tx, call, id); err != nil {
			return err
		}
		if err := tx.Delete(accountKey(p)); err != nil {
			return err
		}
		return tx.Delete(poolKey(id))
	})
	if err != nil {
		return nil, err
	}
	for more := true; more; {
		err := a.decide(ctx, func(tx store.Tx) error {
			more, err = sweep(tx, p)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// swept is how many identities one transaction of a deletion removes.
const swept = 1000

func sweep(tx store.Tx, p *pool) (more bool, err error) {
	ids, more, err := members(tx, p.ID, "", swept)
	if err != nil {
		return false, err
	}
	for _, id := range ids {
		i, err := getIdentity(tx, id)
		if err != nil {
			return false, err
		}
		if err := dropIdentity(tx, p, i); err != nil {
			return false, err
		}
	}
	return more, nil
}

func (a *API) listIdentityPools(ctx context.Context, call *bailiwick.Call, in *ListIdentityPoolsInput) (*ListIdentityPoolsResponse, error) {
	start, err := pageStart(in.NextToken)
	if err != nil {
		return nil, err
	}
	out := &ListIdentityPoolsResponse{}
	err = a.Store.View(ctx, func(r store.Reader) error {
		from, to := store.Prefix(space, "account", call.Account, call.Region)
		if start != "" {
			from = store.After(store.Key(space, "account", call.Account, call.Region, start))
		}
		for item, err := range store.ScanJSON[string](r, from, to, false) {
			if err != nil {
				return err
			}
			if len(out.IdentityPools) == int(*in.MaxResults) {
				out.NextToken = pageToken(*out.IdentityPools[len(out.IdentityPools)-1].IdentityPoolId)
				return nil
			}
			id, err := lastPart(item.Key)
			if err != nil {
				return err
			}
			out.IdentityPools = append(out.IdentityPools, IdentityPoolShortDescription{IdentityPoolId: &id, IdentityPoolName: &item.Value})
		}
		return nil
	})
	if out.IdentityPools == nil {
		out.IdentityPools = []IdentityPoolShortDescription{}
	}
	return out, err
}

// own reads a pool of the caller.
func (a *API) own(ctx context.Context, call *bailiwick.Call, id string) (p *pool, err error) {
	err = a.Store.View(ctx, func(r store.Reader) error {
		p, err = ownPool(r, call, id)
		return err
	})
	return p, err
}

// change edits a pool of the caller. edit may run again, on a fresh pool.
func (a *API) change(ctx context.Context, call *bailiwick.Call, id string, edit func(*pool) error) (p *pool, err error) {
	err = a.decide(ctx, func(tx store.Tx) error {
		if p, err = ownPool(tx, call, id); err != nil {
			return err
		}
		if err := edit(p); err != nil {
			return err
		}
		return putPool(tx, p)
	})
	return p, err
}

var userPoolProvider = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^cognito-idp\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[\w-]+$`)
})

// set takes the settings of a create or an update.
func (p *pool) set(in *IdentityPool) error {
	if len(in.CognitoIdentityProviders) > maxClients {
		return bailiwick.Errorf("LimitExceededException", "An identity pool can have at most %d Cognito identity providers.", maxClients)
	}
	clients := make([]client, 0, len(in.CognitoIdentityProviders))
	for _, c := range in.CognitoIdentityProviders {
		if c.ProviderName == nil || c.ClientId == nil || !userPoolProvider().MatchString(*c.ProviderName) {
			return invalid("Invalid Cognito Identity Provider")
		}
		clients = append(clients, client{Provider: *c.ProviderName, ClientID: *c.ClientId, ServerSideCheck: c.ServerSideTokenCheck})
	}
	developer := p.Developer // it stays when an update leaves it out: it can never change
	if in.DeveloperProviderName != nil {
		developer = *in.DeveloperProviderName
	}
	if developer == provider {
		return invalid("%s cannot be the name of a developer provider.", provider)
	}
	if p.Developer != "" && developer != p.Developer {
		return invalid("The developer provider name cannot be changed once it is set.")
	}
	p.Name, p.Developer, p.Clients = *in.IdentityPoolName, developer, clients
	p.Guests = *in.AllowUnauthenticatedIdentities
	p.Classic = in.AllowClassicFlow != nil && *in.AllowClassicFlow
	p.Social, p.OIDC, p.SAML = in.SupportedLoginProviders, in.OpenIdConnectProviderARNs, in.SamlProviderARNs
	return nil
}

// shown is the pool as the API shows it.
func (p *pool) shown() *IdentityPool {
	out := &IdentityPool{
		IdentityPoolId: &p.ID, IdentityPoolName: &p.Name, AllowUnauthenticatedIdentities: &p.Guests, AllowClassicFlow: &p.Classic,
		SupportedLoginProviders: p.Social, OpenIdConnectProviderARNs: p.OIDC, SamlProviderARNs: p.SAML, IdentityPoolTags: maps.Clone(p.Tags),
	}
	if p.Developer != "" {
		out.DeveloperProviderName = &p.Developer
	}
	if out.IdentityPoolTags == nil {
		out.IdentityPoolTags = map[string]string{}
	}
	for _, c := range p.Clients {
		check := c.ServerSideCheck != nil && *c.ServerSideCheck
		out.CognitoIdentityProviders = append(out.CognitoIdentityProviders, CognitoIdentityProvider{ProviderName: &c.Provider, ClientId: &c.ClientID, ServerSideTokenCheck: &check})
	}
	return out
}

// mappable tells whether role mappings can be set under a name: clients of user
// pools with their id, others as they are configured.
func (p *pool) mappable(name string) bool {
	for _, c := range p.Clients {
		if name == c.Provider+":"+c.ClientID {
			return true
		}
	}
	_, social := p.Social[name]
	oidc := slices.ContainsFunc(p.OIDC, func(arn string) bool { return name == arn || strings.HasSuffix(arn, ":oidc-provider/"+name) })
	return social || oidc || slices.Contains(p.SAML, name) || name == p.Developer && name != ""
}
