package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
)

// Every part of a tuple is a tag, a payload and, for texts, an end mark. Tags
// lie between 0x00 and 0xff, exclusive, so that those two bytes behind a key
// bound all its longer tuples. The tags are the order of the types and are
// stored on disk: never renumber them.
const (
	tagFalse  = 0x10
	tagTrue   = 0x11
	tagInt    = 0x20 // 8 bytes, big endian, sign bit flipped
	tagUint   = 0x28 // 8 bytes, big endian
	tagBytes  = 0x30 // escaped, ended
	tagString = 0x38 // escaped, ended
)

// Inside a text 0x00 is written 0x00 0xff, and the text ends with 0x00 0x01.
// So no encoded text is the beginning of another, and a name chosen by an
// attacker, "alice\x00...", can never reach into a neighbour's range.
const (
	escape    = 0x00
	escaped00 = 0xff
	textEnd   = 0x01
)

// ErrMalformedKey is answered by Split for bytes that Key did not make.
var ErrMalformedKey = errors.New("store: malformed tuple key")

// Key encodes a tuple so that the order of the bytes is the order of the
// tuples: part by part, first by type (bool, int64, uint64, []byte, string),
// then by value; a tuple comes before its longer ones. No key is a byte prefix
// of a key whose tuple it does not begin.
//
// A part is a string, []byte, bool, int64 or uint64, or any type of such a kind
// (int and smaller integers widen). Any other type is a mistake in the program
// and panics: types never come from a request.
func Key(parts ...any) []byte {
	key := make([]byte, 0, sizeHint(parts))
	for _, p := range parts {
		key = appendPart(key, p)
	}
	return key
}

// Prefix bounds all tuples that begin with parts and are longer: from inclusive,
// to exclusive, as Scan takes them. The tuple of exactly these parts is outside.
func Prefix(parts ...any) (from, to []byte) {
	key := Key(parts...)
	from = append(key[:len(key):len(key)], 0x00)
	to = append(key[:len(key):len(key)], 0xff)
	return from, to
}

// Split decodes what Key made: parts are string, []byte, int64, uint64 or bool.
// Other bytes answer ErrMalformedKey, with the place.
func Split(key []byte) ([]any, error) {
	var parts []any
	for at := 0; at < len(key); {
		part, n, err := splitPart(key[at:])
		if err != nil {
			return nil, fmt.Errorf("part %d at byte %d: %w", len(parts), at, err)
		}
		parts = append(parts, part)
		at += n
	}
	return parts, nil
}

func sizeHint(parts []any) int {
	n := 0
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			n += len(p) + 3
		case []byte:
			n += len(p) + 3
		default:
			n += 9
		}
	}
	return n
}

func appendPart(key []byte, part any) []byte {
	switch p := part.(type) {
	case string:
		return appendText(append(key, tagString), p)
	case []byte:
		return appendText(append(key, tagBytes), p)
	case int64:
		return appendInt(key, p)
	case uint64:
		return appendUint(key, p)
	case bool:
		return appendBool(key, p)
	}
	return appendKind(key, reflect.ValueOf(part))
}

// appendKind serves named types (PoolID, UserName) and the narrower integers.
func appendKind(key []byte, v reflect.Value) []byte {
	switch {
	case !v.IsValid():
	case v.Kind() == reflect.String:
		return appendText(append(key, tagString), v.String())
	case v.Kind() == reflect.Slice && v.Type().Elem().Kind() == reflect.Uint8:
		return appendText(append(key, tagBytes), v.Bytes())
	case v.Kind() == reflect.Bool:
		return appendBool(key, v.Bool())
	case v.CanInt():
		return appendInt(key, v.Int())
	case v.CanUint():
		return appendUint(key, v.Uint())
	}
	panic(fmt.Sprintf("store: a key part cannot be a %v", v))
}

func appendBool(key []byte, b bool) []byte {
	if b {
		return append(key, tagTrue)
	}
	return append(key, tagFalse)
}

func appendInt(key []byte, i int64) []byte {
	return binary.BigEndian.AppendUint64(append(key, tagInt), uint64(i)^(1<<63))
}

func appendUint(key []byte, u uint64) []byte {
	return binary.BigEndian.AppendUint64(append(key, tagUint), u)
}

func appendText[T string | []byte](key []byte, text T) []byte {
	for i := 0; i < len(text); i++ {
		key = append(key, text[i])
		if text[i] == escape {
			key = append(key, escaped00)
		}
	}
	return append(key, escape, textEnd)
}

// splitPart decodes the part at the start of b and tells its encoded length.
func splitPart(b []byte) (part any, n int, err error) {
	switch tag := b[0]; tag {
	case tagFalse, tagTrue:
		return tag == tagTrue, 1, nil
	case tagInt, tagUint:
		if len(b) < 9 {
			return nil, 0, fmt.Errorf("%w: short integer", ErrMalformedKey)
		}
		u := binary.BigEndian.Uint64(b[1:9])
		if tag == tagUint {
			return u, 9, nil
		}
		return int64(u ^ (1 << 63)), 9, nil
	case tagBytes, tagString:
		text, n, err := splitText(b[1:])
		if err != nil {
			return nil, 0, err
		}
		if tag == tagString {
			return string(text), n + 1, nil
		}
		return text, n + 1, nil
	default:
		return nil, 0, fmt.Errorf("%w: unknown tag 0x%02x", ErrMalformedKey, tag)
	}
}

func splitText(b []byte) (text []byte, n int, err error) {
	text = []byte{}
	for i := 0; i < len(b); i++ {
		if b[i] != escape {
			text = append(text, b[i])
			continue
		}
		if i++; i == len(b) {
			break
		}
		switch b[i] {
		case textEnd:
			return text, i + 1, nil
		case escaped00:
			text = append(text, escape)
		default:
			return nil, 0, fmt.Errorf("%w: bad escape 0x%02x", ErrMalformedKey, b[i])
		}
	}
	return nil, 0, fmt.Errorf("%w: text without end", ErrMalformedKey)
}
