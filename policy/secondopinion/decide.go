package secondopinion

import (
	"slices"
	"strings"
)

// A Key is one condition key of a request.
type Key struct {
	Name   string
	Values []string
	Many   bool // the key is multivalued; otherwise it has exactly one value
}

// A Request asks whether the caller may do one action on one resource.
type Request struct {
	Caller   Caller
	Action   string
	Resource string // an ARN, or "*" if the action has no resource
	Keys     []Key
}

// key looks a condition key up, in any case.
func (r *Request) key(name string) (Key, bool) {
	for _, k := range r.Keys {
		if fold(k.Name) == fold(name) {
			return k, true
		}
	}
	return Key{}, false
}

// Policies are those that bear on a request. A nil slice is a layer that the
// caller does not have; an empty one allows nothing.
type Policies struct {
	ServiceControl  [][]*Policy // one slice a level of the organization
	ResourceControl [][]*Policy
	Resource        *Policy
	ResourceAccount string // empty: as in the ARN
	MustAllow       bool   // Resource must itself allow, as policies of keys must, and trust policies anyway
	LimitSessions   bool   // session policies limit also direct grants to sessions
	Identity        []*Policy
	Boundary        []*Policy
	Session         []*Policy
}

// An Outcome is Allow or one of the two denials.
type Outcome string

// The outcomes.
const (
	Allow        Outcome = "Allow"
	ExplicitDeny Outcome = "ExplicitDeny"
	ImplicitDeny Outcome = "ImplicitDeny"
)

// An Answer is the outcome and the layer that decided: "request",
// "service control", "resource control", "resource", "trust", "identity",
// "boundary", "session" or "root".
type Answer struct {
	Outcome Outcome
	Layer   string
}

// A layer is the policies of one kind. Any of them may allow, and any deny.
type layer struct {
	name     string
	policies []*Policy
}

func (p Policies) layers() []layer {
	var out []layer
	for _, level := range p.ServiceControl {
		out = append(out, layer{"service control", level})
	}
	for _, level := range p.ResourceControl {
		out = append(out, layer{"resource control", level})
	}
	if p.Resource != nil {
		out = append(out, layer{p.resourceLayer(), []*Policy{p.Resource}})
	}
	return append(out, layer{"identity", p.Identity}, layer{"boundary", p.Boundary}, layer{"session", p.Session})
}

// mustAllow tells whether the account's own policies are not enough.
func (p Policies) mustAllow() bool {
	return p.MustAllow || p.Resource != nil && p.Resource.kind == Trust
}

func (p Policies) resourceLayer() string {
	if p.mustAllow() && (p.Resource == nil || p.Resource.kind != ResourceBased) {
		return "trust"
	}
	return "resource"
}

// Decide answers a request.
//
// Source: IAM User Guide, "Policy evaluation logic".
func Decide(p Policies, r Request) Answer {
	if !understood(r) {
		return Answer{ExplicitDeny, "request"}
	}
	for _, l := range p.layers() {
		if denied(l.policies, &r) {
			return Answer{ExplicitDeny, l.name}
		}
	}
	for _, l := range p.layers() {
		control := l.name == "service control" || l.name == "resource control"
		if control && granted(l.policies, &r, false) == unnamed {
			return Answer{ImplicitDeny, l.name}
		}
	}
	if !slices.Contains([]string{Anonymous, Account, User, AssumedRole, FederatedUser, Service, WebIdentity}, r.Caller.Type) {
		return Answer{ExplicitDeny, "request"}
	}
	g := p.resourceGrant(r)
	if missing := p.undelegated(r, g); missing != "" {
		return Answer{ImplicitDeny, missing}
	}
	return Answer{Allow, p.allower(r, g)}
}

func understood(r Request) bool {
	service, name, _ := strings.Cut(r.Action, ":")
	resource := strings.SplitN(r.Resource, ":", 6)
	return service != "" && name != "" && !strings.ContainsAny(service+name, "*? :") &&
		(r.Resource == "*" || len(resource) == 6 && resource[0] == "arn" && resource[5] != "")
}

