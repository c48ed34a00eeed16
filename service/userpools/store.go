package userpools

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Every key begins with root. Pools and clients have globally unique ids; all
// else is below its pool. Users are kept under their sub, which is never used
// again: what is left of a deleted user finds no heir.
const root = "userpools"

func keyPool(id string) []byte        { return store.Key(root, "pool", id) }
func keyClient(id string) []byte      { return store.Key(root, "client", id) }
func keyUser(pool, sub string) []byte { return store.Key(root, "user", pool, sub) }

func keyPoolOf(account, region, id string) []byte {
	return store.Key(root, "pools", account, region, id)
}
func keyClientOf(pool, id string) []byte       { return store.Key(root, "clients", pool, id) }
func keyGroup(pool, name string) []byte        { return store.Key(root, "group", pool, name) }
func keyMember(pool, group, sub string) []byte { return store.Key(root, "member", pool, group, sub) }

func keyMembership(pool, sub, group string) []byte {
	return store.Key(root, "membership", pool, sub, group)
}

// keyHandle is one name by which a user of the pool can be found.
func keyHandle(pool, handle string) []byte { return store.Key(root, "handle", pool, handle) }

func keyCode(pool, sub string, purpose codePurpose) []byte {
	return store.Key(root, "code", pool, sub, string(purpose))
}

// getPool reads a pool by its id, of whatever account: for operations whose
// caller is known by a token or a client id.
func getPool(r store.Reader, id string) (*pool, error) {
	p, err := store.GetJSON[pool](r, keyPool(id))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNoPool(id)
	}
	if err != nil {
		return nil, fmt.Errorf("reading pool %s: %w", id, err)
	}
	return &p, nil
}

// ownPool reads a pool of the caller's account and region; another's does not
// exist for the caller.
func ownPool(r store.Reader, call *bailiwick.Call, id string) (*pool, error) {
	p, err := getPool(r, id)
	if err != nil {
		return nil, err
	}
	if p.Account != call.Account || p.Region != call.Region {
		return nil, errNoPool(id)
	}
	return p, nil
}

// getClient finds an app client and its pool by the client's id alone, as public
// operations name it.
func getClient(r store.Reader, id string) (*client, *pool, error) {
	c, err := store.GetJSON[client](r, keyClient(id))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil, errNoClient(id)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading client %s: %w", id, err)
	}
	p, err := getPool(r, c.Pool)
	if err != nil {
		return nil, nil, err
	}
	return &c, p, nil
}

// clientOf reads an app client of a given pool.
func clientOf(r store.Reader, p *pool, id string) (*client, error) {
	c, err := store.GetJSON[client](r, keyClient(id))
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Pool != p.ID {
		return nil, errNoClient(id)
	}
	if err != nil {
		return nil, fmt.Errorf("reading client %s: %w", id, err)
	}
	return &c, nil
}

// findUser finds a user by any name: username, sub, or an alias that is the
// user's. An unknown name answers errNoUser.
func findUser(r store.Reader, p *pool, name string) (*user, error) {
	sub, err := owner(r, p, p.canonical(name))
	if err != nil {
		return nil, err
	}
	if sub == "" {
		return nil, errNoUser
	}
	return userBySub(r, p.ID, sub)
}

// userBySub reads a user; a deleted one answers errNoUser.
func userBySub(r store.Reader, poolID, sub string) (*user, error) {
	u, err := store.GetJSON[user](r, keyUser(poolID, sub))
	if errors.Is(err, store.ErrNotFound) {
		return nil, errNoUser
	}
	if err != nil {
		return nil, fmt.Errorf("reading user %s of pool %s: %w", sub, poolID, err)
	}
	return &u, nil
}

// owner is the sub of whoever holds a handle, "" for nobody.
func owner(r store.Reader, p *pool, handle string) (string, error) {
	if len(handle) > maxHandle {
		return "", nil // nobody could have registered it
	}
	raw, err := r.Get(keyHandle(p.ID, handle))
	if errors.Is(err, store.ErrNotFound) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading a handle of pool %s: %w", p.ID, err)
	}
	return string(raw), nil
}

// maxHandle bounds names in bytes: 2048 UTF-16 units are at most that many.
const maxHandle = 2048 * 3

