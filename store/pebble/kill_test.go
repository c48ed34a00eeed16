package pebble

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

// TestKill kills a writing process, and opens its folder at once: the lock is
// free and what it had announced is there.
func TestKill(t *testing.T) {
	if dir := os.Getenv("STORE_TEST_KILL"); dir != "" {
		announceWrites(t, dir)
		return
	}
	dir := filepath.Join(t.TempDir(), "data")
	total := 0
	for range 3 {
		child := exec.Command(os.Args[0], "-test.run=^TestKill$")
		child.Env = append(os.Environ(), "STORE_TEST_KILL="+dir)
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		var announced []string
		for len(announced) < 300 && lines.Scan() {
			announced = append(announced, lines.Text())
		}
		_ = child.Process.Kill()
		for lines.Scan() { // what was in the pipe when it died
			announced = append(announced, lines.Text())
		}
		_ = child.Wait() // it was killed
		e := mustOpen(t, Options{Dir: dir})
		for _, key := range announced {
			if get(t, e, key) == "-" {
				t.Errorf("%q was announced and is lost", key)
			}
		}
		total += len(announced)
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	}
	if total < 900 {
		t.Errorf("only %d writes were announced", total)
	}
}

// announceWrites writes until it is killed and prints each key that is durable.
func announceWrites(t *testing.T, dir string) {
	e := mustOpen(t, Options{Dir: dir})
	var wg sync.WaitGroup
	for w := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d-%d-%d", os.Getpid(), w, i)
				if err := e.Update(t.Context(), func(tx store.Tx) error { return tx.Put([]byte(key), nil) }); err != nil {
					return
				}
				if _, err := os.Stdout.WriteString(key + "\n"); err != nil {
					return
				}
			}
		})
	}
	wg.Wait()
}
