package authn

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// S3 names every failure in its own way, with sentences that depend on where the
// signature was found.
// Sources: S3 API Reference, "Error responses"; answers of S3 as clients' bug
// reports quote them.

// A claim is what a request says of its signer, for the answer that refuses it.
type claim struct {
	from          place
	sig           *sigv4.Signature // nil: it was not even that, or of Version 2
	keyID, token  string           // of the signature, if it had them
	authorization string           // the header
}

// A place is where a signature was found.
type place byte

const (
	inHeader place = iota
	inQuery
	inForm
)

func claimOf(r *http.Request, sig *sigv4.Signature) claim {
	c := claim{authorization: r.Header.Get("Authorization")}.by(sig)
	if c.authorization == "" {
		c.from = inQuery
	}
	return c
}

func (c claim) by(sig *sigv4.Signature) claim {
	if c.sig = sig; sig != nil {
		c.keyID, c.token = sig.AccessKeyID, sig.SessionToken
	}
	return c
}

const (
	malformed     = "AuthorizationHeaderMalformed"
	badParameters = "AuthorizationQueryParametersError"
	oneMechanism  = "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, " +
		"Signature query string parameter or the Authorization header should be specified"
	wellFormed = `the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".`
)

// toldByS3 is told for S3.
func toldByS3(err error, c claim, now time.Time) error {
	var e *sigv4.Error
	if errors.As(err, &e) {
		out := c.refusal(e, now)
		out.Cause = err
		return out
	}
	var b *bailiwick.Error
	if !errors.As(err, &b) {
		return err
	}
	var out *bailiwick.Error
	switch {
	case b.Code == bailiwick.CodeUnknownKey && c.token != "":
		out = refuse(http.StatusBadRequest, "InvalidToken", "The provided token is malformed or otherwise invalid.")
	case b.Code == bailiwick.CodeUnknownKey:
		out = refuse(http.StatusForbidden, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.")
		if c.keyID != "" {
			out.Fields = map[string]any{"AWSAccessKeyId": c.keyID}
		}
	case b.Code == bailiwick.CodeExpiredToken:
		out = refuse(http.StatusBadRequest, "ExpiredToken", "The provided token has expired.")
	default:
		return err
	}
	out.Cause = err
	return out
}

func refuse(status int, code, message string) *bailiwick.Error {
	return &bailiwick.Error{Code: code, Status: status, Message: message}
}

// refusal finds S3's words. What fails before the time is checked is the form of
// the request; the rest is about its truth.
func (c claim) refusal(e *sigv4.Error, now time.Time) *bailiwick.Error {
	switch e.Kind {
	case sigv4.Missing:
		if c.authorization == "" {
			return refuse(0, bailiwick.CodeMissingToken, e.Message)
		}
		// Who sends a password or a token believes to be someone: not anonymous.
		return c.argument("Unsupported Authorization Type", "Authorization", c.authorization)
	case sigv4.Both:
		return c.argument(oneMechanism, "Authorization", c.authorization)
	case sigv4.NoDate:
		return refuse(http.StatusForbidden, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
	case sigv4.UnsignedHost:
		return withFacts(refuse(http.StatusForbidden, "AccessDenied", "There were headers present in the request which were not signed"),
			map[string]string{"HeadersNotSigned": "host"})
	case sigv4.UnsignedHeader:
		return withFacts(refuse(http.StatusForbidden, "AccessDenied", "There were headers present in the request which were not signed"), e.Facts)
	case sigv4.NoPayloadHash:
		return refuse(http.StatusBadRequest, "InvalidRequest", e.Message)
	case sigv4.Expired:
		return c.expired(now)
	case sigv4.NotYet:
		return c.notYet(now)
	case sigv4.Mismatch:
		return c.mismatch(e)
	case sigv4.Incomplete, sigv4.Malformed, sigv4.BadCredential, sigv4.BadAlgorithm, sigv4.BadDate, sigv4.BadExpires, sigv4.BadScope,
		sigv4.BadDay, sigv4.BadTerminator:
		return c.form(e)
	}
	return c.body(e)
}

func (c claim) argument(message, name, value string) *bailiwick.Error {
	return withFacts(refuse(http.StatusBadRequest, "InvalidArgument", message), map[string]string{"ArgumentName": name, "ArgumentValue": value})
}

func withFacts(e *bailiwick.Error, facts map[string]string) *bailiwick.Error {
	if len(facts) > 0 {
		e.Fields = make(map[string]any, len(facts))
		for k, v := range facts {
			e.Fields[k] = v
		}
	}
	return e
}

// form words what is wrong with the form of a signature.
func (c claim) form(e *sigv4.Error) *bailiwick.Error {
	if e.Kind == sigv4.BadAlgorithm && e.Got == "" { // Signature Version 2
		return refuse(http.StatusBadRequest, "InvalidRequest", e.Message)
	}
	switch c.from {
	case inForm:
		if e.Kind == sigv4.Incomplete {
			return c.argument(e.Message, e.Got, "")
		}
	case inQuery:
		switch e.Kind {
		case sigv4.Incomplete:
			return refuse(http.StatusBadRequest, badParameters, "Query-string authentication version 4 requires the X-Amz-Algorithm, "+
				"X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.")
		case sigv4.Malformed, sigv4.BadExpires:
			return refuse(http.StatusBadRequest, badParameters, e.Message)
		}
	case inHeader:
		switch e.Kind {
		case sigv4.BadAlgorithm:
			return c.argument("Unsupported Authorization Type", "Authorization", c.authorization)
		case sigv4.BadDate:
			return refuse(http.StatusForbidden, "AccessDenied", "AWS authentication requires a valid Date or x-amz-date header")
		case sigv4.Incomplete:
			return c.header("the authorization header requires three components: Credential, SignedHeaders, and Signature.")
		case sigv4.Malformed:
			return c.header(e.Message)
		}
		return c.header(c.credential(e))
	}
	switch e.Kind {
	case sigv4.BadAlgorithm:
		return refuse(http.StatusBadRequest, badParameters, `X-Amz-Algorithm only supports "AWS4-HMAC-SHA256 and AWS4-ECDSA-P256-SHA256"`)
	case sigv4.BadDate:
		return refuse(http.StatusBadRequest, badParameters, `X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`)
	}
	return refuse(http.StatusBadRequest, badParameters, "Error parsing the X-Amz-Credential parameter; "+c.credential(e))
}

func (c claim) header(message string) *bailiwick.Error {
	return refuse(http.StatusBadRequest, malformed, "The authorization header is malformed; "+message)
}

// credential words what is wrong with a credential scope.
func (c claim) credential(e *sigv4.Error) string {
	switch {
	case e.Kind == sigv4.BadTerminator:
		return fmt.Sprintf(`incorrect terminal %q. This endpoint uses "aws4_request".`, e.Got)
	case e.Kind == sigv4.BadDay && !eightDigits(e.Got):
		return fmt.Sprintf(`incorrect date format %q. This date in the credential must be in the format "yyyyMMdd".`, e.Got)
	case e.Kind == sigv4.BadDay:
		return fmt.Sprintf(`Invalid credential date %q. This date is not the same as X-Amz-Date: %q.`, e.Got, e.Want)
	case e.Kind == sigv4.BadScope && c.sig != nil && c.sig.Service != "s3":
		return fmt.Sprintf(`incorrect service %.64q. This endpoint belongs to "s3".`, c.sig.Service)
	}
	return wellFormed
}

func eightDigits(s string) bool {
	_, err := strconv.ParseUint(s, 10, 32)
	return err == nil && len(s) == 8
}

const stamp = "2006-01-02T15:04:05Z"

func (c claim) expired(now time.Time) *bailiwick.Error {
	switch c.from {
	case inForm:
		return refuse(http.StatusForbidden, "AccessDenied", "Invalid according to Policy: Policy expired.")
	case inQuery:
		return withFacts(refuse(http.StatusForbidden, "AccessDenied", "Request has expired"), map[string]string{
			"X-Amz-Expires": strconv.Itoa(int(c.sig.Expires / time.Second)),
			"Expires":       c.sig.Time.Add(c.sig.Expires).UTC().Format(stamp), "ServerTime": now.UTC().Format(stamp),
		})
	case inHeader:
	}
	return c.skewed(now)
}

func (c claim) notYet(now time.Time) *bailiwick.Error {
	if c.from != inQuery {
		return c.skewed(now)
	}
	return withFacts(refuse(http.StatusForbidden, "AccessDenied", "Request is not yet valid"), map[string]string{
		"X-Amz-Date": strconv.FormatInt(c.sig.Time.UnixMilli(), 10),
		"Expires":    c.sig.Time.Add(c.sig.Expires).UTC().Format(stamp), "ServerTime": now.UTC().Format(stamp),
	})
}

func (c claim) skewed(now time.Time) *bailiwick.Error {
	return withFacts(
		refuse(http.StatusForbidden, "RequestTimeTooSkewed", "The difference between the request time and the current time is too large."),
		map[string]string{
			"RequestTime": c.sig.Time.UTC().Format("20060102T150405Z"), "ServerTime": now.UTC().Format(stamp),
			"MaxAllowedSkewMilliseconds": strconv.FormatInt(sigv4.Skew.Milliseconds(), 10),
		})
}

func (c claim) mismatch(e *sigv4.Error) *bailiwick.Error {
	out := refuse(http.StatusForbidden, "SignatureDoesNotMatch",
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.")
	facts := map[string]string{}
	if c.sig != nil {
		facts["AWSAccessKeyId"], facts["SignatureProvided"] = c.sig.AccessKeyID, c.sig.Signature
	}
	if e.StringToSign != "" {
		facts["StringToSign"], facts["StringToSignBytes"] = e.StringToSign, hexes(e.StringToSign)
	}
	if e.CanonicalRequest != "" {
		facts["CanonicalRequest"], facts["CanonicalRequestBytes"] = e.CanonicalRequest, hexes(e.CanonicalRequest)
	}
	return withFacts(out, facts)
}

// hexes prints bytes as S3 does: "41 57 53".
func hexes(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(hex.EncodeToString([]byte{s[i]}))
	}
	return b.String()
}

// body words what is wrong with a body, or with what is declared of it.
func (c claim) body(e *sigv4.Error) *bailiwick.Error {
	switch e.Kind {
	case sigv4.Payload:
		return withFacts(refuse(http.StatusBadRequest, "XAmzContentSHA256Mismatch", e.Message),
			map[string]string{"ClientComputedContentSHA256": e.Got, "S3ComputedContentSHA256": e.Want})
	case sigv4.PayloadForm:
		value := ""
		if c.sig != nil {
			value = c.sig.PayloadHash
		}
		return c.argument("x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "+
			"STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
			"x-amz-content-sha256", fmt.Sprintf("%.128s", value))
	case sigv4.NoLength:
		return refuse(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
	case sigv4.Announcement:
		return refuse(http.StatusBadRequest, "InvalidRequest", "The value specified in the x-amz-trailer header is not supported")
	case sigv4.Framing, sigv4.Length:
		return withFacts(refuse(http.StatusBadRequest, "IncompleteBody", e.Message), e.Facts)
	case sigv4.ChunkSize:
		return withFacts(refuse(http.StatusForbidden, "InvalidChunkSizeError", e.Message), e.Facts)
	case sigv4.Trailer:
		return refuse(http.StatusBadRequest, "MalformedTrailerError", e.Message)
	}
	return refuse(http.StatusBadRequest, "InvalidRequest", e.Message)
}
