package sigv4

import (
	"errors"
	"maps"
	"strings"
	"testing"
	"time"
)

// postPolicy is that of "Example: Browser-Based Upload using HTTP POST" in the S3
// API Reference.
const postPolicy = "eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9"

var postTime = time.Date(2015, 12, 29, 0, 0, 0, 0, time.UTC)

func posted(fields map[string]string, now time.Time) error {
	s, err := ParsePost(fields)
	if err != nil {
		return err
	}
	if err := s.CheckTime(now); err != nil {
		return err
	}
	if err := s.CheckScope("us-east-1", "s3"); err != nil {
		return err
	}
	return s.VerifyPost(DeriveKey(s3Secret, s.Date, s.Region, s.Service))
}

func TestPostVector(t *testing.T) {
	fields, err := SignPost(Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: s3Secret}, "us-east-1", "s3", postPolicy, postTime)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"policy": postPolicy, "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-date": "20151229T000000Z",
		"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request",
		"x-amz-signature":  "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e",
	}
	if !maps.Equal(fields, want) {
		t.Errorf("%v", fields)
	}
	for _, later := range []time.Duration{0, -Skew, time.Hour, MaxExpires} {
		if err := posted(fields, postTime.Add(later)); err != nil {
			t.Errorf("%v later: %v", later, err)
		}
	}
}

func TestPostRefuses(t *testing.T) {
	if _, err := SignPost(Credentials{AccessKeyID: "A"}, "r", "s3", "", postTime); err == nil {
		t.Error("signed no policy")
	}
	fields, err := SignPost(Credentials{AccessKeyID: "ASIA", SecretAccessKey: s3Secret, SessionToken: "tok"}, "us-east-1", "s3", postPolicy, postTime)
	if err != nil {
		t.Fatal(err)
	}
	if err := posted(fields, postTime); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		set   map[string]string
		later time.Duration
		want  Kind
	}{
		"another policy":     {map[string]string{"policy": postPolicy + "="}, 0, Mismatch},
		"no policy":          {map[string]string{"policy": ""}, 0, Incomplete},
		"no signature":       {map[string]string{"x-amz-signature": ""}, 0, Incomplete},
		"no credential":      {map[string]string{"x-amz-credential": ""}, 0, Incomplete},
		"no date":            {map[string]string{"x-amz-date": ""}, 0, Incomplete},
		"no algorithm":       {map[string]string{"x-amz-algorithm": ""}, 0, Incomplete},
		"policy alone":       {map[string]string{"x-amz-signature": "", "x-amz-credential": "", "x-amz-date": "", "x-amz-algorithm": "", "x-amz-security-token": ""}, 0, Incomplete},
		"token alone":        {map[string]string{"policy": "", "x-amz-signature": "", "x-amz-credential": "", "x-amz-date": "", "x-amz-algorithm": ""}, 0, Incomplete},
		"another algorithm":  {map[string]string{"x-amz-algorithm": "AWS4-HMAC-SHA1"}, 0, BadAlgorithm},
		"version 2":          {map[string]string{"awsaccesskeyid": "AKID", "signature": "c2ln"}, 0, BadAlgorithm},
		"signature":          {map[string]string{"x-amz-signature": strings.Repeat("0", 64)}, 0, Mismatch},
		"signature too long": {map[string]string{"x-amz-signature": fields["x-amz-signature"] + "0"}, 0, Mismatch},
		"another day":        {map[string]string{"x-amz-date": "20151230T000000Z"}, 0, BadDay},
		"date in words":      {map[string]string{"x-amz-date": "Tue, 29 Dec 2015 00:00:00 GMT"}, 0, BadDate},
		"another region":     {map[string]string{"x-amz-credential": "ASIA/20151229/us-east-2/s3/aws4_request"}, 0, BadScope},
		"another service":    {map[string]string{"x-amz-credential": "ASIA/20151229/us-east-1/sts/aws4_request"}, 0, BadScope},
		"credential":         {map[string]string{"x-amz-credential": "ASIA"}, 0, BadCredential},
		"terminator":         {map[string]string{"x-amz-credential": "ASIA/20151229/us-east-1/s3/aws5_request"}, 0, BadTerminator},
		"long token":         {map[string]string{"x-amz-security-token": strings.Repeat("x", maxToken+1)}, 0, TooLarge},
		"a week later":       {nil, MaxExpires + time.Second, Expired},
		"before":             {nil, -Skew - time.Second, NotYet},
	} {
		with := maps.Clone(fields)
		maps.Copy(with, tt.set)
		if err := posted(with, postTime.Add(tt.later)); KindOf(err) != tt.want {
			t.Errorf("%s: kind %d, want %d: %v", name, KindOf(err), tt.want, err)
		}
	}
	if err := posted(map[string]string{"key": "a", "file": "b"}, postTime); !errors.Is(err, ErrNone) {
		t.Errorf("a form without a signature: %v", err)
	}
	s, err := ParsePost(fields)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.VerifyPost(DeriveKey(s3Secret, s.Date, s.Region, s.Service)); err == nil {
		t.Error("verified before the checks")
	}
}
