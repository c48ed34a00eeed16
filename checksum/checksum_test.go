package checksum_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"hash/crc64"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/checksum"
)

// The check values are those of the catalogue of parametrised CRC algorithms
// (CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME), FIPS 180 and RFC 1321.
func TestCheckValues(t *testing.T) {
	for a, want := range map[checksum.Algorithm]string{
		checksum.CRC32: "cbf43926", checksum.CRC32C: "e3069283", checksum.CRC64NVME: "ae8b14860a799888",
		checksum.SHA1:   "f7c3bc1d808e04732adf679965ccc34ca7ae3441",
		checksum.SHA256: "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
		checksum.MD5:    "25f9e794323b453885f5181f1b624d0b",
	} {
		h := checksum.NewHasher(a, a)
		_, _ = h.Write([]byte("1234"))
		_, _ = h.Write([]byte("56789"))
		if got := hex.EncodeToString(h.Sum(a)); got != want || a.Size() != len(want)/2 || a.New().Size() != a.Size() {
			t.Errorf("%s: %s, want %s", a, got, want)
		}
	}
}

func TestNVMEAgainstLibrary(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	table := crc64.MakeTable(0x9a6c9329ac4bc9b5)
	for n := range 200 {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		h := checksum.CRC64NVME.New()
		cut := n * 2 / 3
		_, _ = h.Write(b[:cut])
		_, _ = h.Write(b[cut:])
		got := h.Sum([]byte{7})
		want := crc64.Checksum(b, table)
		if len(got) != 9 || got[0] != 7 || hex.EncodeToString(got[1:]) != hex.EncodeToString(be(want)) {
			t.Errorf("%d bytes: %x, want %x", n, got, want)
		}
		h.Reset()
		if !bytes.Equal(h.Sum(nil), make([]byte, 8)) {
			t.Error("Reset")
		}
	}
}

func be(n uint64) []byte {
	b := make([]byte, 8)
	for i := range b {
		b[7-i] = byte(n >> (8 * i))
	}
	return b
}

func TestNames(t *testing.T) {
	for _, a := range checksum.Algorithms() {
		for _, s := range []string{string(a), strings.ToLower(string(a))} {
			if got, ok := checksum.Named(s); !ok || got != a {
				t.Errorf("Named(%s): %s", s, got)
			}
		}
		if got, ok := checksum.OfHeader(strings.ToUpper(a.Header())); !ok || got != a {
			t.Errorf("OfHeader(%s): %s", a.Header(), got)
		}
	}
	for _, s := range []string{"", "MD5", "CRC", "CRC64", "sha256 "} {
		if got, ok := checksum.Named(s); ok {
			t.Errorf("Named(%q): %s", s, got)
		}
	}
	for _, s := range []string{"", "x-amz-checksum-", "x-amz-checksum-type", "x-amz-checksum-algorithm", "content-md5", "sha256", "y-amz-checksum-sha256"} {
		if got, ok := checksum.OfHeader(s); ok {
			t.Errorf("OfHeader(%q): %s", s, got)
		}
	}
	if h := checksum.CRC64NVME.Header() + checksum.MD5.Header(); h != "x-amz-checksum-crc64nvmecontent-md5" {
		t.Error(h)
	}
}

func TestDecode(t *testing.T) {
	if sum, err := checksum.CRC32.Decode("y/Q5Jg=="); err != nil || hex.EncodeToString(sum) != "cbf43926" || checksum.Encode(sum) != "y/Q5Jg==" {
		t.Errorf("%x, %v", sum, err)
	}
	for _, s := range []string{
		"", "y/Q5Jg", "y/Q5Jg=", "y_Q5Jg==", "y/Q5Jh==", "y/Q5\nJg==", "y/Q5Jg==\r\n", " y/Q5Jg==", "y/Q5JgA=", "y/Q5", "cbf43926", "y/Q5Jg==-2",
	} {
		if sum, err := checksum.CRC32.Decode(s); err == nil {
			t.Errorf("%q: %x", s, sum)
		}
	}
	if _, err := checksum.Algorithm("CRC16").Decode(""); err == nil {
		t.Error("no algorithm")
	}
}

