package secondopinion_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestReaders breaks generated policies in one place, and compares which of them
// the two sides accept. Names of what can exist (vendors, principals, what an
// ARN must look like) and sizes are the engine's matter alone: only the form of
// a policy is broken.
func TestReaders(t *testing.T) {
	accepted, refused := map[string]int{}, map[string]int{}
	for n := range uint64(min(50_000, max(4000, *decisions/20))) {
		g := newGenerator(*seed+2, n)
		slot := pick(g, slots...)
		how := pick(g, breakages...)
		text, ok := g.broken(g.draft(kindOf(slot)).text(g.Rand), how.brk)
		if !ok {
			continue
		}
		_, _, err := readBoth(slot, "p", text)
		if errors.Is(err, errDisagree) && !aboutNames(slot, text) {
			t.Fatalf("seed %d, %d, %s: %v", *seed, n, how.name, err)
		}
		if err == nil {
			accepted[how.name]++
		} else {
			refused[how.name]++
		}
	}
	t.Logf("accepted %v, refused %v", accepted, refused)
	for _, how := range breakages {
		if refused[how.name] == 0 || accepted[how.name] == 0 && !how.always {
			t.Errorf("%s: %d policies accepted and %d refused, want some of both", how.name, accepted[how.name], refused[how.name])
		}
	}
}

// aboutNames tells whether the engine refuses a policy for a name in it.
func aboutNames(slot, text string) bool {
	_, err := policy.Parse(kindOf(slot), text)
	return err != nil && (strings.HasPrefix(err.Error(), "Invalid principal in policy") || err.Error() == "AssumeRole policy may only specify STS AssumeRole actions.")
}

// A breakage changes a member of an object. It is false if there is nothing to
// change.
type breakage func(g generator, object map[string]any, name string) bool

var breakages = []struct {
	name   string
	always bool // what it breaks is refused, wherever it does it
	brk    breakage
}{
	{"another value", false, func(g generator, o map[string]any, name string) bool {
		o[name] = pick[any](g, nil, true, 5, "", []any{}, map[string]any{}, "Allow", "*", "2012-10-17", "a")
		return true
	}},
	{"one level deeper", false, func(g generator, o map[string]any, name string) bool {
		o[name] = pick[any](g, []any{o[name]}, []any{[]any{o[name]}}, map[string]any{"a": o[name]}, map[string]any{"AWS": o[name]})
		return true
	}},
	{"one level up", false, func(_ generator, o map[string]any, name string) bool {
		switch v := o[name].(type) {
		case []any:
			o[name] = v[0]
			return true
		case map[string]any:
			for _, inner := range v {
				o[name] = inner
				return len(v) == 1
			}
		}
		return false
	}},
	{"another name", false, func(g generator, o map[string]any, name string) bool {
		v := o[name]
		delete(o, name)
		o[pick(g, g.near(name), strings.ToLower(name), name+" ", "Not"+name, strings.TrimPrefix(name, "Not"), "ForAnyValue:"+name, name+"IfExists", "")] = v
		return true
	}},
	{"without a member", false, func(_ generator, o map[string]any, name string) bool { delete(o, name); return true }},
	{"a member twice", true, func(_ generator, o map[string]any, name string) bool { o[name+twice] = o[name]; return true }},
	{"one member more", false, func(g generator, o map[string]any, _ string) bool {
		more := pick(g, "Version", "Id", "Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Principal", "NotPrincipal", "Condition", "Statement", "Comment")
		o[more] = pick[any](g, "*", "a", "a b", "Allow", "s:Ab", map[string]any{}, []any{"*"})
		return true
	}},
	{"something in a list", false, func(g generator, o map[string]any, name string) bool {
		list, ok := o[name].([]any)
		o[name] = append(list, pick[any](g, nil, true, 5, "", []any{}, "*", map[string]any{}))
		return ok
	}},
}

// twice marks the name of a member that has another's name.
const twice = "TWICE"

// broken breaks a policy somewhere.
func (g generator) broken(text string, brk breakage) (string, bool) {
	var document map[string]any
	if json.Unmarshal([]byte(text), &document) != nil {
		return "", false
	}
	var objects []map[string]any
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			objects = append(objects, v)
			for _, name := range sorted(v) {
				walk(v[name])
			}
		case []any:
			for _, each := range v {
				walk(each)
			}
		}
	}
	walk(document)
	o := pick(g, objects...)
	if len(o) == 0 || !brk(g, o, pick(g, sorted(o)...)) {
		return "", false
	}
	b, err := json.Marshal(document)
	return strings.ReplaceAll(string(b), twice, ""), err == nil
}
