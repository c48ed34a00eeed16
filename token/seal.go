package token

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/go-jose/go-jose/v4"
)

// MaxSealed is the size of the largest payload that Seal takes, in bytes.
const MaxSealed = 32 << 10

// Seal makes an opaque token of payload that only Open with the same key
// reads: a compact JWE (RSA-OAEP, A256GCM, five parts), as Cognito's refresh
// tokens are. Inside, a MAC under the private key comes first: encryption
// with a public key proves nothing about who encrypted.
func Seal(key *Key, payload []byte) (string, error) {
	if len(payload) > MaxSealed {
		return "", fmt.Errorf("%w: %d bytes of at most %d", ErrTooLarge, len(payload), MaxSealed)
	}
	enc, err := jose.NewEncrypter(jose.A256GCM,
		jose.Recipient{Algorithm: jose.RSA_OAEP, Key: &key.private.PublicKey},
		(&jose.EncrypterOptions{}).WithContentType("JWT"))
	if err != nil {
		return "", fmt.Errorf("making encrypter: %w", err)
	}
	jwe, err := enc.Encrypt(append(key.mac(payload), payload...))
	if err != nil {
		return "", fmt.Errorf("sealing token: %w", err)
	}
	s, err := jwe.CompactSerialize()
	if err != nil {
		return "", fmt.Errorf("serializing sealed token: %w", err)
	}
	return s, nil
}

// Open returns the payload that Seal was given. ErrMalformed: no sealed
// token. ErrAlgorithm: another kind of JWE. ErrSignature: sealed by another
// key, or changed.
func Open(key *Key, token string) ([]byte, error) {
	parts, err := split(token, 5)
	if err != nil {
		return nil, err
	}
	h, err := decodeObject(parts[0])
	if err != nil {
		return nil, err
	}
	// Exactly the header that Seal writes: zip would decompress, crit and
	// others change the meaning.
	alg, _ := h.String("alg")
	enc, _ := h.String("enc")
	cty, _ := h.String("cty")
	if alg != string(jose.RSA_OAEP) || enc != string(jose.A256GCM) || cty != "JWT" || len(h) != 3 {
		return nil, fmt.Errorf("%w: alg %q, enc %q", ErrAlgorithm, short(alg), short(enc))
	}
	jwe, err := jose.ParseEncryptedCompact(token,
		[]jose.KeyAlgorithm{jose.RSA_OAEP}, []jose.ContentEncryption{jose.A256GCM})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	plain, err := jwe.Decrypt(key.private)
	if err != nil || len(plain) < sha256.Size {
		return nil, fmt.Errorf("%w: sealed by another key, or changed", ErrSignature)
	}
	mac, payload := plain[:sha256.Size], plain[sha256.Size:]
	if !hmac.Equal(mac, key.mac(payload)) {
		return nil, fmt.Errorf("%w: sealed without the private key", ErrSignature)
	}
	return slices.Clone(payload), nil
}

func (k *Key) mac(payload []byte) []byte {
	h := hmac.New(sha256.New, k.macKey)
	h.Write(payload)
	return h.Sum(nil)
}
