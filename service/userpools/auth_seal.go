package userpools

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// What the server must remember between two steps of a sign-in travels with the
// client, sealed: a flood of first steps then costs no storage, and any node can
// answer the second step.

const sealSalt = 24 // bytes

var errSeal = errors.New("sealed by another server, for another use, or changed")

// sealed encrypts v for one use. Each message has a key of its own, derived from
// the server's key and a random salt, so that no nonce can ever repeat.
func (a *API) sealed(use string, v any) ([]byte, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("sealing a %s: %w", use, err)
	}
	salt := make([]byte, sealSalt)
	if _, err := io.ReadFull(a.Rand, salt); err != nil {
		return nil, fmt.Errorf("reading randomness: %w", err)
	}
	box, err := a.sealBox(use, salt)
	if err != nil {
		return nil, err
	}
	return box.Seal(salt, make([]byte, box.NonceSize()), plain, nil), nil //nolint:gosec // the salt makes every key new, and each seals once
}

// unseal reads what sealed made for the same use: errSeal for all else.
func (a *API) unseal(use string, data []byte, v any) error {
	if len(data) <= sealSalt {
		return errSeal
	}
	box, err := a.sealBox(use, data[:sealSalt])
	if err != nil {
		return err
	}
	plain, err := box.Open(nil, make([]byte, box.NonceSize()), data[sealSalt:], nil)
	if err != nil {
		return errSeal
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("reading a sealed %s: %w", use, err)
	}
	return nil
}

func (a *API) sealBox(use string, salt []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(a.mac("seal "+use, salt))
	if err != nil {
		return nil, fmt.Errorf("making a cipher: %w", err)
	}
	box, err := cipher.NewGCM(block)
	if err != nil {
		return nil, fmt.Errorf("making a cipher: %w", err)
	}
	return box, nil
}

func keySpent(pool, id string) []byte { return store.Key(root, "spent", pool, id) }

// spentMargin is how long after the end of a sealed message its use is still
// remembered: the clocks of nodes differ.
const spentMargin = 10 * time.Minute

// spend uses a sealed message up, and tells whether it had been used before. It
// belongs into the transaction that acts on the message.
func spend(tx store.Tx, pool, id string, expires time.Time) (before bool, err error) {
	if before, err = isSpent(tx, pool, id); before || err != nil {
		return before, err
	}
	if err := tx.PutUntil(keySpent(pool, id), nameRecord, expires.Add(spentMargin)); err != nil {
		return false, fmt.Errorf("using a challenge up: %w", err)
	}
	return false, nil
}

func isSpent(r store.Reader, pool, id string) (bool, error) {
	_, err := r.Get(keySpent(pool, id))
	if err == nil {
		return true, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return false, fmt.Errorf("reading whether a challenge was answered: %w", err)
	}
	return false, nil
}
