package pebble

import (
	"context"
	"sync"
	"testing"
)

func TestTurn(t *testing.T) {
	turn, quit := newTurn(), make(chan struct{})
	var inside, count int
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 1000 {
				if !turn.take(t.Context(), quit) {
					t.Error("gave up although nothing ended")
					return
				}
				if inside++; inside != 1 {
					t.Errorf("%d hold the turn", inside)
				}
				count++
				inside--
				turn.give()
			}
		})
	}
	wg.Wait()
	if count != 16000 {
		t.Errorf("%d turns, want 16000", count)
	}
}

func TestTurnGivesUp(t *testing.T) {
	turn, quit := newTurn(), make(chan struct{})
	if !turn.take(t.Context(), quit) {
		t.Fatal("a free turn was not to be had")
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if turn.take(ended, quit) {
		t.Error("two hold the turn")
	}
	close(quit)
	if turn.take(t.Context(), quit) {
		t.Error("two hold the turn")
	}
	turn.give()
	if !turn.take(t.Context(), quit) {
		t.Error("whoever gave up kept the turn")
	}
}
