package s3

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

// TestVersion2: a signature without region and date claims neither, and is served
// where the bucket is.
func TestVersion2(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	call := &bailiwick.Call{Time: noon, Region: "ap-south-1", Who: user(servicetest.Account, "alice"), Auth: bailiwick.Authentication{
		Type: bailiwick.AuthQuery, Version: bailiwick.SignatureV2,
	}}
	b, err := w.api.enter(t.Context(), call, "data", nil)
	if err != nil || call.Region != b.Region || b.Region != servicetest.Region {
		t.Errorf("served in %s, %v", call.Region, err)
	}
	k := keys(call, "")
	for name, want := range map[string]string{"s3:authType": "REST-QUERY-STRING", "s3:signatureversion": "AWS"} {
		if got, _, _ := k.Lookup(name); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %q", name, got)
		}
	}
	for _, name := range []string{"s3:signatureAge", "s3:x-amz-content-sha256"} {
		if got, _, ok := k.Lookup(name); ok {
			t.Errorf("%s is %q", name, got)
		}
	}
	call.Auth.Region, call.Auth.Version = "ap-south-1", bailiwick.SignatureV4
	if _, err := w.api.enter(t.Context(), call, "data", nil); err == nil {
		t.Error("signed for another region")
	}
}

// TestVersion2Arrives: no scope names the service, so that S3 takes what is left.
func TestVersion2Arrives(t *testing.T) {
	a := newWorld(t).api
	const signed = "AWSAccessKeyId=AKIA&Signature=x&Expires=1"
	for _, tt := range []struct {
		method, target, contentType string
		want                        bool
	}{
		{"GET", "/data/k?" + signed, "", true},
		{"PUT", "/data/k?" + signed, "application/x-www-form-urlencoded", true},
		{"POST", "/data/k?uploads&" + signed, "", true},
		{"POST", "/data/k?uploads", "", false},
		{"GET", "/?" + signed, "", true},
		{"GET", "/", "", false},
		{"GET", "/header/k", "", true},
		{"GET", "/header/k?" + signed, "", true},
		{"GET", "/?Action=ListUsers&" + signed, "", false},
		{"POST", "/?" + signed, "application/x-www-form-urlencoded", false},
	} {
		r := httptest.NewRequest(tt.method, tt.target, nil)
		r.Header.Set("Content-Type", tt.contentType)
		if strings.HasPrefix(tt.target, "/header") {
			r.Header.Set("Authorization", "AWS AKIA:x")
		}
		if got := a.leftover(r); got != tt.want {
			t.Errorf("%s %s %s: %v", tt.method, tt.target, tt.contentType, got)
		}
	}
}
