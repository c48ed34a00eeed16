package policy

import (
	"errors"
	"testing"
)

// TestWhoIsMeant: what an entry compares is only looked at for the types of principals that have it. A service that sends along a
// role's ARN, or a user whose field for the provider is filled in, must not be taken for what it is not.
func TestWhoIsMeant(t *testing.T) {
	const arn, role, id, account = "arn:aws:iam::111122223333:user/a", "arn:aws:iam::111122223333:role/r", "AIDAAAAAAAAAAAAAAAAA", "111122223333"
	types := []PrincipalType{Anonymous, Account, User, AssumedRole, FederatedUser, Service, WebIdentity, ""}
	for _, tt := range []struct {
		entry PrincipalEntry
		want  map[PrincipalType]grant
	}{
		{PrincipalEntry{Type: "*", Value: "*"}, map[PrincipalType]grant{
			Anonymous: byEveryone, Account: byEveryone, User: byEveryone, AssumedRole: byEveryone, FederatedUser: byEveryone, Service: byEveryone, WebIdentity: byEveryone, "": byEveryone,
		}},
		{PrincipalEntry{Type: "AWS", Value: account}, map[PrincipalType]grant{Account: directly, User: byAccount, AssumedRole: byAccount, FederatedUser: byAccount}},
		{PrincipalEntry{Type: "AWS", Value: "arn:aws:iam::111122223333:root"}, map[PrincipalType]grant{Account: directly, User: byAccount, AssumedRole: byAccount, FederatedUser: byAccount}},
		{PrincipalEntry{Type: "AWS", Value: "arn:aws-cn:iam::111122223333:root"}, nil},
		{PrincipalEntry{Type: "AWS", Value: "444455556666"}, nil},
		{PrincipalEntry{Type: "AWS", Value: arn}, map[PrincipalType]grant{User: directly, AssumedRole: directly, FederatedUser: directly}},
		{PrincipalEntry{Type: "AWS", Value: role}, map[PrincipalType]grant{AssumedRole: byRole}},
		{PrincipalEntry{Type: "AWS", Value: id}, map[PrincipalType]grant{User: directly}},
		{PrincipalEntry{Type: "AWS", Value: "AROAAAAAAAAAAAAAAAAA"}, nil},
		{PrincipalEntry{Type: "Service", Value: "s.amazonaws.com"}, map[PrincipalType]grant{Service: directly}},
		{PrincipalEntry{Type: "Federated", Value: "google"}, map[PrincipalType]grant{WebIdentity: directly}},
		{PrincipalEntry{Type: "CanonicalUser", Value: "google"}, nil},
	} {
		test, ok := newPrincipalTest(tt.entry)
		if !ok {
			t.Fatalf("%+v is no principal", tt.entry)
		}
		for _, kind := range types {
			want, named := tt.want[kind]
			if !named {
				want = noGrant
			}
			p := &Principal{Type: kind, ARN: arn, RoleARN: role, ID: id, Account: account, Federated: "google", Service: "s.amazonaws.com"}
			if got := test.match(p); got != want {
				t.Errorf("%+v means a principal of type %q by %d, want %d", tt.entry, kind, got, want)
			}
		}
	}
	// The id of a role is that before the colon, whole.
	test, _ := newPrincipalTest(PrincipalEntry{Type: "AWS", Value: "AROAAAAAAAAAAAAAAAAA"})
	for sent, want := range map[string]grant{
		"AROAAAAAAAAAAAAAAAAA:s": byRole, "AROAAAAAAAAAAAAAAAAA:": byRole, "AROAAAAAAAAAAAAAAAAA": noGrant, "AROAAAAAAAAAAAAAAAAAB:s": noGrant, "AROAAAAAAAAAAAAAAAAB:s": noGrant, "": noGrant, "x:AROAAAAAAAAAAAAAAAAA:s": noGrant,
	} {
		for _, kind := range types {
			have := noGrant
			if kind == AssumedRole {
				have = want
			} else if kind == User && sent == test.value {
				have = directly
			}
			if got := test.match(&Principal{Type: kind, ID: sent}); got != have {
				t.Errorf("the id %q of type %q: %d, want %d", sent, kind, got, have)
			}
		}
	}
}

