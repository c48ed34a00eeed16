package lambda

import (
	"regexp"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick"
)

// latest is the version that changes.
const latest = "$LATEST"

// A ref is a function as a request names it. The parts of another account or
// region come from its ARN.
type ref struct {
	account, region, name string
	qualifier             string // version, alias or $LATEST; "" for none
}

// nameForm is how functions are named: NAME, ACCOUNT:function:NAME,
// arn:aws:lambda:REGION:ACCOUNT:function:NAME, each with :QUALIFIER or without.
// Source: Lambda API Reference, "Invoke", FunctionName.
var nameForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(?:(?:(?:arn:aws:lambda:([a-z0-9-]+):)?([0-9]{12}):)?function:)?([a-zA-Z0-9-_]{1,64})(?::(\$LATEST|[a-zA-Z0-9-_]{1,128}))?$`)
})

// parse reads a function's name and a Qualifier beside it.
func parse(call *bailiwick.Call, name string, qualifier *string) (ref, error) {
	m := nameForm().FindStringSubmatch(name)
	if m == nil {
		return ref{}, bailiwick.Errorf(bailiwick.CodeValidation,
			"1 validation error detected: Value '%.300s' at 'functionName' failed to satisfy constraint: Member must satisfy regular expression pattern: %s", name,
			`(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`)
	}
	r := ref{account: call.Account, region: call.Region, name: m[3], qualifier: m[4]}
	if m[2] != "" {
		r.account = m[2]
	}
	if m[1] != "" && m[1] != call.Region {
		return ref{}, bailiwick.Errorf(codeNotFound, "Functions from '%s' are not reachable in this region ('%s')", m[1], call.Region)
	}
	if qualifier == nil {
		return r, nil
	}
	if r.qualifier != "" && r.qualifier != *qualifier {
		return ref{}, invalid("The derived qualifier from the function name does not match the specified qualifier.")
	}
	r.qualifier = *qualifier
	return r, nil
}

// unqualified is parse for what concerns a function with all its versions.
func unqualified(call *bailiwick.Call, name string) (ref, error) {
	r, err := parse(call, name, nil)
	if err == nil && r.qualifier != "" {
		return ref{}, invalid("The function name %s must not have a version or alias here.", name)
	}
	return r, err
}

// parseARN reads the ARN of a function, as other services hold it.
func parseARN(arn string) (ref, bool) {
	m := nameForm().FindStringSubmatch(arn)
	if m == nil || m[1] == "" {
		return ref{}, false
	}
	return ref{account: m[2], region: m[1], name: m[3], qualifier: m[4]}, true
}

// family is the ARN without a qualifier.
func (r ref) family() string {
	return "arn:aws:lambda:" + r.region + ":" + r.account + ":function:" + r.name
}

func (r ref) arn() string {
	if r.qualifier == "" {
		return r.family()
	}
	return r.family() + ":" + r.qualifier
}

func (r ref) with(qualifier string) ref {
	r.qualifier = qualifier
	return r
}

// isVersion tells whether a qualifier is the number of a version.
func isVersion(qualifier string) bool {
	return qualifier != "" && strings.Trim(qualifier, "0123456789") == ""
}
