package store

import (
	"errors"
	"sync"
)

// Decoded remembers what records of one type decode to, by their bytes: it is
// never out of date, whoever writes. Its values are shared and must not be changed.
// It may be used concurrently. The zero value is ready.
type Decoded[T any] struct {
	mu    sync.Mutex
	known map[string]*T
	bytes int
}

// maxDecoded bounds the bytes of the records that one Decoded remembers.
const maxDecoded = 4 << 20

// Get is GetJSON; nil when there is no record.
func (d *Decoded[T]) Get(r Reader, key []byte) (*T, error) {
	raw, err := r.Get(key)
	if errors.Is(err, ErrNotFound) {
		return nil, nil //nolint:nilnil // documented
	}
	if err != nil {
		return nil, err
	}
	if v := d.find(raw); v != nil {
		return v, nil
	}
	v, err := decodeRecord[T](key, raw)
	if err != nil {
		return nil, err
	}
	d.keep(raw, &v)
	return &v, nil
}

func (d *Decoded[T]) find(raw []byte) *T {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.known[string(raw)]
}

// keep makes room by dropping whatever the map answers first.
func (d *Decoded[T]) keep(raw []byte, v *T) {
	if len(raw) > maxDecoded/64 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.known[string(raw)] != nil {
		return
	}
	for k := range d.known {
		if d.bytes+len(raw) <= maxDecoded {
			break
		}
		delete(d.known, k)
		d.bytes -= len(k)
	}
	if d.known == nil {
		d.known = map[string]*T{}
	}
	d.known[string(raw)] = v
	d.bytes += len(raw)
}
