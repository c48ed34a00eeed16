package authn_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// refused is what S3 tells: status, code, sentence, further elements by name.
func refused(t *testing.T, err error) string {
	t.Helper()
	var e *bailiwick.Error
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	out := fmt.Sprintf("%d %s: %s", e.Status, e.Code, e.Message)
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		value := fmt.Sprint(e.Fields[name])
		if len(value) > 70 {
			value = value[:20] + "..."
		}
		out += fmt.Sprintf(" <%s>%s", name, value)
	}
	return out
}

func get(t *testing.T, c sigv4.Credentials, region, service string, at time.Time) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4566/bucket/key", nil)
	r.Header.Set("X-Amz-Content-Sha256", hashOf(""))
	if err := sigv4.Sign(r, c, region, service, nil, at); err != nil {
		t.Fatal(err)
	}
	return r
}

func link(t *testing.T, c sigv4.Credentials, at time.Time) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:4566/bucket/key", nil)
	if err := sigv4.Presign(r, c, "us-east-1", "s3", time.Hour, at); err != nil {
		t.Fatal(err)
	}
	return r
}

// TestS3Sentences: what S3 says of signatures in the header.
func TestS3Sentences(t *testing.T) {
	a := authenticator(t)
	bob := sigv4.Credentials{AccessKeyID: "AKIABOB", SecretAccessKey: "x"}
	session := mint(t, a, -time.Second)
	edited := func(old, by string) *http.Request {
		r := get(t, alice, "us-east-1", "s3", now)
		was := r.Header.Get("Authorization")
		if r.Header.Set("Authorization", strings.Replace(was, old, by, 1)); was == r.Header.Get("Authorization") {
			t.Fatal("test changes nothing: " + old)
		}
		return r
	}
	with := func(do func(http.Header)) *http.Request {
		r := get(t, alice, "us-east-1", "s3", now)
		do(r.Header)
		return r
	}
	const malformed = "400 AuthorizationHeaderMalformed: The authorization header is malformed; "
	for name, tt := range map[string]struct {
		r    *http.Request
		want string
	}{
		"nothing":  {httptest.NewRequest(http.MethodGet, "/", nil), "0 bailiwick:MissingAuthenticationToken: Request is missing Authentication Token"},
		"password": {edited("AWS4-HMAC-SHA256", "Basic"), "400 InvalidArgument: Unsupported Authorization Type <ArgumentName>Authorization <ArgumentValue>Basic Credential=AKI..."},
		"algorithm": {edited("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), "400 InvalidArgument: Unsupported Authorization Type " +
			"<ArgumentName>Authorization <ArgumentValue>AWS4-HMAC-SHA1 Crede..."},
		"version 2":       {with(func(h http.Header) { h.Set("Authorization", "AWS AKID:c2ln") }), "400 InvalidRequest: The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."},
		"parts":           {edited("Credential=", "Credentials="), malformed + "Authorization header has a doubled or unknown part: 'Credentials'."},
		"no signature":    {edited(", Signature=", ", SignedHeaders="), malformed + "Authorization header has a doubled or unknown part: 'SignedHeaders'."},
		"nothing in it":   {with(func(h http.Header) { h.Set("Authorization", "AWS4-HMAC-SHA256 ") }), malformed + "the authorization header requires three components: Credential, SignedHeaders, and Signature."},
		"credential":      {edited("/us-east-1", ""), malformed + `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`},
		"region":          {edited("us-east-1", "US_EAST"), malformed + `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`},
		"terminator":      {edited("aws4_request", "aws5_request"), malformed + `incorrect terminal "aws5_request". This endpoint uses "aws4_request".`},
		"service":         {edited("/s3/", "/s2/"), malformed + `incorrect service "s2". This endpoint belongs to "s3".`},
		"day":             {edited("20261103", "20261104"), malformed + `Invalid credential date "20261104". This date is not the same as X-Amz-Date: "20261103".`},
		"date format":     {edited("20261103", "2026-11-03"), malformed + `incorrect date format "2026-11-03". This date in the credential must be in the format "yyyyMMdd".`},
		"no date":         {with(func(h http.Header) { h.Del("X-Amz-Date") }), "403 AccessDenied: AWS authentication requires a valid Date or x-amz-date header"},
		"date":            {with(func(h http.Header) { h.Set("X-Amz-Date", "yesterday") }), "403 AccessDenied: AWS authentication requires a valid Date or x-amz-date header"},
		"no payload hash": {with(func(h http.Header) { h.Del("X-Amz-Content-Sha256") }), "400 InvalidRequest: Missing required header for this request: x-amz-content-sha256"},
		"payload hash": {with(func(h http.Header) { h.Set("X-Amz-Content-Sha256", "none") }), "400 InvalidArgument: x-amz-content-sha256 must be UNSIGNED-PAYLOAD, " +
			"STREAMING-UNSIGNED-PAYLOAD-TRAILER, STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value. " +
			"<ArgumentName>x-amz-content-sha256 <ArgumentValue>none"},
		"host":     {edited("host;", ""), "403 AccessDenied: There were headers present in the request which were not signed <HeadersNotSigned>host"},
		"unsigned": {with(func(h http.Header) { h.Set("X-Amz-Acl", "public-read") }), "403 AccessDenied: There were headers present in the request which were not signed <HeadersNotSigned>x-amz-acl"},
		"twice":    {with(func(h http.Header) { h.Add("X-Amz-Date", "20261103T090507Z") }), malformed + "Request has more than one X-Amz-Date header."},
		"old": {get(t, alice, "us-east-1", "s3", now.Add(-16*time.Minute)), "403 RequestTimeTooSkewed: The difference between the request time and the current time is too large. " +
			"<MaxAllowedSkewMilliseconds>900000 <RequestTime>20261103T084907Z <ServerTime>2026-11-03T09:05:07Z"},
		"future": {get(t, alice, "us-east-1", "s3", now.Add(16*time.Minute)), "403 RequestTimeTooSkewed: The difference between the request time and the current time is too large. " +
			"<MaxAllowedSkewMilliseconds>900000 <RequestTime>20261103T092107Z <ServerTime>2026-11-03T09:05:07Z"},
		"unknown key":   {get(t, bob, "us-east-1", "s3", now), "403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records. <AWSAccessKeyId>AKIABOB"},
		"token missing": {get(t, sigv4.Credentials{AccessKeyID: session.AccessKeyID, SecretAccessKey: "x"}, "us-east-1", "s3", now), "403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records. <AWSAccessKeyId>" + session.AccessKeyID},
		"token":         {get(t, sigv4.Credentials{AccessKeyID: session.AccessKeyID, SecretAccessKey: "x", SessionToken: "x"}, "us-east-1", "s3", now), "400 InvalidToken: The provided token is malformed or otherwise invalid."},
		"expired":       {get(t, session, "us-east-1", "s3", now), "400 ExpiredToken: The provided token has expired."},
	} {
		_, err := a.Authenticate(context.Background(), tt.r, nil, "s3")
		if got := refused(t, err); got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.want)
		}
	}
}

