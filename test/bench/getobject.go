package main

import "context"

// getObjects compares the rate of signed, enforced GETs with that of a handler
// that serves the same bytes from files.
func getObjects(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx)
	if err != nil {
		return err
	}
	if err := w.makeObjects(ctx); err != nil {
		return err
	}
	folder, err := b.folder("files")
	if err != nil {
		return err
	}
	bare, err := limit(ctx, "fileserver", folder)
	if err != nil {
		return err
	}
	defer bare.kill()
	ours, err := dialPool(w.addr, readers)
	if err != nil {
		return err
	}
	defer ours.close()
	theirs, err := dialPool(bare.addr, readers)
	if err != nil {
		return err
	}
	defer theirs.close()

	b.say("GetObject: %d rounds of %v on each side", b.rounds, b.time)
	var t against
	for range b.rounds {
		requests, err := w.signedAll(ctx, objectCount, func(i int) route { return getObject(org, i) })
		if err != nil {
			return err
		}
		l, err := theirs.sample(bare, requests, objectBytes, b.time)
		if err != nil {
			return err
		}
		s, err := ours.sample(w.server, requests, objectBytes, b.time)
		if err != nil {
			return err
		}
		t.add(s, l)
	}
	r := t.rates()
	r.Name, r.What, r.LimitIs, r.Target, r.Met = "getobject", "signed, enforced GetObject of 4 KiB", "net/http with sendfile", 0.6, r.Ratio >= 0.6
	r.Note = "16 connections, with the client on the same cores"
	b.add(r)
	r = t.cpus()
	r.Name, r.What, r.LimitIs, r.NoTarget = "getobject", "server CPU of it", "net/http with sendfile", true
	b.add(r)
	return nil
}

// against collects the rounds of the server and of its limit.
type against struct{ rate, bare, ratio, cpu, bareCPU, cpuRatio []float64 }

func (a *against) add(s, limit sample) {
	a.rate, a.bare, a.ratio = append(a.rate, s.rate()), append(a.bare, limit.rate()), append(a.ratio, s.rate()/limit.rate())
	a.cpu, a.bareCPU = append(a.cpu, s.cpuMicros()), append(a.bareCPU, limit.cpuMicros())
	a.cpuRatio = append(a.cpuRatio, s.cpuMicros()/limit.cpuMicros())
}

func (a *against) rates() row {
	return row{Unit: "/s", Measured: median(a.rate), Limit: median(a.bare), Ratio: median(a.ratio), Spread: spread(a.ratio)}
}

func (a *against) cpus() row {
	return row{Unit: "µs", Measured: median(a.cpu), Limit: median(a.bareCPU), Ratio: median(a.cpuRatio), Spread: spread(a.cpuRatio)}
}
