package session

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// keySize is the size of a ring key in bytes.
const keySize = 32

// The first byte of a token before encoding says what is sealed: JSON, or JSON
// that was packed. Tokens are made in the newest version and opened in any.
const (
	versionPlain  = 1
	versionPacked = 2
)

// maxToken bounds the tokens that are opened, in characters.
const maxToken = 16 << 10

// ErrInvalid says that a token was not sealed by this ring for this access key.
var ErrInvalid = errors.New("session: the token is not ours")

// A Key is one key of a ring.
type Key struct {
	ID    byte   `json:"id"`
	Bytes []byte `json:"key"` // 32 random bytes
}

// A Ring seals with its last key and opens with any.
type Ring struct {
	keys   []Key
	random io.Reader
	opened cache
}

// NewKey draws a key. ids within a ring differ.
func NewKey(id byte, random io.Reader) (Key, error) {
	k := Key{ID: id, Bytes: make([]byte, keySize)}
	if _, err := io.ReadFull(random, k.Bytes); err != nil {
		return Key{}, fmt.Errorf("drawing a session key: %w", err)
	}
	return k, nil
}

// NewRing makes a ring of at least one key.
func NewRing(random io.Reader, keys ...Key) (*Ring, error) {
	if len(keys) == 0 {
		return nil, errors.New("session: a ring needs a key")
	}
	for _, k := range keys {
		if len(k.Bytes) != keySize {
			return nil, fmt.Errorf("session: key %d has %d bytes, want %d", k.ID, len(k.Bytes), keySize)
		}
	}
	return &Ring{keys: keys, random: random}, nil
}

// Mint makes credentials that speak for s until s.Expires.
func (r *Ring) Mint(s bailiwick.Session) (bailiwick.Credential, error) {
	id := make([]byte, 10)
	if _, err := io.ReadFull(r.random, id); err != nil {
		return bailiwick.Credential{}, fmt.Errorf("drawing an access key id: %w", err)
	}
	k := r.keys[len(r.keys)-1]
	access := "ASIA" + base32.StdEncoding.EncodeToString(id)
	token, err := r.seal(k, access, s)
	if err != nil {
		return bailiwick.Credential{}, fmt.Errorf("sealing a session: %w", err)
	}
	return bailiwick.Credential{
		AccessKeyID: access, Secret: k.secretOf(access), SessionToken: token, Expires: s.Expires, Principal: s.Principal(),
	}, nil
}

// Open returns the credential that token was minted with. It does not look at
// the expiry: the caller has the clock.
func (r *Ring) Open(access, token string) (bailiwick.Credential, error) {
	if len(token) > maxToken || !strings.HasPrefix(access, "ASIA") {
		return bailiwick.Credential{}, ErrInvalid
	}
	if c, ok := r.opened.get(token); ok && c.AccessKeyID == access {
		return c, nil
	}
	raw, err := base64.StdEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) < 2 || raw[0] != versionPlain && raw[0] != versionPacked {
		return bailiwick.Credential{}, ErrInvalid
	}
	for _, k := range r.keys {
		if k.ID != raw[1] {
			continue
		}
		s, err := k.open(access, raw)
		if err != nil {
			return bailiwick.Credential{}, ErrInvalid
		}
		c := bailiwick.Credential{
			AccessKeyID: access, Secret: k.secretOf(access), SessionToken: token, Expires: s.Expires, Principal: s.Principal(),
		}
		r.opened.put(token, c)
		return c, nil
	}
	return bailiwick.Credential{}, ErrInvalid
}

func (r *Ring) seal(k Key, access string, s bailiwick.Session) (string, error) {
	plain, err := json.Marshal(s)
	if err != nil {
		return "", err
	}
	if plain, err = pack(plain); err != nil {
		return "", err
	}
	aead, err := k.aead(access)
	if err != nil {
		return "", err
	}
	out := append(make([]byte, 0, 2+aead.NonceSize()+len(plain)+aead.Overhead()), versionPacked, k.ID)
	out = out[:2+aead.NonceSize()]
	if _, err := io.ReadFull(r.random, out[2:]); err != nil {
		return "", err
	}
	return base64.StdEncoding.EncodeToString(aead.Seal(out, out[2:], plain, out[:2])), nil
}

func (k Key) open(access string, raw []byte) (*bailiwick.Session, error) {
	aead, err := k.aead(access)
	if err != nil {
		return nil, err
	}
	n := 2 + aead.NonceSize()
	if len(raw) < n {
		return nil, ErrInvalid
	}
	plain, err := aead.Open(nil, raw[2:n], raw[n:], raw[:2])
	if err != nil {
		return nil, err
	}
	if raw[0] == versionPacked {
		if plain, err = unpack(plain); err != nil {
			return nil, err
		}
	}
	s := new(bailiwick.Session)
	d := json.NewDecoder(bytes.NewReader(plain))
	d.DisallowUnknownFields() // a newer node may have sealed a restriction that this one does not know
	if err := d.Decode(s); err != nil {
		return nil, err
	}
	return s, nil
}

// aead is bound to the access key id: a token does not open under another.
func (k Key) aead(access string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.derive("token", access))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

func (k Key) secretOf(access string) bailiwick.Secret {
	return bailiwick.Secret(base64.StdEncoding.EncodeToString(k.derive("secret", access)[:30]))
}

func (k Key) derive(purpose, access string) []byte {
	h := hmac.New(sha256.New, k.Bytes)
	h.Write([]byte(purpose + "\x00" + access))
	return h.Sum(nil)
}
