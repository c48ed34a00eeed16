package awsquery

import (
	"net/http"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

// common are the names that the services of this protocol share, their HTTP
// status, and the sentence for an Error that has none.
var common = map[string]struct {
	name    string
	status  int
	message string
}{
	bailiwick.CodeAccessDenied:        {"AccessDenied", http.StatusForbidden, ""},
	bailiwick.CodeMissingToken:        {"MissingAuthenticationToken", http.StatusForbidden, "Request is missing Authentication Token"},
	bailiwick.CodeIncompleteSignature: {"IncompleteSignature", http.StatusBadRequest, ""},
	bailiwick.CodeBadSignature:        {"SignatureDoesNotMatch", http.StatusForbidden, "The request signature we calculated does not match the signature you provided."},
	bailiwick.CodeUnknownKey:          {"InvalidClientTokenId", http.StatusForbidden, "The security token included in the request is invalid."},
	bailiwick.CodeExpiredToken:        {"ExpiredToken", http.StatusForbidden, "The security token included in the request is expired"},
	bailiwick.CodeUnknownOperation:    {"InvalidAction", http.StatusBadRequest, "The action is not valid for this web service"},
	bailiwick.CodeSerialization:       {"MalformedInput", http.StatusBadRequest, ""},
	bailiwick.CodeValidation:          {"ValidationError", http.StatusBadRequest, ""},
	bailiwick.CodeTooLarge:            {"RequestEntityTooLarge", http.StatusRequestEntityTooLarge, ""},
	bailiwick.CodeBusy:                {"ServiceUnavailable", http.StatusServiceUnavailable, ""},
	bailiwick.CodeInternal:            {"InternalFailure", http.StatusInternalServerError, "Internal server error"},
}

// Fail prints an error. Clients read Type to tell whose fault it was.
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
	fault := "Sender"
	if status >= http.StatusInternalServerError {
		fault = "Receiver"
	}
	w := new(printer)
	w.root("ErrorResponse", p.Namespace)
	w.open("Error")
	w.leaf("Type", fault)
	w.leaf("Code", code)
	w.leaf("Message", message)
	w.close("Error")
	w.leaf("RequestId", requestID)
	w.close("ErrorResponse")
	return response(status, w.Bytes(), requestID)
}
