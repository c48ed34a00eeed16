package main

import "context"

const readers = 16 // connections

// getItems compares the server's CPU of a GetItem with that of a handler that
// reads the very same requests and answers 500 bytes.
func getItems(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx)
	if err != nil {
		return err
	}
	echo, err := limit(ctx, "echo")
	if err != nil {
		return err
	}
	defer echo.kill()
	ours, err := dialPool(w.addr, readers)
	if err != nil {
		return err
	}
	defer ours.close()
	theirs, err := dialPool(echo.addr, readers)
	if err != nil {
		return err
	}
	defer theirs.close()

	b.say("GetItem: %d rounds of %v on each side", b.rounds, b.time)
	var cpu, bare, ratios, rates []float64
	for range b.rounds {
		requests, err := w.prepared(ctx, itemCount, "GetItem", getItem)
		if err != nil {
			return err
		}
		l, err := theirs.sample(echo, requests, echoed, b.time)
		if err != nil {
			return err
		}
		s, err := ours.sample(w.server, requests, itemBytes, b.time)
		if err != nil {
			return err
		}
		cpu, bare = append(cpu, s.cpuMicros()), append(bare, l.cpuMicros())
		ratios, rates = append(ratios, s.cpuMicros()/l.cpuMicros()), append(rates, s.rate())
	}
	b.add(row{
		Name: "getitem", What: "server CPU of a signed, enforced GetItem", Unit: "µs", Measured: median(cpu), Limit: median(bare), LimitIs: "net/http echo",
		Ratio: median(ratios), Spread: spread(ratios), Target: 2.5, Met: median(ratios) <= 2.5,
		Note: count(median(rates)) + " GetItem/s over 16 connections, with the client on the same cores",
	})
	return nil
}
