package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// A conn sends requests that are bytes already, one at a time: the client must
// cost as little as possible, as it shares the machine with what it measures.
type conn struct {
	c    net.Conn
	r    *bufio.Reader
	body []byte
}

// answerTime bounds an answer: a server that hangs must not hang the benchmark.
const answerTime = 20 * time.Second

func dial(addr string) (*conn, error) {
	c, err := net.DialTimeout("tcp", addr, answerTime)
	if err != nil {
		return nil, err
	}
	return &conn{c: c, r: bufio.NewReaderSize(c, 16<<10)}, nil
}

func (c *conn) close() { _ = c.c.Close() }

// do returns status and body; the body is valid until the next call.
func (c *conn) do(request []byte) (int, []byte, error) {
	if _, err := c.c.Write(request); err != nil {
		return 0, nil, err
	}
	line, err := c.r.ReadSlice('\n')
	if err != nil {
		return 0, nil, err
	}
	if len(line) < 12 || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) {
		return 0, nil, fmt.Errorf("status line %q", line)
	}
	status, err := strconv.Atoi(string(line[9:12]))
	if err != nil {
		return 0, nil, fmt.Errorf("status line %q", line)
	}
	size, err := c.header()
	if err != nil {
		return 0, nil, err
	}
	c.body = c.body[:0]
	if size >= 0 {
		err := c.take(size)
		return status, c.body, err
	}
	for {
		if line, err = c.r.ReadSlice('\n'); err != nil {
			return 0, nil, err
		}
		size, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 16, 24)
		if err != nil {
			return 0, nil, fmt.Errorf("chunk %q", line)
		}
		if err := c.take(int(size)); err != nil {
			return 0, nil, err
		}
		if _, err := c.r.Discard(len("\r\n")); err != nil {
			return 0, nil, err
		}
		if size == 0 {
			return status, c.body, nil
		}
	}
}

// take appends n bytes to the body.
func (c *conn) take(n int) error {
	have := len(c.body)
	c.body = slices.Grow(c.body, n)[:have+n]
	_, err := io.ReadFull(c.r, c.body[have:])
	return err
}

// header reads the header and returns the length of the body, -1 when it comes
// in chunks.
func (c *conn) header() (size int, err error) {
	size = -2
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if len(line) <= 2 {
			break
		}
		const length, chunked = "content-length:", "transfer-encoding: chunked"
		switch {
		case len(line) > len(length) && bytes.EqualFold(line[:len(length)], []byte(length)):
			if size, err = strconv.Atoi(string(bytes.TrimSpace(line[len(length):]))); err != nil || size < 0 || size > 16<<20 {
				return 0, fmt.Errorf("header %q", line)
			}
		case bytes.EqualFold(bytes.TrimSpace(line), []byte(chunked)):
			size = -1
		}
	}
	if size == -2 {
		return 0, errors.New("the answer has no Content-Length and no chunks")
	}
	return size, nil
}

// A pool is connections that stay open over the rounds.
type pool []*conn

func dialPool(addr string, n int) (pool, error) {
	var p pool
	for range n {
		c, err := dial(addr)
		if err != nil {
			p.close()
			return nil, err
		}
		p = append(p, c)
	}
	return p, nil
}

func (p pool) close() {
	for _, c := range p {
		c.close()
	}
}

// load sends requests over all connections, in turns, and returns how many were
// answered. An answer that is not 200, or shorter than least bytes, ends it: an
// error is cheaper to give than an answer, and would look like speed.
func (p pool) load(requests [][]byte, least int, d time.Duration) (int, error) {
	var stop atomic.Bool
	var wg sync.WaitGroup
	counts, errs := make([]int, len(p)), make([]error, len(p))
	timer := time.AfterFunc(d, func() { stop.Store(true) })
	defer timer.Stop()
	deadline := time.Now().Add(d + answerTime)
	for i, c := range p {
		if err := c.c.SetDeadline(deadline); err != nil {
			return 0, err
		}
		wg.Go(func() {
			for at := i; !stop.Load(); at += len(p) {
				status, body, err := c.do(requests[at%len(requests)])
				if err == nil && (status != 200 || len(body) < least) {
					err = fmt.Errorf("status %d, %.300q", status, body)
				}
				if err != nil {
					errs[i] = err
					stop.Store(true)
					return
				}
				counts[i]++
			}
		})
	}
	wg.Wait()
	n := 0
	for _, c := range counts {
		n += c
	}
	if n == 0 {
		errs = append(errs, errors.New("nothing was answered"))
	}
	return n, errors.Join(errs...)
}

// A sample is one round of one side.
type sample struct {
	n       int
	elapsed time.Duration
	cpu     time.Duration // of the process
}

func (s sample) rate() float64      { return float64(s.n) / s.elapsed.Seconds() }
func (s sample) cpuMicros() float64 { return float64(s.cpu.Nanoseconds()) / 1e3 / float64(s.n) }
func (s sample) coreRate() float64  { return float64(s.n) / s.cpu.Seconds() }

// take measures what a process does while work runs, which returns how much was
// done.
func take(p *process, work func() (int, error)) (sample, error) {
	before, err := p.cpu()
	if err != nil {
		return sample{}, p.failed(err)
	}
	began := time.Now()
	n, err := work()
	if err != nil {
		return sample{}, p.failed(err)
	}
	s := sample{n: n, elapsed: time.Since(began)}
	after, err := p.cpu()
	if err != nil {
		return sample{}, p.failed(err)
	}
	if s.cpu = after - before; s.cpu <= 0 || n <= 0 {
		return sample{}, p.failed(fmt.Errorf("%d done with %v of CPU: the round is too short", n, s.cpu))
	}
	return s, nil
}

// warm is how long each side runs before a round is measured: caches and
// connections have gone cold while the other side ran.
const warm = 150 * time.Millisecond

// sample warms up and measures one round of a process that answers HTTP.
func (p pool) sample(proc *process, requests [][]byte, least int, d time.Duration) (sample, error) {
	if _, err := p.load(requests, least, warm); err != nil {
		return sample{}, proc.failed(err)
	}
	return take(proc, func() (int, error) { return p.load(requests, least, d) })
}
