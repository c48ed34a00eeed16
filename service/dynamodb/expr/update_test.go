package expr

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/wire/awsjson"
)

func printed(v awsjson.EncoderTo) string {
	e := awsjson.NewEncoder(nil)
	if err := v.EncodeJSON(e); err != nil {
		return err.Error()
	}
	return string(e.Bytes())
}

// TestUpdateApply looks at the attributes that the update touched, after it.
func TestUpdateApply(t *testing.T) {
	tests := []struct{ text, want string }{ // want: JSON of the updated part, or the error
		{"SET a = :one", `{"a":{"N":"1"}}`},
		{"SET a = a + :one", `{"a":{"N":"6"}}`},
		{"SET a = :ten - a", `{"a":{"N":"5"}}`},
		{"set #a = (#a - :ten)", `{"a":{"N":"-5"}}`},
		{"SET a = (a) + (:one)", `{"a":{"N":"6"}}`},
		{"SET x1 = a, a = :one", `{"a":{"N":"1"},"x1":{"N":"5"}}`}, // sources are read before
		{"SET x1 = if_not_exists(x1, :zero) + :one", `{"x1":{"N":"1"}}`},
		{"SET a = if_not_exists(a, :zero) + :one", `{"a":{"N":"6"}}`},
		{"SET x1 = if_not_exists(gone, a)", `{"x1":{"N":"5"}}`},
		{"SET x1 = list_append(if_not_exists(x1, :empty), :l)", `{"x1":{"L":[{"N":"3"}]}}`},
		{"SET doc.arr = list_append(:l, doc.arr)", `{"doc":{"M":{"arr":{"L":[{"N":"3"},{"S":"e0"},{"S":"e1"}]}}}}`},
		{"SET doc.k = :s, doc.fresh = :t", `{"doc":{"M":{"fresh":{"BOOL":true},"k":{"S":"text"}}}}`},
		{"SET doc.deep.z = :x", `{"doc":{"M":{"deep":{"M":{"z":{"S":"x"}}}}}}`},
		{"SET li[1] = :s", `{"li":{"L":[{"S":"text"}]}}`},
		{"SET li[99] = :s, li[50] = :x REMOVE li[0], li[2]", ""},
		{"SET li[3].k = :x", `{"li":{"L":[{"M":{"k":{"S":"x"}}}]}}`},
		{"REMOVE a, gone, doc.k, doc.gone, doc.arr[7]", ""},
		{"REMOVE doc.arr[0]", `{"doc":{"M":{"arr":{"L":[{"S":"e1"}]}}}}`},
		{"ADD a :ten, x1 :one, tags :ss, x2 :ss", `{"a":{"N":"15"},"tags":{"SS":["a","b","c"]},"x1":{"N":"1"},"x2":{"SS":["a","b"]}}`},
		{"ADD doc.k :one", `{"doc":{"M":{"k":{"N":"2"}}}}`},
		{"DELETE tags :ss", `{"tags":{"SS":["c"]}}`},
		{"DELETE nums :ns, gone :ss", ""},
		{"SET gone.k = :s", string(errPathInvalid)},
		{"SET a.k = :s", string(errPathInvalid)},
		{"SET doc[0] = :s", string(errPathInvalid)},
		{"SET li.k = :s", string(errPathInvalid)},
		{"SET li[9].k = :s", string(errPathInvalid)},
		{"REMOVE gone.k", string(errPathInvalid)},
		{"REMOVE gone[0]", string(errPathInvalid)},
		{"ADD gone.k :one", string(errPathInvalid)},
		{"SET a = gone", string(errNoAttribute)},
		{"SET a = gone + :one", string(errNoAttribute)},
		{"SET a = list_append(gone, :l)", string(errNoAttribute)},
		{"SET a = title + :one", string(errOperandType)},
		{"SET a = list_append(a, :l)", string(errOperandType)},
		{"ADD title :one", string(errOperandType)},
		{"ADD tags :ns", string(errOperandType)},
		{"ADD a :ss", string(errOperandType)},
		{"DELETE a :ss", string(errOperandType)},
		{"DELETE tags :ns", string(errOperandType)},
	}
	for _, test := range tests {
		u, err := scope(t).Update(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		old := subject(t)
		changed, err := u.Apply(old)
		got := message(err)
		if err == nil && test.want != "" {
			got = printed(u.Updated(changed))
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.text, got, test.want)
		}
		checkUpdate(t, test.text, u, old)
	}
}

