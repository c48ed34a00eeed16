package srp

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/big"
)

// Client is the client's half of one exchange, for tests, the demo and the
// command line.
type Client struct {
	group *Group
	a     *big.Int
	pub   *big.Int // A
}

// NewClient begins an exchange with a fresh a of 256 bits.
func (g *Group) NewClient(rand io.Reader) (*Client, error) {
	secret := make([]byte, secretSize)
	if _, err := io.ReadFull(rand, secret); err != nil {
		return nil, fmt.Errorf("reading random SRP secret: %w", err)
	}
	return g.clientOf(secret), nil
}

func (g *Group) clientOf(secret []byte) *Client {
	a := new(big.Int).SetBytes(secret)
	return &Client{group: g, a: a, pub: g.power(a)}
}

// A is the client's public value as SRP_A carries it: lower-case hex.
func (c *Client) A() string { return c.pub.Text(16) }

// Key computes the shared key from the server's SALT and SRP_B.
func (c *Client) Key(poolName, username, password, saltHex, srpB string) ([]byte, error) {
	g := c.group
	b, err := g.parsePublic(srpB)
	if err != nil {
		return nil, err
	}
	salt, err := ParseSalt(saltHex)
	if err != nil {
		return nil, err
	}
	u, err := scramble(c.pub, b)
	if err != nil {
		return nil, err
	}
	x := exponent(poolName, username, password, new(big.Int).SetBytes(salt))
	base := g.mul(g.k, g.power(x))
	base.Sub(b, base)
	base.Mod(base, g.n) // Euclidean: never negative
	e := new(big.Int).Mul(u, x)
	e.Add(e, c.a)
	return derive(base.Exp(base, e, g.n), u)
}

// FormatSalt writes a salt as the parameter SALT carries it.
func FormatSalt(salt []byte) string { return hex.EncodeToString(salt) }

// ParseSalt reads the parameter SALT: at most 64 bytes in hex, whose leading
// zeros may be missing.
func ParseSalt(s string) ([]byte, error) {
	if len(s)%2 == 1 {
		s = "0" + s
	}
	b, err := hex.DecodeString(s)
	if err != nil || len(b) == 0 || len(b) > 64 {
		return nil, errors.New("srp: salt is not 1 to 64 bytes in hexadecimal")
	}
	return b, nil
}
