package expr

import (
	"strings"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// term is what stands between logical operators before it is known which it is: in
// "(a) = :v" the parentheses hold an operand, in "(a = :v)" a condition.
type term struct {
	operand operand
	node    node
	parens  bool // the term is parenthesized as a whole
}

// condition: OR binds weakest, then AND, then NOT. Chains become flat loops, and lists of
// the same operator lean left, so that recursion follows parentheses and NOT only.
func (p *parser) condition() node {
	return p.asNode(p.disjunction())
}

func (p *parser) disjunction() term {
	left := p.conjunction()
	for p.isKeyword("OR") {
		n := p.asNode(left)
		p.next()
		left = term{node: or{n, p.asNode(p.conjunction())}}
	}
	return left
}

func (p *parser) conjunction() term {
	left := p.negation()
	for p.isKeyword("AND") {
		n := p.asNode(left)
		p.next()
		left = term{node: and{n, p.asNode(p.negation())}}
	}
	return left
}

func (p *parser) negation() term {
	if p.acceptKeyword("NOT") {
		return term{node: not{p.asNode(p.negation())}}
	}
	return p.predicate()
}

// asNode insists on a condition: a bare operand is a syntax error at the token after it,
// a bare size() a misused function.
func (p *parser) asNode(t term) node {
	if t.node == nil {
		if _, is := t.operand.(size); is && !t.parens {
			p.misused("size")
			return constant(false)
		}
		p.fail()
		return constant(false)
	}
	return t.node
}

// predicate reads an operand and the comparison that follows it, if there is one.
func (p *parser) predicate() term {
	left := p.primary()
	t := p.peek()
	compared := t.kind == symbol && isComparator(t.text)
	if !compared && !p.isKeyword("BETWEEN") && !p.isKeyword("IN") {
		return left
	}
	of, ok := p.asOperand(left)
	if !ok {
		p.fail()
		return left
	}
	p.next()
	switch {
	case compared:
		return term{node: p.comparison(t.text, of, p.operandTerm())}
	case strings.EqualFold(t.text, "IN"):
		return term{node: p.in(of)}
	}
	low := p.operandTerm()
	if !p.acceptKeyword("AND") {
		p.fail()
	}
	return term{node: p.between(of, low, p.operandTerm())}
}

// asOperand insists on an operand. A function that is a condition is one by syntax, but
// misused; any other condition is false.
func (p *parser) asOperand(t term) (operand, bool) {
	if t.operand != nil {
		return t.operand, true
	}
	c, is := t.node.(call)
	if is {
		p.misused(c.name)
	}
	return pathOperand{Path{Step{}}}, is
}

func isComparator(text string) bool {
	switch text {
	case "=", "<>", "<", "<=", ">", ">=":
		return true
	}
	return false
}

// primary reads a parenthesized term, a function call, a path or a value.
func (p *parser) primary() term {
	t := p.peek()
	switch {
	case p.accept("("):
		inner := p.disjunction()
		p.expect(")")
		if inner.parens {
			p.defects.note(rankParentheses, "The expression has redundant parentheses;")
		}
		inner.parens = true
		return inner
	case t.kind == value:
		return term{operand: p.literal()}
	case t.kind == word && p.peekAfter().text == "(":
		return p.function()
	}
	return term{operand: pathOperand{p.path()}}
}

// operandTerm reads an operand where no condition is possible.
func (p *parser) operandTerm() operand {
	place := p.at
	o, ok := p.asOperand(p.primary())
	if !ok && p.syntax == nil {
		p.at = place
		p.fail()
	}
	return o
}

func (p *parser) misused(function string) {
	p.defects.note(rankFunction, "The function is not allowed to be used this way in an expression; function: %s", function)
}

func (p *parser) comparison(op string, left, right operand) node {
	p.operator()
	if op != "=" && op != "<>" {
		for _, o := range []operand{left, right} {
			p.allow(op, o, attr.S, attr.N, attr.B)
		}
	}
	p.distinct(op, left, right)
	return comparison{op, left, right}
}

// distinct refuses a = a: the first operand's path among the others.
func (p *parser) distinct(op string, first operand, others ...operand) {
	path, is := first.(pathOperand)
	if !is {
		return
	}
	for _, o := range others {
		if other, is := o.(pathOperand); is && other.path.String() == path.path.String() {
			p.defects.note(rankOperand, "The first operand must be distinct from the remaining operands for this operator or function; operator: %s, first operand: %s", op, path.path)
		}
	}
}

func (p *parser) between(of, low, high operand) node {
	p.operator()
	for _, o := range []operand{of, low, high} {
		p.allow("BETWEEN", o, attr.S, attr.N, attr.B)
	}
	p.distinct("BETWEEN", of, low, high)
	l, lowGiven := low.(literal)
	h, highGiven := high.(literal)
	if lowGiven && highGiven && !l.value.IsZero() && !h.value.IsZero() {
		if l.value.Type() != h.value.Type() {
			p.defects.note(rankOperand, "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: %s, upper bound operand: %s", show(l.value), show(h.value))
		} else if order, ok := l.value.Compare(h.value); ok && order > 0 {
			p.defects.note(rankOperand, "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: %s, upper bound operand: %s", show(l.value), show(h.value))
		}
	}
	return between{of, low, high}
}

// show prints a scalar as DynamoDB does in messages.
func show(v attr.Value) string {
	return "AttributeValue: {" + v.Type().String() + ":" + strings.ToValidUTF8(v.Text(), "�") + "}"
}

func (p *parser) in(of operand) node {
	p.operator()
	p.expect("(")
	list := []operand{p.operandTerm()}
	for p.accept(",") {
		list = append(list, p.operandTerm())
	}
	p.expect(")")
	if len(list) > MaxIn {
		p.defects.note(rankOperand, "The IN operator is provided with too many operands; number of operands: %d", len(list))
	}
	p.distinct("IN", of, list...)
	return in{of, list}
}
