package main

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"
)

// swaps are what an operator becomes. Of comparisons the first is the one that differs only for equal operands.
var swaps = map[token.Token][]token.Token{
	token.LSS: {token.LEQ, token.GEQ}, token.LEQ: {token.LSS, token.GTR},
	token.GTR: {token.GEQ, token.LEQ}, token.GEQ: {token.GTR, token.LSS},
	token.EQL: {token.NEQ}, token.NEQ: {token.EQL},
	token.LAND: {token.LOR}, token.LOR: {token.LAND},
	token.ADD: {token.SUB}, token.SUB: {token.ADD}, token.MUL: {token.QUO}, token.QUO: {token.MUL}, token.REM: {token.MUL},
	token.AND: {token.OR}, token.OR: {token.AND}, token.SHL: {token.SHR}, token.SHR: {token.SHL},
	token.ADD_ASSIGN: {token.SUB_ASSIGN}, token.SUB_ASSIGN: {token.ADD_ASSIGN}, token.OR_ASSIGN: {token.AND_ASSIGN}, token.AND_ASSIGN: {token.OR_ASSIGN},
	token.INC: {token.DEC}, token.DEC: {token.INC},
}

// operate notes the mutants of one node.
func (w *walker) operate(n ast.Node) {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		w.binary(n)
	case *ast.UnaryExpr:
		w.unary(n)
	case *ast.Ident:
		w.constant(n)
		w.truth(n)
	case *ast.BasicLit:
		w.constant(n)
	case *ast.CallExpr:
		w.call(n)
	case *ast.IfStmt:
		w.condition(n.Cond)
	case *ast.SwitchStmt:
		w.choice(n)
	case *ast.RangeStmt:
		w.loop(n.Body, "for range "+w.text(n.X))
	case *ast.ForStmt:
		if n.Cond != nil {
			w.loop(n.Body, "for "+w.text(n.Cond))
		}
	case *ast.ReturnStmt:
		w.returned(n)
	case *ast.ExprStmt, *ast.AssignStmt, *ast.IncDecStmt, *ast.BranchStmt:
		w.step(n.(ast.Stmt))
	}
}

func (w *walker) constantValue(e ast.Expr) constant.Value { return w.info.Types[e].Value }

