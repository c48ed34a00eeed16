package policy

// The two versions of the policy language. Only Version2012 knows policy variables; a document without a Version is of 2008.
const (
	Version2008 = "2008-10-17"
	Version2012 = "2012-10-17"
)

// A Document is a policy as written. Parse makes it; a caller may change it (IAM stores the principals of trust policies as
// unique ids) and print it again. Compile checks it once more.
type Document struct {
	Kind       Kind
	Version    string // Version2012, Version2008, or empty for a document without one
	ID         string // the element Id; no meaning for decisions
	Statements []Statement
}

// A Statement is one statement of a Document. Of each pair (Principals, NotPrincipal), (Actions, NotActions), (Resources,
// NotResources) at most one is set.
type Statement struct {
	Sid          string
	Effect       string // "Allow" or "Deny"
	Principals   []PrincipalEntry
	NotPrincipal []PrincipalEntry
	Actions      []string
	NotActions   []string
	Resources    []string
	NotResources []string
	Conditions   []Condition
	Line, Column int // of its opening brace, from 1; columns count characters
	Span         Span
}

// A Span is where a statement stands in its text, as AWS's policy simulator tells it: from behind what comes before it, which is
// the bracket or the statement before, to behind its closing brace. A statement that is no element of an array begins behind its
// opening brace. Lines and columns are from 1; all are 0 for a document that was not parsed.
type Span struct{ Line, Column, EndLine, EndColumn int }

// A PrincipalEntry is one principal named by a statement.
type PrincipalEntry struct {
	Type         string // "AWS", "Federated", "Service", "CanonicalUser", or "*" when Principal is the bare string "*"
	Value        string // an ARN, account id, unique id, provider, service, or "*"
	Line, Column int
}

// A Condition is one operator applied to one key. All conditions of a statement must be met.
type Condition struct {
	Operator     string   // as written, such as "ForAllValues:StringLikeIfExists"
	Key          string   // as written
	Values       []string // numbers and booleans as text; at least one
	Line, Column int      // of the key
}

// A SyntaxError says why a document is not accepted.
type SyntaxError struct {
	Message      string // AWS's sentence, exactly, for MalformedPolicyDocument
	Detail       string // what is wrong in particular, for people; AWS does not tell
	Line, Column int    // where; from 1, or 0 when the document as a whole is meant
	TooLarge     bool   // the size is the only fault: LimitExceeded rather than MalformedPolicyDocument

	statement int    // that has the fault
	about     string // the text in it that is at fault, "" for none in particular
}

// Error returns AWS's sentence.
func (e *SyntaxError) Error() string { return e.Message }