// TestSpared: NotPrincipal must name all that a caller is.
func TestSpared(t *testing.T) {
	const user, role, session, federated = "arn:aws:iam::111122223333:user/a", "arn:aws:iam::111122223333:role/r", "arn:aws:sts::111122223333:assumed-role/r/s", "arn:aws:sts::111122223333:federated-user/f"
	callers := map[string]Principal{
		"user": {Type: User, ARN: user, Account: "111122223333"}, "session": {Type: AssumedRole, ARN: session, RoleARN: role, Account: "111122223333"},
		"federated": {Type: FederatedUser, ARN: federated, Account: "111122223333"}, "root": {Type: Account, ARN: "arn:aws:iam::111122223333:root", Account: "111122223333"},
		"service": {Type: Service, Service: "s.amazonaws.com"}, "anonymous": {Type: Anonymous},
	}
	aws := func(values ...string) (out []PrincipalEntry) {
		for _, v := range values {
			out = append(out, PrincipalEntry{Type: "AWS", Value: v})
		}
		return out
	}
	for _, tt := range []struct {
		entries []PrincipalEntry
		spares  []string
	}{
		{aws("*"), []string{"user", "session", "federated", "root", "service", "anonymous"}},
		{aws("111122223333"), []string{"root"}},
		{aws(user), nil},
		{aws(role), nil},
		{aws(session), nil},
		{aws(federated), nil},
		{aws(user, "111122223333"), []string{"user", "root"}},
		{aws(federated, "111122223333"), []string{"federated", "root"}},
		{aws(session, role), nil},
		{aws(session, "111122223333"), []string{"root"}},
		{aws(role, "111122223333"), []string{"root"}},
		{aws(session, role, "111122223333"), []string{"session", "root"}},
		{aws(session, role, "444455556666"), nil},
		{[]PrincipalEntry{{Type: "Service", Value: "s.amazonaws.com"}}, []string{"service"}},
	} {
		d := &Document{Kind: Resource, Version: Version2012, Statements: []Statement{{Effect: "Deny", NotPrincipal: tt.entries, Actions: []string{"s3:*"}, Resources: []string{"*"}}}}
		p := Compile("p", d)
		if p.Err() != nil {
			t.Fatal(p.Err())
		}
		spared := map[string]bool{}
		for _, name := range tt.spares {
			spared[name] = true
		}
		for name, who := range callers {
			if got := p.statements[0].grant(&who); (got == noGrant) != spared[name] || got != noGrant && got != byEveryone {
				t.Errorf("all but %v: %s is meant by %d", tt.entries, name, got)
			}
			l := &Layers{Resource: p, ResourceAccount: "111122223333"}
			if d := l.Decide(&Request{Principal: who, Action: "s3:A", Resource: "*"}); (d.Effect == ExplicitDeny) == spared[name] {
				t.Errorf("all but %v: %s: %+v", tt.entries, name, d)
			}
		}
	}
}

// TestGrant: of several ways the most direct counts.
func TestGrant(t *testing.T) {
	const session, role, account = "arn:aws:sts::111122223333:assumed-role/r/s", "arn:aws:iam::111122223333:role/r", "111122223333"
	p := &Principal{Type: AssumedRole, ARN: session, RoleARN: role, Account: account}
	names := []string{session, role, "*", account}
	for i, want := range []grant{directly, byRole, byEveryone, byAccount} {
		d := &Document{Kind: Resource, Version: Version2012, Statements: []Statement{{Effect: "Allow", Actions: []string{"s3:*"}, Resources: []string{"*"}}}}
		for _, name := range names[i:] {
			d.Statements[0].Principals = append(d.Statements[0].Principals, PrincipalEntry{Type: "AWS", Value: name})
		}
		policy := Compile("p", d)
		if policy.Err() != nil {
			t.Fatal(policy.Err())
		}
		if got := policy.statements[0].grant(p); got != want {
			t.Errorf("%v: %d, want %d", names[i:], got, want)
		}
		has := policy.statements[0].ways(p)
		for g := range noGrant {
			if has[g] != (g <= want) {
				t.Errorf("%v: way %d: %v", names[i:], g, has[g])
			}
		}
	}
	identity := Compile("p", &Document{Version: Version2012, Statements: []Statement{{Effect: "Allow", Actions: []string{"*"}, Resources: []string{"*"}}}})
	if has := identity.statements[0].ways(p); has != [noGrant]bool{directly: true} {
		t.Errorf("an identity policy means its owner by %v", has)
	}
	nobody := Compile("p", &Document{Kind: Resource, Version: Version2012, Statements: []Statement{{Effect: "Allow", Principals: []PrincipalEntry{{Type: "AWS", Value: "444455556666"}}, Actions: []string{"*"}, Resources: []string{"*"}}}})
	if got := nobody.statements[0].grant(p); got != noGrant {
		t.Errorf("a stranger is meant by %d", got)
	}
	if err := errors.Join(identity.Err(), nobody.Err()); err != nil {
		t.Fatal(err)
	}
}
