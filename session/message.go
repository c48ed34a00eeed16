package session

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
)

// MaxMessage is the longest sealed message, in characters.
// Source: STS API Reference, DecodeAuthorizationMessage, EncodedMessage.
const MaxMessage = 10240

// versionMessage is the first byte of a sealed message before encoding: packed text.
const versionMessage = 1

// ErrTooLong says that a text does not fit into a message.
var ErrTooLong = errors.New("session: the message would be too long")

// messages is the encoding of AWS's authorization messages: base64url without
// padding, one text for one message.
var messages = base64.RawURLEncoding.Strict()

// SealMessage seals a text for callers of an account: no other account opens it,
// and nobody reads or changes it without the ring. It is at most MaxMessage
// characters of base64url, or the error is ErrTooLong.
func (r *Ring) SealMessage(account string, plain []byte) (string, error) {
	if len(plain) > maxPlain {
		return "", ErrTooLong
	}
	packed, err := pack(plain)
	if err != nil {
		return "", err
	}
	k := r.keys[len(r.keys)-1]
	aead, err := k.messageAEAD(account)
	if err != nil {
		return "", fmt.Errorf("sealing a message: %w", err)
	}
	if messages.EncodedLen(2+aead.NonceSize()+len(packed)+aead.Overhead()) > MaxMessage {
		return "", ErrTooLong
	}
	out := append(make([]byte, 0, 2+aead.NonceSize()+len(packed)+aead.Overhead()), versionMessage, k.ID)
	out = out[:2+aead.NonceSize()]
	if _, err := io.ReadFull(r.random, out[2:]); err != nil {
		return "", fmt.Errorf("sealing a message: %w", err)
	}
	return messages.EncodeToString(aead.Seal(out, out[2:], packed, out[:2])), nil
}

// OpenMessage returns the text that was sealed for the account. Every other
// message is ErrInvalid.
func (r *Ring) OpenMessage(account, message string) ([]byte, error) {
	if len(message) > MaxMessage {
		return nil, ErrInvalid
	}
	raw, err := messages.DecodeString(message)
	// The decoder skips line breaks, with which one message would have many texts.
	if err != nil || messages.EncodedLen(len(raw)) != len(message) || len(raw) < 2 || raw[0] != versionMessage {
		return nil, ErrInvalid
	}
	for _, k := range r.keys {
		if k.ID != raw[1] {
			continue
		}
		aead, err := k.messageAEAD(account)
		if err != nil {
			return nil, fmt.Errorf("opening a message: %w", err)
		}
		n := 2 + aead.NonceSize()
		if len(raw) < n {
			return nil, ErrInvalid
		}
		packed, err := aead.Open(nil, raw[2:n], raw[n:], raw[:2])
		if err != nil {
			return nil, ErrInvalid
		}
		return unpack(packed)
	}
	return nil, ErrInvalid
}

// messageAEAD is bound to the account, and to messages: a session token is none.
func (k Key) messageAEAD(account string) (cipher.AEAD, error) {
	block, err := aes.NewCipher(k.derive("message", account))
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}
