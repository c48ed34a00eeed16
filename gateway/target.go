package gateway

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strings"
)

// ErrTarget says that the values of a request would change what a target is: the
// client is told 400.
var ErrTarget = errors.New("gateway: a value cannot be part of the target's path")

// A Target is where an HTTP proxy integration sends requests: scheme and host
// are fixed, the path may have variables.
type Target struct {
	Scheme string // "http" or "https"
	Host   string // with its port
	Query  string // as configured, still escaped
	path   []piece
}

// A piece is text of the path, already escaped, or a variable.
type piece struct {
	text     string
	variable string
	whole    bool // the variable is a segment of its own, and may become several
}

// ParseTarget reads the URI of a proxy integration: http or https, a host without
// variables and user information, and a path in which {name} and {name+} are
// variables. Addresses of machine metadata (link-local) are refused.
func ParseTarget(uri string) (*Target, error) {
	scheme, rest, ok := strings.Cut(uri, "://")
	if !ok || scheme != "http" && scheme != "https" {
		return nil, fmt.Errorf("gateway: the target %q is no http or https URI", uri)
	}
	rest, query, _ := strings.Cut(rest, "?")
	host, path, _ := strings.Cut(rest, "/")
	u, err := url.Parse(scheme + "://" + host + "/")
	if err != nil || host == "" || u.Host != host || u.Hostname() == "" || strings.ContainsAny(host, "{}@\\%$") {
		return nil, fmt.Errorf("gateway: %q is no host", host)
	}
	if err := CheckHost(u.Hostname()); err != nil {
		return nil, err
	}
	if strings.ContainsAny(query, "{}#") {
		return nil, errors.New("gateway: the query of a target has no variables; map query parameters instead")
	}
	if _, err := url.ParseQuery(query); err != nil {
		return nil, fmt.Errorf("gateway: the query of the target: %w", err)
	}
	t := &Target{Scheme: scheme, Host: host, Query: query}
	t.path, err = parsePieces(path)
	return t, err
}

// CheckHost refuses addresses that are never a backend: those where clouds serve
// the credentials of the machine, most of them link-local. Names are checked again when they
// are resolved; the data plane uses this there.
func CheckHost(host string) error {
	a, err := netip.ParseAddr(host)
	if err != nil {
		return nil // a name
	}
	return CheckAddr(a)
}

// CheckAddr is CheckHost for an address.
func CheckAddr(a netip.Addr) error {
	a = a.Unmap().WithZone("")
	if nat64.Contains(a) { // a gateway on the way makes it the IPv4 address at its end
		b := a.As16()
		return CheckAddr(netip.AddrFrom4([4]byte(b[12:])))
	}
	if a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() || slices.Contains(metadata, a) {
		return fmt.Errorf("gateway: %s is no backend", a)
	}
	return nil
}

// nat64 is the prefix of RFC 6052, section 2.1.
var nat64 = netip.MustParsePrefix("64:ff9b::/96")

// metadata are the addresses of machine metadata that are not link-local: EC2's and
// Google's over IPv6, Alibaba's and Oracle's.
var metadata = []netip.Addr{
	netip.MustParseAddr("fd00:ec2::254"), netip.MustParseAddr("fd20:ce::254"),
	netip.MustParseAddr("100.100.100.200"), netip.MustParseAddr("192.0.0.192"),
}

func parsePieces(path string) ([]piece, error) {
	var out []piece
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if i > 0 {
			out = append(out, piece{text: "/"})
		}
		found, err := parseSegment(s, i == len(segments)-1)
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return out, nil
}

// parseSegment reads one segment: "v1", "{id}", "pet-{id}.json".
func parseSegment(s string, last bool) ([]piece, error) {
	bad := fmt.Errorf("gateway: %q cannot be part of a target's path", s)
	if !strings.Contains(s, "{") {
		plainText, err := url.PathUnescape(s)
		if err != nil || !plain(plainText, last) || strings.ContainsAny(s, "}#") {
			return nil, bad
		}
		return []piece{{text: s}}, nil
	}
	var out []piece
	for rest := s; rest != ""; {
		text, after, ok := strings.Cut(rest, "{")
		if plainText, err := url.PathUnescape(text); err != nil || !plain(plainText, true) && plainText != "." || strings.ContainsAny(text, "}#;") {
			return nil, bad
		}
		if text != "" {
			out = append(out, piece{text: text})
		}
		if !ok {
			break
		}
		name, after, ok := strings.Cut(after, "}")
		if name, _ = strings.CutSuffix(name, "+"); !ok || !isName(name) {
			return nil, bad
		}
		out = append(out, piece{variable: name, whole: text == "" && after == "" && len(out) == 0})
		rest = after
	}
	return out, nil
}

// Variables names the variables of the path.
func (t *Target) Variables() []string {
	var out []string
	for _, p := range t.path {
		if p.variable != "" {
			out = append(out, p.variable)
		}
	}
	return out
}
