package userpools

import (
	"slices"
	"strings"
)

// An attribute is a declaration of the pool's schema.
type attribute struct {
	Name          string // full: "email", "custom:org", "dev:custom:org"
	Type          string // String, Number, DateTime, Boolean
	DeveloperOnly bool   `json:",omitempty"`
	Mutable       bool
	Required      bool    `json:",omitempty"`
	MinLength     *string `json:",omitempty"`
	MaxLength     *string `json:",omitempty"`
	MinValue      *string `json:",omitempty"`
	MaxValue      *string `json:",omitempty"`
}

// Limits. Source: Cognito Developer Guide, "Quotas".
const (
	maxCustom      = 50
	maxValueLength = 2048
)

const customPrefix = "custom:"

// attribute finds the declaration of an attribute: the pool's own first.
func (p *pool) attribute(name string) (attribute, bool) {
	for _, a := range p.Schema {
		if a.Name == name {
			return a, true
		}
	}
	return standardAttribute(name)
}

// required lists the attributes that nobody signs up without; sub aside.
func (p *pool) required() []string {
	var names []string
	for _, a := range p.Schema {
		if a.Required {
			names = append(names, a.Name)
		}
	}
	return names
}

func (p *pool) describeSchema() []SchemaAttributeType {
	var out []SchemaAttributeType
	for _, a := range standard {
		own, _ := p.attribute(a.Name)
		out = append(out, own.describe())
	}
	for _, a := range p.Schema {
		if _, ok := standardAttribute(a.Name); !ok {
			out = append(out, a.describe())
		}
	}
	return out
}

func (a attribute) describe() SchemaAttributeType {
	out := SchemaAttributeType{
		Name: &a.Name, AttributeDataType: &a.Type, DeveloperOnlyAttribute: &a.DeveloperOnly, Mutable: &a.Mutable, Required: &a.Required,
	}
	switch a.Type {
	case "String":
		out.StringAttributeConstraints = &StringAttributeConstraintsType{MinLength: a.MinLength, MaxLength: a.MaxLength}
	case "Number":
		out.NumberAttributeConstraints = &NumberAttributeConstraintsType{MinValue: a.MinValue, MaxValue: a.MaxValue}
	}
	return out
}

// newSchema reads the Schema of a new pool: changes of standard attributes and
// custom ones.
func newSchema(in []SchemaAttributeType) ([]attribute, error) {
	var own []attribute
	for i := range in {
		d := &in[i]
		std, ok := standardAttribute(value(d.Name))
		if !ok {
			var err error
			if own, err = addCustom(own, in[i:i+1]); err != nil {
				return nil, err
			}
			continue
		}
		if d.AttributeDataType != nil && *d.AttributeDataType != std.Type || value(d.DeveloperOnlyAttribute) {
			return nil, invalid("You can not change AttributeDataType or set developerOnlyAttribute for standard schema attribute %s", std.Name)
		}
		if slices.ContainsFunc(own, func(a attribute) bool { return a.Name == std.Name }) {
			return nil, existing(std.Name, std.Name)
		}
		if system(std.Name) {
			continue // what the pool vouches for is not for the pool's owner to change
		}
		std.Required, std.Mutable = value(d.Required), or(d.Mutable, true)
		if err := std.constrain(d); err != nil {
			return nil, err
		}
		own = append(own, std)
	}
	return own, nil
}

// system tells which attributes the pool itself keeps.
func system(name string) bool {
	switch name {
	case "sub", "email_verified", "phone_number_verified", "identities":
		return true
	}
	return false
}

func existing(name, full string) error {
	return invalid("%s: Existing attribute already has name %s.", name, full)
}

// addCustom adds custom attributes to a schema, which never loses one again.
func addCustom(schema []attribute, in []SchemaAttributeType) ([]attribute, error) {
	out := slices.Clone(schema)
	for i := range in {
		d := &in[i]
		if d.Name == nil {
			return nil, invalid("The name of a custom attribute is missing.")
		}
		short := customPrefix + *d.Name
		a := attribute{Name: short, Type: or(d.AttributeDataType, "String"), DeveloperOnly: value(d.DeveloperOnlyAttribute), Mutable: or(d.Mutable, true)}
		if a.DeveloperOnly {
			a.Name = "dev:" + short
		}
		if value(d.Required) {
			return nil, invalid("Required custom attributes are not supported currently.")
		}
		if slices.ContainsFunc(out, func(o attribute) bool { return o.Name == a.Name }) {
			return nil, existing(short, a.Name)
		}
		if err := a.constrain(d); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	n := 0
	for _, a := range out {
		if strings.Contains(a.Name, customPrefix) {
			n++
		}
	}
	if n > maxCustom {
		return nil, invalid("The number of custom attributes cannot exceed %d.", maxCustom)
	}
	return out, nil
}
