package checksum

import (
	"crypto/md5"  //nolint:gosec // S3's Content-MD5 and ETag, against accidents
	"crypto/sha1" //nolint:gosec // an algorithm that S3 offers, against accidents
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"hash"
	"hash/crc32"
	"strings"
)

// An Algorithm is named as in x-amz-checksum-algorithm.
type Algorithm string

// The algorithms. MD5 is that of Content-MD5 and of ETags; it is no value of
// x-amz-checksum-algorithm and has no x-amz-checksum header.
const (
	CRC32     Algorithm = "CRC32"
	CRC32C    Algorithm = "CRC32C"
	CRC64NVME Algorithm = "CRC64NVME"
	SHA1      Algorithm = "SHA1"
	SHA256    Algorithm = "SHA256"
	MD5       Algorithm = "MD5"
)

// A Type is how the checksum of an object of parts came to be, as in
// x-amz-checksum-type.
type Type string

// The types.
const (
	Composite  Type = "COMPOSITE"   // of the checksums of the parts
	FullObject Type = "FULL_OBJECT" // of the bytes
)

const headerPrefix = "x-amz-checksum-"

// Algorithms lists those that have a header of their own.
func Algorithms() []Algorithm { return []Algorithm{CRC32, CRC32C, CRC64NVME, SHA1, SHA256} }

// Named finds the algorithm of x-amz-checksum-algorithm or
// x-amz-sdk-checksum-algorithm, in any case.
func Named(name string) (Algorithm, bool) {
	for _, a := range Algorithms() {
		if strings.EqualFold(name, string(a)) {
			return a, true
		}
	}
	return "", false
}

// OfHeader finds the algorithm of a header or trailer such as
// "x-amz-checksum-crc32", in any case.
func OfHeader(name string) (Algorithm, bool) {
	if len(name) < len(headerPrefix) || !strings.EqualFold(name[:len(headerPrefix)], headerPrefix) {
		return "", false
	}
	return Named(name[len(headerPrefix):])
}

// Header is the name of the header or trailer, in lower case.
func (a Algorithm) Header() string {
	if a == MD5 {
		return "content-md5"
	}
	return headerPrefix + strings.ToLower(string(a))
}

// New returns the hash. It panics for no Algorithm of this package, as only
// wrong code can ask for one.
func (a Algorithm) New() hash.Hash {
	switch a {
	case CRC32:
		return crc32.NewIEEE()
	case CRC32C:
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case CRC64NVME:
		return new(nvme)
	case SHA1:
		return sha1.New() //nolint:gosec // see the import
	case SHA256:
		return sha256.New()
	case MD5:
		return md5.New() //nolint:gosec // see the import
	}
	panic(fmt.Sprintf("checksum: no algorithm %q", string(a)))
}

// Size is the length of a checksum in bytes, 0 for what is no Algorithm.
func (a Algorithm) Size() int {
	switch a {
	case CRC32, CRC32C:
		return crc32.Size
	case CRC64NVME:
		return 8
	case SHA1:
		return sha1.Size
	case SHA256:
		return sha256.Size
	case MD5:
		return md5.Size
	}
	return 0
}

// Allows tells whether an object of parts can have such a checksum of type t.
func (a Algorithm) Allows(t Type) bool {
	switch a {
	case CRC64NVME:
		return t == FullObject
	case CRC32, CRC32C:
		return t == Composite || t == FullObject
	case SHA1, SHA256, MD5:
		return t == Composite
	}
	return false
}

// Default is the type of an object of parts whose creator named none.
func (a Algorithm) Default() Type {
	if a == CRC64NVME {
		return FullObject
	}
	return Composite
}

// Encode is the text of a checksum in headers: base64.
func Encode(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }

// Decode reads the text of a checksum of the algorithm. There is one text for one
// checksum: the decoder of the library alone would pass over line breaks and odd
// last bits.
func (a Algorithm) Decode(text string) ([]byte, error) {
	sum, err := base64.StdEncoding.Strict().DecodeString(text)
	if err != nil || a.Size() == 0 || len(sum) != a.Size() || len(text) != base64.StdEncoding.EncodedLen(len(sum)) {
		return nil, fmt.Errorf("checksum: %.100q is no %s in base64", text, a)
	}
	return sum, nil
}

// Equal compares in constant time: where the sender must not learn how far a
// guess went.
func Equal(a, b []byte) bool { return subtle.ConstantTimeCompare(a, b) == 1 }

// A Hasher computes several checksums of what is written to it.
type Hasher struct {
	algorithms []Algorithm
	hashes     []hash.Hash
}

// NewHasher computes the algorithms, each once.
func NewHasher(algorithms ...Algorithm) *Hasher {
	h := &Hasher{}
	for _, a := range algorithms {
		if h.Sum(a) == nil {
			h.algorithms = append(h.algorithms, a)
			h.hashes = append(h.hashes, a.New())
		}
	}
	return h
}

// Write never fails.
func (h *Hasher) Write(p []byte) (int, error) {
	for _, x := range h.hashes {
		_, _ = x.Write(p) // a hash.Hash never fails
	}
	return len(p), nil
}

// Sum is the checksum of everything written so far, nil for an algorithm that is
// not computed.
func (h *Hasher) Sum(a Algorithm) []byte {
	for i, have := range h.algorithms {
		if have == a {
			return h.hashes[i].Sum(nil)
		}
	}
	return nil
}
