package iam

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// A kind is what an entity is. It is the first word of its ARN and part of keys.
type kind string

const (
	roleKind  kind = "role"
	userKind  kind = "user"
	groupKind kind = "group"

	profileKind kind = "instance-profile"
)

// An entity is a role, a user, a group or an instance profile.
type entity struct {
	Kind     kind
	Account  string
	Path     string // "/" or "/division/"
	Name     string
	ID       string // AROA..., AIDA..., AGPA..., AIPA...
	Created  time.Time
	Boundary string `json:",omitempty"` // ARN of a managed policy; "": none
	Tags     []Tag  `json:",omitempty"` // no two keys that differ in case only

	// Roles only.
	Description *string `json:",omitempty"`
	MaxSession  int32   `json:",omitempty"` // seconds
	Trust       trust   `json:",omitzero"`
}

func (e *entity) arn() string {
	return "arn:aws:iam::" + e.Account + ":" + string(e.Kind) + e.Path + e.Name
}

// A ref finds the entity that has a unique id.
type ref struct {
	Account string
	Kind    kind
	Name    string
}

// An inline is an inline policy.
type inline struct {
	Name string
	Text string // as it was sent
}

// An attached is a managed policy on an entity.
type attached struct{ ARN string }

// A managed is a managed policy. Its documents are records of their own.
type managed struct {
	Account     string // "aws": one of AWS's own
	Path        string
	Name        string
	ID          string // ANPA...
	Description string `json:",omitempty"`
	Created     time.Time
	Updated     time.Time
	Default     int64 // version in force
	Last        int64 // highest version ever: numbers are not used again
	Tags        []Tag `json:",omitempty"`
}

func (m *managed) arn() string { return "arn:aws:iam::" + m.Account + ":policy" + m.Path + m.Name }

// A policyVersion is one document of a managed policy. It never changes.
type policyVersion struct {
	Number  int64
	Created time.Time
	Text    string
}

// An accessKey is a long-term credential of a user, or of root where UserID is "".
type accessKey struct {
	ID      string
	Account string
	UserID  string
	Secret  string // signatures are checked with it, so that it cannot be hashed
	Status  string // Active or Inactive
	Created time.Time
}

// The layout. What belongs to an entity is under its unique id, never its name:
// a deleted and recreated name finds nothing of the old one, even if a record
// were left behind. Names are folded in keys, since AWS does not tell them apart
// by case, and compared exactly after reading.

func entityKey(account string, k kind, name string) []byte {
	return store.Key("iam", "entity", account, k, fold(name))
}
func idKey(id string) []byte { return store.Key("iam", "id", id) }
func inlineKey(account, id, name string) []byte {
	return store.Key("iam", "inline", account, id, name)
}

func attachedKey(account, id, policyARN string) []byte {
	return store.Key("iam", "attached", account, id, policySort(policyARN))
}

// useKey is the way back from a managed policy to those that use it.
func useKey(account string, u usage, policyARN, id string) []byte {
	return store.Key("iam", "use", account, policyARN, u, id)
}

func memberKey(account, groupID, userID string) []byte {
	return store.Key("iam", "member", account, groupID, userID)
}

func groupOfKey(account, userID, groupID string) []byte {
	return store.Key("iam", "groupof", account, userID, groupID)
}

func profileRoleKey(account, profileID, roleID string) []byte {
	return store.Key("iam", "profilerole", account, profileID, roleID)
}

func roleProfileKey(account, roleID, profileID string) []byte {
	return store.Key("iam", "roleprofile", account, roleID, profileID)
}

func aliasKey(account string) []byte    { return store.Key("iam", "alias", account) }
func aliasOwnerKey(alias string) []byte { return store.Key("iam", "aliasowner", alias) }

func policyKey(account, name string) []byte {
	return store.Key("iam", "policy", account, fold(name))
}

func versionKey(account, policyID string, number int64) []byte {
	return store.Key("iam", "version", account, policyID, number)
}
func accessKeyKey(id string) []byte { return store.Key("iam", "key", id) }
func userKeyKey(account, userID, id string) []byte {
	return store.Key("iam", "userkey", account, userID, id)
}
func rootKey(account string) []byte       { return store.Key("iam", "root", account) }
func generationKey(account string) []byte { return store.Key("iam", "generation", account) }

// A usage is what a managed policy is used for. The words are AWS's.
type usage string

