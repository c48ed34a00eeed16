package policy

import (
	"math/bits"
	"strings"
)

// A resource is one entry of Resource or NotResource.
type resource struct {
	text    string      // as written; when exact, without escapes
	all     bool        // "*"
	exact   bool        // one ARN
	pattern *arnPattern // of several; nil: matches nothing
}

// newResource compiles an entry; wide is for newResourcePattern.
func newResource(source string, vars, wide bool) resource {
	r := resource{text: source, all: source == "*", exact: isExactARN(source)}
	if r.all || r.exact {
		return r
	}
	if r.pattern = newResourcePattern(source, vars, wide); r.pattern != nil && r.pattern.exact {
		r.exact, r.text = true, r.pattern.text
	}
	return r
}

// An actionPattern is one Action or NotAction.
type actionPattern struct {
	text string // as written
	hash uint64 // without regard to case; 0 with wildcards
}

func newActionPattern(s string) actionPattern {
	if strings.IndexByte(s, '*') >= 0 || strings.IndexByte(s, '?') >= 0 {
		return actionPattern{text: s}
	}
	return actionPattern{s, foldedHash(s)}
}

// exact reports whether the pattern is the name of one action.
func (p *actionPattern) exact() bool { return p.hash != 0 }

// matches compares with the action of the request.
func (p *actionPattern) matches(e *evaluation) bool {
	if p.exact() && p.hash != e.action {
		return false
	}
	return p.text == e.request.Action || p.match(e.request.Action)
}

// match compares without regard to case. The prefix is literal (Parse sees to it), so a star cannot reach into it.
func (p *actionPattern) match(action string) bool {
	if p.exact() {
		if len(p.text) != len(action) {
			return false
		}
		for i := range len(action) {
			if lower(p.text[i]) != lower(action[i]) {
				return false
			}
		}
		return true
	}
	return globFold(p.text, action)
}

// An arnPattern matches ARNs part by part: a star before the fifth colon does not reach over it, one after it reaches
// everything, slashes and colons included.
type arnPattern struct {
	text  string // the literal text that every ARN matched begins with; all of it, when exact
	exact bool
	lead  int        // length of the parts of text that are complete, without the colon behind them
	first int        // of the parts that are not
	parts []template // from first to the resource; none when exact
}

// isExactARN reports whether s is the pattern of one ARN for certain: six parts, no wildcards, and nothing that begins a variable.
func isExactARN(s string) bool {
	if !strings.HasPrefix(s, "arn:") {
		return false
	}
	found, special := 0, uint64(0)
	for i := 0; i <= len(s); i += 8 {
		var w uint64
		if i+8 <= len(s) {
			w = word(s, i)
		} else {
			w = lastWord(s, i)
		}
		found += bits.OnesCount64(equalTo(w, ':'))
		special |= below(w^'*'*ones, 1) | below(w^'?'*ones, 1) | below(w^'$'*ones, 1)
	}
	return found >= 5 && special == 0
}

// newARNPattern reads the value of an ArnLike or ArnEquals; nil when it is no ARN. Variables may stand in any part.
func newARNPattern(s string, vars bool) *arnPattern {
	fields := splitARN(s, vars)
	if len(fields) != 6 || fields[0] != "arn" {
		return nil
	}
	return joinARN(fields[1:], func(int) bool { return vars })
}

// joinARN makes a pattern of the five parts; vars says which of them may have variables.
func joinARN(fields []string, vars func(i int) bool) *arnPattern {
	p := &arnPattern{text: "arn", exact: true}
	for i, f := range fields {
		t := newTemplate(f, true, vars(i))
		if p.exact {
			p.lead, p.first = len(p.text), i
			head, literal := t.head()
			p.text += ":" + head
			p.exact = literal
		}
		if !p.exact {
			p.parts = append(p.parts, t)
		}
	}
	if p.exact {
		p.lead = len(p.text)
	}
	return p
}

// splitARN splits at the first five colons that are not inside a variable.
func splitARN(s string, vars bool) []string {
	var fields []string
	start := 0
	for i := 0; i < len(s) && len(fields) < 5; i++ {
		if vars && strings.HasPrefix(s[i:], "${") {
			if end := strings.IndexByte(s[i:], '}'); end > 0 {
				i += end
				continue
			}
		}
		if s[i] == ':' {
			fields = append(fields, s[start:i])
			start = i + 1
		}
	}
	return append(fields, s[start:])
}

// newResourcePattern reads a Resource or NotResource; nil matches nothing. Variables may stand after the fifth colon only.
// An ARN with parts missing matches all values of those parts if it ends in a star; if it does not, AWS's answer is unknown,
// and wide says whether matching more is the careful side.
func newResourcePattern(s string, vars, wide bool) *arnPattern {
	fields := strings.SplitN(s, ":", 6)
	if fields[0] != "arn" || len(fields) < 3 || len(fields) < 6 && !wide && !strings.HasSuffix(s, "*") {
		return nil
	}
	for len(fields) < 6 {
		fields = append(fields, "*")
	}
	return joinARN(fields[1:], func(i int) bool { return vars && i == resourcePart })
}

// compare is match for the values of conditions, where a malformed pattern is nil.
func (p *arnPattern) compare(c *Context, s string, at *colons) likeness {
	return likenessOf(p != nil && p.match(c, s, at), p != nil)
}

// movingParts reports whether an ARN has a variable before its fifth colon.
func movingParts(s string) bool {
	fields := splitARN(s, true)
	return strings.Contains(strings.Join(fields[:min(5, len(fields))], ":"), "${")
}

// match reports whether the pattern covers the ARN s, whose colons are given.
func (p *arnPattern) match(c *Context, s string, at *colons) bool {
	if p.exact {
		return p.text == s
	}
	if !strings.HasPrefix(s, p.text) {
		return false
	}
	for i := range p.parts {
		if !p.parts[i].match(c, at.part(s, p.first+i)) {
			return false
		}
	}
	return true
}
