package main

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"

	"github.com/bailiwick-project/bailiwick/server"
)

// inProcess serves a world in this process. Benchmarks then call the handler
// itself, so that a profile shows the server and neither sockets nor client.
func inProcess(b *testing.B) (*world, http.Handler) {
	b.Helper()
	ctx, stop := context.WithCancel(b.Context())
	data := filepath.Join(b.TempDir(), "data")
	s, err := server.New(ctx, server.Config{Data: data, Version: "bench", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	b.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		stop()
		if err := <-served; err != nil {
			b.Error(err)
		}
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	w := &world{addr: l.Addr().String()}
	if err := w.setUp(ctx, data); err != nil {
		b.Fatal(err)
	}
	return w, s.Handler()
}

type prepared struct {
	header http.Header
	body   []byte
}

func prepare(b *testing.B, n int, make func(i int) (*http.Request, []byte, error)) []prepared {
	b.Helper()
	var out []prepared
	for i := range n {
		r, body, err := make(i)
		if err != nil {
			b.Fatal(err)
		}
		out = append(out, prepared{r.Header, body})
	}
	return out
}

// hammer calls the handler from parallelism goroutines a core.
func hammer(b *testing.B, h http.Handler, addr string, requests []prepared, parallelism int) {
	var next atomic.Int64
	b.SetParallelism(parallelism)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		w := httptest.NewRecorder()
		for pb.Next() {
			p := requests[int(next.Add(1))%len(requests)]
			r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, "/", io.NopCloser(bytes.NewReader(p.body)))
			if err != nil {
				b.Error(err)
				return
			}
			r.Header, r.Host, r.RemoteAddr, r.ContentLength = p.header, addr, "127.0.0.1:40000", int64(len(p.body))
			w.Body.Reset()
			clear(w.Header())
			w.Code = http.StatusOK
			h.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Errorf("status %d: %.300s", w.Code, w.Body)
				return
			}
		}
	})
}

func BenchmarkGetItem(b *testing.B) {
	w, h := inProcess(b)
	hammer(b, h, w.addr, prepare(b, itemCount, func(i int) (*http.Request, []byte, error) {
		return request(b.Context(), w.addr, &w.tenant, "dynamodb", "GetItem", getItem(i))
	}), 1)
}

func BenchmarkPutItem(b *testing.B) {
	w, h := inProcess(b)
	hammer(b, h, w.addr, prepare(b, itemCount, func(i int) (*http.Request, []byte, error) {
		return request(b.Context(), w.addr, &w.tenant, "dynamodb", "PutItem", putItem(i))
	}), writers)
}

func BenchmarkSignIn(b *testing.B) {
	w, h := inProcess(b)
	hammer(b, h, w.addr, prepare(b, users, func(i int) (*http.Request, []byte, error) {
		return request(b.Context(), w.addr, nil, "cognito-idp", "InitiateAuth", w.signInRequest(i))
	}), signers)
}
