package userpools

import (
	"maps"
	"slices"
	"time"
)

// A userStatus is where an account is on its way. Source: UserStatusType.
type userStatus string

// The states of a user.
const (
	statusUnconfirmed   userStatus = "UNCONFIRMED"
	statusConfirmed     userStatus = "CONFIRMED"
	statusResetRequired userStatus = "RESET_REQUIRED"
	statusForceChange   userStatus = "FORCE_CHANGE_PASSWORD"
	statusExternal      userStatus = "EXTERNAL_PROVIDER"
)

// A user is the record of one account in one pool.
type user struct {
	Pool     string // id of the pool
	Sub      string // UUID, never used again
	Username string // internal name, as tokens and USER_ID_FOR_SRP carry it

	Attributes map[string]string // by full name ("custom:org"); without sub
	Status     userStatus
	Enabled    bool
	Created    time.Time
	Modified   time.Time

	Salt      []byte    // of the SRP verifier; nil: the user has no password
	Verifier  []byte    //
	Temporary time.Time // when a temporary password ends; zero: it is not temporary

	// Epoch counts the events after which older tokens are worth nothing: global
	// sign-out and disabling. A token remembers the epoch that it was issued in.
	Epoch int64

	Failures    int       // wrong passwords since the last right one
	LockedUntil time.Time // no password is looked at before

	Software *softwareToken `json:",omitempty"` // the second factor; replaced whole, never changed in place
}

// clone is a copy that can be changed while the original tells what was.
func (u *user) clone() *user {
	c := *u
	c.Attributes = maps.Clone(u.Attributes)
	if c.Attributes == nil {
		c.Attributes = map[string]string{}
	}
	return &c
}

// attribute returns a value and whether it is there; sub is an attribute too.
func (u *user) attribute(name string) (string, bool) {
	if name == "sub" {
		return u.Sub, true
	}
	v, ok := u.Attributes[name]
	return v, ok
}

// all lists every attribute, sub included, in the order of the names.
func (u *user) all() []AttributeType {
	list := make([]AttributeType, 0, len(u.Attributes)+1)
	for name, value := range u.Attributes {
		list = append(list, AttributeType{Name: &name, Value: &value})
	}
	list = append(list, AttributeType{Name: ptr("sub"), Value: ptr(u.Sub)})
	slices.SortFunc(list, func(a, b AttributeType) int { return compare(*a.Name, *b.Name) })
	return list
}
