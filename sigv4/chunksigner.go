package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
)

// A chunkSigner signs what follows a request, each piece over the signature of
// the one before it, so that none can be left out, repeated or moved.
type chunkSigner struct {
	key      SigningKey
	scope    string   // "\n" + time + "\n" + scope + "\n", the same for all
	previous [64]byte // hex
	buffer   []byte
}

func newChunkSigner(s *Signature, key SigningKey) *chunkSigner {
	c := &chunkSigner{key: key, scope: "\n" + s.Time.Format(isoBasic) + "\n" + s.Scope() + "\n"}
	copy(c.previous[:], s.Signature)
	return c
}

// chunk signs the next chunk: hex.
func (c *chunkSigner) chunk(data []byte) []byte {
	empty, sum := sha256.Sum256(nil), sha256.Sum256(data)
	return c.sign("AWS4-HMAC-SHA256-PAYLOAD", empty[:], sum[:])
}

// trailers signs the trailers, each as "name:value\n" in the order of their names.
func (c *chunkSigner) trailers(canonical []byte) []byte {
	sum := sha256.Sum256(canonical)
	return c.sign("AWS4-HMAC-SHA256-TRAILER", sum[:])
}

func (c *chunkSigner) sign(what string, hashes ...[]byte) []byte {
	b := append(c.buffer[:0], what...)
	b = append(b, c.scope...)
	b = append(b, c.previous[:]...)
	for _, h := range hashes {
		b = append(b, '\n')
		b = hex.AppendEncode(b, h)
	}
	c.buffer = b
	sum := c.key.sign(b)
	hex.Encode(c.previous[:], sum[:])
	return c.previous[:]
}

func (c *chunkSigner) verifyChunk(data []byte, signature string) error {
	return c.verify(c.chunk(data), signature)
}

func (c *chunkSigner) verify(want []byte, signature string) error {
	if subtle.ConstantTimeCompare(want, []byte(signature)) != 1 {
		return &Error{Kind: Mismatch, Message: mismatch, StringToSign: string(c.buffer)}
	}
	return nil
}
