package userpools_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/service/userpools"
)

// nodes are servers over one store, as many as call at once.
func (e *env) nodes(n int) []*env {
	list := make([]*env, n)
	for i := range list {
		node := *e
		api := &userpools.API{Store: e.store, SRP: testGroup(), Now: e.clock, Rand: e.rand, Key: testSecret, NewKey: testKey}
		node.Server = servicetest.New(e.t, api.Service(), nil, e.clock)
		list[i] = &node
	}
	return list
}

// together calls an operation on every node at once and answers the error codes,
// sorted; "" is success.
func together(nodes []*env, operation string, in func(i int) string) []string {
	codes := make([]string, len(nodes))
	var all sync.WaitGroup
	for i, n := range nodes {
		all.Go(func() { codes[i] = n.JSON(operation, in(i)).Code })
	}
	all.Wait()
	slices.Sort(codes)
	return codes
}

// Of many who ask at once for what only one can have, one gets it.
func TestOnlyOne(t *testing.T) {
	e := newEnv(t, nil)
	const n = 8
	nodes := e.nodes(n)
	pool := e.pool("AliasAttributes", []string{"email"}, "AutoVerifiedAttributes", []string{"email"})
	client := e.client(pool)
	expect := func(what string, got []string, refusal string) {
		t.Helper()
		want := append([]string{""}, slices.Repeat([]string{refusal}, n-1)...)
		if !slices.Equal(got, want) {
			t.Errorf("%s: %v", what, got)
		}
	}
	expect("username", together(nodes, "SignUp", func(int) string {
		return doc("ClientId", client, "Username", "alice", "Password", password, "UserAttributes", attrs("email", "alice@test.com"))
	}), "UsernameExistsException")
	code := e.code("alice@test.com")
	expect("code", together(nodes, "ConfirmSignUp", func(int) string {
		return doc("ClientId", client, "Username", "alice", "ConfirmationCode", code)
	}), "NotAuthorizedException")
	e.now = e.now.Add(time.Minute)
	e.call("ForgotPassword", "ClientId", client, "Username", "alice")
	code = e.code("alice@test.com")
	got := together(nodes, "ConfirmForgotPassword", func(int) string {
		return doc("ClientId", client, "Username", "alice", "ConfirmationCode", code, "Password", password)
	})
	if got[0] != "" || slices.Contains(got[1:], "") {
		t.Errorf("code for a password: %v", got)
	}
	expect("alias", together(nodes, "AdminCreateUser", func(i int) string {
		return doc("UserPoolId", pool, "Username", fmt.Sprint("u", i), "MessageAction", "SUPPRESS", "UserAttributes", attrs("email", "one@test.com", "email_verified", "true"))
	}), "AliasExistsException")
	expect("group", together(nodes, "CreateGroup", func(int) string { return doc("UserPoolId", pool, "GroupName", "g") }), "GroupExistsException")
}

// Guessing at many nodes at once brings no more guesses.
func TestGuessesTogether(t *testing.T) {
	e := newEnv(t, nil)
	pool := e.pool("AutoVerifiedAttributes", []string{"email"})
	client := e.client(pool)
	e.signUp(client, "alice", "email", "alice@test.com")
	code := wrong(e.code("alice@test.com"))
	nodes := e.nodes(24)
	got := together(nodes, "ConfirmSignUp", func(int) string {
		return doc("ClientId", client, "Username", "alice", "ConfirmationCode", code)
	})
	want := append(slices.Repeat([]string{"CodeMismatchException"}, 15), slices.Repeat([]string{"LimitExceededException"}, 9)...)
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}
