package userpools

import (
	"strings"
)

// A writer is who sets attributes: a user through a client, or an administrator.
type writer struct{ client *client }

// maxAttributes bounds the attributes of one request, above what any schema has:
// the work for a list must not be chosen by whoever signs up.
const maxAttributes = 100

func tooMany() error { return invalid("A request cannot name more than %d attributes.", maxAttributes) }

// administrator may write everything but sub and identities.
var administrator = writer{}

func (w writer) may(name string) bool {
	if w.client == nil {
		return name != "sub" && name != "identities"
	}
	return w.client.writes(name)
}

// errUnauthorizedWrite is what a client hears that may not write an attribute.
var errUnauthorizedWrite = notAuthorized("A client attempted to write unauthorized attribute")

// readAttributes turns the list of a request into a map. An empty value stays: it
// deletes. Naming an attribute twice is refused, since one of the two is ignored.
// What tells that an address is proven comes as "True" from Python and from AWS's
// own examples, and is kept as "true": nothing here compares it without its case.
func readAttributes(in []AttributeType) (map[string]string, error) {
	if len(in) > maxAttributes {
		return nil, tooMany()
	}
	out := make(map[string]string, len(in))
	for _, a := range in {
		name := value(a.Name)
		if _, twice := out[name]; twice {
			return nil, invalid("Duplicate attribute %s.", name)
		}
		out[name] = value(a.Value)
		if name == "email_verified" || name == "phone_number_verified" {
			out[name] = strings.ToLower(out[name])
		}
	}
	return out, nil
}

// newAttributes checks the attributes of a user who is being made, whether
// signing up (w is a client) or made by an administrator, and completes them.
func (p *pool) newAttributes(w writer, given map[string]string) (map[string]string, error) {
	for name := range given {
		if _, ok := p.attribute(name); ok && !w.may(name) {
			return nil, errUnauthorizedWrite
		}
	}
	const head = "Attributes did not conform to the schema: "
	text := ""
	for _, name := range sortedKeys(given) {
		a, ok := p.attribute(name)
		switch {
		case !ok:
			text += name + ": Attribute does not exist in the schema.\n"
		case given[name] != "":
			if complaint := a.complaint(given[name]); complaint != "" {
				text += name + ": " + complaint + "\n"
			}
		}
	}
	if w.client != nil {
		for _, name := range p.required() {
			if given[name] == "" {
				text += name + ": The attribute is required\n"
			}
		}
	}
	if text != "" && w.client == nil && strings.Contains(text, "does not exist") {
		return nil, invalid("Invalid user attributes: %s", prefixed(text))
	}
	if text != "" {
		return nil, invalid(head+"%s", text)
	}
	if err := checkContacts(given); err != nil {
		return nil, err
	}
	if err := p.checkPreferred(given["preferred_username"]); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for name, v := range given {
		if v != "" {
			out[name] = v
		}
	}
	for _, name := range []string{"email", "phone_number"} {
		if _, ok := out[name]; !ok {
			delete(out, name+"_verified") // nothing is there that could be verified
		} else if w.client != nil {
			out[name+"_verified"] = "false"
		}
	}
	return out, nil
}

// prefixed puts "user." before each line, as AWS does for administrators.
func prefixed(lines string) string {
	return "user." + strings.ReplaceAll(strings.TrimSuffix(lines, "\n"), "\n", "\nuser.") + "\n"
}

// A change is what became of a request to set attributes.
type change struct {
	next    *user             // with what was set at once
	pending map[string]string // "email", "phone_number": set once a code proves them
	moved   []string          // addresses that were set and are not verified
}

// setAttributes changes attributes of an existing user. Empty values delete.
// An administrator who names email_verified with email has vouched for it.
func (p *pool) setAttributes(w writer, u *user, given map[string]string) (*change, error) {
	if len(given) > maxAttributes {
		return nil, tooMany()
	}
	for name := range given {
		if _, ok := p.attribute(name); ok && !w.may(name) && (w.client != nil || !system(name)) {
			return nil, errUnauthorizedWrite
		}
	}
	text := ""
	for _, name := range sortedKeys(given) {
		text += p.updateComplaint(name, given[name])
	}
	if text != "" {
		head := ""
		if strings.Contains(text, "does not exist") {
			head = "Invalid user attributes: "
		}
		return nil, invalid("%s", head+text)
	}
	if err := checkContacts(given); err != nil {
		return nil, err
	}
	if err := p.checkPreferred(given["preferred_username"]); err != nil {
		return nil, err
	}
	c := &change{next: u.clone(), pending: map[string]string{}}
	for name, v := range given {
		if name != "email" && name != "phone_number" {
			c.next.set(name, v)
		}
	}
	for _, name := range []string{"email", "phone_number"} {
		if v, ok := given[name]; ok {
			p.setContact(c, name, v, given[name+"_verified"])
		}
	}
	for _, name := range []string{"email", "phone_number"} {
		if c.next.Attributes[name] == "" {
			delete(c.next.Attributes, name+"_verified")
		}
	}
	return c, nil
}

// setContact changes an address. Nobody has proven the new one: it is either not
// verified from now on, or waits until it is, as the pool has it.
func (p *pool) setContact(c *change, name, v, verified string) {
	u := c.next
	switch {
	case v == "":
		u.set(name, "")
	case verified == "true":
		u.set(name, v)
		u.set(name+"_verified", "true")
	case u.Attributes[name] == v && verified == "":
		// the same address again proves nothing and takes nothing away
	case has(p.Settings.VerifyBeforeUpdate, name) && u.Attributes[name] != v:
		c.pending[name] = v
	default:
		u.set(name, v)
		u.set(name+"_verified", "false")
		c.moved = append(c.moved, name)
	}
}

func (p *pool) updateComplaint(name, v string) string {
	a, ok := p.attribute(name)
	switch {
	case !ok:
		return "user." + name + ": Attribute does not exist in the schema.\n"
	case !a.Mutable || name == "identities":
		return "user." + name + ": Attribute cannot be updated.\n"
	case v == "" && a.Required:
		return "user." + name + ": The attribute is required\n"
	case v != "":
		if complaint := a.complaint(v); complaint != "" {
			return "user." + name + ": " + complaint + "\n"
		}
	}
	return ""
}

// set puts a value, or deletes it if empty. The record is the caller's clone.
func (u *user) set(name, v string) {
	if v == "" {
		delete(u.Attributes, name)
		return
	}
	u.Attributes[name] = v
}
