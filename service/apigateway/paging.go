package apigateway

import (
	"encoding/base64"
	"slices"

	"github.com/bailiwick-project/bailiwick/store"
)

// Sizes of pages. Source: API reference, parameter limit: the default is 25, the
// maximum 500.
const (
	defaultPage = 25
	maxPage     = 500
)

// page is how many entries a listing answers. Other numbers than the API offers
// become the nearest that it does.
func page(limit *int32) int {
	if limit == nil || *limit == 0 {
		return defaultPage
	}
	return min(max(int(*limit), 1), maxPage)
}

// position is where the next page begins: after the last name of this one.
// Whoever makes one up starts a listing elsewhere, within what it shows anyway.
func position(last string) *string {
	t := base64.RawURLEncoding.EncodeToString([]byte(last))
	return &t
}

func afterPosition(position *string) (string, error) {
	if position == nil {
		return "", nil
	}
	last, err := base64.RawURLEncoding.DecodeString(*position)
	if err != nil || len(last) == 0 || len(last) > 256 {
		return "", errPosition
	}
	return string(last), nil
}

// pageOf is one page of names in their order, and where the next one begins.
func pageOf(names []string, from *string, limit *int32) ([]string, *string, error) {
	last, err := afterPosition(from)
	if err != nil {
		return nil, nil, err
	}
	slices.Sort(names)
	at, found := slices.BinarySearch(names, last)
	if found {
		at++
	}
	names = names[at:]
	if n := page(limit); len(names) > n {
		return names[:n], position(names[n-1]), nil
	}
	return names, nil, nil
}

// lastParts lists the last parts of the keys below a prefix.
func lastParts(r store.Reader, prefix ...any) ([]string, error) {
	var out []string
	from, to := store.Prefix(prefix...)
	for entry, err := range r.Scan(from, to, false) {
		if err != nil {
			return nil, err
		}
		parts, err := store.Split(entry.Key)
		if err != nil {
			return nil, err
		}
		if s, ok := parts[len(parts)-1].(string); ok {
			out = append(out, s)
		}
	}
	return out, nil
}
