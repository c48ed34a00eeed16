package policy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// with makes an identity policy of one statement with the given elements instead of those of a fine one.
func with(action, resource, more string) string {
	return doc(`"Effect":"Allow","Action":` + action + `,"Resource":` + resource + more)
}

// says is the sentence with which a document is refused, or "".
func says(kind policy.Kind, text string) string {
	_, err := policy.Parse(kind, text)
	if err == nil {
		return ""
	}
	return err.Error()
}

const sidCharset = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"

func TestSids(t *testing.T) {
	for sid, want := range map[string]string{
		"09AZaz": "", "a/b": sidCharset, "a:b": sidCharset, "a@b": sidCharset, "a[b": sidCharset, "a`b": sidCharset, "a{b": sidCharset, "é": sidCharset,
	} {
		if got := says(policy.Identity, doc(`"Sid":"`+sid+`",`+fine)); got != want {
			t.Errorf("%q: %q, want %q", sid, got, want)
		}
	}
	if got := says(policy.Resource, doc(`"Sid":"a-b",`+fine+`,"Principal":"*"`, `"Sid":"a-b",`+fine+`,"Principal":"*"`)); got != unique {
		t.Errorf("a resource policy with a Sid twice: %q", got)
	}
	if got := says(policy.Identity, doc(fine, fine)); got != "" {
		t.Errorf("two statements without a Sid: %q", got)
	}
}

func TestPartitions(t *testing.T) {
	for partition, want := range map[string]string{
		"aws": "", "aws-cn": "", "aws-us-gov": "", "aws-iso-b": "", "aws-eusc": "", "aws-*": "", "aws-?n": "", "*": "", "a*": "", "aw?": "", "aws*gov": "",
		"": legacy, "aw": legacy, "awsx": legacy, "aws_cn": legacy, "aws-1": legacy, "aws-CN": legacy, "amazon": legacy, "x*": legacy, "aws-x1*": legacy, "Aws": legacy, "cn": legacy,
	} {
		for _, resource := range []string{`"arn:` + partition + `:s3:::b"`, `["*","arn:` + partition + `:s3:::b"]`} {
			if got := says(policy.Identity, with(`"s3:*"`, resource, "")); got != want {
				t.Errorf("%s: %q, want %q", resource, got, want)
			}
		}
	}
}

func TestActionNames(t *testing.T) {
	const colons = "Actions/Condition can contain only one colon."
	for action, want := range map[string]string{
		"s3:GetObject": "", "*": "", "execute-api:Invoke": "", "a.b:c": "", "s3:*": "", "a4b:C": "",
		"s3": prefaced, ":": prefaced, ":GetObject": prefaced, "s3:": prefaced, "": prefaced, "s3GetObject*": prefaced,
		"s?:GetObject": "Vendor s? is not valid", "s 3:G": "Vendor s 3 is not valid", "a,b:c": "Vendor a,b is not valid", "a/b:c": "Vendor a/b is not valid",
		"s3:a:b": colons, "s3:*:": colons, "s3::": colons, "s3::x": colons, "s3:::": colons,
	} {
		for _, text := range []string{with(`"`+action+`"`, `"*"`, ""), with(`["s3:*","`+action+`"]`, `"*"`, ""), doc(`"Effect":"Deny","NotAction":"` + action + `","Resource":"*"`)} {
			if got := says(policy.Identity, text); got != want {
				t.Errorf("%s: %q, want %q", text, got, want)
			}
		}
	}
	for key, want := range map[string]string{"t:k": "", "t:k:l": "", "k": prefaced, ":k": prefaced, "t:": prefaced, ":": prefaced} {
		for _, conditions := range []string{`{"Null":{"` + key + `":"true"}}`, `{"Null":{"t:x":"true","` + key + `":"true"}}`} {
			if got := says(policy.Identity, doc(fine+`,"Condition":`+conditions)); got != want {
				t.Errorf("%s: %q, want %q", conditions, got, want)
			}
		}
	}
}

