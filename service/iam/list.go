package iam

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// defaultItems is how many items a list has when MaxItems is not given.
const defaultItems = 100

// A page is the part of a list that is asked for. The marker is the sort key of
// the last item that was seen: it only says where to go on inside a list that
// the caller may read anyway, so that a forged one gains nothing.
type page struct {
	after string // "" from the beginning
	max   int
}

func newPage(marker *string, maxItems *int32) (page, error) {
	p := page{max: defaultItems}
	if maxItems != nil {
		p.max = int(*maxItems)
	}
	if marker == nil {
		return p, nil
	}
	after, err := base64.RawURLEncoding.DecodeString(*marker)
	if err != nil || len(after) == 0 {
		return p, bailiwick.Errorf(bailiwick.CodeValidation, "Invalid Marker.")
	}
	p.after = string(after)
	return p, nil
}

// A slot is an item and its sort key.
type slot[T any] struct {
	sort string
	item T
}

// cut returns the page of a list in memory and the marker of the next page.
func cut[T any](p page, slots []slot[T]) (out []T, more *bool, marker *string) {
	slices.SortFunc(slots, func(a, b slot[T]) int { return strings.Compare(a.sort, b.sort) })
	rest := slices.DeleteFunc(slots, func(s slot[T]) bool { return p.after != "" && s.sort <= p.after })
	out = []T{}
	for i, s := range rest {
		if i == p.max {
			return out, ptr(true), ptr(encodeMarker(rest[i-1].sort))
		}
		out = append(out, s.item)
	}
	return out, ptr(false), nil
}

func encodeMarker(sort string) string { return base64.RawURLEncoding.EncodeToString([]byte(sort)) }

// scan returns the page of the records whose keys are one text longer than the
// parts, of those that keep wants.
func scan[T any](r store.Reader, p page, keep func(*T) bool, parts ...any) (out []T, more *bool, marker *string, err error) {
	from, to := store.Prefix(parts...)
	if p.after != "" {
		from = store.After(store.Key(append(slices.Clone(parts), p.after)...))
	}
	out = []T{}
	last := ""
	for item, err := range store.ScanJSON[T](r, from, to, false) {
		if err != nil {
			return nil, nil, nil, err
		}
		if !keep(&item.Value) {
			continue
		}
		if len(out) == p.max {
			return out, ptr(true), ptr(encodeMarker(last)), nil
		}
		out = append(out, item.Value)
		if last, err = lastPart(item.Key); err != nil {
			return nil, nil, nil, err
		}
	}
	return out, ptr(false), nil, nil
}

func everything[T any](*T) bool { return true }

// under tells whether path begins with an optional prefix.
func under(path string, prefix *string) bool {
	return prefix == nil || strings.HasPrefix(path, *prefix)
}

// each maps a list.
func each[T, U any](list []T, fn func(*T) U) []U {
	out := make([]U, 0, len(list))
	for i := range list {
		out = append(out, fn(&list[i]))
	}
	return out
}

func ptr[T any](v T) *T { return &v }

// text is the value of an optional string.
func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
