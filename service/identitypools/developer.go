package identitypools

import (
	"context"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Developer authenticated identities: the backend of an application, which signs
// its requests, says who its users are. Its word is a login like any other, and
// what it gets is a token for the user to take to the public operations.
// Source: developer guide, "Developer authenticated identities".

const (
	developerDuration = 15 * time.Minute
	maxUserIdentifier = 1024
)

// getOpenIDTokenForDeveloperIdentity finds or makes the identity of a developer's
// user, or links the user to the identity that the request names.
func (a *API) getOpenIDTokenForDeveloperIdentity(ctx context.Context, call *bailiwick.Call, in *GetOpenIdTokenForDeveloperIdentityInput) (*GetOpenIdTokenForDeveloperIdentityResponse, error) {
	p, err := a.own(ctx, call, *in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	word, err := p.word(in.Logins)
	if err != nil {
		return nil, err
	}
	tags, err := developerTags(in.PrincipalTags)
	if err != nil {
		return nil, err
	}
	tokens := maps.Clone(in.Logins)
	delete(tokens, word.provider)
	if _, ok := tokens[provider]; ok {
		return nil, invalid("A token of %s is no login for a new one.", provider)
	}
	logins, err := a.verify(ctx, tokens)
	if err != nil {
		return nil, err
	}
	v, err := a.introduce(ctx, call, in, word, logins)
	if err != nil {
		return nil, err
	}
	mapped, err := v.webIdentity(call)
	if err != nil {
		return nil, err
	}
	for k, value := range tags {
		if wrong := wrongTag(mapped.Tags, k, value); wrong != "" {
			return nil, invalid("The principal tag %s %s.", k, wrong)
		}
		mapped.Tags[k] = value
	}
	key, err := a.signer.key(ctx, a)
	if err != nil {
		return nil, err
	}
	valid := developerDuration
	if in.TokenDuration != nil {
		valid = time.Duration(*in.TokenDuration) * time.Second
	}
	t, err := key.Sign(claimsOf(mapped, call.Time, valid))
	if err != nil {
		return nil, err
	}
	return &GetOpenIdTokenForDeveloperIdentityResponse{IdentityId: &v.identity.ID, Token: &t}, nil
}

// word is the developer's own login among the logins of a request.
func (p *pool) word(logins map[string]string) (login, error) {
	user, ok := logins[p.Developer]
	switch {
	case p.Developer == "" || !ok:
		return login{}, invalid("Logins must name the developer provider of the identity pool.")
	case utf8.RuneCountInString(user) > maxUserIdentifier:
		return login{}, invalid("A developer user identifier can have at most %d characters.", maxUserIdentifier)
	}
	return login{provider: p.Developer, subject: user, client: p.ID, developer: true}, nil
}

func developerTags(want map[string]string) (map[string]string, error) {
	tags := map[string]string{}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if wrong := wrongTag(tags, k, want[k]); wrong != "" {
			return nil, invalid("The principal tag %s %s.", k, wrong)
		}
		tags[k] = want[k]
	}
	return tags, nil
}

// introduce finds the identity of the developer's user and links what is new.
func (a *API) introduce(ctx context.Context, call *bailiwick.Call, in *GetOpenIdTokenForDeveloperIdentityInput, word login, logins []login) (*visit, error) {
	id, err := a.identityID(*in.IdentityPoolId)
	if err != nil {
		return nil, err
	}
	var v *visit
	var fresh []login
	see := func(r store.Reader) error {
		p, err := ownPool(r, call, *in.IdentityPoolId)
		if err != nil {
			return err
		}
		if err := p.bind(call, logins); err != nil {
			return err
		}
		v = &visit{pool: p, logins: append([]login{word}, logins...)}
		v.identity, fresh, err = p.introduced(r, call, in.IdentityId, v.logins)
		return err
	}
	if err := a.Store.View(ctx, see); err != nil {
		return nil, err
	}
	if err := a.active(ctx, call, logins); err != nil {
		return nil, err
	}
	if len(fresh) == 0 {
		return v, nil
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		if err := see(tx); err != nil {
			return err
		}
		if v.identity == nil {
			v.identity = &identity{ID: id, Pool: v.pool.ID, Created: call.Time}
		}
		return v.identity.link(tx, call, fresh)
	})
	return v, err
}

// introduced is whose, held against the identity that the request names.
func (p *pool) introduced(r store.Reader, call *bailiwick.Call, named *string, logins []login) (*identity, []login, error) {
	i, fresh, err := p.whose(r, call, logins)
	if err != nil || named == nil {
		return i, fresh, err
	}
	if i != nil && i.ID != *named {
		return nil, nil, bailiwick.Errorf("DeveloperUserAlreadyRegisteredException", "The developer user identifier is already registered with another identity.")
	}
	if i, err = getIdentity(r, *named); err != nil {
		return nil, nil, err
	}
	switch {
	case i.Pool != p.ID:
		return nil, nil, noIdentity(*named)
	case i.Closed:
		return nil, nil, forbidden(*named)
	}
	return i, fresh, nil
}

