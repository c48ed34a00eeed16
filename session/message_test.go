package session_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/session"
)

func TestMessage(t *testing.T) {
	r := ring(t, 1, 2)
	for _, plain := range []string{"", "{}", strings.Repeat(`{"allowed":false}`, 1000)} {
		m, err := r.SealMessage("111122223333", []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		if len(m) > session.MaxMessage || strings.Trim(m, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			t.Errorf("a message of %d characters: %.40s", len(m), m)
		}
		if got, err := r.OpenMessage("111122223333", m); err != nil || string(got) != plain {
			t.Errorf("%.20q came back as %.20q, %v", plain, got, err)
		}
	}
	a, _ := r.SealMessage("1", []byte("x"))
	b, _ := r.SealMessage("1", []byte("x"))
	if a == b {
		t.Error("two messages are the same: a nonce was used twice")
	}
}

// TestMessageIsOurs changes every byte of a message, its length, its alphabet, and
// who asks.
func TestMessageIsOurs(t *testing.T) {
	r := ring(t, 1)
	const account = "111122223333"
	m, err := r.SealMessage(account, []byte(`{"allowed":false,"explicitDeny":true}`))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := base64.RawURLEncoding.DecodeString(m)
	if err != nil {
		t.Fatal(err)
	}
	c, err := r.Mint(sample())
	if err != nil {
		t.Fatal(err)
	}
	wrong := map[string]string{
		"empty": "", "padded": m + "=", "a line break": m[:10] + "\n" + m[10:], "a line break at the end": m + "\r\n", "a blank": " " + m,
		"standard base64": strings.NewReplacer("-", "+", "_", "/").Replace(m) + "+", "longer": m + "A", "shorter": m[:len(m)-1],
		"only its head": base64.RawURLEncoding.EncodeToString(raw[:2]), "no text": base64.RawURLEncoding.EncodeToString(raw[:14]),
		"too long": m + strings.Repeat("A", session.MaxMessage), "a session token": c.SessionToken,
		"a session token, respelt": strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(c.SessionToken), "="),
	}
	for i := range raw { // version, key, nonce, text and tag
		for _, bit := range []byte{1, 0x80} {
			changed := bytes.Clone(raw)
			changed[i] ^= bit
			wrong[fmt.Sprintf("byte %d, bit %x", i, bit)] = base64.RawURLEncoding.EncodeToString(changed)
		}
	}
	for name, x := range wrong {
		if got, err := r.OpenMessage(account, x); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("%s: opened as %q, %v", name, got, err)
		}
	}
	if last := m[len(m)-1]; len(raw)%3 != 0 { // the unused bits of the last character
		if got, err := r.OpenMessage(account, m[:len(m)-1]+string(last+1)); err == nil {
			t.Errorf("another spelling opened as %q", got)
		}
	}
	for name, other := range map[string]string{"another account": "444455556666", "no account": "", "longer": account + "\x00"} {
		if got, err := r.OpenMessage(other, m); !errors.Is(err, session.ErrInvalid) {
			t.Errorf("%s: opened as %q, %v", name, got, err)
		}
	}
	if got, err := ring(t, 1).OpenMessage(account, m); !errors.Is(err, session.ErrInvalid) {
		t.Errorf("another server: opened as %q, %v", got, err)
	}
}

func TestMessageIsBounded(t *testing.T) {
	r := ring(t, 1)
	noise := make([]byte, 7680-30-5)
	if _, err := rand.Read(noise); err != nil {
		t.Fatal(err)
	}
	if m, err := r.SealMessage("1", noise[:7600]); err != nil || len(m) > session.MaxMessage {
		t.Errorf("a text that just fits: %d characters, %v", len(m), err)
	}
	for name, plain := range map[string][]byte{"noise": append(noise, noise...), "one that packs well": make([]byte, 64<<10+1)} {
		if m, err := r.SealMessage("1", plain); !errors.Is(err, session.ErrTooLong) {
			t.Errorf("%s: %d characters, %v", name, len(m), err)
		}
	}
}

func TestMessageOfAnOlderKey(t *testing.T) {
	k1, _ := session.NewKey(1, rand.Reader)
	k2, _ := session.NewKey(2, rand.Reader)
	old, err := session.NewRing(rand.Reader, k1)
	if err != nil {
		t.Fatal(err)
	}
	m, err := old.SealMessage("1", []byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	both, err := session.NewRing(rand.Reader, k1, k2)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := both.OpenMessage("1", m); err != nil || string(got) != "x" {
		t.Errorf("%q, %v", got, err)
	}
}
