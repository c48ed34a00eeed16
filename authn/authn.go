package authn

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/session"
	"github.com/bailiwick-project/bailiwick/sigv2"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// An Authenticator verifies Signature Version 4 for every service, and Version 2 in
// presigned URLs and forms of S3.
type Authenticator struct {
	Credentials bailiwick.Credentials // long-term keys
	Sessions    *session.Ring         // temporary credentials
	Keys        *sigv4.KeyCache
	Now         func() time.Time

	// Bucket is the bucket that the host of a request to S3 names, "" for none: part
	// of what Version 2 signs. Without it every URL of Version 2 is refused.
	Bucket func(*http.Request) string
}

// Authenticate returns the signer of r. The order of the checks is AWS's: form,
// time, scope, key, signature; a caller without the key learns nothing that
// depends on it. S3 alone takes bodies that are declared unsigned, as AWS does.
func (a *Authenticator) Authenticate(ctx context.Context, r *http.Request, body []byte, service string) (bailiwick.Signer, error) {
	if service == "s3" && sigv2.Claims(r) {
		signer, sig, err := a.authenticateV2(ctx, r)
		if err == nil {
			err = heldAsDeclared(sig, body)
		}
		if err != nil {
			return bailiwick.Signer{Who: bailiwick.Anonymous()}, a.toldOfV2(err, sig)
		}
		return signer, nil
	}
	signer, _, err := a.authenticate(ctx, r, service, func(sig *sigv4.Signature, key sigv4.SigningKey) error {
		if service == "s3" && sig.PayloadHash == sigv4.UnsignedPayload {
			return sig.VerifyDeclared(r, key, sigv4.UnsignedPayload)
		}
		return sig.Verify(r, key, body)
	})
	return signer, err
}

// authenticate takes the steps around the check of the signature of a request.
func (a *Authenticator) authenticate(
	ctx context.Context, r *http.Request, service string, verify func(*sigv4.Signature, sigv4.SigningKey) error,
) (bailiwick.Signer, *sigv4.Signature, error) {
	sig, err := sigv4.Parse(r)
	if err == nil {
		var cred bailiwick.Credential
		if cred, err = a.verify(ctx, sig, service, verify); err == nil {
			return bailiwick.Signer{Who: cred.Principal, Auth: authentication(sig)}, sig, nil
		}
	}
	nobody := bailiwick.Signer{Who: bailiwick.Anonymous()}
	if service == "s3" {
		return nobody, nil, toldByS3(err, claimOf(r, sig), a.Now())
	}
	return nobody, nil, told(err)
}

// verify finds whose signature it is and whether it is true and in time.
func (a *Authenticator) verify(
	ctx context.Context, sig *sigv4.Signature, service string, verify func(*sigv4.Signature, sigv4.SigningKey) error,
) (bailiwick.Credential, error) {
	none := bailiwick.Credential{}
	now := a.Now()
	if err := sig.CheckTime(now); err != nil {
		return none, err
	}
	if err := sig.CheckScope("", service); err != nil {
		return none, err
	}
	if !validRegion(sig.Region) {
		return none, &sigv4.Error{Kind: sigv4.BadScope, Message: "Credential should be scoped to a valid region. "}
	}
	cred, err := a.credential(ctx, sig.AccessKeyID, sig.SessionToken)
	if err != nil {
		return none, err
	}
	if err := verify(sig, a.Keys.Key(sig, cred.Secret.Reveal())); err != nil {
		return none, err
	}
	if err := current(cred, now); err != nil {
		return none, err
	}
	if s := cred.Principal.Session; s != nil && s.Self != nil && service == "iam" {
		// There is no MFA here, without which such a session has no use for IAM.
		// Source: STS API Reference, GetSessionToken.
		return none, invalidToken(errors.New("credentials of GetSessionToken are not for IAM"))
	}
	return cred, nil
}

// current refuses temporary credentials that have expired.
func current(cred bailiwick.Credential, now time.Time) error {
	if !cred.Expires.IsZero() && !now.Before(cred.Expires) {
		return bailiwick.Errorf(bailiwick.CodeExpiredToken, "The security token included in the request is expired")
	}
	return nil
}

func authentication(sig *sigv4.Signature) bailiwick.Authentication {
	a := bailiwick.Authentication{
		Type: bailiwick.AuthHeader, Version: bailiwick.SignatureV4, Signed: sig.Time, Region: sig.Region, PayloadHash: sig.PayloadHash, AccessKeyID: sig.AccessKeyID,
	}
	if sig.Presigned {
		a.Type = bailiwick.AuthQuery
	}
	return a
}

// credential finds what the signature should have been made with. A temporary
// key needs its token, a long-term key must not come with one.
func (a *Authenticator) credential(ctx context.Context, keyID, token string) (bailiwick.Credential, error) {
	if strings.HasPrefix(keyID, "ASIA") {
		cred, err := a.Sessions.Open(keyID, token)
		if err != nil {
			return bailiwick.Credential{}, invalidToken(err)
		}
		return cred, nil
	}
	if token != "" {
		return bailiwick.Credential{}, invalidToken(errors.New("a session token beside a long-term access key"))
	}
	return a.Credentials.Credential(ctx, keyID)
}

func invalidToken(cause error) error {
	return &bailiwick.Error{
		Code: bailiwick.CodeUnknownKey, Message: "The security token included in the request is invalid.", Cause: cause,
	}
}

// told gives a failed signature the code that the protocols know.
func told(err error) error {
	var e *sigv4.Error
	if !errors.As(err, &e) {
		return err
	}
	code := bailiwick.CodeBadSignature
	switch e.Kind {
	case sigv4.Missing:
		code = bailiwick.CodeMissingToken
	case sigv4.Incomplete, sigv4.Malformed, sigv4.BadCredential, sigv4.NoDate, sigv4.BadExpires, sigv4.BadAlgorithm:
		code = bailiwick.CodeIncompleteSignature
	default: // CodeBadSignature
	}
	return &bailiwick.Error{Code: code, Message: e.Message, Cause: err}
}

// validRegion bounds what becomes part of keys and ARNs.
func validRegion(s string) bool {
	if len(s) < 2 || len(s) > 32 {
		return false
	}
	for _, c := range []byte(s) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
