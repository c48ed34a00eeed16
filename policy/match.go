package policy

import (
	"errors"

	"github.com/bailiwick-project/bailiwick/arn"
)

// maxAction is longer than any action of AWS, in bytes.
const maxAction = 128

// An evaluation is one request while it is decided. It lives on the stack.
type evaluation struct {
	request *Request
	context *Context
	arn     arn.ARN // of the resource, unless it is "*"
	isARN   bool
	action  [maxAction]byte // in lower case, for looking up
	record  *recorder       // nil except for Explain
}

var (
	errAction   = errors.New("the action of the request is not service:Name")
	errResource = errors.New("the resource of the request is neither an ARN nor \"*\"")
	errRequest  = errors.New("there is no request")
)

// actionBytes maps the bytes that an action may have to lower case, and all others to 0: a request for "s3:*" is none.
var actionBytes = func() (table [256]byte) {
	for c := byte('!'); c <= '~'; c++ {
		if c != '*' && c != '?' {
			table[c] = lower(c)
		}
	}
	return table
}()

// lowered returns the action in lower case.
func (e *evaluation) lowered() []byte { return e.action[:len(e.request.Action)] }

// begin reads the request. What it cannot read must not be decided by policies: an Allow of everything would allow it.
func (e *evaluation) begin(r *Request) error {
	if r == nil {
		return errRequest
	}
	e.request, e.context = r, r.Context
	if len(r.Action) > maxAction {
		return errAction
	}
	colons := 0
	for i := range len(r.Action) {
		c := actionBytes[r.Action[i]]
		if c == 0 {
			return errAction
		}
		if c == ':' {
			colons++
		}
		e.action[i] = c
	}
	if colons != 1 || r.Action[0] == ':' || r.Action[len(r.Action)-1] == ':' {
		return errAction
	}
	if r.Resource == "*" {
		return nil
	}
	a, err := arn.Parse(r.Resource)
	if err != nil {
		return errResource
	}
	e.arn, e.isARN = a, true
	return nil
}

// matches reports whether the statement applies to the request.
func (s *statement) matches(e *evaluation) bool {
	return s.matchesAction(e) && s.matchesResource(e) && s.grant(&e.request.Principal) != noGrant && s.conditionsMet(e)
}

func (s *statement) matchesAction(e *evaluation) bool {
	for i := range s.actions {
		if p := &s.actions[i]; p.exact && p.pattern == string(e.lowered()) || !p.exact && p.match(e.request.Action) {
			return !s.notAction
		}
	}
	return s.notAction
}

func (s *statement) matchesResource(e *evaluation) bool {
	for i := range s.resources {
		if s.resources[i].match(e) {
			return !s.notResource
		}
	}
	return s.notResource
}

func (r *resource) match(e *evaluation) bool {
	return r.all || e.isARN && r.pattern != nil && r.pattern.match(e.context, e.request.Resource, &e.arn)
}

// grant says how the statement names the principal, in the most direct of the ways, or noGrant.
func (s *statement) grant(p *Principal) grant {
	has := s.ways(p)
	for g := directly; ; g-- {
		if has[g] {
			return g
		}
		if g == 0 {
			return noGrant
		}
	}
}

// ways says in which ways the statement names the principal; its entries are as good as a statement each. Statements of
// identity policies name nobody and mean whom they are attached to.
func (s *statement) ways(p *Principal) (has [noGrant]bool) {
	if !s.named {
		has[directly] = true
		return has
	}
	if s.notPrincipal {
		has[byEveryone] = !spared(s.principals, p)
		return has
	}
	for i := range s.principals {
		g := s.principals[i].match(p)
		if g == byEveryone && !s.deny && (p.Type == WebIdentity || p.Type == Service && s.policy.kind == Trust) {
			continue // a provider or service takes on a role only if the policy names it
		}
		if g != noGrant {
			has[g] = true
		}
	}
	return has
}

func (s *statement) conditionsMet(e *evaluation) bool {
	for i := range s.conditions {
		if !s.conditions[i].met(e.context) {
			return false
		}
	}
	return true
}