func (w *walker) isBool(e ast.Expr) bool {
	t := w.info.Types[e].Type
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

func (w *walker) isInteger(e ast.Expr) bool {
	t := w.info.Types[e].Type
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsInteger != 0
}

func (w *walker) binary(n *ast.BinaryExpr) {
	if w.constantValue(n) != nil {
		w.constant(n)
		return
	}
	if !w.isBool(n) && !w.isInteger(n) {
		return
	}
	p := w.place(n, expression, w.typeOf(n))
	left, right := w.text(n.X), w.text(n.Y)
	between := string(w.file.text[w.offset(n.X.End()):w.offset(n.Y.Pos())])
	for _, op := range swaps[n.Op] {
		w.add(p, "operator", left+strings.Replace(between, n.Op.String(), op.String(), 1)+right)
	}
	switch n.Op {
	case token.LAND, token.LOR:
		w.add(p, "operand dropped", left)
		w.add(p, "operand dropped", right)
	case token.EQL, token.NEQ:
		for _, e := range []ast.Expr{n.X, n.Y} {
			w.emptied(e)
		}
	}
}

// emptied replaces a text that something is compared with.
func (w *walker) emptied(e ast.Expr) {
	if v := w.constantValue(e); v != nil && v.Kind() == constant.String && constant.StringVal(v) != "" {
		w.add(w.place(e, expression, w.typeOf(e)), "text emptied", `""`)
	}
}

func (w *walker) unary(n *ast.UnaryExpr) {
	if w.constantValue(n) != nil {
		w.constant(n)
		return
	}
	if n.Op == token.NOT || n.Op == token.SUB {
		w.add(w.place(n, expression, w.typeOf(n)), "sign dropped", w.text(n.X))
	}
}

// constant changes an integer by one: numbers, characters, and members of enumerations.
func (w *walker) constant(e ast.Expr) {
	v := w.constantValue(e)
	if v == nil || v.Kind() != constant.Int || !w.isInteger(e) {
		return
	}
	switch p := w.parent().(type) {
	case *ast.BinaryExpr, *ast.UnaryExpr, *ast.ParenExpr:
		if w.constantValue(p.(ast.Expr)) != nil {
			return // the whole is changed
		}
	case *ast.CaseClause:
		return // dropped instead
	case *ast.KeyValueExpr:
		if p.Key == e {
			return
		}
	case *ast.CallExpr:
		if w.constantValue(p) != nil {
			return
		}
	case *ast.ReturnStmt:
		if w.refuses(p) && p.Results[len(p.Results)-1] != e {
			return
		}
	case *ast.ArrayType:
		return
	case *ast.SelectorExpr, *ast.ValueSpec:
		return
	}
	same := w.sameAsSwap(e)
	for _, by := range []int64{1, -1} {
		if by == same {
			continue
		}
		sum := constant.BinaryOp(v, token.ADD, constant.MakeInt64(by))
		if !w.fits(sum, w.info.Types[e].Type) {
			continue
		}
		with := sum.ExactString()
		switch lit := e.(type) {
		case *ast.BasicLit:
			if r, ok := constant.Int64Val(sum); ok && lit.Kind == token.CHAR {
				with = strconv.QuoteRune(rune(r))
			}
		case *ast.UnaryExpr:
		default:
			with = "(" + w.text(e) + map[int64]string{1: " + 1)", -1: " - 1)"}[by]
		}
		w.add(w.place(e, expression, w.typeOf(e)), "constant", with)
	}
}

// sameAsSwap returns the change of a constant that is compared with something which the operator's own mutant makes already: x < 2 is
// x <= 1 for integers. It is 0 if there is none.
func (w *walker) sameAsSwap(e ast.Expr) int64 {
	b, ok := w.parent().(*ast.BinaryExpr)
	if !ok {
		return 0
	}
	same := map[token.Token]int64{token.LSS: 1, token.GEQ: 1, token.GTR: -1, token.LEQ: -1}[b.Op]
	if b.X == e {
		same = -same
	}
	return same
}

// fits reports whether a constant can be of the type.
func (w *walker) fits(v constant.Value, t types.Type) bool {
	b := t.Underlying().(*types.Basic)
	if b.Info()&types.IsUnsigned != 0 && constant.Sign(v) < 0 {
		return false
	}
	n, exact := constant.Int64Val(v)
	switch b.Kind() {
	case types.Uint8:
		return exact && n <= 0xFF
	case types.Int8:
		return exact && n <= 0x7F && n >= -0x80
	case types.Int32, types.UntypedRune:
		return exact && n < 1<<31 && n >= -1<<31
	case types.Uint32:
		return exact && n < 1<<32
	}
	return exact
}

// truth turns true into false and false into true.
func (w *walker) truth(id *ast.Ident) {
	if r, ok := w.parent().(*ast.ReturnStmt); ok && w.refuses(r) && r.Results[len(r.Results)-1] != id {
		return
	}
	if u := w.info.Uses[id]; u == types.Universe.Lookup("true") || u == types.Universe.Lookup("false") {
		w.add(w.place(id, expression, "bool"), "constant", map[string]string{"true": "false", "false": "true"}[id.Name])
	}
}

// call empties texts that package strings looks for, and swaps min and max.
func (w *walker) call(n *ast.CallExpr) {
	switch f := n.Fun.(type) {
	case *ast.SelectorExpr:
		if id, ok := f.X.(*ast.Ident); ok && id.Name == "strings" {
			for _, a := range n.Args {
				w.emptied(a)
			}
		}
	case *ast.Ident:
		if f.Name == "make" && len(n.Args) == 3 {
			w.room = n.Args[2]
		}
		if other := map[string]string{"min": "max", "max": "min"}[f.Name]; other != "" && w.isInteger(n) {
			w.add(w.place(n, expression, w.typeOf(n)), "operator", other+strings.TrimPrefix(w.text(n), f.Name))
		}
	}
}

// condition negates what an if or a case asks, and answers it with no.
func (w *walker) condition(e ast.Expr) {
	if w.constantValue(e) != nil {
		return
	}
	p := w.place(e, expression, w.typeOf(e))
	w.add(p, "condition", "false")
	w.negate(p, e)
}

// negate leaves out what another operator does already.
func (w *walker) negate(p *place, e ast.Expr) {
	switch b := e.(type) {
	case *ast.BinaryExpr:
		if b.Op == token.LAND || b.Op == token.LOR {
			w.add(p, "condition", "!("+w.text(e)+")")
		}
	case *ast.UnaryExpr:
	default:
		w.add(p, "condition", "!"+w.text(e))
	}
}

// choice drops the cases of a switch, one value at a time.
func (w *walker) choice(n *ast.SwitchStmt) {
	var values []ast.Expr
	others := slices.ContainsFunc(n.Body.List, func(s ast.Stmt) bool { return s.(*ast.CaseClause).List == nil })
	for _, s := range n.Body.List {
		if c := s.(*ast.CaseClause); n.Tag == nil || others || len(c.Body) > 0 { // else it does nothing in either way
			values = append(values, c.List...)
		}
	}
	if n.Tag == nil {
		for _, v := range values {
			w.condition(v)
		}
		return
	}
	other := `"\x00"`
	if w.isInteger(n.Tag) {
		other = "113"
	} else if t, ok := w.info.Types[n.Tag].Type.Underlying().(*types.Basic); !ok || t.Info()&types.IsString == 0 {
		return
	}
	p := w.place(n.Tag, expression, w.typeOf(n.Tag))
	p.form = tag
	for _, v := range values {
		before := "case " + w.text(v)
		p.mutants = append(p.mutants, &mutant{
			Func: w.where, Line: w.fset.Position(v.Pos()).Line, Class: "case dropped",
			Before: "switch " + w.text(n.Tag) + " " + before, After: "(nothing)", place: p, with: other, value: w.text(v),
		})
	}
}

// loop is not entered, or ends after its first turn.
func (w *walker) loop(body *ast.BlockStmt, head string) {
	w.insert(body.Lbrace+1, "loop", "break", head, head+", but never")
	if n := len(body.List); n > 0 {
		switch body.List[n-1].(type) {
		case *ast.ReturnStmt, *ast.BranchStmt:
			return // its end is not reached
		}
	}
	w.insert(body.Rbrace, "loop", "break", head, head+", but once")
}

// body leaves a function that returns nothing at once.
func (w *walker) body(b *ast.BlockStmt) {
	if b != nil && w.sigs[len(w.sigs)-1].Results().Len() == 0 {
		w.insert(b.Lbrace+1, "statement dropped", "return", "{ body }", "{}")
	}
}

// returned answers with true, false, or zero values.
func (w *walker) returned(n *ast.ReturnStmt) {
	if len(n.Results) == 0 {
		return
	}
	for _, e := range n.Results {
		if w.isBool(e) && w.constantValue(e) == nil && w.typeOf(e) == "bool" {
			p := w.place(e, expression, "bool")
			w.add(p, "result", "true")
			w.add(p, "result", "false")
			w.negate(p, e)
		}
	}
	results := w.sigs[len(w.sigs)-1].Results()
	var zeros []string
	same := len(n.Results) == results.Len()
	for i := range results.Len() {
		zero := w.zero(results.At(i).Type())
		if zero == "" {
			return
		}
		zeros = append(zeros, zero)
		same = same && w.text(n.Results[i]) == zero
	}
	if len(n.Results) > 1 && w.text(n.Results[len(n.Results)-1]) == "false" {
		return // it differs in what goes with it only
	}
	if same || !w.inList() || len(zeros) == 1 && (zeros[0] == "false" || zeros[0] == "0" && w.constantValue(n.Results[0]) != nil) {
		return
	}
	w.add(w.place(n, result, ""), "result", "return "+strings.Join(zeros, ", "))
}

// refuses reports whether a function returns false or an error last: nobody looks at what goes with it.
func (w *walker) refuses(n *ast.ReturnStmt) bool {
	last := n.Results[len(n.Results)-1]
	return w.text(last) == "false" || types.Identical(w.info.Types[last].Type, types.Universe.Lookup("error").Type())
}

// zero writes the zero value of a type.
func (w *walker) zero(t types.Type) string {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		switch {
		case u.Info()&types.IsBoolean != 0:
			return "false"
		case u.Info()&types.IsString != 0:
			return `""`
		case u.Info()&types.IsNumeric != 0:
			return "0"
		}
		return ""
	case *types.Struct, *types.Array:
		return types.TypeString(t, func(p *types.Package) string {
			if p == w.pkg {
				return ""
			}
			return p.Name()
		}) + "{}"
	}
	return "nil"
}

