package sts_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

const allowAssume = `{"Effect":"Allow","Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"],"Resource":"*"}`

func TestAssumeRole(t *testing.T) {
	w := newWorld(t)
	alice := user("alice")
	w.role("team/Reader", trusts(alice.ARN, `"sts:AssumeRole"`))
	w.As(alice)
	in := form("RoleArn", roleARN("team/Reader"), "RoleSessionName", "work")
	a, cred := w.assume("AssumeRole", in)
	if a.ARN != "arn:aws:sts::000000000000:assumed-role/Reader/work" || a.RoleID != "AROAREADERAAAAAAAAAAA:work" {
		t.Errorf("session %s, %s", a.ARN, a.RoleID)
	}
	if a.Expires != "2026-03-01T13:00:00Z" || a.Packed != "" || a.Source != "" {
		t.Errorf("expires %q, packed %q, source %q", a.Expires, a.Packed, a.Source)
	}
	if !strings.HasPrefix(a.ID, "ASIA") || a.Secret != cred.Secret.Reveal() || cred.Principal.Session.Provider != "" {
		t.Errorf("credentials %s", a.ID)
	}
}

func TestAssumeRoleIsDecidedByTheTrustPolicy(t *testing.T) {
	w := newWorld(t)
	alice, bob := user("alice"), user("bob")
	root := "arn:aws:iam::" + account + ":root"
	w.role("Mine", trusts(alice.ARN, `"sts:AssumeRole"`))
	w.role("Account", trusts(root, `"sts:AssumeRole"`))
	w.role("External", `{"Effect":"Allow","Principal":{"AWS":"`+alice.ARN+`"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"s3cret"}}}`)
	w.role("Named", `{"Effect":"Allow","Principal":{"AWS":"`+alice.ARN+`"},"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:RoleSessionName":"${aws:username}"}}}`)
	w.allow(bob.ARN, allowAssume)
	denied := func(who, role, why string) string {
		return "User: arn:aws:iam::000000000000:user/" + who + " is not authorized to perform: sts:AssumeRole on resource: " + roleARN(role) + why
	}
	const untrusted, unpermitted = " because no role trust policy allows the sts:AssumeRole action", " because no identity-based policy allows the sts:AssumeRole action"
	for _, tt := range []struct {
		name, who, role, message string
		more                     []string
	}{
		{"trusted by name", "alice", "Mine", "", nil},
		{"not trusted, though permitted", "bob", "Mine", denied("bob", "Mine", untrusted), nil},
		{"account trusted, permitted", "bob", "Account", "", nil},
		{"account trusted, not permitted", "alice", "Account", denied("alice", "Account", unpermitted), nil},
		{"missing reads as untrusted", "bob", "Nothing", denied("bob", "Nothing", untrusted), nil},
		{"missing, not permitted", "alice", "Nothing", denied("alice", "Nothing", untrusted), nil},
		{"external id", "alice", "External", "", []string{"ExternalId", "s3cret"}},
		{"wrong external id", "alice", "External", denied("alice", "External", untrusted), []string{"ExternalId", "s3cre"}},
		{"no external id", "alice", "External", denied("alice", "External", untrusted), nil},
		{"session name", "alice", "Named", "", []string{"RoleSessionName", "alice"}},
		{"another's session name", "alice", "Named", denied("alice", "Named", untrusted), []string{"RoleSessionName", "root"}},
	} {
		w.As(user(tt.who))
		in := and(form("RoleArn", roleARN(tt.role), "RoleSessionName", "work"), tt.more...)
		if tt.message == "" {
			w.assume("AssumeRole", in)
			continue
		}
		w.refused(tt.name, "AssumeRole", in, "AccessDenied", tt.message)
	}
}

