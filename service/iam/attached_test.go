package iam_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

func (w *world) allowed(who bailiwick.Principal, want bool, when string) {
	w.t.Helper()
	if got := mayRead(w.t, w.api, who); got.Allowed() != want {
		w.t.Errorf("%s: allowed %v, want %v (%v)", when, got.Allowed(), want, got.Err)
	}
}

func TestAttachedToUsers(t *testing.T) {
	w := newWorld(t)
	ann := w.user("ann", "")
	get := allow("s3:GetObject", "*")
	w.do("CreateGroup", "GroupName", "g")
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", get)
	w.allowed(ann, false, "nothing attached")
	for _, tt := range []struct {
		name      string
		give, end step
	}{
		{"inline", step{"PutUserPolicy", p("UserName", "ann", "PolicyName", "p", "PolicyDocument", get), "", ""}, step{"DeleteUserPolicy", p("UserName", "ann", "PolicyName", "p"), "", ""}},
		{"attached", step{"AttachUserPolicy", p("UserName", "ann", "PolicyArn", mine), "", ""}, step{"DetachUserPolicy", p("UserName", "ann", "PolicyArn", mine), "", ""}},
		{
			"aws",
			step{"AttachUserPolicy", p("UserName", "ann", "PolicyArn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"), "", ""},
			step{"DetachUserPolicy", p("UserName", "ann", "PolicyArn", "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"), "", ""},
		},
	} {
		w.steps([]step{tt.give})
		w.allowed(ann, true, tt.name)
		w.steps([]step{tt.end})
		w.allowed(ann, false, tt.name+" taken away")
	}
	w.do("AddUserToGroup", "GroupName", "g", "UserName", "ann")
	w.do("PutGroupPolicy", "GroupName", "g", "PolicyName", "p", "PolicyDocument", get)
	w.allowed(ann, true, "inline policy of a group")
	w.do("DeleteGroupPolicy", "GroupName", "g", "PolicyName", "p")
	w.do("AttachGroupPolicy", "GroupName", "g", "PolicyArn", mine)
	w.allowed(ann, true, "attached policy of a group")
	w.do("CreatePolicyVersion", "PolicyArn", mine, "PolicyDocument", denyAll)
	w.allowed(ann, true, "a version that is not the default")
	w.do("SetDefaultPolicyVersion", "PolicyArn", mine, "VersionId", "v2")
	w.allowed(ann, false, "another default version")
	w.do("SetDefaultPolicyVersion", "PolicyArn", mine, "VersionId", "v1")
	w.do("RemoveUserFromGroup", "GroupName", "g", "UserName", "ann")
	w.allowed(ann, false, "out of the group")
}

func TestBoundaries(t *testing.T) {
	w := newWorld(t)
	ann := w.user("ann", allowAll)
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allow("dynamodb:*", "*"))
	w.allowed(ann, true, "no boundary")
	w.do("PutUserPermissionsBoundary", "UserName", "ann", "PermissionsBoundary", mine)
	w.allowed(ann, false, "outside the boundary")
	w.do("DeleteUserPermissionsBoundary", "UserName", "ann")
	w.allowed(ann, true, "boundary taken away")
}

func TestRecreatedPrincipalsHaveNothing(t *testing.T) {
	w := newWorld(t)
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.do("PutRolePolicy", "RoleName", "r", "PolicyName", "p", "PolicyDocument", allowAll)
	first := w.session("r")
	w.allowed(first, true, "session of the role")
	w.do("DeleteRolePolicy", "RoleName", "r", "PolicyName", "p")
	w.do("DeleteRole", "RoleName", "r")
	w.invalid(first, "session of a deleted role")
	w.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	w.do("PutRolePolicy", "RoleName", "r", "PolicyName", "p", "PolicyDocument", allowAll)
	w.invalid(first, "session of the former role")
	second := w.session("r")
	w.allowed(second, true, "session of the new role")
	for name, change := range map[string]func(*bailiwick.Principal){
		"another path":    func(p *bailiwick.Principal) { p.RoleARN = "arn:aws:iam::000000000000:role/x/r" },
		"another account": func(p *bailiwick.Principal) { p.Account = "111111111111" },
		"no id":           func(p *bailiwick.Principal) { p.ID = "" },
		"a user":          func(p *bailiwick.Principal) { p.Type = policy.User },
	} {
		who := second
		change(&who)
		w.invalid(who, name)
	}
	for name, change := range map[string]func(*bailiwick.Principal){
		"a web identity": func(p *bailiwick.Principal) { p.Type = policy.WebIdentity },
		"anonymous":      func(p *bailiwick.Principal) { *p = bailiwick.Anonymous() },
	} {
		who := second
		change(&who)
		if a, err := w.api.Attached(t.Context(), who); err != nil || len(a.Identity.Policies()) != 0 {
			t.Errorf("%s: %v, %v; want nothing attached", name, a, err)
		}
	}
	w.allowed(servicetest.Root(), true, "root")
}

