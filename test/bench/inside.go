package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime/debug"

	"github.com/bailiwick-project/bailiwick/server"
)

// inside serves a world in this process, and returns the handler: whoever calls it
// measures the server without sockets and without a client.
func inside(ctx context.Context, data string) (w *world, h http.Handler, stop func() error, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer func() {
		if err != nil {
			cancel()
		}
	}()
	s, err := server.New(ctx, server.Config{Data: data, Version: "bench", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, nil, errors.Join(err, s.Close())
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	stop = func() error {
		http.DefaultClient.CloseIdleConnections()
		cancel()
		return errors.Join(<-served, s.Close())
	}
	w = &world{addr: l.Addr().String()}
	if err := w.setUp(ctx, data); err != nil {
		return nil, nil, nil, errors.Join(err, stop())
	}
	return w, s.Handler(), stop, nil
}

type prepared struct {
	method, path, host string
	header             http.Header
	body               []byte
}

func prepareAll(n int, make func(i int) (*http.Request, []byte, error)) ([]prepared, error) {
	var out []prepared
	for i := range n {
		r, body, err := make(i)
		if err != nil {
			return nil, err
		}
		out = append(out, prepared{r.Method, r.URL.RequestURI(), r.Host, r.Header, body})
	}
	return out, nil
}

// serve lets the handler answer p, into a recorder that is used again.
func (p prepared) serve(ctx context.Context, h http.Handler, w *httptest.ResponseRecorder) error {
	r, err := http.NewRequestWithContext(ctx, p.method, p.path, io.NopCloser(bytes.NewReader(p.body)))
	if err != nil {
		return err
	}
	r.Header, r.Host, r.RemoteAddr, r.ContentLength = p.header, p.host, "127.0.0.1:40000", int64(len(p.body))
	w.Body.Reset()
	clear(w.Header())
	w.Code = http.StatusOK
	h.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		return fmt.Errorf("status %d: %.300s", w.Code, w.Body)
	}
	return nil
}

// putInside is the whole server, as far as it is not HTTP: signed PutItems from 64
// goroutines, which is how the bare engine is asked too.
func putInside(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("inside DIR")
	}
	debug.SetGCPercent(server.GCPercent) // as the program does
	w, h, stop, err := inside(ctx, args[0])
	if err != nil {
		return err
	}
	requests, err := prepareAll(itemCount, func(i int) (*http.Request, []byte, error) {
		return request(ctx, w.addr, &w.tenant, "dynamodb", "PutItem", putItem(i))
	})
	if err != nil {
		return errors.Join(err, stop())
	}
	recorders := make(chan *httptest.ResponseRecorder, writers)
	for range writers {
		recorders <- httptest.NewRecorder()
	}
	err = rounds(writers, func(i int) error {
		rec := <-recorders
		defer func() { recorders <- rec }()
		return requests[i%len(requests)].serve(ctx, h, rec)
	})
	return errors.Join(err, stop())
}
