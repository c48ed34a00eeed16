package pebble

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2"
	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/bailiwick-project/bailiwick/store"
)

const benchWriters = 64

// rate runs put from 64 goroutines n times in all, and answers calls a second.
func rate(b *testing.B, n int, put func(key, value []byte) error) float64 {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	began := time.Now()
	for range benchWriters {
		wg.Go(func() {
			value := make([]byte, 200)
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				key := binary.BigEndian.AppendUint64(nil, uint64(i)*0x9e3779b97f4a7c15)
				if err := put(key, value); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(n) / time.Since(began).Seconds()
}

// BenchmarkDurablePut compares with bare Pebble, db.Set with pebble.Sync, in
// the same run on the same disk.
func BenchmarkDurablePut(b *testing.B) {
	e, err := Open(b.Context(), Options{Dir: filepath.Join(b.TempDir(), "ours")})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	bare, err := pebble.Open(filepath.Join(b.TempDir(), "bare"), pebbleOptions(Options{}.withDefaults(), vfs.Default, newHealth(Options{}.withDefaults().Logger)))
	if err != nil {
		b.Fatal(err)
	}
	defer bare.Close()
	b.ResetTimer()
	var ours, theirs float64
	const rounds = 4 // taken in turns, so that a noisy neighbour hits both
	for range rounds {
		n := b.N/rounds + 1
		theirs += rate(b, n, func(key, value []byte) error { return bare.Set(key, value, pebble.Sync) }) / rounds
		ours += rate(b, n, func(key, value []byte) error {
			return e.Update(b.Context(), func(tx store.Tx) error { return tx.Put(key, value) })
		}) / rounds
	}
	b.ReportMetric(ours, "puts/s")
	b.ReportMetric(theirs, "bare-puts/s")
	b.ReportMetric(ours/theirs, "ratio")
}

func BenchmarkGet(b *testing.B) {
	b.Run("cached", func(b *testing.B) { benchGet(b, 10_000) })
	b.Run("uncached", func(b *testing.B) { benchGet(b, 100_000) }) // 20 MB, with a cache of 8 MiB
}

func benchGet(b *testing.B, records int) {
	e, err := Open(b.Context(), Options{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	for i := 0; i < records; i += 1000 {
		err := e.Update(b.Context(), func(tx store.Tx) error {
			for j := i; j < i+1000; j++ {
				if err := tx.Put(store.Key("user", j), make([]byte, 200)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	if err := e.db.Flush(); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := uint64(0); pb.Next(); i++ {
			key := store.Key("user", int(i*0x9e3779b97f4a7c15%uint64(records)))
			err := e.View(b.Context(), func(r store.Reader) error {
				_, err := r.Get(key)
				return err
			})
			if err != nil {
				b.Error(err)
				return
			}
		}
	})
}

// BenchmarkOpenEmpty is the part of the server's start that is ours.
func BenchmarkOpenEmpty(b *testing.B) {
	for b.Loop() {
		dir, err := os.MkdirTemp(b.TempDir(), "")
		if err != nil {
			b.Fatal(err)
		}
		e, err := Open(b.Context(), Options{Dir: filepath.Join(dir, "data")})
		if err != nil {
			b.Fatal(err)
		}
		_ = e.Close()
	}
}
