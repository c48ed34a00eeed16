package policy

import "errors"

var errNobody = errors.New("a policy that names no principals is attached to a resource")

// weigh puts the verdicts of the layers together. Decide and Explain share it; it is the table of 'Policy evaluation logic' in
// the IAM User Guide.
func (l *Layers) weigh(e *evaluation, o *opinions) outcome {
	if o.denied() {
		return l.denial(o)
	}
	if l.ServiceControl != nil && o.scp.allow == nil {
		return missing(LayerServiceControl)
	}
	if l.ResourceControl != nil && o.rcp.allow == nil {
		return missing(LayerResourceControl)
	}
	p := &e.request.Principal
	switch p.Type {
	case Anonymous, Service, WebIdentity: // they have no policies of their own
		if o.resource.allow == nil || p.Type == Anonymous && l.trust() {
			return missing(l.resourceLayer())
		}
		return by(Allow, l.resourceLayer(), o.resource.allow)
	case Account, User, AssumedRole, FederatedUser:
	default:
		return outcome{effect: ExplicitDeny, layer: LayerRequest, err: errPrincipal}
	}
	foreign := p.Account == "" || p.Account != l.owner(e)
	if (foreign || l.trust()) && o.resource.allow == nil {
		return missing(l.resourceLayer())
	}
	if foreign {
		return l.limits(e, o, o.resource.allow, l.resourceLayer(), false)
	}
	return l.within(e, o)
}

var errPrincipal = errors.New("the principal of the request has no known type")

func (v *verdict) denies() bool { return v.broken != nil || v.deny != nil }

// denied looks for an explicit deny; one anywhere is enough.
func (o *opinions) denied() bool {
	return o.scp.denies() || o.rcp.denies() || o.resource.denies() || o.identity.denies() || o.boundary.denies() || o.session.denies()
}

// denial names the first layer, in the order of evaluation, that denies.
func (l *Layers) denial(o *opinions) outcome {
	layer, v := LayerServiceControl, &o.scp
	switch {
	case o.scp.denies():
	case o.rcp.denies():
		layer, v = LayerResourceControl, &o.rcp
	case o.resource.denies():
		layer, v = l.resourceLayer(), &o.resource
	case o.identity.denies():
		layer, v = LayerIdentity, &o.identity
	case o.boundary.denies():
		layer, v = LayerBoundary, &o.boundary
	default:
		layer, v = LayerSession, &o.session
	}
	if v.broken != nil {
		return outcome{effect: ExplicitDeny, layer: layer, broken: v.broken, err: v.broken.err}
	}
	return by(ExplicitDeny, layer, v.deny)
}

// within decides for a principal of the account that owns the resource. What the resource's policy grants to the principal
// itself needs no identity policy; what it grants to the account is left to the account's own policies.
func (l *Layers) within(e *evaluation, o *opinions) outcome {
	grants, layer := &o.grants, l.resourceLayer()
	direct := grants[directly]
	if direct == nil && !l.trust() {
		direct = grants[byEveryone] // to trust everyone is no reason to let every principal of the account in
	}
	switch {
	case direct != nil && l.LimitSessions && l.Session != nil && o.session.allow == nil:
		return missing(LayerSession)
	case direct != nil:
		return by(Allow, layer, direct)
	case grants[byRole] != nil:
		return l.limits(e, o, grants[byRole], layer, true)
	}
	return l.limits(e, o, o.resource.allow, layer, false)
}

// limits asks identity policies (unless granted: the resource's policy has given what they would), boundary and session
// policies, which all must allow.
func (l *Layers) limits(e *evaluation, o *opinions, s *statement, layer Layer, granted bool) outcome {
	root := e.request.Principal.Type == Account
	switch {
	case !granted && !root && o.identity.allow == nil:
		return missing(LayerIdentity)
	case l.Boundary != nil && !root && o.boundary.allow == nil:
		return missing(LayerBoundary)
	case l.Session != nil && o.session.allow == nil:
		return missing(LayerSession)
	case granted:
		return by(Allow, layer, s)
	case root:
		return outcome{effect: Allow, layer: LayerRoot}
	}
	return by(Allow, LayerIdentity, o.identity.allow)
}

// owner returns the account of the resource, or "" when it is not known.
func (l *Layers) owner(e *evaluation) string {
	switch {
	case l.ResourceAccount != "":
		return l.ResourceAccount
	case !e.isARN || e.arn.Account == "aws": // nobody's, or shared by AWS with everyone
		return e.request.Principal.Account
	}
	return e.arn.Account
}

// An outcome is a Decision before it is written out; it is handed through several functions, and small.
type outcome struct {
	effect    Effect
	layer     Layer
	statement *statement // that decided, or nil
	broken    *Policy    // that denied, or nil
	err       error
}

func missing(l Layer) outcome { return outcome{effect: ImplicitDeny, layer: l} }

func by(f Effect, l Layer, s *statement) outcome { return outcome{effect: f, layer: l, statement: s} }

func (o *outcome) decision() Decision {
	d := Decision{Effect: o.effect, Layer: o.layer, Err: o.err}
	if o.broken != nil {
		d.Policy = o.broken.name
	}
	if s := o.statement; s != nil {
		d.Policy = s.policy.name
		d.Statement = StatementRef{Sid: s.source.Sid, Index: s.index, Line: s.source.Line, Column: s.source.Column}
	}
	return d
}
