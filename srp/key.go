package srp

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
)

// KeySize is the size of the shared key in bytes.
const KeySize = 16

// ErrPublic is returned for a public value (A or B) that is not a hexadecimal
// number from 1 to N-1. Zero modulo N would make S zero for everyone: logging
// in without a password.
var ErrPublic = errors.New("srp: public value is not a hexadecimal number from 1 to N-1")

// errScramble: u = 0 takes the password out of the exchange. It is as likely
// as guessing a 256-bit hash, and RFC 5054 wants it checked.
var errScramble = errors.New("srp: scrambling parameter is zero")

// parsePublic reads A or B. Clients send no leading zeros; some send the two
// digits that pad puts in front.
func (g *Group) parsePublic(s string) (*big.Int, error) {
	if s == "" || len(s) > 2*primeBytes+2 {
		return nil, ErrPublic
	}
	if len(s)%2 == 1 {
		s = "0" + s
	}
	b, err := hex.DecodeString(s) // refuses signs, underscores, prefixes
	if err != nil {
		return nil, ErrPublic
	}
	n := new(big.Int).SetBytes(b)
	if n.Sign() == 0 || n.Cmp(g.n) >= 0 {
		return nil, ErrPublic
	}
	return n, nil
}

// scramble is u = H(pad(A) || pad(B)).
func scramble(a, b *big.Int) (*big.Int, error) {
	h := sha256.New()
	h.Write(pad(a))
	h.Write(pad(b))
	u := new(big.Int).SetBytes(h.Sum(nil))
	if u.Sign() == 0 {
		return nil, errScramble
	}
	return u, nil
}

// derive is HKDF-SHA256 over S with u as salt, 16 bytes.
func derive(s, u *big.Int) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, pad(s), pad(u), "Caldera Derived Key", KeySize)
	if err != nil {
		return nil, fmt.Errorf("deriving the SRP key: %w", err)
	}
	return key, nil
}
