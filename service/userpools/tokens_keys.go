package userpools

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/token"
)

// poolKeys are the parsed signing keys of a pool. ID and access tokens have a
// key each, so that one can never pass for the other.
type poolKeys struct {
	id, access *token.Key
}

func (k *poolKeys) idSet() token.KeySet     { return token.NewKeySet(k.id) }
func (k *poolKeys) accessSet() token.KeySet { return token.NewKeySet(k.access) }

// maxCachedKeys bounds the cache of keys, in pools.
const maxCachedKeys = 1024

// A keyCache remembers parsed keys: parsing costs a good part of a signature. A
// pool's keys never change, and the ids of pools are never used again.
type keyCache struct {
	mu   sync.Mutex
	keys map[string]*poolKeys
}

func (c *keyCache) get(pool string) *poolKeys {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.keys[pool]
}

func (c *keyCache) put(pool string, k *poolKeys) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.keys == nil {
		c.keys = map[string]*poolKeys{}
	}
	if len(c.keys) >= maxCachedKeys {
		for other := range c.keys { // any one will do
			delete(c.keys, other)
			break
		}
	}
	c.keys[pool] = k
}

// keysOf returns the keys of a pool that exists.
func (a *API) keysOf(ctx context.Context, p *pool) (*poolKeys, error) {
	if k := a.cache.get(p.ID); k != nil {
		return k, nil
	}
	var rec signingKeys
	err := a.Store.View(ctx, func(r store.Reader) error {
		var err error
		rec, err = store.GetJSON[signingKeys](r, keySigning(p.ID))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the signing keys of pool %s: %w", p.ID, err)
	}
	k := new(poolKeys)
	if k.id, err = token.ParseKey(rec.ID); err != nil {
		return nil, fmt.Errorf("parsing the ID token key of pool %s: %w", p.ID, err)
	}
	if k.access, err = token.ParseKey(rec.Access); err != nil {
		return nil, fmt.Errorf("parsing the access token key of pool %s: %w", p.ID, err)
	}
	a.cache.put(p.ID, k)
	return k, nil
}

// provider is the pool's name in Logins of identity pools.
func (p *pool) provider() string { return "cognito-idp." + p.Region + ".amazonaws.com/" + p.ID }

// issuer is the iss of the pool's tokens, under which its keys are found: AWS's
// own name, or where clients reach this server.
func (a *API) issuer(p *pool) string {
	if a.PublicURL != "" {
		return strings.TrimRight(a.PublicURL, "/") + "/" + p.ID
	}
	return "https://" + p.provider()
}