func TestS3SentencesOfLinks(t *testing.T) {
	a := authenticator(t)
	edited := func(old, by string) *http.Request {
		r := link(t, alice, now)
		was := r.URL.RawQuery
		if r.URL.RawQuery = strings.Replace(was, old, by, 1); was == r.URL.RawQuery {
			t.Fatal("test changes nothing: " + old)
		}
		return r
	}
	const incomplete = "400 AuthorizationQueryParametersError: Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, " +
		"X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters."
	const parsing = "400 AuthorizationQueryParametersError: Error parsing the X-Amz-Credential parameter; "
	for name, tt := range map[string]struct {
		r    *http.Request
		want string
	}{
		"no signature": {edited("X-Amz-Signature", "Y-Amz-Signature"), incomplete},
		"no expires":   {edited("X-Amz-Expires=3600&", ""), incomplete},
		"expires":      {edited("Expires=3600", "Expires=604801"), "400 AuthorizationQueryParametersError: X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds"},
		"negative":     {edited("Expires=3600", "Expires=-1"), "400 AuthorizationQueryParametersError: X-Amz-Expires must be non-negative"},
		"words":        {edited("Expires=3600", "Expires=1h"), "400 AuthorizationQueryParametersError: X-Amz-Expires should be a number"},
		"date":         {edited("20261103T090507Z", "20261103"), `400 AuthorizationQueryParametersError: X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`},
		"algorithm":    {edited("AWS4-HMAC-SHA256", "AWS4-HMAC-SHA1"), `400 AuthorizationQueryParametersError: X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"`},
		"credential":   {edited("us-east-1%2F", ""), parsing + `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`},
		"service":      {edited("%2Fs3%2F", "%2Fsts%2F"), parsing + `incorrect service "sts". This endpoint belongs to "s3".`},
		"case":         {edited("X-Amz-Signature", "x-amz-signature"), "400 AuthorizationQueryParametersError: The query-string parameter 'x-amz-signature' is not in the case that its name has."},
		"twice":        {edited("X-Amz-Expires=3600", "X-Amz-Expires=3600&X-Amz-Expires=7200"), "400 AuthorizationQueryParametersError: The query-string parameter 'X-Amz-Expires' is there more than once."},
		"longer":       {edited("Expires=3600", "Expires=7200"), "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method."},
		"expired":      {link(t, alice, now.Add(-time.Hour-time.Second)), "403 AccessDenied: Request has expired <Expires>2026-11-03T09:05:06Z <ServerTime>2026-11-03T09:05:07Z <X-Amz-Expires>3600"},
		"not yet":      {link(t, alice, now.Add(time.Hour)), "403 AccessDenied: Request is not yet valid <Expires>2026-11-03T11:05:07Z <ServerTime>2026-11-03T09:05:07Z <X-Amz-Date>1793700307000"},
		"both": {func() *http.Request {
			r := link(t, alice, now)
			r.Header.Set("Authorization", "Bearer x")
			return r
		}(), "400 InvalidArgument: Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the " +
			"Authorization header should be specified <ArgumentName>Authorization <ArgumentValue>Bearer x"},
	} {
		_, err := a.Authenticate(context.Background(), tt.r, nil, "s3")
		got, _, _ := strings.Cut(refused(t, err), " <AWSAccessKeyId>") // what was calculated is in the next test
		if got != tt.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, tt.want)
		}
	}
	// A link dies with the session that signed it, however long it was to live.
	_, err := a.Authenticate(context.Background(), link(t, mint(t, a, 0), now), nil, "s3")
	if got := refused(t, err); got != "400 ExpiredToken: The provided token has expired." {
		t.Error(got)
	}
}

