package runner

import (
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// A spec is what a process is started with.
type spec struct {
	command  []string
	dir      string // working directory
	env      []string
	output   *os.File // standard output and error
	user     *user    // nil: the server's own
	memory   int64    // bytes, all processes together
	file     int64    // bytes that one file may have
	writable string   // the folder that is the environment's own
	tmp      bool     // which is its /tmp too
	hidden   hidden
	marker   string // a variable in env that no other environment has
}

// hidden are folders that must not be read, but for what is excepted below them.
type hidden struct{ folders, except []string }

// A process is the first process of an environment, and whoever it starts.
type process struct {
	cmd    *exec.Cmd
	user   *user
	marker string        // a variable that only this environment has
	exited chan struct{} // closed once it ended and everything with it

	state *os.ProcessState // once exited

	mu     sync.Mutex
	reaped bool // its id may be another process's by now
}

// cmd makes the exec.Cmd of a spec. Standard input is empty; no other file is
// inherited, because Go opens all with close-on-exec.
func (s *spec) cmd() *exec.Cmd {
	c := exec.Command(s.command[0], s.command[1:]...) //nolint:gosec,noctx // running the user's code is the purpose; its end is process.kill
	c.Dir, c.Env, c.Stdout, c.Stderr = s.dir, s.env, s.output, s.output
	as(c, s.user)
	return c
}

// wait ends with the process, and takes along whom it started: before its id is
// given back, so that nobody else is killed under it.
func (p *process) wait() {
	p.awaitExit()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.killAll()
	if p.state == nil {
		_ = p.cmd.Wait() // its state says all
		p.state = p.cmd.ProcessState
	}
	p.reaped = true
	close(p.exited)
}

// kill ends all processes of the environment.
func (p *process) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.reaped {
		p.killAll()
	}
}

// ending says how the process ended, in Lambda's words.
func (p *process) ending() string {
	s := p.state
	if s == nil || s.Success() {
		return "Runtime exited without providing a reason"
	}
	if w, ok := s.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return fmt.Sprintf("Runtime exited with error: signal: %s", w.Signal())
	}
	return fmt.Sprintf("Runtime exited with error: exit status %d", s.ExitCode())
}
