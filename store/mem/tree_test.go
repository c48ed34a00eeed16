package mem

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// check answers the height of t and fails on any broken rule of an AVL tree.
func check(t *testing.T, n *tree) int {
	t.Helper()
	if n == nil {
		return 0
	}
	l, r := check(t, n.left), check(t, n.right)
	if d := l - r; d < -1 || d > 1 || n.height != 1+max(l, r) {
		t.Fatalf("node %q: heights %d and %d, noted %d", n.key, l, r, n.height)
	}
	if n.left != nil && bytes.Compare(n.left.key, n.key) >= 0 || n.right != nil && bytes.Compare(n.right.key, n.key) <= 0 {
		t.Fatalf("node %q is out of order", n.key)
	}
	return n.height
}

func TestTreeStaysBalancedAndOld(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	var now *tree
	type version struct {
		tree *tree
		size int
	}
	var versions []version
	live := map[string]bool{}
	for i := range 3000 {
		key := fmt.Sprintf("%03d", rng.IntN(500))
		if i > 1500 && rng.IntN(3) > 0 {
			now = now.remove([]byte(key))
			delete(live, key)
		} else {
			now = now.put([]byte(key), nil, 0)
			live[key] = true
		}
		if i%100 == 0 {
			check(t, now)
			versions = append(versions, version{now, len(live)})
		}
	}
	for i, v := range versions { // old trees are as they were
		check(t, v.tree)
		n := 0
		for range v.tree.scan(nil, nil, false) {
			n++
		}
		if n != v.size {
			t.Errorf("version %d has %d keys, had %d", i, n, v.size)
		}
	}
}

func TestExpiredRecordsLeaveMemory(t *testing.T) {
	at := time.Unix(1000, 0)
	e := &Engine{Now: func() time.Time { return at }}
	put := func(key string, until time.Time) {
		t.Helper()
		err := e.Update(t.Context(), func(tx store.Tx) error { return tx.PutUntil([]byte(key), nil, until) })
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range 200 {
		put(fmt.Sprint("k", i), at.Add(time.Minute))
	}
	at = at.Add(time.Hour)
	for range 5 {
		put("last", at.Add(time.Hour))
	}
	s := e.load()
	data, due := 0, 0
	for range s.data.scan(nil, nil, false) {
		data++
	}
	for range s.expiry.scan(nil, nil, false) {
		due++
	}
	if data != 1 || due != 1 {
		t.Errorf("memory still has %d records and %d dues, want 1 and 1", data, due)
	}
}
