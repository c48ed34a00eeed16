//go:build unix

package runner_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/runner"
)

// asServer makes the test binary a server that runs a function until it is killed.
const asServer = "BAILIWICK_TEST_AS_SERVER"

func TestMain(m *testing.M) {
	if os.Getenv(asServer) == "" {
		os.Exit(m.Run())
	}
	r := &runner.Runner{Now: time.Now}
	file, err := io.ReadAll(os.Stdin)
	if err != nil {
		panic(err)
	}
	dir, err := r.Unpack(file)
	if err != nil {
		panic(err)
	}
	f := &runner.Function{Name: "f", Version: "1", ARN: "f", Family: "f", Runtime: python, Handler: "app.handler", Code: dir, Memory: 256, Timeout: time.Minute, Log: new(runner.Log)}
	res, err := r.Invoke(context.Background(), f, runner.Invocation{RequestID: "x", Payload: []byte("{}")})
	fmt.Printf("%s\n%s\n%v\n", dir, res.Payload, err)
	select {} // until it is killed
}

// TestServerKilled: of a server that is killed, no environment goes on by itself,
// and the next server ends and removes what is left.
func TestServerKilled(t *testing.T) {
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), asServer+"=1")
	server.Stdin = strings.NewReader(string(zipped(t, map[string]string{"app.py": `
import os, subprocess, threading, time
def handler(e, c):
  far = subprocess.Popen(["sleep", "3335"], start_new_session=True)
  bare = far if os.geteuid() == 65534 else subprocess.Popen(["/bin/sleep", "3336"], start_new_session=True, env={})
  return [os.getpid(), far.pid, bare.pid]`})))
	server.Stderr = t.Output()
	out, err := server.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	var said []string
	for len(said) < 3 && lines.Scan() {
		said = append(said, lines.Text())
	}
	var pids []int
	if len(said) < 3 || json.Unmarshal([]byte(said[1]), &pids) != nil || len(pids) != 3 {
		t.Fatalf("the server said %q", said)
	}
	for _, pid := range pids {
		if !running(pid) {
			t.Errorf("%d does not run", pid)
		}
	}
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait() // killed
	await(t, "the environment's end", func() bool { return !running(pids[0]) })
	new(runner.Runner).Sweep()
	for _, pid := range pids[1:] {
		await(t, "the end of whom it started", func() bool { return !running(pid) })
	}
	b := newBench(t, nil)
	b.want(b.function(python, "app.handler", map[string]string{"app.py": "def handler(e, c): return 1"}), `{}`, `1`, false)
	if _, err := os.Stat(filepath.Dir(filepath.Dir(said[0]))); !os.IsNotExist(err) {
		t.Errorf("the folder of the killed server: %v", err)
	}
}

// TestUnprivileged runs the tests of isolation as somebody who is not root.
func TestUnprivileged(t *testing.T) {
	if os.Geteuid() != 0 {
		return // the others are these tests
	}
	dir, err := os.MkdirTemp("", "bailiwick-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "test")
	if err := os.WriteFile(binary, text, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), binary, "-test.timeout=2m", "-test.run=^(TestEnvironmentIsClean|TestFilesOfOthers|TestGrandchildren|TestLimits|TestTmp|TestServerKilled)$", "-test.short")
	c.Dir = "/"
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "PASS") {
		t.Errorf("%v\n%s", err, out)
	}
}
