package authn

import (
	"context"
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/sigv2"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// AuthenticatePost returns the signer of a form that a browser posts, by the
// signature of its policy. fields are the form's by their names in lower case;
// whoever read them refused a name that is there twice. A form without policy and
// signature fails with CodeMissingToken. That the form satisfies its policy, and
// that the policy has not expired, is still to be checked: nothing else of the
// form is signed.
func (a *Authenticator) AuthenticatePost(ctx context.Context, fields map[string]string, service string) (bailiwick.Signer, error) {
	if service == "s3" {
		if sig, err := sigv2.ParsePost(fields); !errors.Is(err, sigv2.ErrNone) {
			return a.postV2(ctx, sig, err)
		}
	}
	sig, err := sigv4.ParsePost(fields)
	if err == nil {
		var cred bailiwick.Credential
		cred, err = a.verify(ctx, sig, service, func(sig *sigv4.Signature, key sigv4.SigningKey) error { return sig.VerifyPost(key) })
		if err == nil {
			auth := authentication(sig)
			auth.Type = bailiwick.AuthPost
			return bailiwick.Signer{Who: cred.Principal, Auth: auth}, nil
		}
	}
	return bailiwick.Signer{Who: bailiwick.Anonymous()}, toldByS3(err, claim{from: inForm}.by(sig), a.Now())
}