func TestUpdateWholeResults(t *testing.T) {
	for text, want := range map[string]string{
		"SET li[99] = :s, li[50] = :x REMOVE li[0], li[2]":           `{"L":[{"N":"11"},{"M":{"k":{"S":"v"}}},{"S":"x"},{"S":"text"}]}`,
		"REMOVE li[0], li[1], li[2], li[3]":                          `{"L":[]}`,
		"REMOVE doc.k, doc.deep.z, doc.arr[0], doc.arr[1], doc.gone": `{"M":{"arr":{"L":[]},"deep":{"M":{}}}}`,
		"REMOVE doc": `{}`,
	} {
		u, err := scope(t).Update(text)
		if err != nil {
			t.Fatal(err)
		}
		changed, err := u.Apply(subject(t))
		if err != nil {
			t.Fatal(err)
		}
		if got := printed(changed.Get(u.TopLevelNames()[0])); got != want {
			t.Errorf("%s: %s", text, got)
		}
	}
	u, _ := scope(t).Update("DELETE nums :ns")
	if changed, _ := u.Apply(subject(t)); changed.Has("nums") {
		t.Error("an empty set stayed")
	}
	u, _ = scope(t).Update("SET a = :one REMOVE title, gone")
	if got := printed(u.Updated(subject(t))); got != `{"a":{"N":"5"},"title":{"S":"text"}}` {
		t.Errorf("UPDATED_OLD: %s", got)
	}
	u, _ = scope(t).Update("SET a = if_not_exists(a, :zero) + :one")
	if changed, err := u.Apply(nil); err != nil || printed(changed) != `{"a":{"N":"1"}}` {
		t.Errorf("of a new item: %s, %v", printed(changed), err)
	}
}

