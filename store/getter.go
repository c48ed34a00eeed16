package store

import "context"

// A Getter is a Store that reads one record with less ado than a View.
type Getter interface {
	Store

	// Get is Reader.Get in a View of its own. The value is the caller's.
	Get(ctx context.Context, key []byte) ([]byte, error)
}

// Get reads one record of s, by the shortest way that s has.
func Get(ctx context.Context, s Store, key []byte) (value []byte, err error) {
	if g, ok := s.(Getter); ok {
		return g.Get(ctx, key)
	}
	err = s.View(ctx, func(r Reader) error {
		v, err := r.Get(key)
		value = append([]byte{}, v...)
		return err
	})
	if err != nil {
		return nil, err
	}
	return value, nil
}
