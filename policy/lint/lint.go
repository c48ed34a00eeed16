package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A Severity says how sure and how bad a finding is.
type Severity string

// Error: as it stands, the statement lets through what it seems to keep out, or
// does nothing. Warning: it does under circumstances that the document does not
// exclude.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// A Finding is one trap in a document.
type Finding struct {
	Rule      string   `json:"rule"` // the ID of a Rule
	Severity  Severity `json:"severity"`
	Line      int      `json:"line"`   // from 1
	Column    int      `json:"column"` // from 1, counts characters
	Statement int      `json:"statement"`
	Sid       string   `json:"sid,omitempty"`
	Message   string   `json:"message"` // what happens
	Instead   string   `json:"instead"` // what to write
}

// A Linter checks documents. It does not change and may be used by many goroutines.
type Linter struct{ reference *reference }

// New makes a Linter.
func New() *Linter { return &Linter{newReference()} }

// Check reads a document and returns its traps in the order of the text. A document
// that AWS refuses gives its *policy.SyntaxError.
func (l *Linter) Check(kind policy.Kind, text string) ([]Finding, error) {
	d, err := policy.Parse(kind, text)
	if err != nil {
		return nil, fmt.Errorf("reading the policy: %w", err)
	}
	src, err := policy.ReadSource(text)
	if err != nil {
		return nil, fmt.Errorf("finding positions: %w", err)
	}
	r := &review{reference: l.reference, document: d, source: src, found: []Finding{}}
	for i := range d.Statements {
		r.statements = append(r.statements, r.statement(i))
	}
	r.tenants = slices.ContainsFunc(r.statements, (*statement).personal)
	for _, s := range r.statements {
		for _, rule := range [...]func(*review, *statement){
			(*review).sets, (*review).absence, (*review).keys, (*review).operators, (*review).separators, (*review).variables,
			(*review).principals, (*review).cognito, (*review).objects, (*review).reach, (*review).attributes, (*review).dead,
		} {
			rule(r, s)
		}
	}
	r.duplicates()
	slices.SortStableFunc(r.found, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Rule, b.Rule))
	})
	return slices.CompactFunc(r.found, func(a, b Finding) bool { return a == b }), nil
}

// A review is one document while it is looked at.
type review struct {
	reference  *reference
	document   *policy.Document
	source     *policy.Source
	statements []*statement
	tenants    bool // some statement tells principals apart by a tag or an identity
	found      []Finding
}

// A place is what a finding points at: the beginning of the statement, or a part.
type place []string

func (s *statement) at(path ...string) place {
	return append(place{"Statement", strconv.Itoa(s.index)}, path...)
}

func (s *statement) atAction(i int) place {
	if s.notAction {
		return s.at("NotAction", strconv.Itoa(i))
	}
	return s.at("Action", strconv.Itoa(i))
}

func (s *statement) atResource(i int) place {
	if s.notResource {
		return s.at("NotResource", strconv.Itoa(i))
	}
	return s.at("Resource", strconv.Itoa(i))
}

func (s *statement) atValue(c *condition, i int) place {
	return s.at("Condition", c.Operator, c.Key, strconv.Itoa(i))
}

// report adds a finding at a part of a statement.
func (r *review) report(rule string, s *statement, at place, format string, args ...any) {
	line, column := r.source.Position(at...)
	r.add(rule, s, line, column, fmt.Sprintf(format, args...))
}

// about puts a key into the advice of the last finding.
func (r *review) about(key string) {
	last := &r.found[len(r.found)-1]
	last.Instead = strings.ReplaceAll(last.Instead, `"KEY"`, `"`+key+`"`)
}

// reportKey adds a finding at the key of a condition.
func (r *review) reportKey(rule string, s *statement, c *condition, format string, args ...any) {
	r.add(rule, s, c.Line, c.Column, fmt.Sprintf(format, args...))
	r.about(c.Key)
}

func (r *review) add(rule string, s *statement, line, column int, message string) {
	i := slices.IndexFunc(rules, func(x Rule) bool { return x.ID == rule })
	severity := rules[i].Severity
	if rules[i].Tenants && r.tenants || rules[i].Denies && !s.allow {
		severity = Error
	}
	r.found = append(r.found, Finding{
		Rule: rule, Severity: severity, Line: line, Column: column, Statement: s.index, Sid: s.Sid,
		Message: message, Instead: rules[i].Instead,
	})
}