func TestResourceNames(t *testing.T) {
	format := func(r string) string { return "Resource " + r + ` must be in ARN format or "*".` }
	region := func(r string) string { return "Resource " + r + " can not contain region information." }
	const path = `IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.`
	for resource, want := range map[string]string{
		"*": "", "arn:aws:s3:::b": "", "arn:aws:s3": "", "arn:aws:s3:*": "", "arn:aws:a-b.c:::x": "", "arn:aws:sqs:us-east-1:111122223333:q": "", "arn:aws:s3:::b:c:d": "",
		"arn": format("arn"), "x:aws:s3:::b": format("x:aws:s3:::b"), "": format(""), "b": format("b"), "?": format("?"),
		"arn:aws": vendor, "arn:aws:": vendor, "arn:aws::::b": vendor, "arn:aws:s*:::b": vendor, "arn:aws:a,b:::c": vendor, "arn:aws:a/b:::c": vendor,

		"arn:aws:iam::111122223333:*": "", "arn:aws:iam::aws:policy/x": "", "arn:aws:iam::111122223333:user/*": "", "arn:aws:iam::111122223333:access-report/x": "",
		"arn:aws:iam::1:*:x": path, "arn:aws:iam::*:usr": path, "arn:aws:iam::111122223333:root": path, "arn:aws:iam::*:": path, "arn:aws:iam:::u*": path, "arn:aws:sts::111122223333:x": "",
		"arn:aws:iam:*:111122223333:user/x": "IAM resource arn:aws:iam:*:111122223333:user/x cannot contain region information.",

		"arn:aws:s3:us-east-1::b": region("arn:aws:s3:us-east-1::b"), "arn:aws:s3:*::b": "", "arn:aws:s3:us-?::b": "",
		"arn:aws:s3:us-east-1:1:accesspoint/x": "", "arn:aws:s3:us-east-1:1:job/x": "", "arn:aws:s3:us-east-1:1:async-request/x": "", "arn:aws:s3-object-lambda:us-east-1:1:x": "",
	} {
		for _, text := range []string{with(`"*"`, `"`+resource+`"`, ""), with(`"*"`, `["arn:aws:s3:::a","*","`+resource+`"]`, ""), doc(`"Effect":"Deny","Action":"*","NotResource":"` + resource + `"`)} {
			if got := says(policy.Identity, text); got != want {
				t.Errorf("%s: %q, want %q", text, got, want)
			}
		}
	}
}

