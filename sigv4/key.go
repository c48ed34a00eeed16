package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"io"
)

// SigningKey is the derived key for one secret, day, region and service. It
// is a secret: whoever has it signs for that scope. It prints as ***.
type SigningKey [32]byte

// Format keeps the key out of logs, whatever the verb.
func (SigningKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "***") }

// DeriveKey derives the signing key: four nested HMACs over date
// (YYYYMMDD), region, service and "aws4_request". About 2 microseconds; keep
// the result in a KeyCache.
func DeriveKey(secret, date, region, service string) SigningKey {
	k := mac([]byte("AWS4"+secret), date)
	k = mac(k, region)
	k = mac(k, service)
	return SigningKey(mac(k, "aws4_request"))
}

func mac(key []byte, msg string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = io.WriteString(h, msg)
	return h.Sum(nil)
}

// sign is HMAC-SHA256 over a string to sign. hmac.New allocates twice, and
// this runs for every request: with a key of 32 bytes, shorter than a block,
// the construction of RFC 2104 is two hashes over buffers on the stack.
func (k *SigningKey) sign(msg []byte) [32]byte {
	var stack [sha256.BlockSize + 448]byte
	inner := stack[:sha256.BlockSize]
	var outer [sha256.BlockSize + sha256.Size]byte
	for i := range sha256.BlockSize {
		var b byte
		if i < len(k) {
			b = k[i]
		}
		inner[i], outer[i] = b^0x36, b^0x5c
	}
	sum := sha256.Sum256(append(inner, msg...))
	copy(outer[sha256.BlockSize:], sum[:])
	return sha256.Sum256(outer[:])
}
