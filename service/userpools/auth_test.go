package userpools_test

import "testing"

func TestPasswordSignIn(t *testing.T) {
	r := newRealm(t)
	r.in()
	s := r.startSRP("alice", password)
	if s.first.challenge != "PASSWORD_VERIFIER" || s.first.session != "" {
		t.Fatal(s.first.Body)
	}
	got := r.answerSRP(r.responses(s))
	if got.access == "" {
		t.Fatal(got.Body)
	}
	r.wants(r.refreshWith(got.refresh), "", "")
	r.call("GetUser", "AccessToken", got.access)
}
