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
	within, err := limit(ctx, "inside", filepath.Join(folder, "inside"))
	if err != nil {
		return err
	}
	defer within.kill()
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
		in, err := within.sampleRound(b.time)
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
		t.add(in, s, bare, http)
	}
	t.report(b)
	return nil
}

// puts collects the rounds: rates, and CPU in µs.
type puts struct {
	in, rate, bare, http, inRatio, ratio []float64
	cpu, bareCPU, httpCPU, floor         []float64
}

func (t *puts) add(in, s, bare, http sample) {
	t.in, t.rate, t.bare, t.http = append(t.in, in.rate()), append(t.rate, s.rate()), append(t.bare, bare.rate()), append(t.http, http.rate())
	t.inRatio, t.ratio = append(t.inRatio, in.rate()/bare.rate()), append(t.ratio, s.rate()/bare.rate())
	t.cpu, t.bareCPU, t.httpCPU = append(t.cpu, s.cpuMicros()), append(t.bareCPU, bare.cpuMicros()), append(t.httpCPU, http.cpuMicros())
	t.floor = append(t.floor, s.cpuMicros()/(bare.cpuMicros()+http.cpuMicros()))
}

func (t *puts) report(b *bench) {
	b.add(row{
		Name: "putitem", What: "durable PutItem, 64 writers", Unit: "/s", Measured: median(t.in), Limit: median(t.bare), LimitIs: "pebble.Set, Sync",
		Ratio: median(t.inRatio), Spread: spread(t.inRatio), Target: 0.4, Met: median(t.inRatio) >= 0.4,
		Note: "signed requests given to the server's handler by 64 goroutines, as the bare engine is: on neither side is there a network or a client",
	})
	b.add(row{
		Name: "putitem", What: "the same over HTTP", Unit: "/s", Measured: median(t.rate), Limit: median(t.bare), LimitIs: "pebble.Set, Sync",
		Ratio: median(t.ratio), Spread: spread(t.ratio), NoTarget: true,
		Note: fmt.Sprintf("the client shares the %d cores: an HTTP handler that writes nothing reaches %s/s here (ratio %.2f)",
			runtime.NumCPU(), count(median(t.http)), median(t.http)/median(t.bare)),
	})
	b.add(row{
		Name: "putitem", What: "server CPU of a durable PutItem", Unit: "µs", Measured: median(t.cpu), Limit: median(t.bareCPU) + median(t.httpCPU), LimitIs: "echo + pebble.Set",
		Ratio: median(t.floor), Spread: spread(t.floor), NoTarget: true,
		Note: fmt.Sprintf("echo %.1f µs, pebble.Set %.1f µs", median(t.httpCPU), median(t.bareCPU)),
	})
}
