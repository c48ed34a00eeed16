package srp

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"math/big"
)

// SaltSize is the size of a salt in bytes.
const SaltSize = 16

// NewVerifier makes what a server stores in place of a password: a fresh salt
// of 16 bytes and v = g^x mod N, 384 bytes. The username is the internal one,
// which USER_ID_FOR_SRP will carry, not an alias.
func (g *Group) NewVerifier(rand io.Reader, poolName, username, password string) (salt, verifier []byte, err error) {
	salt = make([]byte, SaltSize)
	if _, err := io.ReadFull(rand, salt); err != nil {
		return nil, nil, fmt.Errorf("reading random salt: %w", err)
	}
	return salt, g.Verifier(poolName, username, password, salt), nil
}

// Verifier computes v for a given salt, 384 bytes big-endian.
func (g *Group) Verifier(poolName, username, password string, salt []byte) []byte {
	v := g.power(exponent(poolName, username, password, new(big.Int).SetBytes(salt)))
	return v.FillBytes(make([]byte, primeBytes))
}

// CheckPassword tells whether password is the one of salt and verifier, for
// the flows in which the password itself is sent. About 0.15 ms.
func (g *Group) CheckPassword(poolName, username, password string, salt, verifier []byte) bool {
	if len(verifier) == 0 || len(verifier) > primeBytes+1 {
		return false
	}
	want := new(big.Int).SetBytes(verifier)
	if want.Sign() == 0 || want.Cmp(g.n) >= 0 {
		return false
	}
	got := g.Verifier(poolName, username, password, salt)
	return subtle.ConstantTimeCompare(got, want.FillBytes(make([]byte, primeBytes))) == 1
}

// exponent is x = H(pad(salt) || H(pool || user || ":" || password)). Nothing
// stands between pool and user: that is how the clients hash.
func exponent(poolName, username, password string, salt *big.Int) *big.Int {
	inner := sha256.New()
	_, _ = io.WriteString(inner, poolName)
	_, _ = io.WriteString(inner, username)
	_, _ = io.WriteString(inner, ":")
	_, _ = io.WriteString(inner, password)
	outer := sha256.New()
	outer.Write(pad(salt))
	outer.Write(inner.Sum(nil))
	return new(big.Int).SetBytes(outer.Sum(nil))
}
