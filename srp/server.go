package srp

import (
	"errors"
	"fmt"
	"io"
	"math/big"
)

// secretSize is the size of b: 256 bits, as RFC 5054 section 3.2 asks for.
const secretSize = 32

// maxSecret bounds a resumed b.
const maxSecret = 128

// Server is the server's half of one exchange.
type Server struct {
	group *Group
	v, b  *big.Int
	pub   *big.Int // B
}

// NewServer begins an exchange for a stored verifier with a fresh b.
func (g *Group) NewServer(rand io.Reader, verifier []byte) (*Server, error) {
	secret := make([]byte, secretSize)
	for {
		if _, err := io.ReadFull(rand, secret); err != nil {
			return nil, fmt.Errorf("reading random SRP secret: %w", err)
		}
		s, err := g.ResumeServer(verifier, secret)
		if !errors.Is(err, errSecret) {
			return s, err
		}
	}
}

// errSecret: b is 0, or B would be 0 modulo N. Never seen; drawn again.
var errSecret = errors.New("srp: unusable server secret")

// ResumeServer continues an exchange from its Secret, perhaps on another
// node. The verifier must be the one that the exchange began with.
func (g *Group) ResumeServer(verifier, secret []byte) (*Server, error) {
	v := new(big.Int).SetBytes(verifier)
	if len(verifier) > primeBytes+1 || v.Sign() == 0 || v.Cmp(g.n) >= 0 {
		return nil, errors.New("srp: stored verifier is not a number from 1 to N-1")
	}
	b := new(big.Int).SetBytes(secret)
	if len(secret) > maxSecret || b.Sign() == 0 {
		return nil, errSecret
	}
	pub := new(big.Int).Mul(g.k, v)
	pub.Add(pub, g.power(b))
	pub.Mod(pub, g.n)
	if pub.Sign() == 0 {
		return nil, errSecret
	}
	return &Server{group: g, v: v, b: b, pub: pub}, nil
}

// Secret is b, from which ResumeServer restores the exchange. Whoever has it
// and the verifier can impersonate the user in this exchange: seal it.
func (s *Server) Secret() []byte { return s.b.Bytes() }

// B is the server's public value as SRP_B carries it: lower-case hex.
func (s *Server) B() string { return s.pub.Text(16) }

// Key computes the shared key from SRP_A. ErrPublic: A is malformed, or one
// of the values that would give everyone the same key.
func (s *Server) Key(srpA string) ([]byte, error) {
	g := s.group
	a, err := g.parsePublic(srpA)
	if err != nil {
		return nil, err
	}
	u, err := scramble(a, s.pub)
	if err != nil {
		return nil, err
	}
	z := new(big.Int).Exp(s.v, u, g.n)
	z.Mul(z, a)
	z.Mod(z, g.n)
	z.Exp(z, s.b, g.n)
	return derive(z, u)
}

// CheckPublic tells whether SRP_A is acceptable, for the first step, in which
// no key is needed yet. The error is ErrPublic.
func (g *Group) CheckPublic(srpA string) error {
	_, err := g.parsePublic(srpA)
	return err
}
