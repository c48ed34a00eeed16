package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"time"
)

// invocations measures what an Invoke of a warm function takes longer than a call
// that only reads: one at a time, as a client waits for them.
func invocations(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx)
	if err != nil {
		return err
	}
	folder, err := b.folder("function")
	if err != nil {
		return err
	}
	if err := w.makeFunction(ctx, b.repo, folder); err != nil {
		return err
	}
	c, err := dial(w.addr)
	if err != nil {
		return err
	}
	defer c.close()

	b.say("Invoke: %d rounds of %v", b.rounds, b.time)
	var added, invoked, idle []float64
	for range b.rounds {
		invoke, err := raw(rest(ctx, w.addr, &w.tenant, route{service: "lambda", method: http.MethodPost, path: functionPath + "/invocations", body: []byte(event)}))
		if err != nil {
			return err
		}
		read, err := raw(rest(ctx, w.addr, &w.tenant, route{service: "lambda", method: http.MethodGet, path: functionPath + "/configuration"}))
		if err != nil {
			return err
		}
		i, r, err := c.interleave(invoke, read, b.time)
		if err != nil {
			return w.server.failed(err)
		}
		added, invoked, idle = append(added, i-r), append(invoked, i), append(idle, r)
	}
	b.add(row{
		Name: "invoke", What: "latency that an Invoke of a warm Go function adds", Unit: "ms", Measured: median(added), Spread: spread(added), Target: 1.5, Met: median(added) < 1.5,
		Note: fmt.Sprintf("an Invoke takes %.2f ms, one at a time; GetFunctionConfiguration, which is subtracted, %.2f ms", median(invoked), median(idle)),
	})
	return nil
}

// interleave sends both requests in turns, and returns the medians of how long
// each took, in ms. The first must answer the event.
func (c *conn) interleave(invoke, read []byte, d time.Duration) (invoked, idle float64, err error) {
	var times [2][]float64
	end := time.Now().Add(d)
	if err := c.c.SetDeadline(end.Add(answerTime)); err != nil {
		return 0, 0, err
	}
	for n := 0; n < 20 || time.Now().Before(end); n++ {
		for k, request := range [][]byte{invoke, read} {
			began := time.Now()
			status, body, err := c.do(request)
			took := time.Since(began)
			if err == nil && (status != http.StatusOK || k == 0 && !bytes.Equal(body, []byte(event))) {
				err = fmt.Errorf("status %d, %.300q", status, body)
			}
			if err != nil {
				return 0, 0, err
			}
			if n >= 5 { // before that the function may be starting
				times[k] = append(times[k], float64(took.Nanoseconds())/1e6)
			}
		}
	}
	return median(times[0]), median(times[1]), nil
}
