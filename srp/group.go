package srp

import (
	"crypto/sha256"
	"math/big"
	"sync"
)

// prime is the 3072-bit MODP group 15 of RFC 3526; the generator is 2.
const prime = "" +
	"FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA63B139B22514A08798E3404DD" +
	"EF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED" +
	"EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F" +
	"83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B" +
	"E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF6955817183995497CEA956AE515D2261898FA0510" +
	"15728E5A8AAAC42DAD33170D04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7" +
	"ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D87602733EC86A64521F2B18177B200C" +
	"BBE117577A615D6C770988C0BAD946E208E24FA074E5AB3143DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF"

const (
	primeBytes = 384
	generator  = 2

	// The table serves exponents of up to 256 bits, six bits a step:
	// 43 rows of 64 powers, about 1 MB, built in some 10 ms on first use.
	window    = 6
	tableBits = 256
	rows      = (tableBits + window - 1) / window
)

// Group holds N, g, k and a table of powers of g. Safe for concurrent use.
type Group struct {
	n, g, k *big.Int

	once  sync.Once
	table [rows][1 << window]*big.Int // table[i][d] = g^(d << (window*i)) mod N
}

// NewGroup returns the group of every Cognito user pool. Make one and share it.
func NewGroup() *Group {
	n, ok := new(big.Int).SetString(prime, 16)
	if !ok {
		panic("srp: the constant prime is not hexadecimal")
	}
	g := big.NewInt(generator)
	h := sha256.New()
	h.Write(pad(n))
	h.Write(pad(g)) // one byte, not padded to the length of N as in RFC 5054
	return &Group{n: n, g: g, k: new(big.Int).SetBytes(h.Sum(nil))}
}

// power is g^e mod N. With the table it is 42 multiplications instead of the
// 256 squarings of square-and-multiply.
func (g *Group) power(e *big.Int) *big.Int {
	if e.BitLen() > tableBits {
		return new(big.Int).Exp(g.g, e, g.n)
	}
	g.once.Do(g.fill)
	var product, quotient big.Int // reused: fresh ones would be most of the garbage
	z := big.NewInt(1)
	for i := range rows {
		if d := digit(e, i); d != 0 {
			product.Mul(z, g.table[i][d])
			quotient.QuoRem(&product, g.n, z)
		}
	}
	return z
}

// digit is the i-th group of window bits of e.
func digit(e *big.Int, i int) int {
	d := 0
	for j := range window {
		d |= int(e.Bit(i*window+j)) << j
	}
	return d
}

func (g *Group) fill() {
	base := g.g
	for i := range g.table {
		row := &g.table[i]
		row[0] = big.NewInt(1)
		for d := 1; d < len(row); d++ {
			row[d] = g.mul(row[d-1], base)
		}
		base = g.mul(row[len(row)-1], base)
	}
}

func (g *Group) mul(x, y *big.Int) *big.Int {
	z := new(big.Int).Mul(x, y)
	return z.Mod(z, g.n)
}

// pad is the encoding in which integers are hashed: java.math.BigInteger's
// toByteArray for values >= 0. Minimal big-endian, a zero byte in front when
// the top bit is set, one zero byte for 0.
func pad(n *big.Int) []byte {
	b := make([]byte, n.BitLen()/8+1)
	return n.FillBytes(b)
}
