package expr

import (
	"testing"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

func strs(t testing.TB, members ...string) attr.Value {
	t.Helper()
	v, err := attr.StringSet(members)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func item(t testing.TB, pairs ...any) attr.Item {
	t.Helper()
	var list []attr.Attribute
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, attr.Attribute{Name: pairs[i].(string), Value: pairs[i+1].(attr.Value)})
	}
	it, err := attr.NewItem(list...)
	if err != nil {
		t.Fatal(err)
	}
	return it
}

// theNames and theValues are what the tests' expressions may refer to.
func theNames() map[string]string {
	return map[string]string{"#n": "title", "#a": "a", "#b": "b", "#pk": "pk", "#dot": "a.b", "#0": "zero"}
}

func theValues(t testing.TB) map[string]attr.Value {
	nine, err := attr.NumberSet([]string{"9", "10"})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]attr.Value{
		":s": attr.String("text"), ":x": attr.String("x"), ":te": attr.String("te"), ":one": attr.Int(1), ":two": attr.Int(2), ":ten": attr.Int(10),
		":t": attr.Bool(true), ":null": attr.Null(), ":l": attr.List([]attr.Value{attr.Int(3)}), ":m": attr.Map(item(t, "k", attr.Int(1))),
		":ss": strs(t, "a", "b"), ":ns": nine, ":S": attr.String("S"), ":N": attr.String("N"), ":bad": attr.String("STRING"), ":bin": attr.Binary([]byte{1, 2}),
		":empty": attr.List(nil), ":three": attr.Int(3), ":zero": attr.Int(0),
	}
}

func scope(t testing.TB) *Scope {
	t.Helper()
	s, err := NewScope(theNames(), theValues(t))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// subject is the item that conditions and updates run on.
func subject(t testing.TB) attr.Item {
	nine := theValues(t)[":ns"]
	return item(t, "pk", attr.String("p"), "a", attr.Int(5), "title", attr.String("text"), "bin", attr.Binary([]byte{1, 2, 3}), "flag", attr.Bool(true), "uni", attr.String("é𝄞"), "nul", attr.Null(),
		"tags", strs(t, "a", "c"), "nums", nine, "a.b", attr.Int(77),
		"li", attr.List([]attr.Value{attr.Int(10), attr.Int(11), attr.Int(12), attr.Map(item(t, "k", attr.String("v")))}),
		"doc", attr.Map(item(t, "k", attr.Int(1), "deep", attr.Map(item(t, "z", attr.String("zz"))), "arr", attr.List([]attr.Value{attr.String("e0"), attr.String("e1")}))))
}
