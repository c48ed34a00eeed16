package authn

import (
	"context"
	"net/http"

	"github.com/bailiwick-project/bailiwick/sigv2"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// Plausible tells whether r may turn out to be signed once its body is here: form,
// time and scope hold, and there is such a key. It proves nothing, and decides
// only how much of the body is worth reading.
func (a *Authenticator) Plausible(ctx context.Context, r *http.Request, service string) bool {
	if service == "s3" && sigv2.Claims(r) {
		_, _, err := a.authenticateV2(ctx, r)
		return err == nil
	}
	_, _, err := a.authenticate(ctx, r, service, func(*sigv4.Signature, sigv4.SigningKey) error { return nil })
	return err == nil
}
