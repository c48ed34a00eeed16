package attr

import (
	"errors"
	"fmt"
	"strings"
)

// Key encoding: bytes that sort (unsigned, as every store does) like the values sort in
// DynamoDB, and that end themselves, so that encodings can be concatenated into tuples.
//
//	S, B  tag, bytes with 0x00 as 0x00 0xFF, then 0x00 0x01
//	N     tag, sign (1 negative, 2 zero, 3 positive), exponent+130, digit pairs+1, 0x00
//	      with exponent, pairs and end complemented when negative
//
// The tags are part of stored keys: never renumber.
const (
	keyBinary byte = 0x10
	keyNumber byte = 0x20
	keyString byte = 0x30

	negative byte = 1
	zero     byte = 2
	positive byte = 3
)

var errKeyType = errors.New("attr: only S, N and B can be keys")

// AppendKey appends the order-preserving encoding of an S, N or B.
func AppendKey(dst []byte, v Value) ([]byte, error) {
	switch v.typ {
	case S, B:
		dst, err := AppendKeyPrefix(dst, v)
		return append(dst, 0x00, 0x01), err
	case N:
		d, err := parseDecimal(v.text)
		if err != nil {
			return dst, err
		}
		return d.appendKey(append(dst, keyNumber)), nil
	}
	return dst, errKeyType
}

// AppendKeyPrefix appends the encoding that every S (or B) beginning with v shares: the
// range of begins_with. Numbers have no prefixes.
func AppendKeyPrefix(dst []byte, v Value) ([]byte, error) {
	switch v.typ {
	case S:
		dst = append(dst, keyString)
	case B:
		dst = append(dst, keyBinary)
	default:
		return dst, errKeyType
	}
	rest := v.text
	for {
		i := strings.IndexByte(rest, 0)
		if i < 0 {
			return append(dst, rest...), nil
		}
		dst = append(append(dst, rest[:i]...), 0x00, 0xFF)
		rest = rest[i+1:]
	}
}

func (d *decimal) appendKey(dst []byte) []byte {
	if d.n == 0 {
		return append(dst, zero)
	}
	sign, flip := positive, byte(0)
	if d.neg {
		sign, flip = negative, 0xFF
	}
	dst = append(dst, sign, byte(d.exp-minExp)^flip)
	for i := 0; i < d.n; i += 2 {
		pair := (d.digits[i] - '0') * 10
		if i+1 < d.n {
			pair += d.digits[i+1] - '0'
		}
		dst = append(dst, (pair+1)^flip)
	}
	return append(dst, flip)
}

// DecodeKey takes one encoded value off the front of key and returns what follows it.
func DecodeKey(key []byte) (v Value, rest []byte, err error) {
	if len(key) == 0 {
		return Value{}, nil, errors.New("attr: key ends early")
	}
	switch key[0] {
	case keyString, keyBinary:
		text, rest, err := decodeText(key[1:])
		if err != nil {
			return Value{}, nil, err
		}
		if key[0] == keyString {
			return Value{typ: S, text: text}, rest, nil
		}
		return Value{typ: B, text: text}, rest, nil
	case keyNumber:
		return decodeNumber(key[1:])
	}
	return Value{}, nil, fmt.Errorf("attr: key has unknown tag %#x", key[0])
}

func decodeText(key []byte) (string, []byte, error) {
	var text []byte
	for i := 0; i < len(key); i++ {
		if key[i] != 0 {
			text = append(text, key[i])
			continue
		}
		if i++; i == len(key) {
			break
		}
		switch key[i] {
		case 0xFF:
			text = append(text, 0)
		case 0x01:
			return string(text), key[i+1:], nil
		default:
			return "", nil, fmt.Errorf("attr: key has unknown escape %#x", key[i])
		}
	}
	return "", nil, errors.New("attr: key text has no end")
}

func decodeNumber(key []byte) (Value, []byte, error) {
	broken := errors.New("attr: key number is damaged")
	if len(key) == 0 {
		return Value{}, nil, broken
	}
	var d decimal
	var flip byte
	switch key[0] {
	case zero:
		return Value{typ: N, text: "0"}, key[1:], nil
	case negative:
		d.neg, flip = true, 0xFF
	case positive:
	default:
		return Value{}, nil, broken
	}
	if len(key) < 2 {
		return Value{}, nil, broken
	}
	d.exp = int(key[1]^flip) + minExp
	for i, c := range key[2:] {
		c ^= flip
		if c == 0 {
			return d.finish(key[2+i+1:])
		}
		if c > 100 || d.n+2 > maxDigits {
			return Value{}, nil, broken
		}
		d.digits[d.n], d.digits[d.n+1] = '0'+(c-1)/10, '0'+(c-1)%10
		d.n += 2
	}
	return Value{}, nil, broken
}

// finish refuses digits that the encoder never writes, so that one number has one key.
func (d *decimal) finish(rest []byte) (Value, []byte, error) {
	if d.n > 0 && d.digits[d.n-1] == '0' {
		d.n--
	}
	if d.n == 0 || d.digits[0] == '0' || d.digits[d.n-1] == '0' {
		return Value{}, nil, errors.New("attr: key number is not canonical")
	}
	return Value{typ: N, text: d.String()}, rest, nil
}
