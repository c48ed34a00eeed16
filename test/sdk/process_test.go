package sdk_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the server as TestMain built it, or the one that BAILIWICK_BINARY
// names, to try a release as it was shipped.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "bailiwick-clients-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := buildAndRun(m, dir)
	if err := os.RemoveAll(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

func buildAndRun(m *testing.M, dir string) int {
	if binary = os.Getenv("BAILIWICK_BINARY"); binary != "" {
		return m.Run()
	}
	binary = filepath.Join(dir, "bailiwick")
	build := exec.Command("go", "build", "-tags", "invariants", "-o", binary, "./cmd/bailiwick")
	build.Dir = filepath.Join("..", "..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "building the server: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}

const (
	region  = "us-east-1"
	account = "000000000000"
)

// A mode is one of the ways to serve.
type mode struct{ dev, data bool }

var (
	devMemory  = mode{dev: true}
	devData    = mode{dev: true, data: true}
	production = mode{data: true}
)

func (m mode) String() string {
	switch m {
	case devMemory:
		return "dev, memory"
	case devData:
		return "dev, data"
	default:
		return "production, data"
	}
}

// A server is one process of the binary, and its successors on the same folder
// and port.
type server struct {
	url    string
	folder string // "": in memory
	mode   mode
	addr   string
	cmd    *exec.Cmd
	log    *logs
	rootID string
	secret string
}

// serve starts a server that stops with the test. Whatever the test finds, it
// fails if the server's log tells of a panic or an internal error.
func serve(t *testing.T, m mode) *server {
	t.Helper()
	s := &server{mode: m, addr: freeAddress(t), log: &logs{}, rootID: "test", secret: "test"}
	s.url = "http://" + s.addr
	if m.data {
		s.folder = filepath.Join(t.TempDir(), "data")
	}
	t.Cleanup(func() { s.finish(t) })
	s.start(t)
	if !m.dev {
		s.rootID, s.secret = rootKey(t, s.folder)
	}
	return s
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *server) start(t *testing.T) {
	t.Helper()
	args := []string{"serve", "--listen", s.addr, "--log-level", "debug"}
	if s.folder != "" {
		args = append(args, "--data", s.folder)
	}
	if s.mode.dev {
		args = append(args, "--dev")
	}
	s.cmd = exec.Command(binary, args...)
	s.cmd.Env = cleanEnv()
	s.cmd.Stdout, s.cmd.Stderr = s.log, s.log
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		resp, err := http.Get(s.url + "/_bailiwick/health")
		if err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the server did not become healthy: %v\n%s", err, s.log)
		}
	}
}

// crash ends the process as a power cut would: kill -9.
func (s *server) crash(t *testing.T) {
	t.Helper()
	if err := s.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = s.cmd.Wait() // "signal: killed" is what was asked for
	http.DefaultClient.CloseIdleConnections()
	s.cmd = nil
}

// restart is a crash and a new process on the same folder and port.
func (s *server) restart(t *testing.T) {
	t.Helper()
	s.crash(t)
	s.start(t)
}

// finish stops the server politely, which must work, and reads its log.
func (s *server) finish(t *testing.T) {
	if s.cmd != nil {
		if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			t.Error(err)
		}
		kill := time.AfterFunc(15*time.Second, func() { _ = s.cmd.Process.Kill() })
		if err := s.cmd.Wait(); err != nil {
			t.Errorf("the server did not stop in order: %v", err)
		}
		kill.Stop()
	}
	text := s.log.String()
	for _, bad := range []string{"panic", "internal error", "level=ERROR", "DATA RACE"} {
		if at := strings.Index(text, bad); at >= 0 {
			t.Errorf("the server's log tells of %q:\n%s", bad, around(text, at))
			break
		}
	}
	if t.Failed() {
		t.Logf("the end of the server's log:\n%s", text[max(0, len(text)-4000):])
	}
}

// around is the line at a position, and some of what follows.
func around(text string, at int) string {
	from := strings.LastIndexByte(text[:at], '\n') + 1
	return text[from:min(len(text), from+3000)]
}

// rootKey reads the key that the server made for its data folder.
func rootKey(t *testing.T, folder string) (id, secret string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "credentials"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), " = ")
		switch {
		case k == "aws_access_key_id" && id == "":
			id = v
		case k == "aws_secret_access_key" && secret == "":
			secret = v
		}
	}
	if id == "" || secret == "" {
		t.Fatalf("no root key in %s", folder)
	}
	return id, secret
}

// code is the code in the newest message to an address.
func (s *server) code(t *testing.T, to string) string {
	t.Helper()
	resp, err := http.Get(s.url + "/_bailiwick/messages?to=" + url.QueryEscape(to))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var list []struct{ To, Code string }
	if err := json.NewDecoder(resp.Body).Decode(&list); err != nil || len(list) == 0 {
		t.Fatalf("no message to %s: %v, status %d", to, err, resp.StatusCode)
	}
	return list[len(list)-1].Code
}

// explain runs bailiwick explain as the administrator does: in production with
// the data folder, in development with the key that everyone knows.
func (s *server) explain(t *testing.T, requestID string) string {
	t.Helper()
	if requestID == "" {
		t.Fatal("no request id")
	}
	args := []string{"explain", requestID, "--endpoint", s.url}
	if !s.mode.dev {
		args = append(args, "--data", s.folder)
	}
	out, err := run(t.Context(), binary, args, cleanEnv(), nil)
	if err != nil {
		t.Fatalf("bailiwick explain: %v", err)
	}
	return string(out)
}

// cleanEnv is the environment without anything that leads a client or the
// server elsewhere: no keys, profiles, endpoints or proxies for this machine.
func cleanEnv() []string {
	env := []string{
		"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost", "AWS_EC2_METADATA_DISABLED=true",
		"AWS_CONFIG_FILE=" + os.DevNull, "AWS_SHARED_CREDENTIALS_FILE=" + os.DevNull,
		"AWS_REGION=" + region, "AWS_DEFAULT_REGION=" + region, "AWS_PAGER=",
	}
	for _, v := range os.Environ() {
		name, _, _ := strings.Cut(v, "=")
		if up := strings.ToUpper(name); strings.HasPrefix(up, "AWS_") || strings.HasPrefix(up, "BAILIWICK_") || up == "NO_PROXY" {
			continue
		}
		env = append(env, v)
	}
	return env
}

// run runs a command to its end and returns its standard output.
func run(ctx context.Context, name string, args, env []string, stdin io.Reader) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	var out, errs bytes.Buffer
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = env, stdin, &out, &errs
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), errors.New(strings.TrimSpace(errs.String())))
	}
	return out.Bytes(), nil
}

// logs collects what a process writes.
type logs struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}
