package attr

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
)

// Storage encoding of an item, version 1:
//
//	version byte, item, CRC-32C of everything before (4 bytes, big endian)
//	item    count, then for each attribute its name and value, in order of names
//	value   type byte, then
//	        S N B: text    BOOL: 0 or 1    NULL: nothing
//	        sets: count, texts    L: count, values    M: item
//	text    length, bytes; counts and lengths are unsigned varints
const codecVersion = 1

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Append appends the storage encoding of the item.
func (it Item) Append(dst []byte) []byte {
	start := len(dst)
	dst = append(dst, codecVersion)
	dst = appendItem(dst, it)
	return binary.BigEndian.AppendUint32(dst, crc32.Checksum(dst[start:], castagnoli))
}

func appendText(dst []byte, s string) []byte {
	return append(binary.AppendUvarint(dst, uint64(len(s))), s...)
}

func appendItem(dst []byte, it Item) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(it)))
	for _, a := range it {
		dst = appendText(dst, a.Name)
		dst = appendValue(dst, a.Value)
	}
	return dst
}

func appendValue(dst []byte, v Value) []byte {
	dst = append(dst, byte(v.typ))
	switch v.typ {
	case S, N, B:
		return appendText(dst, v.text)
	case BOOL:
		if v.yes {
			return append(dst, 1)
		}
		return append(dst, 0)
	case SS, NS, BS:
		dst = binary.AppendUvarint(dst, uint64(len(v.Members())))
		for _, m := range v.Members() {
			dst = appendText(dst, m)
		}
	case L:
		dst = binary.AppendUvarint(dst, uint64(len(v.Elements())))
		for _, e := range v.Elements() {
			dst = appendValue(dst, e)
		}
	case M:
		dst = appendItem(dst, v.Fields())
	}
	return dst
}

var errDamaged = errors.New("attr: stored item is damaged")

// DecodeItem reads what [Item.Append] wrote. Every damage is an error: a wrong checksum,
// an unknown version, and also a right checksum over content that no encoder writes.
func DecodeItem(stored []byte) (Item, error) {
	if len(stored) < 1+4 {
		return nil, errDamaged
	}
	if stored[0] != codecVersion {
		return nil, fmt.Errorf("attr: stored item has unknown version %d", stored[0])
	}
	body, check := stored[:len(stored)-4], stored[len(stored)-4:]
	if crc32.Checksum(body, castagnoli) != binary.BigEndian.Uint32(check) {
		return nil, errDamaged
	}
	// One copy for the whole item: every text below is a substring of it.
	d := decoder{rest: string(body[1:])}
	item := d.item(0)
	if d.bad || d.rest != "" {
		return nil, errDamaged
	}
	return item, nil
}

// decoder consumes rest; bad sticks, and everything read after it is meaningless.
type decoder struct {
	rest string
	bad  bool
}

func (d *decoder) byte() byte {
	if d.rest == "" {
		d.bad = true
		return 0
	}
	c := d.rest[0]
	d.rest = d.rest[1:]
	return c
}

// count reads a varint that counts things of at least one byte each, which bounds what
// a forged count can make us allocate.
func (d *decoder) count() int {
	n, shift := uint64(0), 0
	for {
		c := d.byte()
		if d.bad || shift > 56 {
			d.bad = true
			return 0
		}
		n |= uint64(c&0x7F) << shift
		if c < 0x80 {
			break
		}
		shift += 7
	}
	if n > uint64(len(d.rest)) {
		d.bad = true
		return 0
	}
	return int(n)
}

func (d *decoder) text() string {
	n := d.count()
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func (d *decoder) item(depth int) Item {
	n := d.count()
	if d.bad || depth > MaxDepth {
		d.bad = true
		return nil
	}
	item := make(Item, 0, min(n, 1024))
	for i := range n {
		name := d.text()
		if i > 0 && name <= item[i-1].Name {
			d.bad = true
		}
		value := d.value(depth)
		if d.bad {
			return nil
		}
		item = append(item, Attribute{name, value})
	}
	return item
}

func (d *decoder) value(depth int) Value {
	t := Type(d.byte())
	switch t {
	case S, B:
		return Value{typ: t, text: d.text()}
	case N:
		return Value{typ: N, text: d.number()}
	case BOOL:
		return Value{typ: BOOL, yes: d.bit()}
	case NULL:
		return Value{typ: NULL}
	case SS, NS, BS:
		return d.set(t)
	case L:
		return d.list(depth + 1)
	case M:
		return Value{typ: M, more: &more{fields: d.item(depth + 1)}}
	}
	d.bad = true
	return Value{}
}

func (d *decoder) bit() bool {
	c := d.byte()
	d.bad = d.bad || c > 1
	return c == 1
}

func (d *decoder) number() string {
	text := d.text()
	if canonical, err := Canonical(text); err != nil || canonical != text {
		d.bad = true
	}
	return text
}

func (d *decoder) set(t Type) Value {
	n := d.count()
	members := make([]string, 0, min(n, 1024))
	for range n {
		if t == NS {
			members = append(members, d.number())
		} else {
			members = append(members, d.text())
		}
		if d.bad {
			return Value{}
		}
	}
	if n == 0 || hasNeighbours(members) || !slices.IsSortedFunc(members, memberOrder(t)) {
		d.bad = true
	}
	return Value{typ: t, more: &more{set: members}}
}

func (d *decoder) list(depth int) Value {
	n := d.count()
	if d.bad || depth > MaxDepth {
		d.bad = true
		return Value{}
	}
	list := make([]Value, 0, min(n, 1024))
	for range n {
		list = append(list, d.value(depth))
		if d.bad {
			return Value{}
		}
	}
	return Value{typ: L, more: &more{list: list}}
}
