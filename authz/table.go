package authz

import (
	"fmt"
	"slices"
	"strings"
)

// When tells whether a check of an action carries a context key.
type When int

// Always: every check carries it. Sometimes: it depends on the request. Never:
// the authorization reference names it, and no request here brings it.
const (
	Always When = iota + 1
	Sometimes
	Never
)

// An Action is one row of a slice's authorization table.
type Action struct {
	Name      string          // "dynamodb:GetItem"
	Resources []string        // resource types of the authorization reference; empty: only "*"
	Keys      map[string]When // keys beyond the global ones, spelled as in the authorization reference
}

// A Table is the actions of a slice, or of all.
type Table []Action

// Join is a table that declares what any of the tables does. Several slices may ask
// the same action: iam:PassRole, and those that two control planes share.
func Join(tables ...Table) Table {
	var out Table
	at := map[string]int{}
	for _, t := range tables {
		for _, a := range t {
			if i, ok := at[a.Name]; ok {
				out[i] = out[i].join(a)
				continue
			}
			at[a.Name] = len(out)
			out = append(out, a)
		}
	}
	return out
}

// join declares the checks of both: a key that one of them lacks, or declares
// otherwise, is sometimes present.
func (a Action) join(b Action) Action {
	out := Action{Name: a.Name, Resources: slices.Clone(a.Resources), Keys: map[string]When{}}
	for _, r := range b.Resources {
		if !slices.Contains(out.Resources, r) {
			out.Resources = append(out.Resources, r)
		}
	}
	for _, pair := range [][2]map[string]When{{a.Keys, b.Keys}, {b.Keys, a.Keys}} {
		for key, when := range pair[0] {
			if other, ok := pair[1][key]; other != when && (ok || when != Never) {
				when = Sometimes
			}
			out.Keys[key] = when
		}
	}
	return out
}

// Find returns the row of an action.
func (t Table) Find(name string) (Action, bool) {
	i := slices.IndexFunc(t, func(a Action) bool { return a.Name == name })
	if i < 0 {
		return Action{}, false
	}
	return t[i], true
}

// Holds returns an error that says how c differs from what the table declares.
func (t Table) Holds(c *Check) error {
	a, ok := t.Find(c.Action)
	if !ok {
		return fmt.Errorf("authz: no table declares %s", c.Action)
	}
	// Actions without resource types are asked on "*", or on a collection such as
	// .../table/* or .../user/, where AWS's own sentences name one.
	if c.Type == "" && c.Resource != "*" && len(a.Resources) > 0 || c.Type != "" && !slices.Contains(a.Resources, c.Type) {
		return fmt.Errorf("authz: %s is asked on %q of type %q, its table says %v", c.Action, c.Resource, c.Type, a.Resources)
	}
	var present []string
	if c.Keys != nil {
		present = c.Keys.Keys()
	}
	for key, when := range a.Keys {
		has := slices.ContainsFunc(present, func(p string) bool { return sameKey(key, p) })
		if when == Always && !has || when == Never && has {
			return fmt.Errorf("authz: %s: key %s: present %v, against its table", c.Action, key, has)
		}
	}
	for _, p := range present {
		known := false
		for key := range a.Keys {
			known = known || sameKey(key, p)
		}
		if !known {
			return fmt.Errorf("authz: %s carries %s, which its table does not declare", c.Action, p)
		}
	}
	return nil
}

// sameKey compares a key of the reference, such as aws:RequestTag/${TagKey} or
// s3:ExistingObjectTag/<key>, with a key of a request.
func sameKey(reference, key string) bool {
	if i := strings.IndexAny(reference, "$<"); i >= 0 {
		return len(key) > i && strings.EqualFold(key[:i], reference[:i])
	}
	return strings.EqualFold(reference, key)
}
