package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

// failingStore fails updates when it is told to: before or after they are done.
type failingStore struct {
	store.Store
	before, after error
}

func (f *failingStore) Update(ctx context.Context, fn func(store.Tx) error) error {
	if f.before != nil {
		return f.before
	}
	if err := f.Store.Update(ctx, fn); err != nil {
		return err
	}
	return f.after
}

// TestCrashes: when the record is not written the blob is of nobody, and swept;
// when nobody knows whether it was written, the object is whole all the same.
func TestCrashes(t *testing.T) {
	s := &failingStore{Store: storetest.Twice(&mem.Engine{Now: func() time.Time { return noon }})}
	w := newWorldOn(t, s)
	w.ok("PUT", "/data", "")
	before, large := strings.Repeat("b", 2*inline), strings.Repeat("a", 3*inline)
	w.ok("PUT", "/data/k", before)

	s.before = errors.New("power cut")
	w.want(w.do("PUT", "/data/k", large), 500, "InternalError")
	s.before = nil
	if n := len(blobsOf(t, w)); n != 2 {
		t.Errorf("%d blobs, want the old one and that of nobody", n)
	}
	if err := w.api.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(blobsOf(t, w)); n != 1 || w.ok("GET", "/data/k", "").body != before {
		t.Errorf("%d blobs are left, or the object is another", n)
	}

	s.after = errors.New("power cut behind the commit")
	w.want(w.do("PUT", "/data/k", large), 500, "InternalError")
	s.after = nil
	if w.ok("GET", "/data/k", "").body != large {
		t.Error("half an object")
	}
	if err := w.api.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(blobsOf(t, w)); n != 1 || w.ok("GET", "/data/k", "").body != large {
		t.Errorf("%d blobs are left, or the object is gone", n)
	}
	id := w.begin("/data/parts")
	w.part("/data/parts", id, 1, "of an upload that is still going on")
	if err := w.api.Resume(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(blobsOf(t, w)); n != 2 {
		t.Errorf("%d blobs after a sweep, want that of the part, too", n)
	}
}

// slow is a body that waits in its middle.
type slow struct {
	io.Reader
	reached, goOn chan struct{}
	once          sync.Once
	left          int
}

func (s *slow) Read(p []byte) (int, error) {
	if s.left -= len(p); s.left < 0 {
		s.once.Do(func() { close(s.reached); <-s.goOn })
	}
	return s.Reader.Read(p)
}

// TestSweepBesideUploads: a sweep takes nothing that is being written.
func TestSweepBesideUploads(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	large := strings.Repeat("a", 1<<20)
	body := &slow{Reader: strings.NewReader(large), reached: make(chan struct{}), goOn: make(chan struct{}), left: len(large)}
	r := httptest.NewRequest("PUT", "/data/k", io.NopCloser(body))
	r.Host, r.ContentLength = "localhost", int64(len(large))
	done := make(chan reply)
	go func() { done <- w.send(r) }()
	<-body.reached
	for range 10 {
		if err := w.api.Resume(t.Context()); err != nil {
			t.Error(err)
		}
	}
	close(body.goOn)
	w.want(<-done, 200, "")
	if w.ok("GET", "/data/k", "").body != large {
		t.Error("the content is another")
	}
}

// TestReadersKeepTheOld: who reads an object goes on with what it was, whatever
// becomes of it, and nothing is left behind.
func TestReadersKeepTheOld(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	one := strings.Repeat("1", minPart)
	id := w.begin("/data/parts")
	e1, e2 := w.part("/data/parts", id, 1, one), w.part("/data/parts", id, 2, "2")
	w.ok("POST", "/data/parts?uploadId="+id, complete("1 "+e1, "2 "+e2))
	for key, old := range map[string]string{"small": "old", "large": strings.Repeat("o", 4*inline), "parts": one + "2"} {
		if key != "parts" {
			w.ok("PUT", "/data/"+key, old)
		}
		b, err := w.api.look(t.Context(), "data")
		if err != nil {
			t.Fatal(err)
		}
		o, err := w.api.open(t.Context(), b, key)
		if err != nil {
			t.Fatal(err)
		}
		body, err := w.api.section(t.Context(), o, 0, o.Size)
		if err != nil {
			t.Fatal(err)
		}
		w.ok("PUT", "/data/"+key, "new")
		w.want(w.do("DELETE", "/data/"+key, ""), 204, "")
		got, err := io.ReadAll(body)
		if err != nil || string(got) != old {
			t.Errorf("%s: read %d bytes, %v", key, len(got), err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	if n := len(blobsOf(t, w)); n != 0 || len(w.api.pins.held)+len(w.api.pins.doomed) != 0 {
		t.Errorf("%d blobs are left, %v held, %v doomed", n, w.api.pins.held, w.api.pins.doomed)
	}
}

// TestWritersAndReaders: whatever is read is whole, and of one writer.
func TestWritersAndReaders(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	b, err := w.api.look(t.Context(), "data")
	if err != nil {
		t.Fatal(err)
	}
	write := func(i int) error {
		text := strings.Repeat(string(rune('a'+i%26)), 1+i*5000)
		got, done, err := w.api.take(t.Context(), strings.NewReader(text), promise{length: int64(len(text)), limit: maxPut})
		if err != nil {
			return err
		}
		o := &written{object: object{Version: fmt.Sprint("w", i), Size: got.size, ETag: got.etag(), Modified: noon, Blob: got.blob}, small: got.small}
		err = w.api.put(t.Context(), b, "k", o, condition{})
		done(err)
		return err
	}
	if err := write(0); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if err := write(i); err != nil {
				t.Error(err)
			}
		})
		wg.Go(func() {
			o, err := w.api.open(t.Context(), b, "k")
			if err != nil || o == nil {
				t.Errorf("open: %v %v", o, err)
				return
			}
			body, err := w.api.section(t.Context(), o, 0, o.Size)
			if err != nil {
				t.Error(err)
				return
			}
			text, err := io.ReadAll(body)
			if err != nil || int64(len(text)) != o.Size || strings.Trim(string(text), string(text[:1])) != "" {
				t.Errorf("read %d of %d bytes, %v", len(text), o.Size, err)
			}
			_ = body.Close()
		})
	}
	wg.Wait()
	if n := len(blobsOf(t, w)); n > 1 {
		t.Errorf("%d blobs are left", n)
	}
}

// TestOneConditionalWriter: of many who write only if nothing is there, one does.
func TestOneConditionalWriter(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	b, err := w.api.look(t.Context(), "data")
	if err != nil {
		t.Fatal(err)
	}
	star := "*"
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 20 {
		wg.Go(func() {
			o := &written{object: object{Version: fmt.Sprint(i), Modified: noon}}
			if w.api.put(t.Context(), b, "k", o, condition{noneMatch: &star}) == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d writers have won", won)
	}
}

// TestBucketsAreNotTheirNames: a bucket made anew does not have what the old had,
// and a plan for the old one does not reach the new one.
func TestBucketsAreNotTheirNames(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	old, err := w.api.look(t.Context(), "data")
	if err != nil {
		t.Fatal(err)
	}
	w.want(w.do("DELETE", "/data", ""), 204, "")
	w.asOf("999999999999", "stranger", allowAll)
	w.ok("PUT", "/data", "")
	if err := w.api.put(t.Context(), old, "k", &written{object: object{Version: "x"}}, condition{}); err == nil {
		t.Error("a plan for the old bucket wrote into the new one")
	}
	if _, err := w.api.open(t.Context(), old, "k"); err == nil {
		t.Error("a plan for the old bucket reads the new one")
	}
	w.want(w.do("GET", "/data/k", ""), 404, "NoSuchKey")
}
