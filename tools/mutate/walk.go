package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A walker goes through one file and notes what can be changed.
type walker struct {
	*copied
	file  *file
	by    map[ast.Node]*place
	where string             // function or variable that it is in
	stack []ast.Node         // around the current node, which is the last
	sigs  []*types.Signature // of the functions around it
	room  ast.Expr           // a capacity: how much room there is to grow is not for tests to see
}

func (w *walker) walk() {
	for _, d := range w.file.ast.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			w.where = nameOf(d)
			w.inspect(d)
		case *ast.GenDecl:
			if d.Tok != token.VAR {
				continue // the value of a constant cannot be chosen at run time
			}
			for _, s := range d.Specs {
				w.where = "var " + s.(*ast.ValueSpec).Names[0].Name
				w.inspect(s)
			}
		}
	}
}

// nameOf writes weigh, Decision.Because, (*Layers).weigh.
func nameOf(d *ast.FuncDecl) string {
	if d.Recv == nil {
		return d.Name.Name
	}
	t := types.ExprString(d.Recv.List[0].Type)
	if strings.HasPrefix(t, "*") {
		t = "(" + t + ")"
	}
	return t + "." + d.Name.Name
}

func (w *walker) inspect(n ast.Node) {
	ast.Inspect(n, func(n ast.Node) bool {
		if n == nil {
			switch w.stack[len(w.stack)-1].(type) {
			case *ast.FuncDecl, *ast.FuncLit:
				w.sigs = w.sigs[:len(w.sigs)-1]
			}
			w.stack = w.stack[:len(w.stack)-1]
			return true
		}
		if n == w.room {
			return false
		}
		w.stack = append(w.stack, n)
		switch n := n.(type) {
		case *ast.FuncDecl:
			w.sigs = append(w.sigs, w.info.Defs[n.Name].Type().(*types.Signature))
			w.body(n.Body)
		case *ast.FuncLit:
			w.sigs = append(w.sigs, w.info.Types[n].Type.(*types.Signature))
			w.body(n.Body)
		case *ast.GenDecl:
			if n.Tok != token.VAR {
				w.stack = w.stack[:len(w.stack)-1]
				return false
			}
		}
		w.operate(n)
		return true
	})
}

func (w *walker) parent() ast.Node {
	if len(w.stack) < 2 {
		return nil
	}
	return w.stack[len(w.stack)-2]
}

func (w *walker) offset(p token.Pos) int { return w.fset.Position(p).Offset }

func (w *walker) text(n ast.Node) string {
	return string(w.file.text[w.offset(n.Pos()):w.offset(n.End())])
}

// place returns the place of a node, made when it is asked for first.
func (w *walker) place(n ast.Node, f form, typ string) *place {
	if p := w.by[n]; p != nil {
		return p
	}
	p := &place{pos: w.offset(n.Pos()), end: w.offset(n.End()), form: f, typ: typ}
	w.by[n] = p
	w.file.places = append(w.file.places, p)
	return p
}

// insert makes a place where nothing is.
func (w *walker) insert(at token.Pos, class, with, before, after string) {
	p := &place{pos: w.offset(at), end: w.offset(at), form: insertion}
	w.file.places = append(w.file.places, p)
	m := &mutant{Func: w.where, Line: w.fset.Position(at).Line, Class: class, Before: before, After: after, place: p, with: with}
	p.mutants = append(p.mutants, m)
}

// add notes a mutant of a node, once.
func (w *walker) add(p *place, class, with string) *mutant {
	for _, m := range p.mutants {
		if m.with == with && m.value == "" {
			return m
		}
	}
	before, after := w.lines(p.pos, p.end, with)
	m := &mutant{Func: w.where, Line: w.fset.Position(w.file.ast.FileStart).Line + strings.Count(string(w.file.text[:p.pos]), "\n"), Class: class, Before: before, After: after, place: p, with: with}
	p.mutants = append(p.mutants, m)
	return m
}

// lines shows a change within its line, or alone when it goes over several.
func (w *walker) lines(pos, end int, with string) (before, after string) {
	from, to := pos, end
	for from > 0 && w.file.text[from-1] != '\n' {
		from--
	}
	for to < len(w.file.text) && w.file.text[to] != '\n' {
		to++
	}
	text := func(from, to int) string { return string(w.file.text[from:to]) }
	if strings.Contains(text(pos, end), "\n") || to-from > 200 {
		from, to = pos, end
	}
	tidy := func(s string) string {
		if code, comment, ok := strings.Cut(s, " // "); ok && !strings.Contains(comment, "\n") {
			s = code
		}
		s = strings.Join(strings.Fields(s), " ")
		if len(s) > 200 {
			s = s[:100] + " ... " + s[len(s)-90:]
		}
		return s
	}
	before, after = tidy(text(from, to)), tidy(text(from, pos)+with+text(end, to))
	if after == "" || after == "{}" {
		after = "(nothing)"
	}
	return before, after
}

// typeOf names the type of an expression as it can be written in the package; "" when it cannot.
func (w *walker) typeOf(e ast.Expr) string {
	t := w.info.Types[e].Type
	if t == nil {
		return ""
	}
	return types.TypeString(types.Default(t), func(p *types.Package) string {
		if p == w.pkg {
			return ""
		}
		return p.Name()
	})
}

// inList reports whether the current node stands in a list of statements, where one may be put before it or around it.
func (w *walker) inList() bool {
	n := w.stack[len(w.stack)-1]
	is := func(s ast.Stmt) bool { return s == n }
	switch p := w.parent().(type) {
	case *ast.BlockStmt:
		return slices.ContainsFunc(p.List, is)
	case *ast.CaseClause:
		return slices.ContainsFunc(p.Body, is)
	}
	return false
}
