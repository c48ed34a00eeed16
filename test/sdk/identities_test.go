package sdk_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
)

const (
	notes      = "notes"
	sevenVerbs = "GetItem BatchGetItem Query PutItem UpdateItem DeleteItem BatchWriteItem"
)

// keyedBySub limits to the row whose key is the identity's id, as the guide of
// DynamoDB has it.
const keyedBySub = `{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${cognito-identity.amazonaws.com:sub}"]}}`

// sevenWays is each of the seven actions on the rows of keys; the first is the
// one that single-row requests address.
func sevenWays(who, want string, keys ...string) []step {
	pk := func(k string) map[string]any { return map[string]any{"pk": map[string]any{"S": k}} }
	var gets, puts []any
	for _, k := range keys {
		gets = append(gets, pk(k))
		puts = append(puts, map[string]any{"PutRequest": map[string]any{"Item": pk(k)}})
	}
	with := func(in map[string]any) map[string]any { in["TableName"] = notes; return in }
	text := func(s string) map[string]any { return map[string]any{"S": s} }
	steps := []step{
		{who, "BatchGetItem", map[string]any{"RequestItems": map[string]any{notes: map[string]any{"Keys": gets}}}, want},
		{who, "BatchWriteItem", map[string]any{"RequestItems": map[string]any{notes: puts}}, want},
	}
	if len(keys) == 1 {
		steps = append(steps,
			step{who, "GetItem", with(map[string]any{"Key": pk(keys[0])}), want},
			step{who, "Query", with(map[string]any{"KeyConditionExpression": "pk = :k", "ExpressionAttributeValues": map[string]any{":k": text(keys[0])}}), want},
			step{who, "PutItem", with(map[string]any{"Item": pk(keys[0])}), want},
			step{who, "UpdateItem", with(map[string]any{
				"Key": pk(keys[0]), "UpdateExpression": "SET title = :t", "ExpressionAttributeValues": map[string]any{":t": text("Emma")},
			}), want},
			step{who, "DeleteItem", with(map[string]any{"Key": pk(keys[0])}), want},
		)
	}
	if want == "" {
		return steps
	}
	for i := range steps {
		steps[i].Want = denied(want, steps[i].Operation, notes)
	}
	return steps
}

// An identityWorld has two identity pools over one user pool, and people in them.
type identityWorld struct {
	*world
	userPool, client string
	first, second    string // identity pools
	ids              map[string]string
	sessions         map[string]*citypes.Credentials
}

// TestPoliciesByIdentity: rows keyed by the identity's id, and who may take on a
// role, decided by aud, sub and amr. The requests are made by every client that
// is there; the decisions must be the same.
func TestPoliciesByIdentity(t *testing.T) {
	t.Parallel()
	w := newIdentityWorld(t)
	steps := w.steps()
	for name, drive := range drivers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			todo := steps
			if name == "AWS CLI" { // each step is a process of half a second
				todo = w.fewSteps()
			}
			got := drive(t, w.s, w.sessions, todo)
			if len(got) != len(todo) {
				t.Fatalf("%d answers to %d steps", len(got), len(todo))
			}
			for i, st := range todo {
				if got[i] != st.Want {
					t.Errorf("%s by %s:\n got %q\nwant %q\n(input %v)", st.Operation, st.Who, got[i], st.Want, st.Input)
				}
			}
		})
	}
}

func newIdentityWorld(t *testing.T) *identityWorld {
	t.Helper()
	w := &identityWorld{world: newWorld(t, serve(t, devMemory)), ids: map[string]string{}, sessions: map[string]*citypes.Credentials{}}
	w.userPool = w.pool(true)
	w.client = w.world.client(w.userPool)
	w.first, w.second = w.identityPool(w.userPool, w.client), w.identityPool(w.userPool, w.client)
	w.table(notes)
	// One role for both pools, through a list of aud values.
	both := fmt.Sprintf(`{"StringEquals":{"cognito-identity.amazonaws.com:aud":[%q,%q]},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"authenticated"}}`, w.first, w.second)
	w.role("Owner", trust(both), allow(sevenVerbs, notes, keyedBySub))
	w.roles(w.first, "Owner", "", nil)
	w.roles(w.second, "Owner", "", nil)
	for _, name := range []string{"ann", "bob"} {
		l := w.login()
		w.ids[name], w.sessions[name] = w.id(w.first, l), w.credentials(w.first, l)
		w.ids[name+"2"], w.sessions[name+"2"] = w.id(w.second, l), w.credentials(w.second, l)
		if w.ids[name] == w.ids[name+"2"] {
			t.Errorf("%s is the same identity in two pools: %s", name, w.ids[name])
		}
	}
	w.listed()
	return w
}

