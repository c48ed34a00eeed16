package runner

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Supported tells whether functions of a runtime can run here, "" if so, and else
// why not.
func Supported(runtime string) string {
	switch {
	case interpreter(runtime) != "", runtime == "provided.al2", runtime == "provided.al2023":
		return ""
	}
	return fmt.Sprintf("The runtime %s is not supported: functions run here as nodejs*.x, python3.*, provided.al2 and provided.al2023.", runtime)
}

// interpreter is the program that runs a runtime's bootstrap, "" for none.
func interpreter(runtime string) string {
	switch {
	case strings.HasPrefix(runtime, "nodejs") && strings.HasSuffix(runtime, ".x"):
		return "node"
	case strings.HasPrefix(runtime, "python3."):
		return "python3"
	}
	return ""
}

// command is the program of an environment and its arguments.
func (e *environment) command(ctx context.Context) ([]string, error) {
	u := e.r.home.user(e.slot)
	switch name := interpreter(e.f.Runtime); name {
	case "node":
		path, err := e.r.programs.find(ctx, u, "node")
		// V8 would else size its heap by the machine and be killed before it collects.
		heap, young := "--max-old-space-size="+strconv.Itoa(e.f.Memory*9/10), "--max-semi-space-size="+strconv.Itoa(max(1, e.f.Memory/20))
		return []string{path, heap, young, filepath.Join(e.r.home.runtime, "bootstrap.mjs")}, err
	case "python3":
		path, err := e.r.programs.find(ctx, u, e.f.Runtime, "python3")
		// -B: the code's folder is not written to. -u: output is not held back.
		// -s, and -P in spirit by the bootstrap: nothing is loaded from elsewhere.
		return []string{path, "-B", "-u", "-s", filepath.Join(e.r.home.runtime, "bootstrap.py")}, err
	}
	// In the working directory: the arguments of a process are for everyone to see,
	// and the name of the folder is what keeps others from the code where there is no
	// Landlock.
	return []string{"./bootstrap"}, nil
}

// interpreters are where programs were found.
type interpreters struct {
	configured map[string]string

	mu    sync.Mutex
	paths map[string]string
}

// folders are looked in beside PATH: a server may run without one, and what it
// finds first may be a wrapper in a home that environments cannot read.
var folders = []string{"/usr/local/bin", "/usr/bin", "/bin", "/opt/homebrew/bin"}

// find looks for the first of names that the user of environments can run.
func (i *interpreters) find(ctx context.Context, u *user, names ...string) (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if path := i.paths[names[0]]; path != "" {
		return path, nil
	}
	for _, name := range names {
		for _, path := range i.candidates(name) {
			if !runs(ctx, u, path) {
				continue
			}
			if i.paths == nil {
				i.paths = map[string]string{}
			}
			i.paths[names[0]] = path
			return path, nil
		}
	}
	return "", fmt.Errorf("%s was not found, or cannot be run by the user of the functions; install it where everyone can", strings.Join(names, " or "))
}

func (i *interpreters) candidates(name string) []string {
	if path := i.configured[name]; path != "" {
		return []string{path}
	}
	var found []string
	if path, err := exec.LookPath(name); err == nil || errors.Is(err, exec.ErrDot) {
		if path, err = filepath.Abs(path); err == nil {
			found = append(found, path)
		}
	}
	for _, dir := range folders {
		found = append(found, filepath.Join(dir, name))
	}
	return found
}

// runs tries a program, as environments would run it.
func runs(ctx context.Context, u *user, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c := exec.CommandContext(ctx, path, "--version")
	c.Dir, c.Env = "/", []string{"PATH=/usr/local/bin:/usr/bin:/bin"}
	as(c, u)
	return c.Run() == nil
}
