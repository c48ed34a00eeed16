package restxml

import (
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

// common are S3's names for what all services share, their HTTP status, and the
// sentence for an Error that has none.
var common = map[string]struct {
	name    string
	status  int
	message string
}{
	bailiwick.CodeAccessDenied:        {"AccessDenied", http.StatusForbidden, "Access Denied"},
	bailiwick.CodeMissingToken:        {"AccessDenied", http.StatusForbidden, "Access Denied"},
	bailiwick.CodeIncompleteSignature: {"AuthorizationHeaderMalformed", http.StatusBadRequest, "The authorization header is malformed."},
	bailiwick.CodeBadSignature: {
		"SignatureDoesNotMatch", http.StatusForbidden,
		"The request signature we calculated does not match the signature you provided. Check your key and signing method.",
	},
	bailiwick.CodeUnknownKey:       {"InvalidAccessKeyId", http.StatusForbidden, "The AWS Access Key Id you provided does not exist in our records."},
	bailiwick.CodeExpiredToken:     {"ExpiredToken", http.StatusBadRequest, "The provided token has expired."},
	bailiwick.CodeUnknownOperation: {"MethodNotAllowed", http.StatusMethodNotAllowed, "The specified method is not allowed against this resource."},
	bailiwick.CodeSerialization:    {"InvalidRequest", http.StatusBadRequest, ""},
	bailiwick.CodeValidation:       {"InvalidArgument", http.StatusBadRequest, ""},
	bailiwick.CodeTooLarge:         {"EntityTooLarge", http.StatusBadRequest, "Your proposed upload exceeds the maximum allowed size"},
	bailiwick.CodeBusy:             {"SlowDown", http.StatusServiceUnavailable, "Please reduce your request rate."},
	bailiwick.CodeInternal:         {"InternalError", http.StatusInternalServerError, "We encountered an internal error. Please try again."},
}

// Fail prints an error with its further fields as elements (BucketName, Key,
// Resource), or in headers where wire.InHeader says so. 304 has no body; that of an answer to HEAD is not sent by net/http.
func (p *Protocol) Fail(err *bailiwick.Error, requestID string) wire.Response {
	code, status, message := err.Code, http.StatusBadRequest, err.Message
	if c, ok := common[code]; ok {
		code, status = c.name, c.status
		if message == "" {
			message = c.message
		}
	}
	if err.Status != 0 {
		status = err.Status
	}
	w := new(printer)
	w.WriteString(declaration + "<Error>")
	w.leaf("Code", code)
	w.leaf("Message", message)
	resp := wire.Response{Status: status, Header: header(requestID)}
	fields := wire.ErrorHeader(err, resp.Header)
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		text, e := fieldText(fields[name])
		// What has no form on the wire is left out: there is no better error to give.
		if e == nil && isName(name) && !slices.Contains([]string{"Code", "Message", "RequestId", "HostId"}, name) {
			w.leaf(name, text)
		}
	}
	w.leaf("RequestId", requestID)
	w.leaf("HostId", hostID(requestID))
	w.WriteString("</Error>")
	if status != http.StatusNotModified {
		resp.Header["Content-Type"] = []string{"application/xml"}
		resp.Body = w.Bytes()
	}
	return resp
}

func fieldText(value any) (string, error) {
	v := reflect.ValueOf(value)
	if absent(v) {
		return "", fmt.Errorf("no value")
	}
	return wire.PrintText(v, "")
}
