//go:build !linux

package runner

import (
	"net"
	"os"
	"os/exec"
)

// Elsewhere than on Linux a process is started and killed, and no more: it is the
// server's user, its memory is not watched, and whom it started may live on.
func launch(s spec) (*process, error) {
	p := &process{cmd: s.cmd(), exited: make(chan struct{})}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	go p.wait()
	return p, nil
}

func as(*exec.Cmd, *user) {}

func (p *process) killAll() { _ = p.cmd.Process.Kill() } // that it has ended is what is wanted

func (p *process) awaitExit() { p.state, _ = p.cmd.Process.Wait() } // without a state, cmd.Wait says it

func (p *process) peak() int64 { return 0 }

type procTable struct{}

func processes() procTable { return procTable{} }

func (procTable) memory(*process) int64 { return 0 }

func killIn(string, users) {}

func lockFile(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600) // of a killed server it stays
}

func ownedByUs(os.FileInfo) bool { return false } // nothing is swept

func onlyOf(l net.Listener, _ *user) net.Listener { return l }

func findUsers(int) users { return users{} }

func canMount(string) bool { return false }

func leftovers(*user) {}
