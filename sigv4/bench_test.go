package sigv4

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// dynamoRequest is a typical signed request of an SDK.
func dynamoRequest(tb testing.TB, token string) (*http.Request, []byte, time.Time) {
	tb.Helper()
	body := []byte(`{"TableName":"orders","Key":{"pk":{"S":"acme"},"sk":{"S":"order#1"}}}`)
	r, err := http.NewRequest("POST", "http://localhost:8080/", strings.NewReader(string(body)))
	if err != nil {
		tb.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	r.Header.Set("X-Amz-Target", "DynamoDB_20120810.GetItem")
	r.Header.Set("Amz-Sdk-Invocation-Id", "b3e7a2b2-6d0c-4d5e-9a5f-8e5b3f1f2b10")
	r.Header.Set("Amz-Sdk-Request", "attempt=1; max=3")
	r.Header.Set("User-Agent", "aws-sdk-go-v2/1.30.0 os/linux lang/go#1.26 md/GOOS#linux")
	r.Header.Set("Accept-Encoding", "identity")
	now := time.Date(2026, 11, 3, 9, 5, 7, 0, time.UTC)
	c := Credentials{AccessKeyID: "ASIAIOSFODNN7EXAMPLE", SecretAccessKey: s3Secret, SessionToken: token}
	if err := Sign(r, c, "us-east-1", "dynamodb", body, now); err != nil {
		tb.Fatal(err)
	}
	return r, body, now
}

// BenchmarkJourney is all that authenticating a request costs: parse, checks,
// cached key, body hash, signature.
func BenchmarkJourney(b *testing.B) {
	r, body, now := dynamoRequest(b, "")
	cache := NewKeyCache(1000)
	b.ReportAllocs()
	for b.Loop() {
		s, err := Parse(r)
		if err != nil {
			b.Fatal(err)
		}
		if err := s.CheckTime(now); err != nil {
			b.Fatal(err)
		}
		if err := s.CheckScope("us-east-1", "dynamodb"); err != nil {
			b.Fatal(err)
		}
		if err := s.Verify(r, cache.Key(s, s3Secret), body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	r, _, _ := dynamoRequest(b, "")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(r); err != nil {
			b.Fatal(err)
		}
	}
}

func benchmarkVerify(b *testing.B, token string) {
	r, body, now := dynamoRequest(b, token)
	s := mustParse(b, r, now)
	key := DeriveKey(s3Secret, s.Date, s.Region, s.Service)
	b.ReportAllocs()
	for b.Loop() {
		if err := s.Verify(r, key, body); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B)             { benchmarkVerify(b, "") }
func BenchmarkVerifySessionToken(b *testing.B) { benchmarkVerify(b, strings.Repeat("token", 200)) }

func BenchmarkDeriveKey(b *testing.B) {
	for b.Loop() {
		DeriveKey(s3Secret, "20261103", "us-east-1", "dynamodb")
	}
}

func BenchmarkCachedKey(b *testing.B) {
	r, _, now := dynamoRequest(b, "")
	s := mustParse(b, r, now)
	cache := NewKeyCache(1000)
	b.ReportAllocs()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			cache.Key(s, s3Secret)
		}
	})
}

// mustParse parses r and passes its checks.
func mustParse(tb testing.TB, r *http.Request, now time.Time) *Signature {
	tb.Helper()
	s, err := Parse(r)
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.CheckTime(now); err != nil {
		tb.Fatal(err)
	}
	if err := s.CheckScope(""); err != nil {
		tb.Fatal(err)
	}
	return s
}

// BenchmarkChunks: hashing is the floor.
func BenchmarkChunks(b *testing.B) {
	r, wire := sent(b, StreamingSigned, strings.Repeat("x", 1<<20), nil)
	b.SetBytes(1 << 20)
	for b.Loop() {
		if got, _, err := received(r, strings.NewReader(wire)); err != nil || len(got) != 1<<20 {
			b.Fatal(err)
		}
	}
}
