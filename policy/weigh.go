package policy

import "errors"

var errNobody = errors.New("a policy that names no principals is attached to a resource")

// weigh puts the verdicts of the layers together. Decide and Explain share it; it is the table of 'Policy evaluation logic' in
// the IAM User Guide.
func (l *Layers) weigh(e *evaluation, o *opinions) Decision {
	if d, ok := l.denied(o); ok {
		return d
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
		return Decision{Effect: ExplicitDeny, Layer: LayerRequest, Err: errPrincipal}
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

// denied looks for an explicit deny; one anywhere is enough. The first layer in the order of evaluation is named.
func (l *Layers) denied(o *opinions) (Decision, bool) {
	for _, x := range [...]struct {
		layer   Layer
		verdict *verdict
	}{
		{LayerServiceControl, &o.scp},
		{LayerResourceControl, &o.rcp},
		{l.resourceLayer(), &o.resource},
		{LayerIdentity, &o.identity},
		{LayerBoundary, &o.boundary},
		{LayerSession, &o.session},
	} {
		if p := x.verdict.broken; p != nil {
			return Decision{Effect: ExplicitDeny, Layer: x.layer, Policy: p.name, Err: p.err}, true
		}
		if s := x.verdict.deny; s != nil {
			return by(ExplicitDeny, x.layer, s), true
		}
	}
	return Decision{}, false
}

// within decides for a principal of the account that owns the resource. What the resource's policy grants to the principal
// itself needs no identity policy; what it grants to the account is left to the account's own policies.
func (l *Layers) within(e *evaluation, o *opinions) Decision {
	grants, layer := &o.resource.grants, l.resourceLayer()
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
func (l *Layers) limits(e *evaluation, o *opinions, s *statement, layer Layer, granted bool) Decision {
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
		return Decision{Effect: Allow, Layer: LayerRoot}
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

func missing(l Layer) Decision { return Decision{Effect: ImplicitDeny, Layer: l} }

func by(f Effect, l Layer, s *statement) Decision {
	return Decision{
		Effect: f, Layer: l, Policy: s.policy.name,
		Statement: StatementRef{Sid: s.source.Sid, Index: s.index, Line: s.source.Line, Column: s.source.Column},
	}
}