func TestPrincipalNames(t *testing.T) {
	const invalid = "Invalid principal in policy"
	for _, tt := range []struct {
		kind, value string
		fine        bool
	}{
		{"AWS", "*", true},
		{"AWS", "111122223333", true},
		{"AWS", "11112222333", false},
		{"AWS", "1111222233334", false},
		{"AWS", "11112222333x", false},
		{"AWS", "", false},
		{"AWS", "AIDAAAAAAAAAAAAA", true},
		{"AWS", "AIDAAAAAAAAAAAA", false},
		{"AWS", "AROA567890123456", true},
		{"AWS", "AGPAAAAAAAAAAAAAAAAAA", false},
		{"AWS", "AIDAAAAAAAAAAAA-A", false},
		{"AWS", "arn:aws:iam::111122223333:root", true},
		{"AWS", "arn:aws:iam::11112222333:root", false},
		{"AWS", "arn:aws:iam::cloudfront:root", false},
		{"AWS", "arn:aws:sts::111122223333:root", false},
		{"AWS", "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1", true},
		{"AWS", "arn:aws:iam:::user/a", false},
		{"AWS", "arn:aws:iam::111122223333:user/a/b", true},
		{"AWS", "arn:aws:iam::111122223333:user/", false},
		{"AWS", "arn:aws:iam::111122223333:user/a/", false},
		{"AWS", "arn:aws:iam::111122223333:user", false},
		{"AWS", "arn:aws:sts::111122223333:user/a", false},
		{"AWS", "arn:aws:iam::111122223333:role/p/r", true},
		{"AWS", "arn:aws:iam::111122223333:role/", false},
		{"AWS", "arn:aws:iam::111122223333:role/r/", false},
		{"AWS", "arn:aws:sts::111122223333:role/r", false},
		{"AWS", "arn:aws:iam:us-east-1:111122223333:role/r", false},
		{"AWS", "arn:aws:iam::111122223333:role/r*", false},
		{"AWS", "arn:aws:iam::111122223333:role/?", false},
		{"AWS", "arn:aws:iam::111122223333:role/$x", false},
		{"AWS", "arn:aws:sts::111122223333:federated-user/f", true},
		{"AWS", "arn:aws:iam::111122223333:federated-user/f", false},
		{"AWS", "arn:aws:sts::111122223333:federated-user/", false},
		{"AWS", "arn:aws:sts::111122223333:assumed-role/R/s", true},
		{"AWS", "arn:aws:sts::111122223333:assumed-role/R", false},
		{"AWS", "arn:aws:sts::111122223333:assumed-role/R/", false},
		{"AWS", "arn:aws:sts::111122223333:assumed-role//s", false},
		{"AWS", "arn:aws:sts::111122223333:assumed-role/R/s/t", false},
		{"AWS", "arn:aws:iam::111122223333:assumed-role/R/s", false},
		{"AWS", "arn:aws:sts::111122223333:assumed-role/", false},
		{"AWS", "arn:aws:sts::111122223333:session/R/s", false},
		{"AWS", "arn:aws:iam::111122223333:group/g", false},
		{"AWS", "arn:aws:s3:::b", false},
		{"AWS", "ec2.amazonaws.com", false},
		{"Service", "ec2.amazonaws.com", true},
		{"Service", "ec2", false},
		{"Service", "", false},
		{"Service", "*.amazonaws.com", false},
		{"Service", "ec?.amazonaws.com", false},
		{"Service", "$.a", false},
		{"Service", "a:b.c", false},
		{"Service", "a b.c", false},
		{"Federated", "accounts.google.com", true},
		{"Federated", "arn:aws:iam::111122223333:saml-provider/x", true},
		{"Federated", "", false},
		{"Federated", "*", false},
		{"Federated", "a?", false},
		{"Federated", "$a", false},
		{"Federated", "a b", false},
		{"CanonicalUser", "79a59df9", true},
		{"CanonicalUser", "", false},
		{"CanonicalUser", "a-b", false},
		{"CanonicalUser", "*", false},
		{"Other", "x", false},
		{"aws", "111122223333", false},
		{"*", "*", false},
		{"*", "x", false},
	} {
		want := invalid
		if tt.fine {
			want = ""
		}
		entry := `{"` + tt.kind + `":"` + tt.value + `"}`
		for _, text := range []string{doc(fine + `,"Principal":` + entry), doc(fine + `,"Principal":{"AWS":"111122223333","` + strings.Replace(entry[2:], `"AWS":"`, `"AWS":["111122223333","`, 1))} {
			if strings.Contains(text[20:], `"AWS":"111122223333","AWS"`) {
				text = doc(fine + `,"Principal":{"AWS":["111122223333","` + tt.value + `"]}`)
			}
			if got := says(policy.Resource, text); got != want {
				t.Errorf("%s: %q, want %q", text, got, want)
			}
		}
	}
}

