package userpools_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

// A broken store reads, and fails to write.
type broken struct{ store.Store }

func (broken) Update(context.Context, func(store.Tx) error) error { return errors.New("disk full") }

// TestNothingWithoutRecord: what cannot be remembered is not acknowledged. There
// is no sign-in without a session, no answer without using it up, no revocation
// that is lost with the next restart.
func TestNothingWithoutRecord(t *testing.T) {
	r := invited(t)
	a := r.in()
	session := r.try("carol", password).session
	srp := r.responses(r.startSRP("alice", password))
	whole := r.store
	r.store = broken{whole}
	r.reopen()
	for _, got := range []answer{
		r.try("alice", password), r.try("alice", "Wrong1234!"), r.answerSRP(srp),
		r.answerNew(session, m{"USERNAME": "carol", "NEW_PASSWORD": "Another1!", "userAttributes.name": "Carol"}),
		r.step("RevokeToken", "ClientId", r.app, "Token", a.refresh), r.step("GlobalSignOut", "AccessToken", a.access),
		r.step("DeleteUser", "AccessToken", a.access),
		r.step("ChangePassword", "AccessToken", a.access, "PreviousPassword", password, "ProposedPassword", "Another1!"),
	} {
		if got.Status != 500 || got.Code != "InternalErrorException" || got.access != "" {
			t.Error(got.Status, got.Body)
		}
	}
	r.call("GetUser", "AccessToken", a.access) // reading still works
	r.store = whole
	r.reopen()
	r.wants(r.answerSRP(srp), "", "")
	r.wants(r.refreshWith(a.refresh), "", "")
}
