package apigatewayv2

import (
	"net/http"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire/restjson"
)

// style is how API Gateway V2 spells its errors.
// Source: API Gateway V2 API Reference, errors of each operation.
var style = restjson.Style{
	Member: "message", Validation: codeBad, Busy: "TooManyRequestsException",
	Status: map[string]int{codeBad: http.StatusBadRequest, codeNotFound: http.StatusNotFound, codeConflict: http.StatusConflict},
}

const (
	codeBad      = "BadRequestException"
	codeNotFound = "NotFoundException"
	codeConflict = "ConflictException"
)

func bad(format string, args ...any) error { return bailiwick.Errorf(codeBad, format, args...) }

// notOffered is told of what would change who may call an API or what answers.
func notOffered(what string) error {
	return bailiwick.Errorf(codeBad, "%s: not supported by this server.", what)
}

func conflict(format string, args ...any) error {
	return bailiwick.Errorf(codeConflict, format, args...)
}

// errNo is AWS's sentence of a missing part of an API.
func errNo(noun, id string) error {
	return bailiwick.Errorf(codeNotFound, "Unable to find %s by ID %.128s.", noun, id)
}

func errNoAPI(call *bailiwick.Call, id string) error {
	return bailiwick.Errorf(codeNotFound, "Invalid API identifier specified %s:%.128s", call.Account, id)
}
