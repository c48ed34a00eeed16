package bailiwick

import "fmt"

// An Error is a failure that the client is told about. Every other error is
// logged whole and told as an internal error without details.
type Error struct {
	Code    string         // AWS's code, or one of the Code constants, which each protocol spells its own way
	Status  int            // HTTP status; 0: what the protocol uses for the code (400 where it has no opinion)
	Message string         // AWS's sentence
	Fields  map[string]any // further members of the error shape, such as Item of ConditionalCheckFailedException
	Cause   error          // logged, never sent
}

func (e *Error) Error() string { return e.Code + ": " + e.Message }
func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error of AWS's code and sentence.
func Errorf(code, format string, args ...any) *Error {
	if len(args) == 0 {
		return &Error{Code: code, Message: format}
	}
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// Codes that AWS's protocols spell differently: DynamoDB answers
// com.amazon.coral.service#AccessDeniedException where STS answers AccessDenied.
// Source: "Common errors" pages of the API references.
const (
	CodeAccessDenied        = "bailiwick:AccessDenied"
	CodeMissingToken        = "bailiwick:MissingAuthenticationToken"
	CodeIncompleteSignature = "bailiwick:IncompleteSignature"
	CodeBadSignature        = "bailiwick:SignatureDoesNotMatch" // also skewed clocks and wrong scopes
	CodeUnknownKey          = "bailiwick:InvalidClientTokenId"  // also broken session tokens and inactive keys
	CodeExpiredToken        = "bailiwick:ExpiredToken"
	CodeUnknownOperation    = "bailiwick:UnknownOperation"
	CodeSerialization       = "bailiwick:Serialization" // the body is not what the protocol says
	CodeValidation          = "bailiwick:Validation"    // a constraint of the API model is not satisfied
	CodeTooLarge            = "bailiwick:RequestTooLarge"
	CodeBusy                = "bailiwick:Busy" // try again
	CodeInternal            = "bailiwick:Internal"
)
