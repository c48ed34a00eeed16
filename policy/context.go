package policy

import (
	"slices"
	"strings"
)

// A Context holds the condition keys of one request. Names of keys are case-insensitive, the part after the slash of a tag key
// included; values are kept as they are. A key is single-valued (Set) or multivalued (SetAll): the two behave differently in
// conditions, so the service that fills the context must use the kind that AWS documents for the key. The zero value is an
// empty context, and so is a nil pointer for reading. It may be read by many goroutines, but not while one writes.
type Context struct {
	entries []entry
	slots   []uint32 // from the hash of a folded name on: the number of its entry, from 1; at most half of them are taken
	shared  bool     // entries and slots are those of another context too, and so must not be changed
	base    *Context // read where this one has no entry
}

type entry struct {
	name   string // as set
	folded string
	hash   uint32 // of folded
	one    [1]string
	values []string // when multi
	multi  bool
}

// A keyRef is the name of a key, prepared for looking up.
type keyRef struct {
	folded string
	hash   uint32
}

func newKey(name string) keyRef {
	if k, ok := prepared[name]; ok {
		return k
	}
	folded := foldKey(name)
	return keyRef{folded, hash(folded)}
}

// prepared are the names that every request brings, in the spelling of AWS's documentation, so that setting them costs neither
// folding nor hashing. Other spellings and names take the longer way to the same result.
var prepared = func() map[string]keyRef {
	m := map[string]keyRef{}
	for _, name := range []string{
		"aws:CurrentTime", "aws:EpochTime", "aws:FederatedProvider", "aws:MultiFactorAuthPresent", "aws:PrincipalAccount",
		"aws:PrincipalArn", "aws:PrincipalIsAWSService", "aws:PrincipalType", "aws:Referer", "aws:RequestedRegion",
		"aws:ResourceAccount", "aws:SecureTransport", "aws:SourceIdentity", "aws:SourceIp", "aws:TokenIssueTime", "aws:UserAgent",
		"aws:ViaAWSService", "aws:userid", "aws:username",
		"dynamodb:Attributes", "dynamodb:EnclosingOperation", "dynamodb:FirstPartitionKeyValues", "dynamodb:LeadingKeys",
		"dynamodb:ReturnConsumedCapacity", "dynamodb:ReturnValues", "dynamodb:Select",
	} {
		folded := foldKey(name)
		m[name] = keyRef{folded, hash(folded)}
	}
	return m
}()

// foldKey lowers the letters that a policy can be written in, ASCII and Latin-1, and no others: with full Unicode folding the
// Kelvin sign would be a second spelling of k, and a tag that a condition on aws:TagKeys did not forbid would become the tag
// that it did.
func foldKey(name string) string {
	if isASCII(name) {
		return strings.ToLower(name)
	}
	return strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= 'À' && r <= 'Þ' && r != '×' {
			return r + 0x20
		}
		return r
	}, name)
}

// hash is FNV-1a. Equal hashes are followed by a comparison, so it need not resist an attacker.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// Set gives a key its single value, in place of what it had. An empty value is a value.
func (c *Context) Set(key, value string) {
	e := c.at(key)
	e.one[0], e.values, e.multi = value, nil, false
}

// SetAll gives a multivalued key its values, in place of what it had. The key is present even when there are none.
func (c *Context) SetAll(key string, values []string) {
	e := c.at(key)
	e.one[0], e.values, e.multi = "", slices.Clone(values), true
}

// Over returns a context with the keys of c and, where c has none, those of base. Neither may be changed while the result is
// in use: keys that many requests share, such as those of a session, are set once.
func (c *Context) Over(base *Context) *Context {
	if c == nil {
		return &Context{base: base}
	}
	return &Context{entries: c.entries, slots: c.slots, shared: true, base: base}
}

func (c *Context) at(name string) *entry {
	if c.shared {
		c.entries, c.slots, c.shared = slices.Clone(c.entries), slices.Clone(c.slots), false
	}
	k := newKey(name)
	if e := c.own(k); e != nil {
		return e
	}
	if c.entries == nil { // most contexts have about as many keys of their own
		c.entries = make([]entry, 0, 6)
	}
	c.entries = append(c.entries, entry{name: name, folded: k.folded, hash: k.hash})
	if 2*len(c.entries) > len(c.slots) {
		c.slots = make([]uint32, max(16, 2*len(c.slots)))
		for i := range c.entries {
			c.take(i)
		}
	} else {
		c.take(len(c.entries) - 1)
	}
	return &c.entries[len(c.entries)-1]
}

// take gives entry i the next slot that is free.
func (c *Context) take(i int) {
	last := uint32(len(c.slots) - 1)
	at := c.entries[i].hash & last
	for c.slots[at] != 0 {
		at = (at + 1) & last
	}
	c.slots[at] = uint32(i + 1)
}

func (c *Context) find(k keyRef) *entry {
	for ; c != nil; c = c.base {
		if e := c.own(k); e != nil {
			return e
		}
	}
	return nil
}

func (c *Context) own(k keyRef) *entry {
	if len(c.slots) == 0 {
		return nil
	}
	last := uint32(len(c.slots) - 1)
	for at := k.hash & last; ; at = (at + 1) & last {
		n := c.slots[at]
		if n == 0 {
			return nil
		}
		if e := &c.entries[n-1]; e.hash == k.hash && e.folded == k.folded {
			return e
		}
	}
}

// all returns the values of an entry; the slice is not the caller's to change.
func (e *entry) all() []string {
	if e.multi {
		return e.values
	}
	return e.one[:]
}

// Lookup returns the values of a key, whether it is multivalued, and whether it is present at all.
func (c *Context) Lookup(key string) (values []string, multivalued, present bool) {
	e := c.find(newKey(key))
	if e == nil {
		return nil, false, false
	}
	return slices.Clone(e.all()), e.multi, true
}

// Keys returns the names of all keys, as they were first set, sorted.
func (c *Context) Keys() []string {
	if c == nil {
		return nil
	}
	var names []string
	for at := c; at != nil; at = at.base {
		for i := range at.entries {
			if e := &at.entries[i]; c.find(keyRef{e.folded, e.hash}) == e { // not hidden by another
				names = append(names, e.name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// Size is about how much memory the names and values take, in bytes.
func (c *Context) Size() int {
	n := 0
	for ; c != nil; c = c.base {
		for i := range c.entries {
			e := &c.entries[i]
			n += 128 + len(e.name)
			for _, v := range e.all() {
				n += 16 + len(v)
			}
		}
	}
	return n
}

// Clone returns a copy that can be changed apart.
func (c *Context) Clone() *Context {
	if c == nil {
		return &Context{}
	}
	return &Context{entries: slices.Clone(c.entries), slots: slices.Clone(c.slots), base: c.base} // values are never changed in place
}
