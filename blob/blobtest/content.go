package blobtest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/bailiwick-project/bailiwick/blob"
)

func testWriteRead(t *testing.T, f *fixture) {
	for _, n := range []int{0, 1, 4095, 4096, 32<<10 + 1, 3<<20 + 7} {
		want := pattern(n)
		w, err := f.store.Create(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for rest := want; rest != ""; { // in uneven pieces
			k := min(len(rest), 40<<10+11)
			if _, err := io.WriteString(w, rest[:k]); err != nil {
				t.Fatal(err)
			}
			rest = rest[k:]
		}
		if err := w.Commit(); err != nil {
			t.Fatal(err)
		}
		w.Abort() // after Commit: nothing
		if got := f.get(w.ID()); got != want {
			t.Errorf("%d bytes were written, %d others read", n, len(got))
		}
	}
}

func testReadConcurrent(t *testing.T, f *fixture) {
	want := pattern(1 << 20)
	r, err := f.store.Open(t.Context(), f.put(want))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			b := make([]byte, 1<<17)
			if n, err := r.ReadAt(b, int64(i)<<17); n != len(b) || err != nil && !errors.Is(err, io.EOF) || string(b) != want[i<<17:][:1<<17] {
				t.Errorf("part %d: %d bytes, %v", i, n, err)
			}
		})
	}
	wg.Wait()
	if n, err := r.ReadAt(make([]byte, 8), 1<<20-4); n != 4 || !errors.Is(err, io.EOF) {
		t.Errorf("over the end: %d bytes, %v", n, err)
	}
	for _, s := range []struct {
		offset int64
		whence int
		at     int64
	}{{100, io.SeekStart, 100}, {50, io.SeekCurrent, 158}, {-8, io.SeekEnd, 1<<20 - 8}} {
		at, err := r.Seek(s.offset, s.whence)
		b := make([]byte, 8)
		if _, e := io.ReadFull(r, b); err != nil || e != nil || at != s.at || string(b) != want[s.at:][:8] {
			t.Errorf("seek %d from %d: at %d, %q, %v, %v", s.offset, s.whence, at, b, err, e)
		}
	}
}

func testSection(t *testing.T, f *fixture) {
	want := pattern(100 << 10)
	id := f.put(want)
	for _, c := range []struct{ offset, length int64 }{{0, 0}, {0, 100 << 10}, {1, 5}, {100 << 10, 0}, {64 << 10, 36 << 10}} {
		for _, how := range []string{"read", "copy"} {
			r, err := f.store.Open(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			s, err := blob.Section(r, c.offset, c.length)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			if how == "copy" {
				_, err = io.Copy(&got, s)
			} else {
				_, err = got.ReadFrom(struct{ io.Reader }{s})
			}
			if err != nil || got.String() != want[c.offset:][:c.length] {
				t.Errorf("%s of %d+%d: %d bytes, %v", how, c.offset, c.length, got.Len(), err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for _, c := range []struct{ offset, length int64 }{{-1, 1}, {0, -1}, {100<<10 + 1, 0}, {1, 100 << 10}, {1, 1<<63 - 1}} {
		r, err := f.store.Open(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := blob.Section(r, c.offset, c.length); err == nil {
			t.Errorf("%d+%d of %d bytes", c.offset, c.length, len(want))
		}
	}
}

func testConcurrent(t *testing.T, f *fixture) {
	const writers, each = 16, 20
	var mu sync.Mutex
	want := map[string]string{}
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for j := range each {
				content := fmt.Sprintf("%d/%d %s", i, j, strings.Repeat("x", i*1000))
				w, err := f.store.Create(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if _, err := io.WriteString(w, content); err != nil {
					t.Error(err)
				}
				if j%4 == 3 {
					w.Abort()
					continue
				}
				if err := w.Commit(); err != nil {
					t.Error(err)
				}
				mu.Lock()
				want[w.ID()] = content
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	var ids []string
	for id, content := range want {
		ids = append(ids, id)
		if got := f.get(id); got != content {
			t.Errorf("%s: %.20q, want %.20q", id, got, content)
		}
	}
	if len(ids) != writers*each*3/4 {
		t.Errorf("%d ids", len(ids))
	}
	f.wantIDs(ids...)
	for id := range slices.Values(ids) {
		wg.Go(func() {
			if err := f.store.Remove(t.Context(), id); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	f.wantIDs()
}