// A role that trusts another by name trusts its unique id, and needs no policy of
// the other: the session must not outlive its role.
func TestSessionOfADeletedRoleGoesNowhere(t *testing.T) {
	w := newWorld(t)
	w.do("CreateRole", "RoleName", "a", "AssumeRolePolicyDocument", trustCognito)
	w.do("CreateRole", "RoleName", "b", "AssumeRolePolicyDocument", trusting("arn:aws:iam::"+account+":role/a"))
	who := w.session("a")
	chain := func() error {
		b, err := w.api.Role(t.Context(), "arn:aws:iam::"+account+":role/b")
		if err != nil {
			t.Fatal(err)
		}
		call := &bailiwick.Call{Who: who, Account: account}
		z := &authz.Authorizer{Policies: w.api, Table: authz.Table{{Name: "sts:AssumeRole", Resources: []string{"role"}}}}
		return z.Authorize(t.Context(), call, []authz.Check{{Action: "sts:AssumeRole", Resource: b.ARN, Type: "role", Policy: b.Trust, Trust: true}})
	}
	if err := chain(); err != nil {
		t.Fatalf("the role is trusted: %v", err)
	}
	w.do("DeleteRole", "RoleName", "a")
	var e *bailiwick.Error
	if err := chain(); !errors.As(err, &e) || e.Code != bailiwick.CodeUnknownKey {
		t.Errorf("session of a deleted role: %v, want %s", err, bailiwick.CodeUnknownKey)
	}
}

// invalid insists that the credentials of who are refused as a whole.
func (w *world) invalid(who bailiwick.Principal, why string) {
	w.t.Helper()
	_, err := w.api.Attached(w.t.Context(), who)
	var e *bailiwick.Error
	if !errors.As(err, &e) || e.Code != bailiwick.CodeUnknownKey {
		w.t.Errorf("%s: got %v, want %s", why, err, bailiwick.CodeUnknownKey)
	}
}

func TestAttachedTags(t *testing.T) {
	w := newWorld(t)
	ann := w.user("ann", "")
	w.do("TagUser", "UserName", "ann", "Tags.member.1.Key", "Team", "Tags.member.1.Value", "blue")
	a, err := w.api.Attached(t.Context(), ann)
	if err != nil || len(a.Tags) != 1 || a.Tags["Team"] != "blue" || a.Boundary != nil {
		t.Errorf("%+v, %v", a, err)
	}
}

// counting counts what is read through it.
type counting struct {
	store.Store
	gets, scans atomic.Int64
}

func (c *counting) View(ctx context.Context, fn func(store.Reader) error) error {
	return c.Store.View(ctx, func(r store.Reader) error { return fn(countingReader{r, c}) })
}

type countingReader struct {
	store.Reader
	c *counting
}

func (r countingReader) Get(key []byte) ([]byte, error) {
	r.c.gets.Add(1)
	return r.Reader.Get(key)
}

func (r countingReader) Scan(from, to []byte, reverse bool) iter.Seq2[store.Entry, error] {
	r.c.scans.Add(1)
	return r.Reader.Scan(from, to, reverse)
}

func TestHotPathIsOneGet(t *testing.T) {
	c := &counting{Store: new(mem.Engine)}
	w := over(t, c)
	ann := w.user("ann", allowAll)
	first, err := w.api.Attached(t.Context(), ann)
	if err != nil {
		t.Fatal(err)
	}
	c.gets.Store(0)
	c.scans.Store(0)
	again, err := w.api.Attached(t.Context(), ann)
	if err != nil || again.Identity != first.Identity {
		t.Errorf("not the same set: %v", err)
	}
	if c.gets.Load() != 1 || c.scans.Load() != 0 {
		t.Errorf("%d gets and %d scans, want 1 and 0", c.gets.Load(), c.scans.Load())
	}
	w.do("CreateUser", "UserName", "bob") // any change of the account
	third, err := w.api.Attached(t.Context(), ann)
	if err != nil || third.Identity == first.Identity || third.Identity.Policies()[0] != first.Identity.Policies()[0] {
		t.Errorf("after a change the set is to be another, of the same compiled policies: %v", err)
	}
}

