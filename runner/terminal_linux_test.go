package runner_test

import (
	"encoding/json"
	"syscall"
	"testing"
)

// TestTerminal: a function has no terminal. Where the server was started in one, it
// could otherwise type into it (TIOCSTI) what the operator's shell then runs.
func TestTerminal(t *testing.T) {
	b := newBench(t, nil)
	f := b.function(python, "app.handler", map[string]string{"app.py": `
import os
def handler(e, c): return [os.getpid(), os.getpgid(0), os.getsid(0)]`})
	var got []int
	if err := json.Unmarshal(b.invoke(f, "x", `{}`).Payload, &got); err != nil {
		t.Fatal(err)
	}
	server, _, e := syscall.RawSyscall(syscall.SYS_GETSID, 0, 0, 0)
	if e != 0 {
		t.Fatal(e)
	}
	if len(got) != 3 || got[0] != got[1] || got[0] != got[2] || got[2] == int(server) {
		t.Errorf("process, group and session %v, and the server's session %d", got, server)
	}
}

// TestDevices: of the machine's devices a function has those that every program needs:
// not the terminals, cameras and microphones of who runs the server.
func TestDevices(t *testing.T) {
	if _, _, e := syscall.Syscall(444, 0, 0, 1); e != 0 { // landlock_create_ruleset, its version
		t.Skip("no Landlock here")
	}
	b := newBench(t, nil)
	f := b.function(python, "app.handler", map[string]string{"app.py": `
import os
def handler(e, c):
  out = {}
  for p in ["/dev/pts/ptmx", "/dev/tty", "/dev/kmsg", "/dev"]:
    try:
      out[p] = os.listdir(p) if os.path.isdir(p) else os.open(p, os.O_RDWR)
    except OSError as err:
      out[p] = "refused"
  os.write(os.open("/dev/null", os.O_WRONLY), b"x")
  print("out", file=open("/dev/stdout", "w"))
  out["random"] = len(open("/dev/urandom", "rb").read(3))
  open("/dev/shm/bailiwick-test-of-shm", "w").write("x")
  os.remove("/dev/shm/bailiwick-test-of-shm")
  return out`})
	b.want(f, `{}`, `{"/dev/pts/ptmx":"refused","/dev/tty":"refused","/dev/kmsg":"refused","/dev":"refused","random":3}`, false)
}
