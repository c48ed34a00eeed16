package userpools

import (
	"maps"
	"slices"
	"strings"
)

func ptr[T any](v T) *T { return &v }

// value is what p points to, the zero value for nil.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}

// or is what p points to, or a default.
func or[T any](p *T, fallback T) T {
	if p == nil {
		return fallback
	}
	return *p
}

// optional is nil for the zero value: members that AWS leaves out when empty.
func optional[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func has(list []string, s string) bool { return slices.Contains(list, s) }

func compare(a, b string) int { return strings.Compare(a, b) }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
