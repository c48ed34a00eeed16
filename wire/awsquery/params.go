package awsquery

import (
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
)

// Bounds that no true request comes near: the longest lists of IAM have some
// hundreds of entries of two parameters.
const (
	maxParts = 50_000 // of all names together
	maxDepth = 32     // of one name: Tags.member.1.Key has four
)

// A param is a node of the tree that the names of the parameters make.
type param struct {
	value    *string
	children map[string]*param
}

// A malformed request is told in AWS's words where they are known.
func malformed(format string, args ...any) error {
	return bailiwick.Errorf(bailiwick.CodeSerialization, format, args...)
}

// parse reads the parameters of r: those of its URL, and those of the form that
// its body is. The parameters of a presigned URL are among them and harmless.
func parse(r *http.Request, body []byte) (*param, error) {
	root, count := new(param), 0
	if err := root.form(r.URL.RawQuery, &count); err != nil {
		return nil, err
	}
	if r.Method == http.MethodPost {
		if err := root.form(string(body), &count); err != nil {
			return nil, err
		}
	}
	return root, nil
}

func (p *param) form(text string, count *int) error {
	for text != "" {
		var pair string
		pair, text, _ = strings.Cut(text, "&")
		if pair == "" {
			continue
		}
		name, value, _ := strings.Cut(pair, "=")
		name, err := unescape(name)
		if err != nil {
			return err
		}
		value, err = unescape(value)
		if err != nil {
			return err
		}
		parts := 1 + strings.Count(name, ".")
		if *count += parts; *count > maxParts {
			return malformed("Too many parameters")
		}
		if parts > maxDepth {
			return malformed("Nesting is too deep")
		}
		if err := p.add(name, value); err != nil {
			return err
		}
	}
	return nil
}

func unescape(s string) (string, error) {
	out, err := url.QueryUnescape(s)
	if err != nil || !utf8.ValidString(out) {
		return "", malformed("Invalid URL encoding in request parameters")
	}
	return out, nil
}

func (p *param) add(name, value string) error {
	for part := range strings.SplitSeq(name, ".") {
		next := p.children[part]
		if next == nil {
			next = new(param)
			if p.children == nil {
				p.children = map[string]*param{}
			}
			p.children[part] = next
		}
		p = next
	}
	if p.value != nil {
		return malformed("Duplicate parameter in request")
	}
	p.value = &value
	return nil
}

// scalar is the value of a parameter that has no parts.
func (p *param) scalar() (string, error) {
	switch {
	case len(p.children) > 0:
		return "", malformed("Start of structure or map found where not expected.")
	case p.value == nil:
		return "", malformed("Unexpected complex element termination")
	}
	return *p.value, nil
}

// only is the value of a parameter of the whole request, such as Action.
func (p *param) only(name string) string {
	if c := p.children[name]; c != nil && c.value != nil && len(c.children) == 0 {
		return *c.value
	}
	return ""
}
