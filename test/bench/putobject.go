package main

import "context"

// putObjects compares durable PUTs with files that are made durable one by one.
func putObjects(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx)
	if err != nil {
		return err
	}
	if err := w.makeObjects(ctx); err != nil {
		return err
	}
	folder, err := b.folder("durable")
	if err != nil {
		return err
	}
	bare, err := limit(ctx, "files", folder)
	if err != nil {
		return err
	}
	defer bare.kill()
	ours, err := dialPool(w.addr, fileWriters)
	if err != nil {
		return err
	}
	defer ours.close()

	b.say("PutObject: %d rounds of %v on each side", b.rounds, b.time)
	var t against
	for range b.rounds {
		requests, err := w.signedAll(ctx, 8*objectCount, func(i int) route { return putObject(org, i) })
		if err != nil {
			return err
		}
		l, err := bare.sampleRound(b.time)
		if err != nil {
			return err
		}
		s, err := ours.sample(w.server, requests, 0, b.time)
		if err != nil {
			return err
		}
		t.add(s, l)
	}
	r := t.rates()
	r.Name, r.What, r.LimitIs, r.Target, r.Met = "putobject", "durable PutObject of 4 KiB, 16 writers", "create, write, fsync, rename", 1, r.Ratio >= 1
	r.AtLeast = true
	r.Note = "over HTTP, with the client on the same cores; the limit has neither, and does not sync the folder"
	b.add(r)
	r = t.cpus()
	r.Name, r.What, r.LimitIs, r.NoTarget = "putobject", "server CPU of it", "create, write, fsync, rename", true
	b.add(r)
	return nil
}
