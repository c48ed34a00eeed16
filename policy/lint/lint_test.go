package lint_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/lint"
)

// doc makes a document of the elements of its statements.
func doc(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[{` + strings.Join(statements, "},{") + `}]}`
}

// allow makes a statement of an Allow.
func allow(action, resource, condition string) string {
	return statement("Allow", action, resource, condition)
}

func deny(action, resource, condition string) string {
	return statement("Deny", action, resource, condition)
}

func statement(effect, action, resource, condition string) string {
	s := `"Effect":"` + effect + `","Action":` + action
	if resource != "" {
		s += `,"Resource":` + resource
	}
	if condition != "" {
		s += `,"Condition":{` + condition + `}`
	}
	return s
}

const (
	table  = `"arn:aws:dynamodb:*:*:table/T"`
	bucket = `"arn:aws:s3:::b"`
	object = `"arn:aws:s3:::b/${aws:PrincipalTag/org}/*"`
	items  = `["dynamodb:GetItem","dynamodb:Query","dynamodb:PutItem"]`
	own    = `"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}`
	pool   = `"StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:1"}`
	users  = `"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}`
)

func trust(condition string) string {
	return doc(`"Effect":"Allow","Principal":{"Federated":"cognito-identity.amazonaws.com"},"Action":["sts:AssumeRoleWithWebIdentity","sts:TagSession"],"Condition":{` + condition + `}`)
}

