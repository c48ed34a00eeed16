package server

import (
	"encoding/json"
	"encoding/xml"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv4"
)

// form sends a call of the query protocol.
func form(t *testing.T, s *Server, c sigv4.Credentials, service string, in url.Values) *httptest.ResponseRecorder {
	t.Helper()
	body := in.Encode()
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := sigv4.Sign(r, c, "us-east-1", service, []byte(body), time.Now()); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// explained is the record of a call.
func explained(t *testing.T, s *Server, c sigv4.Credentials, id string) DecisionRecord {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/_bailiwick/decisions/"+id, nil)
	if err := sigv4.Sign(r, c, "us-east-1", adminService, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	var rec DecisionRecord
	if err := json.Unmarshal(w.Body.Bytes(), &rec); err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return rec
}

func decode(t *testing.T, s *Server, c sigv4.Credentials, message string) (status int, decoded, body string) {
	t.Helper()
	w := form(t, s, c, "sts", url.Values{"Action": {"DecodeAuthorizationMessage"}, "Version": {"2011-06-15"}, "EncodedMessage": {message}})
	var out struct {
		Decoded string `xml:"DecodeAuthorizationMessageResult>DecodedMessage"`
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatal(err)
	}
	return w.Code, out.Decoded, w.Body.String()
}

// TestEncodedRefusal: a refusal that was encoded is decoded after a restart, in its
// own account, and nowhere else.
func TestEncodedRefusal(t *testing.T) {
	dir := t.TempDir()
	run := func(dir, account string, try func(*Server, sigv4.Credentials)) {
		t.Helper()
		s, err := New(t.Context(), Config{Data: dir, Account: account, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		id, secret, err := readCredentials(dir+"/"+credentialsFile, profile(account))
		if err != nil {
			t.Fatal(err)
		}
		try(s, sigv4.Credentials{AccessKeyID: id, SecretAccessKey: secret})
	}
	const account, other = "000000000000", "111122223333"
	var message string
	run(dir, account, func(s *Server, root sigv4.Credentials) {
		iam := func(action string, pairs ...string) *httptest.ResponseRecorder {
			in := url.Values{"Action": {action}, "Version": {"2010-05-08"}, "UserName": {"ann"}}
			for i := 0; i < len(pairs); i += 2 {
				in.Set(pairs[i], pairs[i+1])
			}
			return form(t, s, root, "iam", in)
		}
		iam("CreateUser")
		iam("PutUserPolicy", "PolicyName", "p", "PolicyDocument", `{"Version":"2012-10-17","Statement":{"Sid":"NoRoles","Effect":"Deny","Action":"iam:ListRoles","Resource":"*"}}`)
		var made struct {
			ID     string `xml:"CreateAccessKeyResult>AccessKey>AccessKeyId"`
			Secret string `xml:"CreateAccessKeyResult>AccessKey>SecretAccessKey"`
		}
		if err := xml.Unmarshal(iam("CreateAccessKey").Body.Bytes(), &made); err != nil || made.ID == "" {
			t.Fatal(err)
		}
		ann := sigv4.Credentials{AccessKeyID: made.ID, SecretAccessKey: made.Secret}
		refused := form(t, s, ann, "iam", url.Values{"Action": {"ListRoles"}, "Version": {"2010-05-08"}})
		rec := explained(t, s, root, refused.Header().Get("x-amzn-RequestId"))
		message = rec.EncodedMessage
		if refused.Code != http.StatusForbidden || strings.Contains(refused.Body.String(), "ncoded") || message == "" {
			t.Fatalf("%d %s\n%+v", refused.Code, refused.Body, rec)
		}
		if status, _, body := decode(t, s, ann, message); status != http.StatusForbidden {
			t.Errorf("the user decodes its own refusal: %d %s", status, body)
		}
		allowed := form(t, s, root, "iam", url.Values{"Action": {"ListRoles"}, "Version": {"2010-05-08"}})
		broken := form(t, s, root, "iam", url.Values{"Action": {"GetRole"}, "Version": {"2010-05-08"}, "RoleName": {"none"}})
		for _, w := range []*httptest.ResponseRecorder{allowed, broken} {
			if rec := explained(t, s, root, w.Header().Get("x-amzn-RequestId")); rec.EncodedMessage != "" || rec.RequestID == "" {
				t.Errorf("a call that no policy refused: %+v", rec)
			}
		}
	})
	run(dir, account, func(s *Server, root sigv4.Credentials) {
		status, decoded, body := decode(t, s, root, message)
		for _, want := range []string{`{"allowed":false,"explicitDeny":true,`, `"statementId":"NoRoles","effect":"DENY"`, `"name":"ann"`, `"action":"iam:ListRoles"`, `"key":"aws:username","values":{"items":[{"value":"ann"}]}`} {
			if status != http.StatusOK || !strings.Contains(decoded, want) {
				t.Errorf("after a restart: %d, no %s in %s%s", status, want, decoded, body)
			}
		}
	})
	run(dir, other, func(s *Server, root sigv4.Credentials) {
		if status, _, body := decode(t, s, root, message); status != http.StatusBadRequest || !strings.Contains(body, "<Code>InvalidAuthorizationMessageException</Code>") {
			t.Errorf("another account of the same server: %d %s", status, body)
		}
	})
	run(t.TempDir(), account, func(s *Server, root sigv4.Credentials) {
		if status, _, body := decode(t, s, root, message); status != http.StatusBadRequest || !strings.Contains(body, "<Message>Message is not valid</Message>") {
			t.Errorf("another server: %d %s", status, body)
		}
	})
}