// saveUser writes next over prev (nil: a new user) and moves the handles that
// differ. A handle of somebody else answers a takenError; nothing is then lost,
// since the transaction fails with it.
func saveUser(tx store.Tx, p *pool, prev, next *user) error {
	var had []handle
	if prev != nil {
		had = p.handles(prev)
	}
	want := p.handles(next)
	for _, h := range had {
		if !contains(want, h.text) {
			if err := tx.Delete(keyHandle(p.ID, h.text)); err != nil {
				return fmt.Errorf("releasing a handle: %w", err)
			}
		}
	}
	for _, h := range want {
		holder, err := owner(tx, p, h.text)
		if err != nil {
			return err
		}
		if holder == next.Sub {
			continue
		}
		if holder != "" {
			return &takenError{attribute: h.attribute, holder: holder}
		}
		if err := tx.Put(keyHandle(p.ID, h.text), []byte(next.Sub)); err != nil {
			return fmt.Errorf("taking a handle: %w", err)
		}
	}
	return putUser(tx, next)
}

// putUser writes a user whose names have not changed: passwords, counters, state.
func putUser(tx store.Tx, u *user) error {
	if err := store.PutJSON(tx, keyUser(u.Pool, u.Sub), u); err != nil {
		return fmt.Errorf("writing user %s of pool %s: %w", u.Sub, u.Pool, err)
	}
	return nil
}

// removeUser deletes a user and all that is kept under the user's names.
func removeUser(tx store.Tx, p *pool, u *user) error {
	for _, h := range p.handles(u) {
		if err := tx.Delete(keyHandle(p.ID, h.text)); err != nil {
			return fmt.Errorf("releasing a handle: %w", err)
		}
	}
	groups, err := groupNames(tx, p.ID, u.Sub)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if err := leaveGroup(tx, p.ID, g, u.Sub); err != nil {
			return err
		}
	}
	for _, prefix := range []string{"code", "session", "attempts", "pending"} {
		if err := deletePrefix(tx, root, prefix, p.ID, u.Sub); err != nil {
			return err
		}
	}
	if err := tx.Delete(keyUser(p.ID, u.Sub)); err != nil {
		return fmt.Errorf("deleting user %s: %w", u.Sub, err)
	}
	return nil
}

func deletePrefix(tx store.Tx, parts ...any) error {
	from, to := store.Prefix(parts...)
	for e, err := range tx.Scan(from, to, false) {
		if err != nil {
			return fmt.Errorf("scanning %v: %w", parts, err)
		}
		if err := tx.Delete(e.Key); err != nil {
			return fmt.Errorf("deleting below %v: %w", parts, err)
		}
	}
	return nil
}

// A handle is one name of a user; attribute tells what it is ("username", "sub"
// or the attribute that holds it).
type handle struct{ attribute, text string }

func contains(list []handle, text string) bool {
	for _, h := range list {
		if h.text == text {
			return true
		}
	}
	return false
}

// handles lists every name by which u can be found.
//
// The pool's rules: a username attribute (e-mail address or phone number to sign
// in with) counts from the start; an alias counts once it is proven, and
// preferred_username once the account is confirmed.
func (p *pool) handles(u *user) []handle {
	list := []handle{{"sub", u.Sub}}
	add := func(attribute, text string) {
		if t := p.canonical(text); t != "" && !contains(list, t) {
			list = append(list, handle{attribute, t})
		}
	}
	add("username", u.Username)
	for _, name := range []string{"email", "phone_number"} {
		switch value := u.Attributes[name]; {
		case has(p.UsernameAttributes, name):
			add(name, value)
		case has(p.AliasAttributes, name) && u.Attributes[name+"_verified"] == "true":
			add(name, value)
		}
	}
	if has(p.AliasAttributes, "preferred_username") && u.Status != statusUnconfirmed {
		add("preferred_username", u.Attributes["preferred_username"])
	}
	return list
}

// canonical is how names are compared in the pool. Subs are lower case anyway.
func (p *pool) canonical(name string) string {
	if p.CaseSensitive {
		return name
	}
	return strings.ToLower(name)
}

// decide runs fn in one transaction. Its refusals wait for what they rest on.
func (a *API) decide(ctx context.Context, fn func(store.Tx) error) error {
	return store.Decide[*bailiwick.Error](ctx, a.Store, fn)
}