func TestS3Mismatch(t *testing.T) {
	a := authenticator(t)
	r := get(t, sigv4.Credentials{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "another"}, "us-east-1", "s3", now)
	_, err := a.Authenticate(context.Background(), r, nil, "s3")
	var e *bailiwick.Error
	if !errors.As(err, &e) {
		t.Fatal(err)
	}
	_, signature, _ := strings.Cut(r.Header.Get("Authorization"), "Signature=")
	if e.Fields["AWSAccessKeyId"] != "AKIAEXAMPLE" || e.Fields["SignatureProvided"] != signature {
		t.Errorf("%v", e.Fields)
	}
	canonical, _ := e.Fields["CanonicalRequest"].(string)
	toSign, _ := e.Fields["StringToSign"].(string)
	bytes, _ := e.Fields["StringToSignBytes"].(string)
	if !strings.HasPrefix(canonical, "GET\n/bucket/key\n") || !strings.HasSuffix(toSign, "\n"+hashOf(canonical)) ||
		!strings.HasPrefix(bytes, "41 57 53 34 2d") || len(bytes) != 3*len(toSign)-1 {
		t.Errorf("%v", e.Fields)
	}
}

func TestPost(t *testing.T) {
	a := authenticator(t)
	form := func(c sigv4.Credentials, service string, at time.Time, set map[string]string) map[string]string {
		fields, err := sigv4.SignPost(c, "us-east-1", service, "eyJjb25kaXRpb25zIjpbXX0=", at)
		if err != nil {
			t.Fatal(err)
		}
		maps.Copy(fields, set)
		return fields
	}
	signer, err := a.AuthenticatePost(t.Context(), form(alice, "s3", now, map[string]string{"key": "a"}), "s3")
	if err != nil || signer.Who.ARN != "arn:aws:iam::000000000000:user/alice" || signer.Auth.Type != bailiwick.AuthPost ||
		signer.Auth.Region != "us-east-1" || !signer.Auth.Signed.Equal(now) || signer.Auth.AccessKeyID != "AKIAEXAMPLE" {
		t.Errorf("%+v, %v", signer, err)
	}
	signer, err = a.AuthenticatePost(t.Context(), form(mint(t, a, time.Hour), "s3", now.Add(-24*time.Hour), nil), "s3")
	if err != nil || signer.Who.Session == nil {
		t.Errorf("a session, yesterday: %+v, %v", signer, err)
	}
	live := mint(t, a, time.Hour)
	for name, tt := range map[string]struct {
		fields map[string]string
		want   string
	}{
		"nothing":         {map[string]string{"key": "a"}, "0 bailiwick:MissingAuthenticationToken: Request is missing Authentication Token"},
		"no signature":    {form(alice, "s3", now, map[string]string{"x-amz-signature": ""}), "400 InvalidArgument: Bucket POST must contain a field named 'x-amz-signature'.  If it is specified, please check the order of the fields. <ArgumentName>x-amz-signature <ArgumentValue>"},
		"another policy":  {form(alice, "s3", now, map[string]string{"policy": "e30="}), "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method."},
		"another service": {form(alice, "sts", now, nil), `400 AuthorizationQueryParametersError: Error parsing the X-Amz-Credential parameter; incorrect service "sts". This endpoint belongs to "s3".`},
		"algorithm":       {form(alice, "s3", now, map[string]string{"x-amz-algorithm": "x"}), `400 AuthorizationQueryParametersError: X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"`},
		"version 2":       {map[string]string{"awsaccesskeyid": "AKIAEXAMPLE", "signature": "x", "policy": "e30="}, "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method."},
		"old":             {form(alice, "s3", now.Add(-8*24*time.Hour), nil), "403 AccessDenied: Invalid according to Policy: Policy expired."},
		"future": {form(alice, "s3", now.Add(time.Hour), nil), "403 RequestTimeTooSkewed: The difference between the request time and the current time is too large. " +
			"<MaxAllowedSkewMilliseconds>900000 <RequestTime>20261103T100507Z <ServerTime>2026-11-03T09:05:07Z"},
		"unknown key": {form(sigv4.Credentials{AccessKeyID: "AKIABOB", SecretAccessKey: "x"}, "s3", now, nil), "403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records."},
		"expired":     {form(mint(t, a, 0), "s3", now, nil), "400 ExpiredToken: The provided token has expired."},
		"no token":    {form(sigv4.Credentials{AccessKeyID: live.AccessKeyID, SecretAccessKey: live.SecretAccessKey}, "s3", now, nil), "403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records."},
		"wrong token": {form(live, "s3", now, map[string]string{"x-amz-security-token": "x"}), "400 InvalidToken: The provided token is malformed or otherwise invalid."},
	} {
		signer, err := a.AuthenticatePost(t.Context(), tt.fields, "s3")
		got, _, _ := strings.Cut(refused(t, err), " <AWSAccessKeyId>")
		if got != tt.want || signer.Who.ARN != "anonymous" {
			t.Errorf("%s: by %s\n got %s\nwant %s", name, signer.Who.ARN, got, tt.want)
		}
	}
}
