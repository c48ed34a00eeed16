package blobtest

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/blob"
)

// An Engine is what the suite is run against.
type Engine struct {
	// Open opens the engine in an empty folder, or again in one it was in.
	Open func(dir string) (blob.Store, error)
	// Persists tells that what was committed is there after Close and Open.
	Persists bool
}

// Run runs the whole suite.
func Run(t *testing.T, e Engine) {
	t.Helper()
	tests := map[string]func(*testing.T, *fixture){
		"WriteRead":      testWriteRead,
		"Uncommitted":    testUncommitted,
		"Abort":          testAbort,
		"WriterEnds":     testWriterEnds,
		"Remove":         testRemove,
		"RemoveWhileIn":  testRemoveWhileOpen,
		"IDs":            testIDs,
		"StrangeIDs":     testStrangeIDs,
		"Concurrent":     testConcurrent,
		"ReadConcurrent": testReadConcurrent,
		"Section":        testSection,
		"Context":        testContext,
		"Close":          testClose,
	}
	if e.Persists {
		tests["Reopen"] = testReopen
		tests["Crash"] = testCrash
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			f := &fixture{T: t, engine: e, dir: t.TempDir()}
			f.open()
			defer func() {
				if err := f.store.Close(); err != nil {
					t.Error(err)
				}
			}()
			test(t, f)
		})
	}
}

// A fixture is one store and shorthand for its use.
type fixture struct {
	*testing.T
	engine Engine
	dir    string
	store  blob.Store
}

func (f *fixture) open() {
	f.Helper()
	s, err := f.engine.Open(f.dir)
	if err != nil {
		f.Fatal(err)
	}
	f.store = s
}

func (f *fixture) create(content string) blob.Writer {
	f.Helper()
	w, err := f.store.Create(f.Context())
	if err != nil {
		f.Fatal(err)
	}
	if n, err := io.WriteString(w, content); err != nil || n != len(content) {
		f.Fatalf("wrote %d bytes of %d: %v", n, len(content), err)
	}
	return w
}

// put commits a blob and returns its id.
func (f *fixture) put(content string) string {
	f.Helper()
	w := f.create(content)
	if err := w.Commit(); err != nil {
		f.Fatal(err)
	}
	return w.ID()
}

// get returns the bytes of a blob, "-" for none.
func (f *fixture) get(id string) string {
	f.Helper()
	r, err := f.store.Open(f.Context(), id)
	if errors.Is(err, blob.ErrNotFound) {
		return "-"
	}
	if err != nil {
		f.Fatal(err)
	}
	defer func() {
		if err := r.Close(); err != nil {
			f.Error(err)
		}
	}()
	b, err := io.ReadAll(r)
	if err != nil {
		f.Fatal(err)
	}
	if r.Size() != int64(len(b)) {
		f.Errorf("the size of %d bytes is %d", len(b), r.Size())
	}
	return string(b)
}

// wantIDs compares what List gives.
func (f *fixture) wantIDs(want ...string) {
	f.Helper()
	got := f.ids()
	slices.Sort(want)
	if !slices.Equal(got, want) {
		f.Errorf("listed\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func (f *fixture) ids() []string {
	f.Helper()
	var ids []string
	for id, err := range f.store.List(f.Context()) {
		if err != nil {
			f.Fatal(err)
		}
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

// pattern is n bytes in which every window of 8 differs.
func pattern(n int) string {
	var b bytes.Buffer
	for i := 0; b.Len() < n; i++ {
		b.Write([]byte{byte(i), byte(i >> 8), byte(i >> 16), 'x'})
	}
	return b.String()[:n]
}
