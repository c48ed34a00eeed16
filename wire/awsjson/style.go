package awsjson

import (
	"net/http"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// A Style is how one service spells its errors. The zero Style gives bare names.
//
// DynamoDB's, as an example (names recorded from AWS):
//
//	awsjson.Style{
//		Own:        "com.amazonaws.dynamodb.v20120810#",
//		Common:     "com.amazon.coral.service#",
//		Validation: "com.amazon.coral.validate#ValidationException",
//		Internal:   "com.amazonaws.dynamodb.v20120810#InternalServerError",
//		Capital:    []string{bailiwick.CodeAccessDenied, bailiwick.CodeSerialization},
//	}
type Style struct {
	Own        string   // put before the service's own codes
	Common     string   // put before the codes that all services share
	Validation string   // whole name for CodeValidation; default Common + ValidationException
	Internal   string   // whole name for CodeInternal; default Common + InternalErrorException
	Capital    []string // Code constants whose sentence stands in "Message" instead of "message"
	TypeHeader bool     // repeat the bare name in X-Amzn-Errortype, as Cognito does
}

// common are the names that all services of these protocols share, their HTTP
// status, and the sentence for an Error that has none.
var common = map[string]struct {
	name    string
	status  int
	message string
}{
	bailiwick.CodeAccessDenied:        {"AccessDeniedException", http.StatusBadRequest, ""},
	bailiwick.CodeMissingToken:        {"MissingAuthenticationTokenException", http.StatusBadRequest, "Missing Authentication Token"},
	bailiwick.CodeIncompleteSignature: {"IncompleteSignatureException", http.StatusBadRequest, ""},
	bailiwick.CodeBadSignature:        {"InvalidSignatureException", http.StatusBadRequest, "The request signature we calculated does not match the signature you provided."},
	bailiwick.CodeUnknownKey:          {"UnrecognizedClientException", http.StatusBadRequest, "The security token included in the request is invalid."},
	bailiwick.CodeExpiredToken:        {"ExpiredTokenException", http.StatusBadRequest, "The security token included in the request is expired"},
	bailiwick.CodeUnknownOperation:    {"UnknownOperationException", http.StatusBadRequest, ""},
	bailiwick.CodeSerialization:       {"SerializationException", http.StatusBadRequest, ""},
	bailiwick.CodeValidation:          {"ValidationException", http.StatusBadRequest, ""},
	bailiwick.CodeTooLarge:            {"RequestEntityTooLargeException", http.StatusRequestEntityTooLarge, ""},
	bailiwick.CodeBusy:                {"ServiceUnavailable", http.StatusServiceUnavailable, ""},
	bailiwick.CodeInternal:            {"InternalErrorException", http.StatusInternalServerError, "Internal server error"},
}

// A spelling is one error as it goes over the wire.
type spelling struct {
	typ     string // value of __type
	status  int
	message string
	member  string // that holds the message
}

func (s Style) spell(err *bailiwick.Error) spelling {
	code := canonical(err.Code)
	out := spelling{typ: s.Own + err.Code, status: http.StatusBadRequest, message: err.Message, member: "message"}
	if c, ok := common[code]; ok {
		out.typ, out.status = s.Common+c.name, c.status
		if out.message == "" {
			out.message = c.message
		}
	}
	switch {
	case s.Validation != "" && (code == bailiwick.CodeValidation || bare(s.Validation) == err.Code):
		out.typ = s.Validation
	case s.Internal != "" && (code == bailiwick.CodeInternal || bare(s.Internal) == err.Code):
		out.typ, out.status = s.Internal, http.StatusInternalServerError
	}
	if slices.Contains(s.Capital, code) {
		out.member = "Message"
	}
	if err.Status != 0 {
		out.status = err.Status
	}
	return out
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

// bare is the name behind the namespace.
func bare(typ string) string { return typ[strings.IndexByte(typ, '#')+1:] }
