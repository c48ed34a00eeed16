package secondopinion_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/secondopinion"
)

// The slots of a scenario: where a policy can be attached.
const (
	control0, control1   = "scp 0", "scp 1"
	resource0, resource1 = "rcp 0", "rcp 1"
	bucket, trust        = "resource", "trust"
	identity             = "identity"
	boundary             = "boundary"
	session              = "session"
)

var slots = []string{control0, control1, resource0, resource1, bucket, trust, identity, boundary, session}

func kindOf(slot string) policy.Kind {
	switch slot {
	case control0, control1:
		return policy.Managed
	case resource0, resource1:
		return policy.ResourceControl
	case bucket:
		return policy.Resource
	case trust:
		return policy.Trust
	case boundary:
		return policy.Boundary
	case session:
		return policy.Session
	}
	return policy.Identity
}

func readerKind(slot string) string {
	switch slot {
	case control0, control1, boundary:
		return "managed"
	case resource0, resource1:
		return "resource control"
	case bucket, trust:
		return slot
	}
	return "inline"
}

// A scenario is policies for every slot, parsed once by both sides, of which
// each request uses those that its caller can have.
type scenario struct {
	drafts map[string][]draft
	engine map[string][]*policy.Policy
	second map[string][]*secondopinion.Policy
	sets   map[string]*policy.Set
	focus  string
	keys   []keys // that requests choose from
}

// keys are condition keys, as both sides take them.
type keys struct {
	second []secondopinion.Key
	engine *policy.Context
}

func newKeys(second []secondopinion.Key) keys {
	k := keys{second, &policy.Context{}}
	for _, key := range second {
		if key.Many {
			k.engine.SetAll(key.Name, key.Values)
		} else {
			k.engine.Set(key.Name, key.Values[0])
		}
	}
	return k
}

// A request is one question and which of the scenario's slots it is put to.
type request struct {
	caller        policy.Principal
	action        string
	resource      string
	keys          keys
	slots         []string
	owner         string
	limitSessions bool
	must          bool // the resource's policy must allow, as that of a key
}

var errDisagree = errors.New("one side reads the policy and the other does not")

// read parses everything. It fails with errDisagree if only one side can, and
// otherwise if neither can.
func (s *scenario) read(rng *rand.Rand) error {
	s.engine, s.second, s.sets = map[string][]*policy.Policy{}, map[string][]*secondopinion.Policy{}, map[string]*policy.Set{}
	for _, slot := range slots {
		for _, d := range s.drafts[slot] {
			if err := s.attach(slot, d.text(rng)); err != nil {
				return err
			}
		}
		s.sets[slot] = policy.NewSet(s.engine[slot]...)
	}
	return nil
}

func (s *scenario) attach(slot, text string) error {
	name := fmt.Sprintf("%s/%d", slot, len(s.engine[slot]))
	engine, second, err := readBoth(slot, name, text)
	if text == unreadable {
		engine, second, err = policy.Broken(name, nil), &secondopinion.Policy{}, nil
	}
	if err != nil {
		return err
	}
	s.engine[slot], s.second[slot] = append(s.engine[slot], engine), append(s.second[slot], second)
	return nil
}

func readBoth(slot, name, text string) (*policy.Policy, *secondopinion.Policy, error) {
	doc, errEngine := policy.Parse(kindOf(slot), text)
	second, ok := secondopinion.Read(readerKind(slot), text)
	var syntax *policy.SyntaxError
	if errors.As(errEngine, &syntax) && syntax.TooLarge {
		return nil, nil, errEngine // the second opinion has no limits
	}
	if (errEngine == nil) != ok {
		return nil, nil, fmt.Errorf("%w: %s: %s\nengine: %w\nsecond opinion: %v", errDisagree, slot, text, errEngine, ok)
	}
	if errEngine != nil {
		return nil, nil, errEngine
	}
	return policy.Compile(name, doc), second, nil
}

// layers are the engine's view of a request.
func (s *scenario) layers(r request) *policy.Layers {
	l := &policy.Layers{ResourceAccount: r.owner, LimitSessions: r.limitSessions, Trust: r.must}
	for _, slot := range r.slots {
		switch slot {
		case control0, control1:
			l.ServiceControl = append(l.ServiceControl, s.sets[slot])
		case resource0, resource1:
			l.ResourceControl = append(l.ResourceControl, s.sets[slot])
		case bucket, trust:
			if len(s.engine[slot]) > 0 {
				l.Resource = s.engine[slot][0]
			}
		case identity:
			l.Identity = s.sets[slot]
		case boundary:
			l.Boundary = s.sets[slot]
		case session:
			l.Session = s.sets[slot]
		}
	}
	return l
}

// policies are the second opinion's.
func (s *scenario) policies(r request) []secondopinion.Layer {
	of := secondopinion.Layer{Name: "resource"}
	if r.must {
		of.Name = "trust" // that there is none, is said so
	}
	var controls, own []secondopinion.Layer
	attached := false
	for _, slot := range r.slots {
		all := s.second[slot]
		switch slot {
		case control0, control1:
			controls = append(controls, secondopinion.Layer{Name: "service control", Policies: all})
		case resource0, resource1:
			controls = append(controls, secondopinion.Layer{Name: "resource control", Policies: all})
		case bucket, trust:
			if len(all) > 0 && s.drafts[slot][0].version == unreadable {
				of.Policies = all // of what kind it is cannot be read either
			} else if len(all) > 0 {
				of = secondopinion.Layer{Name: slot, Policies: all}
			}
		default:
			attached = attached || slot == identity
			own = append(own, secondopinion.Layer{Name: slot, Policies: all})
		}
	}
	if !attached {
		own = append([]secondopinion.Layer{{Name: identity}}, own...)
	}
	return slices.Concat(controls, []secondopinion.Layer{of}, own)
}

