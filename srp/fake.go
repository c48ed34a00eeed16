package srp

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
)

// Fake is the stand-in for a user who does not exist, so that asking for one
// tells nothing (RFC 5054 section 2.5.1.3; PreventUserExistenceErrors).
type Fake struct {
	UserID   string // UUID, for USER_ID_FOR_SRP and USERNAME
	Salt     []byte // 16 bytes
	Verifier []byte // 384 bytes; no password is known for it
}

// FakeUser derives the stand-in for a name in a pool: the same on every call
// and every node that shares key, another for every name and pool. Run
// NewServer and Key with it as for a real user, so that time tells nothing
// either. The key is a secret of the server, 32 random bytes.
func (g *Group) FakeUser(key []byte, poolID, username string) Fake {
	id := fakeBlock(key, "user id", poolID, username, 0)
	id[6] = id[6]&0x0f | 0x40 // version 4
	id[8] = id[8]&0x3f | 0x80 // variant of RFC 9562
	var v []byte
	for i := uint32(0); len(v) < primeBytes; i++ {
		v = append(v, fakeBlock(key, "verifier", poolID, username, i)...)
	}
	n := new(big.Int).SetBytes(v)
	n.Mod(n, new(big.Int).Sub(g.n, big.NewInt(1)))
	n.Add(n, big.NewInt(1)) // 1 to N-1
	return Fake{
		UserID:   fmt.Sprintf("%x-%x-%x-%x-%x", id[0:4], id[4:6], id[6:8], id[8:10], id[10:16]),
		Salt:     fakeBlock(key, "salt", poolID, username, 0)[:SaltSize],
		Verifier: n.FillBytes(make([]byte, primeBytes)),
	}
}

// fakeBlock is an HMAC over its parts, each with its length in front: without
// the lengths, pool "a" with user "bc" would share a salt with "ab" and "c".
func fakeBlock(key []byte, use, poolID, username string, i uint32) []byte {
	h := hmac.New(sha256.New, key)
	for _, part := range []string{use, poolID, username} {
		_ = binary.Write(h, binary.BigEndian, uint64(len(part)))
		_, _ = io.WriteString(h, part)
	}
	_ = binary.Write(h, binary.BigEndian, i)
	return h.Sum(nil)
}
