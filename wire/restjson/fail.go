package restjson

import (
	"maps"
	"net/http"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
	"github.com/bailiwick-project/bailiwick/wire/awsjson"
)

// A Style is how one service spells its errors. The zero Style is API Gateway's.
//
// Lambda's:
//
//	restjson.Style{Member: "Message", Type: true}
type Style struct {
	Member     string         // holds the sentence of the service's own errors; default "message"
	Type       bool           // own errors say whose fault it was: "Type": "User" or "Service"
	Validation string         // name for CodeValidation; default ValidationException
	Internal   string         // name for CodeInternal; default InternalFailure
	Busy       string         // name for CodeBusy; default ServiceUnavailableException
	Status     map[string]int // HTTP status of own codes, where an Error brings none; default 400
}

// common are the names that all services of this protocol share, their HTTP
// status, the member with the sentence, and the sentence for an Error that has
// none. They are answered before the service itself is reached, and so do not
// follow its style.
var common = map[string]struct {
	name    string
	status  int
	member  string
	message string
}{
	bailiwick.CodeAccessDenied:        {"AccessDeniedException", http.StatusForbidden, "Message", ""},
	bailiwick.CodeMissingToken:        {"MissingAuthenticationTokenException", http.StatusForbidden, "message", "Missing Authentication Token"},
	bailiwick.CodeIncompleteSignature: {"IncompleteSignatureException", http.StatusForbidden, "message", ""},
	bailiwick.CodeBadSignature: {
		"InvalidSignatureException", http.StatusForbidden, "message",
		"The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.",
	},
	bailiwick.CodeUnknownKey:       {"UnrecognizedClientException", http.StatusForbidden, "message", "The security token included in the request is invalid."},
	bailiwick.CodeExpiredToken:     {"ExpiredTokenException", http.StatusForbidden, "message", "The security token included in the request is expired"},
	bailiwick.CodeUnknownOperation: {"UnknownOperationException", http.StatusNotFound, "message", "The method and the URI name no operation."},
	bailiwick.CodeSerialization:    {"SerializationException", http.StatusBadRequest, "message", ""},
	bailiwick.CodeValidation:       {"ValidationException", http.StatusBadRequest, "message", ""},
	bailiwick.CodeTooLarge:         {"RequestEntityTooLargeException", http.StatusRequestEntityTooLarge, "message", ""},
	bailiwick.CodeBusy:             {"ServiceUnavailableException", http.StatusServiceUnavailable, "message", ""},
	bailiwick.CodeInternal:         {"InternalFailure", http.StatusInternalServerError, "message", "Internal server error"},
}

// Fail prints an error: its name in X-Amzn-ErrorType, the sentence and further
// fields in the body, or in headers where wire.InHeader says so.
func (p *Protocol) Fail(err *bailiwick.Error, requestID string) wire.Response {
	name, status, member, message := p.Style.spell(err)
	header := http.Header{
		"Content-Type":     {"application/json"},
		"X-Amzn-Errortype": {name},
		"X-Amzn-Requestid": {requestID},
	}
	fields := wire.ErrorHeader(err, header)
	maps.DeleteFunc(fields, func(k string, _ any) bool { return strings.EqualFold(k, "message") })
	if message != "" {
		fields[member] = message
	}
	if _, shared := common[canonical(err.Code)]; p.Style.Type && !shared && fields["Type"] == nil {
		fields["Type"] = fault(status)
	}
	body, e := awsjson.Marshal(fields)
	if e != nil { // a field without a form on the wire; there is no better error to give
		body, _ = awsjson.Marshal(map[string]string{member: message})
	}
	return wire.Response{Status: status, Body: body, Header: header}
}

func fault(status int) string {
	if status >= http.StatusInternalServerError {
		return "Service"
	}
	return "User"
}

func (s Style) spell(err *bailiwick.Error) (name string, status int, member, message string) {
	code := canonical(err.Code)
	name, status, member, message = err.Code, http.StatusBadRequest, or(s.Member, "message"), err.Message
	if own := s.Status[err.Code]; own != 0 {
		status = own
	}
	if c, ok := common[code]; ok {
		name, status, member, message = c.name, c.status, c.member, or(message, c.message)
	}
	switch code {
	case bailiwick.CodeValidation:
		name = or(s.Validation, name)
	case bailiwick.CodeInternal:
		name = or(s.Internal, name)
	case bailiwick.CodeBusy:
		name = or(s.Busy, name)
	}
	if err.Status != 0 {
		status = err.Status
	}
	return name, status, member, message
}

// canonical finds the constant for a common code that a slice spelled out, so
// that AccessDeniedException looks the same whoever raised it.
func canonical(code string) string {
	for constant, c := range common {
		if c.name == code {
			return constant
		}
	}
	return code
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
