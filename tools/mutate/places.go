package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A copied is the package, taken apart, with everything that can be changed in it.
type copied struct {
	dir     string
	name    string
	fset    *token.FileSet
	files   []*file
	info    *types.Info
	pkg     *types.Package
	imports types.Importer
	mutants []*mutant
	dropped int // mutants that would not compile
}

type file struct {
	path   string
	text   []byte
	ast    *ast.File
	places []*place
}

// A place is a piece of the text, where one of several mutants may stand instead.
type place struct {
	pos, end int // offsets of bytes
	form     form
	typ      string // of an expression
	mutants  []*mutant
}

// A form is how a place is written so that it can become one of its mutants.
type form int

const (
	expression form = iota // (func() T { switch ... }())
	statement              // if ... else
	result                 // before a return statement
	tag                    // of a switch: takes no value of a case
	insertion              // of a statement, where nothing was
)

// A mutant is one fault.
type mutant struct {
	ID            int    `json:"-"`
	Func          string `json:"func"`
	File          string `json:"file"`
	Line          int    `json:"line"`
	Class         string `json:"class"`
	Before, After string
	Outcome       outcome `json:"outcome"`
	By            string  `json:"by,omitempty"`     // who noticed
	Reason        string  `json:"reason,omitempty"` // why nobody can

	place   *place
	with    string // the text that stands instead
	value   string // for a tag: the constant of the case
	reached []bool // by judge
}

// Key names the mutant in the list of survivors. It has no line number, so it outlives changes elsewhere.
func (m *mutant) Key() string { return m.Func + "\n- " + m.Before + "\n+ " + m.After + "\n" }

type listed struct {
	Dir, ImportPath, Export, Name string
	GoFiles                       []string
	Standard, DepOnly             bool
}

// load reads and type-checks the package. It asks also for what the injected file imports.
func (t *task) load() (*copied, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=Dir,ImportPath,Export,Name,GoFiles,Standard,DepOnly", "os", "strconv", "sync/atomic", "syscall", "./"+t.pkg)
	cmd.Dir, cmd.Stderr = t.root, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", t.pkg, err)
	}
	exports := map[string]string{}
	var p listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var next listed
		if err := d.Decode(&next); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("reading the list of packages: %w", err)
		}
		exports[next.ImportPath] = next.Export
		if !next.Standard && !next.DepOnly {
			p = next
		}
	}
	c := &copied{dir: p.Dir, name: p.Name, fset: token.NewFileSet()}
	c.imports = importer.ForCompiler(c.fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		f := &file{path: filepath.Join(p.Dir, name)}
		if f.text, err = os.ReadFile(f.path); err != nil {
			return nil, err
		}
		if f.ast, err = parser.ParseFile(c.fset, f.path, f.text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			return nil, err
		}
		parsed = append(parsed, f.ast)
		c.files = append(c.files, f)
	}
	c.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	if c.pkg, err = (&types.Config{Importer: c.imports}).Check(p.ImportPath, c.fset, parsed, c.info); err != nil {
		return nil, fmt.Errorf("type-checking %s: %w", t.pkg, err)
	}
	return c, nil
}

// mutate finds all mutants that compile.
func (t *task) mutate() (*copied, error) {
	c, err := t.load()
	if err != nil {
		return nil, err
	}
	for _, f := range c.files {
		if !ast.IsGenerated(f.ast) {
			(&walker{copied: c, file: f, by: map[ast.Node]*place{}}).walk()
		}
	}
	if err := c.leaveOut(); err != nil {
		return nil, err
	}
	seen := map[string]int{}
	root, err := filepath.Abs(t.root)
	if err != nil {
		return nil, err
	}
	for _, f := range c.files {
		slices.SortStableFunc(f.places, func(a, b *place) int { return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(b.end, a.end)) })
		for _, p := range f.places {
			for _, m := range p.mutants {
				if rel, err := filepath.Rel(root, f.path); err == nil {
					m.File = filepath.ToSlash(rel)
				}
				key := m.Key()
				if seen[key]++; seen[key] > 1 {
					m.Func += fmt.Sprintf(" (%d)", seen[key])
				}
				c.mutants = append(c.mutants, m)
				m.ID = len(c.mutants)
			}
		}
	}
	if len(t.filter(c.mutants)) == 0 {
		return nil, errors.New("nothing to mutate")
	}
	return c, nil
}

func (t *task) filter(all []*mutant) []*mutant {
	var out []*mutant
	for _, m := range all {
		if strings.Contains(m.Func, t.match) || strings.Contains(m.File, t.match) {
			out = append(out, m)
		}
	}
	return out
}