// TestForged: a document that was put together or changed in a program is checked as one that was read.
func TestForged(t *testing.T) {
	fineStatement := func() policy.Statement {
		return policy.Statement{Effect: "Allow", Actions: []string{"s3:*"}, Resources: []string{"*"}, Conditions: []policy.Condition{{Operator: "Null", Key: "t:k", Values: []string{"true"}}}}
	}
	inTrust := func(change func(*policy.Statement)) func(*policy.Document) {
		return func(d *policy.Document) {
			s := &d.Statements[0]
			d.Kind, s.Resources, s.Actions = policy.Trust, nil, []string{"sts:AssumeRole"}
			s.Principals = []policy.PrincipalEntry{{Type: "AWS", Value: ours}}
			change(s)
		}
	}
	for name, tt := range map[string]struct {
		change func(*policy.Document)
		want   string
	}{
		"fine":                                {func(*policy.Document) {}, ""},
		"no statements":                       {func(d *policy.Document) { d.Statements = nil }, syntax},
		"no effect":                           {func(d *policy.Document) { d.Statements[0].Effect = "" }, legacy},
		"no actions":                          {func(d *policy.Document) { d.Statements[0].Actions = nil }, "Policy statement must contain actions."},
		"both actions":                        {func(d *policy.Document) { d.Statements[0].NotActions = []string{"s3:*"} }, "Policy statement must contain actions."},
		"no resources":                        {func(d *policy.Document) { d.Statements[0].Resources = nil }, "Policy statement must contain resources."},
		"both resources":                      {func(d *policy.Document) { d.Statements[0].NotResources = []string{"*"} }, "Policy statement must contain resources."},
		"both resources, one of them nowhere": {func(d *policy.Document) { d.Statements[0].NotResources = []string{"arn:x:s3:::b"} }, legacy},
		"condition without values":            {func(d *policy.Document) { d.Statements[0].Conditions[0].Values = nil }, syntax},
		"condition with two":                  {func(d *policy.Document) { d.Statements[0].Conditions[0].Values = []string{"true", "false"} }, ""},
		"no operator":                         {func(d *policy.Document) { d.Statements[0].Conditions[0].Operator = "" }, legacy},
		"unknown operator":                    {func(d *policy.Document) { d.Statements[0].Conditions[0].Operator = "Always" }, legacy},
		"principal": {func(d *policy.Document) {
			d.Statements[0].Principals = []policy.PrincipalEntry{{Type: "AWS", Value: "*"}}
		}, "Policy document should not specify a principal."},
		"second statement":         {func(d *policy.Document) { s := fineStatement(); s.Effect = "x"; d.Statements = append(d.Statements, s) }, legacy},
		"old version of a managed": {func(d *policy.Document) { d.Kind, d.Version = policy.Managed, policy.Version2008 }, version},
		"fine trust":               {inTrust(func(*policy.Statement) {}), ""},
		"trust with a resource":    {inTrust(func(s *policy.Statement) { s.Resources = []string{"*"} }), "Has prohibited field Resource"},
		"trust with NotResource":   {inTrust(func(s *policy.Statement) { s.NotResources = []string{"*"} }), "Has prohibited field Resource"},
		"trust with NotAction":     {inTrust(func(s *policy.Statement) { s.Actions, s.NotActions = nil, []string{"sts:AssumeRole"} }), "AssumeRole policy may only specify STS AssumeRole actions."},
		"trust in nobody":          {inTrust(func(s *policy.Statement) { s.Principals = nil }), "Missing required field Principal"},
		"trust in all but":         {inTrust(func(s *policy.Statement) { s.Effect, s.Principals, s.NotPrincipal = "Deny", nil, s.Principals }), syntax},
		"trust in one and all but": {inTrust(func(s *policy.Statement) { s.Effect, s.NotPrincipal = "Deny", s.Principals }), "Missing required field Principal"},
		"trust in a second, who": {inTrust(func(s *policy.Statement) {
			s.Principals = append(s.Principals, policy.PrincipalEntry{Type: "AWS", Value: "x"})
		}), `Invalid principal in policy: "AWS":"x"`},
		"trust of a second action":   {inTrust(func(s *policy.Statement) { s.Actions = append(s.Actions, "sts:GetCallerIdentity") }), "AssumeRole policy may only specify STS AssumeRole actions."},
		"trust of a pattern of them": {inTrust(func(s *policy.Statement) { s.Actions = []string{"sts:*"} }), ""},
		"condition given twice": {func(d *policy.Document) {
			s := &d.Statements[0]
			s.Conditions = append(s.Conditions, policy.Condition{Operator: "Null", Key: "t:other", Values: []string{"true"}}, s.Conditions[0])
		}, syntax},
		"two keys, and two operators": {func(d *policy.Document) {
			s := &d.Statements[0]
			s.Conditions = append(s.Conditions, policy.Condition{Operator: "Null", Key: "t:other", Values: []string{"true"}}, policy.Condition{Operator: "Bool", Key: "t:k", Values: []string{"true"}})
		}, ""},
	} {
		d := &policy.Document{Version: policy.Version2012, Statements: []policy.Statement{fineStatement()}}
		tt.change(d)
		p := policy.Compile("forged", d)
		if p == nil || p.Name() != "forged" || (p.Document() == d) != (tt.want == "") {
			t.Fatalf("%s: compiled to %+v", name, p)
		}
		var at *policy.SyntaxError
		switch err := p.Err(); {
		case tt.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case tt.want != "" && (!errors.As(err, &at) || at.Message != tt.want || !strings.HasPrefix(err.Error(), "compiling policy forged: "+tt.want+" (")):
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if p := policy.Compile("none", nil); p == nil || p.Err() == nil || p.Err().Error() != "there is no document" || p.Name() != "none" {
		t.Errorf("compiled from nothing: %+v", p)
	}
	if p := policy.Broken("b", nil); p.Err() == nil || p.Name() != "b" || p.Document() != nil {
		t.Errorf("broken without a reason: %+v", p)
	}
}

// TestForgedTwice: a condition given twice is found however many there are.
func TestForgedTwice(t *testing.T) {
	for n := 2; n <= 24; n++ {
		for twice := range n {
			for other := range twice {
				d := &policy.Document{Version: policy.Version2012, Statements: []policy.Statement{{Effect: "Allow", Actions: []string{"*"}, Resources: []string{"*"}}}}
				s := &d.Statements[0]
				for i := range n {
					s.Conditions = append(s.Conditions, policy.Condition{Operator: "StringEquals", Key: "t:k" + strings.Repeat("x", i), Values: []string{"v"}})
				}
				s.Conditions[twice].Operator = "StringLike"
				if err := policy.Compile("p", d).Err(); err != nil {
					t.Fatal(err)
				}
				s.Conditions[twice].Key = s.Conditions[other].Key
				if err := policy.Compile("p", d).Err(); err != nil {
					t.Fatalf("one key with two operators: %v", err)
				}
				s.Conditions[twice].Operator = "StringEquals"
				var at *policy.SyntaxError
				if err := policy.Compile("p", d).Err(); !errors.As(err, &at) || at.Message != syntax {
					t.Fatalf("of %d conditions, %d is as %d: %v", n, twice, other, err)
				}
			}
		}
		if n > 12 {
			n += 5
		}
	}
}

// TestControl: a resource control policy denies to everyone some actions of named services, or is the one that lets all pass.
func TestControl(t *testing.T) {
	everyone := []policy.PrincipalEntry{{Type: "*", Value: "*"}}
	for name, tt := range map[string]struct {
		s    policy.Statement
		want string // detail
	}{
		"fine":               {policy.Statement{Effect: "Deny", Principals: everyone, Actions: []string{"s3:*", "sts:AssumeRole"}, Resources: []string{"*"}}, ""},
		"the one of all":     {policy.Statement{Effect: "Allow", Principals: everyone, Actions: []string{"*"}, Resources: []string{"*"}}, ""},
		"all but a few":      {policy.Statement{Effect: "Deny", Principals: everyone, Actions: []string{"s3:*"}, NotResources: []string{"arn:aws:s3:::b"}}, ""},
		"both":               {policy.Statement{Effect: "Deny", Principals: everyone, NotPrincipal: everyone, Actions: []string{"s3:*"}, Resources: []string{"*"}}, "a resource control policy has no NotPrincipal"},
		"NotPrincipal":       {policy.Statement{Effect: "Deny", NotPrincipal: everyone, Actions: []string{"s3:*"}, Resources: []string{"*"}}, "a resource control policy has no NotPrincipal"},
		"NotAction":          {policy.Statement{Effect: "Deny", Principals: everyone, NotActions: []string{"s3:*"}, Resources: []string{"*"}}, "a resource control policy has no NotAction"},
		"nobody":             {policy.Statement{Effect: "Deny", Actions: []string{"s3:*"}, Resources: []string{"*"}}, `the Principal of a resource control policy is "*"`},
		"one":                {policy.Statement{Effect: "Deny", Principals: []policy.PrincipalEntry{{Type: "AWS", Value: "111122223333"}}, Actions: []string{"s3:*"}, Resources: []string{"*"}}, `the Principal of a resource control policy is "*"`},
		"AWS star":           {policy.Statement{Effect: "Deny", Principals: []policy.PrincipalEntry{{Type: "AWS", Value: "*"}}, Actions: []string{"s3:*"}, Resources: []string{"*"}}, `the Principal of a resource control policy is "*"`},
		"a text":             {policy.Statement{Effect: "Deny", Principals: []policy.PrincipalEntry{{Type: "*", Value: "x"}}, Actions: []string{"s3:*"}, Resources: []string{"*"}}, `the Principal of a resource control policy is "*"`},
		"everyone and one":   {policy.Statement{Effect: "Deny", Principals: append([]policy.PrincipalEntry{{Type: "*", Value: "*"}}, policy.PrincipalEntry{Type: "AWS", Value: "111122223333"}), Actions: []string{"s3:*"}, Resources: []string{"*"}}, `the Principal of a resource control policy is "*"`},
		"denies all":         {policy.Statement{Effect: "Deny", Principals: everyone, Actions: []string{"s3:*", "*"}, Resources: []string{"*"}}, "a resource control policy names the services whose actions it denies"},
		"allows some":        {policy.Statement{Effect: "Allow", Principals: everyone, Actions: []string{"s3:*"}, Resources: []string{"*"}}, "a resource control policy denies; only the one of everything allows"},
		"allows all and one": {policy.Statement{Effect: "Allow", Principals: everyone, Actions: []string{"*", "s3:*"}, Resources: []string{"*"}}, "a resource control policy denies; only the one of everything allows"},
		"allows some of all": {policy.Statement{Effect: "Allow", Principals: everyone, Actions: []string{"*"}, Resources: []string{"arn:aws:s3:::b"}}, "a resource control policy denies; only the one of everything allows"},
		"allows all but":     {policy.Statement{Effect: "Allow", Principals: everyone, Actions: []string{"*"}, NotResources: []string{"*"}}, "a resource control policy denies; only the one of everything allows"},
		"allows when":        {policy.Statement{Effect: "Allow", Principals: everyone, Actions: []string{"*"}, Resources: []string{"*"}, Conditions: []policy.Condition{{Operator: "Null", Key: "t:k", Values: []string{"true"}}}}, "a resource control policy denies; only the one of everything allows"},
	} {
		err := policy.Compile("p", &policy.Document{Kind: policy.ResourceControl, Version: policy.Version2012, Statements: []policy.Statement{tt.s}}).Err()
		var at *policy.SyntaxError
		if tt.want == "" && err != nil || tt.want != "" && (!errors.As(err, &at) || at.Detail != tt.want) {
			t.Errorf("%s: %v, want %s", name, err, tt.want)
		}
	}
}