func everyone(condition string) string {
	return doc(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*","Condition":{` + condition + `}`)
}

// traps has a document with each trap, and one that comes near it and has it not.
var traps = []struct{ rule, has, hasNot string }{
	{"for-all-values-never", doc(allow(`["dynamodb:GetItem","dynamodb:Scan"]`, table, own)), doc(allow(`["dynamodb:GetItem","dynamodb:Query"]`, table, own))},
	{"for-all-values-never", doc(allow(`"dynamodb:*"`, table, own)), doc(allow(`"dynamodb:*"`, table, own+`,"Null":{"dynamodb:LeadingKeys":"false"}`))},
	{"for-all-values-never", doc(allow(`["dynamodb:GetItem","s3:GetObject"]`, `"*"`, own)), doc(allow(`"dynamodb:GetItem"`, `"*"`, own))},
	{"for-all-values-never", doc(allow(`["s3:*"]`, `"arn:aws:s3:::b"`, `"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":"a"}`)), doc(allow(`"s3:PutObjectTagging"`, `"arn:aws:s3:::b/*"`, `"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":"a"}`))},
	{"for-all-values-absent", doc(allow(`"dynamodb:PartiQLSelect"`, table, own)), doc(allow(`"dynamodb:PartiQLSelect"`, table, own+`,"Null":{"dynamodb:LeadingKeys":"false"}`))},
	{"for-all-values-absent", doc(allow(`"dynamodb:TagResource"`, table, `"ForAllValues:StringEquals":{"aws:TagKeys":"a"}`)), doc(allow(`"dynamodb:UntagResource"`, table, `"ForAllValues:StringEquals":{"aws:TagKeys":"a"},"Null":{"aws:TagKeys":"false"}`))},
	{"for-all-values-absent", doc(allow(`"ec2:CreateTags"`, `"*"`, `"ForAllValues:StringEquals":{"aws:TagKeys":"a"}`)), doc(allow(items, table, own))},
	{"for-all-values-absent", doc(`"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"ForAllValues:StringEquals":{"cognito-identity.amazonaws.com:amr":"authenticated"}}`), doc(`"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole","Condition":{"ForAnyValue:StringEquals":{"cognito-identity.amazonaws.com:amr":"authenticated"}}`)},
	{"for-any-value-mixed", doc(allow(`"dynamodb:BatchGetItem"`, table, `"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":"${aws:PrincipalTag/org}"}`)), doc(allow(`"dynamodb:GetItem"`, table, `"ForAnyValue:StringEquals":{"dynamodb:LeadingKeys":"${aws:PrincipalTag/org}"}`))},
	{"for-any-value-mixed", doc(allow(`"dynamodb:GetItem"`, table, `"ForAnyValue:StringEquals":{"dynamodb:Attributes":"a"}`)), doc(deny(`"dynamodb:GetItem"`, table, `"ForAnyValue:StringEquals":{"dynamodb:Attributes":"a"}`))},
	{"deny-for-all-values", doc(deny(items, table, `"ForAllValues:StringNotEquals":{"dynamodb:LeadingKeys":"a"}`)), doc(deny(items, table, `"ForAnyValue:StringNotEquals":{"dynamodb:LeadingKeys":"a"}`))},
	{"set-operator-missing", doc(allow(items, table, `"StringEquals":{"dynamodb:LeadingKeys":"a"}`)), doc(allow(items, table, `"StringEquals":{"dynamodb:Select":"a"}`))},
	{"set-operator-missing", trust(pool + `,"StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}`), trust(pool + `,` + users)},

	{"if-exists-tenant-key", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/x/*"`, `"StringEqualsIfExists":{"aws:PrincipalTag/org":"a"}`)), doc(allow(`"dynamodb:GetItem"`, table, `"StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}`))},
	{"if-exists-tenant-key", trust(`"StringEqualsIfExists":{"cognito-identity.amazonaws.com:aud":"x"},` + users), doc(deny(`"s3:GetObject"`, `"*"`, `"StringNotEqualsIfExists":{"aws:PrincipalTag/org":"a"}`))},
	{"allow-when-absent", doc(allow(`"dynamodb:Scan"`, table, `"Null":{"dynamodb:LeadingKeys":"true"}`)), doc(deny(`"dynamodb:Scan"`, table, `"Null":{"dynamodb:LeadingKeys":"true"}`))},
	{"negated-absent", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`, `"StringNotEquals":{"aws:PrincipalTag/suspended":"true"}`)), doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`, `"StringNotEquals":{"aws:PrincipalTag/suspended":"true"},"Null":{"aws:PrincipalTag/suspended":"false"}`))},
	{"negated-absent", doc(allow(`"s3:ListBucket"`, bucket, `"StringNotLike":{"s3:prefix":"other/*"}`)), doc(allow(`"s3:ListBucket"`, bucket, `"StringNotEquals":{"aws:PrincipalAccount":"1"}`))},
	{"deny-absent-tag", doc(deny(`"s3:*"`, `"*"`, `"StringEquals":{"aws:PrincipalTag/tier":"free"}`)), doc(deny(`"s3:*"`, `"*"`, `"StringEquals":{"aws:PrincipalTag/tier":"free"}`), deny(`"s3:*"`, `"*"`, `"Null":{"aws:PrincipalTag/tier":"true"}`))},
	{"deny-absent-tag", doc(deny(`"s3:*"`, `"*"`, `"StringLike":{"aws:PrincipalTag/tier":"free*"}`)), doc(deny(`"s3:*"`, `"*"`, `"StringNotEquals":{"aws:PrincipalTag/tier":"paid"}`))},
	{"deny-absent-variable", doc(deny(`"s3:*"`, `"arn:aws:s3:::b/locked-${aws:PrincipalTag/org}/*"`, "")), doc(`"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::b/${aws:PrincipalTag/org}/*"`)},
	{"deny-absent-variable", doc(deny(`"s3:*"`, `"*"`, `"StringEquals":{"aws:ResourceTag/locked":"${aws:PrincipalTag/org}"}`)), doc(deny(`"s3:*"`, `"*"`, `"StringNotEquals":{"aws:ResourceTag/org":"${aws:PrincipalTag/org}"}`))},
	{"deny-mfa-absent", doc(deny(`"*"`, `"*"`, `"Bool":{"aws:MultiFactorAuthPresent":"false"}`)), doc(deny(`"*"`, `"*"`, `"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}`))},

	{"unknown-key", doc(allow(items, table, `"ForAllValues:StringEquals":{"dynamodb:LeadingKey":"a"}`)), doc(allow(items, table, `"ForAllValues:StringEquals":{"DynamoDB:leadingkeys":"a"}`))},
	{"unknown-key", doc(deny(`"s3:*"`, `"*"`, `"StringNotEquals":{"aws:PrincipleTag/org":"a"}`)), doc(deny(`"ec2:*"`, `"*"`, `"StringNotEquals":{"ec2:Whatever":"a","accounts.google.com:aud":"b"}`))},
	{"unknown-key", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${aws:PrincipalTags/org}/*"`, "")), doc(allow(`"s3:GetObject"`, object, ""))},
	{"key-never-present", doc(allow(`["s3:GetObject","s3:ListBucket"]`, `["arn:aws:s3:::b","arn:aws:s3:::b/*"]`, `"StringLike":{"s3:prefix":"a/*"}`)), doc(allow(`"s3:ListBucket"`, bucket, `"StringLike":{"s3:prefix":"a/*"}`))},
	{"key-never-present", doc(deny(`"dynamodb:Scan"`, table, `"ForAnyValue:StringNotEquals":{"dynamodb:LeadingKeys":"a"}`)), doc(deny(`"dynamodb:Query"`, table, `"ForAnyValue:StringNotEquals":{"dynamodb:LeadingKeys":"a"}`))},
	{"operator-type", doc(allow(`"s3:*"`, `"arn:aws:s3:::b/x"`, `"StringEquals":{"aws:SourceIp":"203.0.113.1"}`)), doc(allow(`"s3:*"`, `"arn:aws:s3:::b/x"`, `"IpAddress":{"aws:SourceIp":"203.0.113.1"}`))},
	{"operator-type", doc(allow(`"s3:ListBucket"`, bucket, `"StringEquals":{"s3:max-keys":"10","s3:prefix":"a/"}`)), doc(allow(`"s3:ListBucket"`, bucket, `"NumericEquals":{"s3:max-keys":"10"},"NumericLessThan":{"aws:EpochTime":"10"},"StringLike":{"aws:PrincipalArn":"a","s3:prefix":"a/*"}`))},
	{"star-is-literal", doc(allow(`"s3:ListBucket"`, bucket, `"StringEquals":{"s3:prefix":"${aws:PrincipalTag/org}/*"}`)), doc(allow(`"s3:ListBucket"`, bucket, `"StringEquals":{"s3:prefix":"${aws:PrincipalTag/org}/${*}"}`))},

	{"prefix-without-separator", doc(allow(items, table, `"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}*"]}`)), doc(allow(items, table, own))},
	{"prefix-without-separator", doc(allow(items, `"arn:aws:dynamodb:*:*:table/app-${aws:PrincipalTag/org}*"`, "")), doc(allow(items, `"arn:aws:dynamodb:*:*:table/app-${aws:PrincipalTag/org}-*"`, ""))},
	{"prefix-without-separator", doc(deny(items, table, `"ForAnyValue:StringNotLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}*"]}`)), doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${cognito-identity.amazonaws.com:sub}*"`, ""))},
	{"suffix-without-separator", doc(allow(items, `"arn:aws:dynamodb:*:*:table/*${aws:PrincipalTag/org}"`, "")), doc(allow(items, `"arn:aws:dynamodb:*:*:table/*-${aws:PrincipalTag/org}"`, ""))},
	{"s3-path-without-slash", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${aws:PrincipalTag/org}*"`, "")), doc(allow(`"s3:GetObject"`, object, ""))},
	{"execute-api-path-without-slash", doc(allow(`"execute-api:Invoke"`, `"arn:aws:execute-api:*:*:a/prod/GET/${aws:PrincipalTag/org}*"`, "")), doc(allow(`"execute-api:Invoke"`, `"arn:aws:execute-api:*:*:a/prod/GET/${aws:PrincipalTag/org}/*"`, ""))},
	{"variables-without-version", strings.Replace(doc(allow(`"s3:GetObject"`, object, "")), `"Version":"2012-10-17",`, "", 1), doc(allow(`"s3:GetObject"`, object, ""))},
	{"variables-without-version", strings.Replace(doc(deny(`"s3:*"`, `"*"`, `"StringNotEquals":{"s3:prefix":"${aws:username}"}`)), "2012-10-17", "2008-10-17", 1), strings.Replace(doc(deny(`"s3:*"`, `"*"`, `"StringNotEquals":{"s3:prefix":"x"}`)), "2012-10-17", "2008-10-17", 1)},
	{"variable-default", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${aws:PrincipalTag/org, 'public'}/*"`, "")), doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${aws:RequestedRegion, 'x'}/*"`, ""))},
	{"variable-unusable", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${org}/*"`, "")), doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${$}{org}/*"`, ""))},
	{"variable-unusable", doc(allow(items, `"arn:aws:dynamodb:${aws:RequestedRegion}:*:table/T"`, "")), doc(allow(items, `"arn:aws:dynamodb:*:*:table/${aws:RequestedRegion}"`, ""))},
	{"variable-unusable", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${aws:TagKeys}/*"`, "")), doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/${aws:username}/*"`, ""))},

	{"principal-everyone", everyone(`"StringEquals":{"aws:PrincipalTag/org":"acme"}`), everyone(`"StringEquals":{"aws:PrincipalOrgID":"o-1"}`)},
	{"principal-everyone", everyone(`"ArnLike":{"aws:PrincipalArn":"*"}`), everyone(`"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x"}`)},
	{"principal-everyone", everyone(`"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}`), everyone(`"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}`)},
	{"principal-everyone", doc(`"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"`), doc(`"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"`)},
	{"not-principal", doc(`"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"*"`), doc(`"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/x"}}`)},
	{"session-principal", doc(`"Effect":"Allow","Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/R/CognitoIdentityCredentials"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`), doc(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/R"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::b/*"`)},
	{"cognito-trust-aud", trust(users), trust(pool + "," + users)},
	{"cognito-trust-aud", trust(`"StringLike":{"cognito-identity.amazonaws.com:aud":"*"},` + users), trust(`"StringLike":{"cognito-identity.amazonaws.com:aud":"us-east-1:1"},` + users)},
	{"cognito-trust-aud", trust(`"StringNotEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:1"},` + users), trust(`"ForAnyValue:StringEquals":{"cognito-identity.amazonaws.com:aud":"us-east-1:1"},` + users)},
	{"cognito-trust-amr", trust(pool), trust(pool + `,"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"unauthenticated"}`)},
	{"cognito-trust-amr", trust(pool + `,"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"*authenticated"}`), trust(pool + "," + users)},
	{"cognito-trust-amr", trust(pool + `,"ForAllValues:StringEquals":{"cognito-identity.amazonaws.com:amr":"authenticated"}`), trust(pool + `,"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"cognito-idp.*:CognitoSignIn:*"}`)},

	{"s3-list-without-prefix", doc(allow(`"s3:ListBucket"`, bucket, "")), doc(allow(`"s3:ListBucket"`, bucket, `"StringLike":{"s3:prefix":"a/*"}`))},
	{"s3-list-without-prefix", doc(allow(`"s3:*"`, `"*"`, "")), doc(allow(`"s3:*"`, `"arn:aws:s3:::b/*"`, ""))},
	{"s3-prefix-without-slash", doc(allow(`"s3:ListBucket"`, bucket, `"StringLike":{"s3:prefix":["${aws:PrincipalTag/org}*"]}`)), doc(allow(`"s3:ListBucket"`, bucket, `"StringLike":{"s3:prefix":["${aws:PrincipalTag/org}/*"]}`))},
	{"s3-prefix-without-slash", doc(allow(`"s3:ListBucket"`, bucket, `"StringLike":{"s3:prefix":"*"}`)), doc(deny(`"s3:ListBucket"`, bucket, `"StringLike":{"s3:prefix":"*"}`))},
	{"s3-prefix-empty", doc(allow(`"s3:ListBucket"`, bucket, `"StringEquals":{"s3:prefix":["","a/"]}`)), doc(allow(`"s3:ListBucket"`, bucket, `"StringEquals":{"s3:prefix":["a/"]}`))},
	{"s3-bucket-pattern", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b*"`, "")), doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`, ""))},
	{"s3-bucket-pattern", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b*/x"`, "")), doc(deny(`"s3:GetObject"`, `"arn:aws:s3:::b*/x"`, ""))},

	{"wildcard-actions", doc(allow(`"dynamodb:*Item"`, table, own)), doc(allow(items, table, own))},
	{"wildcard-actions", doc(allow(`"s3:List*"`, bucket, `"StringLike":{"s3:prefix":"a/*"}`)), doc(allow(`"s3:List*"`, bucket, `"Bool":{"aws:SecureTransport":"true"},"StringLike":{"aws:PrincipalArn":"x"}`))},
	{"not-action-allow", doc(`"Effect":"Allow","NotAction":"iam:*","Resource":"*"`), doc(`"Effect":"Deny","NotAction":"iam:*","Resource":"*"`)},
	{"not-resource-allow", doc(`"Effect":"Allow","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/${aws:PrincipalTag/org}/*"`), doc(`"Effect":"Deny","Action":"s3:GetObject","NotResource":"arn:aws:s3:::b/${aws:PrincipalTag/org}/*"`)},
	{"resource-everything", doc(allow(`"dynamodb:GetItem"`, `"*"`, "")), doc(allow(`"dynamodb:ListTables"`, `"*"`, ""))},
	{"resource-everything", doc(allow(`"*"`, `"*"`, "")), doc(allow(`"dynamodb:GetItem"`, `"*"`, own))},
	{"resource-everything", doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::*"`, "")), doc(allow(`"s3:GetObject"`, `"*"`, `"StringEquals":{"s3:ExistingObjectTag/org":"${aws:PrincipalTag/org}"}`))},
	{"not-limited-to-tenant", doc(allow(items, table, own), allow(items, `"arn:aws:dynamodb:*:*:table/T/index/*"`, ""), allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`, "")), doc(allow(items, table, own), allow(items, table, `"ForAllValues:StringLike":{"dynamodb:LeadingKeys":"PUBLIC#*"}`))},
	{"not-limited-to-tenant", doc(allow(items, table, own), allow(`"s3:GetObject"`, `"arn:aws:s3:::b/*"`, "")), doc(allow(items, table, own), allow(`"s3:GetObject"`, `"arn:aws:s3:::b/PUBLIC/*"`, ""))},
	{"not-limited-to-tenant", doc(allow(items, table, own), allow(`"execute-api:Invoke"`, `"arn:aws:execute-api:*:*:a/s/GET/*"`, "")), doc(allow(items, table, own), allow(`["execute-api:Invoke","lambda:InvokeFunction"]`, `["arn:aws:execute-api:*:*:a/s/GET/public/*","arn:aws:lambda:us-east-1:111122223333:function:f"]`, ""))},
	{"attributes-without-select", doc(allow(`"dynamodb:GetItem"`, table, `"ForAllValues:StringEquals":{"dynamodb:Attributes":["a"]}`)), doc(allow(`"dynamodb:GetItem"`, table, `"ForAllValues:StringEquals":{"dynamodb:Attributes":["a"]},"StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}`))},
	{"attributes-without-return-values", doc(allow(`"dynamodb:UpdateItem"`, table, `"ForAllValues:StringEquals":{"dynamodb:Attributes":["a"]}`)), doc(allow(`"dynamodb:UpdateItem"`, table, `"ForAllValues:StringEquals":{"dynamodb:Attributes":["a"]},"StringEqualsIfExists":{"dynamodb:ReturnValues":"NONE"}`))},
	{"resource-never-matches", doc(allow(`"s3:GetObject"`, bucket, "")), doc(allow(`"s3:GetObject"`, `"arn:aws:s3:::b/x"`, ""))},
	{"resource-never-matches", doc(allow(`"dynamodb:ListTables"`, table, "")), doc(allow(`["dynamodb:DescribeTable","dynamodb:Query"]`, table, ""))},
	{"resource-never-matches", doc(deny(`"s3:ListBucket"`, `"arn:aws:s3:::b/*"`, "")), doc(deny(`["s3:ListBucket","s3:GetObject"]`, `"arn:aws:s3:::b*"`, ""))},
	{"unknown-action", doc(allow(`"s3:GetObjects"`, `"*"`, "")), doc(allow(`["s3:getobject","ec2:Whatever"]`, `"*"`, ""))},
	{"duplicate-statement", doc(`"Sid":"A",`+allow(`["s3:GetObject","s3:PutObject"]`, object, ""), `"Sid":"B",`+allow(`["s3:PutObject","s3:GetObject"]`, object, "")), doc(allow(`"s3:GetObject"`, object, ""), allow(`"s3:PutObject"`, object, ""))},
}

func check(t *testing.T, text string) []lint.Finding {
	t.Helper()
	src, err := policy.ReadSource(text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	found, err := lint.New().Check(src.Kind(), text)
	if err != nil {
		t.Fatalf("%+v\n%s", err, text)
	}
	return found
}

func rulesOf(found []lint.Finding) (ids []string) {
	for _, f := range found {
		ids = append(ids, f.Rule)
	}
	return ids
}

func TestTraps(t *testing.T) {
	seen := map[string]bool{}
	for _, tt := range traps {
		seen[tt.rule] = true
		if ids := rulesOf(check(t, tt.has)); !slices.Contains(ids, tt.rule) {
			t.Errorf("%s is not found, but %v\n%s", tt.rule, ids, tt.has)
		}
		if ids := rulesOf(check(t, tt.hasNot)); slices.Contains(ids, tt.rule) {
			t.Errorf("%s is found\n%s", tt.rule, tt.hasNot)
		}
	}
	for _, r := range lint.Rules() {
		if !seen[r.ID] {
			t.Errorf("no document shows %s", r.ID)
		}
		if r.Title == "" || r.Instead == "" || r.Severity != lint.Error && r.Severity != lint.Warning {
			t.Errorf("%+v is not complete", r)
		}
	}
}

// clean are documents that do what they seem to.
var clean = []string{
	trust(pool + "," + users),
	doc(allow(items, table, own)),
	doc(allow(`["s3:GetObject","s3:PutObject"]`, object, ""), allow(`"s3:ListBucket"`, bucket, `"StringLike":{"s3:prefix":"${aws:PrincipalTag/org}/*"}`)),
	doc(allow(`"execute-api:Invoke"`, `"arn:aws:execute-api:*:*:a/$default/GET/${aws:PrincipalTag/org}/*"`, "")),
	doc(`"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"`),
	doc(allow(`["dynamodb:GetItem","dynamodb:BatchGetItem"]`, table, `"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":"${aws:PrincipalTag/org}","dynamodb:Attributes":["pk","title"]},"StringEqualsIfExists":{"dynamodb:Select":"SPECIFIC_ATTRIBUTES"}`)),
	doc(`"Effect":"Allow","Principal":{"Service":"apigateway.amazonaws.com"},"Action":"lambda:InvokeFunction","Resource":"arn:aws:lambda:us-east-1:000000000000:function:f","Condition":{"ArnLike":{"AWS:SourceArn":"arn:aws:execute-api:us-east-1:000000000000:a/*/*"}}`),
	doc(allow(`["s3:ListAllMyBuckets","s3:GetBucketLocation"]`, `"arn:aws:s3:::*"`, "")),
	doc(allow(`["logs:CreateLogStream","logs:PutLogEvents"]`, `"arn:aws:logs:*:*:*"`, "")),
}

func TestCleanDocuments(t *testing.T) {
	for _, text := range clean {
		if found := check(t, text); len(found) != 0 {
			t.Errorf("%+v\n%s", found, text)
		}
	}
}

func TestFinding(t *testing.T) {
	text := "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": {\n    \"Sid\": \"Rows\", \"Effect\": \"Allow\",\n" +
		"    \"Action\": [\"dynamodb:Query\", \"dynamodb:Scan\"],\n    \"Resource\": [" + table + ", \"arn:aws:dynamodb:*:*:table/é${aws:PrincipalTag/org}*\"],\n" +
		"    \"Condition\": {\"ForAllValues:StringLike\": {\"dynamodb:LeadingKeys\": [\"a#*\", \"${aws:PrincipalTag/org}*\"]}}\n  }\n}\n"
	found := check(t, text)
	want := []lint.Finding{
		{Rule: "prefix-without-separator", Severity: lint.Error, Line: 6, Column: 50},
		{Rule: "for-all-values-never", Severity: lint.Error, Line: 7, Column: 47},
		{Rule: "prefix-without-separator", Severity: lint.Error, Line: 7, Column: 79},
	}
	if len(found) != len(want) {
		t.Fatalf("%+v", found)
	}
	for i, f := range found {
		if f.Sid != "Rows" || f.Message == "" || f.Instead == "" {
			t.Errorf("%+v lacks something", f)
		}
		f.Message, f.Instead, f.Sid = "", "", ""
		if f != want[i] {
			t.Errorf("got %+v, want %+v", f, want[i])
		}
	}
}

// TestSeverityOfTenants: what is open to all is worse where tenants are told apart.
func TestSeverityOfTenants(t *testing.T) {
	alone := doc(allow(`"s3:ListBucket"`, bucket, ""))
	both := doc(allow(`"s3:ListBucket"`, bucket, ""), allow(`"s3:GetObject"`, object, ""))
	if f := check(t, alone); len(f) != 1 || f[0].Severity != lint.Warning {
		t.Errorf("%+v", f)
	}
	if f := check(t, both); len(f) != 1 || f[0].Severity != lint.Error {
		t.Errorf("%+v", f)
	}
}

func TestKnown(t *testing.T) {
	l := lint.New()
	for name, want := range map[string]bool{"dynamodb:GetItem": true, "DynamoDB:getitem": true, "dynamodb:GetItm": false, "dynamodb:*": false, "ec2:Anything": true, "": true} {
		if l.KnowsAction(name) != want {
			t.Errorf("the action %q: %v", name, !want)
		}
	}
	for name, want := range map[string]string{
		"dynamodb:leadingkeys": "ArrayOfString", "aws:PrincipalTag/org": "String", "aws:SourceIp": "IPAddress", "cognito-identity.amazonaws.com:amr": "ArrayOfString",
		"s3:max-keys": "Numeric", "s3:ExistingObjectTag/a": "String", "ec2:Vpc": "",
	} {
		if got := l.KeyType(name); got != want || !l.KnowsKey(name) {
			t.Errorf("the key %s is of type %q, want %q, known %v", name, got, want, l.KnowsKey(name))
		}
	}
	for _, name := range []string{"dynamodb:LeadingKey", "aws:PrincipalTag/", "aws:Principal", "cognito-identity.amazonaws.com:org"} {
		if l.KnowsKey(name) {
			t.Errorf("the key %s is known", name)
		}
	}
}

func TestRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		text, message string
		line, column  int
	}{
		"empty":       {"", "Syntax errors in policy.", 1, 1},
		"binary":      {"\x7fELF\x00\xff", "Syntax errors in policy.", 1, 5},
		"mark":        {"\ufeff{}", "Syntax errors in policy.", 1, 1},
		"huge":        {strings.Repeat(" ", 1<<20), "Maximum policy size of 10240 bytes exceeded", 0, 0},
		"deep":        {strings.Repeat("[", 1<<16), "Maximum policy size of 10240 bytes exceeded", 0, 0},
		"a bit deep":  {strings.Repeat("[", 1<<12), "Syntax errors in policy.", 1, 34},
		"two effects": {"{\"Statement\":{\"Effect\":\"Allow\",\n\"Effect\":\"Deny\"}}", "Syntax errors in policy.", 2, 1},
		"an action":   {doc("\n" + allow("[\"s3:GetObject\",\n \"GetObject\"]", `"*"`, "")), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.", 3, 2},
	} {
		_, err := lint.New().Check(policy.Identity, tt.text)
		var at *policy.SyntaxError
		if !errors.As(err, &at) || at.Message != tt.message || at.Line != tt.line || at.Column != tt.column {
			t.Errorf("%s: %v at %+v, want %q at %d:%d", name, err, at, tt.message, tt.line, tt.column)
		}
	}
}

// FuzzCheck: no document stops the linter, and every position is one.
func FuzzCheck(f *testing.F) {
	for _, tt := range traps {
		f.Add(tt.has)
	}
	l := lint.New()
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []policy.Kind{policy.Identity, policy.Trust, policy.Resource} {
			found, _ := l.Check(kind, text)
			for _, x := range found {
				if x.Line < 1 || x.Column < 1 || x.Line > strings.Count(text, "\n")+1 {
					t.Errorf("%+v", x)
				}
			}
		}
	})
}
