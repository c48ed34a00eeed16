package expr

import (
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// parser walks the tokens of one expression. The first syntax error sticks and sends
// the parser to the end, so that rules need no error results. Other defects are noted
// and reported by rank when the syntax is right.
type parser struct {
	scope     *Scope
	kind      Kind
	source    string
	tokens    []token
	at        int
	operators int
	syntax    error
	defects   defects
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) peekAfter() token {
	return p.tokens[min(p.at+1, len(p.tokens)-1)]
}

func (p *parser) next() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

// fail reports the current token with its neighbours, spaced as in the source.
func (p *parser) fail() {
	if p.syntax != nil {
		return
	}
	t := p.peek()
	from, to := t.from, p.peekAfter().to
	if p.at > 0 {
		from = p.tokens[p.at-1].from
	}
	near := strings.TrimSpace(p.source[from:to])
	p.syntax = errorf("Syntax error; token: \"%s\", near: \"%s\"", t.text, near)
	p.at = len(p.tokens) - 1
}

func (p *parser) expectEnd() {
	if p.peek().kind != end {
		p.fail()
	}
}

func (p *parser) isSymbol(text string) bool {
	t := p.peek()
	return t.kind == symbol && t.text == text
}

// accept takes the symbol if it is next.
func (p *parser) accept(text string) bool {
	if p.isSymbol(text) {
		p.next()
		return true
	}
	return false
}

func (p *parser) expect(text string) {
	if !p.accept(text) {
		p.fail()
	}
}

// isKeyword compares without case, as DynamoDB does for keywords (not for functions).
func (p *parser) isKeyword(keyword string) bool {
	t := p.peek()
	return t.kind == word && strings.EqualFold(t.text, keyword)
}

func (p *parser) acceptKeyword(keyword string) bool {
	if p.isKeyword(keyword) {
		p.next()
		return true
	}
	return false
}

// operator counts one against the limit.
func (p *parser) operator() {
	p.operators++
	if p.operators == MaxOperators+1 {
		p.defects.note(rankOperators, "The expression contains too many operators; operator count: %d", p.operators)
	}
}

// grammarWords cannot be attribute names even where a name is expected: taking
// "NOT a" for an attribute called NOT would hide a syntax error.
func isGrammarWord(text string) bool {
	switch strings.ToUpper(text) {
	case "AND", "OR", "NOT", "IN", "BETWEEN":
		return true
	}
	return false
}

// path reads name{.name|[index]}.
func (p *parser) path() Path {
	path := Path{p.name()}
	for {
		switch {
		case p.accept("."):
			path = append(path, p.name())
		case p.accept("["):
			path = append(path, p.index())
			p.expect("]")
		default:
			if len(path) > MaxDepth {
				p.defects.note(rankPaths, "The document path has too many nesting elements; nesting elements: %d", len(path))
			}
			return path
		}
	}
}

func (p *parser) name() Step {
	t := p.peek()
	switch {
	case t.kind == alias:
		p.next()
		p.scope.usedNames[t.text] = true
		name, defined := p.scope.names[t.text]
		if !defined {
			p.defects.note(rankName, "An expression attribute name used in the document path is not defined; attribute name: %s", t.text)
		}
		return Step{Name: name}
	case t.kind == word && !isGrammarWord(t.text):
		p.next()
		if isReserved(t.text) {
			p.defects.note(rankReserved, "Attribute name is a reserved keyword; reserved keyword: %s", t.text)
		}
		return Step{Name: t.text}
	}
	p.fail()
	return Step{}
}

func (p *parser) index() Step {
	t := p.peek()
	if t.kind != number {
		p.fail()
		return Step{IsIndex: true}
	}
	p.next()
	i, err := strconv.Atoi(t.text)
	if err != nil || i > maxIndex {
		p.defects.note(rankPaths, "List index is not within the allowable range; index: [%s]", t.text)
	}
	return Step{Index: i, IsIndex: true}
}

// literal reads :value.
func (p *parser) literal() literal {
	t := p.next()
	p.scope.usedValues[t.text] = true
	v, defined := p.scope.values[t.text]
	if !defined {
		p.defects.note(rankValue, "An expression attribute value used in expression is not defined; attribute value: %s", t.text)
	}
	return literal{t.text, v}
}

// staticType is the type that an operand has whatever the item is; None when unknown.
func staticType(o operand) attr.Type {
	switch o := o.(type) {
	case literal:
		return o.value.Type()
	case size:
		return attr.N
	case arithmetic:
		return attr.N
	case listAppend:
		return attr.L
	}
	return attr.None
}

// allow notes a literal operand of a type that the operator or function cannot take.
func (p *parser) allow(operator string, o operand, types ...attr.Type) {
	t := staticType(o)
	if t == attr.None {
		return
	}
	for _, good := range types {
		if t == good {
			return
		}
	}
	p.defects.note(rankOperand, "Incorrect operand type for operator or function; operator or function: %s, operand type: %s", operator, t)
}
