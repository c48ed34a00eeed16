package sigv4

import (
	"strings"
	"testing"
)

func TestKeyCache(t *testing.T) {
	c := NewKeyCache(32)
	for i := range 1000 {
		s := &Signature{AccessKeyID: "AKID" + itoa(i%300), Date: "20261103", Region: "us-east-1", Service: "sts"}
		secret := "secret" + itoa(i%300)
		if got := c.Key(s, secret); got != DeriveKey(secret, s.Date, s.Region, s.Service) {
			t.Fatalf("wrong key for %s", s.AccessKeyID)
		}
	}
	total := 0
	for i := range c.shards {
		total += len(c.shards[i].keys)
	}
	if total == 0 || total > 32 {
		t.Errorf("%d keys in a cache of 32", total)
	}
	s := &Signature{AccessKeyID: "AKID", Date: "20261103", Region: "us-east-1", Service: "sts"}
	old, fresh := c.Key(s, "old"), c.Key(s, "new")
	if old == fresh || fresh != DeriveKey("new", s.Date, s.Region, s.Service) {
		t.Error("the cache answers a changed secret with the old key")
	}
	done := make(chan struct{})
	for range 4 {
		go func() {
			defer func() { done <- struct{}{} }()
			for i := range 500 {
				c.Key(&Signature{AccessKeyID: "K" + itoa(i%50), Date: "20261103", Region: "r", Service: "s"}, "x")
			}
		}()
	}
	for range 4 {
		<-done
	}
}

// The package's HMAC against the standard library's.
func TestSigningKeySign(t *testing.T) {
	k := DeriveKey("a", "b", "c", "d")
	for _, n := range []int{0, 1, 55, 64, 200, 447, 448, 449, 5000} {
		msg := strings.Repeat("m", n)
		if got := k.sign([]byte(msg)); string(got[:]) != string(mac(k[:], msg)) {
			t.Errorf("%d bytes: wrong HMAC", n)
		}
	}
}
