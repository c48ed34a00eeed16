package totp_test

import (
	"bytes"
	"encoding/base32"
	"errors"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/bailiwick-project/bailiwick/totp"
)

// rfc is the secret of RFC 6238 appendix B for SHA-1.
var rfc = base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))

// TestVectors are those of RFC 6238 appendix B, whose eight digits end in ours.
func TestVectors(t *testing.T) {
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471", 1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		when := time.Unix(at, 0)
		if got, err := totp.Code(rfc, when); got != want || err != nil {
			t.Errorf("%d: %s %v, want %s", at, got, err, want)
		}
		if step, ok, err := totp.Check(rfc, want, when); !ok || step != at/30 || err != nil {
			t.Errorf("%d: step %d %t %v", at, step, ok, err)
		}
	}
}

func TestSkew(t *testing.T) {
	now := time.Unix(1111111111, 0)
	for off, right := range map[time.Duration]bool{-2: false, -1: true, 0: true, 1: true, 2: false} {
		code, err := totp.Code(rfc, now.Add(off*totp.Period))
		if err != nil {
			t.Fatal(err)
		}
		step, ok, err := totp.Check(rfc, code, now)
		if ok != right || err != nil || ok && step != now.Unix()/30+int64(off) {
			t.Errorf("%d steps off: step %d %t %v", off, step, ok, err)
		}
	}
}

func TestNoCode(t *testing.T) {
	now := time.Unix(1111111111, 0)
	for _, code := range []string{"", " 050471", "050471 ", "50471", "0504710", "050471\n", "O50471", "\u0660\u0665\u0660\u0664\u0667\u0661", strings.Repeat("0", 1<<16)} {
		if _, ok, err := totp.Check(rfc, code, now); ok || err != nil {
			t.Errorf("%.16q: %t %v", code, ok, err)
		}
	}
	if _, ok, err := totp.Check(rfc, "", time.Unix(-100, 0)); ok || err != nil {
		t.Errorf("before 1970 nothing is right: %t %v", ok, err)
	}
}

func TestBadSecret(t *testing.T) {
	for _, secret := range []string{"", "1", "A", strings.ToLower(rfc), rfc + "=", " " + rfc, strings.Repeat("A", 264)} {
		if _, ok, err := totp.Check(secret, "000000", time.Unix(0, 0)); ok || !errors.Is(err, totp.ErrSecret) {
			t.Errorf("%q: %t %v", secret, ok, err)
		}
		if code, err := totp.Code(secret, time.Unix(0, 0)); code != "" || !errors.Is(err, totp.ErrSecret) {
			t.Errorf("%q: %q %v", secret, code, err)
		}
	}
}

func TestNewSecret(t *testing.T) {
	raw := bytes.Repeat([]byte{0xab, 0x01}, 16)
	secret, err := totp.NewSecret(bytes.NewReader(raw))
	if err != nil || len(secret) != 52 {
		t.Fatal(secret, err)
	}
	if got, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(secret); !bytes.Equal(got, raw) || err != nil {
		t.Errorf("%x %v", got, err)
	}
	if _, err := totp.Code(secret, time.Unix(0, 0)); err != nil {
		t.Error(err)
	}
	for _, rand := range []*bytes.Reader{bytes.NewReader(nil), bytes.NewReader(raw[:31])} {
		if secret, err := totp.NewSecret(rand); secret != "" || err == nil {
			t.Errorf("a secret of too little randomness: %q", secret)
		}
	}
	if _, err := totp.NewSecret(iotest.OneByteReader(bytes.NewReader(raw))); err != nil {
		t.Error("a reader may answer in pieces:", err)
	}
}
