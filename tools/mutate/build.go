package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A judge is a test binary and how it is run.
type judge struct {
	pkg  string // relative to the root of the module
	args []string

	binary string
	cpu    time.Duration // that a run may take
}

// build compiles the test binaries of all judges against the mutated copy.
func (t *task) build(c *copied, dir string) error {
	overlay := map[string]string{}
	write := func(name, in string, text []byte) error {
		overlay[name] = filepath.Join(dir, in)
		return os.WriteFile(overlay[name], text, 0o600)
	}
	for _, f := range c.files {
		if err := write(f.path, filepath.Base(f.path), f.render()); err != nil {
			return err
		}
	}
	text := fmt.Sprintf(injected, c.name, len(c.mutants)+1)
	if err := write(filepath.Join(c.dir, "zz_mutant.go"), "zz_mutant.go", []byte(text)); err != nil {
		return err
	}
	replace, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, replace, 0o600); err != nil {
		return err
	}
	for i := range t.judges {
		j := &t.judges[i]
		if same := slices.IndexFunc(t.judges[:i], func(o judge) bool { return o.pkg == j.pkg }); same >= 0 {
			j.binary = t.judges[same].binary
			continue
		}
		j.binary = filepath.Join(dir, strconv.Itoa(i)+".test")
		args := append(t.exec[:len(t.exec):len(t.exec)], "go", "test", "-c", "-vet=off", "-overlay", file, "-o", j.binary, "./"+j.pkg)
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Dir = t.root
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("compiling the tests of %s: %w\n%.4000s", j.pkg, err, out)
		}
	}
	return nil
}

// reach runs the tests without any mutant, which must pass, and notes which places they pass and how long they take.
func (t *task) reach(c *copied, dir string) error {
	first := map[int]*place{}
	for _, m := range c.mutants {
		m.reached = make([]bool, len(t.judges))
		first[m.place.mutants[0].ID] = m.place
	}
	for i := range t.judges {
		file := filepath.Join(dir, fmt.Sprintf("reach%d", i))
		cmd := t.command(i, 0)
		cmd.Env = append(cmd.Env, "MUTATE_REACH="+file)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("the tests of %s do not pass without a mutant: %w\n%.4000s", t.judges[i].pkg, err, out)
		}
		// Far more than it takes by itself; the limit is in whole seconds.
		took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		t.judges[i].cpu = min(t.cpu, (8*took + time.Second).Truncate(time.Second))
		text, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("the tests of %s reach no mutant: %w", t.judges[i].pkg, err)
		}
		for _, line := range strings.Fields(string(text)) {
			id, err := strconv.Atoi(line)
			if err != nil || first[id] == nil {
				return fmt.Errorf("the tests of %s reached %q, which is no place", t.judges[i].pkg, line)
			}
			for _, m := range first[id].mutants {
				m.reached[i] = true
			}
		}
	}
	return nil
}
