package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Credentials sign requests. They print without the secrets.
type Credentials struct {
	AccessKeyID     string
	SecretAccessKey string
	SessionToken    string // "" for long-term keys
}

// Format keeps secrets out of logs, whatever the verb.
func (c Credentials) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, "{"+c.AccessKeyID+" ***}")
}

// Sign signs r, whose whole body is body, with an Authorization header. It
// sets X-Amz-Date, X-Amz-Security-Token and, for s3, X-Amz-Content-Sha256
// (which a caller may set itself, for instance to UNSIGNED-PAYLOAD). Headers
// that proxies and transports change are left unsigned.
func Sign(r *http.Request, c Credentials, region, service string, body []byte, now time.Time) error {
	now = now.UTC().Truncate(time.Second)
	r.Header.Del("Authorization")
	r.Header.Set("X-Amz-Date", now.Format(isoBasic))
	r.Header.Del("X-Amz-Security-Token")
	if c.SessionToken != "" {
		r.Header.Set("X-Amz-Security-Token", c.SessionToken)
	}
	payload := r.Header.Get("X-Amz-Content-Sha256")
	if payload == "" {
		payload = hashHex(body)
		if service == "s3" {
			r.Header.Set("X-Amz-Content-Sha256", payload)
		}
	}
	s := newSignature(c, region, service, now, signable(r.Header))
	signature, err := s.compute(r, c, payload)
	if err != nil {
		return fmt.Errorf("signing %s %s: %w", r.Method, r.URL.Path, err)
	}
	r.Header.Set("Authorization", algorithm+" Credential="+c.AccessKeyID+"/"+s.Scope()+
		", SignedHeaders="+s.signedHeaders+", Signature="+signature)
	return nil
}

// Presign puts a signature into the query string of r, valid for expires
// (whole seconds, 1 second to 7 days). For s3 the payload stays unsigned, for
// other services the body is empty. Headers already in r are signed: the
// user of the URL must send them.
func Presign(r *http.Request, c Credentials, region, service string, expires time.Duration, now time.Time) error {
	if expires < time.Second || expires > MaxExpires || expires%time.Second != 0 {
		return fmt.Errorf("presigning: expires must be whole seconds from 1 second to 7 days, not %v", expires)
	}
	now = now.UTC().Truncate(time.Second)
	s := newSignature(c, region, service, now, signable(r.Header))
	s.Presigned = true
	payload := hashHex(nil)
	if service == "s3" {
		payload = UnsignedPayload
	}
	add := url.Values{
		"X-Amz-Algorithm":     {algorithm},
		"X-Amz-Credential":    {c.AccessKeyID + "/" + s.Scope()},
		"X-Amz-Date":          {now.Format(isoBasic)},
		"X-Amz-Expires":       {itoa(int(expires / time.Second))},
		"X-Amz-SignedHeaders": {s.signedHeaders},
	}
	if c.SessionToken != "" {
		add.Set("X-Amz-Security-Token", c.SessionToken)
	}
	raw := add.Encode()
	if r.URL.RawQuery != "" {
		raw = r.URL.RawQuery + "&" + raw
	}
	r.URL.RawQuery = raw
	signature, err := s.compute(r, c, payload)
	if err != nil {
		return fmt.Errorf("presigning %s %s: %w", r.Method, r.URL.Path, err)
	}
	r.URL.RawQuery += "&X-Amz-Signature=" + signature
	return nil
}

func newSignature(c Credentials, region, service string, now time.Time, names []string) *Signature {
	return &Signature{
		AccessKeyID: c.AccessKeyID, Date: now.Format("20060102"), Region: region, Service: service,
		Time: now, SignedHeaders: names, signedHeaders: strings.Join(names, ";"),
	}
}

func (s *Signature) compute(r *http.Request, c Credentials, payload string) (string, error) {
	canonical, err := appendCanonical(nil, r, s, []byte(payload))
	if err != nil {
		return "", err
	}
	key := DeriveKey(c.SecretAccessKey, s.Date, s.Region, s.Service)
	sum := key.sign(appendStringToSign(nil, s, canonical))
	return hex.EncodeToString(sum[:]), nil
}

// signable lists the headers to sign, lower case and sorted, host included.
func signable(h http.Header) []string {
	names := []string{"host"}
	for name := range h {
		switch name = strings.ToLower(name); name {
		case "authorization", "host", "user-agent", "connection", "expect", "te", "trailer",
			"transfer-encoding", "content-length", "upgrade", "x-amzn-trace-id":
		default:
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func hashHex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