func TestAssumeRoleRefusesBadInput(t *testing.T) {
	w := newWorld(t)
	alice := user("alice")
	w.role("R", trusts(alice.ARN, `"sts:AssumeRole","sts:TagSession"`))
	w.As(alice)
	base := form("RoleArn", roleARN("R"), "RoleSessionName", "work")
	long := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":["` + strings.Repeat("x", 2048) + `"]}]}`
	for _, tt := range []struct {
		name, code, message string
		more                []string
	}{
		{"no ARN", "ValidationError", "nothing-valid-in-here is invalid", []string{"RoleArn", "nothing-valid-in-here"}},
		{"ARN of something else", "ValidationError", "arn:a:::something/test-role is invalid", []string{"RoleArn", "arn:a:::something/test-role"}},
		{"ARN of a user", "ValidationError", alice.ARN + " is invalid", []string{"RoleArn", alice.ARN}},
		{"session name", "ValidationError", `1 validation error detected: Value 'Session1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`, []string{"RoleSessionName", "Session1:2"}},
		{"short", "ValidationError", "1 validation error detected: Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900", []string{"DurationSeconds", "60"}},
		{"longer than the role allows", "ValidationError", "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.", []string{"DurationSeconds", "7201"}},
		{"duplicate tags", "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", []string{"Tags.member.1.Key", "Org", "Tags.member.1.Value", "a", "Tags.member.2.Key", "oRG", "Tags.member.2.Value", "b"}},
		{"Kelvin sign", "InvalidParameterValue", "Duplicate tag keys found. Please note that Tag keys are case insensitive.", []string{"Tags.member.1.Key", "k", "Tags.member.1.Value", "a", "Tags.member.2.Key", "\u212a", "Tags.member.2.Value", "b"}},
		{"transitive key without tag", "InvalidParameterValue", "The specified transitive tag key must be included in the requested tags.", []string{"TransitiveTagKeys.member.1", "org"}},
		{"reserved tag", "InvalidParameterValue", "The tag key 'AWS:org' begins with aws:, which is reserved.", []string{"Tags.member.1.Key", "AWS:org", "Tags.member.1.Value", "a"}},
		{"wildcard in tag", "ValidationError", `1 validation error detected: Value 'a*' at 'tags.1.member.value' failed to satisfy constraint: Member must satisfy regular expression pattern: [\p{L}\p{Z}\p{N}_.:/=+\-@]*`, []string{"Tags.member.1.Key", "org", "Tags.member.1.Value", "a*"}},
		{"session policy", "MalformedPolicyDocument", "Syntax errors in policy.", []string{"Policy", "{"}},
		{"session policy with principal", "MalformedPolicyDocument", "Policy document should not specify a principal.", []string{"Policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"*"}}`}},
		{"long session policy", "PackedPolicyTooLarge", "Packed policy consumes 105% of allotted space, please use smaller policy.", []string{"Policy", long}},
		{"missing managed policy", "ValidationError", "Policy arn:aws:iam::aws:policy/Nothing does not exist or is not attachable.", []string{"PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/Nothing"}},
		{"another account's policy", "ValidationError", "ARN arn:aws:iam::111111111111:policy/P is not valid.", []string{"PolicyArns.member.1.arn", "arn:aws:iam::111111111111:policy/P"}},
		{"MFA", "AccessDenied", "MultiFactorAuthentication failed with invalid MFA one time pass code.", []string{"SerialNumber", "arn:aws:iam::000000000000:mfa/alice", "TokenCode", "123456"}},
		{"contexts", "ValidationError", "ProvidedContexts is not supported.", []string{"ProvidedContexts.member.1.ContextAssertion", "abcd"}},
	} {
		w.refused(tt.name, "AssumeRole", and(base, tt.more...), tt.code, tt.message)
	}
}

// A store of roles that is generous about the spelling of an ARN must not let a
// policy be asked about one ARN and a role be given for another.
func TestRoleOfAnotherSpelling(t *testing.T) {
	w := newWorld(t)
	alice := user("alice")
	w.roles[roleARN("dev/Admin")] = w.role("Admin", trusts(alice.ARN, `"sts:AssumeRole"`))
	w.As(alice)
	w.refused("path that is not the role's", "AssumeRole", form("RoleArn", roleARN("dev/Admin"), "RoleSessionName", "work"), "AccessDenied",
		"User: "+alice.ARN+" is not authorized to perform: sts:AssumeRole on resource: "+roleARN("dev/Admin")+" because no role trust policy allows the sts:AssumeRole action")
}

// Notes are read by administrators of the caller's account, to whom it is no
// business which roles another account has.
func TestOnlyOneOwnMissingRolesAreNoted(t *testing.T) {
	w := newWorld(t)
	alice := user("alice")
	w.allow(alice.ARN, allowAssume)
	w.As(alice)
	for arn, want := range map[string]bool{roleARN("Ghost"): true, "arn:aws:iam::111111111111:role/Ghost": false} {
		w.refused(arn, "AssumeRole", form("RoleArn", arn, "RoleSessionName", "work"), "AccessDenied",
			"User: "+alice.ARN+" is not authorized to perform: sts:AssumeRole on resource: "+arn+" because no role trust policy allows the sts:AssumeRole action")
		notes := w.Records[len(w.Records)-1].Call.Trail.Notes
		if got := slices.Contains(notes, "The role "+arn+" does not exist."); got != want {
			t.Errorf("%s: noted %v, want %v: %q", arn, got, want, notes)
		}
	}
}

func TestRootMayNotAssumeRoles(t *testing.T) {
	w := newWorld(t)
	root := "arn:aws:iam::" + account + ":root"
	w.role("R", trusts(root, `"sts:AssumeRole"`))
	in := form("RoleArn", roleARN("R"), "RoleSessionName", "work")
	w.refused("root", "AssumeRole", in, "AccessDenied", "Roles may not be assumed by root accounts.")
	w.api.RootMayAssumeRoles = true
	w.assume("AssumeRole", in)
}

func TestTagsNeedTagSession(t *testing.T) {
	w := newWorld(t)
	alice := user("alice")
	w.role("Plain", trusts(alice.ARN, `"sts:AssumeRole"`))
	w.role("Tagged", `{"Effect":"Allow","Principal":{"AWS":"`+alice.ARN+`"},"Action":["sts:AssumeRole","sts:TagSession"],`+
		`"Condition":{"StringEquals":{"aws:RequestTag/org":"acme","sts:ExternalId":"xx"},"ForAllValues:StringEquals":{"aws:TagKeys":["org","dept"]}}}`)
	w.As(alice)
	tag := []string{"Tags.member.1.Key", "org", "Tags.member.1.Value", "acme", "ExternalId", "xx"}
	w.refused("trust without sts:TagSession", "AssumeRole", and(form("RoleArn", roleARN("Plain"), "RoleSessionName", "work"), tag...), "AccessDenied",
		"User: "+alice.ARN+" is not authorized to perform: sts:TagSession on resource: "+roleARN("Plain")+" because no role trust policy allows the sts:TagSession action")
	in := form("RoleArn", roleARN("Tagged"), "RoleSessionName", "work")
	a, cred := w.assume("AssumeRole", and(in, tag...))
	if s := cred.Principal.Session; !maps.Equal(s.Tags, map[string]string{"org": "acme"}) || a.Packed != "1" {
		t.Errorf("tags %v, packed %s", s.Tags, a.Packed)
	}
	for name, tag := range map[string][]string{
		"other value": {"Tags.member.1.Key", "org", "Tags.member.1.Value", "globex", "ExternalId", "xx"},
		"other key":   {"Tags.member.1.Key", "org", "Tags.member.1.Value", "acme", "Tags.member.2.Key", "admin", "Tags.member.2.Value", "", "ExternalId", "xx"},
		"no tags":     {"ExternalId", "xx"},
	} {
		w.refused(name, "AssumeRole", and(in, tag...), "AccessDenied",
			"User: "+alice.ARN+" is not authorized to perform: sts:AssumeRole on resource: "+roleARN("Tagged")+" because no role trust policy allows the sts:AssumeRole action")
	}
}

func TestChaining(t *testing.T) {
	w := newWorld(t)
	alice := user("alice")
	all := `"sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"`
	w.role("First", trusts(alice.ARN, all))
	w.role("Second", trusts(roleARN("First"), all))
	w.role("NoTags", trusts(roleARN("First"), `"sts:AssumeRole","sts:SetSourceIdentity"`))
	w.role("NoSource", trusts(roleARN("First"), `"sts:AssumeRole","sts:TagSession"`))
	w.allow(roleARN("First"), allowAssume)
	w.As(alice)
	_, first := w.assume("AssumeRole", form("RoleArn", roleARN("First"), "RoleSessionName", "work", "DurationSeconds", "7200", "SourceIdentity", "alice",
		"Tags.member.1.Key", "Org", "Tags.member.1.Value", "acme", "Tags.member.2.Key", "dept", "Tags.member.2.Value", "x", "TransitiveTagKeys.member.1", "org"))
	if s := first.Principal.Session; !slices.Equal(s.TransitiveKeys, []string{"Org"}) || s.SourceIdentity != "alice" {
		t.Fatalf("first session %+v", s)
	}
	w.As(first.Principal)
	in := form("RoleArn", roleARN("Second"), "RoleSessionName", "next")
	a, second := w.assume("AssumeRole", in)
	s := second.Principal.Session
	if !maps.Equal(s.Tags, map[string]string{"Org": "acme"}) || !slices.Equal(s.TransitiveKeys, []string{"Org"}) {
		t.Errorf("the chain passes on %v, %v", s.Tags, s.TransitiveKeys)
	}
	if a.Source != "alice" || s.SourceIdentity != "alice" {
		t.Errorf("source identity %q, %q", a.Source, s.SourceIdentity)
	}
	me := "User: " + first.Principal.ARN + " is not authorized to perform: "
	conflict := "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session."
	for _, tt := range []struct {
		name, role, code, message string
		more                      []string
	}{
		{"overriding an inherited tag", "Second", "InvalidParameterValue", conflict, []string{"Tags.member.1.Key", "oRg", "Tags.member.1.Value", "globex"}},
		{"longer than an hour", "Second", "ValidationError", "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.", []string{"DurationSeconds", "3601"}},
		{"another source identity", "Second", "AccessDenied", me + "sts:SetSourceIdentity on resource: " + roleARN("Second"), []string{"SourceIdentity", "bob"}},
		{"inherited tags need sts:TagSession", "NoTags", "AccessDenied", me + "sts:TagSession on resource: " + roleARN("NoTags") + " because no role trust policy allows the sts:TagSession action", nil},
		{"inherited source needs sts:SetSourceIdentity", "NoSource", "AccessDenied", me + "sts:SetSourceIdentity on resource: " + roleARN("NoSource") + " because no role trust policy allows the sts:SetSourceIdentity action", nil},
	} {
		w.refused(tt.name, "AssumeRole", and(and(in, "RoleArn", roleARN(tt.role)), tt.more...), tt.code, tt.message)
	}
}

func TestSessionPoliciesTravel(t *testing.T) {
	w := newWorld(t)
	alice := user("alice")
	w.role("R", trusts(alice.ARN, `"sts:AssumeRole"`))
	w.managed["arn:aws:iam::aws:policy/P"] = compile(t, policy.Managed, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`)
	w.As(alice)
	doc := `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"s3:GetObject","Resource":"*"}}`
	a, cred := w.assume("AssumeRole", form("RoleArn", roleARN("R"), "RoleSessionName", "work", "Policy", doc, "PolicyArns.member.1.arn", "arn:aws:iam::aws:policy/P"))
	s := cred.Principal.Session
	if s.Policy != doc || !slices.Equal(s.PolicyARNs, []string{"arn:aws:iam::aws:policy/P"}) || a.Packed != "6" {
		t.Errorf("session %+v, packed %s", s, a.Packed)
	}
}
