package policy

// An Explanation is a Decision with everything that led to it. Its JSON is stable: records of decisions are kept in it.
type Explanation struct {
	Decision Decision `json:"-"`

	Allowed   bool               `json:"allowed"`
	Effect    string             `json:"effect"`              // "Allow", "ExplicitDeny", "ImplicitDeny"
	Layer     string             `json:"layer"`               // AWS's words for the deciding layer
	Policy    string             `json:"policy,omitempty"`    // the deciding policy
	Statement *StatementName     `json:"statement,omitempty"` // the deciding statement
	Error     string             `json:"error,omitempty"`     // why a policy or the request could not be read
	Because   string             `json:"because,omitempty"`   // the reason that AWS gives the caller
	Principal PrincipalName      `json:"principal"`
	Action    string             `json:"action"`
	Resource  string             `json:"resource"`
	Context   []ContextKey       `json:"context"`
	Layers    []LayerExplanation `json:"layers"`

	// Nearest is, for an implicit deny, the Allow of the deciding layer that came closest: the one to look at first.
	Nearest *StatementExplanation `json:"nearest,omitempty"`
	// Unresolved lists the policy variables that had no value, in statements of the action. They match nothing.
	Unresolved []string `json:"unresolved,omitempty"`
}

// A StatementName is a StatementRef in JSON.
type StatementName struct {
	Sid    string `json:"sid,omitempty"`
	Index  int    `json:"index"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// A PrincipalName is a Principal in JSON.
type PrincipalName struct {
	Type      string `json:"type"`
	ARN       string `json:"arn,omitempty"`
	Role      string `json:"role,omitempty"`
	ID        string `json:"id,omitempty"`
	Account   string `json:"account,omitempty"`
	Federated string `json:"federated,omitempty"`
	Service   string `json:"service,omitempty"`
}

// A ContextKey is one condition key of the request.
type ContextKey struct {
	Key         string   `json:"key"`
	Values      []string `json:"values"`
	Multivalued bool     `json:"multivalued"`
}

// A LayerExplanation is one layer that was asked. Layers that the request does not have are left out; one that is there without
// a policy, and so allows nothing, is empty.
type LayerExplanation struct {
	Layer    string                `json:"layer"`
	Policies []DocumentExplanation `json:"policies"`
}

// A DocumentExplanation is one policy of a layer.
type DocumentExplanation struct {
	Policy     string                 `json:"policy"`
	Error      string                 `json:"error,omitempty"` // it cannot be read, and denies
	Statements []StatementExplanation `json:"statements"`
}

// A StatementExplanation says whether a statement applies to the request, and which of its elements match.
type StatementExplanation struct {
	Policy     string                 `json:"policy"`
	Sid        string                 `json:"sid,omitempty"`
	Index      int                    `json:"index"`
	Line       int                    `json:"line"`
	Column     int                    `json:"column"`
	Effect     string                 `json:"effect"` // "Allow" or "Deny"
	Applies    bool                   `json:"applies"`
	Principal  bool                   `json:"principal"`
	Action     bool                   `json:"action"`
	Resource   bool                   `json:"resource"`
	Actions    []string               `json:"actions"`   // as written, of Action or NotAction
	Resources  []string               `json:"resources"` // of Resource or NotResource, variables filled in
	Conditions []ConditionExplanation `json:"conditions"`
	Unresolved []string               `json:"unresolved,omitempty"` // variables of resources and conditions without a value

	NotAction   bool `json:"notAction,omitempty"`   // Actions are those of NotAction
	NotResource bool `json:"notResource,omitempty"` // Resources are those of NotResource
}

// A ConditionExplanation is one condition of a statement.
type ConditionExplanation struct {
	Operator    string   `json:"operator"`
	Key         string   `json:"key"`
	Line        int      `json:"line"`
	Column      int      `json:"column"`
	Written     []string `json:"written"`  // the values as the policy has them
	Expected    []string `json:"expected"` // the values with variables filled in
	Actual      []string `json:"actual"`   // what the request has
	Present     bool     `json:"present"`
	Multivalued bool     `json:"multivalued"`
	Met         bool     `json:"met"`
	Unresolved  []string `json:"unresolved,omitempty"`
	Note        string   `json:"note,omitempty"` // where the language surprises
}

// passed tells of one level of an organization that it allows, and so is not the one to look at.
func (l *LayerExplanation) passed() bool {
	if l.Layer != LayerServiceControl.String() && l.Layer != LayerResourceControl.String() {
		return false
	}
	for i := range l.Policies {
		for j := range l.Policies[i].Statements {
			if s := &l.Policies[i].Statements[j]; s.Applies && s.Effect == effectAllow {
				return true
			}
		}
	}
	return false
}

// failed counts the conditions that are not met.
func (s *StatementExplanation) failed() int {
	n := 0
	for i := range s.Conditions {
		if !s.Conditions[i].Met {
			n++
		}
	}
	return n
}

// distance orders statements by how far they are from applying: another action is farther than any other difference.
func (s *StatementExplanation) distance() int {
	d := min(s.failed(), 999)
	for weight, matches := range map[int]bool{1e3: s.Principal, 1e4: s.Resource, 1e5: s.Action} {
		if !matches {
			d += weight
		}
	}
	return d
}
