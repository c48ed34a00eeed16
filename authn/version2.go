package authn

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/sigv2"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// authenticateV2 is authenticate for a URL with Signature Version 2. The order of
// the checks is the same. The error is not yet in the words of S3.
func (a *Authenticator) authenticateV2(ctx context.Context, r *http.Request) (bailiwick.Signer, *sigv2.Signature, error) {
	none := bailiwick.Signer{Who: bailiwick.Anonymous()}
	if a.Bucket == nil {
		return none, nil, refuse(http.StatusBadRequest, "InvalidRequest",
			"The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.")
	}
	sig, err := sigv2.Parse(r, a.Bucket(r))
	if err != nil {
		return none, nil, err
	}
	if framed(r.Header) { // chunks are signed with Version 4 alone
		return none, sig, refuse(http.StatusBadRequest, "InvalidRequest", "The content encoding aws-chunked needs a signature in the Authorization header.")
	}
	if err := sig.CheckTime(a.Now()); err != nil {
		return none, sig, err
	}
	signer, err := a.signerV2(ctx, sig, bailiwick.AuthQuery)
	return signer, sig, err
}

// signerV2 finds whose signature it is and whether it is true.
func (a *Authenticator) signerV2(ctx context.Context, sig *sigv2.Signature, at bailiwick.AuthType) (bailiwick.Signer, error) {
	none := bailiwick.Signer{Who: bailiwick.Anonymous()}
	cred, err := a.credential(ctx, sig.AccessKeyID, sig.SessionToken)
	if err != nil {
		return none, err
	}
	if err := sig.Verify(cred.Secret.Reveal()); err != nil {
		return none, err
	}
	if err := current(cred, a.Now()); err != nil {
		return none, err
	}
	return bailiwick.Signer{Who: cred.Principal, Auth: bailiwick.Authentication{
		Type: at, Version: bailiwick.SignatureV2, PayloadHash: sig.PayloadHash, AccessKeyID: sig.AccessKeyID,
	}}, nil
}

// streamV2 is AuthenticateStream for a URL with Signature Version 2. Its body is
// unsigned, but for a declared SHA-256.
func (a *Authenticator) streamV2(ctx context.Context, r *http.Request) (bailiwick.Signer, io.Reader, error) {
	signer, sig, err := a.authenticateV2(ctx, r)
	if err != nil {
		return bailiwick.Signer{Who: bailiwick.Anonymous()}, nil, a.toldOfV2(err, sig)
	}
	b := &body{from: r.Body, length: r.ContentLength, s3: true, told: func(err error) error { return a.toldOfV2(err, sig) }}
	if declaredV2(sig) {
		b.sum, b.want = sha256.New(), sig.PayloadHash
	}
	return signer, b, nil
}

func declaredV2(sig *sigv2.Signature) bool {
	return sig.PayloadHash != "" && sig.PayloadHash != sigv2.UnsignedPayload
}

// heldAsDeclared compares a body in memory with the SHA-256 that was declared of it.
func heldAsDeclared(sig *sigv2.Signature, body []byte) error {
	if !declaredV2(sig) {
		return nil
	}
	sum := sha256.Sum256(body)
	if got := hex.EncodeToString(sum[:]); subtle.ConstantTimeCompare([]byte(got), []byte(sig.PayloadHash)) != 1 {
		return &sigv4.Error{
			Kind: sigv4.Payload, Message: "The provided 'x-amz-content-sha256' header does not match what was computed.", Got: sig.PayloadHash, Want: got,
		}
	}
	return nil
}

// postV2 is AuthenticatePost for a form with Signature Version 2, as it was parsed.
func (a *Authenticator) postV2(ctx context.Context, sig *sigv2.Signature, err error) (bailiwick.Signer, error) {
	if err == nil {
		var signer bailiwick.Signer
		if signer, err = a.signerV2(ctx, sig, bailiwick.AuthPost); err == nil {
			return signer, nil
		}
	}
	return bailiwick.Signer{Who: bailiwick.Anonymous()}, a.toldOfV2(err, sig)
}

// toldOfV2 is toldByS3 for Signature Version 2. sig is nil where nothing could be
// read.
func (a *Authenticator) toldOfV2(err error, sig *sigv2.Signature) error {
	c := claim{from: inQuery}
	if sig != nil {
		c.keyID, c.token = sig.AccessKeyID, sig.SessionToken
	}
	var e *sigv2.Error
	if !errors.As(err, &e) {
		return toldByS3(err, c, a.Now())
	}
	out := c.refusalV2(e, sig, a.Now())
	out.Cause = err
	return out
}

func (c claim) refusalV2(e *sigv2.Error, sig *sigv2.Signature, now time.Time) *bailiwick.Error {
	switch e.Kind {
	case sigv2.Both:
		return c.argument(e.Message, "Authorization", "")
	case sigv2.Incomplete:
		if e.Got != "" { // of a form
			return c.argument(e.Message, e.Got, "")
		}
		return refuse(http.StatusForbidden, "AccessDenied", e.Message)
	case sigv2.BadExpires, sigv2.Unsigned:
		return refuse(http.StatusForbidden, "AccessDenied", e.Message)
	case sigv2.Expired:
		return withFacts(refuse(http.StatusForbidden, "AccessDenied", e.Message), map[string]string{
			"Expires": sig.Expires.Format(stamp), "ServerTime": now.UTC().Format(stamp),
		})
	case sigv2.PayloadForm:
		return c.argument(e.Message, "x-amz-content-sha256", e.Got)
	case sigv2.Mismatch:
		facts := map[string]string{"AWSAccessKeyId": sig.AccessKeyID, "SignatureProvided": sig.Signature}
		if e.StringToSign != "" {
			facts["StringToSign"], facts["StringToSignBytes"] = e.StringToSign, hexes(e.StringToSign)
		}
		return withFacts(refuse(http.StatusForbidden, "SignatureDoesNotMatch", e.Message), facts)
	case sigv2.Malformed:
		if e.Got == "policy" {
			return refuse(http.StatusBadRequest, "InvalidPolicyDocument", e.Message)
		}
	case sigv2.Missing, sigv2.TooLarge:
	}
	return refuse(http.StatusBadRequest, "InvalidRequest", e.Message)
}
