package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"regexp"
	"strconv"
)

var marker = regexp.MustCompile(`mutantAt\((\d+), \d+\)`)

// injected is the file that chooses. A run of the tests is bound in processor time, so that a loop without an end ends however
// busy the machine is, and in memory.
const injected = `package %s

import (
	"os"
	"strconv"
	"sync/atomic"
	"syscall"
)

var (
	mutantActive, _ = strconv.Atoi(os.Getenv("MUTATE_MUTANT"))
	mutantReach     = func() *os.File {
		if s, _ := strconv.ParseUint(os.Getenv("MUTATE_CPU"), 10, 64); s > 0 {
			syscall.Setrlimit(syscall.RLIMIT_CPU, &syscall.Rlimit{Cur: s, Max: s + 1})
			syscall.Setrlimit(syscall.RLIMIT_AS, &syscall.Rlimit{Cur: 4 << 30, Max: 4 << 30})
		}
		if name := os.Getenv("MUTATE_REACH"); name != "" {
			f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
			if err != nil {
				panic(err)
			}
			return f
		}
		return nil
	}()
	mutantReached [%d]atomic.Bool
)

func mutantAt(first, last int) int {
	if mutantReach != nil {
		mutantPassed(first)
	}
	return mutantActive
}

func mutantPassed(first int) {
	if !mutantReached[first].Swap(true) {
		if _, err := mutantReach.WriteString(strconv.Itoa(first) + "\n"); err != nil {
			panic(err)
		}
	}
}
`

// number gives every mutant its number, in the order of the text.
func (c *copied) number() (places map[int]*place) {
	n := 0
	places = map[int]*place{}
	for _, f := range c.files {
		for _, p := range f.places {
			for _, m := range p.mutants {
				n++
				m.ID = n
				places[n] = p
			}
		}
	}
	return places
}

// leaveOut type-checks the copy, and takes out the places at which it fails, until it does not. A constant that must be one, or
// a type whose name means something else there, cannot be chosen at run time.
func (c *copied) leaveOut() error {
	for range 20 {
		places := c.number()
		bad, err := c.faults(places)
		if err != nil || len(bad) == 0 {
			return err
		}
		for p := range bad {
			c.dropped += len(p.mutants)
			p.mutants = nil
		}
	}
	return errors.New("the mutated copy does not compile, whatever is left out")
}

// faults finds the places that do not compile.
func (c *copied) faults(places map[int]*place) (map[*place]bool, error) {
	fset := token.NewFileSet()
	var parsed []*ast.File
	texts := map[string][]byte{}
	for _, f := range c.files {
		text := f.render()
		texts[f.path] = text
		a, err := parser.ParseFile(fset, f.path, text, parser.SkipObjectResolution)
		if err != nil {
			return nil, fmt.Errorf("the mutated copy of %w", err)
		}
		parsed = append(parsed, a)
	}
	a, err := parser.ParseFile(fset, "mutant.go", fmt.Sprintf(injected, c.name, len(places)+1), parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	bad := map[*place]bool{}
	var lost error
	conf := types.Config{Importer: c.imports, Error: func(err error) {
		var at types.Error
		if !errors.As(err, &at) {
			lost = err
			return
		}
		where := fset.Position(at.Pos)
		if texts[where.Filename] == nil {
			lost = err
			return
		}
		found := marker.FindAllSubmatch(texts[where.Filename][:where.Offset], -1)
		if len(found) == 0 {
			lost = err
			return
		}
		id, _ := strconv.Atoi(string(found[len(found)-1][1])) // nearest before the fault: mostly the one
		bad[places[id]] = true
	}}
	_, _ = conf.Check(c.pkg.Path(), fset, append(parsed, a), nil) // errors went to the function above
	return bad, lost
}
