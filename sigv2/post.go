package sigv2

import (
	"encoding/base64"
	"fmt"
	"strings"
)

// ParsePost finds the signature of a form that a browser posts to S3. fields are
// the form's, by their names in lower case; a name that the form has twice must
// have been refused. What is signed is the field policy as it was sent, base64;
// that the policy has not expired, and that the rest of the form satisfies it, is
// the caller's part. It returns ErrNone for a form that claims nothing of Version 2.
func ParsePost(fields map[string]string) (*Signature, error) {
	_, key := fields["awsaccesskeyid"]
	if _, signed := fields["signature"]; !key && !signed {
		return nil, ErrNone
	}
	for _, name := range ofVersion4 {
		if _, ok := fields[name]; ok {
			return nil, both()
		}
	}
	for _, f := range [...]struct{ field, name string }{{"policy", "policy"}, {"awsaccesskeyid", keyIDName}, {"signature", "signature"}} {
		if fields[f.field] == "" {
			return nil, about(Incomplete, f.name,
				"Bucket POST must contain a field named '%s'.  If it is specified, please check the order of the fields.", f.name)
		}
	}
	s := &Signature{
		AccessKeyID: fields["awsaccesskeyid"], SessionToken: fields[tokenName], Signature: fields["signature"],
		texts: []string{fields["policy"]}, timeOK: true, // its policy tells its time
	}
	if err := s.claimant(); err != nil {
		return nil, err
	}
	if !encoded(fields["policy"]) {
		return nil, about(Malformed, "policy", "Invalid Policy: Invalid Base64 encoding.")
	}
	return s, nil
}

// encoded: the decoder of package base64 passes over line breaks, which the string
// to sign of a URL has.
func encoded(s string) bool {
	_, err := base64.StdEncoding.DecodeString(s)
	return err == nil && !strings.ContainsAny(s, "\r\n")
}

// SignPost returns the fields of a form that posts under policy, which is base64.
// Where c has a session token, the policy needs a condition for the field
// x-amz-security-token.
func SignPost(c Credentials, policy string) (map[string]string, error) {
	if policy == "" || !encoded(policy) {
		return nil, fmt.Errorf("signing a form: the policy is no base64")
	}
	fields := map[string]string{"AWSAccessKeyId": c.AccessKeyID, "policy": policy, "signature": sign(c.SecretAccessKey, policy)}
	if c.SessionToken != "" {
		fields[tokenName] = c.SessionToken
	}
	return fields, nil
}