// lookupDeveloperIdentity tells the identity of a user, or the users of an
// identity.
func (a *API) lookupDeveloperIdentity(ctx context.Context, call *bailiwick.Call, in *LookupDeveloperIdentityInput) (*LookupDeveloperIdentityResponse, error) {
	if in.IdentityId == nil && in.DeveloperUserIdentifier == nil {
		return nil, invalid("Either IdentityId or DeveloperUserIdentifier is required.")
	}
	limit := 60
	if in.MaxResults != nil {
		limit = int(*in.MaxResults)
	}
	var out *LookupDeveloperIdentityResponse
	err := a.Store.View(ctx, func(r store.Reader) error {
		p, err := ownPool(r, call, *in.IdentityPoolId)
		if err != nil {
			return err
		}
		i, err := p.looked(r, in)
		if err != nil {
			return err
		}
		users, next, err := pageOf(i.Users, in.NextToken, limit)
		out = &LookupDeveloperIdentityResponse{IdentityId: &i.ID, DeveloperUserIdentifierList: users, NextToken: next}
		return err
	})
	return out, err
}

func (p *pool) looked(r store.Reader, in *LookupDeveloperIdentityInput) (*identity, error) {
	if in.DeveloperUserIdentifier == nil {
		i, err := getIdentity(r, *in.IdentityId)
		if err == nil && i.Pool != p.ID {
			return nil, noIdentity(*in.IdentityId)
		}
		return i, err
	}
	i, err := p.userIdentity(r, *in.DeveloperUserIdentifier)
	if err == nil && in.IdentityId != nil && i.ID != *in.IdentityId {
		return nil, bailiwick.Errorf("ResourceConflictException", "The developer user identifier is not associated with the identity.")
	}
	return i, err
}

// userIdentity finds the identity of a developer's user.
func (p *pool) userIdentity(r store.Reader, user string) (*identity, error) {
	id, err := p.owner(r, login{provider: p.Developer, subject: user, developer: true})
	if err != nil {
		return nil, err
	}
	if id == "" {
		return nil, bailiwick.Errorf(codeNotFound, "The developer user identifier is not found.")
	}
	return getIdentity(r, id)
}

// mergeDeveloperIdentities moves all users and logins of one identity to
// another and closes the first. Both must be users of the developer, who asks.
func (a *API) mergeDeveloperIdentities(ctx context.Context, call *bailiwick.Call, in *MergeDeveloperIdentitiesInput) (*MergeDeveloperIdentitiesResponse, error) {
	id := ""
	err := a.decide(ctx, func(tx store.Tx) error {
		p, err := developerPool(tx, call, *in.IdentityPoolId, *in.DeveloperProviderName)
		if err != nil {
			return err
		}
		from, err := p.userIdentity(tx, *in.SourceUserIdentifier)
		if err != nil {
			return err
		}
		to, err := p.userIdentity(tx, *in.DestinationUserIdentifier)
		if err != nil {
			return err
		}
		if from.ID == to.ID {
			return invalid("The developer user identifiers are already of the same identity.")
		}
		id = to.ID
		return p.merge(tx, call, from, to)
	})
	if err != nil {
		return nil, err
	}
	return &MergeDeveloperIdentitiesResponse{IdentityId: &id}, nil
}

func (p *pool) merge(tx store.Tx, call *bailiwick.Call, from, to *identity) error {
	var moved []login
	for name, subject := range from.Logins {
		moved = append(moved, login{provider: name, subject: subject})
	}
	for _, user := range from.Users {
		moved = append(moved, login{provider: p.Developer, subject: user, developer: true})
	}
	from.Logins, from.Users, from.Closed, from.Modified = nil, nil, true, call.Time
	if err := putIdentity(tx, from); err != nil {
		return err
	}
	return to.link(tx, call, moved)
}

// unlinkDeveloperIdentity takes a user away from an identity.
func (a *API) unlinkDeveloperIdentity(ctx context.Context, call *bailiwick.Call, in *UnlinkDeveloperIdentityInput) (*noOutput, error) {
	return nil, a.decide(ctx, func(tx store.Tx) error {
		p, err := developerPool(tx, call, *in.IdentityPoolId, *in.DeveloperProviderName)
		if err != nil {
			return err
		}
		i, err := p.userIdentity(tx, *in.DeveloperUserIdentifier)
		if err != nil {
			return err
		}
		if i.ID != *in.IdentityId {
			return bailiwick.Errorf("ResourceConflictException", "The developer user identifier is not associated with the identity.")
		}
		if err := tx.Delete(loginKey(p.ID, p.Developer, *in.DeveloperUserIdentifier)); err != nil {
			return err
		}
		i.Users = slices.DeleteFunc(i.Users, func(u string) bool { return u == *in.DeveloperUserIdentifier })
		i.Closed, i.Modified = !i.authenticated(), call.Time
		return putIdentity(tx, i)
	})
}

func developerPool(r store.Reader, call *bailiwick.Call, id, name string) (*pool, error) {
	p, err := ownPool(r, call, id)
	if err == nil && (p.Developer == "" || p.Developer != name) {
		return nil, invalid("%s is not the developer provider of the identity pool.", name)
	}
	return p, err
}
