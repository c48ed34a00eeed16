package userpools

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
