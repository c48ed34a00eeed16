package mem_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/storetest"
)

func TestConformance(t *testing.T) {
	storetest.Run(t, storetest.Engine{
		Open: func(_ string, now func() time.Time) (store.Store, error) { return &mem.Engine{Now: now}, nil },
	})
}

func TestConformanceTwice(t *testing.T) {
	storetest.Run(t, storetest.Engine{
		Open: func(_ string, now func() time.Time) (store.Store, error) {
			return storetest.Twice(&mem.Engine{Now: now}), nil
		},
	})
}

func BenchmarkPut(b *testing.B) {
	s := &mem.Engine{}
	for i := range b.N {
		key := []byte(fmt.Sprintf("key%08d", i%100_000))
		if err := s.Update(b.Context(), func(tx store.Tx) error { return tx.Put(key, key) }); err != nil {
			b.Fatal(err)
		}
	}
}
