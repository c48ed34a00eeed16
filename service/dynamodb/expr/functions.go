package expr

import (
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// functionArity is the number of operands of every function of the language. Names are
// case-sensitive, unlike keywords.
func functionArity(name string) (n int, known bool) {
	switch name {
	case "attribute_exists", "attribute_not_exists", "size":
		return 1, true
	case "attribute_type", "begins_with", "contains", "if_not_exists", "list_append":
		return 2, true
	}
	return 0, false
}

func isUpdateFunction(name string) bool { return name == "if_not_exists" || name == "list_append" }

// arguments reads the parenthesized operands of a function.
func (p *parser) arguments(read func() operand) []operand {
	p.expect("(")
	var args []operand
	if p.isSymbol(")") {
		// An empty list is a syntax error, as an operand is missing.
		p.fail()
		return nil
	}
	args = append(args, read())
	for p.accept(",") {
		args = append(args, read())
	}
	p.expect(")")
	return args
}

// checkFunction notes unknown functions and wrong counts; false means that the arguments
// cannot be used.
func (p *parser) checkFunction(name string, args []operand) bool {
	p.operator()
	want, known := functionArity(name)
	if !known {
		p.defects.note(rankFunction, "Invalid function name; function: %s", name)
		return false
	}
	if len(args) != want {
		p.defects.note(rankOperand, "Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, len(args))
		return false
	}
	return true
}

// function reads a call in a condition.
func (p *parser) function() term {
	name := p.next().text
	args := p.arguments(p.operandTerm)
	ok := p.checkFunction(name, args)
	if isUpdateFunction(name) {
		p.defects.note(rankFunction, "The function is not allowed in a %s expression; function: %s", p.expressionWord(), name)
		ok = false
	}
	if name == "size" {
		if !ok {
			return term{operand: size{pathOperand{Path{Step{}}}}}
		}
		p.allow(name, args[0], attr.S, attr.B, attr.SS, attr.NS, attr.BS, attr.L, attr.M)
		return term{operand: size{args[0]}}
	}
	if ok {
		p.checkArguments(name, args)
	}
	return term{node: call{name, args}}
}

func (p *parser) expressionWord() string {
	switch p.kind {
	case FilterExpression:
		return "filter"
	case KeyConditionExpression:
		return "key condition"
	case UpdateExpression:
		return "update"
	}
	return "condition"
}

func (p *parser) checkArguments(name string, args []operand) {
	switch name {
	case "attribute_exists", "attribute_not_exists", "attribute_type":
		if _, is := args[0].(pathOperand); !is {
			p.defects.note(rankOperand, "Operator or function requires a document path; operator or function: %s", name)
		}
		if name == "attribute_type" {
			p.checkTypeArgument(args[1])
		}
	case "begins_with":
		p.allow(name, args[0], attr.S, attr.B)
		p.allow(name, args[1], attr.S, attr.B)
		p.distinct(name, args[0], args[1])
	case "contains":
		p.allow(name, args[0], attr.S, attr.B, attr.SS, attr.NS, attr.BS, attr.L)
		p.distinct(name, args[0], args[1])
	}
}

func (p *parser) checkTypeArgument(o operand) {
	l, is := o.(literal)
	if !is {
		p.defects.note(rankOperand, "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: path")
		return
	}
	p.allow("attribute_type", o, attr.S)
	if l.value.Type() != attr.S {
		return
	}
	if _, known := attr.ParseType(l.value.Text()); !known {
		p.defects.note(rankOperand, "Invalid attribute type name found; type: %s, valid types: {%s}", l.value.Text(), "B,NULL,SS,BOOL,L,BS,N,NS,S,M")
	}
}
