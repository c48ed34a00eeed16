package policy

import "errors"

var errNobody = errors.New("a policy that names no principals is attached to a resource")

// weigh puts the verdicts of the layers together. Decide and Explain share it; it is the table of 'Policy evaluation logic' in
// the IAM User Guide.
func (l *Layers) weigh(e *evaluation, o *opinions, d *Decision) {
	p := &e.request.Principal
	switch {
	case o.denied():
		l.denial(o, d)
	case l.ServiceControl != nil && o.scp.allow == nil:
		d.missing(LayerServiceControl)
	case l.ResourceControl != nil && o.rcp.allow == nil:
		d.missing(LayerResourceControl)
	case p.Type == AssumedRole || p.Type == User || p.Type == Account || p.Type == FederatedUser:
		l.weighAccounts(e, o, d)
	case p.Type == Anonymous || p.Type == Service || p.Type == WebIdentity: // they have no policies of their own
		if o.resource.allow == nil || p.Type == Anonymous && l.trust() {
			d.missing(l.resourceLayer())
			return
		}
		d.by(Allow, l.resourceLayer(), o.resource.allow)
	default:
		d.Effect, d.Layer, d.Err = ExplicitDeny, LayerRequest, errPrincipal
	}
}

// weighAccounts decides for a principal that has an account, by whether the resource is of another.
func (l *Layers) weighAccounts(e *evaluation, o *opinions, d *Decision) {
	p := &e.request.Principal
	foreign := p.Account == "" || p.Account != l.owner(e)
	switch {
	case (foreign || l.trust()) && o.resource.allow == nil:
		d.missing(l.resourceLayer())
	case foreign:
		l.limits(e, o, d, o.resource.allow, l.resourceLayer(), false)
	default:
		l.within(e, o, d)
	}
}

var errPrincipal = errors.New("the principal of the request has no known type")

func (v *verdict) denies() bool { return v.broken != nil || v.deny != nil }

// denied looks for an explicit deny; one anywhere is enough.
func (o *opinions) denied() bool {
	return o.scp.denies() || o.rcp.denies() || o.resource.denies() || o.identity.denies() || o.boundary.denies() || o.session.denies()
}

// denial names the first layer, in the order of evaluation, that denies.
func (l *Layers) denial(o *opinions, d *Decision) {
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
		d.Effect, d.Layer, d.Policy, d.Err = ExplicitDeny, layer, v.broken.name, v.broken.err
		return
	}
	d.by(ExplicitDeny, layer, v.deny)
}

// within decides for a principal of the account that owns the resource. What the resource's policy grants to the principal
// itself needs no identity policy; what it grants to the account is left to the account's own policies.
func (l *Layers) within(e *evaluation, o *opinions, d *Decision) {
	grants, layer := &o.grants, l.resourceLayer()
	direct := grants[directly]
	if direct == nil && !l.trust() {
		direct = grants[byEveryone] // to trust everyone is no reason to let every principal of the account in
	}
	switch {
	case direct != nil && l.LimitSessions && l.Session != nil && o.session.allow == nil:
		d.missing(LayerSession)
	case direct != nil:
		d.by(Allow, layer, direct)
	case grants[byRole] != nil:
		l.limits(e, o, d, grants[byRole], layer, true)
	default:
		l.limits(e, o, d, o.resource.allow, layer, false)
	}
}

// limits asks identity policies (unless granted: the resource's policy has given what they would), boundary and session
// policies, which all must allow.
func (l *Layers) limits(e *evaluation, o *opinions, d *Decision, s *statement, layer Layer, granted bool) {
	root := e.request.Principal.Type == Account
	switch {
	case !granted && !root && o.identity.allow == nil:
		d.missing(LayerIdentity)
	case l.Boundary != nil && !root && o.boundary.allow == nil:
		d.missing(LayerBoundary)
	case l.Session != nil && o.session.allow == nil:
		d.missing(LayerSession)
	case granted:
		d.by(Allow, layer, s)
	case root:
		d.Effect, d.Layer = Allow, LayerRoot
	default:
		d.by(Allow, LayerIdentity, o.identity.allow)
	}
}

// owner returns the account of the resource, or "" when it is not known.
func (l *Layers) owner(e *evaluation) string {
	switch {
	case l.ResourceAccount != "":
		return l.ResourceAccount
	case !e.isARN: // nobody's
		return e.request.Principal.Account
	}
	account := e.colons.part(e.request.Resource, accountPart)
	if account == "aws" { // shared by AWS with everyone
		return e.request.Principal.Account
	}
	return account
}

// missing denies, because the layer does not allow.
func (d *Decision) missing(l Layer) { d.Effect, d.Layer = ImplicitDeny, l }

// by is decided by a statement.
func (d *Decision) by(f Effect, l Layer, s *statement) {
	d.Effect, d.Layer, d.Policy = f, l, s.policy.name
	d.Statement = StatementRef{Sid: s.source.Sid, Index: s.index, Line: s.source.Line, Column: s.source.Column}
}
