package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"

	"github.com/bailiwick-project/bailiwick/blob"
	"github.com/bailiwick-project/bailiwick/store"
)

// pins are the blobs that readers still need: an object of many parts is read
// part by part, and may be replaced meanwhile.
type pins struct {
	mu     sync.Mutex
	held   map[string]int
	doomed map[string]bool // removed as soon as nobody holds them
}

func (p *pins) hold(parts []part) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held == nil {
		p.held, p.doomed = map[string]int{}, map[string]bool{}
	}
	for i := range parts {
		p.held[parts[i].Blob]++
	}
}

// release returns the blobs that may go now.
func (p *pins) release(parts []part) (gone []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i := range parts {
		id := parts[i].Blob
		if p.held[id]--; p.held[id] > 0 {
			continue
		}
		delete(p.held, id)
		if p.doomed[id] {
			delete(p.doomed, id)
			gone = append(gone, id)
		}
	}
	return gone
}

// doom tells whether a blob may go at once; else it goes when it is released.
func (p *pins) doom(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held[id] == 0 {
		return true
	}
	p.doomed[id] = true
	return false
}

// remove removes blobs that no record names any more. What fails here is swept at
// the next start, so the request that it belongs to has not failed.
func (a *API) remove(ctx context.Context, ids ...string) {
	ctx = context.WithoutCancel(ctx) // the client's leaving must not leave rubbish
	for _, id := range ids {
		if id == "" || !a.pins.doom(id) {
			continue
		}
		if err := a.Blobs.Remove(ctx, id); err != nil {
			a.log().WarnContext(ctx, "removing a blob", slog.String("blob", id), slog.Any("error", err))
		}
	}
}

func (a *API) log() *slog.Logger {
	if a.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return a.Log
}

// errMoved says that what was read of an object is no longer so.
var errMoved = errors.New("s3: the object was replaced meanwhile")

// section gives length bytes from offset on of the content of an object. small is
// the content if it was in the store.
func (a *API) section(ctx context.Context, o *opened, offset, length int64) (io.ReadCloser, error) {
	switch {
	case o.parts != nil:
		return a.sequence(ctx, o.parts, offset, length), nil
	case o.object.Blob == "":
		return io.NopCloser(newBytes(o.small[offset : offset+length])), nil
	}
	return blob.Section(o.file, offset, length)
}

// An opened is an object whose bytes can be read from now on, whatever becomes of
// it. close gives back what is not handed on.
type opened struct {
	*object
	small []byte
	file  blob.Reader
	parts []part // held
}

// open reads an object of a bucket with its content, nil when there is none. The
// record and the bytes are those of one moment.
func (a *API) open(ctx context.Context, b *bucket, key string) (*opened, error) {
	var o *opened
	var err error
	for range maxTries {
		o, err = a.tryOpen(ctx, b, key)
		if !errors.Is(err, errMoved) && !errors.Is(err, blob.ErrNotFound) {
			return o, err
		}
	}
	return nil, fmt.Errorf("reading an object of bucket %s, which is replaced all the time or has lost its content: %w", b.Name, err)
}

// maxTries bounds the attempts to read what others replace all the time.
const maxTries = 100

func (a *API) tryOpen(ctx context.Context, b *bucket, key string) (*opened, error) {
	o := new(opened)
	err := a.Store.View(ctx, func(r store.Reader) (err error) {
		if _, err = a.still(r, b); err != nil {
			return err
		}
		if o.object, err = getObject(r, b, key); err != nil || o.object == nil {
			return err
		}
		switch {
		case o.Parts > 0:
			o.parts, err = getLayout(r, b, key)
		case o.isSmall():
			o.small, err = smallContent(r, b, key, o.object)
		}
		return err
	})
	switch {
	case err != nil || o.object == nil:
		return nil, err
	case o.parts != nil:
		return o, a.holdParts(ctx, b, key, o)
	case o.Blob != "":
		o.file, err = a.Blobs.Open(ctx, o.Blob)
		return o, err
	}
	return o, nil
}

// isSmall tells that the content is in the store.
func (o *object) isSmall() bool { return o.Parts == 0 && o.Blob == "" }

func smallContent(r store.Reader, b *bucket, key string, o *object) ([]byte, error) {
	if o.Size == 0 {
		return nil, nil
	}
	body, err := r.Get(bodyKey(b.ID, key))
	if err != nil {
		return nil, fmt.Errorf("reading the content of an object of bucket %s: %w", b.Name, err)
	}
	return body, nil
}

// holdParts keeps the parts of an object from being removed, if they are still
// there: the look after the hold decides.
func (a *API) holdParts(ctx context.Context, b *bucket, key string, o *opened) error {
	a.pins.hold(o.parts)
	err := a.Store.View(ctx, func(r store.Reader) error {
		now, err := getObject(r, b, key)
		if err == nil && (now == nil || now.Version != o.Version) {
			return errMoved
		}
		return err
	})
	if err != nil {
		a.letGo(ctx, o.parts)
	}
	return err
}

func (a *API) letGo(ctx context.Context, parts []part) {
	a.remove(ctx, a.pins.release(parts)...)
}

// close gives an object back whose content was not handed on.
func (a *API) close(ctx context.Context, o *opened) {
	if o.parts != nil {
		a.letGo(ctx, o.parts)
	}
	if o.file != nil {
		_ = o.file.Close() // it was only read
	}
}
