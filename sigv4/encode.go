package sigv4

import "strings"

const upperHex = "0123456789ABCDEF"

// unreserved are the characters that RFC 3986 section 2.3 never escapes.
func unreserved(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' ||
		c == '-' || c == '.' || c == '_' || c == '~'
}

func appendByte(b []byte, c byte) []byte {
	if unreserved(c) {
		return append(b, c)
	}
	return append(b, '%', upperHex[c>>4], upperHex[c&15])
}

// appendEncoded escapes s as UriEncode of the signing specification does.
func appendEncoded(b []byte, s string) []byte {
	for i := range len(s) {
		b = appendByte(b, s[i])
	}
	return b
}

// appendRecoded brings an already escaped string into the one strict form:
// what needs no escape has none, what needs one has it in upper case.
// plusIsSpace reads '+' as every query parser does: were it signed as a plus,
// changing %2B to + on the way would change the meaning and keep the
// signature.
func appendRecoded(b []byte, s string, plusIsSpace bool) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%':
			v, ok := unhex(s, i)
			if !ok {
				return b, badEscape(s)
			}
			c = v
			i += 2
		case c == '+' && plusIsSpace:
			c = ' '
		}
		b = appendByte(b, c)
	}
	return b, nil
}

// decode undoes the escapes of a query name or value.
func decode(s string) (string, error) {
	if !strings.ContainsAny(s, "%+") {
		return s, nil
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch c {
		case '%':
			v, ok := unhex(s, i)
			if !ok {
				return "", badEscape(s)
			}
			c = v
			i += 2
		case '+':
			c = ' '
		}
		b = append(b, c)
	}
	return string(b), nil
}

// unhex reads the two digits after the percent sign at s[i].
func unhex(s string, i int) (byte, bool) {
	if i+2 >= len(s) {
		return 0, false
	}
	hi, ok1 := nibble(s[i+1])
	lo, ok2 := nibble(s[i+2])
	return hi<<4 | lo, ok1 && ok2
}

func nibble(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10, true
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10, true
	}
	return 0, false
}

func badEscape(s string) error {
	return fail(Malformed, "Malformed percent-encoding in '%s'.", shorten(s))
}
