package apigateway

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// A patch is one operation of PATCH: JSON Patch without values that are not
// strings. Source: API reference, PatchOperation; RFC 6901 for paths.
type patch struct {
	op    string // "add", "remove" or "replace"
	path  string
	parts []string // of the path, unescaped
	value string
	given bool // there is a value
}

// The operations of a patch that are offered.
const (
	opAdd     = "add"
	opRemove  = "remove"
	opReplace = "replace"
)

// maxPatches bounds one request.
const maxPatches = 512

// patched applies operations one by one, all or none of them.
func patched(ops []PatchOperation, apply func(patch) error) error {
	if len(ops) > maxPatches {
		return bad("A request can have at most %d patch operations.", maxPatches)
	}
	for _, o := range ops {
		p := patch{op: deref(o.Op), path: deref(o.Path), value: deref(o.Value), given: o.Value != nil}
		if p.op != opAdd && p.op != opRemove && p.op != opReplace {
			return bad("Invalid patch operation '%s' specified. Must be one of: [add, remove, replace]", clip(p.op))
		}
		rest, ok := strings.CutPrefix(p.path, "/")
		if !ok {
			return bad("Invalid patch path '%s'", clip(p.path))
		}
		for part := range strings.SplitSeq(rest, "/") {
			p.parts = append(p.parts, unescape(part))
		}
		if err := apply(p); err != nil {
			return err
		}
	}
	return nil
}

func unescape(part string) string {
	return strings.ReplaceAll(strings.ReplaceAll(part, "~1", "/"), "~0", "~")
}

// is tells whether the patch replaces a member, as "/name".
func (p patch) is(path string) bool { return p.op == opReplace && p.path == path }

// refused is the answer to a patch that none of the paths takes.
func (p patch) refused(paths ...string) error {
	return bad("Invalid patch path  '%s' specified for op '%s'. Must be one of: [%s]", clip(p.path), p.op, strings.Join(paths, ", "))
}

func (p patch) bool() (bool, error) {
	switch strings.ToLower(p.value) {
	case "true":
		return true, nil
	case "false":
		return false, nil
	}
	return false, p.badValue()
}

func (p patch) int(from, to int32) (int32, error) {
	n, err := strconv.ParseInt(p.value, 10, 32)
	if err != nil || int32(n) < from || int32(n) > to {
		return 0, p.badValue()
	}
	return int32(n), nil
}

func (p patch) badValue() error {
	return bad("Invalid patch value specified for %s: %s", clip(p.path), clip(p.value))
}

// key is the entry that the patch names in the map of a member:
// "/variables/color".
func (p patch) key(member string) (string, bool) {
	if len(p.parts) == 2 && p.parts[0] == member && p.parts[1] != "" {
		return p.parts[1], true
	}
	return "", false
}

// entry adds, replaces or removes an entry of a map.
func entry[T any](m *map[string]T, key string, p patch, value T) {
	if p.op == opRemove {
		delete(*m, key)
		if len(*m) == 0 {
			*m = nil
		}
		return
	}
	if *m == nil {
		*m = map[string]T{}
	}
	(*m)[key] = value
}

// element adds an element to a list, or removes it. Replacing an element by its
// name is to have it.
func element(list *[]string, name string, p patch) {
	at := slices.Index(*list, name)
	switch {
	case p.op == opRemove && at >= 0:
		*list = slices.Delete(slices.Clone(*list), at, at+1)
	case p.op != opRemove && at < 0:
		*list = append(slices.Clone(*list), name)
	}
}

func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// seconds is a time as the API tells it, without fractions.
func seconds(t time.Time) *time.Time {
	t = t.Truncate(time.Second)
	return &t
}

// some is a pointer to v, nil for the zero value: absent in the answer.
func some[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
