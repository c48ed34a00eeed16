package token

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"testing"
)

var benchClaims = Claims{
	"sub": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "iss": "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_AbCdEfGhI",
	"client_id": "6jk8ltokc7ac9es6jrtg9q572f", "token_use": "access", "scope": "aws.cognito.signin.user.admin",
	"auth_time": 1700000000, "iat": 1700000000, "exp": 1700003600, "jti": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
	"username": "alice", "cognito:groups": []string{"admin", "staff"},
}

func BenchmarkSign(b *testing.B) {
	k := shared()[0]
	for b.Loop() {
		if _, err := k.Sign(benchClaims); err != nil {
			b.Fatal(err)
		}
	}
}

// The floor of BenchmarkSign.
func BenchmarkBareRSASign(b *testing.B) {
	k := shared()[0]
	sum := sha256.Sum256([]byte("x"))
	for b.Loop() {
		if _, err := rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, sum[:]); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	k := shared()[0]
	keys := NewKeySet(k)
	jwt := must(k.Sign(benchClaims))
	for b.Loop() {
		if _, err := Verify(jwt, keys); err != nil {
			b.Fatal(err)
		}
	}
}

// The floor of BenchmarkVerify.
func BenchmarkBareRSAVerify(b *testing.B) {
	k := shared()[0]
	sum := sha256.Sum256([]byte("x"))
	sig := must(rsa.SignPKCS1v15(nil, k.private, crypto.SHA256, sum[:]))
	for b.Loop() {
		if err := rsa.VerifyPKCS1v15(&k.private.PublicKey, crypto.SHA256, sum[:], sig); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	k := shared()[0]
	for b.Loop() {
		must(Seal(k, []byte("payload")))
	}
}

func BenchmarkOpen(b *testing.B) {
	k := shared()[0]
	s := must(Seal(k, []byte("payload")))
	for b.Loop() {
		must(Open(k, s))
	}
}
