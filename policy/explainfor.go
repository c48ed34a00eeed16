package policy

import (
	"slices"
	"strings"
)

// ExplainFor is Explain for a reader of the given account. If the resource is another account's, its side of the decision is
// left out: its policies, such as the external ids that a role trust policy expects, its tags, and with them whether it exists.
// The layer that decided stays, because the caller was told it too; the reader's own policies are shown as if there were no tags.
func (l *Layers) ExplainFor(r *Request, account string) Explanation {
	x := l.Explain(r)
	var e evaluation
	if e.begin(r) == nil && l.owner(&e) == account {
		return x
	}
	if r != nil { // whether a pattern matched a tag tells the tag as well, one letter at a time
		untagged := *r
		untagged.Context = r.Context.without(ofResource)
		shown := l.Explain(&untagged)
		x.Context, x.Layers = shown.Context, shown.Layers
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

// ofResource tells whether a key is a tag of the resource.
func ofResource(key string) bool {
	key = foldKey(key)
	return strings.Contains(key, ":resourcetag/") || strings.HasPrefix(key, "s3:existingobjecttag/")
}

// without returns a copy that lacks some keys.
func (c *Context) without(lacks func(key string) bool) *Context {
	out := new(Context)
	for _, key := range slices.DeleteFunc(c.Keys(), lacks) {
		if values, multi, _ := c.Lookup(key); multi {
			out.SetAll(key, values)
		} else {
			out.Set(key, values[0])
		}
	}
	return out
}

// forget says why tags of the resource are absent.
func (l *LayerExplanation) forget() {
	for i := range l.Policies {
		for j := range l.Policies[i].Statements {
			s := &l.Policies[i].Statements[j]
			for k := range s.Conditions {
				if c := &s.Conditions[k]; ofResource(c.Key) {
					c.Note = "the resource is another account's"
				}
			}
		}
	}
}