const (
	asPermissions usage = "PermissionsPolicy"
	asBoundary    usage = "PermissionsBoundary"
)

func fold(name string) string { return strings.ToLower(name) }

// policySort orders the policies of a list: by name, which is unique in an
// account, so that a marker stays short however long the path.
func policySort(policyARN string) string {
	account, _, name := splitPolicyARN(policyARN)
	return fold(name) + "\x00" + account
}

// change is the one way to write. Each change gives the account a new
// generation in the same transaction, which is what makes every node's caches
// worthless at the moment of the commit.
func (s *API) change(ctx context.Context, account string, fn func(store.Tx) error) error {
	generation := make([]byte, 16)
	if _, err := io.ReadFull(s.Rand, generation); err != nil {
		return fmt.Errorf("drawing a generation: %w", err)
	}
	return store.Decide[*bailiwick.Error](ctx, s.Store, func(tx store.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return tx.Put(generationKey(account), generation)
	})
}

// alter changes a known entity, if it is still the one that leave was asked for.
func (s *API) alter(ctx context.Context, seen *entity, fn func(store.Tx, *entity) error) error {
	return s.change(ctx, seen.Account, func(tx store.Tx) error {
		now, err := again(tx, seen)
		if err != nil {
			return err
		}
		return fn(tx, now)
	})
}

// again reads an entity anew. One that policies could judge differently by now
// is refused: another role under the name, another boundary, other tags.
func again(r store.Reader, seen *entity) (*entity, error) {
	now, err := getEntity(r, seen.Account, seen.Kind, seen.Name)
	switch {
	case err != nil:
		return nil, err
	case now == nil:
		return nil, noEntity(seen.Kind, seen.Name)
	case now.ID != seen.ID || now.Path != seen.Path || now.Boundary != seen.Boundary || !sameTags(now.Tags, seen.Tags):
		return nil, errConcurrent()
	}
	return now, nil
}

// getEntity returns nil if there is none.
func getEntity(r store.Reader, account string, k kind, name string) (*entity, error) {
	e, err := get[entity](r, entityKey(account, k, name))
	if e != nil && e.Name != name {
		return nil, nil
	}
	return e, err
}

func putEntity(tx store.Tx, e *entity) error {
	if err := store.PutJSON(tx, idKey(e.ID), ref{e.Account, e.Kind, e.Name}); err != nil {
		return err
	}
	return store.PutJSON(tx, entityKey(e.Account, e.Kind, e.Name), e)
}

// byID returns the entity with a unique id, nil if it is gone.
func byID(r store.Reader, id string) (*entity, error) {
	at, err := get[ref](r, idKey(id))
	if at == nil {
		return nil, err
	}
	e, err := getEntity(r, at.Account, at.Kind, at.Name)
	if err != nil || e == nil || e.ID != id {
		return nil, err
	}
	return e, nil
}

// get reads a record; nil says that there is none.
func get[T any](r store.Reader, key []byte) (*T, error) {
	v, err := store.GetJSON[T](r, key)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// all reads every record whose key is longer than the parts.
func all[T any](r store.Reader, parts ...any) ([]T, error) {
	from, to := store.Prefix(parts...)
	var out []T
	for item, err := range store.ScanJSON[T](r, from, to, false) {
		if err != nil {
			return nil, err
		}
		out = append(out, item.Value)
	}
	return out, nil
}

// count counts the keys that are longer than the parts.
func count(r store.Reader, parts ...any) (int32, error) {
	from, to := store.Prefix(parts...)
	var n int32
	for _, err := range r.Scan(from, to, false) {
		if err != nil {
			return 0, err
		}
		n++
	}
	return n, nil
}

// lasts returns the last part of every key that is longer than the parts.
func lasts(r store.Reader, parts ...any) ([]string, error) {
	from, to := store.Prefix(parts...)
	var out []string
	for e, err := range r.Scan(from, to, false) {
		if err != nil {
			return nil, err
		}
		last, err := lastPart(e.Key)
		if err != nil {
			return nil, err
		}
		out = append(out, last)
	}
	return out, nil
}

func lastPart(key []byte) (string, error) {
	parts, err := store.Split(key)
	if err != nil {
		return "", err
	}
	last, ok := parts[len(parts)-1].(string)
	if !ok {
		return "", fmt.Errorf("the key %q does not end in a text", parts)
	}
	return last, nil
}
