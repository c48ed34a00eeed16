package policy

import (
	"slices"
	"strings"
	"unicode/utf8"
)

type segmentKind uint8

const (
	literalText segmentKind = iota
	anyText                 // *
	oneChar                 // ?
	variable                // ${key} or ${key, 'default'}
	noText                  // ${...} that can have no value
)

// A segment is a piece of a template.
type segment struct {
	kind       segmentKind
	text       string // literal; of a variable its default
	hasDefault bool
	key        keyRef
	name       string // of a variable, as written
}

// A template is a pattern of a policy, taken apart once so that matching needs no memory. What a variable stands for is
// compared as it is: a star in a session tag is a star and no wildcard, or a tenant could name itself "*".
type template struct {
	literal bool
	text    string    // the whole of it, when literal
	segs    []segment // else
}

// newTemplate takes s apart. Without wild, * and ? are ordinary characters; without vars (Version 2008), so is ${.
func newTemplate(s string, wild, vars bool) template {
	var few [6]segment // on the stack, as many as most templates have
	segs := few[:0]
	plain, start := "", 0 // what is literal before s[start:], and since
	flush := func(end int) {
		if plain += s[start:end]; plain != "" {
			segs = append(segs, segment{kind: literalText, text: plain})
		}
		plain = ""
	}
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case vars && c == '$' && strings.HasPrefix(s[i:], "${"):
			end := strings.IndexByte(s[i:], '}')
			if end < 0 {
				continue
			}
			if seg := newVariable(s[i+2 : i+end]); seg.kind == literalText {
				plain += s[start:i] + seg.text
			} else {
				flush(i)
				segs = append(segs, seg)
			}
			i += end
			start = i + 1
		case wild && c == '*':
			flush(i)
			start = i + 1
			if n := len(segs); n == 0 || segs[n-1].kind != anyText {
				segs = append(segs, segment{kind: anyText})
			}
		case wild && c == '?':
			flush(i)
			start = i + 1
			segs = append(segs, segment{kind: oneChar})
		}
	}
	if len(segs) == 0 {
		return template{literal: true, text: plain + s[start:]}
	}
	flush(len(s))
	return template{segs: slices.Clone(segs)}
}

// newVariable reads the inside of ${...}. What is no name of a key has no value, as if the key were missing.
func newVariable(inside string) segment {
	if inside == "*" || inside == "?" || inside == "$" {
		return segment{kind: literalText, text: inside}
	}
	seg := segment{kind: variable, name: inside}
	if name, value, ok := strings.Cut(inside, ", "); ok {
		value, quoted := strings.CutPrefix(value, "'")
		value, closed := strings.CutSuffix(value, "'")
		if !quoted || !closed {
			return segment{kind: noText, name: inside}
		}
		seg.name, seg.text, seg.hasDefault = name, value, value != "" // an empty default is none
	}
	head, _, _ := strings.Cut(seg.name, "/") // what follows is the key of a tag, which may have spaces
	if !strings.Contains(head, ":") || strings.ContainsAny(seg.name, "{}$'\"*?") || strings.Contains(head, " ") || strings.HasSuffix(seg.name, " ") {
		return segment{kind: noText, name: inside}
	}
	seg.key = newKey(seg.name)
	return seg
}

// head returns the literal text that everything matched begins with, and whether that is all of it.
func (t *template) head() (string, bool) {
	switch {
	case t.literal:
		return t.text, true
	case t.segs[0].kind == literalText:
		return t.segs[0].text, false
	}
	return "", false
}

// all returns the segments, of a literal one too.
func (t *template) all() []segment {
	if t.literal {
		return []segment{{kind: literalText, text: t.text}}
	}
	return t.segs
}

// value returns the text of a literal or variable. A key that is missing, empty or multivalued has none.
func (g *segment) value(c *Context) (string, bool) {
	switch g.kind {
	case literalText:
		return g.text, true
	case variable:
		e := c.find(g.key)
		if e == nil {
			return g.text, g.hasDefault
		}
		return e.one[0], !e.multi && e.one[0] != ""
	}
	return "", false
}

