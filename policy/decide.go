package policy

// A Request is one question: may this principal do this action on this resource?
type Request struct {
	Principal Principal
	Action    string   // "dynamodb:GetItem", exactly one action
	Resource  string   // the full ARN, or "*" for actions that have no resource
	Context   *Context // the condition keys; nil for none
}

// Layers are all policies that bear on one request, by where they are attached. Every field but those of the layers that the
// principal really has stays nil; an empty Set, on the other hand, is a layer that allows nothing.
type Layers struct {
	Identity        *Set    // of the user and its groups, or of the role; nil allows nothing
	Boundary        *Set    // permissions boundary; nil: none
	Session         *Set    // session policies; nil: none
	Resource        *Policy // of the resource; nil: none
	ResourceAccount string  // that owns the resource; empty: the account in the ARN, without one a foreign account, and for "*" the caller's
	Trust           bool    // the resource's policy must itself allow: role trust policies, policies of KMS keys
	ServiceControl  []*Set  // of the principal's organization, one per level, each of which must allow; nil: none
	ResourceControl []*Set  // of the resource's organization, likewise
	LimitSessions   bool    // session policies limit also what a resource policy grants to a session by its ARN, or to "*"
}

// An Effect is the outcome of a decision. The zero value denies.
type Effect int

// The effects.
const (
	ImplicitDeny Effect = iota // nothing allows it
	ExplicitDeny               // a statement denies it
	Allow
)

// A Layer names the kind of policies that decided.
type Layer int

// The layers, in the order in which they are asked. LayerRequest is none: the request itself could not be understood.
const (
	LayerRequest Layer = iota
	LayerServiceControl
	LayerResourceControl
	LayerResource
	LayerTrust
	LayerIdentity
	LayerBoundary
	LayerSession
	LayerRoot // the root user, whom no policy of its account needs to allow anything
)

// A StatementRef says which statement decided; the zero value says that none did.
type StatementRef struct {
	Sid          string
	Index        int // in the document, from 0
	Line, Column int // in its text, from 1; 0 for a document that was not parsed
}

// A Decision is the answer to a request.
type Decision struct {
	Effect    Effect
	Layer     Layer        // that denied, or that allowed
	Policy    string       // the name of the policy that decided; empty when none applied
	Statement StatementRef // within that policy
	Err       error        // a policy that could not be read, or a request that could not be understood; always with a deny
}

// Allowed reports whether the request may be carried out.
func (d Decision) Allowed() bool { return d.Effect == Allow && d.Err == nil }

// Decide answers a request.
//
// Source: IAM User Guide, "Policy evaluation logic".
func (l *Layers) Decide(r *Request) (d Decision) {
	var e evaluation
	l.decide(r, &e, &d)
	return d
}

// decide writes the decision, which is large, to where it goes.
func (l *Layers) decide(r *Request, e *evaluation, d *Decision) {
	if err := e.begin(r); err != nil {
		d.Effect, d.Layer, d.Err = ExplicitDeny, LayerRequest, err
		return
	}
	var o opinions
	if l.ServiceControl != nil || l.ResourceControl != nil {
		levels(l.ServiceControl, e, LayerServiceControl, &o.scp)
		levels(l.ResourceControl, e, LayerResourceControl, &o.rcp)
	}
	if l.Resource != nil || e.record != nil {
		l.askResource(e, &o)
	}
	l.Identity.decide(e, LayerIdentity, &o.identity)
	l.Boundary.decide(e, LayerBoundary, &o.boundary)
	l.Session.decide(e, LayerSession, &o.session)
	l.weigh(e, &o, d)
}

// opinions are the verdicts of all layers.
type opinions struct {
	scp, rcp, resource, identity, boundary, session verdict

	grants grants // of the resource's policy
}

// askResource asks the policy of the resource. One that names no principals is attached in the wrong place.
func (l *Layers) askResource(e *evaluation, o *opinions) {
	p := l.Resource
	if e.record != nil && (p != nil || l.Trust) {
		e.record.layer(l.resourceLayer())
	}
	if p == nil {
		return
	}
	if p.err == nil && !p.kind.named() {
		p = Broken(p.name, errNobody)
	}
	p.walk(e, &o.resource, &o.grants)
}

// trust reports whether the resource's policy must itself allow.
func (l *Layers) trust() bool { return l.Trust || l.Resource != nil && l.Resource.kind == Trust }

// resourceLayer tells the two apart for reasons; a key policy that must itself allow is still a resource-based policy.
func (l *Layers) resourceLayer() Layer {
	if l.trust() && (l.Resource == nil || l.Resource.kind != Resource) {
		return LayerTrust
	}
	return LayerResource
}
