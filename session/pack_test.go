package session

import (
	"bytes"
	"compress/flate"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
)

func TestPack(t *testing.T) {
	for _, plain := range []string{"", "x", `{"account":"000000000000"}`, string(bytes.Repeat([]byte("policy"), 1000))} {
		packed, err := pack([]byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := unpack(packed); err != nil || string(got) != plain {
			t.Errorf("%.20q came back as %.20q, %v", plain, got, err)
		}
	}
}

func TestUnpackIsBounded(t *testing.T) {
	var b bytes.Buffer
	w, err := flate.NewWriterDict(&b, flate.BestCompression, []byte(vocabulary))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, maxPlain+1)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := unpack(b.Bytes()); !errors.Is(err, ErrInvalid) {
		t.Errorf("a token of %d bytes unpacked to more than %d: %v", b.Len(), maxPlain, err)
	}
	if _, err := unpack([]byte("not packed")); err == nil {
		t.Error("rubbish unpacked")
	}
}

// Tokens of the first version, which were not packed, still open.
func TestOpenPlain(t *testing.T) {
	k, err := NewKey(1, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewRing(rand.Reader, k)
	if err != nil {
		t.Fatal(err)
	}
	want := bailiwick.Session{Account: "000000000000", RoleARN: "arn:aws:iam::000000000000:role/R", Name: "s", Expires: time.Unix(1800000000, 0).UTC()}
	plain, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	const access = "ASIAAAAAAAAAAAAAAAAA"
	aead, err := k.aead(access)
	if err != nil {
		t.Fatal(err)
	}
	head := append([]byte{versionPlain, k.ID}, make([]byte, aead.NonceSize())...)
	token := base64.StdEncoding.EncodeToString(aead.Seal(head, head[2:], plain, head[:2]))
	got, err := r.Open(access, token)
	if err != nil || got.Principal.Session.RoleARN != want.RoleARN || !got.Expires.Equal(want.Expires) {
		t.Errorf("%+v, %v", got, err)
	}
	changed := []byte(token)
	changed[0] ^= 'B' ^ 'A' // another version in the first byte: it is authenticated
	if _, err := r.Open(access, string(changed)); !errors.Is(err, ErrInvalid) {
		t.Errorf("a token under another version opened: %v", err)
	}
}
