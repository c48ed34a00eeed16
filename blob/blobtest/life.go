package blobtest

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/blob"
)

// testUncommitted: what is being written is nobody's to read, list or sweep.
func testUncommitted(t *testing.T, f *fixture) {
	w := f.create("half")
	defer w.Abort()
	if got := f.get(w.ID()); got != "-" {
		t.Errorf("before Commit: %q", got)
	}
	f.wantIDs()
	if _, err := io.WriteString(w, " whole"); err != nil {
		t.Fatal(err)
	}
	if err := w.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := f.get(w.ID()); got != "half whole" {
		t.Errorf("after Commit: %q", got)
	}
	f.wantIDs(w.ID())
}

func testAbort(t *testing.T, f *fixture) {
	w := f.create(pattern(100 << 10))
	w.Abort()
	w.Abort()
	if got := f.get(w.ID()); got != "-" {
		t.Errorf("%q", got)
	}
	f.wantIDs()
	id := f.put("kept")
	f.wantIDs(id)
}

func testWriterEnds(t *testing.T, f *fixture) {
	aborted, committed := f.create("a"), f.create("b")
	aborted.Abort()
	if err := committed.Commit(); err != nil {
		t.Fatal(err)
	}
	for _, w := range []blob.Writer{aborted, committed} {
		if n, err := io.WriteString(w, "more"); n != 0 || !errors.Is(err, blob.ErrClosed) {
			t.Errorf("Write: %d, %v", n, err)
		}
		if err := w.Commit(); !errors.Is(err, blob.ErrClosed) {
			t.Errorf("Commit: %v", err)
		}
	}
	if got := f.get(aborted.ID()) + f.get(committed.ID()); got != "-b" {
		t.Error(got)
	}
}

func testRemove(t *testing.T, f *fixture) {
	a, b := f.put("a"), f.put("b")
	for range 2 { // the second finds nothing
		if err := f.store.Remove(t.Context(), a); err != nil {
			t.Error(err)
		}
	}
	if got := f.get(a) + f.get(b); got != "-b" {
		t.Error(got)
	}
	f.wantIDs(b)
	w := f.create("c") // removed by a sweep that should not have been: Commit must not bring it back half
	defer w.Abort()
	if err := f.store.Remove(t.Context(), w.ID()); err != nil {
		t.Error(err)
	}
	if err := w.Commit(); err == nil && f.get(w.ID()) != "c" {
		t.Error("committed and not there")
	}
}

