package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// render writes a file with all of its mutants in it. What a mutant replaces stands in it as it was, without the mutants inside:
// only one is planted at a time.
func (f *file) render() []byte {
	var places []*place
	for _, p := range f.places {
		if len(p.mutants) > 0 {
			places = append(places, p)
		}
	}
	slices.SortStableFunc(places, func(a, b *place) int {
		return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(b.end, a.end), cmp.Compare(b.form, a.form))
	})
	var b strings.Builder
	f.between(&b, 0, len(f.text), places)
	return []byte(b.String())
}

// between writes a piece of the text, and the places that begin in it.
func (f *file) between(b *strings.Builder, pos, end int, places []*place) {
	for i := 0; i < len(places); {
		p := places[i]
		b.Write(f.text[pos:p.pos])
		i++
		inside := i
		for i < len(places) && places[i].pos < p.end {
			i++
		}
		var inner strings.Builder
		f.between(&inner, p.pos, p.end, places[inside:i])
		p.write(b, inner.String())
		pos = p.end
	}
	b.Write(f.text[pos:end])
}

// write writes a place whose own text is given.
func (p *place) write(b *strings.Builder, own string) {
	first, last := p.mutants[0].ID, p.mutants[len(p.mutants)-1].ID
	here := fmt.Sprintf("mutantAt(%d, %d)", first, last)
	switch p.form {
	case expression, tag:
		fmt.Fprintf(b, "(func() %s { mutantHere := %s; ", p.typ, here)
		for _, m := range p.mutants {
			if m.value == "" {
				fmt.Fprintf(b, "if mutantHere == %d { return %s }; ", m.ID, m.with)
			}
		}
		if p.form == expression {
			fmt.Fprintf(b, "return %s }())", own)
			return
		}
		fmt.Fprintf(b, "mutantTag := %s; ", own)
		for _, m := range p.mutants {
			if m.value != "" {
				fmt.Fprintf(b, "if mutantHere == %d && mutantTag == %s { return %s }; ", m.ID, m.value, m.with)
			}
		}
		b.WriteString("return mutantTag }())")
	case statement:
		fmt.Fprintf(b, "if mutantHere := %s; ", here)
		for _, m := range p.mutants {
			fmt.Fprintf(b, "mutantHere == %d { %s } else if ", m.ID, m.with)
		}
		fmt.Fprintf(b, "true { %s }", own)
	case result:
		fmt.Fprintf(b, "switch %s { ", here)
		for _, m := range p.mutants {
			fmt.Fprintf(b, "case %d: %s; ", m.ID, m.with)
		}
		fmt.Fprintf(b, "}; %s", own)
	case insertion:
		fmt.Fprintf(b, "\nif %s == %d { %s };", here, first, p.mutants[0].with)
	}
}