// match reports whether the template covers all of s.
func (t *template) match(c *Context, s string) bool {
	if t.literal {
		return t.text == s
	}
	pos := 0
	for i := range t.segs {
		switch g := &t.segs[i]; g.kind {
		case anyText:
			return i == len(t.segs)-1 || t.matchFrom(c, s, pos, i)
		case oneChar:
			if pos == len(s) {
				return false
			}
			pos += runeLen(s[pos:])
		default:
			text, ok := g.value(c)
			if !ok || !strings.HasPrefix(s[pos:], text) {
				return false
			}
			pos += len(text)
		}
	}
	return pos == len(s)
}

// matchFrom is match from the first star on, which is segment i. It goes back only to the last star, so the cost is at most the
// product of the lengths, however many stars a hostile pattern has; when that becomes much, matchWide goes on in a cheaper way.
func (t *template) matchFrom(c *Context, s string, pos, i int) bool {
	star, mark := i, pos
	for steps := 0; ; steps++ {
		if steps == patience {
			return t.matchWide(c, s)
		}
		switch {
		case i == len(t.segs):
			if pos == len(s) || star == i-1 {
				return true
			}
		case t.segs[i].kind == anyText:
			star, mark = i, pos
			i++
			continue
		case t.segs[i].kind == oneChar:
			if pos < len(s) {
				pos += runeLen(s[pos:])
				i++
				continue
			}
		default:
			text, ok := t.segs[i].value(c)
			if !ok {
				return false
			}
			if strings.HasPrefix(s[pos:], text) {
				pos += len(text)
				i++
				continue
			}
		}
		if mark >= len(s) {
			return false
		}
		mark += runeLen(s[mark:])
		if next := star + 1; next < len(t.segs) && t.segs[next].kind == literalText {
			skip := strings.Index(s[mark:], t.segs[next].text)
			if skip < 0 {
				return false
			}
			mark += skip
		}
		pos, i = mark, star+1
	}
}

// matchFold is match without regard to case, for templates without wildcards.
func (t *template) matchFold(c *Context, s string) bool {
	if t.literal {
		rest, ok := cutFold(s, t.text)
		return ok && rest == ""
	}
	for i := range t.segs {
		text, has := t.segs[i].value(c)
		if !has {
			return false
		}
		rest, ok := cutFold(s, text)
		if !ok {
			return false
		}
		s = rest
	}
	return s == ""
}

// cutFold is strings.CutPrefix without regard to case.
func cutFold(s, prefix string) (rest string, ok bool) {
	for prefix != "" {
		if s == "" {
			return "", false
		}
		a, n := utf8.DecodeRuneInString(prefix)
		b, m := utf8.DecodeRuneInString(s)
		if !equalFold(a, b) {
			return "", false
		}
		prefix, s = prefix[n:], s[m:]
	}
	return s, true
}

// fill writes the template as the text of a pattern without variables. It is false if a variable has no value.
func (t *template) fill(c *Context) (text string, ok bool) {
	var b strings.Builder
	for _, g := range t.all() {
		switch g.kind {
		case anyText:
			b.WriteByte('*')
		case oneChar:
			b.WriteByte('?')
		default:
			v, ok := g.value(c)
			if !ok {
				return "", false
			}
			b.WriteString(literally.Replace(v))
		}
	}
	return b.String(), true
}

// literally writes a text such that it stands for itself in a pattern.
var literally = strings.NewReplacer("*", "${*}", "?", "${?}", "$", "${$}")

// expand shows the template with its variables filled in, for people. The unresolved stay as written and are also listed.
func (t *template) expand(c *Context) (text string, unresolved []string) {
	var b strings.Builder
	for _, g := range t.all() {
		switch g.kind {
		case anyText:
			b.WriteByte('*')
		case oneChar:
			b.WriteByte('?')
		default:
			v, ok := g.value(c)
			if !ok {
				v = "${" + g.name + "}"
				unresolved = append(unresolved, g.name)
			}
			b.WriteString(v)
		}
	}
	return b.String(), unresolved
}

func runeLen(s string) int {
	if s[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRuneInString(s)
	return n
}
