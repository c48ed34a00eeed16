package policy

// A Trace is a Decision with the statements that applied to the request. It is Explain for a program that asks about many
// requests: it keeps no values, so that its size does not depend on what the policies and the request say.
type Trace struct {
	Decision Decision
	Layers   []LayerTrace // those that the request has, in the order in which they were asked
}

// A LayerTrace is what one layer says.
type LayerTrace struct {
	Layer    Layer
	Policies []DocumentTrace // in the order of the Set
}

// A DocumentTrace lists the statements of one policy that apply, by their index in the document.
type DocumentTrace struct {
	Broken bool // cannot be read, and so denies
	Denies []int
	Allows []int
}

// Trace decides as Decide does, and asks every statement of every layer.
func (l *Layers) Trace(r *Request) Trace {
	var t Trace
	e := evaluation{record: &recorder{trace: &t}}
	l.decide(r, &e, &t.Decision)
	return t
}

// Of returns what a layer says; ok is false if the request does not have it.
func (t *Trace) Of(layer Layer) (found LayerTrace, ok bool) {
	for _, l := range t.Layers {
		if l.Layer == layer {
			return l, true
		}
	}
	return LayerTrace{}, false
}

// Effect is what the policies of the layer come to by themselves.
func (l *LayerTrace) Effect() Effect {
	effect := ImplicitDeny
	for i := range l.Policies {
		p := &l.Policies[i]
		if p.Broken || len(p.Denies) > 0 {
			return ExplicitDeny
		}
		if len(p.Allows) > 0 {
			effect = Allow
		}
	}
	return effect
}

func (t *Trace) policy(p *Policy) {
	l := &t.Layers[len(t.Layers)-1]
	l.Policies = append(l.Policies, DocumentTrace{Broken: p.err != nil})
}

func (t *Trace) statement(s *statement, e *evaluation) {
	if !s.matches(e) {
		return
	}
	l := &t.Layers[len(t.Layers)-1]
	p := &l.Policies[len(l.Policies)-1]
	if s.deny {
		p.Denies = append(p.Denies, s.index)
	} else {
		p.Allows = append(p.Allows, s.index)
	}
}