// TestTwoNodes: an edit on one node applies to the next request on the other.
func TestTwoNodes(t *testing.T) {
	db := new(mem.Engine)
	one, two := over(t, db), over(t, db)
	one.do("CreateRole", "RoleName", "r", "AssumeRolePolicyDocument", trustCognito)
	one.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allow("s3:GetObject", "*"))
	who := one.session("r")
	two.allowed(who, false, "nothing attached")
	one.do("AttachRolePolicy", "RoleName", "r", "PolicyArn", mine)
	two.allowed(who, true, "attached on the other node")
	before, err := two.api.ManagedPolicy(t.Context(), mine)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := two.api.ManagedPolicy(t.Context(), mine); same != before {
		t.Errorf("the same policy is another pointer: %v", err)
	}
	one.do("CreatePolicyVersion", "PolicyArn", mine, "PolicyDocument", denyAll, "SetAsDefault", "true")
	two.allowed(who, false, "edited on the other node")
	if after, err := two.api.ManagedPolicy(t.Context(), mine); err != nil || after == before {
		t.Errorf("an edited policy is the same pointer: %v", err)
	}
	two.do("SetDefaultPolicyVersion", "PolicyArn", mine, "VersionId", "v1")
	one.allowed(who, true, "edited back")
	two.do("DetachRolePolicy", "RoleName", "r", "PolicyArn", mine)
	one.allowed(who, false, "detached on the other node")
	two.do("DeletePolicyVersion", "PolicyArn", mine, "VersionId", "v2")
	two.do("DeletePolicy", "PolicyArn", mine)
	if p, err := one.api.ManagedPolicy(t.Context(), mine); err == nil {
		t.Errorf("a deleted policy is still found: %v", p)
	}
}

// TestDamage writes over records as a failing disk, a newer version or a bug of
// an older one might. Whoever they belong to is denied, and the log says why.
func TestDamage(t *testing.T) {
	for _, tt := range []struct{ name, kind, raw string }{
		{"inline policy that is no JSON", "inline", "\x01{"},
		{"inline policy of a newer version", "inline", "\x02{}"},
		{"inline policy whose text is no policy", "inline", "\x01{\"Name\":\"inline\",\"Text\":\"{}\"}"},
		{"attachment", "attached", "\x01["},
		{"attachment of a policy that is gone", "attached", "\x01{\"ARN\":\"arn:aws:iam::000000000000:policy/gone\"}"},
		{"managed policy", "policy", "\x00"},
		{"version", "version", "\x01{\"Number\":1,\"Text\":\"\"}"},
	} {
		db := new(mem.Engine)
		w := over(t, db)
		var log bytes.Buffer
		w.api.Log = slog.New(slog.NewTextHandler(&log, nil))
		ann := w.user("ann", allowAll)
		w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll)
		w.do("AttachUserPolicy", "UserName", "ann", "PolicyArn", mine)
		w.allowed(ann, true, tt.name+", before")
		overwrite(t, db, tt.kind, tt.raw)
		fresh := over(t, db)
		fresh.api.Log = w.api.Log
		if d := mayRead(t, fresh.api, ann); d.Allowed() || d.Err == nil {
			t.Errorf("%s: %+v, want a denial with an error", tt.name, d)
		}
		said := fresh.simulate("SimulatePrincipalPolicy", append(list("ActionNames", "s3:GetObject"), "PolicySourceArn", ann.ARN)...).Results[0]
		if said.EvalDecision != "explicitDeny" || len(said.MatchedStatements) > 0 {
			t.Errorf("%s: simulated as %+v", tt.name, said)
		}
		if !strings.Contains(log.String(), "level=ERROR") || !strings.Contains(log.String(), "denies everything") {
			t.Errorf("%s: the log says %q", tt.name, log.String())
		}
	}
}

func TestBoundaryThatIsGoneDenies(t *testing.T) {
	db := new(mem.Engine)
	w := over(t, db)
	ann := w.user("ann", allowAll)
	w.do("CreatePolicy", "PolicyName", "Mine", "Path", "/app/", "PolicyDocument", allowAll)
	w.do("PutUserPermissionsBoundary", "UserName", "ann", "PermissionsBoundary", mine)
	w.allowed(ann, true, "inside the boundary")
	overwrite(t, db, "policy", "")
	fresh := over(t, db)
	if d := mayRead(t, fresh.api, ann); d.Allowed() || d.Layer != policy.LayerBoundary {
		t.Errorf("%+v, want a denial by the boundary", d)
	}
}

func TestGroupThatIsGoneDenies(t *testing.T) {
	db := new(mem.Engine)
	w := over(t, db)
	ann := w.user("ann", allowAll)
	w.do("CreateGroup", "GroupName", "g")
	w.do("AddUserToGroup", "GroupName", "g", "UserName", "ann")
	w.allowed(ann, true, "in the group")
	overwrite(t, db, "entity", "", account, "group")
	over(t, db).allowed(ann, false, "the group is gone")
}

// overwrite replaces the records of a kind, or deletes them where raw is "".
func overwrite(t *testing.T, db store.Store, kind, raw string, below ...any) {
	t.Helper()
	from, to := store.Prefix(append([]any{"iam", kind}, below...)...)
	changed := 0
	err := db.Update(t.Context(), func(tx store.Tx) error {
		for e, err := range tx.Scan(from, to, false) {
			if err != nil {
				return err
			}
			changed++
			if raw == "" {
				err = tx.Delete(bytes.Clone(e.Key))
			} else {
				err = tx.Put(bytes.Clone(e.Key), []byte(raw))
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || changed == 0 {
		t.Fatalf("%d records of kind %s changed: %v", changed, kind, err)
	}
}
