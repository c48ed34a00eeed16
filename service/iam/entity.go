package iam

import (
	"fmt"
	"io"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// idAlphabet has 32 letters, so that the low five bits of a random byte choose
// one evenly.
const idAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

// prefixes of unique ids.
// Source: IAM User Guide, "IAM identifiers".
const (
	rolePrefix   = "AROA"
	userPrefix   = "AIDA"
	groupPrefix  = "AGPA"
	policyPrefix = "ANPA"
	keyPrefix    = "AKIA"

	profilePrefix = "AIPA"
)

// Lengths without their prefix: unique ids have 21 characters, access keys 20.
const (
	idLength  = 17
	keyLength = 16
)

// newID draws a unique id.
func (s *API) newID(prefix string, length int) (string, error) {
	raw := make([]byte, length)
	if _, err := io.ReadFull(s.Rand, raw); err != nil {
		return "", fmt.Errorf("drawing an id: %w", err)
	}
	for i, b := range raw {
		raw[i] = idAlphabet[b&31]
	}
	return prefix + string(raw), nil
}

func pathOf(p *string) string {
	if p == nil {
		return "/"
	}
	return *p
}

// at is the time of a call as IAM keeps it, in seconds.
func at(call *bailiwick.Call) time.Time { return call.Time.UTC().Truncate(time.Second) }

// create adds an entity. Its name must be free, in any case of letters.
func (s *API) create(tx store.Tx, e *entity) error {
	old, err := get[entity](tx, entityKey(e.Account, e.Kind, e.Name))
	if err != nil {
		return err
	}
	if old != nil {
		return entityExists(e.Kind, e.Name)
	}
	if e.Boundary != "" {
		if err := s.bound(tx, e); err != nil {
			return err
		}
	}
	return putEntity(tx, e)
}

// remove deletes an entity that nothing hangs on any more.
func (s *API) remove(tx store.Tx, e *entity) error {
	for _, hang := range []struct {
		kind, sentence string
	}{
		{"attached", "Cannot delete entity, must detach all policies first."},
		{"inline", "Cannot delete entity, must delete policies first."},
		{"userkey", "Cannot delete entity, must delete access keys first."},
		{"groupof", "Cannot delete entity, must remove users from group first."},
		{"member", "Cannot delete entity, must remove users from group first."},
		{"roleprofile", "Cannot delete entity, must remove roles from instance profile first."},
		{"profilerole", "Cannot delete entity, must remove roles from instance profile first."},
	} {
		n, err := count(tx, "iam", hang.kind, e.Account, e.ID)
		if err != nil {
			return err
		}
		if n > 0 {
			return conflict("%s", hang.sentence)
		}
	}
	if err := s.unbound(tx, e); err != nil {
		return err
	}
	if err := tx.Delete(idKey(e.ID)); err != nil {
		return err
	}
	return tx.Delete(entityKey(e.Account, e.Kind, e.Name))
}

// rename gives an entity another name or path. What hangs on it stays, because
// it hangs on the id.
func rename(tx store.Tx, e *entity, newName, newPath *string) error {
	if err := tx.Delete(entityKey(e.Account, e.Kind, e.Name)); err != nil {
		return err
	}
	if newName != nil {
		taken, err := has(tx, entityKey(e.Account, e.Kind, *newName)) // not by its own name in other letters
		if err != nil {
			return err
		}
		if taken {
			return entityExists(e.Kind, *newName)
		}
		e.Name = *newName
	}
	if newPath != nil {
		e.Path = *newPath
	}
	return putEntity(tx, e)
}
