package sigv4

import (
	"encoding/hex"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"
)

const (
	suiteSecret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
	s3Secret    = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
)

// vector is an example that AWS published: a request without authentication,
// and the signature of it.
type vector struct {
	name, method, url string
	headers           []string // Name: value
	body              string
	secret, service   string
	signature         string
}

// Sources: "Signature Version 4 test suite" and the IAM ListUsers example of
// the AWS General Reference; "Examples: Signature Calculations" of the S3 API
// Reference.
var vectors = []vector{
	{
		name: "iam ListUsers", method: "GET", url: "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
		headers: []string{"Content-Type: application/x-www-form-urlencoded; charset=utf-8", "X-Amz-Date: 20150830T123600Z"},
		secret:  suiteSecret, service: "iam",
		signature: "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
	},
	{
		name: "get-vanilla", method: "GET", url: "https://example.amazonaws.com/",
		headers: []string{"X-Amz-Date: 20150830T123600Z"}, secret: suiteSecret, service: "service",
		signature: "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
	},
	{
		name: "get-vanilla-query-order-key-case", method: "GET",
		url:     "https://example.amazonaws.com/?Param2=value2&Param1=value1",
		headers: []string{"X-Amz-Date: 20150830T123600Z"}, secret: suiteSecret, service: "service",
		signature: "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
	},
	{
		name: "get-unreserved", method: "GET",
		url:     "https://example.amazonaws.com/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
		headers: []string{"X-Amz-Date: 20150830T123600Z"}, secret: suiteSecret, service: "service",
		signature: "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
	},
	{
		name: "get-header-value-trim", method: "GET", url: "https://example.amazonaws.com/",
		headers: []string{"My-Header1:  value1", "My-Header2: \"a   b   c\"", "X-Amz-Date: 20150830T123600Z"},
		secret:  suiteSecret, service: "service",
		signature: "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
	},
	{
		name: "post-vanilla", method: "POST", url: "https://example.amazonaws.com/",
		headers: []string{"X-Amz-Date: 20150830T123600Z"}, secret: suiteSecret, service: "service",
		signature: "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
	},
	{
		name: "post-x-www-form-urlencoded", method: "POST", url: "https://example.amazonaws.com/", body: "Param1=value1",
		headers: []string{"Content-Type: application/x-www-form-urlencoded", "X-Amz-Date: 20150830T123600Z"},
		secret:  suiteSecret, service: "service",
		signature: "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
	},
	{
		name: "s3 get object", method: "GET", url: "https://examplebucket.s3.amazonaws.com/test.txt",
		headers: []string{
			"Range: bytes=0-9", "X-Amz-Date: 20130524T000000Z",
			"X-Amz-Content-Sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		},
		secret: s3Secret, service: "s3",
		signature: "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
	},
	{
		name: "s3 put object", method: "PUT", url: "https://examplebucket.s3.amazonaws.com/test%24file.text",
		body: "Welcome to Amazon S3.",
		headers: []string{
			"Date: Fri, 24 May 2013 00:00:00 GMT", "X-Amz-Date: 20130524T000000Z",
			"X-Amz-Storage-Class: REDUCED_REDUNDANCY",
			"X-Amz-Content-Sha256: 44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072",
		},
		secret: s3Secret, service: "s3",
		signature: "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
	},
	{
		name: "s3 get bucket lifecycle", method: "GET", url: "https://examplebucket.s3.amazonaws.com/?lifecycle",
		headers: []string{
			"X-Amz-Date: 20130524T000000Z",
			"X-Amz-Content-Sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		},
		secret: s3Secret, service: "s3",
		signature: "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
	},
	{
		name: "s3 list objects", method: "GET", url: "https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J",
		headers: []string{
			"X-Amz-Date: 20130524T000000Z",
			"X-Amz-Content-Sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		},
		secret: s3Secret, service: "s3",
		signature: "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
	},
}

// received builds the vector's request as the server sees it, signed.
func (v vector) received(t *testing.T) (*http.Request, time.Time) {
	t.Helper()
	r, err := http.NewRequest(v.method, v.url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range v.headers {
		name, value, _ := strings.Cut(h, ": ")
		r.Header.Add(name, value)
	}
	now, ok := parseDate(r.Header.Get("X-Amz-Date"))
	if !ok {
		t.Fatal("vector without date")
	}
	id := "AKIDEXAMPLE"
	r.Header.Set("Authorization", algorithm+" Credential="+id+now.Format("/20060102/")+"us-east-1/"+v.service+
		"/aws4_request, SignedHeaders="+strings.Join(signable(r.Header), ";")+", Signature="+v.signature)
	return r, now
}

func TestPublishedVectors(t *testing.T) {
	for _, v := range vectors {
		t.Run(v.name, func(t *testing.T) {
			r, now := v.received(t)
			if err := check(r, v.secret, "us-east-1", v.service, []byte(v.body), now); err != nil {
				if e, ok := errors.AsType[*Error](err); ok {
					t.Log(e.Detail())
				}
				t.Fatal(KindOf(err), err)
			}
			// The same from the signing side.
			want := r.Header.Get("Authorization")
			c := Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: v.secret}
			if err := Sign(r, c, "us-east-1", v.service, []byte(v.body), now); err != nil {
				t.Fatal(err)
			}
			if got := r.Header.Get("Authorization"); got != want {
				t.Errorf("Sign\n got %s\nwant %s", got, want)
			}
		})
	}
}

func TestPresignedVector(t *testing.T) {
	const want = "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
		"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
		"&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
		"&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
	now := time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)
	r, _ := http.NewRequest("GET", "https://examplebucket.s3.amazonaws.com/test.txt", nil)
	c := Credentials{AccessKeyID: "AKIAIOSFODNN7EXAMPLE", SecretAccessKey: s3Secret}
	if err := Presign(r, c, "us-east-1", "s3", 24*time.Hour, now); err != nil {
		t.Fatal(err)
	}
	if r.URL.String() != want {
		t.Fatalf("\n got %s\nwant %s", r.URL, want)
	}
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if s.PayloadHash != UnsignedPayload || !s.Presigned || s.Expires != 24*time.Hour {
		t.Errorf("parsed %+v", s)
	}
	if err := s.CheckTime(now.Add(24 * time.Hour)); err != nil {
		t.Error(err)
	}
	if err := s.CheckScope("us-east-1", "s3"); err != nil {
		t.Error(err)
	}
	key := DeriveKey(s3Secret, s.Date, s.Region, s.Service)
	if err := s.Verify(r, key, nil); KindOf(err) != PayloadForm {
		t.Errorf("Verify took an unsigned payload: %v", err)
	}
	if err := s.VerifyDeclared(r, key); KindOf(err) != PayloadForm {
		t.Errorf("VerifyDeclared took an unsigned payload unasked: %v", err)
	}
	if err := s.VerifyDeclared(r, key, UnsignedPayload); err != nil {
		t.Error(err)
	}
	if err := s.CheckTime(now.Add(24*time.Hour + time.Second)); KindOf(err) != Expired {
		t.Errorf("a second too late: %v", err)
	}
}

func TestDeriveKey(t *testing.T) {
	k := DeriveKey(suiteSecret, "20150830", "us-east-1", "iam")
	if got := hex.EncodeToString(k[:]); got != "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9" {
		t.Errorf("derived key %s", got)
	}
}

// check is the server's whole journey.
func check(r *http.Request, secret, region, service string, body []byte, now time.Time) error {
	s, err := Parse(r)
	if err != nil {
		return err
	}
	if err := s.CheckTime(now); err != nil {
		return err
	}
	if err := s.CheckScope(region, service); err != nil {
		return err
	}
	return s.Verify(r, DeriveKey(secret, s.Date, s.Region, s.Service), body)
}
