package srp

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"math/big"
	"strings"
	"testing"
	"time"
)

// stream is the deterministic randomness of the vectors.
func stream(tag string, n int) []byte {
	var out []byte
	for i := byte(0); len(out) < n; i++ {
		sum := sha256.Sum256(append([]byte(tag), i))
		out = append(out, sum[:]...)
	}
	return out[:n]
}

func sha(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func num(t *testing.T, s string) *big.Int {
	t.Helper()
	n, ok := new(big.Int).SetString(s, 16)
	if !ok {
		t.Fatalf("not hexadecimal: %s", s)
	}
	return n
}

const (
	pool     = "AbCdEfGhI"
	user1    = "3fa85f64-5717-4562-b3fc-2c963f66afa6"
	password = "P@ssw0rd!"
	stamp    = "Tue Nov 3 09:05:07 UTC 2026"
)

func TestConstants(t *testing.T) {
	g := NewGroup()
	if got := sha(g.n.Bytes()); got != "48cf8b092fbce4359d9871abf74f98e25b6163379eaa15cd9087e800c6d1c55c" {
		t.Errorf("sha256(N) = %s", got)
	}
	if got := g.k.Text(16); got != "538282c4354742d7cbbde2359fcf67f9f5b3a6b08791e5011b43b8a5b66d9ee6" {
		t.Errorf("k = %s", got)
	}
}

func TestPad(t *testing.T) {
	for in, want := range map[string]string{
		"0": "00", "1": "01", "7f": "7f", "80": "0080", "ff": "00ff", "100": "0100", "fff": "0fff", "8000": "008000",
		"68350a640cddd24cfff7274ea810312": "068350a640cddd24cfff7274ea810312", // 31 digits
	} {
		if got := hex.EncodeToString(pad(num(t, in))); got != want {
			t.Errorf("pad(%s) = %s, want %s", in, got, want)
		}
	}
	if got := new(big.Int).SetBytes(stream("s6", 16)).Text(16); got != "68350a640cddd24cfff7274ea810312" {
		t.Errorf("short salt = %s", got)
	}
}

func TestVectors(t *testing.T) {
	for _, v := range []struct {
		name, a, user             string
		digitsA                   int
		headA, shaA, headB, shaB  string
		x, u, key, shaS, claimB64 string
	}{
		{
			name: "vector 1", a: "a1", user: user1, digitsA: 768,
			headA: "d257f5ddbe66add2", shaA: "67b081a3232dcf5e9824758c0cee8c1c18e62a2ea6d8e6046bdada6fdc3560a5",
			headB: "15f62e5f713644fc", shaB: "58b3dde7c5af7a766fd896a07c0cf465ae5171d7c45a360d81d57c78f39024c3",
			x:        "e3bbe9a2a7983f7dfc6b300bcb5ac6416f279bf06966672248f129efd5c00d4f",
			u:        "2d619bb123e70a72440734a47a95387041c02dc61806a5c1bd233f5f40780b59",
			shaS:     "911d997c62359bdb48f0a12d1f40bcbf48dc556bfe456cecaae27f6318cde296",
			key:      "8af05e69c0a7baaf50915def93855e01",
			claimB64: "2BYanGbEKaI8C+unQVZwizxdh7a7QFlYFpiPOxWvkqs=",
		},
		{
			name: "vector 2, A with a zero high byte", a: "a24", user: "alice", digitsA: 766,
			u:        "a8e578ac946ac0ae39598359e5b00d8193ccf19d33a8257808e76268b392ca1a",
			key:      "097523845bb1a0670ea27cbf779a6c3e",
			claimB64: "6UqdasAkFfapqoABq3P2id9T/zUExImYmD9ICPMMgqg=",
		},
	} {
		t.Run(v.name, func(t *testing.T) {
			g := NewGroup()
			salt := stream("s1", 16)
			if FormatSalt(salt) != "aa54c8e424fb8595188865c5a4f84edc" {
				t.Fatalf("salt = %x", salt)
			}
			x := exponent(pool, v.user, password, new(big.Int).SetBytes(salt))
			if v.x != "" && x.Text(16) != v.x {
				t.Errorf("x = %s", x.Text(16))
			}
			c := g.clientOf(stream(v.a, 128))
			s, err := g.ResumeServer(g.Verifier(pool, v.user, password, salt), stream("b1", 128))
			if err != nil {
				t.Fatal(err)
			}
			if len(c.A()) != v.digitsA || !strings.HasPrefix(c.A(), v.headA) || v.shaA != "" && sha(pad(c.pub)) != v.shaA {
				t.Errorf("A = %s", c.A())
			}
			if v.shaB != "" && (len(s.B()) != 768 || !strings.HasPrefix(s.B(), v.headB) || sha(pad(s.pub)) != v.shaB) {
				t.Errorf("B = %s", s.B())
			}
			u, err := scramble(c.pub, s.pub)
			if err != nil || u.Text(16) != v.u {
				t.Errorf("u = %s, %v", u.Text(16), err)
			}
			if v.shaS != "" {
				z := new(big.Int).Exp(s.v, u, g.n)
				z.Exp(z.Mul(z, c.pub), s.b, g.n)
				if sha(pad(z)) != v.shaS {
					t.Errorf("S = %x", z)
				}
			}
			server, err := s.Key(c.A())
			if err != nil || hex.EncodeToString(server) != v.key {
				t.Errorf("server's key = %x, %v", server, err)
			}
			client, err := c.Key(pool, v.user, password, FormatSalt(salt), s.B())
			if err != nil || hex.EncodeToString(client) != v.key {
				t.Errorf("client's key = %x, %v", client, err)
			}
			claim := Claim(server, pool, v.user, []byte("secret-block-bytes"), stamp)
			if got := base64.StdEncoding.EncodeToString(claim); got != v.claimB64 {
				t.Errorf("claim = %s", got)
			}
			if !CheckClaim(claim, v.claimB64) {
				t.Error("CheckClaim refuses the right claim")
			}
		})
	}
}

// Random exchanges, with salts whose encoding is short or has its top bit set.
func TestExchange(t *testing.T) {
	g := NewGroup()
	for _, salt := range [][]byte{stream("s6", 16), append([]byte{0}, stream("z", 15)...), {0, 0, 0}, append([]byte{0x80}, stream("t", 15)...)} {
		c, err := g.NewClient(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		v := g.Verifier(pool, "ülrike", "pässword ", salt)
		s, err := g.NewServer(rand.Reader, v)
		if err != nil {
			t.Fatal(err)
		}
		again, err := g.ResumeServer(v, s.Secret())
		if err != nil || again.B() != s.B() {
			t.Fatalf("resumed server has another B: %v", err)
		}
		one, err1 := again.Key(strings.ToUpper(c.A()))
		two, err2 := c.Key(pool, "ülrike", "pässword ", FormatSalt(salt), s.B())
		if err1 != nil || err2 != nil || string(one) != string(two) || len(one) != KeySize {
			t.Errorf("salt %x: %x %x %v %v", salt, one, two, err1, err2)
		}
		for _, wrong := range [][3]string{{pool, "ülrike", "pässword"}, {pool, "ulrike", "pässword "}, {"Other", "ülrike", "pässword "}} {
			if k, err := c.Key(wrong[0], wrong[1], wrong[2], FormatSalt(salt), s.B()); err != nil || string(k) == string(one) {
				t.Errorf("%v agrees on the key, or fails: %v", wrong, err)
			}
		}
	}
}

func TestPowerTable(t *testing.T) {
	g := NewGroup()
	one := big.NewInt(1)
	for _, e := range []*big.Int{
		big.NewInt(0), one, big.NewInt(63), big.NewInt(64),
		new(big.Int).Sub(new(big.Int).Lsh(one, 256), one), new(big.Int).Lsh(one, 255), new(big.Int).Lsh(one, 256),
		new(big.Int).SetBytes(stream("e", 32)), new(big.Int).SetBytes(stream("f", 32)), new(big.Int).SetBytes(stream("long", 128)),
	} {
		if want := new(big.Int).Exp(g.g, e, g.n); g.power(e).Cmp(want) != 0 {
			t.Errorf("power(%x) is wrong", e)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	g := NewGroup()
	salt, v, err := g.NewVerifier(rand.Reader, pool, user1, password)
	if err != nil || len(salt) != SaltSize || len(v) != 384 {
		t.Fatal(len(salt), len(v), err)
	}
	padded := append([]byte{0}, v...) // as a device sends its verifier
	for _, c := range []struct {
		pool, user, password string
		salt, verifier       []byte
		want                 bool
	}{
		{pool, user1, password, salt, v, true},
		{pool, user1, password, salt, padded, true},
		{pool, user1, "P@ssw0rd", salt, v, false},
		{pool, user1, "", salt, v, false},
		{pool, "alice", password, salt, v, false},
		{"Other", user1, password, salt, v, false},
		{pool, user1, password, stream("s1", 16), v, false},
		{pool, user1, password, salt, nil, false},
		{pool, user1, password, salt, make([]byte, 384), false},
		{pool, user1, password, salt, append([]byte{1}, v...), false},
		{pool, user1, password, salt, make([]byte, 9999), false},
	} {
		if got := g.CheckPassword(c.pool, c.user, c.password, c.salt, c.verifier); got != c.want {
			t.Errorf("%s %s %q: %v", c.pool, c.user, c.password, got)
		}
	}
}

// A = 0 modulo N would let anyone in who knows a user name.
func TestPublicValuesRefused(t *testing.T) {
	g := NewGroup()
	s, err := g.NewServer(rand.Reader, g.Verifier(pool, user1, password, stream("s1", 16)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := g.NewClient(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	n := func(k int64) string { return new(big.Int).Mul(g.n, big.NewInt(k)).Text(16) }
	for name, bad := range map[string]string{
		"empty": "", "zero": "0", "zeros": strings.Repeat("0", 768), "N": n(1), "2N": n(2),
		"N+1":      new(big.Int).Add(g.n, big.NewInt(1)).Text(16),
		"oversize": strings.Repeat("0", 770) + "2", "huge": strings.Repeat("f", 1<<20),
		"sign": "-2", "plus": "+2", "prefix": "0x2", "underscore": "1_0", "space": " 2", "letters": "xyz", "unicode": "２",
	} {
		if _, err := s.Key(bad); !errors.Is(err, ErrPublic) {
			t.Errorf("server takes %s: %v", name, err)
		}
		if err := g.CheckPublic(bad); !errors.Is(err, ErrPublic) {
			t.Errorf("CheckPublic takes %s: %v", name, err)
		}
		if _, err := c.Key(pool, user1, password, "aa", bad); !errors.Is(err, ErrPublic) {
			t.Errorf("client takes %s: %v", name, err)
		}
	}
	for name, good := range map[string]string{"odd": "abc", "one": "1", "padded": "00" + c.A(), "N-1": new(big.Int).Sub(g.n, big.NewInt(1)).Text(16)} {
		if _, err := s.Key(good); err != nil {
			t.Errorf("server refuses %s: %v", name, err)
		}
	}
}

func TestServerStateRefused(t *testing.T) {
	g := NewGroup()
	v := g.Verifier(pool, user1, password, stream("s1", 16))
	for name, c := range map[string]struct{ v, b []byte }{
		"no verifier": {nil, []byte{1}}, "zero verifier": {make([]byte, 384), []byte{1}},
		"verifier N": {g.n.Bytes(), []byte{1}}, "long verifier": {make([]byte, 400), []byte{1}},
		"no secret": {v, nil}, "zero secret": {v, make([]byte, 32)}, "long secret": {v, make([]byte, 1000)},
	} {
		if _, err := g.ResumeServer(c.v, c.b); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := g.NewServer(strings.NewReader("short"), v); err == nil {
		t.Error("NewServer without randomness succeeded")
	}
	if _, _, err := g.NewVerifier(strings.NewReader("short"), pool, user1, password); err == nil {
		t.Error("NewVerifier without randomness succeeded")
	}
}

func TestCheckClaim(t *testing.T) {
	claim := Claim([]byte("k"), "p", "u", []byte("b"), "t")
	good := base64.StdEncoding.EncodeToString(claim)
	for _, bad := range []string{
		"", good[:43], good + "=", good[:42] + "!=", strings.Repeat("A", 1<<16),
		base64.StdEncoding.EncodeToString(claim[:31]), base64.StdEncoding.EncodeToString(make([]byte, 32)),
	} {
		if CheckClaim(claim, bad) {
			t.Errorf("accepts %.60q", bad)
		}
	}
	if CheckClaim(nil, "") {
		t.Error("accepts nothing for nothing")
	}
}

func TestTimestamp(t *testing.T) {
	want := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	if got := FormatTimestamp(want.In(time.FixedZone("", 3600))); got != stamp {
		t.Errorf("FormatTimestamp = %q", got)
	}
	for _, good := range []string{stamp, "Tue Nov 03 09:05:07 UTC 2026"} {
		if got, err := ParseTimestamp(good); err != nil || !got.Equal(want) {
			t.Errorf("%q: %v, %v", good, got, err)
		}
	}
	for _, bad := range []string{
		"", "Tue Nov  3 09:05:07 UTC 2026", "Mon Nov 3 09:05:07 UTC 2026", "tue nov 3 09:05:07 UTC 2026",
		"Tue Nov 3 9:05:07 UTC 2026", "Tue Nov 3 09:05:07.5 UTC 2026", "Tue Nov 3 09:05:07 GMT 2026", "Tue Nov 31 09:05:07 UTC 2026",
		"Tue Nov 3 09:05:07 UTC 26", stamp + " ", "2026-11-03T09:05:07Z", "Di Nov 3 09:05:07 UTC 2026",
	} {
		if got, err := ParseTimestamp(bad); err == nil {
			t.Errorf("%q is accepted as %v", bad, got)
		}
	}
}

func TestSecretHash(t *testing.T) {
	const want = "vhEjo52Bm7cAMJltC1hAe95vPC2pxMMb0ENTXwhw6nE="
	if got := SecretHash("topsecret", "alice", "6jk8ltokc7ac9es6jrtg9q572f"); got != want {
		t.Errorf("SecretHash = %s", got)
	}
	if !CheckSecretHash(want, "topsecret", "alice", "6jk8ltokc7ac9es6jrtg9q572f") {
		t.Error("the right hash is refused")
	}
	for _, bad := range [][3]string{{"topsecre", "alice", "6jk8ltokc7ac9es6jrtg9q572f"}, {"topsecret", "bob", "6jk8ltokc7ac9es6jrtg9q572f"}, {"topsecret", "alice", "x"}} {
		if CheckSecretHash(want, bad[0], bad[1], bad[2]) {
			t.Errorf("accepts the hash for %v", bad)
		}
	}
}

func TestFakeUser(t *testing.T) {
	g := NewGroup()
	key := stream("fake", 32)
	one := g.FakeUser(key, "us-east-1_AbC", "nobody")
	two := NewGroup().FakeUser(key, "us-east-1_AbC", "nobody")
	if one.UserID != two.UserID || string(one.Salt) != string(two.Salt) || string(one.Verifier) != string(two.Verifier) {
		t.Error("two answers for one name")
	}
	if len(one.Salt) != SaltSize || len(one.Verifier) != 384 || len(one.UserID) != 36 || one.UserID[14] != '4' {
		t.Errorf("shape: %+v", one)
	}
	for _, other := range []Fake{
		g.FakeUser(key, "us-east-1_AbC", "nobodx"), g.FakeUser(key, "us-east-1_AbCn", "obody"),
		g.FakeUser(stream("other", 32), "us-east-1_AbC", "nobody"),
	} {
		if other.UserID == one.UserID || string(other.Salt) == string(one.Salt) || string(other.Verifier) == string(one.Verifier) {
			t.Error("two names share a stand-in")
		}
	}
	s1, err1 := g.NewServer(rand.Reader, one.Verifier)
	s2, err2 := g.NewServer(rand.Reader, one.Verifier)
	if err1 != nil || err2 != nil || s1.B() == s2.B() {
		t.Errorf("B is not fresh: %v %v", err1, err2)
	}
}

func FuzzPublic(f *testing.F) {
	g := NewGroup()
	for _, s := range []string{"", "0", "1", "abc", prime, prime[:767] + "e", "00" + prime} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := g.parsePublic(s)
		if err != nil {
			return
		}
		want, ok := new(big.Int).SetString(s, 16)
		if !ok || want.Cmp(n) != 0 || n.Sign() <= 0 || n.Cmp(g.n) >= 0 {
			t.Errorf("%q parsed as %x", s, n)
		}
	})
}

func FuzzTimestamp(f *testing.F) {
	f.Add(stamp)
	f.Add("Tue Nov 03 09:05:07 UTC 2026")
	f.Fuzz(func(t *testing.T, s string) {
		at, err := ParseTimestamp(s)
		if err == nil && FormatTimestamp(at) != s && len(FormatTimestamp(at)) != len(s)-1 {
			t.Errorf("%q parsed as %v", s, at)
		}
	})
}