// login signs a new user in.
func (w *identityWorld) login() map[string]string {
	return logins(w.userPool, aws.ToString(w.signIn(w.client, w.user(w.userPool)).IdToken))
}

// listed makes a role whose second statement lets only listed identities write.
func (w *identityWorld) listed() {
	w.t.Helper()
	editors := w.identityPool(w.userPool, w.client)
	l, other := w.login(), w.login()
	w.ids["editor"], w.ids["reader"] = w.id(editors, l), w.id(editors, other)
	w.role("Press", trust(usual(editors, "authenticated")), statements(
		statement("Allow", "GetItem BatchGetItem Query", notes, ""),
		statement("Allow", "PutItem UpdateItem DeleteItem BatchWriteItem", notes,
			fmt.Sprintf(`{"StringEquals":{"cognito-identity.amazonaws.com:sub":[%q,%q]}}`, region+":00000000-0000-4000-8000-000000000000", w.ids["editor"])),
	))
	w.roles(editors, "Press", "", nil)
	w.sessions["editor"], w.sessions["reader"] = w.credentials(editors, l), w.credentials(editors, other)
}

func (w *identityWorld) steps() []step {
	var out []step
	for _, name := range []string{"ann", "bob", "ann2", "bob2"} {
		out = append(out, sevenWays(name, "", w.ids[name])...)
	}
	for _, foreign := range []string{"bob", "ann2", "bob2"} {
		out = append(out, sevenWays("ann", "Owner", w.ids[foreign])...)
	}
	out = append(out, sevenWays("ann", "Owner", w.ids["ann"]+"x")...)
	out = append(out, sevenWays("ann", "Owner", "${cognito-identity.amazonaws.com:sub}")...)
	out = append(out, sevenWays("ann", "Owner", w.ids["ann"], w.ids["bob"])...) // one foreign key fails the batch
	out = append(out, sevenWays("editor", "", "front page")...)
	for _, st := range sevenWays("reader", "Press", "front page") {
		switch st.Operation {
		case "GetItem", "BatchGetItem", "Query":
			st.Want = ""
		}
		out = append(out, st)
	}
	return out
}

// fewSteps are one allowed and one refused step of each kind.
func (w *identityWorld) fewSteps() []step {
	out := append(sevenWays("ann", "", w.ids["ann"])[2:5], sevenWays("ann", "Owner", w.ids["bob"])[2:5]...)
	out = append(out, sevenWays("ann", "Owner", w.ids["ann"], w.ids["bob"])[0])
	return append(out, sevenWays("editor", "", "front page")[4], step{"reader", "PutItem", sevenWays("reader", "", "front page")[4].Input, denied("Press", "PutItem", notes)})
}

// TestWhoMayAssume: roles limited to listed identities, and to a provider.
func TestWhoMayAssume(t *testing.T) {
	t.Parallel()
	w := &identityWorld{world: newWorld(t, serve(t, devMemory))}
	w.userPool = w.pool(true)
	w.client = w.world.client(w.userPool)
	other := w.pool(true)
	otherClient := w.world.client(other)
	w.first = w.identityPool(w.userPool, w.client, other, otherClient)
	listed, unlisted := w.login(), w.login()
	stranger := logins(other, aws.ToString(w.signIn(otherClient, w.user(other)).IdToken))
	aud := fmt.Sprintf(`"StringEquals":{"cognito-identity.amazonaws.com:aud":%q`, w.first)
	for _, c := range []struct {
		role, condition string
		want            map[string]string
	}{
		{"ByList", `{` + aud + fmt.Sprintf(`,"cognito-identity.amazonaws.com:sub":[%q]}}`, w.id(w.first, listed)),
			map[string]string{"listed": "", "unlisted": badConfiguration, "stranger": badConfiguration}},
		{"ByProvider", `{` + aud + fmt.Sprintf(`},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":%q}}`, providerName(w.userPool)),
			map[string]string{"listed": "", "unlisted": "", "stranger": badConfiguration}},
		{"ByQualifiedProvider", `{` + aud + fmt.Sprintf(`},"ForAnyValue:StringLike":{"cognito-identity.amazonaws.com:amr":"%s:CognitoSignIn:*"}}`, providerName(other)),
			map[string]string{"listed": badConfiguration, "unlisted": badConfiguration, "stranger": ""}},
	} {
		w.role(c.role, trust(c.condition))
		w.roles(w.first, c.role, "", nil)
		for who, l := range map[string]map[string]string{"listed": listed, "unlisted": unlisted, "stranger": stranger} {
			_, err := w.exchange(w.first, l)
			w.want(c.role+", "+who, err, c.want[who])
		}
	}
}
