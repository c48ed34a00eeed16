package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A process is a server or a limit.
type process struct {
	cmd  *exec.Cmd
	addr string // where it listens, "" for limits that do not
	in   io.WriteCloser
	out  *bufio.Reader
	log  bytes.Buffer // its standard error
}

// spawn starts a program; what it says on standard error is told when it fails.
func spawn(ctx context.Context, name string, args ...string) (*process, error) {
	p := &process{cmd: exec.CommandContext(ctx, name, args...)}
	p.cmd.Env = append(os.Environ(), "GOMAXPROCS=", "GOGC=", "GOMEMLIMIT=", "GODEBUG=")
	p.cmd.Stderr = &p.log
	p.cmd.WaitDelay = time.Second
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	return p, nil
}

// serve starts the server in production mode on a data folder.
func serve(ctx context.Context, binary, data string) (*process, error) {
	addr, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	p, err := spawn(ctx, binary, "serve", "--listen", addr, "--data", data, "--log-level", "error")
	if err != nil {
		return nil, fmt.Errorf("starting the server: %w", err)
	}
	p.addr = addr
	return p, nil
}

func freeAddress(ctx context.Context) (string, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return l.Addr().String(), l.Close()
}

// kill ends the process, as everything that it holds is thrown away.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// failed is err and what the process said.
func (p *process) failed(err error) error {
	p.kill()
	if text := strings.TrimSpace(p.log.String()); text != "" {
		return fmt.Errorf("%w; the process said:\n%s", err, text)
	}
	return err
}

const (
	tick      = 10 * time.Millisecond  // USER_HZ is 100 on every Linux that Go runs on
	startTime = 20 * time.Second       // until a process must answer
	pollEvery = 200 * time.Microsecond // so much the start is measured too long, at most
	health    = "GET /_bailiwick/health HTTP/1.1\r\nHost: localhost\r\n\r\n"
)

// cpu is the time that all threads of the process have spent, user and system.
func (p *process) cpu() (time.Duration, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "stat"))
	if err != nil {
		return 0, fmt.Errorf("reading the CPU time: %w", err)
	}
	// The second field is the name in parentheses, which may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("reading the CPU time: %q is too short", text)
	}
	user, err1 := strconv.ParseInt(fields[11], 10, 64)
	system, err2 := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * tick, errors.Join(err1, err2)
}

// A footprint is resident memory, in MiB.
type footprint struct{ total, anonymous, file float64 }

func (p *process) memory() (footprint, error) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "status"))
	if err != nil {
		return footprint{}, fmt.Errorf("reading the memory: %w", err)
	}
	var m footprint
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(line, ":")
		to := map[string]*float64{"VmRSS": &m.total, "RssAnon": &m.anonymous, "RssFile": &m.file}[name]
		if to == nil {
			continue
		}
		kib, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
		if err != nil {
			return footprint{}, fmt.Errorf("reading the memory: %q: %w", line, err)
		}
		*to = kib / 1024
	}
	if m.total == 0 {
		return footprint{}, errors.New("reading the memory: /proc tells no VmRSS")
	}
	return m, nil
}

// awaitHealth polls until the process answers 200.
func (p *process) awaitHealth() error {
	for deadline := time.Now().Add(startTime); ; time.Sleep(pollEvery) {
		c, err := dial(p.addr)
		if err == nil {
			var status int
			status, _, err = c.do([]byte(health))
			c.close()
			if err == nil && status == 200 {
				return nil
			}
			if err == nil {
				err = fmt.Errorf("status %d", status)
			}
		}
		if time.Now().After(deadline) {
			return p.failed(fmt.Errorf("no answer at %s within %v: %w", p.addr, startTime, err))
		}
	}
}
