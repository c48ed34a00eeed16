package authn

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"os"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/sigv2"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// AuthenticateStream verifies a signature before the body came. The reader gives
// the body and ends with io.EOF only if it is what was signed: the declared
// SHA-256, or chunks that are signed each. S3 alone takes those, and bodies that
// are declared unsigned, as AWS does. The reader is a bailiwick.Trailers and an
// io.Closer.
//
// A request to S3 without any signature fails with CodeMissingToken and has a
// reader too, for services that anonymous callers may reach.
func (a *Authenticator) AuthenticateStream(ctx context.Context, r *http.Request, service string) (bailiwick.Signer, io.Reader, error) {
	if service == "s3" && sigv2.Claims(r) {
		return a.streamV2(ctx, r)
	}
	var key sigv4.SigningKey
	signer, sig, err := a.authenticate(ctx, r, service, func(sig *sigv4.Signature, k sigv4.SigningKey) error {
		key = k
		return sig.VerifyDeclared(r, k, forms(sig, service)...)
	})
	if err != nil {
		var e *bailiwick.Error
		if service == "s3" && errors.As(err, &e) && e.Code == bailiwick.CodeMissingToken {
			body, broken := a.unsigned(r)
			if broken != nil {
				return signer, nil, broken
			}
			return signer, body, err
		}
		return signer, nil, err
	}
	b := &body{from: r.Body, length: r.ContentLength, told: told, s3: service == "s3"}
	if b.s3 {
		b.told = func(err error) error { return toldByS3(err, claimOf(r, sig), a.Now()) }
	}
	switch {
	case sig.PayloadHash == sigv4.UnsignedPayload:
	case sigv4.Streaming(sig.PayloadHash):
		if err := b.unframe(sig.Chunks(r, key)); err != nil {
			return bailiwick.Signer{Who: bailiwick.Anonymous()}, nil, b.told(err)
		}
	default:
		b.sum, b.want = sha256.New(), sig.PayloadHash
	}
	return signer, b, nil
}

// forms lists what x-amz-content-sha256 may say beside a SHA-256. A presigned URL
// is good for more than one body, and signs none in chunks.
func forms(sig *sigv4.Signature, service string) []string {
	switch {
	case service != "s3":
		return nil
	case sig.Presigned:
		return []string{sigv4.UnsignedPayload}
	}
	return []string{sigv4.UnsignedPayload, sigv4.StreamingSigned, sigv4.StreamingSignedTrailer, sigv4.StreamingUnsignedTrailer}
}

// unsigned is the body of a request that nobody signed. It may be framed, for the
// sake of checksums behind it.
func (a *Authenticator) unsigned(r *http.Request) (*body, error) {
	b := &body{from: r.Body, length: r.ContentLength, s3: true}
	b.told = func(err error) error { return toldByS3(err, claimOf(r, nil), a.Now()) }
	switch hash := r.Header.Get("X-Amz-Content-Sha256"); {
	case hash == sigv4.StreamingUnsignedTrailer, hash == "" && framed(r.Header):
		if err := b.unframe(sigv4.UnsignedChunks(r)); err != nil {
			return nil, b.told(err)
		}
	case sigv4.Streaming(hash):
		return nil, refuse(http.StatusBadRequest, "InvalidRequest", hash+" needs a signature in the Authorization header.")
	case len(hash) == hex.EncodedLen(sha256.Size):
		b.sum, b.want = sha256.New(), hash
	}
	return b, nil
}

func framed(h http.Header) bool {
	for _, v := range h["Content-Encoding"] {
		for e := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(e), "aws-chunked") {
				return true
			}
		}
	}
	return false
}

// A body passes bytes on and fails at their end if they are not what was signed.
type body struct {
	from   io.ReadCloser
	length int64         // -1: unknown
	sum    hash.Hash     // nil: nothing is declared
	want   string        // lower-case hex
	chunks *sigv4.Chunks // nil: not framed
	s3     bool
	told   func(err error) error // gives failures the words of the service
	failed error
}

func (b *body) unframe(c *sigv4.Chunks, err error) error {
	if err != nil {
		return err
	}
	b.from, b.chunks, b.length = c, c, c.Length()
	return nil
}

// Read is io.Reader's.
func (b *body) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	n, err := b.from.Read(p)
	if b.sum != nil {
		b.sum.Write(p[:n])
	}
	switch {
	case err == nil:
		return n, nil
	case err == io.EOF: //nolint:errorlint // readers return io.EOF itself
		err = b.whole()
	case errors.Is(err, io.ErrUnexpectedEOF): // shorter than Content-Length
		err = b.cut(err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		err = &bailiwick.Error{
			Code: "RequestTimeout", Status: http.StatusBadRequest, Cause: err, Message: "Your socket connection to the server was not " +
				"read from or written to within the timeout period. Idle connections will be closed.",
		}
	}
	if err != io.EOF { //nolint:errorlint // as above
		err = b.told(err)
		b.failed = err
	}
	return n, err
}

func (b *body) cut(err error) error {
	if b.s3 {
		return &sigv4.Error{Kind: sigv4.Framing, Message: "The request body terminated unexpectedly"}
	}
	return &bailiwick.Error{Code: bailiwick.CodeSerialization, Message: "The body could not be read.", Cause: err}
}

// whole is io.EOF if the bytes are what was declared.
func (b *body) whole() error {
	if b.sum == nil {
		return io.EOF
	}
	got := hex.EncodeToString(b.sum.Sum(nil))
	if subtle.ConstantTimeCompare([]byte(got), []byte(b.want)) == 1 {
		return io.EOF
	}
	return &sigv4.Error{
		Kind: sigv4.Payload, Message: "The provided 'x-amz-content-sha256' header does not match what was computed.", Got: b.want, Want: got,
	}
}

// Close is io.Closer's.
func (b *body) Close() error { return b.from.Close() }

// DecodedLength is bailiwick.Trailers'.
func (b *body) DecodedLength() (int64, bool) { return b.length, b.length >= 0 }

// Trailer is bailiwick.Trailers'.
func (b *body) Trailer(name string) (string, bool) {
	if b.chunks == nil {
		return "", false
	}
	return b.chunks.Trailer(name)
}
