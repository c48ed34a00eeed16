package identitypools

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Keys, all below "identitypools":
//
//	pool     POOL                        pool
//	account  ACCOUNT REGION POOL         name of the pool, for listings
//	identity IDENTITY                    identity
//	member   POOL IDENTITY               nothing, for listings
//	login    POOL PROVIDER SUBJECT       id of the identity; the one place that says whose a login is;
//	                                     of a developer provider, the subject is the user identifier
//	key                                  signing key
const space = "identitypools"

// A pool is one identity pool, with everything that the hot path reads.
type pool struct {
	ID           string             `json:"id"` // REGION:UUID
	Account      string             `json:"account"`
	Region       string             `json:"region"`
	Name         string             `json:"name"`
	Guests       bool               `json:"guests,omitempty"`
	Classic      bool               `json:"classic,omitempty"`
	Clients      []client           `json:"clients,omitempty"`
	Social       map[string]string  `json:"social,omitempty"` // SupportedLoginProviders
	Developer    string             `json:"developer,omitempty"`
	OIDC         []string           `json:"oidc,omitempty"`
	SAML         []string           `json:"saml,omitempty"`
	Tags         map[string]string  `json:"tags,omitempty"`
	Roles        map[string]string  `json:"roles,omitempty"`        // by "authenticated", "unauthenticated"
	RoleMappings map[string]mapping `json:"roleMappings,omitempty"` // by PROVIDER:CLIENT
	TagMaps      map[string]tagMap  `json:"tagMaps,omitempty"`      // by PROVIDER
	Created      time.Time          `json:"created"`
}

// A client is an app client of a user pool. Provider and ClientID are a pair:
// neither means anything without the other.
type client struct {
	Provider        string `json:"provider"` // cognito-idp.REGION.amazonaws.com/POOL
	ClientID        string `json:"client"`
	ServerSideCheck *bool  `json:"check,omitempty"`
}

// A mapping chooses roles for the logins of one client.
type mapping struct {
	Type      string `json:"type"`      // "Token" or "Rules"
	Ambiguous string `json:"ambiguous"` // "AuthenticatedRole" or "Deny"
	Rules     []rule `json:"rules,omitempty"`
}

type rule struct {
	Claim string `json:"claim"`
	Match string `json:"match"` // "Equals", "NotEqual", "StartsWith", "Contains"
	Value string `json:"value"`
	Role  string `json:"role"`
}

// A tagMap says which claims become which principal tags.
type tagMap struct {
	Defaults bool              `json:"defaults,omitempty"`
	Tags     map[string]string `json:"tags,omitempty"` // claim by tag key
}

// An identity is somebody within a pool. One without logins is a guest, unless
// it is Closed: then its last login was taken away and nobody may use it.
type identity struct {
	ID       string            `json:"id"`
	Pool     string            `json:"pool"`
	Logins   map[string]string `json:"logins,omitempty"` // subject by provider
	Users    []string          `json:"users,omitempty"`  // developer user identifiers
	Closed   bool              `json:"closed,omitempty"`
	Created  time.Time         `json:"created"`
	Modified time.Time         `json:"modified"`
}

func poolKey(id string) []byte         { return store.Key(space, "pool", id) }
func identityKey(id string) []byte     { return store.Key(space, "identity", id) }
func memberKey(pool, id string) []byte { return store.Key(space, "member", pool, id) }
func accountKey(p *pool) []byte        { return store.Key(space, "account", p.Account, p.Region, p.ID) }

func loginKey(pool, provider, subject string) []byte {
	return store.Key(space, "login", pool, provider, subject)
}

// getPool reads a pool for a public operation; ResourceNotFoundException without one.
func getPool(r store.Reader, id string) (*pool, error) {
	return get[pool](r, poolKey(id), noPool(id), "identity pool "+id)
}

// ownPool reads a pool of the caller's account and region. Another's is not found.
func ownPool(r store.Reader, call *bailiwick.Call, id string) (*pool, error) {
	p, err := getPool(r, id)
	if err == nil && (p.Account != call.Account || p.Region != call.Region) {
		return nil, noPool(id)
	}
	return p, err
}

// authenticated tells whether it takes a login to be this identity.
func (i *identity) authenticated() bool { return len(i.Logins)+len(i.Users) > 0 }

func getIdentity(r store.Reader, id string) (*identity, error) {
	return get[identity](r, identityKey(id), noIdentity(id), "identity "+id)
}

// owner reads whose a login is, "" for nobody's. A token of this service names
// its identity, which may be gone.
func (p *pool) owner(r store.Reader, l login) (string, error) {
	if l.provider == provider {
		i, err := getIdentity(r, l.subject)
		if isNotFound(err) || err == nil && (i.Pool != p.ID || !i.authenticated()) {
			return "", errLoginsMismatch
		}
		return l.subject, err
	}
	id, err := store.GetJSON[string](r, loginKey(p.ID, l.provider, l.subject))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("reading a login of %s: %w", p.ID, err)
	}
	return id, nil
}

func get[T any](r store.Reader, key []byte, missing error, what string) (*T, error) {
	v, err := store.GetJSON[T](r, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, missing
	case err != nil:
		return nil, fmt.Errorf("reading %s: %w", what, err)
	}
	return &v, nil
}

func putPool(tx store.Tx, p *pool) error {
	if err := store.PutJSON(tx, poolKey(p.ID), p); err != nil {
		return err
	}
	return store.PutJSON(tx, accountKey(p), p.Name)
}

func putIdentity(tx store.Tx, i *identity) error {
	if err := store.PutJSON(tx, identityKey(i.ID), i); err != nil {
		return err
	}
	return store.PutJSON(tx, memberKey(i.Pool, i.ID), struct{}{})
}

// dropIdentity removes an identity and gives its logins free.
func dropIdentity(tx store.Tx, p *pool, i *identity) error {
	for _, user := range i.Users {
		if err := tx.Delete(loginKey(i.Pool, p.Developer, user)); err != nil {
			return err
		}
	}
	for provider, subject := range i.Logins {
		if err := tx.Delete(loginKey(i.Pool, provider, subject)); err != nil {
			return err
		}
	}
	if err := tx.Delete(memberKey(i.Pool, i.ID)); err != nil {
		return err
	}
	return tx.Delete(identityKey(i.ID))
}

// decide runs fn in one transaction. Its refusals wait for what they rest on.
func (a *API) decide(ctx context.Context, fn func(store.Tx) error) error {
	return store.Decide[*bailiwick.Error](ctx, a.Store, fn)
}
