package expr

import (
	"slices"
	"strings"
	"testing"
)

func TestConditionHolds(t *testing.T) {
	tests := []struct {
		text string
		want bool
	}{
		{"a = :one", false},
		{"a <> :one", true},
		{"a > :one", true},
		{"a < :ten", true},
		{"a >= :ten", false},
		{"a <= :ten", true},
		{":one < a", true},
		{":one = :one", true},
		{"#a > :two", true},
		{"#n = :s", true},
		// absent attributes and other types
		{"gone = :s", false},
		{"gone <> :s", true},
		{"gone < :s", false},
		{"NOT gone < :s", true},
		{"gone = gone2", false},
		{"gone <> gone2", true},
		{"title > :one", false},
		{"title <> :one", true},
		{"a = :s", false},
		// sets, lists, maps compare whole
		{"nums = :ns", true},
		{"tags = :ss", false},
		{"flag = :t", true},
		{"nul = :null", true},
		{"a BETWEEN :one AND :ten", true},
		{"a BETWEEN :one AND :two", false},
		{"NOT a BETWEEN :one AND :two", true},
		{"gone BETWEEN :one AND :two", false},
		{":two BETWEEN :one AND a", true},
		{"a IN (:one, :two)", false},
		{"title IN (:one, :s)", true},
		{"gone IN (:one)", false},
		{"title in (:s)", true},
		{"attribute_exists(a)", true},
		{"attribute_exists(gone)", false},
		{"attribute_not_exists(gone)", true},
		{"attribute_not_exists(doc.k)", false},
		{"attribute_not_exists(doc.k.z)", true},
		{"attribute_exists(doc.arr[1])", true},
		{"attribute_exists(doc.arr[2])", false},
		{"attribute_exists(li[3].k)", true},
		{"attribute_exists(#dot)", true},
		{"attribute_exists(a.b)", false},
		{"attribute_type(title, :S)", true},
		{"attribute_type(a, :S)", false},
		{"attribute_type(gone, :S)", false},
		{"begins_with(title, :te)", true},
		{"begins_with(title, :x)", false},
		{"begins_with(a, :te)", false},
		{"begins_with(bin, :bin)", true},
		{"begins_with(gone, :te)", false},
		{"contains(title, :x)", true},
		{"contains(tags, :x)", false},
		{"contains(nums, :ten)", true},
		{"contains(nums, :s)", false},
		{"contains(li, :ten)", true},
		{"contains(doc, :ten)", false},
		{"contains(bin, :bin)", true},
		{"size(title) > :two", true},
		{"size(uni) = :three", true},
		{"size(tags) = :two", true},
		{"size(li) = :two", false},
		{"size(doc) < :ten", true},
		{"size(a) = :one", false},
		{"size(gone) < :ten", false},
		{"size(bin) <> :two", true},
		{"a > size(tags)", true},
		// precedence: NOT, AND, OR
		{"a = :one AND a = :one OR title = :s", true},
		{"a = :one AND (a = :one OR title = :s)", false},
		{"title = :s OR a = :one AND a = :two", true},
		{"NOT a = :one AND title = :s", true},
		{"NOT (a = :one OR title = :s)", false},
		{"not a = :one and NOT title = :x", true},
		{"NOT NOT a = :one", false},
		{"(a) = (:one)", false},
		{"(a = :one) OR (title = :s AND flag = :t)", true},
		{"((size(title)) > :two) AND (title = :s)", true},
		{" a\t=\n:one\r\n", false},
		{"a=:one OR title=:s", true},
		{"#0 <> :s", true},
	}
	it := subject(t)
	for _, test := range tests {
		c, err := scope(t).Condition(ConditionExpression, test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if got := c.Holds(it); got != test.want {
			t.Errorf("%s: %v", test.text, got)
		}
	}
	var none *Condition
	if !none.Holds(nil) || none.TopLevelNames() != nil {
		t.Error("no condition does not hold")
	}
	c, err := scope(t).Condition(ConditionExpression, "attribute_not_exists(pk)")
	if err != nil || !c.Holds(nil) {
		t.Errorf("an item that does not exist has a pk: %v", err)
	}
}

func TestConditionErrors(t *testing.T) {
	long := strings.Repeat("a = :s OR ", 409) + "a = :s"
	tests := []struct{ text, want string }{
		{"", "The expression can not be empty;"},
		{"  ", "The expression can not be empty;"},
		{"a x b", `Syntax error; token: "x", near: "a x b"`},
		{"x", `Syntax error; token: "<EOF>", near: "x"`},
		{"a = ", `Syntax error; token: "<EOF>", near: "="`},
		{"a = 5", `Syntax error; token: "5", near: "= 5"`},
		{"a = 'x'", `Syntax error; token: "'", near: "= 'x"`},
		{"a == :s", `Syntax error; token: "=", near: "== :s"`},
		{"a = : s", `Syntax error; token: ":", near: "= : s"`},
		{"a != :s", `Syntax error; token: "!", near: "a !="`},
		{"(a = :s", `Syntax error; token: "<EOF>", near: ":s"`},
		{"a = :s)", `Syntax error; token: ")", near: ":s)"`},
		{"a = :s AND", `Syntax error; token: "<EOF>", near: "AND"`},
		{"AND a = :s", `Syntax error; token: "AND", near: "AND a"`},
		{"attribute_exists()", `Syntax error; token: ")", near: "()"`},
		{"attribute_exists(", `Syntax error; token: "<EOF>", near: "("`},
		{"(#a)", `Syntax error; token: "<EOF>", near: ")"`},
		{"a[x] = :s", `Syntax error; token: "x", near: "[x]"`},
		{"a[:s] = :s", `Syntax error; token: ":s", near: "[:s]"`},
		{"a. = :s", `Syntax error; token: "=", near: ". = :s"`},
		{"a IN :s", `Syntax error; token: ":s", near: "IN :s"`},
		{"a IN ()", `Syntax error; token: ")", near: "()"`},
		{"a BETWEEN :one OR :two", `Syntax error; token: "OR", near: ":one OR :two"`},
		{"a = :s; DROP", `Syntax error; token: ";", near: ":s; DROP"`},
		{"1a = :s", `Syntax error; token: "1a", near: "1a ="`},
		{"é = :s", `Syntax error; token: "é", near: "é ="`},
		{"(a = :s) = :s", `Syntax error; token: "=", near: ") = :s"`},
		{"a = (a = :s)", `Syntax error; token: "(", near: "= (a"`},
		{"a = (attribute_exists(b))", "The function is not allowed to be used this way in an expression; function: attribute_exists"},
		{"a = b = c", `Syntax error; token: "=", near: "b = c"`},
		{"a = :s b = :s", `Syntax error; token: "b", near: ":s b ="`},
		{"((a = :s))", "The expression has redundant parentheses;"},
		{"a = ((:s))", "The expression has redundant parentheses;"},
		{"(((a = :s)) AND b = :s)", "The expression has redundant parentheses;"},
		{"name = :s", "Attribute name is a reserved keyword; reserved keyword: name"},
		{"a.Status = :s", "Attribute name is a reserved keyword; reserved keyword: Status"},
		{"size = :s", "Attribute name is a reserved keyword; reserved keyword: size"},
		{"#gone = :s", "An expression attribute name used in the document path is not defined; attribute name: #gone"},
		{"a = :gone", "An expression attribute value used in expression is not defined; attribute value: :gone"},
		{"foo(a)", "Invalid function name; function: foo"},
		{"Size(a) = :one", "Invalid function name; function: Size"},
		{"size(a)", "The function is not allowed to be used this way in an expression; function: size"},
		{"a = :s AND size(a)", "The function is not allowed to be used this way in an expression; function: size"},
		{"attribute_exists(a) = :t", "The function is not allowed to be used this way in an expression; function: attribute_exists"},
		{"a = attribute_exists(b)", "The function is not allowed to be used this way in an expression; function: attribute_exists"},
		{"if_not_exists(a, :s) = :s", "The function is not allowed in a condition expression; function: if_not_exists"},
		{"list_append(a, :s)", "The function is not allowed in a condition expression; function: list_append"},
		{"size(a, b) = :one", "Incorrect number of operands for operator or function; operator or function: size, number of operands: 2"},
		{"contains(a)", "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 1"},
		{"attribute_exists(:s)", "Operator or function requires a document path; operator or function: attribute_exists"},
		{"begins_with(a, :one)", "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N"},
		{"size(:one) = :one", "Incorrect operand type for operator or function; operator or function: size, operand type: N"},
		{"size(size(a)) = :one", "Incorrect operand type for operator or function; operator or function: size, operand type: N"},
		{"a < :t", "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL"},
		{"a BETWEEN :ss AND :one", "Incorrect operand type for operator or function; operator or function: BETWEEN, operand type: SS"},
		{"attribute_type(a, :one)", "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: N"},
		{"attribute_type(a, :bad)", "Invalid attribute type name found; type: STRING, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}"},
		{"a = a", "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]"},
		{"contains(#a, a)", "The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: [a]"},
		{"a BETWEEN :ten AND :one", "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:10}, upper bound operand: AttributeValue: {N:1}"},
		{"a BETWEEN :s AND :one", "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {S:text}, upper bound operand: AttributeValue: {N:1}"},
		{"a IN (" + strings.Repeat(":s,", 100) + ":s)", "The IN operator is provided with too many operands; number of operands: 101"},
		{"a[99999999999] = :s", "List index is not within the allowable range; index: [99999999999]"},
		{strings.Repeat("a=:s OR ", 300) + "a=:s", "The expression contains too many operators; operator count: 301"},
		{long, "Expression size has exceeded the maximum allowed size; expression size: 4096"},
	}
	for _, test := range tests {
		if test.text == long {
			test.text += " "
			test.want = "Expression size has exceeded the maximum allowed size; expression size: 4097"
		}
		_, err := scope(t).Condition(ConditionExpression, test.text)
		want := "Invalid ConditionExpression: " + test.want
		if err == nil || err.Error() != want {
			t.Errorf("%.60s:\n got %v\nwant %s", test.text, err, want)
		}
	}
	if _, err := scope(t).Condition(FilterExpression, ""); err == nil || err.Error() != "Invalid FilterExpression: The expression can not be empty;" {
		t.Errorf("filter: %v", err)
	}
}

func TestConditionNames(t *testing.T) {
	for text, want := range map[string]string{
		"#n = :s AND (doc.k = :s OR NOT li[0].pk <> #dot)":                     "a.b doc li title",
		"size(x1) > :one AND begins_with(x2, :s) AND x3 IN (:s, x4)":           "x1 x2 x3 x4",
		"x1 BETWEEN x2 AND x3 OR attribute_type(x4.y, :S) OR contains(x5, x6)": "x1 x2 x3 x4 x5 x6",
		"attribute_exists(a) OR attribute_not_exists(#a)":                      "a",
		"x1 = size(x2) AND :s = x3":                                            "x1 x2 x3",
	} {
		c, err := scope(t).Condition(FilterExpression, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if got := c.TopLevelNames(); !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("%s: %v", text, got)
		}
	}
}

func TestReservedWords(t *testing.T) {
	if len(reserved) != 573 || !slices.IsSorted(reserved) {
		t.Errorf("%d reserved words", len(reserved))
	}
	for word, want := range map[string]bool{"ABORT": true, "zone": true, "Status": true, "ttl": true, "pk": false, "id": false, "": false} {
		if isReserved(word) != want {
			t.Errorf("%q", word)
		}
	}
}
