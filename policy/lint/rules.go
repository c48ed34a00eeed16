package lint

import "slices"

// A Rule is one kind of trap.
type Rule struct {
	ID       string
	Severity Severity
	Tenants  bool   // an error in documents that tell tenants apart by tag or identity
	Denies   bool   // an error in a Deny
	Title    string // what is wrong
	Instead  string // what to write; "KEY" is the key of the condition
}

// Rules lists what Check looks for.
func Rules() []Rule { return slices.Clone(rules) }

var rules = []Rule{
	// Sets of values: sets.go.
	{
		ID: "for-all-values-never", Severity: Error, Title: "ForAllValues with an action that never carries the key",
		Instead: `leave out the actions that do not carry the key, or add "Null": {"KEY": "false"} to the condition`,
	},
	{
		ID: "for-all-values-absent", Severity: Warning, Title: "ForAllValues without a Null check",
		Instead: `add "Null": {"KEY": "false"} to the condition`,
	},
	{
		ID: "for-any-value-mixed", Severity: Error, Title: "ForAnyValue where all values count",
		Instead: `ForAllValues, with "Null": {"KEY": "false"}`,
	},
	{
		ID: "deny-for-all-values", Severity: Error, Title: "Deny with ForAllValues",
		Instead: "a Deny with ForAnyValue: ForAnyValue:StringNotEquals or ForAnyValue:StringNotLike denies as soon as one value is foreign",
	},
	{
		ID: "set-operator-missing", Severity: Error, Title: "A key of several values without a set operator",
		Instead: "ForAllValues: or ForAnyValue: before the operator",
	},

	// Keys that are not there: absence.go.
	{
		ID: "if-exists-tenant-key", Severity: Error, Title: "IfExists on a key that holds tenants apart",
		Instead: "the operator without IfExists",
	},
	{
		ID: "allow-when-absent", Severity: Error, Title: "Allow for those without a tenant",
		Instead: `"Null": {"KEY": "false"}`,
	},
	{
		ID: "negated-absent", Severity: Warning, Title: "Allow with a negated operator and a key that may be absent",
		Instead: `a positive operator with the values that are allowed, or "Null": {"KEY": "false"} beside it`,
	},
	{
		ID: "deny-absent-tag", Severity: Warning, Title: "Deny that an absent tag switches off",
		Instead: `a second Deny with "Null": {"KEY": "true"}, or a negated operator with the values that are allowed`,
	},
	{
		ID: "deny-absent-variable", Severity: Error, Title: "Deny with a variable that may have no value",
		Instead: `a second Deny with "Null": {"KEY": "true"}, or a negated operator (StringNotEquals, NotResource), which denies when the variable has no value`,
	},
	{
		ID: "deny-mfa-absent", Severity: Error, Title: "Deny without MFA that access keys do not meet",
		Instead: `"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}`,
	},

	// Keys, operators and their types: keys.go.
	{
		ID: "unknown-key", Severity: Error, Title: "A condition key that does not exist",
		Instead: "a key of the Service Authorization Reference or a global one, exactly as documented",
	},
	{
		ID: "key-never-present", Severity: Warning, Denies: true, Title: "A condition on a key that the action never carries",
		Instead: "a statement for each group of actions that carry the same keys",
	},
	{
		ID: "operator-type", Severity: Warning, Title: "An operator that does not fit the type of the key",
		Instead: "the operators that AWS documents for the type of the key",
	},
	{
		ID: "star-is-literal", Severity: Error, Title: "A wildcard in an operator that has none",
		Instead: "StringLike or StringNotLike",
	},

	// Variables and what stands around them: separators.go.
	{
		ID: "prefix-without-separator", Severity: Error, Title: "A variable followed at once by a wildcard",
		Instead: "a separator that no tenant's name can have between the two: ${aws:PrincipalTag/org}#* for keys of rows, -* for names",
	},
	{
		ID: "suffix-without-separator", Severity: Error, Title: "A wildcard followed at once by a variable",
		Instead: "a separator that no tenant's name can have between the two",
	},
	{
		ID: "s3-path-without-slash", Severity: Error, Title: "A variable in an object's name without a slash after it",
		Instead: "arn:aws:s3:::BUCKET/${aws:PrincipalTag/org}/*",
	},
	{
		ID: "execute-api-path-without-slash", Severity: Error, Title: "A variable in a route without a slash after it",
		Instead: "arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/${aws:PrincipalTag/org}/*",
	},
	{
		ID: "variables-without-version", Severity: Error, Title: "Variables in a document without version 2012-10-17",
		Instead: `"Version": "2012-10-17"`,
	},
	{
		ID: "variable-default", Severity: Error, Title: "A default for a variable that holds tenants apart",
		Instead: "the variable without a default: who has no tag then gets nothing",
	},
	{
		ID: "variable-unusable", Severity: Error, Title: "A variable that never has a value",
		Instead: "${KEY} with a single-valued condition key, in the part of an ARN after the fifth colon or in the value of a String or Arn operator",
	},

	// Principals: principals.go, cognito.go.
	{
		ID: "principal-everyone", Severity: Error, Title: "Everyone as principal",
		Instead: "the ARNs of those who may, or a condition on aws:PrincipalArn, aws:PrincipalAccount, aws:PrincipalOrgID, aws:SourceArn or the like",
	},
	{
		ID: "not-principal", Severity: Warning, Title: "Deny with NotPrincipal",
		Instead: `"Principal": "*" with a condition ArnNotEquals on aws:PrincipalArn`,
	},
	{
		ID: "session-principal", Severity: Error, Title: "A session as principal",
		Instead: "the ARN of the role, and conditions on aws:PrincipalTag",
	},
	{
		ID: "cognito-trust-aud", Severity: Error, Title: "Trust in every identity pool",
		Instead: `"StringEquals": {"cognito-identity.amazonaws.com:aud": "REGION:ID-OF-THE-POOL"}`,
	},
	{
		ID: "cognito-trust-amr", Severity: Error, Title: "Trust in guests as in users",
		Instead: `"ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"}`,
	},

	// S3: objects.go.
	{
		ID: "s3-list-without-prefix", Severity: Warning, Tenants: true, Title: "s3:ListBucket without a condition on s3:prefix",
		Instead: `a statement of its own with "StringLike": {"s3:prefix": "${aws:PrincipalTag/org}/*"}`,
	},
	{
		ID: "s3-prefix-without-slash", Severity: Error, Title: "A pattern for s3:prefix without a slash before its star",
		Instead: `"StringLike": {"s3:prefix": "${aws:PrincipalTag/org}/*"}`,
	},
	{
		ID: "s3-prefix-empty", Severity: Warning, Tenants: true, Title: "The empty s3:prefix is allowed",
		Instead: `prefixes of the tenant only: "${aws:PrincipalTag/org}/*"`,
	},
	{
		ID: "s3-bucket-pattern", Severity: Error, Title: "A star in the name of a bucket",
		Instead: "arn:aws:s3:::BUCKET for the bucket and arn:aws:s3:::BUCKET/* for its objects",
	},

	// How far a statement reaches: reach.go.
	{
		ID: "wildcard-actions", Severity: Warning, Title: "A pattern of actions beside a fine-grained condition",
		Instead: "the actions one by one",
	},
	{
		ID: "not-action-allow", Severity: Warning, Tenants: true, Title: "Allow with NotAction",
		Instead: "Action with what is allowed; or a Deny beside the Allow",
	},
	{
		ID: "not-resource-allow", Severity: Error, Title: "Allow with NotResource",
		Instead: "Resource with what is allowed; or a Deny beside the Allow",
	},
	{
		ID: "resource-everything", Severity: Warning, Tenants: true, Title: "Data actions on every resource",
		Instead: "the ARNs of the tables, buckets, functions and APIs, and a condition or a variable that names the tenant",
	},
	{
		ID: "not-limited-to-tenant", Severity: Warning, Title: "A statement that is the same for all tenants, in a policy that tells them apart",
		Instead: "the condition or variable of the other statements; nothing, if all tenants share what is named here",
	},

	// DynamoDB attributes, and statements that do nothing: attributes.go, dead.go.
	{
		ID: "attributes-without-select", Severity: Error, Title: "dynamodb:Attributes limited, and dynamodb:Select not",
		Instead: `"StringEqualsIfExists": {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"} in the same statement`,
	},
	{
		ID: "attributes-without-return-values", Severity: Error, Title: "dynamodb:Attributes limited, and dynamodb:ReturnValues not",
		Instead: `"StringEqualsIfExists": {"dynamodb:ReturnValues": ["NONE", "UPDATED_OLD", "UPDATED_NEW"]} in the same statement`,
	},
	{
		ID: "resource-never-matches", Severity: Warning, Title: "An action on a resource of another type",
		Instead: "the resource type that the Service Authorization Reference names for the action; * where it names none",
	},
	{
		ID: "unknown-action", Severity: Warning, Title: "An action that does not exist",
		Instead: "an action of the Service Authorization Reference",
	},
	{
		ID: "duplicate-statement", Severity: Warning, Title: "The same statement twice",
		Instead: "one of the two",
	},
}
