package checksum

import (
	"errors"
	"fmt"
	"hash/crc32"
)

// A Part is a piece of an object: its checksum and its length in bytes.
type Part struct {
	Sum  []byte
	Size int64
}

// ErrNotCombinable says that the checksum of the whole does not follow from those
// of its parts.
var ErrNotCombinable = errors.New("checksum: only CRCs of parts give the CRC of the whole")

// Composite is the checksum of the checksums of the parts, in their order. In a
// header its text is Encode of it, "-", and the number of parts.
func (a Algorithm) Composite(parts []Part) ([]byte, error) {
	h := a.New()
	for i, p := range parts {
		if len(p.Sum) != a.Size() {
			return nil, fmt.Errorf("checksum: part %d has %d bytes of %s, want %d", i+1, len(p.Sum), a, a.Size())
		}
		_, _ = h.Write(p.Sum) // a hash.Hash never fails
	}
	return h.Sum(nil), nil
}

// Full is the checksum of the bytes of all parts, in their order, from their
// CRCs alone.
func (a Algorithm) Full(parts []Part) ([]byte, error) {
	f, ok := a.field()
	if !ok {
		return nil, ErrNotCombinable
	}
	var crc uint64
	for i, p := range parts {
		if len(p.Sum) != a.Size() || p.Size < 0 {
			return nil, fmt.Errorf("checksum: part %d of %d bytes has %d bytes of %s, want %d", i+1, p.Size, len(p.Sum), a, a.Size())
		}
		// crc(AB) is crc(A) moved over the bytes of B, plus crc(B). That both are
		// inverted before and after cancels out.
		crc = f.multiply(crc, f.shift(uint64(p.Size))) ^ number(p.Sum)
	}
	sum := make([]byte, a.Size())
	for i := range sum {
		sum[len(sum)-1-i] = byte(crc >> (8 * i))
	}
	return sum, nil
}

func number(sum []byte) (n uint64) {
	for _, b := range sum {
		n = n<<8 | uint64(b)
	}
	return n
}

// A field is the polynomials over GF(2) modulo that of a CRC, reflected: the bit
// of the constant term is one, the highest.
type field struct{ polynomial, one uint64 }

func (a Algorithm) field() (field, bool) {
	switch a {
	case CRC32:
		return field{crc32.IEEE, 1 << 31}, true
	case CRC32C:
		return field{crc32.Castagnoli, 1 << 31}, true
	case CRC64NVME:
		return field{polynomialNVME, 1 << 63}, true
	case SHA1, SHA256, MD5:
	}
	return field{}, false
}

func (f field) multiply(a, b uint64) (product uint64) {
	for bit := f.one; bit != 0; bit >>= 1 {
		if a&bit != 0 {
			product ^= b
		}
		odd := b&1 != 0 // times x
		if b >>= 1; odd {
			b ^= f.polynomial
		}
	}
	return product
}

// shift is x to the power of 8n: what n bytes do to a CRC before them.
func (f field) shift(n uint64) uint64 {
	power, square := f.one, f.one>>8 // x^0, x^8
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			power = f.multiply(power, square)
		}
		square = f.multiply(square, square)
	}
	return power
}
