package main

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
)

// putItems compares durable writes through everything with the engine's own.
func putItems(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx)
	if err != nil {
		return err
	}
	folder, err := b.folder("bare")
	if err != nil {
		return err
	}
	engine, err := limit(ctx, "pebble", filepath.Join(folder, "data"))
	if err != nil {
		return err
	}
	defer engine.kill()
	echo, err := limit(ctx, "echo")
	if err != nil {
		return err
	}
	defer echo.kill()
	ours, err := dialPool(w.addr, writers)
	if err != nil {
		return err
	}
	defer ours.close()
	idle, err := dialPool(echo.addr, writers)
	if err != nil {
		return err
	}
	defer idle.close()

	b.say("PutItem: %d rounds of %v on each side", b.rounds, b.time)
	var t puts
	for range b.rounds {
		requests, err := w.prepared(ctx, itemCount, "PutItem", putItem)
		if err != nil {
			return err
		}
		bare, err := engine.sampleRound(b.time)
		if err != nil {
			return err
		}
		s, err := ours.sample(w.server, requests, 0, b.time)
		if err != nil {
			return err
		}
		http, err := idle.sample(echo, requests, echoed, b.time)
		if err != nil {
			return err
		}
		t.add(s, bare, http)
	}
	t.report(b)
	return nil
}

// puts collects the rounds: rates, and CPU in µs.
type puts struct {
	rate, bare, http, ratio      []float64
	cpu, bareCPU, httpCPU, floor []float64
}

func (t *puts) add(s, bare, http sample) {
	t.rate, t.bare, t.http = append(t.rate, s.rate()), append(t.bare, bare.rate()), append(t.http, http.rate())
	t.ratio = append(t.ratio, s.rate()/bare.rate())
	t.cpu, t.bareCPU, t.httpCPU = append(t.cpu, s.cpuMicros()), append(t.bareCPU, bare.cpuMicros()), append(t.httpCPU, http.cpuMicros())
	t.floor = append(t.floor, s.cpuMicros()/(bare.cpuMicros()+http.cpuMicros()))
}

func (t *puts) report(b *bench) {
	alone := float64(runtime.NumCPU()) * 1e6 / median(t.cpu)
	b.add(row{
		Name: "putitem", What: "durable PutItem, 64 writers", Unit: "/s", Measured: median(t.rate), Limit: median(t.bare), LimitIs: "pebble.Set, Sync",
		Ratio: median(t.ratio), Spread: spread(t.ratio), Target: 0.4, Met: median(t.ratio) >= 0.4,
		Note: fmt.Sprintf("the client shares the %d cores: an HTTP handler that writes nothing reaches %s/s here (ratio %.2f); without a client the cores do %s PutItem/s (ratio %.2f)",
			runtime.NumCPU(), count(median(t.http)), median(t.http)/median(t.bare), count(alone), alone/median(t.bare)),
	})
	b.add(row{
		Name: "putitem", What: "server CPU of a durable PutItem", Unit: "µs", Measured: median(t.cpu), Limit: median(t.bareCPU) + median(t.httpCPU), LimitIs: "echo + pebble.Set",
		Ratio: median(t.floor), Spread: spread(t.floor), NoTarget: true,
		Note: fmt.Sprintf("echo %.1f µs, pebble.Set %.1f µs", median(t.httpCPU), median(t.bareCPU)),
	})
}