func TestUpdateErrors(t *testing.T) {
	tests := []struct{ text, want string }{
		{"", "The expression can not be empty;"},
		{"INVALID SYNTAX HERE", `Syntax error; token: "INVALID", near: "INVALID SYNTAX"`},
		{"ADD hits : incr", `Syntax error; token: ":", near: "hits : incr"`},
		{"SET", `Syntax error; token: "<EOF>", near: "SET"`},
		{"SET a = :one,", `Syntax error; token: "<EOF>", near: ","`},
		{"SET a :one", `Syntax error; token: ":one", near: "a :one"`},
		{"SET a = :one SET", `Syntax error; token: "<EOF>", near: "SET"`},
		{"SET a = :one + :two + :ten", `Syntax error; token: "+", near: ":two + :ten"`},
		{"SET a = (:one + :two) + :ten", `Syntax error; token: "+", near: ") + :ten"`},
		{"SET :one = a", `Syntax error; token: ":one", near: "SET :one ="`},
		{"ADD a b", `Syntax error; token: "b", near: "a b"`},
		{"DELETE a", `Syntax error; token: "<EOF>", near: "a"`},
		{"REMOVE", `Syntax error; token: "<EOF>", near: "REMOVE"`},
		{"SET a = :one SET b = :two", `The "SET" section can only be used once in an update expression;`},
		{"SET name = :s", "Attribute name is a reserved keyword; reserved keyword: name"},
		{"SET a = :gone", "An expression attribute value used in expression is not defined; attribute value: :gone"},
		{"REMOVE #gone", "An expression attribute name used in the document path is not defined; attribute name: #gone"},
		{"SET a = foo(b)", "Invalid function name; function: foo"},
		{"SET a = size(b)", "The function is not allowed in an update expression; function: size"},
		{"SET a = if_not_exists(b)", "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1"},
		{"SET a = if_not_exists(:s, :s)", "Operator or function requires a document path; operator or function: if_not_exists"},
		{"SET a = list_append(b, :s)", "Incorrect operand type for operator or function; operator or function: list_append, operand type: S"},
		{"SET a = b + :s", "Incorrect operand type for operator or function; operator or function: +, operand type: S"},
		{"ADD a :s", "Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
		{"ADD a :m", "Incorrect operand type for operator or function; operator: ADD, operand type: MAP, typeSet: ALLOWED_FOR_ADD_OPERAND"},
		{"DELETE a :one", "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
		{"SET a = :s, a.b = :s", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]"},
		{"SET a.b = :s REMOVE #a", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a]"},
		{"SET a = :s ADD #a :one", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]"},
		{"REMOVE a[1], a[1].b", "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, [1]], path two: [a, [1], b]"},
		{"SET a.b = :s, a[0] = :s", "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]"},
		{"SET a = ((:s))", "The expression has redundant parentheses;"},
		{"SET " + strings.Repeat("a.", 32) + "a = :s", "The document path has too many nesting elements; nesting elements: 33"},
	}
	for _, test := range tests {
		_, err := scope(t).Update(test.text)
		if want := "Invalid UpdateExpression: " + test.want; message(err) != want {
			t.Errorf("%s:\n got %v\nwant %s", test.text, err, want)
		}
	}
}

func TestUpdateNames(t *testing.T) {
	u, err := scope(t).Update("SET x1.y = if_not_exists(x2, x3) + x4, #n = list_append(x5, x6) REMOVE x7[0] ADD #dot :one DELETE x8 :ss")
	if err != nil {
		t.Fatal(err)
	}
	if got := u.TopLevelNames(); !slices.Equal(got, strings.Fields("a.b title x1 x2 x3 x4 x5 x6 x7 x8")) {
		t.Errorf("%v", got)
	}
	if err := u.CheckKeys("pk", "x2"); err != nil {
		t.Errorf("a key that is only read: %v", err)
	}
	if err := u.CheckKeys("pk", "x7"); message(err) != "One or more parameter values were invalid: Cannot update attribute x7. This attribute is part of the key" {
		t.Errorf("a key that is changed: %v", err)
	}
	var none *Update
	if same, err := none.Apply(subject(t)); err != nil || !same.Equal(subject(t)) || none.TopLevelNames() != nil || none.CheckKeys("a") != nil || none.Updated(same) != nil {
		t.Error("no update does something")
	}
}

func TestProjection(t *testing.T) {
	tests := []struct{ text, want string }{
		{"a, #n", `{"a":{"N":"5"},"title":{"S":"text"}}`},
		{"gone", `{}`},
		{"#dot", `{"a.b":{"N":"77"}}`},
		{"a.b", `{}`},
		{"doc.k, doc.deep.z", `{"doc":{"M":{"deep":{"M":{"z":{"S":"zz"}}},"k":{"N":"1"}}}}`},
		{"doc.gone", `{}`},
		{"li[2], li[0]", `{"li":{"L":[{"N":"10"},{"N":"12"}]}}`},
		{"li[3].k, li[9]", `{"li":{"L":[{"M":{"k":{"S":"v"}}}]}}`},
		{"a[0]", `{}`},
	}
	for _, test := range tests {
		p, err := scope(t).Projection(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if got := printed(p.Apply(subject(t))); got != test.want {
			t.Errorf("%s: %s", test.text, got)
		}
	}
	for text, want := range map[string]string{
		"":           "The expression can not be empty;",
		"a,":         `Syntax error; token: "<EOF>", near: ","`,
		"a b":        `Syntax error; token: "b", near: "a b"`,
		"a, :s":      `Syntax error; token: ":s", near: ", :s"`,
		"a, name":    "Attribute name is a reserved keyword; reserved keyword: name",
		"a, a.b":     "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
		"a[0], a[0]": "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, [0]], path two: [a, [0]]",
		"a.b, a[0]":  "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
	} {
		if _, err := scope(t).Projection(text); message(err) != "Invalid ProjectionExpression: "+want {
			t.Errorf("%q: %v", text, err)
		}
	}
	s, err := NewScope(map[string]string{"#n": "Name", "#c": "City"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Projection("#n, Address.#c, Address.Zip")
	if err != nil || !slices.Equal(p.TopLevelNames(), []string{"Address", "Name"}) {
		t.Errorf("%v, %v", p.TopLevelNames(), err)
	}
	var all *Projection
	if !all.Apply(subject(t)).Equal(subject(t)) || all.TopLevelNames() != nil {
		t.Error("no projection drops something")
	}
}

// A list appended to itself grows without bounds in a few bytes of text. What cannot
// be stored is refused before it is made: allocations stay near the size of an item.
func TestApplyBoundsGrowth(t *testing.T) {
	item := attr.Item{{Name: "q", Value: attr.List(slices.Repeat([]attr.Value{attr.Null()}, 150_000))}}
	nested := "q"
	for range 7 {
		nested = "list_append(" + nested + "," + nested + ")"
	}
	many := "SET a = list_append(q,:e)"
	for i := range 150 {
		many += fmt.Sprintf(",a%d=list_append(q,:e)", i)
	}
	for text, values := range map[string]map[string]attr.Value{"SET a = " + nested: nil, many: {":e": attr.List(nil)}} {
		scope, err := NewScope(nil, values)
		if err != nil {
			t.Fatal(err)
		}
		u, err := scope.Update(text)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err = u.Apply(item)
		runtime.ReadMemStats(&after)
		if !errors.Is(err, attr.ErrItemSize) {
			t.Errorf("%.40s: %v", text, err)
		}
		if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
			t.Errorf("%.40s: %d bytes were allocated", text, used)
		}
	}
}
