package policy_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

const (
	syntax   = "Syntax errors in policy."
	version  = "Policy document must be version 2012-10-17 or greater."
	legacy   = "The policy failed legacy parsing"
	unique   = "Statement IDs (SID) in a single policy must be unique."
	prefaced = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	vendor   = "Resource vendor must be fully qualified and cannot contain regexes."
)

// doc makes a document of the elements of its statements.
func doc(statements ...string) string {
	for i, s := range statements {
		statements[i] = "{" + s + "}"
	}
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

const fine = `"Effect":"Allow","Action":"s3:GetObject","Resource":"*"`

// refused lists faulty documents with the sentence that AWS answers.
var refused = []struct {
	name string
	kind policy.Kind
	text string
	want string
}{
	{"empty", policy.Identity, ``, syntax},
	{"no JSON", policy.Identity, `{"Version":`, syntax},
	{"no JSON, trust", policy.Trust, `{`, "This policy contains invalid Json"},
	{"no JSON, resource", policy.Resource, `x`, "Policies must be valid JSON and the first byte must be '{'"},
	{"no object", policy.Identity, `[]`, syntax},
	{"text after the end", policy.Identity, doc(fine) + `{}`, syntax},
	{"comma at the end", policy.Identity, `{"Statement":[{` + fine + `,}]}`, syntax},
	{"deep", policy.Identity, strings.Repeat("[", 100) + strings.Repeat("]", 100), syntax},
	{"not UTF-8", policy.Resource, "{\"Id\":\"\xff\"}", "Policies must be valid JSON and the first byte must be '{'"},
	{"half a pair", policy.Identity, `{"Id":"\ud800x"}`, syntax},
	{"two halves that are no pair", policy.Identity, `{"Id":"\ud800\u0041"}`, syntax},
	{"low half first", policy.Identity, `{"Id":"\udc00\ud800"}`, syntax},
	{"end in an escape", policy.Identity, `{"Id":"\u00`, syntax},
	{"escape that is none", policy.Identity, `{"Id":"\x"}`, syntax},
	{"control character", policy.Identity, "{\"Id\":\"\x01\"}", syntax},
	{"beyond Latin-1", policy.Identity, `{"Id":"→"}`, syntax},
	{"leading zero", policy.Identity, doc(fine + `,"Condition":{"NumericEquals":{"t:k":01}}`), syntax},
	{"45 two statements", policy.Identity, `{"Version":"2012-10-17","Statement":[],"Statement":[{` + fine + `}]}`, syntax},
	{"45 two statements, trust", policy.Trust, `{"Statement":[],"Statement":[]}`, "This policy contains invalid Json"},
	{"45 two effects", policy.Identity, doc(`"Effect":"Deny",` + fine), syntax},
	{"45 two operators", policy.Identity, doc(fine + `,"Condition":{"StringEquals":{"t:a":"1"},"StringEquals":{"t:b":"2"}}`), syntax},
	{"45 two keys", policy.Identity, doc(fine + `,"Condition":{"StringEquals":{"t:a":"1","t:a":"2"}}`), syntax},
	{"45 one escaped", policy.Identity, doc(fine + `,"Condition":{"StringEquals":{"t:a":"1","t:\u0061":"2"}}`), syntax},
	{"no statement", policy.Identity, `{"Version":"2012-10-17"}`, syntax},
	{"no statement, resource", policy.Resource, `{"Version":"2012-10-17"}`, "Missing required field Statement"},
	{"no statements", policy.Identity, `{"Version":"2012-10-17","Statement":[]}`, syntax},
	{"statement is a string", policy.Identity, `{"Statement":"x"}`, syntax},
	{"unknown version", policy.Identity, `{"Version":"2012-10-18","Statement":{` + fine + `}}`, syntax},
	{"version is a number", policy.Identity, `{"Version":2012,"Statement":{` + fine + `}}`, syntax},
	{"unknown element", policy.Identity, `{"Foo":1,"Statement":{` + fine + `}}`, syntax},
	{"element of other case", policy.Identity, doc(fine + `,"condition":{}`), syntax},
	{"element of other case, trust", policy.Trust, doc(`"effect":"Allow"`), "Unknown field effect"},
	{"no effect", policy.Identity, doc(`"Action":"s3:*","Resource":"*"`), syntax},
	{"other effect", policy.Identity, doc(`"Effect":"Permit","Action":"s3:*","Resource":"*"`), syntax},
	{"effect of other case", policy.Identity, doc(`"Effect":"denY","Action":"s3:*","Resource":"*"`), legacy},
	{"both actions", policy.Identity, doc(fine + `,"NotAction":"s3:*"`), syntax},
	{"both resources", policy.Identity, doc(fine + `,"NotResource":"*"`), syntax},
	{"action is a number", policy.Identity, doc(`"Effect":"Allow","Action":1,"Resource":"*"`), syntax},
	{"action is null", policy.Identity, doc(`"Effect":"Allow","Action":[null],"Resource":"*"`), syntax},
	{"resource is an object", policy.Identity, doc(`"Effect":"Allow","Action":"s3:*","Resource":{}`), syntax},
	{"condition is a list", policy.Identity, doc(fine + `,"Condition":[]`), syntax},
	{"88 unknown operator", policy.Identity, doc(fine + `,"Condition":{"StringSame":{"t:k":"x"}}`), syntax},
	{"88 operator of other case", policy.Identity, doc(fine + `,"Condition":{"stringEquals":{"t:k":"x"}}`), syntax},
	{"88 unknown quantifier", policy.Identity, doc(fine + `,"Condition":{"ForSomeValues:StringEquals":{"t:k":"x"}}`), syntax},
	{"NullIfExists", policy.Identity, doc(fine + `,"Condition":{"NullIfExists":{"t:k":"true"}}`), syntax},
	{"ForAllValues:Null", policy.Identity, doc(fine + `,"Condition":{"ForAllValues:Null":{"t:k":"true"}}`), syntax},
	{"condition value is null", policy.Identity, doc(fine + `,"Condition":{"StringEquals":{"t:k":null}}`), syntax},
	{"condition without values", policy.Identity, doc(fine + `,"Condition":{"StringEquals":{"t:k":[]}}`), syntax},

	{"version missing", policy.Managed, `{"Statement":{` + fine + `}}`, version},
	{"version old", policy.Managed, `{"Version":"2008-10-17","Statement":{` + fine + `}}`, version},
	{"version before effect", policy.Managed, `{"Statement":{"Effect":"denY","Action":"s3:*","Resource":"*"}}`, version},
	{"version before sids", policy.Boundary, `{"Statement":[{"Sid":"A",` + fine + `},{"Sid":"A",` + fine + `}]}`, version},

	{"partition", policy.Identity, doc(`"Effect":"Allow","Action":"s3:*","Resource":"arn:amazon:s3:::b"`), legacy},
	{"date", policy.Identity, doc(fine + `,"Condition":{"DateLessThan":{"aws:CurrentTime":"tomorrow"}}`), legacy},
	{"date with a wildcard", policy.Identity, doc(fine + `,"Condition":{"DateEquals":{"aws:CurrentTime":"2026-*"}}`), legacy},
	{"number", policy.Identity, doc(fine + `,"Condition":{"NumericEquals":{"t:k":"ten"}}`), legacy},
	{"variable in a number", policy.Identity, doc(fine + `,"Condition":{"NumericEquals":{"t:k":"${t:n}"}}`), legacy},
	{"address", policy.Identity, doc(fine + `,"Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/33"}}`), legacy},
	{"Boolean", policy.Identity, doc(fine + `,"Condition":{"Bool":{"t:k":"yes"}}`), legacy},
	{"legacy before sids", policy.Identity, doc(`"Sid":"A",`+fine, `"Sid":"A","Effect":"allow","Action":"s3:*","Resource":"*"`), legacy},

	{"sids", policy.Identity, doc(`"Sid":"A",`+fine, `"Sid":"A",`+fine), unique},
	{"sid with a space", policy.Identity, doc(`"Sid":"A b",` + fine), "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"},
	{"sids before actions", policy.Identity, doc(`"Sid":"A",`+fine, `"Sid":"A","Effect":"Allow"`), unique},
	{"no action", policy.Identity, doc(`"Effect":"Allow","Resource":"*"`), "Policy statement must contain actions."},
	{"no actions", policy.Identity, doc(`"Effect":"Allow","Action":[],"Resource":"*"`), "Policy statement must contain actions."},
	{"no resource", policy.Identity, doc(`"Effect":"Allow","Action":"s3:*"`), "Policy statement must contain resources."},
	{"action before resource", policy.Identity, doc(`"Effect":"Allow"`), "Policy statement must contain actions."},
	{"action without a vendor", policy.Identity, doc(`"Effect":"Allow","Action":"GetObject","Resource":"*"`), prefaced},
	{"key without a vendor", policy.Identity, doc(fine + `,"Condition":{"StringEquals":{"username":"x"}}`), prefaced},
	{"vendor with a wildcard", policy.Identity, doc(`"Effect":"Allow","Action":"s*:GetObject","Resource":"*"`), "Vendor s* is not valid"},
	{"two colons", policy.Identity, doc(`"Effect":"Allow","Action":"s3:Get:Object","Resource":"*"`), "Actions/Condition can contain only one colon."},
	{"resource without a vendor", policy.Identity, doc(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws"`), vendor},
	{"resource vendor with a wildcard", policy.Identity, doc(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s*:::b"`), vendor},
	{"no ARN", policy.Identity, doc(`"Effect":"Allow","Action":"s3:*","Resource":"bucket"`), `Resource bucket must be in ARN format or "*".`},
	{"two stars", policy.Identity, doc(`"Effect":"Allow","Action":"s3:*","NotResource":"**"`), `Resource ** must be in ARN format or "*".`},
	{"IAM with a region", policy.Identity, doc(`"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam:us-east-1::user/x"`), "IAM resource arn:aws:iam:us-east-1::user/x cannot contain region information."},
	{"S3 with a region", policy.Identity, doc(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:us-east-1::b"`), "Resource arn:aws:s3:us-east-1::b can not contain region information."},
	{"IAM path", policy.Identity, doc(`"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::1:usr/x"`), `IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.`},
	{"principal", policy.Identity, doc(fine + `,"Principal":"*"`), "Policy document should not specify a principal."},
	{"empty principal", policy.Session, doc(fine + `,"Principal":{}`), "Policy document should not specify a principal."},

	{"trust with a resource", policy.Trust, doc(`"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole","Resource":"*"`), "Has prohibited field Resource"},
	{"trust without a principal", policy.Trust, doc(`"Effect":"Allow","Action":"sts:AssumeRole"`), "Missing required field Principal"},
	{"trust of another action", policy.Trust, doc(`"Effect":"Allow","Principal":"*","Action":"s3:GetObject"`), "AssumeRole policy may only specify STS AssumeRole actions."},
	{"trust of every action", policy.Trust, doc(`"Effect":"Allow","Principal":"*","Action":"*"`), "AssumeRole policy may only specify STS AssumeRole actions."},
	{"trust of no action", policy.Trust, doc(`"Effect":"Allow","Principal":"*","NotAction":"sts:TagSession"`), "AssumeRole policy may only specify STS AssumeRole actions."},
	{"trust with NotPrincipal", policy.Trust, doc(`"Effect":"Deny","NotPrincipal":"*","Action":"sts:AssumeRole"`), "Has prohibited field NotPrincipal"},
	{"trust in a pattern", policy.Trust, doc(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/*"},"Action":"sts:AssumeRole"`), `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/*"`},
	{"trust in a group", policy.Trust, doc(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:group/g"},"Action":"sts:AssumeRole"`), `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:group/g"`},
	{"trust in any provider", policy.Trust, doc(`"Effect":"Allow","Principal":{"Federated":"*"},"Action":"sts:AssumeRoleWithWebIdentity"`), `Invalid principal in policy: "Federated":"*"`},
	{"trust in any service", policy.Trust, doc(`"Effect":"Allow","Principal":{"Service":"*"},"Action":"sts:AssumeRole"`), `Invalid principal in policy: "Service":"*"`},
	{"trust in a text", policy.Trust, doc(`"Effect":"Allow","Principal":"111122223333","Action":"sts:AssumeRole"`), `Invalid principal in policy: "*":"111122223333"`},
	{"trust with a variable", policy.Trust, doc(`"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/${aws:username}"},"Action":"sts:AssumeRole"`), `Invalid principal in policy: "AWS":"arn:aws:iam::111122223333:role/${aws:username}"`},
	{"resource policy without a principal", policy.Resource, doc(fine), "Missing required field Principal"},
	{"resource policy without a resource", policy.Resource, doc(`"Effect":"Allow","Principal":"*","Action":"s3:*"`), "Missing required field Resource"},
	{"resource policy, bad principal", policy.Resource, doc(fine + `,"Principal":{"AWS":"alice"}`), "Invalid principal in policy"},
	{"resource policy, Allow and NotPrincipal", policy.Resource, doc(fine + `,"NotPrincipal":{"AWS":"111122223333"}`), syntax},
	{"resource policy, no statement", policy.Resource, `{"Statement":[]}`, "Could not parse the policy: Statement is empty!"},
}

func TestParseRejects(t *testing.T) {
	for _, tt := range refused {
		d, err := policy.Parse(tt.kind, tt.text)
		var at *policy.SyntaxError
		if !errors.As(err, &at) || at.Message != tt.want || at.TooLarge || at.Detail == "" {
			t.Errorf("%s: got %v, %+v, want %q", tt.name, d, err, tt.want)
		}
	}
}

func TestParseAccepts(t *testing.T) {
	for _, tt := range []struct {
		kind policy.Kind
		text string
	}{
		{policy.Identity, `{"Statement":{` + fine + `}}`},
		{policy.Identity, `{"Version":"2008-10-17","Id":"x","Statement":[{` + fine + `}]}`},
		{policy.Identity, doc(fine + `,"Condition":{}`)},
		{policy.Identity, doc(fine + `,"Condition":{"Bool":{"t:k":true},"NumericEquals":{"t:n":[1,2.5]}}`)},
		{policy.Identity, doc(fine + `,"Condition":{"StringEquals":{"aws:username":"a","AWS:UserName":"b"}}`)},
		{policy.Managed, doc(`"Effect":"Allow","Action":["s3:*","*"],"Resource":["*","arn:aws:s3:*","arn:*:s3:::b"]`)},
		{policy.Identity, doc(`"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:us-east-1:111122223333:accesspoint/x"`)},
		{policy.Trust, doc(`"Effect":"Allow","Principal":{"AWS":["111122223333","AROAAAAAAAAAAAAAAAAAA"],"Service":"ec2.amazonaws.com","Federated":["cognito-identity.amazonaws.com","arn:aws:iam::111122223333:oidc-provider/x"]},"Action":["sts:AssumeRole*","sts:TagSession","STS:assumerolewithwebidentity"]`)},
		{policy.Resource, doc(`"Sid":"a b-c",` + fine + `,"Principal":{"CanonicalUser":"79a59df9"}`)},
		{policy.Resource, doc(fine + `,"Principal":{"AWS":"arn:aws:sts::111122223333:assumed-role/R/CognitoIdentityCredentials"}`)},
		{policy.Resource, `{"Id":"→","Statement":{"Effect":"Deny","NotPrincipal":{"AWS":"111122223333"},"Action":"s3:*","Resource":"arn:aws:s3:::b/→"}}`},
	} {
		d, err := policy.Parse(tt.kind, tt.text)
		if err != nil {
			t.Errorf("%s: %v %+v", tt.text, err, err)
			continue
		}
		if p := policy.Compile("p", d); p.Err() != nil {
			t.Errorf("%s: parsed but %v", tt.text, p.Err())
		}
		again, err := policy.Parse(tt.kind, d.String())
		if err != nil || !reflect.DeepEqual(bare(d), bare(again)) {
			t.Errorf("%s\nprints as %s\nwhich parses as %+v, %v", tt.text, d, again, err)
		}
	}
}

func TestParseSize(t *testing.T) {
	for _, kind := range []policy.Kind{policy.Identity, policy.Managed, policy.Trust, policy.Resource, policy.Session, policy.Boundary} {
		make := func(size int, space string) string {
			head, tail := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",`, `"}}}]}`
			switch kind {
			case policy.Trust:
				head += `"Principal":"*","Condition":{"StringEquals":{"t:k":"`
			case policy.Resource:
				head += `"Principal":"*","Resource":"*","Condition":{"StringEquals":{"t:k":"`
			default:
				head += `"Resource":"*","Condition":{"StringEquals":{"t:k":"`
			}
			return head + strings.Repeat("x", size-len(head)-len(tail)) + tail + space
		}
		if _, err := policy.Parse(kind, make(kind.Limit(), "")); err != nil {
			t.Errorf("%s: the limit is refused: %v", kind, err)
		}
		var at *policy.SyntaxError
		if _, err := policy.Parse(kind, make(kind.Limit()+1, "")); !errors.As(err, &at) || !at.TooLarge {
			t.Errorf("%s: more than the limit gives %v", kind, err)
		}
		_, err := policy.Parse(kind, make(kind.Limit(), " \n\t"))
		if (err == nil) != (kind != policy.Session) {
			t.Errorf("%s: whitespace gives %v", kind, err)
		}
		if _, err := policy.Parse(kind, strings.Repeat(" ", 200<<10)); !errors.As(err, &at) || !at.TooLarge {
			t.Errorf("%s: endless whitespace gives %v", kind, err)
		}
	}
}

func TestPositions(t *testing.T) {
	text := "{\"Statement\": [\n  {\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\",\n   \"Condition\":{\"StringEquals\":{\"é:a\":\"1\", \"t:k\":\"2\"}}}]}"
	d, err := policy.Parse(policy.Identity, text)
	if err != nil {
		t.Fatal(err)
	}
	s := d.Statements[0]
	if got, want := fmt.Sprint(s.Line, s.Column, s.Conditions[1].Line, s.Conditions[1].Column), "2 3 3 44"; got != want {
		t.Errorf("positions %s, want %s", got, want)
	}
	_, err = policy.Parse(policy.Identity, "{\"Statement\":\n [{\"Effect\": 1}]}")
	var at *policy.SyntaxError
	if !errors.As(err, &at) || at.Line != 2 || at.Column != 14 {
		t.Errorf("got %+v, want line 2, column 14", err)
	}
}

// bare returns the document without positions.
func bare(d *policy.Document) policy.Document {
	c := *d
	c.Statements = append([]policy.Statement(nil), d.Statements...)
	for i := range c.Statements {
		s := &c.Statements[i]
		s.Line, s.Column, s.Span = 0, 0, policy.Span{}
		s.Principals, s.NotPrincipal = barePrincipals(s.Principals), barePrincipals(s.NotPrincipal)
		s.Conditions = append([]policy.Condition(nil), s.Conditions...)
		for j := range s.Conditions {
			s.Conditions[j].Line, s.Conditions[j].Column = 0, 0
		}
	}
	return c
}

func barePrincipals(in []policy.PrincipalEntry) []policy.PrincipalEntry {
	out := append([]policy.PrincipalEntry(nil), in...)
	for i := range out {
		out[i].Line, out[i].Column = 0, 0
	}
	return out
}
