package iam

import (
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// Bounds of the context of a simulation. AWS does not tell its own.
const (
	maxContextEntries = 256
	maxContextValues  = 1000 // of one key
	maxContextValue   = 2048 // bytes
)

// contextOperators has for each type of a context entry an operator that compares
// its values. A List of it is a key of several values.
// Source: IAM API Reference, ContextEntry.
var contextOperators = map[string]string{
	"string": "StringEquals", "numeric": "NumericEquals", "boolean": "Bool", "ip": "IpAddress", "binary": "BinaryEquals", "date": "DateEquals",
}

// readContext adds the entries of the input to what the caller brings, and takes
// their side where both have a key. It comes last: it then knows what is missing.
func (m *simulation) readContext(entries []ContextEntry) error {
	if len(entries) > maxContextEntries {
		return invalid("ContextEntries can have at most %d entries.", maxContextEntries)
	}
	given := new(policy.Context)
	for i := range entries {
		if err := addEntry(given, &entries[i]); err != nil {
			return err
		}
	}
	m.context = given.Over(m.context)
	m.measure(entries)
	return nil
}

func addEntry(to *policy.Context, e *ContextEntry) error {
	name := text(e.ContextKeyName)
	if e.ContextKeyName == nil || e.ContextKeyType == nil {
		return invalid("A context entry needs a ContextKeyName and a ContextKeyType.")
	}
	if _, _, twice := to.Lookup(name); twice {
		return invalid("The context key %s is given twice.", name)
	}
	single, list := strings.CutSuffix(*e.ContextKeyType, "List")
	operator, ok := contextOperators[single]
	if !ok {
		return invalid("%s is not a valid type of the context key %s.", *e.ContextKeyType, name)
	}
	if len(e.ContextKeyValues) > maxContextValues || !list && len(e.ContextKeyValues) != 1 {
		return invalid("The context key %s of the type %s cannot have %d values.", name, *e.ContextKeyType, len(e.ContextKeyValues))
	}
	for _, v := range e.ContextKeyValues {
		if len(v) > maxContextValue || !policy.IsValue(operator, v) || single == "ip" && strings.Contains(v, "/") {
			return invalid("The context key %s has a value that is not of the type %s.", name, *e.ContextKeyType)
		}
	}
	if list {
		to.SetAll(name, e.ContextKeyValues)
	} else {
		to.Set(name, e.ContextKeyValues[0])
	}
	return nil
}

// measure finds which keys are missing, and how much work one question is at
// worst: every text of the policies, with every value of the longest list.
func (m *simulation) measure(entries []ContextEntry) {
	values, longest, bytes := 1, 0, 0
	for i := range entries {
		values = max(values, len(entries[i].ContextKeyValues))
		for _, v := range entries[i].ContextKeyValues {
			longest = max(longest, len(v))
		}
	}
	for _, r := range m.resources {
		longest = max(longest, len(r))
	}
	seen := map[string]bool{}
	m.missing = []string{}
	for _, p := range m.policies() {
		d := p.Document()
		if d == nil {
			continue
		}
		bytes += weight(d)
		for _, key := range d.ContextKeys() {
			_, _, present := m.context.Lookup(key)
			if folded := strings.ToLower(key); !present && !seen[folded] {
				m.missing, seen[folded] = append(m.missing, key), true
			}
		}
	}
	m.work = (bytes + 64) * values * (1 + longest/256)
}

// policies are all policies of the simulation.
func (m *simulation) policies() []*policy.Policy {
	all := slices.Concat(append(m.controls[:len(m.controls):len(m.controls)], m.identity)...)
	for _, p := range []*policy.Policy{m.boundary, m.resource} {
		if p != nil {
			all = append(all, p)
		}
	}
	return all
}

// weight is about how long the parts of a document are that are compared.
func weight(d *policy.Document) int {
	n := 0
	add := func(texts ...string) {
		for _, t := range texts {
			n += 16 + len(t)
		}
	}
	for i := range d.Statements {
		s := &d.Statements[i]
		n += 64
		add(s.Actions...)
		add(s.NotActions...)
		add(s.Resources...)
		add(s.NotResources...)
		for _, p := range s.Principals {
			add(p.Value)
		}
		for j := range s.Conditions {
			add(s.Conditions[j].Key)
			add(s.Conditions[j].Values...)
		}
	}
	return n
}
