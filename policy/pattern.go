package policy

import (
	"strings"

	"github.com/bailiwick-project/bailiwick/arn"
)

// An actionPattern is one Action or NotAction, in lower case.
type actionPattern struct {
	pattern string
	exact   bool
}

func newActionPattern(s string) actionPattern {
	s = strings.Map(func(r rune) rune {
		if r < 0x80 {
			return rune(lower(byte(r)))
		}
		return r
	}, s)
	return actionPattern{s, !strings.ContainsAny(s, "*?")}
}

// match compares without regard to case. The prefix is literal (Parse sees to it), so a star cannot reach into it.
func (p *actionPattern) match(action string) bool {
	if p.exact {
		if len(p.pattern) != len(action) {
			return false
		}
		for i := range len(action) {
			if p.pattern[i] != lower(action[i]) {
				return false
			}
		}
		return true
	}
	return globFold(p.pattern, action)
}

// An arnPattern matches ARNs part by part: a star before the fifth colon does not reach over it, one after it reaches
// everything, slashes and colons included.
type arnPattern struct {
	parts [5]template // partition to resource
	text  string      // the whole of it, when exact
	exact bool
}

// newARNPattern reads the value of an ArnLike or ArnEquals; nil when it is no ARN. Variables may stand in any part.
func newARNPattern(s string, vars bool) *arnPattern {
	fields := splitARN(s, vars)
	if len(fields) != 6 || fields[0] != "arn" {
		return nil
	}
	p := &arnPattern{}
	for i, f := range fields[1:] {
		p.parts[i] = newTemplate(f, true, vars)
	}
	p.finish()
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
	p := &arnPattern{}
	for i, f := range fields[1:] {
		p.parts[i] = newTemplate(f, true, vars && i == 4)
	}
	p.finish()
	return p
}

func (p *arnPattern) finish() {
	p.text, p.exact = p.head()
}

// head returns the literal text that every ARN matched begins with, and whether that is all of it.
func (p *arnPattern) head() (string, bool) {
	text := "arn"
	for i := range p.parts {
		head, exact := p.parts[i].head()
		text += ":" + head
		if !exact {
			return text, false
		}
	}
	return text, true
}

// compare is match for the values of conditions, where a malformed pattern is nil.
func (p *arnPattern) compare(c *Context, s string, a *arn.ARN) likeness {
	return likenessOf(p != nil && p.match(c, s, a), p != nil)
}

// movingParts reports whether an ARN has a variable before its fifth colon.
func movingParts(s string) bool {
	fields := splitARN(s, true)
	return strings.Contains(strings.Join(fields[:min(5, len(fields))], ":"), "${")
}

func (p *arnPattern) match(c *Context, s string, a *arn.ARN) bool {
	if p.exact {
		return p.text == s
	}
	return p.parts[0].match(c, a.Partition) && p.parts[1].match(c, a.Service) && p.parts[2].match(c, a.Region) &&
		p.parts[3].match(c, a.Account) && p.parts[4].match(c, a.Resource)
}
