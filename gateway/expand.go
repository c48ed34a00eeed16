package gateway

import (
	"net/url"
	"strings"
)

// Target is where a proxy integration of a Deployment sends requests.
func (i *Integration) Target() *Target { return i.target }

// Segments are the decoded segments of a path variable: several for a greedy one.
func (m *Match) Segments(name string) ([]string, bool) {
	for i, p := range m.Parameters {
		if p.Name != name {
			continue
		}
		if m.rest != nil && i == len(m.Parameters)-1 {
			return m.rest, true
		}
		return []string{p.Value}, true
	}
	return nil, false
}

// Expand is the escaped path of the target with its variables replaced. values
// gives the segments of a variable. A value can add segments below its place and
// nothing else: what would climb, vanish or be read in another way is ErrTarget.
func (t *Target) Expand(values func(variable string) ([]string, error)) (string, error) {
	var b strings.Builder
	b.WriteByte('/')
	variables := false
	for _, p := range t.path {
		if p.variable == "" {
			b.WriteString(p.text)
			continue
		}
		variables = true
		segments, err := values(p.variable)
		if err != nil {
			return "", err
		}
		if len(segments) == 0 || segments[0] == "" || len(segments) > 1 && !p.whole {
			return "", ErrTarget
		}
		for i, s := range segments {
			if !plain(s, i == len(segments)-1) {
				return "", ErrTarget
			}
			if i > 0 {
				b.WriteByte('/')
			}
			b.WriteString(url.PathEscape(s))
		}
	}
	if variables {
		// Values that are harmless alone could mean something side by side.
		if _, err := ParsePath(b.String()); err != nil {
			return "", ErrTarget
		}
	}
	return b.String(), nil
}
