package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cockroachdb/pebble/v2"
)

// limits are what the program runs as when it is its own child: what the machine
// can do at best, each in a process of its own.
//
//	echo      serves 500 bytes over HTTP; says its address first
//	rsa       signs with RSA-2048, one goroutine a core
//	pebble    DIR: durable writes from 64 goroutines
//	inside    DIR: the whole server without HTTP, the same way
//	fileserver DIR: serves files of 4 KiB over HTTP; says its address first
//	files     DIR: durable files of 4 KiB from 16 goroutines
//	reverse   URL: Go's reverse proxy to it; says its address first
//
// rsa, pebble, inside and files read durations, one a line, work so long, and answer how much
// was done.
var limits = map[string]func(context.Context, []string) error{
	"echo": echo, "rsa": signatures, "pebble": durableWrites, "inside": putInside,
	"fileserver": fileServer, "files": durableFiles, "reverse": reverse,
}

// listeners are the limits that are asked over HTTP.
var listeners = map[string]bool{"echo": true, "fileserver": true, "reverse": true}

const echoed = 500 // bytes

// echo is the least that a Go program with net/http does for a request.
func echo(ctx context.Context, _ []string) error {
	answer := bytes.Repeat([]byte("x"), echoed)
	return listen(ctx, func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer)
	})
}

// listen serves HTTP, and says where.
func listen(ctx context.Context, h http.HandlerFunc) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, l.Addr())
	s := &http.Server{ReadHeaderTimeout: time.Minute, Handler: h}
	return s.Serve(l)
}

// signatures signs as token signing must: PKCS #1 v1.5 over SHA-256 (RS256).
func signatures(context.Context, []string) error {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte("a token"))
	return rounds(runtime.GOMAXPROCS(0), func(int) error {
		_, err := rsa.SignPKCS1v15(nil, key, crypto.SHA256, digest[:])
		return err
	})
}

const (
	writers   = 64
	keyBytes  = 64
	itemCount = 10_000 // rows of the table, keys of the bare engine
)

// durableWrites is the engine alone, with more memory than the server gives it.
func durableWrites(_ context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("pebble DIR")
	}
	cache := pebble.NewCache(256 << 20)
	defer cache.Unref()
	db, err := pebble.Open(args[0], &pebble.Options{Cache: cache, MemTableSize: 64 << 20, FormatMajorVersion: pebble.FormatNewest, Logger: silence{}})
	if err != nil {
		return err
	}
	value := make([]byte, itemBytes)
	_, _ = rand.Read(value) // never fails; random, so that compression saves nothing
	err = rounds(writers, func(i int) error {
		key := make([]byte, keyBytes)
		binary.BigEndian.PutUint64(key, uint64(i%itemCount)*0x9e3779b97f4a7c15)
		return db.Set(key, value, pebble.Sync)
	})
	return errors.Join(err, db.Close())
}

type silence struct{}

func (silence) Infof(string, ...any)  {}
func (silence) Errorf(string, ...any) {}
func (silence) Fatalf(format string, args ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", args...)
	os.Exit(1)
}

// rounds serves the parent's rounds: work is called by n goroutines, with a
// running number.
func rounds(n int, work func(int) error) error {
	var next atomic.Int64
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		d, err := time.ParseDuration(lines.Text())
		if err != nil {
			return err
		}
		var stop atomic.Bool
		var wg sync.WaitGroup
		var done atomic.Int64
		errs := make([]error, n)
		time.AfterFunc(d, func() { stop.Store(true) })
		for g := range n {
			wg.Go(func() {
				count := 0
				for ; !stop.Load() && errs[g] == nil; count++ {
					errs[g] = work(int(next.Add(1)))
				}
				done.Add(int64(count))
			})
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			return err
		}
		fmt.Fprintln(os.Stdout, done.Load())
	}
	return nil
}

// limit starts this program as one of its limits.
func limit(ctx context.Context, args ...string) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p, err := spawn(ctx, self, args...)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", args[0], err)
	}
	if listeners[args[0]] {
		line, err := p.out.ReadString('\n')
		if err != nil {
			return nil, p.failed(fmt.Errorf("starting %s: %w", args[0], err))
		}
		p.addr = line[:len(line)-1]
	}
	return p, nil
}

// round lets a limit work, and returns how much it did.
func (p *process) round(d time.Duration) (int, error) {
	if _, err := fmt.Fprintln(p.in, d); err != nil {
		return 0, err
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(line[:len(line)-1])
}

// sampleRound warms up and measures a limit that works by itself.
func (p *process) sampleRound(d time.Duration) (sample, error) {
	if _, err := p.round(warm); err != nil {
		return sample{}, p.failed(err)
	}
	return take(p, func() (int, error) { return p.round(d) })
}
