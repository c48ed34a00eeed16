package sigv4

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"
)

// errOrder is a mistake of the calling code, and fails closed.
var errOrder = errors.New("sigv4: Verify called before CheckTime and CheckScope succeeded")

// Verify checks the signature of r, whose whole body is body, under key. A
// declared payload hash must be the hash of body; UNSIGNED-PAYLOAD and
// STREAMING-* are refused.
func (s *Signature) Verify(r *http.Request, key SigningKey, body []byte) error {
	sum := sha256.Sum256(body)
	var digits [64]byte
	hex.Encode(digits[:], sum[:])
	if s.PayloadHash != "" && s.PayloadHash != string(digits[:]) {
		if declared(s.PayloadHash) {
			return &Error{
				Kind: Payload, Message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
				Got: s.PayloadHash, Want: string(digits[:]),
			}
		}
		return fail(PayloadForm, "The payload must be signed: 'x-amz-content-sha256' must be the SHA-256 of the body, not '%s'.",
			shorten(s.PayloadHash))
	}
	return s.verify(r, &key, digits[:])
}

// VerifyDeclared checks the signature of r without seeing the body: for
// bodies that are streamed. The declared payload hash must be a SHA-256, or
// one of also (UNSIGNED-PAYLOAD, STREAMING-...), compared exactly. The caller
// then owes the check of the body against s.PayloadHash.
func (s *Signature) VerifyDeclared(r *http.Request, key SigningKey, also ...string) error {
	ok := declared(s.PayloadHash)
	for _, form := range also {
		ok = ok || form != "" && s.PayloadHash == form
	}
	if !ok {
		return fail(PayloadForm, "x-amz-content-sha256 must be %s.",
			strings.Join(append(slices.Clone(also), "a valid sha256 value"), ", or "))
	}
	return s.verify(r, &key, []byte(s.PayloadHash))
}

// maxShown bounds the canonical request that an Error carries, in bytes. Errors
// may be kept for a while, and whoever cannot sign still chooses the headers.
const maxShown = 8 << 10

// declared is true for a SHA-256 in lower-case hex.
func declared(hash string) bool {
	if len(hash) != 64 {
		return false
	}
	for i := range len(hash) {
		if c := hash[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

func (s *Signature) verify(r *http.Request, key *SigningKey, payload []byte) error {
	if !s.timeOK || !s.scopeOK {
		return errOrder
	}
	// Headers were checked by Parse; checking again is cheap and keeps a
	// caller from verifying another request than the one that was parsed.
	if err := s.checkSigned(r.Header); err != nil {
		return err
	}
	var canonicalStack [4096]byte
	canonical, err := appendCanonical(canonicalStack[:0], r, s, payload)
	if err != nil {
		return err
	}
	var stringStack [256]byte
	toSign := appendStringToSign(stringStack[:0], s, canonical)
	sum := key.sign(toSign)
	var want [64]byte
	hex.Encode(want[:], sum[:])
	if subtle.ConstantTimeCompare(want[:], []byte(s.Signature)) != 1 {
		e := &Error{Kind: Mismatch, Message: mismatch}
		if len(canonical) <= maxShown {
			e.CanonicalRequest, e.StringToSign = string(canonical), string(toSign)
		}
		return e
	}
	s.verified = true
	return nil
}
