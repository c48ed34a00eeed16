package srp

import (
	"crypto/rand"
	"math/big"
	"testing"
)

func BenchmarkPowerTable(b *testing.B) {
	g := NewGroup()
	x := new(big.Int).SetBytes(stream("x", 32))
	g.power(x)
	for b.Loop() {
		g.power(x)
	}
}

// The peer of BenchmarkPowerTable: what math/big does alone.
func BenchmarkPowerPlain(b *testing.B) {
	g := NewGroup()
	x := new(big.Int).SetBytes(stream("x", 32))
	for b.Loop() {
		new(big.Int).Exp(g.g, x, g.n)
	}
}

func BenchmarkTable(b *testing.B) {
	for b.Loop() {
		NewGroup().fill()
	}
}

func BenchmarkCheckPassword(b *testing.B) {
	g := NewGroup()
	salt, v, err := g.NewVerifier(rand.Reader, pool, user1, password)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		g.CheckPassword(pool, user1, password, salt, v)
	}
}

func BenchmarkServerStart(b *testing.B) {
	g := NewGroup()
	v := g.Verifier(pool, user1, password, stream("s1", 16))
	for b.Loop() {
		if _, err := g.NewServer(rand.Reader, v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkServerKey(b *testing.B) {
	g := NewGroup()
	v := g.Verifier(pool, user1, password, stream("s1", 16))
	c, err := g.NewClient(rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	s, err := g.NewServer(rand.Reader, v)
	if err != nil {
		b.Fatal(err)
	}
	a := c.A()
	for b.Loop() {
		if _, err := s.Key(a); err != nil {
			b.Fatal(err)
		}
	}
}
