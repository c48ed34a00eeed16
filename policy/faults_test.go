package policy_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

const (
	noJSON      = "This policy contains invalid Json"
	firstByte   = "Policies must be valid JSON and the first byte must be '{'"
	noPrincipal = "Missing required field Principal"
)

// TestFaults pins sentence, place and detail of a fault of each kind. Places are line:column, from 1.
func TestFaults(t *testing.T) {
	id := func(text string) string { return `{"Id":` + text + `}` }
	condition := func(text string) string { return `{"Statement":{` + fine + `,"Condition":` + text + `}}` }
	trust := func(more string) string {
		return `{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole"` + more + `}}`
	}
	for _, tt := range []struct {
		kind policy.Kind
		text string
		want string
	}{
		// JSON.
		{policy.Trust, ``, "1:1 " + noJSON + "; expected a JSON value"},
		{policy.Trust, " \t\r\n x", "2:2 " + noJSON + "; expected a JSON value"},
		{policy.Trust, `{`, "1:2 " + noJSON + "; expected a key in quotes"},
		{policy.Trust, `{a`, "1:2 " + noJSON + "; expected a key in quotes"},
		{policy.Trust, `{"Id"`, "1:6 " + noJSON + `; expected a colon after the key "Id"`},
		{policy.Trust, `{"Id" "x"}`, "1:7 " + noJSON + `; expected a colon after the key "Id"`},
		{policy.Trust, id(``), "1:7 " + noJSON + "; expected a JSON value"},
		{policy.Trust, `{"Id":"x"`, "1:10 " + noJSON + "; expected a comma or '}'"},
		{policy.Trust, `{"Id":["x"}`, "1:11 " + noJSON + "; expected a comma or ']'"},
		{policy.Trust, `{"Id":["x",]}`, "1:12 " + noJSON + "; expected a JSON value"},
		{policy.Trust, `{"Id":"x",}`, "1:11 " + noJSON + "; expected a key in quotes"},
		{policy.Trust, `{"Id":"x"} x`, "1:12 " + noJSON + "; unexpected text after the document"},
		{policy.Trust, `{"Id":"x", "\u0049d":"y"}`, "1:12 " + noJSON + `; the key "Id" is given twice`},
		{policy.Trust, id(`tru`), "1:7 " + noJSON + "; expected a JSON value"},
		{policy.Trust, id(`-`), "1:8 " + noJSON + "; malformed number"},
		{policy.Trust, id(`1.`), "1:9 " + noJSON + "; malformed number"},
		{policy.Trust, id(`1.x`), "1:9 " + noJSON + "; malformed number"},
		{policy.Trust, id(`1e`), "1:9 " + noJSON + "; malformed number"},
		{policy.Trust, id(`1e+`), "1:10 " + noJSON + "; malformed number"},
		{policy.Trust, id(`01`), "1:8 " + noJSON + "; expected a comma or '}'"},
		{policy.Trust, id(`.5`), "1:7 " + noJSON + "; expected a JSON value"},
		{policy.Trust, id(`+5`), "1:7 " + noJSON + "; expected a JSON value"},
		{policy.Trust, id(`/5`), "1:7 " + noJSON + "; expected a JSON value"},
		{policy.Trust, id(`:5`), "1:7 " + noJSON + "; expected a JSON value"},
		{policy.Trust, `{"Id":"x`, "1:9 " + noJSON + "; string without an end"},
		{policy.Trust, `{"Id":"x\`, "1:10 " + noJSON + "; string without an end"},
		{policy.Trust, id(`"\x"`), "1:9 " + noJSON + "; unknown escape"},
		{policy.Trust, `{"Id":"\u12`, "1:10 " + noJSON + `; unfinished \u escape`},
		{policy.Trust, id(`"\u12x4"`), "1:10 " + noJSON + `; malformed \u escape`},
		{policy.Trust, id(`"\u+123"`), "1:10 " + noJSON + `; malformed \u escape`},
		{policy.Trust, id(`"\ud800"`), "1:14 " + noJSON + "; half of a surrogate pair"},
		{policy.Trust, id(`"\ud800\n"`), "1:14 " + noJSON + "; half of a surrogate pair"},
		{policy.Trust, id(`"\ud800\ud800"`), "1:20 " + noJSON + "; half of a surrogate pair"},
		{policy.Trust, `{"Id":"\ud800\u`, "1:16 " + noJSON + `; unfinished \u escape`},
		{policy.Trust, id(`"` + "\t" + `"`), "1:8 " + noJSON + "; control character in a string"},
		{policy.Trust, id("\"a\nb\""), "1:9 " + noJSON + "; control character in a string"},
		{policy.Trust, id(strings.Repeat("[", 33) + strings.Repeat("]", 33)), "1:39 " + noJSON + "; nested more than 32 deep"},
		{policy.Trust, id(strings.Repeat(`{"a":`, 32) + "1" + strings.Repeat("}", 32)), "1:167 " + noJSON + "; nested more than 32 deep"},
		{policy.Trust, id(strings.Repeat("[", 32) + strings.Repeat("]", 32)), "1:7 " + syntax + "; Id is not a string"},

		{policy.Trust, id(`1:2`), "1:8 " + noJSON + "; expected a comma or '}'"},
		{policy.Trust, id(`1/2`), "1:8 " + noJSON + "; expected a comma or '}'"},
		{policy.Trust, id(`1-2`), "1:8 " + noJSON + "; expected a comma or '}'"},
		{policy.Trust, id(`-/`), "1:8 " + noJSON + "; malformed number"},
		{policy.Trust, id(`-.5`), "1:8 " + noJSON + "; malformed number"},
		{policy.Trust, id(`-e5`), "1:8 " + noJSON + "; malformed number"},
		{policy.Trust, `{"Id":"\u0041`, "1:14 " + noJSON + "; string without an end"},
		{policy.Trust, `{"Id":"\u004`, "1:10 " + noJSON + `; unfinished \u escape`},
		{policy.Resource, "{\"Id\":\"\x1f", "1:8 " + firstByte + "; control character in a string"},
		{policy.Resource, "{\"Id\":\"a \x1f\"}", "1:10 " + firstByte + "; control character in a string"},
		{policy.Trust, `{"\xd":1}`, "1:4 " + noJSON + "; unknown escape"},
		{policy.Trust, `{"Id`, "1:5 " + noJSON + "; string without an end"},
		{policy.Resource, "\x0b{}", "1:1 " + firstByte + "; expected a JSON value"},
		{policy.Resource, "{\x01}", "1:2 " + firstByte + "; expected a key in quotes"},
		{policy.Resource, "{}\x00", "1:3 " + firstByte + "; unexpected text after the document"},
		{policy.Resource, "{\"a\"\u00a0:1}", "1:5 " + firstByte + `; expected a colon after the key "a"`},

		// Text.
		{policy.Resource, "{\"Id\":\"é\xff\"}", "1:9 " + firstByte + "; not UTF-8"},
		{policy.Identity, id(`"ÿĀ"`), "1:9 " + syntax + "; the character U+0100 is not allowed in a policy"},
		{policy.Identity, id("\"\x1f\""), "1:8 " + syntax + "; the character U+001F is not allowed in a policy"},
		{policy.Identity, id("\"\ufffd\""), "1:8 " + syntax + "; the character U+FFFD is not allowed in a policy"},

		// Documents.
		{policy.Resource, ` []`, "1:2 " + firstByte + "; a policy is a JSON object"},
		{policy.Identity, `{"Version":1}`, "1:12 " + syntax + "; Version is not a string"},
		{policy.Identity, `{"Version":"2012-10-18"}`, `1:12 ` + syntax + `; there is no version "2012-10-18"`},
		{policy.Identity, `{"Version":""}`, `1:12 ` + syntax + `; there is no version ""`},
		{policy.Trust, ` {"statement":[]}`, `1:3 Unknown field statement; a policy has no element "statement"`},
		{policy.Trust, ` {"Version":"2012-10-17"}`, `1:2 Missing required field Statement; there is no Statement`},
		{policy.Identity, `{"Statement": []}`, "1:15 " + syntax + "; Statement is empty"},
		{policy.Resource, `{"Statement": []}`, "1:15 Could not parse the policy: Statement is empty!; Statement is empty"},
		{policy.Identity, `{"Statement": [[]]}`, "1:16 " + syntax + "; a statement is a JSON object"},
		{policy.Identity, `{"Statement":{"Sid":1}}`, "1:21 " + syntax + "; Sid is not a string"},
		{policy.Identity, `{"Statement":{"Effect":true}}`, "1:24 " + syntax + "; Effect is not a string"},
		{policy.Identity, `{"Statement":{"Effect":"Permit"}}`, "1:24 " + syntax + `; Effect is "Permit", neither Allow nor Deny`},
		{policy.Identity, `{"Statement":{"Effect":"DENY","Action":"*","Resource":"*"}}`, "1:24 " + legacy + `; Effect is "DENY", not Allow or Deny`},
		{policy.Identity, `{"Statement":{"Action":{}}}`, "1:24 " + syntax + "; expected a string"},
		{policy.Identity, `{"Statement":{"Action":["*",1]}}`, "1:29 " + syntax + "; expected a string"},
		{policy.Identity, `{"Statement":{"NotAction":true}}`, "1:27 " + syntax + "; expected a string"},
		{policy.Identity, `{"Statement":{"Resource":[["*"]]}}`, "1:27 " + syntax + "; expected a string"},
		{policy.Identity, `{"Statement":{"NotResource":1}}`, "1:29 " + syntax + "; expected a string"},
		{policy.Trust, `{"Statement":{ "Act":1}}`, `1:16 Unknown field Act; a statement has no element "Act"`},
		{policy.Identity, `{"Statement":{ "Act":1}}`, `1:16 ` + syntax + `; a statement has no element "Act"`},
		{policy.Identity, `{"Statement": {}}`, `1:15 ` + syntax + `; there is no Effect`},
		{policy.Trust, `{"Statement": {}}`, `1:15 Missing required field Effect; there is no Effect`},
		{policy.Resource, doc(fine + `,"Principal":"*","NotPrincipal":"*"`), `1:38 ` + syntax + `; Principal and NotPrincipal exclude each other`},
		{policy.Trust, trust(``), "1:14 " + noPrincipal + "; there is no Principal"},
		{policy.Resource, trust(``), "1:14 " + noPrincipal + "; there is no Principal"},
		{policy.Trust, `{"Statement":{"Effect":"Allow","Principal":"*"}}`, "1:14 Missing required field Action; there is no Action"},
		{policy.Resource, `{"Statement":{"Effect":"Allow","Principal":"*","Resource":"*"}}`, "1:14 Missing required field Action; there is no Action"},
		{policy.Resource, `{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}`, "1:14 Missing required field Resource; there is no Resource"},
		{policy.Trust, trust(`,"Principal":"*","NotResource":"*"`), "1:14 Has prohibited field NotResource; a trust policy has no NotResource"},

		// Principals.
		{policy.Trust, trust(`,"Principal":1`), `1:70 ` + syntax + `; a principal is "*" or an object`},
		{policy.Trust, trust(`,"Principal":["*"]`), `1:70 ` + syntax + `; a principal is "*" or an object`},
		{policy.Trust, trust(`,"Principal":{"AWS":111122223333}`), `1:77 ` + syntax + `; expected a string`},
		{policy.Trust, trust(`,"Principal":{"AWS":["*",{}]}`), `1:82 ` + syntax + `; expected a string`},
		{policy.Trust, trust(`,"Principal":{}`), `1:70 ` + noPrincipal + `; Principal is empty`},
		{policy.Resource, doc(fine + `,"Principal":{"AWS":[]}`), `1:107 ` + noPrincipal + `; Principal is empty`},
		{policy.Identity, `{"Statement":{` + fine + `,"NotPrincipal":{}}}`, `1:14 Policy document should not specify a principal.; a policy of kind identity has no principal`},
		{policy.Trust, trust(`,"Principal":{"AWS":"me"}`), `1:77 Invalid principal in policy: "AWS":"me"; there is no principal AWS "me"`},

		{policy.Resource, doc(fine + `,"Principal":{"AWS":[],"Service":"a.b"}`), `1:107 ` + noPrincipal + `; Principal has an empty list`},
		{policy.Resource, doc(fine + `,"Principal":{"Service":"a.b","AWS":[]}`), `1:107 ` + noPrincipal + `; Principal has an empty list`},
		{policy.Identity, doc(fine + `,"Principal":{"AWS":[],"Service":"a.b"}`), `1:95 Policy document should not specify a principal.; a policy of kind identity has no principal`},
		{policy.Resource, doc(fine + `,"Principal":{"*":"*"}`), `1:108 Invalid principal in policy; a principal has no type "*"`},

		// Conditions.
		{policy.Identity, condition(`[]`), `1:83 ` + syntax + `; Condition is not an object`},
		{policy.Identity, condition(`{"Same":{}}`), `1:84 ` + syntax + `; there is no condition operator "Same"`},
		{policy.Identity, condition(`{"":{"t:k":"x"}}`), `1:84 ` + syntax + `; there is no condition operator ""`},
		{policy.Identity, condition(`{"Null":1}`), `1:91 ` + syntax + `; Null is not an object of keys`},
		{policy.Identity, condition(`{"Null":{"t:k":{}}}`), `1:98 ` + syntax + `; expected a string`},
		{policy.Identity, condition(`{"Null":{"t:k":null}}`), `1:98 ` + syntax + `; expected a string`},
		{policy.Identity, condition(`{"Null":{"t:k":[]}}`), `1:98 ` + syntax + `; t:k has no values`},
		{policy.Identity, condition(`{"Bool":{"t:k":"tru*"}}`), `1:92 ` + legacy + `; line 1: "tru*" is no value for Bool`},
		{policy.Identity, condition(`{"Null":{"t:k":"maybe"}}`), `1:92 ` + legacy + `; line 1: "maybe" is no value for Null`},

		// Rules.
		{policy.Managed, "\n{\"Version\":\"2008-10-17\",\"Statement\":{" + fine + "}}", `1:1 ` + version + `; Version is "2008-10-17"`},
		{policy.Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":["*","arn:x:s3:::b"]}}`, `1:61 ` + legacy + `; "arn:x:s3:::b" has no partition that exists`},
		{policy.Identity, `{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::1:x"}}`, `1:56 IAM resource path must either be "*" or start with user/, federated-user/, role/, group/, instance-profile/, mfa/, server-certificate/, policy/, sms-mfa/, saml-provider/, oidc-provider/, report/, access-report/.; the path of "arn:aws:iam::1:x" is "x"`},
		{policy.Identity, `{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Allow","Action":"*"}]}`, `1:62 Policy statement must contain resources.; there is no Resource`},
		{policy.Identity, `{"Statement":[{"Sid":"","Effect":"Allow","Resource":"*"}]}`, `1:15 Policy statement must contain actions.; there is no Action`},
		{policy.Resource, `{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"111122223333"},"Action":"*","Resource":"*"}}`, `1:32 ` + syntax + `; NotPrincipal goes with Deny only, and in no trust policy`},
		{policy.Trust, trust(`,"Principal":"*","Sid":"a b"`), `1:80 Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*; Sid is "a b"`},
	} {
		d, err := policy.Parse(tt.kind, tt.text)
		var at *policy.SyntaxError
		if !errors.As(err, &at) {
			t.Errorf("%s: %+v, %v", tt.text, d, err)
			continue
		}
		if got := fmt.Sprintf("%d:%d %s; %s", at.Line, at.Column, at.Message, at.Detail); got != tt.want {
			t.Errorf("%s:\n%s, want\n%s", tt.text, got, tt.want)
		}
	}
}

// TestWhichFault: of the faults of several statements IAM tells the one that it looks for first, and of one kind the first.
func TestWhichFault(t *testing.T) {
	parts := map[string]string{
		"effect": `"Effect":"allow","Action":"*","Resource":"*"`, "sid": `"Sid":"a-b","Effect":"Allow","Action":"*","Resource":"*"`, "action": `"Effect":"Allow","Resource":"*"`,
		"resource": `"Effect":"Allow","Action":"*"`, "vendor": `"Effect":"Allow","Action":"x","Resource":"*"`, "arn": `"Effect":"Allow","Action":"*","Resource":"x"`, "principal": fine + `,"Principal":"*"`,
	}
	order := []string{"effect", "sid", "action", "resource", "vendor", "arn", "principal"}
	for i, first := range order {
		for _, second := range order[i:] {
			for turned, names := range map[bool][]string{false: {first, second}, true: {second, first}} {
				_, err := policy.Parse(policy.Identity, "{\"Version\":\"2012-10-17\",\"Statement\":[{"+parts[names[0]]+"},\n{"+parts[names[1]]+"},\n{"+parts[names[0]]+"}]}")
				_, alone := policy.Parse(policy.Identity, doc(parts[first]))
				var at, want *policy.SyntaxError
				if !errors.As(err, &at) || !errors.As(alone, &want) {
					t.Fatalf("%v: %v, %v", names, err, alone)
				}
				line := 1
				if turned && first != second {
					line = 2
				}
				if at.Message != want.Message || at.Line != line {
					t.Errorf("%v: line %d: %s, want line %d: %s", names, at.Line, at.Message, line, want.Message)
				}
			}
		}
	}
}

// TestNoEffect: no other element, or pair of them, stands for the effect.
func TestNoEffect(t *testing.T) {
	elements := []string{`"Sid":"A"`, `"Principal":"*"`, `"NotPrincipal":"*"`, `"Action":"*"`, `"NotAction":"*"`, `"Resource":"*"`, `"NotResource":"*"`, `"Condition":{}`}
	for i, one := range elements {
		for _, other := range elements[i:] {
			text := `{"Statement":{` + one + "," + other + `}}`
			if one == other {
				text = `{"Statement":{` + one + `}}`
			}
			want := "Missing required field Effect"
			if strings.Replace(one, `"`, `"Not`, 1) == other {
				want = syntax
			}
			if got := says(policy.Resource, text); got != want {
				t.Errorf("%s: %q, want %q", text, got, want)
			}
		}
	}
}

// TestPrincipalPlaces: a principal stands where its value does.
func TestPrincipalPlaces(t *testing.T) {
	d, err := policy.Parse(policy.Resource, "{\"Statement\":[{"+fine+",\n\"Principal\":{\n \"AWS\":[\"111122223333\",\n\"444455556666\"],\n\"Service\":  \"a.b\"}},{"+fine+",\n  \"Principal\": \"*\"}]}")
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, s := range d.Statements {
		for _, p := range s.Principals {
			got += fmt.Sprintf("%s %s %d:%d, ", p.Type, p.Value, p.Line, p.Column)
		}
	}
	if want := "AWS 111122223333 3:8, AWS 444455556666 3:8, Service a.b 5:13, * * 6:16, "; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestLiterals pins what texts and numbers a policy may be written in, and that they mean what they are.
func TestLiterals(t *testing.T) {
	for text, want := range map[string]string{
		`"\"\\\/\b\f\n\r\t"`: "\"\\/\b\f\n\r\t", `"a\u0041\u00e9\u20ac\ud83d\ude00z"`: "aAé€😀z", `"\u00E9\u00Ff"`: "éÿ", `""`: "", `"é"`: "é", `"\uffff\ue000\ud7ff"`: "\uffff\ue000\ud7ff",
		`0`: "0", `-0`: "-0", `-12.50`: "-12.50", `1e5`: "1e5", `1E-05`: "1E-05", `1.5e+3`: "1.5e+3", `9876543210`: "9876543210", `true`: "true", `false`: "false",
	} {
		d, err := policy.Parse(policy.Identity, "\t{ \"Statement\"\n:\r[ {"+fine+`,"Condition" : { "StringEquals":{"t:k" : [`+text+" , \"x\"\t] }\n}} ]\t} ")
		if err != nil {
			t.Errorf("%s: %+v", text, err)
			continue
		}
		if got := d.Statements[0].Conditions[0].Values; len(got) != 2 || got[0] != want || got[1] != "x" {
			t.Errorf("%s is read as %q, want %q", text, got, want)
		}
	}
}

// TestLimits: each kind has AWS's limit, and the sentence that goes with it.
func TestLimits(t *testing.T) {
	for kind, want := range map[policy.Kind]string{
		policy.Identity: "10240 identity Maximum policy size of 10240 bytes exceeded", policy.Managed: "6144 managed Cannot exceed quota for PolicySize: 6144",
		policy.Trust: "2048 trust Cannot exceed quota for ACLSizePerRole: 2048", policy.Resource: "20480 resource Maximum policy size of 20480 bytes exceeded",
		policy.Session: "2048 session Maximum policy size of 2048 bytes exceeded", policy.Boundary: "6144 boundary Cannot exceed quota for PolicySize: 6144",
		policy.ResourceControl: "5120 resource control Maximum policy size of 5120 bytes exceeded",
		policy.Simulated:       "131072 simulated Maximum policy size of 131072 bytes exceeded",
	} {
		var at *policy.SyntaxError
		_, err := policy.Parse(kind, strings.Repeat("x", kind.Limit()+1))
		if !errors.As(err, &at) || !at.TooLarge {
			t.Fatalf("%s: %v", kind, err)
		}
		if got := fmt.Sprint(kind.Limit(), " ", kind, " ", at.Message); got != want || kind != policy.Simulated && at.Detail != fmt.Sprintf("%d characters, at most %d are allowed", kind.Limit()+1, kind.Limit()) {
			t.Errorf("%s; %s, want %s", got, at.Detail, want)
		}
		if _, err := policy.Parse(kind, strings.Repeat("x", kind.Limit())); !errors.As(err, &at) || at.TooLarge {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for kind, want := range map[policy.Kind]string{-1: "Kind(-1)", 8: "Kind(8)", 0: "identity", 7: "resource control"} {
		if got := kind.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if got := policy.Size(" a\tb\nc\rd é\u00a0"); got != 6 {
		t.Errorf("size %d, want 6", got)
	}
	for kind, want := range map[policy.Kind]string{policy.Identity: "131073 bytes or more, at most 131072 are read, whitespace included", policy.Session: "131073 bytes or more, at most 131072 are read, whitespace included"} {
		_, err := policy.Parse(kind, strings.Repeat(" ", 128<<10+1))
		var at *policy.SyntaxError
		if !errors.As(err, &at) || !at.TooLarge || at.Detail != want {
			t.Errorf("%s: %+v, want %s", kind, err, want)
		}
	}
	_, err := policy.Parse(policy.Identity, strings.Repeat("x", 128<<10))
	var exactly *policy.SyntaxError
	if !errors.As(err, &exactly) || exactly.Detail != "131072 characters, at most 10240 are allowed" {
		t.Errorf("exactly 128 KiB: %+v", err)
	}
	// Characters count, not bytes; but no text is longer than 128 KiB.
	text := `{"Statement":{` + fine + `}}`
	if _, err := policy.Parse(policy.Identity, text+strings.Repeat(" ", 128<<10-len(text))); err != nil {
		t.Errorf("128 KiB: %+v", err)
	}
	if _, err := policy.ReadSource("{}" + strings.Repeat(" ", 128<<10-2)); err != nil {
		t.Errorf("128 KiB: %+v", err)
	}
	_, err = policy.ReadSource("{}" + strings.Repeat(" ", 128<<10-1))
	var at *policy.SyntaxError
	if !errors.As(err, &at) || !at.TooLarge || at.Detail != "131073 bytes" || at.Message != "Maximum policy size of 10240 bytes exceeded" {
		t.Errorf("more than 128 KiB: %+v", err)
	}
	_, err = policy.ReadSource("{\n x")
	if !errors.As(err, &at) || at.TooLarge || at.Line != 2 || at.Column != 2 || at.Message != syntax || at.Detail != "expected a key in quotes" {
		t.Errorf("no JSON: %+v", err)
	}
}
