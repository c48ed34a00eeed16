package secondopinion

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// A Request asks whether the caller may do one action on one resource.
type Request struct {
	Caller        Caller
	Action        string
	Resource      string // an ARN, or "*" if the action has no resource
	Owner         string // account of the resource; of an action without one, the caller's; empty: nobody's that asks
	Keys          []Key
	MustAllow     bool // the resource's policy must itself allow, as policies of keys must; trust policies must anyway
	LimitSessions bool // session policies limit also what a resource's policy grants directly to sessions
	variables     bool // the policy that is asked just now is of version 2012-10-17, and so knows ${...}
}

// A Key is one condition key of a request.
type Key struct {
	Name   string
	Values []string
	Many   bool // the key is multivalued; otherwise it has exactly one value
}

// A Layer is the policies of one kind, of which any may allow and any deny. In the order in which requests pass them, the names are
// "service control" and "resource control" (a layer for each level of the organization), "resource" or, if that is a role, "trust",
// and "identity" (both also when without policies), "boundary" and "session" (only if the caller has one).
type Layer struct {
	Name     string
	Policies []*Policy
}

// An Answer is the outcome, "Allow", "ExplicitDeny" or "ImplicitDeny", and the name of the layer that decided: also "request" if
// that is not understood, and "root" for what the root user needs no policy for.
type Answer struct{ Outcome, Layer string }

// Decide answers a request. An explicit deny anywhere comes first; then every layer that must allow is asked whether it does.
func Decide(layers []Layer, r Request) Answer {
	if !understood(r) {
		return Answer{"ExplicitDeny", "request"}
	}
	var answer Answer
	var needed []string
	grants := make([]grant, len(layers))
	for i, l := range layers {
		denies, allows := l.ask(&r)
		if denies {
			return Answer{"ExplicitDeny", l.Name}
		}
		grants[i] = allows
		if l.Name == "resource" || l.Name == "trust" {
			answer, needed = path(&r, l.Name, allows)
		}
	}
	needed = append(needed, "service control", "resource control")
	for i, l := range layers {
		if grants[i] == unnamed && slices.Contains(needed, l.Name) {
			return Answer{"ImplicitDeny", l.Name}
		}
	}
	return answer
}

// understood tells whether a request is about one action and one resource.
func understood(r Request) bool {
	service, name, _ := strings.Cut(r.Action, ":")
	unprintable := strings.ContainsFunc(r.Action, func(c rune) bool { return c <= ' ' || c > '~' })
	action := service != "" && name != "" && !unprintable && !strings.ContainsAny(service+name, "*?:")
	return action && (r.Resource == "*" || arn(r.Resource) != nil && utf8.ValidString(r.Resource))
}

// arn takes an ARN apart into its six parts, of which partition, service and resource are never empty. It is nil for what is none.
func arn(s string) []string {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[1] == "" || parts[2] == "" || parts[5] == "" {
		return nil
	}
	return parts
}

// path lists the layers that must allow, beside those of organizations, and gives the answer for when they do: which layer a request
// owes it to. In its own account a caller is limited by fewer of its own policies, the more directly the policy of the resource names
// it; see the tables in "Policy evaluation logic". Across accounts both sides must allow, and all that limits does.
func path(r *Request, resource string, named grant) (answer Answer, needed []string) {
	foreign := r.Owner != r.Caller.Account || r.Owner == ""
	answer, needed = Answer{"Allow", "identity"}, []string{"identity", "boundary", "session"}
	switch r.Caller.Type {
	case "Anonymous", "Service", "WebIdentity": // have no policies of their own
		return Answer{"Allow", resource}, []string{resource}
	case "Account": // needs no policy of its own
		answer, needed = Answer{"Allow", "root"}, nil
	case "User", "AssumedRole", "FederatedUser":
	default: // nobody knows
		return Answer{"ExplicitDeny", "request"}, nil
	}
	switch {
	case !foreign && named == directly && r.LimitSessions:
		return Answer{"Allow", resource}, []string{"session"}
	case !foreign && named == directly:
		return Answer{"Allow", resource}, nil
	case !foreign && named == role:
		return Answer{"Allow", resource}, []string{"boundary", "session"}
	case foreign || r.MustAllow || resource == "trust":
		needed = append(needed, resource)
	}
	return answer, needed
}

// ask tells whether a Deny of the layer applies, or may apply, or cannot be read, and how directly its Allows name the caller.
func (l Layer) ask(r *Request) (denies bool, allows grant) {
	for _, p := range l.Policies {
		if len(p.statements) == 0 {
			return true, unnamed
		}
		r.variables = p.variables
		for _, s := range p.statements {
			t := r.applies(s)
			if s["Effect"] == "Allow" && t == yes {
				allows = max(allows, granted(s, r, l.Name))
			}
			if s["Effect"] == "Deny" && t != no && denied(s, r.Caller) {
				return true, unnamed
			}
		}
	}
	return false, allows
}

// key looks a condition key up, in any case.
func (r *Request) key(name string) (Key, bool) {
	i := slices.IndexFunc(r.Keys, func(k Key) bool { return fold(k.Name) == fold(name) })
	if i < 0 {
		return Key{}, false
	}
	return r.Keys[i], true
}
