package gateway

import (
	"errors"
	"net/url"
	"strings"
	"unicode/utf8"
)

// ErrPath says that a path has no single meaning. The client is told 400.
var ErrPath = errors.New("gateway: the path is ambiguous")

// Limits of a path.
const (
	maxPath     = 8 << 10 // bytes, as received
	maxSegments = 256
)

// A Path is the one form of a request's path that is matched, authorized and
// forwarded: its decoded segments. A trailing slash is a last segment that is
// empty. The zero Path is "/".
type Path struct {
	segments []string
}

// ParsePath reads a path as it was received, still escaped. These are refused
// with ErrPath, because a backend could read them as another path than the
// policy did: encoded slashes, backslashes and controls in any spelling, dot
// segments ("..", "%2e%2e", "..;x"), empty segments, escapes of escapes
// ("%252f"), invalid escapes and invalid UTF-8.
func ParsePath(escaped string) (Path, error) {
	rest, ok := strings.CutPrefix(escaped, "/")
	if !ok || len(escaped) > maxPath {
		return Path{}, ErrPath
	}
	if rest == "" {
		return Path{}, nil
	}
	n := strings.Count(rest, "/") + 1
	if n > maxSegments {
		return Path{}, ErrPath
	}
	p := Path{segments: make([]string, 0, n)}
	for raw := range strings.SplitSeq(rest, "/") {
		s := raw
		if strings.IndexByte(raw, '%') >= 0 {
			var err error
			if s, err = url.PathUnescape(raw); err != nil {
				return Path{}, ErrPath
			}
		}
		if last := len(p.segments) == n-1; !plain(s, last) {
			return Path{}, ErrPath
		}
		p.segments = append(p.segments, s)
	}
	return p, nil
}

// plain tells whether a decoded segment means one thing to everybody.
func plain(s string, last bool) bool {
	if s == "" {
		return last
	}
	if name, _, _ := strings.Cut(s, ";"); name == "." || name == ".." {
		return false // some servers drop what follows the semicolon
	}
	for i := range len(s) {
		switch c := s[i]; {
		case c == '/' || c == '\\' || c < ' ' || c == 0x7f:
			return false
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			return false
		}
	}
	return utf8.ValidString(s)
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// Cut takes the first segment off: the stage. What follows of "/prod" and of
// "/prod/" is "/". ok is false for "/".
func (p Path) Cut() (first string, rest Path, ok bool) {
	if len(p.segments) == 0 || p.segments[0] == "" {
		return "", p, false
	}
	rest = Path{p.segments[1:]}
	if len(rest.segments) == 1 && rest.segments[0] == "" {
		rest = Path{}
	}
	return p.segments[0], rest, true
}

// String is the decoded path with a leading slash.
func (p Path) String() string {
	if len(p.segments) == 1 {
		return "/" + p.segments[0]
	}
	return "/" + strings.Join(p.segments, "/")
}

// Escaped is the path for a request line.
func (p Path) Escaped() string { return "/" + Escape(p.segments) }

// Escape joins segments, each escaped so that it stays one.
func Escape(segments []string) string {
	var b strings.Builder
	for i, s := range segments {
		if i > 0 {
			b.WriteByte('/')
		}
		b.WriteString(url.PathEscape(s))
	}
	return b.String()
}