// undelegated returns the layer for want of whose Allow the request is denied,
// if any. The resource's policy grants g.
func (p Policies) undelegated(r Request, g grant) string {
	foreign := p.foreign(r)
	switch {
	case g == unnamed && (foreign || p.mustAllow() || ownless(r.Caller)):
		return p.resourceLayer()
	case ownless(r.Caller) || r.Caller.Type == Account:
		return "" // no policies of its own limit it
	case g == directly && !foreign:
		if p.LimitSessions {
			return p.limit(r, "session")
		}
		return ""
	case g == role && !foreign:
		return p.limit(r, "boundary", "session")
	case granted(p.Identity, &r, false) == unnamed:
		return "identity"
	}
	return p.limit(r, "boundary", "session")
}

// allower returns the layer to which an allowed request owes it.
func (p Policies) allower(r Request, g grant) string {
	switch {
	case ownless(r.Caller), g >= role && !p.foreign(r):
		return p.resourceLayer()
	case r.Caller.Type == Account:
		return "root"
	}
	return "identity"
}

// ownless callers have no policies of their own: only the resource's can allow.
func ownless(c Caller) bool {
	return c.Type == Anonymous || c.Type == Service || c.Type == WebIdentity
}

// limit returns the first of the layers that is there and does not allow.
func (p Policies) limit(r Request, names ...string) string {
	for _, l := range p.layers() {
		for _, name := range names {
			if l.name == name && l.policies != nil && granted(l.policies, &r, false) == unnamed {
				return name
			}
		}
	}
	return ""
}

// resourceGrant is what the resource's policy grants.
func (p Policies) resourceGrant(r Request) grant {
	if p.Resource == nil {
		return unnamed
	}
	return granted([]*Policy{p.Resource}, &r, p.mustAllow())
}

// foreign tells whether the resource is another account's than the caller's. An
// action without a resource is a matter of the caller's account.
func (p Policies) foreign(r Request) bool {
	owner := p.ResourceAccount
	if r.Resource == "*" && owner == "" {
		return r.Caller.Account == ""
	}
	if parts := strings.SplitN(r.Resource, ":", 6); owner == "" && len(parts) == 6 {
		owner = parts[4]
	}
	return owner == "" || owner != r.Caller.Account
}

// denied tells whether a Deny applies, or may apply, or cannot be read.
func denied(policies []*Policy, r *Request) bool {
	for _, p := range policies {
		if p.unreadable {
			return true
		}
		for _, s := range p.statements {
			if s.effect == "Deny" && s.denies(r.Caller) && s.applies(question{r, p.variables}) != no {
				return true
			}
		}
	}
	return false
}

// denies tells whether a Deny means a caller: no matter how it is named.
func (s statement) denies(c Caller) bool {
	if s.notPrincipals != nil {
		return !listed(s.notPrincipals, c)
	}
	for _, p := range s.principals {
		if p.names(c) != unnamed {
			return true
		}
	}
	return s.principals == nil // policies without principals mean whoever has them
}

// granted returns the most direct grant that the policies give.
func granted(policies []*Policy, r *Request, delegates bool) grant {
	most := unnamed
	for _, p := range policies {
		for _, s := range p.statements {
			if s.effect == "Allow" && s.applies(question{r, p.variables}) == yes {
				most = max(most, s.grants(p.kind, r.Caller, delegates))
			}
		}
	}
	return most
}

// grants tells how directly an Allow names a caller. "*" does not admit the
// bearers of a provider's token, nor a service to a role. Where the policy must
// itself allow, it only delegates to the accounts.
func (s statement) grants(kind Kind, c Caller, delegates bool) grant {
	if s.principals == nil || kind == Control {
		return directly
	}
	most := unnamed
	for _, p := range s.principals {
		g := p.names(c)
		if p == (principal{"AWS", "*"}) {
			switch {
			case c.Type == WebIdentity, c.Type == Service && kind == Trust, c.Type == Anonymous && delegates:
				g = unnamed
			case c.Type != Service && delegates:
				g = account
			}
		}
		most = max(most, g)
	}
	return most
}
