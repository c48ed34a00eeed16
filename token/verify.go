package token

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"github.com/go-jose/go-jose/v4"
)

// Verify returns the claims of a JWT that one of keys signed with one of algs
// (RS256 when none is given). Errors, in the order of the checks:
// ErrMalformed, ErrAlgorithm, ErrUnknownKey, ErrSignature.
func Verify(jwt string, keys KeySet, algs ...Alg) (Claims, error) {
	if len(algs) == 0 {
		algs = []Alg{RS256}
	}
	parts, err := split(jwt, 3)
	if err != nil {
		return nil, err
	}
	key, err := choose(parts[0], keys, algs)
	if err != nil {
		return nil, err
	}
	jws, err := jose.ParseSignedCompact(jwt, []jose.SignatureAlgorithm{jose.SignatureAlgorithm(key.alg)})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	payload, err := jws.Verify(key.public)
	if err != nil {
		return nil, fmt.Errorf("%w: key %s", ErrSignature, key.id)
	}
	return decodeObject(payload)
}

// choose finds the key that a header names, and insists on its algorithm.
func choose(header []byte, keys KeySet, algs []Alg) (publicKey, error) {
	h, err := decodeObject(header)
	if err != nil {
		return publicKey{}, err
	}
	for _, name := range []string{"crit", "b64"} {
		if _, there := h[name]; there {
			return publicKey{}, fmt.Errorf("%w: header has %q", ErrMalformed, name)
		}
	}
	alg, _ := h.String("alg")
	if (alg != string(RS256) && alg != string(RS512)) || !slices.Contains(algs, Alg(alg)) {
		return publicKey{}, fmt.Errorf("%w: %q", ErrAlgorithm, short(alg))
	}
	kid, _ := h.String("kid")
	key, ok := keys.find(kid)
	if !ok {
		return publicKey{}, fmt.Errorf("%w: %q", ErrUnknownKey, short(kid))
	}
	if string(key.alg) != alg {
		return publicKey{}, fmt.Errorf("%w: %q is not the key's %s", ErrAlgorithm, short(alg), key.alg)
	}
	return key, nil
}

// split decodes the parts of a compact serialization, accepting only the one
// canonical spelling of each.
func split(s string, n int) ([][]byte, error) {
	if len(s) > MaxSize {
		return nil, fmt.Errorf("%w: %d characters", ErrMalformed, len(s))
	}
	if strings.Count(s, ".") != n-1 {
		return nil, fmt.Errorf("%w: not %d parts", ErrMalformed, n)
	}
	// encoding/base64 skips line breaks; nothing here may.
	if strings.ContainsAny(s, "\r\n") {
		return nil, fmt.Errorf("%w: line breaks", ErrMalformed)
	}
	parts := make([][]byte, 0, n)
	for part := range strings.SplitSeq(s, ".") {
		b, err := base64.RawURLEncoding.Strict().DecodeString(part)
		if err != nil {
			return nil, fmt.Errorf("%w: part %d: %w", ErrMalformed, len(parts)+1, err)
		}
		parts = append(parts, b)
	}
	return parts, nil
}

// PeekIssuer returns the iss claim of a token that nobody has verified: for
// choosing the keys to verify it with, and for nothing else.
func PeekIssuer(jwt string) (string, error) {
	parts, err := split(jwt, 3)
	if err != nil {
		return "", err
	}
	claims, err := decodeObject(parts[1])
	if err != nil {
		return "", err
	}
	iss, ok := claims.String("iss")
	if !ok {
		return "", fmt.Errorf("%w: claim iss is absent or not a string", ErrMalformed)
	}
	return iss, nil
}

func short(s string) string {
	if len(s) > 100 {
		return s[:100] + "..."
	}
	return s
}
