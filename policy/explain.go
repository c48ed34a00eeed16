package policy

import "slices"

// Explain decides as Decide does, by the same compiled statements and condition functions, but asks every statement of every
// layer and keeps what it sees. It is for decision records and people, not for the path of a request.
func (l *Layers) Explain(r *Request) Explanation {
	rec := &recorder{}
	e := evaluation{record: rec}
	var d Decision
	l.decide(r, &e, &d)
	x := Explanation{
		Decision: d, Allowed: d.Allowed(), Effect: d.Effect.String(), Layer: d.Layer.String(), Policy: d.Policy,
		Layers: rec.layers, Context: []ContextKey{},
	}
	if x.Layers == nil {
		x.Layers = []LayerExplanation{}
	}
	if d.Policy != "" && d.Err == nil {
		x.Statement = &StatementName{d.Statement.Sid, d.Statement.Index, d.Statement.Line, d.Statement.Column}
	}
	if d.Err != nil {
		x.Error = d.Err.Error()
	}
	if r != nil {
		x.Because = d.Because(r.Action)
		x.request(r)
	}
	x.summarize()
	return x
}

func (x *Explanation) request(r *Request) {
	p := &r.Principal
	x.Principal = PrincipalName{string(p.Type), p.ARN, p.RoleARN, p.ID, p.Account, p.Federated, p.Service}
	x.Action, x.Resource = r.Action, r.Resource
	for _, name := range r.Context.Keys() {
		values, multi, _ := r.Context.Lookup(name)
		x.Context = append(x.Context, ContextKey{name, nonNil(values), multi})
	}
}

// summarize finds the nearest miss and the unresolved variables.
func (x *Explanation) summarize() {
	for i := range x.Layers {
		layer := &x.Layers[i]
		missed := x.Effect == ImplicitDeny.String() && layer.Layer == x.Layer && !layer.passed()
		for j := range layer.Policies {
			for k := range layer.Policies[j].Statements {
				s := &layer.Policies[j].Statements[k]
				if s.Action {
					x.Unresolved = append(x.Unresolved, s.Unresolved...)
				}
				if !missed || s.Effect != effectAllow || s.Applies {
					continue
				}
				if (s.Action || s.Resource) && (x.Nearest == nil || s.distance() < x.Nearest.distance()) {
					x.Nearest = s
				}
			}
		}
	}
	slices.Sort(x.Unresolved)
	x.Unresolved = slices.Compact(x.Unresolved)
}

// A recorder keeps what an evaluation meets: all of it, or for a Trace only what applies.
type recorder struct {
	layers []LayerExplanation
	trace  *Trace // instead of layers, unless nil
}

func (r *recorder) layer(l Layer) {
	if r.trace != nil {
		r.trace.Layers = append(r.trace.Layers, LayerTrace{Layer: l})
		return
	}
	r.layers = append(r.layers, LayerExplanation{Layer: l.String(), Policies: []DocumentExplanation{}})
}

func (r *recorder) policy(p *Policy) {
	if r.trace != nil {
		r.trace.policy(p)
		return
	}
	x := DocumentExplanation{Policy: p.name, Statements: []StatementExplanation{}}
	if p.err != nil {
		x.Error = p.err.Error()
	}
	l := &r.layers[len(r.layers)-1]
	l.Policies = append(l.Policies, x)
}

func (r *recorder) statement(s *statement, e *evaluation) {
	if r.trace != nil {
		r.trace.statement(s, e)
		return
	}
	x := StatementExplanation{
		Policy: s.policy.name, Sid: s.source.Sid, Index: s.index, Line: s.source.Line, Column: s.source.Column,
		Effect:     s.source.Effect,
		Applies:    s.matches(e),
		Principal:  s.grant(&e.request.Principal) != noGrant,
		Action:     s.matchesAction(e),
		Resource:   s.matchesResource(e),
		Actions:    slices.Concat(s.source.Actions, s.source.NotActions),
		Resources:  []string{},
		Conditions: []ConditionExplanation{},
		NotAction:  len(s.source.NotActions) > 0, NotResource: len(s.source.NotResources) > 0,
	}
	for i := range s.resources {
		text, unresolved := s.resources[i].expand(e.context)
		x.Resources = append(x.Resources, text)
		x.Unresolved = append(x.Unresolved, unresolved...)
	}
	for i := range s.conditions {
		c := s.conditions[i].explain(e.context)
		x.Conditions = append(x.Conditions, c)
		x.Unresolved = append(x.Unresolved, c.Unresolved...)
	}
	l := &r.layers[len(r.layers)-1]
	p := &l.Policies[len(l.Policies)-1]
	p.Statements = append(p.Statements, x)
}

func (r *resource) expand(c *Context) (text string, unresolved []string) {
	if r.pattern == nil {
		return r.text, nil
	}
	return r.pattern.expand(c)
}

// expand shows the pattern with its variables filled in.
func (p *arnPattern) expand(c *Context) (text string, unresolved []string) {
	text = p.text[:p.lead]
	for i := range p.parts {
		part, missing := p.parts[i].expand(c)
		text += ":" + part
		unresolved = append(unresolved, missing...)
	}
	return text, unresolved
}

func (c *condition) explain(ctx *Context) ConditionExplanation {
	values, multi, present := ctx.Lookup(c.source.Key)
	x := ConditionExplanation{
		Operator: c.source.Operator, Key: c.source.Key, Line: c.source.Line, Column: c.source.Column,
		Written: slices.Clone(c.source.Values), Expected: []string{},
		Actual: nonNil(values), Present: present, Multivalued: multi,
		Met: c.met(ctx),
	}
	for i := range c.values {
		text, unresolved := c.values[i].expand(c, ctx, c.source.Values[i])
		x.Expected = append(x.Expected, text)
		x.Unresolved = append(x.Unresolved, unresolved...)
	}
	x.Note = c.note(ctx)
	return x
}

func (o *operand) expand(c *condition, ctx *Context, written string) (text string, unresolved []string) {
	switch {
	case c.family == famString, c.family == famStringFold, c.family == famStringLike, c.family == famBool:
		return o.template.expand(ctx)
	case c.family == famARN && o.arn != nil:
		return o.arn.expand(ctx)
	}
	return written, nil
}

// note explains answers that surprise their readers.
func (c *condition) note(ctx *Context) string {
	e := ctx.find(c.key)
	switch {
	case c.family == famNull && e != nil && len(e.all()) > 0 && e.null():
		return "AWS does not say whether an empty value is null, so Null is met in a Deny only"
	case c.family == famNull:
		return ""
	case c.quant == forAll && (e == nil || e.null()):
		return "ForAllValues is met, because the request has no value for this key"
	case c.quant == forAny && e == nil:
		return "ForAnyValue is decided without a value, because the request does not have this key"
	case e == nil && c.ifExists:
		return "IfExists is met, because the request does not have this key"
	case e == nil && c.negated:
		return "a negated operator is met, because the request does not have this key"
	case e == nil:
		return "the request does not have this key"
	case c.quant == one && e.multi:
		return "a key of several values never matches without ForAllValues or ForAnyValue"
	case c.family == famBool && slices.ContainsFunc(c.values, func(o operand) bool { return !o.template.literal }):
		return "AWS contradicts itself on variables in Bool, so they match in a Deny only"
	}
	return ""
}

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
