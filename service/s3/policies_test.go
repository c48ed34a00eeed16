package s3

import (
	"context"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// policyOf is a bucket policy of one statement.
func policyOf(effect, principal, action, resource, condition string) string {
	text := `{"Version":"2012-10-17","Statement":[{"Effect":"` + effect + `","Principal":` + principal + `,"Action":"` + action +
		`","Resource":"arn:aws:s3:::` + resource + `"`
	if condition != "" {
		text += `,"Condition":` + condition
	}
	return text + "}]}"
}

const (
	everyone = `"*"`
	stranger = `{"AWS":"arn:aws:iam::999999999999:user/stranger"}`
	openAll  = `<PublicAccessBlockConfiguration><BlockPublicAcls>false</BlockPublicAcls></PublicAccessBlockConfiguration>`
)

func TestBucketPolicies(t *testing.T) {
	w := tenants(t)
	w.want(w.do("GET", "/data?policy", ""), 404, "NoSuchBucketPolicy")
	text := policyOf("Allow", `{"AWS":"arn:aws:iam::000000000000:user/alice"}`, "s3:GetObject", "data/acme/*", "")
	w.want(w.do("PUT", "/data?policy", text), 204, "")
	if r := w.ok("GET", "/data?policy", ""); r.body != text || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("the policy is %q %v", r.body, r.header)
	}
	// Same account: either policy is enough.
	w.as("alice", "")
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
	w.want(w.do("GET", "/data/globex/1", ""), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/acme/1", "x"), 403, "AccessDenied")
	w.as("bob", "")
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")

	// Another account: both are needed.
	w.root()
	w.ok("PUT", "/data?policy", policyOf("Allow", stranger, "s3:*", "data/acme/*", ""))
	w.asOf("999999999999", "stranger", "")
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
	w.asOf("999999999999", "stranger", allowAll)
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
	w.want(w.do("GET", "/data/globex/1", ""), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/acme/3", "x"), 200, "")
	r := w.do("GET", "/data/globex/1", "")
	if got := element(r.body, "Message"); got != "Access Denied" {
		t.Errorf("a stranger is told %q", got)
	}
	w.want(w.do("GET", "/data/acme/none", ""), 403, "AccessDenied")
	if call := w.server.Records[len(w.server.Records)-1].Call; !call.Abroad() || len(call.Trail.Notes) == 0 {
		t.Errorf("whoever administers strangers reads that there is no such object: %v", call.Trail.Notes)
	}
	w.asOf("999999999999", "another", allowAll)
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")

	// A Deny beats everything, but never locks the root user out of the policy.
	w.root()
	w.ok("PUT", "/data?policy", policyOf("Deny", everyone, "s3:*", "data*", ""))
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
	w.as("carol", allowAll)
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
	w.want(w.do("DELETE", "/data?policy", ""), 403, "AccessDenied")
	w.root()
	w.want(w.do("DELETE", "/data?policy", ""), 204, "")
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
}

func TestDenialSentences(t *testing.T) {
	w := tenants(t)
	w.as("alice", "")
	r := w.do("GET", "/data/acme/1", "")
	want := `User: arn:aws:iam::000000000000:user/alice is not authorized to perform: s3:GetObject on resource: &#34;arn:aws:s3:::data/acme/1&#34; because no identity-based policy allows the s3:GetObject action`
	if got := element(r.body, "Message"); strings.ReplaceAll(got, "&quot;", "&#34;") != want && got != strings.ReplaceAll(want, "&#34;", `"`) {
		t.Errorf("told %s\nwant %s", got, want)
	}
	// The key is the caller's own text: it must not pass for the end of a sentence.
	r = w.do("GET", "/data/x%20on%20resource:%20y%20because%20no%20resource-based%20policy%20allows", "")
	if got := element(r.body, "Message"); !strings.Contains(got, "because no identity-based policy allows the s3:GetObject action") && got != "Access Denied" {
		t.Errorf("told %s", got)
	}
}

func TestMalformedPolicies(t *testing.T) {
	w := tenants(t)
	for name, tt := range map[string]struct{ text, message string }{
		"no JSON":        {"x", "Policies must be valid JSON and the first byte must be '{'"},
		"no statement":   {"{}", "Missing required field Statement"},
		"another bucket": {policyOf("Allow", stranger, "s3:*", "other/*", ""), "Policy has invalid resource"},
		"a longer name":  {policyOf("Allow", stranger, "s3:*", "data2/*", ""), "Policy has invalid resource"},
		"an action":      {policyOf("Allow", stranger, "dynamodb:GetItem", "data/*", ""), "Policy has invalid action"},
		"a principal":    {policyOf("Allow", `{"AWS":"arn:aws:iam::1:user/*"}`, "s3:*", "data/*", ""), "Invalid principal in policy"},
		"two keys":       {`{"Version":"2012-10-17","Statement":[],"Statement":[]}`, "Policies must be valid JSON and the first byte must be '{'"},
	} {
		r := w.do("PUT", "/data?policy", tt.text)
		if r.status != 400 || r.code != "MalformedPolicy" || strings.NewReplacer("&#39;", "'", "&apos;", "'").Replace(element(r.body, "Message")) != tt.message {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
	w.want(w.do("PUT", "/data?policy", ""), 400, "MissingRequestBodyError")
}

// TestBlockPublicAccess: on by default, at the door and at every decision.
func TestBlockPublicAccess(t *testing.T) {
	w := tenants(t)
	public := policyOf("Allow", everyone, "s3:GetObject", "data/acme/*", "")
	r := w.do("PUT", "/data?policy", public)
	w.want(r, 403, "AccessDenied")
	if !strings.Contains(r.body, "BlockPublicPolicy") {
		t.Errorf("told %s", r.body)
	}
	w.anonymous()
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
	w.root()
	w.ok("PUT", "/data?publicAccessBlock", openAll)
	w.ok("PUT", "/data?policy", public)
	if r := w.ok("GET", "/data?policyStatus", ""); element(r.body, "IsPublic") != "true" {
		t.Errorf("status: %s", r.body)
	}
	w.anonymous()
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
	w.want(w.do("GET", "/data/globex/1", ""), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/acme/1", "x"), 403, "AccessDenied")
	w.want(w.do("GET", "/data?list-type=2", ""), 403, "AccessDenied")
	w.want(w.do("GET", "/data/acme/none", ""), 403, "AccessDenied")
	w.want(w.do("GET", "/data/acme/1?response-content-type=text/html", ""), 400, "InvalidRequest")
	w.asOf("999999999999", "stranger", allowAll)
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
	w.root()
	w.ok("PUT", "/data?publicAccessBlock", `<PublicAccessBlockConfiguration><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>`)
	w.anonymous()
	r = w.do("GET", "/data/acme/1", "")
	w.want(r, 403, "AccessDenied")
	if call := w.server.Records[len(w.server.Records)-1].Call; len(call.Trail.Notes) == 0 || call.Asker() != "000000000000" {
		t.Errorf("nobody can find out why: %v, %s", call.Trail.Notes, call.Asker())
	}
	w.asOf("999999999999", "stranger", allowAll)
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
	w.as("alice", "")
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
	w.root()
	w.want(w.do("DELETE", "/data?publicAccessBlock", ""), 204, "")
	w.want(w.do("GET", "/data?publicAccessBlock", ""), 404, "NoSuchPublicAccessBlockConfiguration")
	w.anonymous()
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
	w.root()
	w.ok("PUT", "/fresh-bucket", "")
	if r := w.ok("GET", "/fresh-bucket?publicAccessBlock", ""); strings.Count(r.body, ">true<") != 4 {
		t.Errorf("a new bucket: %s", r.body)
	}
}

func TestPublic(t *testing.T) {
	for name, tt := range map[string]struct {
		principal, condition string
		public               bool
	}{
		"everyone":                  {everyone, "", true},
		"every AWS principal":       {`{"AWS":"*"}`, "", true},
		"one of several":            {`{"AWS":["arn:aws:iam::999999999999:root","*"]}`, "", true},
		"an account":                {`{"AWS":"999999999999"}`, "", false},
		"a service":                 {`{"Service":"lambda.amazonaws.com"}`, "", false},
		"a fixed principal":         {everyone, `{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::999999999999:role/R"}}`, false},
		"a pattern of principals":   {everyone, `{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/R"}}`, true},
		"a variable":                {everyone, `{"StringEquals":{"aws:PrincipalArn":"${aws:PrincipalTag/x}"}}`, true},
		"a tag":                     {everyone, `{"StringEquals":{"aws:PrincipalTag/org":"acme"}}`, true},
		"an organization":           {everyone, `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, false},
		"if exists":                 {everyone, `{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`, true},
		"for all values":            {everyone, `{"ForAllValues:StringEquals":{"aws:PrincipalOrgID":"o-1"}}`, true},
		"a negation":                {everyone, `{"StringNotEquals":{"aws:PrincipalOrgID":"o-1"}}`, true},
		"an address":                {everyone, `{"IpAddress":{"aws:SourceIp":"10.0.0.0/8"}}`, false},
		"every address":             {everyone, `{"IpAddress":{"aws:SourceIp":"0.0.0.0/0"}}`, true},
		"half of the addresses":     {everyone, `{"IpAddress":{"aws:SourceIp":["10.0.0.1","128.0.0.0/1"]}}`, true},
		"another key":               {everyone, `{"StringEquals":{"s3:prefix":"x"}}`, true},
		"a user id":                 {everyone, `{"StringLike":{"aws:userid":"AROAEXAMPLE:*"}}`, false},
		"every user id":             {everyone, `{"StringLike":{"aws:userid":"*:x"}}`, true},
		"one of several conditions": {everyone, `{"StringEquals":{"s3:prefix":"x","aws:SourceVpc":"vpc-1"}}`, false},
	} {
		doc, err := policy.Parse(policy.Resource, policyOf("Allow", tt.principal, "s3:*", "data/*", tt.condition))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := isPublic(doc); got != tt.public {
			t.Errorf("%s: public %v", name, got)
		}
	}
	doc, err := policy.Parse(policy.Resource, policyOf("Deny", everyone, "s3:*", "data/*", ""))
	if err != nil || isPublic(doc) {
		t.Errorf("a Deny makes a bucket public (%v)", err)
	}
}

// ids knows whom policies name.
type ids map[string]string

func (m ids) PrincipalID(_ context.Context, arn string) (string, bool, error) {
	return m[arn], strings.Contains(arn, ":user/"), nil
}

// TestRecreatedUsers: a policy means the user that there was when it was written.
func TestRecreatedUsers(t *testing.T) {
	w := tenants(t)
	const alice = "arn:aws:iam::000000000000:user/alice"
	known := ids{alice: "AIDA11111111111111111"}
	w.api.Principals = known
	w.ok("PUT", "/data?policy", policyOf("Allow", `{"AWS":"`+alice+`"}`, "s3:GetObject", "data/*", ""))
	who := user("000000000000", "alice")
	who.ID = known[alice]
	w.server.As(who)
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
	who.ID = "AIDA22222222222222222"
	w.server.As(who)
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
	w.root()
	if r := w.ok("GET", "/data?policy", ""); !strings.Contains(r.body, alice) {
		t.Errorf("shown as %s", r.body)
	}
	w.want(w.do("PUT", "/data?policy", policyOf("Allow", `{"AWS":"arn:aws:iam::000000000000:user/nobody"}`, "s3:GetObject", "data/*", "")), 400, "MalformedPolicy")
}

// TestBrokenPolicyDenies: a stored policy that cannot be read denies everyone.
func TestBrokenPolicyDenies(t *testing.T) {
	b := &bucket{Name: "data", Account: "000000000000", Policy: "{"}
	b.derive()
	if b.compiled == nil || b.compiled.Err() == nil || !b.public {
		t.Errorf("%v %v", b.compiled, b.public)
	}
}
