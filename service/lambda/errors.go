package lambda

import (
	"net/http"

	"github.com/bailiwick-project/bailiwick"
)

// Codes of Lambda. Source: the API model, "errors".
const (
	codeConflict     = "ResourceConflictException"
	codeInvalid      = "InvalidParameterValueException"
	codeNotFound     = "ResourceNotFoundException"
	codePrecondition = "PreconditionFailedException"
	codeThrottled    = "TooManyRequestsException"
	codeTooLarge     = "RequestTooLargeException"
	codeContent      = "InvalidRequestContentException"
	codePolicyLength = "PolicyLengthExceededException"
	codeService      = "ServiceException"
	codeRuntime      = "InvalidRuntimeException"
)

// statuses are the HTTP statuses of the codes that are not 400.
var statuses = map[string]int{
	codeConflict:     http.StatusConflict,
	codeNotFound:     http.StatusNotFound,
	codePrecondition: http.StatusPreconditionFailed,
	codeThrottled:    http.StatusTooManyRequests,
	codeTooLarge:     http.StatusRequestEntityTooLarge,
	codeService:      http.StatusInternalServerError,
	codeRuntime:      http.StatusBadGateway,
	"ProvisionedConcurrencyConfigNotFoundException": http.StatusNotFound,
}

func invalid(format string, args ...any) *bailiwick.Error {
	return bailiwick.Errorf(codeInvalid, format, args...)
}

// unsupported refuses a member that would have an effect at AWS and has none here.
func unsupported(member string) *bailiwick.Error {
	return invalid("%s is not supported.", member)
}

func notFound(r ref) *bailiwick.Error {
	return bailiwick.Errorf(codeNotFound, "Function not found: %s", r.arn())
}

func noAlias(r ref) *bailiwick.Error {
	return bailiwick.Errorf(codeNotFound, "Cannot find alias arn: %s", r.arn())
}

func noResource() *bailiwick.Error {
	return bailiwick.Errorf(codeNotFound, "The resource you requested does not exist.")
}

func stale(api string) *bailiwick.Error {
	return bailiwick.Errorf(codePrecondition,
		"The Revision Id provided does not match the latest Revision Id. Call the %s API to retrieve the latest Revision Id", api)
}

func throttled(reason string) *bailiwick.Error {
	return &bailiwick.Error{Code: codeThrottled, Message: "Rate Exceeded.", Fields: map[string]any{"Reason": reason}}
}
