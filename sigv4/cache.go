package sigv4

import (
	"crypto/subtle"
	"strings"
	"sync"
)

// KeyCache remembers derived keys. It is bounded and safe for concurrent use.
type KeyCache struct {
	perShard int
	shards   [16]shard
}

type shard struct {
	mu   sync.RWMutex
	keys map[scope]entry
}

// scope names a key by the access key id, not by the secret, so that the
// time of a map look-up can say nothing about a secret.
type scope struct{ id, date, region, service string }

type entry struct {
	secret string
	key    SigningKey
}

// NewKeyCache returns a cache of at most about size keys (at least 16). A day
// of one caller at one service needs one.
func NewKeyCache(size int) *KeyCache {
	c := &KeyCache{perShard: max(1, size/len(KeyCache{}.shards))}
	for i := range c.shards {
		c.shards[i].keys = make(map[scope]entry)
	}
	return c
}

// Key returns the signing key for the scope of s under secret, which is the
// secret access key of s.AccessKeyID. A changed secret derives anew.
//
// Scopes are chosen by the sender before anything is verified: a flood of
// them costs evictions, never memory. Call CheckScope first.
func (c *KeyCache) Key(s *Signature, secret string) SigningKey {
	sc := scope{s.AccessKeyID, s.Date, s.Region, s.Service}
	sh := &c.shards[s.shard()%uint32(len(c.shards))]
	sh.mu.RLock()
	e, ok := sh.keys[sc]
	sh.mu.RUnlock()
	if ok && subtle.ConstantTimeCompare([]byte(e.secret), []byte(secret)) == 1 {
		return e.key
	}
	e = entry{secret: secret, key: DeriveKey(secret, s.Date, s.Region, s.Service)}
	// The parts point into the Authorization header; without a copy the
	// cache would keep whole headers alive.
	sc = scope{strings.Clone(sc.id), strings.Clone(sc.date), strings.Clone(sc.region), strings.Clone(sc.service)}
	sh.mu.Lock()
	defer sh.mu.Unlock()
	if _, there := sh.keys[sc]; !there && len(sh.keys) >= c.perShard {
		sh.evict()
	}
	sh.keys[sc] = e
	return e.key
}

// evict drops one key, whichever the map yields first. Deriving again costs
// microseconds, so better choices are not worth their bookkeeping.
func (s *shard) evict() {
	for k := range s.keys {
		delete(s.keys, k)
		return
	}
}

// shard spreads by FNV-1a over the access key id, the part that differs.
func (s *Signature) shard() uint32 {
	h := uint32(2166136261)
	for i := range len(s.AccessKeyID) {
		h = (h ^ uint32(s.AccessKeyID[i])) * 16777619
	}
	return h
}
