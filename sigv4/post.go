package sigv4

import (
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"time"
)

// ParsePost finds the signature of a form that a browser posts to S3. fields are
// the form's, by their names in lower case; a name that the form has twice must
// have been refused. What is signed is the field policy as it was sent, base64;
// that the rest of the form satisfies it is the caller's part. It returns ErrNone
// for a form without policy and signature.
//
// CheckTime then bounds the life of the signing key, a week; how long the form is
// good for, the policy says.
//
// Source: S3 API Reference, "Authenticating Requests in Browser-Based Uploads
// Using POST".
func ParsePost(fields map[string]string) (*Signature, error) {
	if fields["awsaccesskeyid"] != "" {
		return nil, errLegacy()
	}
	names := [...]string{"policy", "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature"}
	missing, some := "", fields["x-amz-security-token"] != ""
	for _, name := range names {
		switch {
		case fields[name] != "":
			some = true
		case missing == "":
			missing = name
		}
	}
	switch {
	case !some:
		return nil, ErrNone
	case missing != "":
		return nil, &Error{
			Kind: Incomplete, Got: missing,
			Message: "Bucket POST must contain a field named '" + missing + "'.  If it is specified, please check the order of the fields.",
		}
	case fields["x-amz-algorithm"] != algorithm:
		return nil, badAlgorithm(fields["x-amz-algorithm"])
	case len(fields["x-amz-security-token"]) > maxToken:
		return nil, fail(TooLarge, "X-Amz-Security-Token is longer than %d bytes.", maxToken)
	}
	s := &Signature{
		Signature: fields["x-amz-signature"], SessionToken: fields["x-amz-security-token"], Expires: MaxExpires, policy: fields["policy"],
	}
	date := fields["x-amz-date"]
	var ok bool
	if s.Time, ok = parseDate(date); !ok || len(date) != len(isoBasic) {
		return nil, fail(BadDate, "Date must be in ISO-8601 'basic format'. Got '%s'. See http://en.wikipedia.org/wiki/ISO_8601", shorten(date))
	}
	if err := s.parseCredential(fields["x-amz-credential"], date); err != nil {
		return nil, err
	}
	return s, nil
}

// VerifyPost checks the signature of the policy that ParsePost found.
func (s *Signature) VerifyPost(key SigningKey) error {
	if !s.timeOK || !s.scopeOK || s.policy == "" {
		return errOrder
	}
	sum := key.sign([]byte(s.policy))
	var want [64]byte
	hex.Encode(want[:], sum[:])
	if subtle.ConstantTimeCompare(want[:], []byte(s.Signature)) != 1 {
		e := &Error{Kind: Mismatch, Message: mismatch}
		if len(s.policy) <= maxShown {
			e.StringToSign = s.policy
		}
		return e
	}
	return nil
}

// SignPost returns the fields of a form that posts under policy, which is base64.
// The policy must have conditions for the fields that this adds; PostFields tells
// them.
func SignPost(c Credentials, region, service, policy string, now time.Time) (map[string]string, error) {
	if policy == "" {
		return nil, fmt.Errorf("signing a form: no policy")
	}
	fields := PostFields(c, region, service, now)
	fields["policy"] = policy
	now = now.UTC()
	key := DeriveKey(c.SecretAccessKey, now.Format("20060102"), region, service)
	sum := key.sign([]byte(policy))
	fields["x-amz-signature"] = hex.EncodeToString(sum[:])
	return fields, nil
}

// PostFields are the fields of a signed form that its policy must allow.
func PostFields(c Credentials, region, service string, now time.Time) map[string]string {
	now = now.UTC().Truncate(time.Second)
	fields := map[string]string{
		"x-amz-algorithm":  algorithm,
		"x-amz-credential": c.AccessKeyID + "/" + newSignature(c, region, service, now, nil).Scope(),
		"x-amz-date":       now.Format(isoBasic),
	}
	if c.SessionToken != "" {
		fields["x-amz-security-token"] = c.SessionToken
	}
	return fields
}
