package dynamodb

import (
	"context"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
)

// A target is the table that a request names, by name or ARN.
type target struct {
	ref
	given string // TableName as the request has it
	arn   string
	table *table // nil: none that this request can reach
}

// target finds a table by what TableName says. Of another account's or region's
// tables only the ARN is known: it is put to the policies, and leads nowhere.
func (a *API) target(ctx context.Context, call *bailiwick.Call, given string) (target, error) {
	t, reachable, err := parseTarget(call, given)
	if err != nil {
		return t, err
	}
	if !reachable {
		call.Note("%s is not a table of account %s in %s: no other tables are reached from there.", t.given, call.Account, call.Region)
		return t, nil
	}
	t.table, err = a.look(ctx, t.ref)
	if err == nil && t.table == nil {
		call.Note("There is no table %s, so that keys of the request such as dynamodb:LeadingKeys are not known.", t.name)
	}
	return t, err
}

// parseTarget reads TableName; reachable tells whether it names a table of the
// caller's account and region.
func parseTarget(call *bailiwick.Call, given string) (t target, reachable bool, err error) {
	t = target{ref: ref{call.Account, call.Region, given}, given: given}
	if strings.HasPrefix(given, "arn:") {
		return t.byARN(call)
	}
	if err := checkTableName("tableName", given); err != nil {
		return t, false, err
	}
	if !plain(t.region) { // it comes from the credential scope, and goes into ARNs
		return t, false, invalid("The region %q of the credential scope is not valid", t.region)
	}
	t.arn = t.ref.arn()
	return t, true, nil
}

// byARN takes the target from its ARN. What stands in it goes into the policy
// decision as it is, so nothing but a plain table ARN is taken.
func (t target) byARN(call *bailiwick.Call) (target, bool, error) {
	a, err := arn.Parse(t.given)
	name, isTable := strings.CutPrefix(a.Resource, "table/")
	if err != nil || a.Service != "dynamodb" || !isTable || checkTableName("", name) != nil ||
		!plain(a.Partition) || !plain(a.Region) || !plain(a.Account) {
		return t, false, invalid("Invalid TableArn: Invalid ResourceArn provided as input %s", t.given)
	}
	t.ref = ref{a.Account, a.Region, name}
	t.arn = t.given
	return t, a.Partition == "aws" && a.Account == call.Account && a.Region == call.Region, nil
}

// plain tells whether s is lower-case letters, digits and hyphens, as the names
// of partitions, regions and accounts are.
func plain(s string) bool {
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != ""
}

// checkTableName holds a name to the rules; member is the parameter's name in
// messages.
func checkTableName(member, name string) error {
	if len(name) < 3 || len(name) > 255 {
		return invalid("TableName must be at least 3 characters long and at most 255 characters long")
	}
	for _, c := range []byte(name) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return invalid("1 validation error detected: Value '%s' at '%s' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+", name, member)
		}
	}
	return nil
}

// exists refuses when there is no table, in the words of operations on tables.
func (t target) exists() error {
	if t.table == nil {
		return noSuchTable(t.name)
	}
	return nil
}