// step drops a statement or turns its operator around.
func (w *walker) step(n ast.Stmt) {
	if !w.inList() {
		return
	}
	var swapped string
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok == token.DEFINE || w.blank(n) {
			return
		}
		if to := swaps[n.Tok]; to != nil && w.isInteger(n.Lhs[0]) {
			swapped = strings.Replace(w.text(n), n.Tok.String(), to[0].String(), 1)
		}
	case *ast.IncDecStmt:
		swapped = w.text(n.X) + swaps[n.Tok][0].String()
	case *ast.BranchStmt:
		if n.Tok == token.FALLTHROUGH || n.Tok == token.GOTO {
			return
		}
	case *ast.ExprStmt:
		if c, ok := n.X.(*ast.CallExpr); !ok || types.ExprString(c.Fun) == "panic" {
			return
		}
	}
	p := w.place(n, statement, "")
	w.add(p, "statement dropped", "{}")
	if swapped != "" {
		w.add(p, "operator", swapped)
	}
}

// blank reports whether an assignment only throws away.
func (w *walker) blank(n *ast.AssignStmt) bool {
	id, ok := n.Lhs[0].(*ast.Ident)
	return ok && len(n.Lhs) == 1 && id.Name == "_" && w.text(n.Rhs[0]) != "" && !strings.Contains(w.text(n.Rhs[0]), "(")
}
