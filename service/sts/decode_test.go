package sts_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

const notValid = "Message is not valid"

func TestDecodeAuthorizationMessage(t *testing.T) {
	w := newWorld(t)
	const text = `{"allowed":false,"context":{"resource":"<&>"}}`
	m, err := w.ring.SealMessage(account, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	w.allow(roleARN("R"), `{"Effect":"Allow","Action":"sts:DecodeAuthorizationMessage","Resource":"*"}`)
	session := &bailiwick.Session{Account: account, RoleARN: roleARN("R"), RoleID: "AROA1", Name: "me"}
	for _, who := range []bailiwick.Principal{servicetest.Root(), session.Principal()} {
		w.As(who)
		r := w.Form("DecodeAuthorizationMessage", form("EncodedMessage", m))
		if r.Status != http.StatusOK || !strings.Contains(r.Body, "<DecodedMessage>"+strings.NewReplacer(`"`, "&#34;", "<", "&lt;", ">", "&gt;", "&", "&amp;").Replace(text)+"</DecodedMessage>") {
			t.Errorf("%s: %d %s", who.ARN, r.Status, r.Body)
		}
	}
	flip := func(i int) string {
		c := "A"
		if m[i] == 'A' {
			c = "B"
		}
		return m[:i] + c + m[i+1:]
	}
	for name, x := range map[string]string{
		"any": "x", "its version": flip(0), "its nonce": flip(6), "its text": flip(40), "its tag": flip(len(m) - 8), "cut": m[:len(m)-4],
		"a line break": m[:20] + "\n" + m[20:], "padded": m + "=", "as long as may be": strings.Repeat("A", 10240),
	} {
		w.refused(name, "DecodeAuthorizationMessage", form("EncodedMessage", x), "InvalidAuthorizationMessageException", notValid)
	}
	for name, x := range map[string]string{"nothing": "", "too long": strings.Repeat("A", 10241)} {
		if r := w.Form("DecodeAuthorizationMessage", form("EncodedMessage", x)); r.Code != "ValidationError" || r.Status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, r.Status, r.Body)
		}
	}
}

// TestDecodeIsOfTheAccount: who may do everything in one account reads no refusal
// of another, and within one it takes leave.
func TestDecodeIsOfTheAccount(t *testing.T) {
	w := newWorld(t)
	m, err := w.ring.SealMessage(account, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	other := servicetest.Root()
	other.Account, other.ID, other.ARN = "111122223333", "111122223333", "arn:aws:iam::111122223333:root"
	w.As(other)
	w.refused("another account", "DecodeAuthorizationMessage", form("EncodedMessage", m), "InvalidAuthorizationMessageException", notValid)
	w.As(user("bob"))
	w.refused("without leave", "DecodeAuthorizationMessage", form("EncodedMessage", m), "AccessDenied",
		"User: arn:aws:iam::000000000000:user/bob is not authorized to perform: sts:DecodeAuthorizationMessage because no identity-based policy allows the sts:DecodeAuthorizationMessage action")
}