// TestFull: the CRC of the whole from those of its parts is the CRC of the whole.
func TestFull(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, a := range []checksum.Algorithm{checksum.CRC32, checksum.CRC32C, checksum.CRC64NVME} {
		for range 50 {
			var parts []checksum.Part
			whole := checksum.NewHasher(a)
			for range r.IntN(5) {
				b := make([]byte, r.IntN(3)*r.IntN(9000))
				for i := range b {
					b[i] = byte(r.Uint32())
				}
				part := checksum.NewHasher(a)
				_, _ = part.Write(b)
				_, _ = whole.Write(b)
				parts = append(parts, checksum.Part{Sum: part.Sum(a), Size: int64(len(b))})
			}
			got, err := a.Full(parts)
			if err != nil || !checksum.Equal(got, whole.Sum(a)) {
				t.Errorf("%s of %v: %x, %v, want %x", a, parts, got, err, whole.Sum(a))
			}
		}
		for _, p := range []checksum.Part{{Sum: nil, Size: 1}, {Sum: make([]byte, a.Size()+1), Size: 1}, {Sum: make([]byte, a.Size()), Size: -1}} {
			if got, err := a.Full([]checksum.Part{p}); err == nil {
				t.Errorf("%s: %x", a, got)
			}
		}
	}
	for _, a := range []checksum.Algorithm{checksum.SHA1, checksum.SHA256, checksum.MD5, "CRC16"} {
		if got, err := a.Full(nil); !errors.Is(err, checksum.ErrNotCombinable) {
			t.Errorf("%s: %x, %v", a, got, err)
		}
	}
}

// TestFullLong: over lengths that nobody hashes: moving over zeros by halves
// equals moving over all of them.
func TestFullLong(t *testing.T) {
	a := checksum.CRC64NVME
	h := checksum.NewHasher(a)
	_, _ = h.Write(make([]byte, 1<<20))
	step := checksum.Part{Sum: h.Sum(a), Size: 1 << 20}
	for range 20 { // 1 TiB
		sum, err := a.Full([]checksum.Part{step, step})
		if err != nil {
			t.Fatal(err)
		}
		step = checksum.Part{Sum: sum, Size: 2 * step.Size}
	}
	parts := make([]checksum.Part, 1<<10)
	for i := range parts {
		sum, err := a.Full([]checksum.Part{{Sum: h.Sum(a), Size: 1 << 20}})
		if err != nil {
			t.Fatal(err)
		}
		parts[i] = checksum.Part{Sum: sum, Size: 1 << 20}
	}
	gib, err := a.Full(parts)
	if err != nil {
		t.Fatal(err)
	}
	for i := range parts {
		parts[i] = checksum.Part{Sum: gib, Size: 1 << 30}
	}
	if got, err := a.Full(parts); err != nil || !checksum.Equal(got, step.Sum) {
		t.Errorf("%x, %v, want %x", got, err, step.Sum)
	}
}

func TestComposite(t *testing.T) {
	one := checksum.NewHasher(checksum.SHA256)
	_, _ = one.Write([]byte("part"))
	sum := one.Sum(checksum.SHA256)
	all := checksum.NewHasher(checksum.SHA256)
	_, _ = all.Write(sum)
	_, _ = all.Write(sum)
	got, err := checksum.SHA256.Composite([]checksum.Part{{Sum: sum}, {Sum: sum}})
	if err != nil || !checksum.Equal(got, all.Sum(checksum.SHA256)) {
		t.Errorf("%x, %v", got, err)
	}
	if _, err := checksum.SHA256.Composite([]checksum.Part{{Sum: sum}, {Sum: sum[1:]}}); err == nil {
		t.Error("a short one")
	}
}

func TestTypes(t *testing.T) {
	for a, want := range map[checksum.Algorithm]string{
		checksum.CRC32: "truetrueCOMPOSITE", checksum.CRC32C: "truetrueCOMPOSITE", checksum.CRC64NVME: "falsetrueFULL_OBJECT",
		checksum.SHA1: "truefalseCOMPOSITE", checksum.SHA256: "truefalseCOMPOSITE",
	} {
		got := ""
		for _, typ := range []checksum.Type{checksum.Composite, checksum.FullObject} {
			got += map[bool]string{true: "true", false: "false"}[a.Allows(typ)]
		}
		if got += string(a.Default()); got != want {
			t.Errorf("%s: %s, want %s", a, got, want)
		}
	}
}

func BenchmarkNVME(b *testing.B) {
	p := make([]byte, 32<<10)
	h := checksum.CRC64NVME.New()
	b.SetBytes(int64(len(p)))
	for b.Loop() {
		_, _ = h.Write(p)
	}
}
