package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
)

func inProcess(b *testing.B) (*world, http.Handler) {
	b.Helper()
	w, h, stop, err := inside(b.Context(), filepath.Join(b.TempDir(), "data"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := stop(); err != nil {
			b.Error(err)
		}
	})
	return w, h
}

func prepare(b *testing.B, n int, make func(i int) (*http.Request, []byte, error)) []prepared {
	b.Helper()
	out, err := prepareAll(n, make)
	if err != nil {
		b.Fatal(err)
	}
	return out
}

// hammer calls the handler from parallelism goroutines a core.
func hammer(b *testing.B, h http.Handler, requests []prepared, parallelism int) {
	var next atomic.Int64
	b.SetParallelism(parallelism)
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		w := httptest.NewRecorder()
		for pb.Next() {
			if err := requests[int(next.Add(1))%len(requests)].serve(b.Context(), h, w); err != nil {
				b.Error(err)
				return
			}
		}
	})
}

func BenchmarkGetItem(b *testing.B) {
	w, h := inProcess(b)
	hammer(b, h, prepare(b, itemCount, func(i int) (*http.Request, []byte, error) {
		return request(b.Context(), w.addr, &w.tenant, "dynamodb", "GetItem", getItem(i))
	}), 1)
}

func BenchmarkPutItem(b *testing.B) {
	w, h := inProcess(b)
	hammer(b, h, prepare(b, itemCount, func(i int) (*http.Request, []byte, error) {
		return request(b.Context(), w.addr, &w.tenant, "dynamodb", "PutItem", putItem(i))
	}), writers)
}

func BenchmarkSignIn(b *testing.B) {
	w, h := inProcess(b)
	hammer(b, h, prepare(b, users, func(i int) (*http.Request, []byte, error) {
		return request(b.Context(), w.addr, nil, "cognito-idp", "InitiateAuth", w.signInRequest(i))
	}), signers)
}

func benchmarkRoutes(b *testing.B, in func(org string, i int) route, parallelism int) {
	b.Helper()
	w, h := inProcess(b)
	if err := w.makeObjects(b.Context()); err != nil {
		b.Fatal(err)
	}
	hammer(b, h, prepare(b, objectCount, func(i int) (*http.Request, []byte, error) {
		return rest(b.Context(), w.addr, &w.tenant, in(org, i))
	}), parallelism)
}

func BenchmarkGetObject(b *testing.B) { benchmarkRoutes(b, getObject, 1) }

func BenchmarkPutObject(b *testing.B) { benchmarkRoutes(b, putObject, fileWriters) }
