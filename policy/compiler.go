package policy

import "fmt"

// A compiler makes the statements of one policy. What they are made of are parts of a few large slices, as long as counted
// before, and what stands in a policy again and again is made once.
type compiler struct {
	policy     *Policy
	operators  lastOperator
	templates  templates
	known      [16]actionPattern
	keys       [8]keyRef
	names      [8]string // of keys, by length
	principals []principalTest
	actions    []actionPattern
	resources  []resource
	conditions []condition
	operands   []operand
}

// prepare counts what the statements are made of.
func (c *compiler) prepare(p *Policy) {
	var principals, actions, resources, conditions, operands int
	for i := range p.document.Statements {
		s := &p.document.Statements[i]
		principals += len(s.Principals) + len(s.NotPrincipal)
		actions += len(s.Actions) + len(s.NotActions)
		resources += max(1, len(s.Resources)+len(s.NotResources))
		conditions += len(s.Conditions)
		for j := range s.Conditions {
			operands += len(s.Conditions[j].Values)
		}
	}
	c.policy, c.templates.vars = p, p.document.Version == Version2012
	c.principals, c.actions = make([]principalTest, 0, principals), make([]actionPattern, 0, actions)
	c.resources, c.conditions = make([]resource, 0, resources), make([]condition, 0, conditions)
	c.operands = make([]operand, 0, operands)
}

func (c *compiler) compile() error {
	p := c.policy
	statements := make([]statement, len(p.document.Statements))
	p.statements = make([]*statement, len(statements))
	for i := range statements {
		p.statements[i] = &statements[i]
		if err := c.statement(&statements[i], i); err != nil {
			return fmt.Errorf("statement %d: %w", i, err)
		}
	}
	return nil
}

func (c *compiler) statement(s *statement, index int) error {
	p := c.policy
	src := &p.document.Statements[index]
	s.policy, s.index, s.source = p, index, src
	s.deny, s.named = src.Effect == effectDeny, p.kind.named()
	s.notPrincipal, s.notAction, s.notResource = len(src.NotPrincipal) > 0, len(src.NotActions) > 0, len(src.NotResources) > 0
	n := len(c.actions)
	for _, a := range joined(src.Actions, src.NotActions) {
		c.actions = append(c.actions, c.action(a))
	}
	s.actions = since(c.actions, n)
	n = len(c.resources)
	if p.kind == Trust {
		c.resources = append(c.resources, newResource("*", false, false))
	}
	for _, r := range joined(src.Resources, src.NotResources) {
		c.resources = append(c.resources, newResource(r, c.templates.vars, s.deny != s.notResource))
	}
	s.resources = since(c.resources, n)
	n = len(c.principals)
	for _, e := range joined(src.Principals, src.NotPrincipal) {
		t, ok := newPrincipalTest(e)
		if !ok {
			return fmt.Errorf("there is no principal %q", e.Value)
		}
		c.principals = append(c.principals, t)
	}
	s.principals = since(c.principals, n)
	n = len(c.conditions)
	for i := range src.Conditions {
		if err := c.condition(&src.Conditions[i], s.deny); err != nil {
			return err
		}
	}
	s.conditions = since(c.conditions, n)
	return nil
}

// action is newActionPattern, which remembers.
func (c *compiler) action(text string) actionPattern {
	p := &c.known[len(text)%len(c.known)]
	if p.text != text {
		*p = newActionPattern(text)
	}
	return *p
}

// since returns what was appended to a slice since it had n elements.
func since[T any](s []T, n int) []T { return s[n:len(s):len(s)] }

func (c *compiler) condition(src *Condition, deny bool) error {
	op, ok := c.operators.parse(src.Operator)
	if !ok {
		return fmt.Errorf("there is no condition operator %q", src.Operator)
	}
	n := len(c.operands)
	for _, v := range src.Values {
		c.operands = append(c.operands, operand{})
		if o := &c.operands[len(c.operands)-1]; !o.prepare(op.family, v, &c.templates) {
			return fmt.Errorf("%q is no value for %s", v, src.Operator)
		}
	}
	c.conditions = append(c.conditions, condition{operator: op, key: c.key(src.Key), values: since(c.operands, n), deny: deny, source: src})
	return nil
}

// key is newKey, which remembers.
func (c *compiler) key(name string) keyRef {
	i := len(name) % len(c.keys)
	if c.names[i] != name {
		c.names[i], c.keys[i] = name, newKey(name)
	}
	return c.keys[i]
}

// templates makes templates for one document, and remembers some of them: many statements have the same conditions.
type templates struct {
	vars  bool
	known [16]struct {
		text     string
		wild     bool
		template *template
	}
	made []template // the last of them; some are made at a time
}

func (t *templates) of(text string, wild bool) *template {
	if text == "" {
		return &template{literal: true}
	}
	k := &t.known[(len(text)+int(text[len(text)-1]))%len(t.known)]
	if k.text != text || k.wild != wild {
		if len(t.made) == cap(t.made) {
			t.made = make([]template, 0, 1+2*cap(t.made))
		}
		t.made = append(t.made, newTemplate(text, wild, t.vars))
		k.text, k.wild, k.template = text, wild, &t.made[len(t.made)-1]
	}
	return k.template
}
