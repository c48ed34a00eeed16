package policy

import (
	"slices"
	"strings"
)

// ExplainFor is Explain for a reader of the given account. If the resource is another account's, its side of the decision is
// left out: its policies, such as the external ids that a role trust policy expects, its tags, and with them whether it exists.
// The layer that decided stays, because the caller was told it too.
func (l *Layers) ExplainFor(r *Request, account string) Explanation {
	x := l.Explain(r)
	var e evaluation
	if e.begin(r) == nil && l.owner(&e) == account {
		return x
	}
	x.Unresolved, x.Nearest = nil, nil
	if foreign(x.Layer) {
		x.Policy, x.Statement, x.Error = "", nil, ""
		x.Decision = Decision{Effect: x.Decision.Effect, Layer: x.Decision.Layer, Err: x.Decision.Err}
	}
	for i := range x.Layers {
		if foreign(x.Layers[i].Layer) {
			x.Layers[i].Policies = x.Layers[i].Policies[:0:0]
		}
	}
	x.Context = slices.DeleteFunc(x.Context, func(k ContextKey) bool { return strings.Contains(foldKey(k.Key), ":resourcetag/") })
	for i := range x.Layers {
		x.Layers[i].forget()
	}
	x.summarize()
	return x
}

// foreign tells whether a layer belongs to the owner of the resource.
func foreign(layer string) bool {
	return layer == LayerResource.String() || layer == LayerTrust.String() || layer == LayerResourceControl.String()
}

// forget leaves out what the reader's own policies saw of the tags of the resource.
func (l *LayerExplanation) forget() {
	for i := range l.Policies {
		for j := range l.Policies[i].Statements {
			s := &l.Policies[i].Statements[j]
			for k := range s.Conditions {
				c := &s.Conditions[k]
				if strings.Contains(foldKey(c.Key), ":resourcetag/") {
					c.Actual, c.Present, c.Note = []string{}, false, "the resource is another account's"
				}
			}
		}
	}
}
