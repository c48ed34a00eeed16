package policy

import "slices"

// ContextKeys returns the names of the context keys that the document needs of a request: those that conditions test and those
// that variables stand for, in the order of the text and spelled as they are first. A key is one key in any case of its letters.
func (d *Document) ContextKeys() []string {
	var names []string
	seen := map[string]bool{}
	add := func(name string) {
		if folded := foldKey(name); !seen[folded] {
			seen[folded] = true
			names = append(names, name)
		}
	}
	vars := d.Version == Version2012
	for i := range d.Statements {
		s := &d.Statements[i]
		for _, r := range slices.Concat(s.Resources, s.NotResources) {
			variables(r, vars, add)
		}
		for j := range s.Conditions {
			c := &s.Conditions[j]
			add(c.Key)
			if op, _ := parseOperator(c.Operator); !op.family.expands() {
				continue
			}
			for _, v := range c.Values {
				variables(v, vars, add)
			}
		}
	}
	return names
}

// expands reports whether values of the family may have variables.
func (f family) expands() bool {
	return f == famString || f == famStringFold || f == famStringLike || f == famARN || f == famBool
}

func variables(text string, vars bool, add func(string)) {
	t := newTemplate(text, true, vars)
	for i := range t.segs {
		if t.segs[i].kind == variable {
			add(t.segs[i].name)
		}
	}
}