func testRemoveWhileOpen(t *testing.T, f *fixture) {
	want := pattern(256 << 10)
	id := f.put(want)
	r, err := f.store.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	head := make([]byte, 1000)
	if _, err := io.ReadFull(r, head); err != nil {
		t.Fatal(err)
	}
	if err := f.store.Remove(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if got := f.get(id); got != "-" {
		t.Error("it can still be opened")
	}
	rest, err := io.ReadAll(r)
	if err != nil || string(head)+string(rest) != want {
		t.Errorf("the open reader got %d bytes, %v", len(rest), err)
	}
}

func testIDs(t *testing.T, f *fixture) {
	seen := map[string]bool{}
	for range 100 {
		w := f.create("")
		if id := w.ID(); !blob.ValidID(id) || seen[id] {
			t.Errorf("id %q", id)
		}
		seen[w.ID()] = true
		w.Abort()
	}
}

// testStrangeIDs: an id that the store did not draw leads nowhere.
func testStrangeIDs(t *testing.T, f *fixture) {
	id := f.put("x")
	for _, s := range []string{
		"", ".", "..", "/", "../" + id, id + "/", "/" + id, id[:2] + "/" + id, id[:31], id + "0", strings.ToUpper("a" + id[1:]),
		strings.Repeat("0", 32), strings.Repeat(".", 32), "..%2f" + id[5:], id[:31] + "\x00", id[:31] + "é", "../../../../../../../etc/passwd.",
		id[:2] + "/../" + id[:26], strings.Repeat("a", 1<<16),
	} {
		if r, err := f.store.Open(t.Context(), s); !errors.Is(err, blob.ErrNotFound) || r != nil {
			t.Errorf("%.40q: %v, %v", s, r, err)
		}
		if err := f.store.Remove(t.Context(), s); err != nil {
			t.Errorf("%.40q: %v", s, err)
		}
	}
	f.wantIDs(id)
}

func testContext(t *testing.T, f *fixture) {
	id := f.put("x")
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := f.store.Create(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Create: %v", err)
	}
	if _, err := f.store.Open(ended, id); !errors.Is(err, context.Canceled) {
		t.Errorf("Open: %v", err)
	}
	if err := f.store.Remove(ended, id); !errors.Is(err, context.Canceled) {
		t.Errorf("Remove: %v", err)
	}
	n := 0
	for _, err := range f.store.List(ended) {
		if n++; !errors.Is(err, context.Canceled) {
			t.Errorf("List: %v", err)
		}
	}
	if n != 1 {
		t.Errorf("List gave %d", n)
	}
	f.wantIDs(id)
}

func testClose(t *testing.T, f *fixture) {
	id := f.put("x")
	r, err := f.store.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	w := f.create("never")
	for range 2 {
		if err := f.store.Close(); err != nil {
			t.Error(err)
		}
	}
	if b, err := io.ReadAll(r); string(b) != "x" || err != nil {
		t.Errorf("the open reader: %q, %v", b, err)
	}
	if err := w.Commit(); !errors.Is(err, blob.ErrClosed) {
		t.Errorf("Commit: %v", err)
	}
	w.Abort()
	if _, err := f.store.Create(t.Context()); !errors.Is(err, blob.ErrClosed) {
		t.Errorf("Create: %v", err)
	}
	if _, err := f.store.Open(t.Context(), id); !errors.Is(err, blob.ErrClosed) {
		t.Errorf("Open: %v", err)
	}
	if err := f.store.Remove(t.Context(), id); !errors.Is(err, blob.ErrClosed) {
		t.Errorf("Remove: %v", err)
	}
	n := 0
	for _, err := range f.store.List(t.Context()) {
		if n++; !errors.Is(err, blob.ErrClosed) {
			t.Errorf("List: %v", err)
		}
	}
	if n != 1 {
		t.Errorf("List gave %d", n)
	}
}

func testReopen(t *testing.T, f *fixture) {
	big := pattern(1 << 20)
	a, b, gone := f.put("a"), f.put(big), f.put("gone")
	if err := f.store.Remove(t.Context(), gone); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := f.store.Close(); err != nil {
			t.Fatal(err)
		}
		f.open()
		if got := f.get(a); got != "a" {
			t.Errorf("a is %q", got)
		}
		if f.get(b) != big {
			t.Error("b is another")
		}
		f.wantIDs(a, b)
	}
}

// testCrash: a second store on the folder, without Close of the first, is what a
// start after a crash sees. Blobs in the middle may be listed, so that they can be
// swept; they can not be opened.
func testCrash(t *testing.T, f *fixture) {
	a := f.put("a")
	half := f.create(pattern(100 << 10))
	crashed := f.store
	f.open()
	if got := f.get(a); got != "a" {
		t.Errorf("a is %q", got)
	}
	if got := f.get(half.ID()); got != "-" {
		t.Errorf("an uncommitted blob is %.20q", got)
	}
	for _, id := range f.ids() {
		if id != a && id != half.ID() {
			t.Errorf("listed %s", id)
		}
		if id != a {
			if err := f.store.Remove(t.Context(), id); err != nil {
				t.Error(err)
			}
		}
	}
	f.wantIDs(a)
	half.Abort()
	if err := crashed.Close(); err != nil {
		t.Error(err)
	}
}
