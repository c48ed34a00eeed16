package attr

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"testing"
)

func must(t testing.TB) func(Value, error) Value {
	return func(v Value, err error) Value {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// sample has every type, nested.
func sample(t testing.TB) Item {
	ok := must(t)
	inner := Item{{"k", String("v")}, {"n", Int(-7)}}
	item, err := NewItem(
		Attribute{"z", Null()}, Attribute{"s", String("text")}, Attribute{"empty", String("")},
		Attribute{"n", num(t, "-12.50")}, Attribute{"b", Binary([]byte{0, 1, 255})}, Attribute{"t", Bool(true)}, Attribute{"f", Bool(false)},
		Attribute{"ss", ok(StringSet([]string{"b", "", "a"}))}, Attribute{"ns", ok(NumberSet([]string{"10", "9", "-1.0"}))}, Attribute{"bs", ok(BinarySet([][]byte{{2}, {1}}))},
		Attribute{"l", List([]Value{Int(1), Map(inner), List(nil)})}, Attribute{"m", Map(inner)}, Attribute{"é", Map(nil)},
	)
	if err != nil {
		t.Fatal(err)
	}
	return item
}

func TestCodec(t *testing.T) {
	item := sample(t)
	stored := item.Append([]byte("head"))[4:]
	back, err := DecodeItem(stored)
	if err != nil || !back.Equal(item) {
		t.Fatalf("%v, %v", back, err)
	}
	for i := range stored {
		for bit := range 8 {
			damaged := bytes.Clone(stored)
			damaged[i] ^= 1 << bit
			if _, err := DecodeItem(damaged); err == nil {
				t.Fatalf("bit %d of byte %d flipped unnoticed", bit, i)
			}
		}
		if _, err := DecodeItem(stored[:i]); err == nil {
			t.Fatalf("cut to %d bytes unnoticed", i)
		}
	}
}

func seal(body []byte) []byte {
	return binary.BigEndian.AppendUint32(body, crc32.Checksum(body, castagnoli))
}

func TestCodecRefusesWhatNobodyWrites(t *testing.T) {
	deep := []byte{codecVersion, 1, 1, 'a'}
	for range MaxDepth + 1 {
		deep = append(deep, byte(L), 1)
	}
	deep = append(deep, byte(NULL))
	for name, body := range map[string][]byte{
		"unsorted names":   {codecVersion, 2, 1, 'b', byte(NULL), 1, 'a', byte(NULL)},
		"name twice":       {codecVersion, 2, 1, 'a', byte(NULL), 1, 'a', byte(NULL)},
		"unknown type":     {codecVersion, 1, 1, 'a', 99},
		"other spelling":   {codecVersion, 1, 1, 'a', byte(N), 2, '0', '1'},
		"empty set":        {codecVersion, 1, 1, 'a', byte(SS), 0},
		"duplicate member": {codecVersion, 1, 1, 'a', byte(SS), 2, 1, 'x', 1, 'x'},
		"huge count":       {codecVersion, 1, 1, 'a', byte(L), 0xFF, 0xFF, 0xFF, 0xFF, 0x7F},
		"endless varint":   {codecVersion, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0},
		"bad bool":         {codecVersion, 1, 1, 'a', byte(BOOL), 2},
		"tail":             {codecVersion, 0, 0},
		"new version":      {codecVersion + 1, 0},
		"too deep":         deep,
	} {
		if item, err := DecodeItem(seal(body)); err == nil {
			t.Errorf("%s: decoded to %v", name, item)
		}
	}
}

func FuzzCodec(f *testing.F) {
	stored := sample(f).Append(nil)
	f.Add(stored[:len(stored)-4])
	f.Add([]byte{codecVersion, 0})
	f.Fuzz(func(t *testing.T, body []byte) {
		item, err := DecodeItem(seal(body))
		if err != nil {
			return
		}
		again := item.Append(nil)
		if back, err := DecodeItem(again); err != nil || !back.Equal(item) {
			t.Fatalf("%v does not come back: %v", item, err)
		}
	})
}

func BenchmarkDecodeItem(b *testing.B) {
	stored := sample(b).Append(nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeItem(stored); err != nil {
			b.Fatal(err)
		}
	}
}
