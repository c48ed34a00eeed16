package expr

import (
	"strings"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// update reads SET, REMOVE, ADD and DELETE sections in any order, each once.
func (p *parser) update() *Update {
	u := &Update{}
	seen := map[string]bool{}
	for p.syntax == nil && p.peek().kind != end {
		section := strings.ToUpper(p.peek().text)
		read := p.section(section)
		if p.peek().kind != word || read == nil {
			p.fail()
			break
		}
		p.next()
		if seen[section] {
			p.defects.note(rankFunction, "The \"%s\" section can only be used once in an update expression;", section)
		}
		seen[section] = true
		u.actions = append(u.actions, read())
		for p.accept(",") {
			u.actions = append(u.actions, read())
		}
	}
	checkPaths(u.targets(), &p.defects)
	return u
}

func (p *parser) section(name string) func() action {
	switch name {
	case "SET":
		return p.set
	case "REMOVE":
		return func() action { return action{verb: remove, path: p.path()} }
	case "ADD":
		return func() action { return p.merge(add) }
	case "DELETE":
		return func() action { return p.merge(del) }
	}
	return nil
}

// set reads path = value.
func (p *parser) set() action {
	path := p.path()
	p.expect("=")
	return action{verb: set, path: path, value: p.setValue()}
}

// setValue reads operand [+|- operand]; parentheses may stand around the whole.
func (p *parser) setValue() operand {
	left, wrapped := p.setOperand()
	if !p.isSymbol("+") && !p.isSymbol("-") || wrapped {
		return left
	}
	op := p.next().text
	p.operator()
	right, _ := p.setOperand()
	for _, o := range []operand{left, right} {
		p.allow(op, o, attr.N)
	}
	return arithmetic{minus: op == "-", left: left, right: right}
}

// setOperand reads a path, a value, a function or parentheses; wrapped tells that the
// parentheses held an arithmetic, of which there can be only one.
func (p *parser) setOperand() (o operand, wrapped bool) {
	t := p.peek()
	switch {
	case p.accept("("):
		if p.isSymbol("(") {
			p.defects.note(rankParentheses, "The expression has redundant parentheses;")
		}
		inner := p.setValue()
		p.expect(")")
		_, wrapped = inner.(arithmetic)
		return inner, wrapped
	case t.kind == value:
		return p.literal(), false
	case t.kind == word && p.peekAfter().text == "(":
		return p.setFunction(), false
	}
	return pathOperand{p.path()}, false
}

func (p *parser) setFunction() operand {
	name := p.next().text
	args := p.arguments(func() operand {
		o, _ := p.setOperand()
		return o
	})
	ok := p.checkFunction(name, args)
	if _, known := functionArity(name); known && !isUpdateFunction(name) {
		p.defects.note(rankFunction, "The function is not allowed in an update expression; function: %s", name)
		ok = false
	}
	if !ok {
		return literal{}
	}
	if name == "list_append" {
		p.allow(name, args[0], attr.L)
		p.allow(name, args[1], attr.L)
		return listAppend{args[0], args[1]}
	}
	path, is := args[0].(pathOperand)
	if !is {
		p.defects.note(rankOperand, "Operator or function requires a document path; operator or function: %s", name)
		return literal{}
	}
	return ifNotExists{path, args[1]}
}

// merge reads path :value of ADD and DELETE.
func (p *parser) merge(v verb) action {
	path := p.path()
	if p.peek().kind != value {
		p.fail()
		return action{verb: v, path: path, value: literal{}}
	}
	p.operator()
	l := p.literal()
	t := l.value.Type()
	if ok := t.IsSet() || v == add && t == attr.N; !ok && t != attr.None {
		p.defects.note(rankOperand, "Incorrect operand type for operator or function; operator: %s, operand type: %s, typeSet: ALLOWED_FOR_%s_OPERAND", v, longTypeName(t), v)
	}
	return action{verb: v, path: path, value: l}
}

// longTypeName is how the ADD and DELETE messages spell types.
func longTypeName(t attr.Type) string {
	switch t {
	case attr.S:
		return "STRING"
	case attr.N:
		return "NUMBER"
	case attr.B:
		return "BINARY"
	case attr.BOOL:
		return "BOOLEAN"
	case attr.L:
		return "LIST"
	case attr.M:
		return "MAP"
	}
	return t.String()
}
