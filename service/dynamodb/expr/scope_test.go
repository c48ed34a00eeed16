package expr

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

func TestScope(t *testing.T) {
	value := map[string]attr.Value{":v": attr.Int(1), ":w": attr.Int(2)}
	tests := []struct {
		names  map[string]string
		values map[string]attr.Value
		want   string
	}{
		{map[string]string{}, nil, "ExpressionAttributeNames must not be empty"},
		{nil, map[string]attr.Value{}, "ExpressionAttributeValues must not be empty"},
		{map[string]string{"n": "x"}, nil, `ExpressionAttributeNames contains invalid key: Syntax error; key: "n"`},
		{map[string]string{"#": "x"}, nil, `ExpressionAttributeNames contains invalid key: Syntax error; key: "#"`},
		{map[string]string{"#a-b": "x"}, nil, `ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b"`},
		{map[string]string{"#a": ""}, nil, `ExpressionAttributeNames contains invalid value: Attribute name must not be empty; key: #a`},
		{nil, map[string]attr.Value{"v": attr.Int(1)}, `ExpressionAttributeValues contains invalid key: Syntax error; key: "v"`},
		{map[string]string{"#x": "x", "#a": "a", "#b": "b"}, nil, "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #x}"},
		{nil, map[string]attr.Value{":v": attr.Int(1), ":z": attr.Int(1), ":y": attr.Int(1)}, "Value provided in ExpressionAttributeValues unused in expressions: keys: {:y, :z}"},
		{map[string]string{"#a": "a"}, value, ""},
	}
	for _, test := range tests {
		s, err := NewScope(test.names, test.values)
		if err == nil && test.names != nil {
			_, _ = s.Projection("#a")
		}
		if err == nil && test.values != nil {
			_, _ = s.Condition(FilterExpression, "p = :v")
			_, _ = s.Condition(ConditionExpression, "p = :w")
		}
		if err == nil {
			err = s.CheckUsed()
		}
		if got := message(err); got != test.want {
			t.Errorf("%v %v: %s", test.names, test.values, got)
		}
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"a = :s AND NOT (#n <> :one OR size(li[3].k) BETWEEN :one AND :two)", "SET a.b = list_append(if_not_exists(li, :l), :l), a = a + :one REMOVE li[0] ADD x :one DELETE y :ss",
		"#a, doc.arr[1], #dot", "pk = :s AND begins_with(sk, :te)", ":s = pk and :one < sk", "((((", "NOT NOT NOT", "a IN (:s,:s", "set set set", "a[", "\x00\xff",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		it := subject(t)
		s := scope(t)
		for _, kind := range []Kind{ConditionExpression, FilterExpression} {
			if c, err := s.Condition(kind, text); err == nil {
				_ = c.Holds(it)
				_ = c.Holds(nil)
				_ = c.TopLevelNames()
			} else if c != nil || err.Error() == "" {
				t.Fatalf("%q: error and result", text)
			}
		}
		if p, err := s.Projection(text); err == nil {
			if kept := p.Apply(it); len(kept) > len(p.TopLevelNames()) {
				t.Fatalf("%q keeps %v", text, kept.Names())
			}
		}
		if k, err := s.KeyCondition(text); err == nil {
			_, _ = k.Resolve(KeySchema{"pk", attr.S, "sk", attr.S})
		}
		if u, err := s.Update(text); err == nil {
			checkUpdate(t, text, u, it)
		}
	})
}

// checkUpdate: an update changes nothing but the attributes that it names.
func checkUpdate(t *testing.T, text string, u *Update, it attr.Item) {
	changed, err := u.Apply(it)
	if err != nil {
		return
	}
	named := map[string]bool{}
	for _, n := range u.TopLevelNames() {
		named[n] = true
	}
	for _, a := range append(it.With("other", attr.Null()).Without("other"), changed...) {
		if !named[a.Name] && !changed.Get(a.Name).Equal(it.Get(a.Name)) {
			t.Fatalf("%q changed %s", text, a.Name)
		}
	}
	if !it.Equal(subject(t)) {
		t.Fatalf("%q wrote into the old item", text)
	}
}

// TestDeepExpressions: the longest nestings that 4 KB can hold end in an error or a
// result, and in time.
func TestDeepExpressions(t *testing.T) {
	for _, text := range []string{
		strings.Repeat("(", MaxSize), strings.Repeat("NOT ", MaxSize/4-3) + "a = :s", strings.Repeat("(", MaxSize/2-4) + "a = :s" + strings.Repeat(")", MaxSize/2-4),
		"a = " + strings.Repeat("size(", MaxSize/6-4) + "a" + strings.Repeat(")", MaxSize/6-4), strings.Repeat("a=:s OR ", 290) + "a=:s", "SET a = " + strings.Repeat("(", 4000), "a" + strings.Repeat("[0]", 1300) + " = :s", "REMOVE a" + strings.Repeat("[0]", 1300),
	} {
		s := scope(t)
		if c, err := s.Condition(ConditionExpression, text); err == nil {
			_ = c.Holds(subject(t))
		}
		if u, err := s.Update(text); err == nil {
			t.Errorf("%.20s: %v", text, u)
		}
	}
}
