package authn

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"hash"
	"io"
	"net/http"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// AuthenticateStream verifies a signature before the body came. The reader gives
// the body and ends with io.EOF only if it is what was signed: the declared
// SHA-256. S3 alone takes bodies that are declared unsigned, as AWS does.
func (a *Authenticator) AuthenticateStream(ctx context.Context, r *http.Request, service string) (bailiwick.Signer, io.Reader, error) {
	var also []string
	if service == "s3" {
		also = append(also, sigv4.UnsignedPayload)
	}
	signer, sig, err := a.authenticate(ctx, r, service, func(sig *sigv4.Signature, key sigv4.SigningKey) error {
		return sig.VerifyDeclared(r, key, also...)
	})
	if err != nil {
		return signer, nil, err
	}
	if sig.PayloadHash == sigv4.UnsignedPayload {
		return signer, r.Body, nil
	}
	return signer, &hashed{from: r.Body, sum: sha256.New(), want: sig.PayloadHash}, nil
}

// hashed passes a body on and fails at its end unless it has the wanted SHA-256.
type hashed struct {
	from io.Reader
	sum  hash.Hash
	want string // lower-case hex
}

func (h *hashed) Read(p []byte) (int, error) {
	n, err := h.from.Read(p)
	h.sum.Write(p[:n])
	if err == io.EOF { //nolint:errorlint // readers return io.EOF itself
		got := hex.EncodeToString(h.sum.Sum(nil))
		if subtle.ConstantTimeCompare([]byte(got), []byte(h.want)) != 1 {
			return n, &bailiwick.Error{
				Code: "XAmzContentSHA256Mismatch", Message: "The provided 'x-amz-content-sha256' header does not match what was computed.",
			}
		}
	}
	return n, err
}
