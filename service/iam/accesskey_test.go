package iam_test

import (
	"bytes"
	"errors"
	"log/slog"
	"regexp"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

func TestAccessKeys(t *testing.T) {
	w := newWorld(t)
	ann := w.user("ann", allow("iam:*AccessKey*", "arn:aws:iam::000000000000:user/ann"))
	w.do("CreateUser", "UserName", "bob")
	w.fails("ValidationError", "Must specify userName when calling with non-User credentials", "CreateAccessKey")
	body := w.do("CreateAccessKey", "UserName", "ann")
	id, secret := field(body, "AccessKeyId"), field(body, "SecretAccessKey")
	if !regexp.MustCompile(`^AKIA[A-Z2-7]{16}$`).MatchString(id) || len(secret) != 40 || field(body, "Status") != "Active" {
		t.Errorf("CreateAccessKey: %s", body)
	}
	got, err := w.api.Credential(t.Context(), id)
	if err != nil || got.Secret.Reveal() != secret || got.AccessKeyID != id || got.Principal.Principal != ann.Principal || got.Principal.Name != "ann" {
		t.Errorf("Credential: %+v, %v", got, err)
	}
	w.do("CreateAccessKey", "UserName", "ann")
	w.fails("LimitExceeded", "Cannot exceed quota for AccessKeysPerUser: 2", "CreateAccessKey", "UserName", "ann")
	body = w.do("ListAccessKeys", "UserName", "ann")
	if len(fields(body, "AccessKeyId")) != 2 || strings.Contains(body, "Secret") {
		t.Errorf("ListAccessKeys: %s", body)
	}
	other := field(w.do("CreateAccessKey", "UserName", "bob"), "AccessKeyId")
	w.fails("NoSuchEntity", "The Access Key with id "+other+" cannot be found.", "DeleteAccessKey", "UserName", "ann", "AccessKeyId", other)
	w.fails("NoSuchEntity", "The Access Key with id "+other+" cannot be found.", "UpdateAccessKey", "UserName", "ann", "AccessKeyId", other, "Status", "Inactive")
	w.fails("InvalidInput", "The status of an access key can be set to Active or Inactive only.", "UpdateAccessKey", "UserName", "ann", "AccessKeyId", id, "Status", "Expired")
	w.fails("NoSuchEntity", "The Access Key with id AKIAAAAAAAAAAAAAAAAA cannot be found.", "GetAccessKeyLastUsed", "AccessKeyId", "AKIAAAAAAAAAAAAAAAAA")

	w.As(ann) // without a name it is about her own keys
	w.do("UpdateAccessKey", "AccessKeyId", id, "Status", "Inactive")
	w.unknown(id)
	w.do("UpdateAccessKey", "AccessKeyId", id, "Status", "Active")
	if _, err := w.api.Credential(t.Context(), id); err != nil {
		t.Errorf("an active key: %v", err)
	}
	if body = w.do("GetAccessKeyLastUsed", "AccessKeyId", id); field(body, "UserName") != "ann" || field(body, "ServiceName") != "N/A" {
		t.Errorf("GetAccessKeyLastUsed: %s", body)
	}
	for _, foreign := range []string{other, "AKIAAAAAAAAAAAAAAAAA"} {
		if r := w.Form("GetAccessKeyLastUsed", in("AccessKeyId", foreign)); r.Code != "AccessDenied" {
			t.Errorf("GetAccessKeyLastUsed %s: %d %s", foreign, r.Status, r.Body)
		}
	}
	w.do("DeleteAccessKey", "AccessKeyId", id)
	w.unknown(id)
}

func (w *world) unknown(id string) {
	w.t.Helper()
	var e *bailiwick.Error
	got, err := w.api.Credential(w.t.Context(), id)
	if !errors.As(err, &e) || e.Code != bailiwick.CodeUnknownKey || got.Secret != "" {
		w.t.Errorf("Credential(%q): %v, %v; want CodeUnknownKey", id, got, err)
	}
}

func TestSecretsAreNotLogged(t *testing.T) {
	var log bytes.Buffer
	w := over(t, new(mem.Engine))
	w.api.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	w.do("CreateUser", "UserName", "ann")
	secret := field(w.do("CreateAccessKey", "UserName", "ann"), "SecretAccessKey")
	for _, r := range w.Records {
		if strings.Contains(strings.Join(r.Call.Trail.Notes, " "), secret) {
			t.Error("a note has the secret")
		}
	}
	if len(w.Records) == 0 || strings.Contains(log.String(), secret) {
		t.Errorf("log: %s", log.String())
	}
}

func TestRootKey(t *testing.T) {
	w := newWorld(t)
	const first, second = "AKIAROOTROOTROOT0001", "AKIAROOTROOTROOT0002"
	ensure := func(account, id, secret string) error {
		t.Helper()
		return w.api.EnsureRootKey(t.Context(), account, id, secret)
	}
	for _, tt := range []struct{ account, id, secret string }{{"12", first, "s"}, {account, "short", "s"}, {account, "AKIAROOT-ROOTROOT001", "s"}, {account, first, ""}} {
		if ensure(tt.account, tt.id, tt.secret) == nil {
			t.Errorf("%v was taken", tt)
		}
	}
	for range 2 {
		if err := ensure(account, first, "s1"); err != nil {
			t.Fatal(err)
		}
	}
	got, err := w.api.Credential(t.Context(), first)
	if err != nil || got.Principal.Type != policy.Account || got.Principal.ARN != "arn:aws:iam::000000000000:root" || got.Principal.ID != account || got.Secret.Reveal() != "s1" {
		t.Errorf("%+v, %v", got, err)
	}
	if err := ensure("111111111111", first, "s1"); err == nil {
		t.Error("the key of one account became that of another")
	}
	if err := ensure(account, second, "s2"); err != nil {
		t.Fatal(err)
	}
	w.unknown(first)
	if err := ensure(account, second, "s3"); err != nil {
		t.Fatal(err)
	}
	if got, err := w.api.Credential(t.Context(), second); err != nil || got.Secret.Reveal() != "s3" {
		t.Errorf("%+v, %v", got, err)
	}
	w.do("CreateUser", "UserName", "ann")
	id := field(w.do("CreateAccessKey", "UserName", "ann"), "AccessKeyId")
	if err := ensure(account, id, "s"); err == nil {
		t.Error("a user's key became root's")
	}
	for _, bad := range []string{"", strings.Repeat("A", 200), "akiarootrootroot0002"} {
		w.unknown(bad)
	}
}

// TestRootSeesItsKey: root names nobody and asks about himself.
func TestRootSeesItsKey(t *testing.T) {
	w := newWorld(t)
	if body := w.do("ListAccessKeys"); strings.Contains(body, "<member>") {
		t.Errorf("keys before there is one: %s", body)
	}
	if err := w.api.EnsureRootKey(t.Context(), account, "AKIAROOTROOTROOT0001", "hidden"); err != nil {
		t.Fatal(err)
	}
	ann := w.user("ann", allowAll)
	w.do("CreateAccessKey", "UserName", "ann")
	body := w.do("ListAccessKeys")
	if got := strings.Join(fields(body, "AccessKeyId"), ","); got != "AKIAROOTROOTROOT0001" || field(body, "Status") != "Active" || strings.Contains(body, "hidden") {
		t.Errorf("keys of root: %s", body)
	}
	w.As(ann)
	if body := w.do("ListAccessKeys"); field(body, "UserName") != "ann" || strings.Contains(body, "ROOT") {
		t.Errorf("keys of ann: %s", body)
	}
}