func (r request) forEngine() *policy.Request {
	return &policy.Request{Principal: r.caller, Action: r.action, Resource: r.resource, Context: r.keys.engine}
}

func (r request) forSecond() secondopinion.Request {
	c := r.caller
	return secondopinion.Request{
		Caller: secondopinion.Caller{Type: string(c.Type), ARN: c.ARN, Role: c.RoleARN, ID: c.ID, Account: c.Account, Provider: c.Federated, Service: c.Service},
		Action: r.action, Resource: r.resource, Keys: r.keys.second, Owner: ownerOf(r.resource, r.owner, c.Account), MustAllow: r.must, LimitSessions: r.limitSessions,
	}
}

// ownerOf is the account that owns the resource. If nobody says, it is the one in the ARN, and of what has no ARN the caller's.
func ownerOf(resource, stated, caller string) string {
	switch parts := strings.Split(resource, ":"); {
	case stated != "":
		return stated
	case resource == "*", len(parts) > 4 && parts[4] == "aws": // AWS's own are shared with everyone
		return caller
	case len(parts) > 4:
		return parts[4]
	}
	return ""
}

var layerNames = map[policy.Layer]string{
	policy.LayerRequest: "request", policy.LayerServiceControl: "service control", policy.LayerResourceControl: "resource control",
	policy.LayerResource: "resource", policy.LayerTrust: "trust", policy.LayerIdentity: "identity", policy.LayerBoundary: "boundary",
	policy.LayerSession: "session", policy.LayerRoot: "root",
}

func answer(d policy.Decision) secondopinion.Answer {
	return secondopinion.Answer{Outcome: d.Effect.String(), Layer: layerNames[d.Layer]}
}

// scenario makes policies for all slots. One slot has the focus: most of the
// others only let pass, or else hardly any request would get as far.
func (g generator) scenario() (*scenario, error) {
	s := &scenario{drafts: map[string][]draft{}, focus: pick(g, slots...)}
	s.engine, s.second, s.sets = map[string][]*policy.Policy{}, map[string][]*secondopinion.Policy{}, map[string]*policy.Set{}
	for _, slot := range slots {
		n := 1
		switch slot {
		case identity, session:
			n = pick(g, 0, 1, 1, 1, 1, 1, 2, 3)
		case control0, control1, resource0, resource1:
			n = pick(g, 1, 1, 1, 2)
		}
		for len(s.drafts[slot]) < n {
			d := g.draftFor(slot, slot == s.focus || g.chance(40))
			err := s.attach(slot, d.text(g.Rand))
			if errors.Is(err, errDisagree) {
				return nil, err
			}
			if err == nil {
				s.drafts[slot] = append(s.drafts[slot], d)
			}
		}
		s.sets[slot] = policy.NewSet(s.engine[slot]...)
	}
	wanted := s.wanted()
	for range perScenario / 3 {
		s.keys = append(s.keys, newKeys(g.keys(wanted)))
	}
	return s, nil
}

// wanted are the values that the focused policies want, by the small letters of
// the key, and under "" those of all keys.
func (s *scenario) wanted() map[string][]string {
	out := map[string][]string{}
	for _, d := range s.drafts[s.focus] {
		for _, statement := range d.statements {
			for _, c := range statement.conditions {
				key := strings.ToLower(c.key)
				out[key] = append(out[key], c.values...)
				out[""] = append(out[""], c.values...)
			}
		}
	}
	return out
}

func (g generator) draftFor(slot string, busy bool) draft {
	kind := kindOf(slot)
	if !busy {
		return draft{version: policy.Version2012, statements: []clause{g.pass(kind)}}
	}
	d := g.draft(kind)
	if g.chance(1) {
		return draft{version: unreadable}
	}
	if slot != bucket && slot != trust && g.chance(50) {
		d.statements = append(d.statements, g.pass(kind))
	}
	return d
}

// request asks something. Callers get the layers that they can have: an
// anonymous caller has no identity policies, a user no session.
func (g generator) request(s *scenario) request {
	r := request{caller: pick(g, callers...), action: g.action(), resource: g.resource(), keys: pick(g, s.keys...), limitSessions: g.chance(20)}
	if g.chance(3) {
		r.caller = pick(g, strangers...)
	}
	if g.chance(60) {
		g.aim(s, &r)
	}
	r.owner = pick(g, r.caller.Account, r.caller.Account, home, abroad, "")
	own := r.caller.Type == policy.User || r.caller.Type == policy.AssumedRole || r.caller.Type == policy.FederatedUser
	add := func(percent int, slot string) {
		if g.chance(percent) || slot == s.focus && g.chance(90) {
			r.slots = append(r.slots, slot)
		}
	}
	if r.caller.Account != "" {
		add(15, control0)
		add(5, control1)
	}
	add(15, resource0)
	add(5, resource1)
	if s.focus == trust || s.focus != bucket && g.chance(15) {
		r.slots = append(r.slots, trust)
		r.action = g.anyCase(pick(g, "sts:AssumeRole", "sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithWebIdentity"))
		if g.chance(10) {
			r.action = g.near(r.action)
		}
		r.resource = "arn:aws:iam::" + pick(g, home, abroad) + ":role/a"
	} else {
		add(60, bucket)
		r.must = g.chance(10)
	}
	if own {
		add(95, identity)
		add(25, boundary)
	}
	if r.caller.Type == policy.AssumedRole || r.caller.Type == policy.FederatedUser {
		add(35, session)
	}
	return r
}

func without[T any](s []T, i int) []T { return slices.Delete(slices.Clone(s), i, i+1) }
