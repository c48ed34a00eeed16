package identitypools

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/token"
)

// A signer keeps the key of this service's tokens. The key is in the store, the
// same for every node, and is made when it is first needed: generating RSA keys
// is slow, and most servers never issue such a token.
type signer struct {
	mu     sync.Mutex
	cached *token.Key
}

type keyRecord struct {
	PKCS8 []byte `json:"pkcs8"`
}

func signingKey() []byte { return store.Key(space, "key") }

// key returns the key, made now if there is none.
func (s *signer) key(ctx context.Context, a *API) (*token.Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.load(ctx, a.Store)
	if k != nil || err != nil {
		return k, err
	}
	fresh, err := token.NewKey(a.Rand)
	if err != nil {
		return nil, err
	}
	der, err := fresh.Marshal()
	if err != nil {
		return nil, fmt.Errorf("encoding the signing key of identity pools: %w", err)
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		_, err := store.GetJSON[keyRecord](tx, signingKey())
		if !errors.Is(err, store.ErrNotFound) {
			return err // another node was first, or the store fails
		}
		return store.PutJSON(tx, signingKey(), keyRecord{PKCS8: der})
	})
	if err != nil {
		return nil, fmt.Errorf("keeping the signing key of identity pools: %w", err)
	}
	return s.load(ctx, a.Store)
}

// public returns the key to verify with; without a key nothing verifies.
func (s *signer) public(ctx context.Context, db store.Store) (token.KeySet, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.load(ctx, db)
	if k == nil || err != nil {
		return token.KeySet{}, err
	}
	return token.NewKeySet(k), nil
}

// load reads the key, nil if there is none. s.mu is held.
func (s *signer) load(ctx context.Context, db store.Store) (*token.Key, error) {
	if s.cached != nil {
		return s.cached, nil
	}
	var rec keyRecord
	err := db.View(ctx, func(r store.Reader) error {
		var err error
		rec, err = store.GetJSON[keyRecord](r, signingKey())
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the signing key of identity pools: %w", err)
	}
	k, err := token.ParseKey(rec.PKCS8)
	if err != nil {
		return nil, fmt.Errorf("reading the signing key of identity pools: %w", err)
	}
	if k, err = k.WithAlg(token.RS512); err != nil {
		return nil, err
	}
	s.cached = k
	return k, nil
}
