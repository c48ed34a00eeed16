package executeapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
)

// challengeField carries the WWW-Authenticate header of an Error.
const challengeField = "www-authenticate"

// codes of failures that only this data plane has. They are the values of
// x-amzn-ErrorType.
// Source: API Gateway Developer Guide, "Gateway response types for API Gateway".
const (
	codeForbidden    = "ForbiddenException"
	codeNoToken      = "MissingAuthenticationTokenException"
	codeNotFound     = "NotFoundException"
	codeBadRequest   = "BadRequestException"
	codeUnauthorized = "UnauthorizedException"
	codeServerError  = "InternalServerErrorException"
	codeUnavailable  = "ServiceUnavailableException"
	codeLoop         = "LoopDetectedException"
)

func errForbidden() error { return told(codeForbidden, http.StatusForbidden, "Forbidden") }

func errBadRequest() error { return told(codeBadRequest, http.StatusBadRequest, "Bad Request") }

// errNoRoute is what an unknown path or method is answered. A REST API says the
// same as where a signature is missing.
func (p *protocol) errNoRoute() error {
	if p.kind == gateway.REST {
		return told(codeNoToken, http.StatusForbidden, "Missing Authentication Token")
	}
	return told(codeNotFound, http.StatusNotFound, "Not Found")
}

func (p *protocol) errNoStage() error {
	if p.kind == gateway.REST {
		return errForbidden()
	}
	return told(codeNotFound, http.StatusNotFound, "Not Found")
}

func told(code string, status int, message string) *bailiwick.Error {
	return &bailiwick.Error{Code: code, Status: status, Message: message}
}

// A failure is an Error in the words of the data plane.
type failure struct {
	status  int
	kind    string // x-amzn-ErrorType
	message string
	capital bool // "Message", as the policy engine of REST APIs has it
}

func (f failure) body() []byte {
	out, err := json.Marshal(f.message)
	if err != nil {
		out = []byte(`""`)
	}
	name := `{"message":`
	if f.capital {
		name = `{"Message":`
	}
	return append(append([]byte(name), out...), '}')
}

// failure finds AWS's words. HTTP APIs tell less: every refusal is Forbidden.
func (p *protocol) failure(e *bailiwick.Error) failure {
	rest := p.kind == gateway.REST
	switch e.Code {
	case bailiwick.CodeMissingToken:
		return p.refused(rest, codeNoToken, "Missing Authentication Token")
	case bailiwick.CodeIncompleteSignature:
		return p.refused(rest, "IncompleteSignatureException", e.Message)
	case bailiwick.CodeBadSignature:
		return p.refused(rest, "InvalidSignatureException", e.Message)
	case bailiwick.CodeUnknownKey:
		return p.refused(rest, "UnrecognizedClientException", e.Message)
	case bailiwick.CodeExpiredToken:
		return p.refused(rest, "ExpiredTokenException", e.Message)
	case bailiwick.CodeAccessDenied:
		f := p.refused(rest, "AccessDeniedException", mask(e.Message))
		f.capital = rest
		return f
	case bailiwick.CodeTooLarge:
		if rest {
			return failure{status: http.StatusRequestEntityTooLarge, kind: "RequestTooLargeException", message: "Request Too Long"}
		}
		return failure{status: http.StatusRequestEntityTooLarge, message: "Request Entity Too Large"}
	case bailiwick.CodeBusy:
		return failure{status: http.StatusTooManyRequests, kind: "TooManyRequestsException", message: "Too Many Requests"}
	case bailiwick.CodeSerialization, bailiwick.CodeValidation:
		return failure{status: http.StatusBadRequest, kind: codeBadRequest, message: "Bad Request"}
	case bailiwick.CodeInternal, bailiwick.CodeUnknownOperation:
		return p.serverError(http.StatusInternalServerError)
	}
	return failure{status: e.Status, kind: e.Code, message: e.Message}
}

func (p *protocol) refused(rest bool, kind, message string) failure {
	if !rest {
		return failure{status: http.StatusForbidden, message: "Forbidden"}
	}
	return failure{status: http.StatusForbidden, kind: kind, message: message}
}

// serverError is in each kind's own spelling.
func (p *protocol) serverError(status int) failure {
	if p.kind == gateway.REST {
		return failure{status: status, kind: codeServerError, message: "Internal server error"}
	}
	return failure{status: status, message: "Internal Server Error"}
}

// errServer is told of an integration that cannot be asked or answers nonsense.
func (p *protocol) errServer(status int) error {
	f := p.serverError(status)
	return told(codeServerError, status, f.message)
}

// mask hides the account in the resource that a refusal names: its last four
// digits remain.
func mask(message string) string {
	const on = " on resource: arn:aws:execute-api:"
	before, after, ok := strings.Cut(message, on)
	region, rest, ok2 := strings.Cut(after, ":")
	account, path, ok3 := strings.Cut(rest, ":")
	if !ok || !ok2 || !ok3 || len(account) <= 4 {
		return message
	}
	return before + on + region + ":" + strings.Repeat("*", len(account)-4) + account[len(account)-4:] + ":" + path
}
