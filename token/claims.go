package token

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf8"
)

// Claims are the members of a token: string, json.Number, bool, nil, []any
// and map[string]any.
type Claims map[string]any

// String returns a claim that is a string.
func (c Claims) String(name string) (string, bool) {
	s, ok := c[name].(string)
	return s, ok
}

// Strings returns a claim that is a string or an array of strings, as aud may
// be. One element that is no string makes the whole claim none.
func (c Claims) Strings(name string) ([]string, bool) {
	switch v := c[name].(type) {
	case string:
		return []string{v}, true
	case []any:
		out := make([]string, 0, len(v))
		for _, e := range v {
			s, ok := e.(string)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, true
	}
	return nil, false
}

// Time returns a claim that is a NumericDate of RFC 7519: seconds since 1970,
// fractions cut off.
func (c Claims) Time(name string) (time.Time, bool) {
	n, ok := c[name].(json.Number)
	if !ok {
		return time.Time{}, false
	}
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return unix(i)
	}
	f, err := strconv.ParseFloat(string(n), 64)
	if err != nil || math.Abs(f) > maxUnix {
		return time.Time{}, false
	}
	return unix(int64(math.Floor(f)))
}

// maxUnix is the end of the year 9999. Beyond, time arithmetic wraps: a far
// future exp would count as past, or the other way round.
const maxUnix = 253402300799

func unix(sec int64) (time.Time, bool) {
	if sec < 0 || sec > maxUnix {
		return time.Time{}, false
	}
	return time.Unix(sec, 0).UTC(), true
}

// Expired returns a *TimeError when exp is now or past, absent or no time.
func Expired(c Claims, now time.Time) error {
	at, ok := c.Time("exp")
	if !ok || !now.Before(at) {
		return &TimeError{Claim: "exp", At: at, Now: now}
	}
	return nil
}

// NotYet returns a *TimeError when nbf is in the future, or no time. Tokens
// without nbf are valid from the beginning.
func NotYet(c Claims, now time.Time) error {
	if _, there := c["nbf"]; !there {
		return nil
	}
	at, ok := c.Time("nbf")
	if !ok || now.Before(at) {
		return &TimeError{Claim: "nbf", At: at, Now: now}
	}
	return nil
}

const maxDepth = 32

// decodeObject reads one JSON object strictly: names once each, UTF-8,
// numbers exact, nesting bounded, nothing behind it. encoding/json alone
// would take the last of two equal names, where another reader takes the
// first.
func decodeObject(b []byte) (Claims, error) {
	if !utf8.Valid(b) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrMalformed)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	v, err := decodeValue(d, 0)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: data behind the object", ErrMalformed)
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: not a JSON object", ErrMalformed)
	}
	return m, nil
}

func decodeValue(d *json.Decoder, depth int) (any, error) {
	t, err := d.Token()
	if err != nil {
		return nil, err
	}
	if depth > maxDepth {
		return nil, errors.New("nested too deeply")
	}
	switch t {
	case json.Delim('{'):
		return decodeMembers(d, depth)
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := decodeValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

func decodeMembers(d *json.Decoder, depth int) (any, error) {
	members := map[string]any{}
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, ok := t.(string)
		if !ok {
			return nil, errors.New("member name is not a string")
		}
		if _, twice := members[name]; twice {
			return nil, fmt.Errorf("member %q is there twice", short(name))
		}
		if members[name], err = decodeValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return members, err
}
