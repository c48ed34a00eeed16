package apigateway

import (
	"errors"
	"net/http"

	"github.com/bailiwick-project/bailiwick"
)

// Errors without parts. They are never changed.
var (
	errNoResource            = notFound("Invalid Resource identifier specified")
	errNoMethod              = notFound("Invalid Method identifier specified")
	errNoIntegration         = notFound("Invalid Integration identifier specified")
	errNoResponse            = notFound("Invalid Response status code specified")
	errNoDeployment          = notFound("Invalid Deployment identifier specified")
	errNoStage               = notFound("Invalid stage identifier specified")
	errNoValidator           = notFound("Invalid Request Validator identifier specified")
	errNoGatewayResponse     = notFound("Invalid Response type specified")
	errNoAuthorizer          = notFound("Invalid Authorizer identifier specified")
	errBadAuthorizer         = bad("Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer.")
	errActiveStages          = bad("Active stages pointing to this deployment must be moved or deleted")
	errNoMethods             = bad("The REST API doesn't contain any methods")
	errNoMethodIntegration   = bad("No integration defined for method")
	errDeploymentMissing     = bad("Deployment id does not exist")
	errMethodExists          = conflict("Method already exists for this resource")
	errMethodResponseExists  = conflict("Response already exists for this resource")
	errStageExists           = conflict("Stage already exists")
	errPosition              = bad("Invalid position parameter specified")
	errNoImport              = bad("The import of API definitions is not offered. Create resources, methods and integrations one by one.")
	errTooLarge              = limit("The definition of the API is too large.")
	errMethodResponseMissing = bad("Invalid mapping expression specified: Validation Result: warnings : [], errors : [No method response exists for method.]")
)

// errChanged is told when what a decision was made on is not so any more. SDKs
// try again, and the request is decided anew.
var errChanged = bailiwick.Errorf(bailiwick.CodeBusy, "The API was changed while the request was decided. Try again.")

// AWS's codes.
const (
	codeNotFound = "NotFoundException"
	codeBad      = "BadRequestException"
	codeConflict = "ConflictException"
	codeLimit    = "LimitExceededException"
)

func failure(code string, status int, format string, args []any) error {
	e := bailiwick.Errorf(code, format, args...)
	e.Status = status
	return e
}

func notFound(format string, args ...any) error {
	return failure(codeNotFound, http.StatusNotFound, format, args)
}

func bad(format string, args ...any) error {
	return failure(codeBad, http.StatusBadRequest, format, args)
}

func conflict(format string, args ...any) error {
	return failure(codeConflict, http.StatusConflict, format, args)
}

func limit(message string) error {
	return failure(codeLimit, http.StatusTooManyRequests, "%s", []any{message})
}

func noAPI(call *bailiwick.Call, id string) error {
	return notFound("Invalid API identifier specified %s:%s", call.Account, clip(id))
}

// clip keeps a caller's word within what a message repeats.
func clip(s string) string {
	if len(s) > 256 {
		return s[:256] + "..."
	}
	return s
}

func isNotFound(err error) bool {
	var e *bailiwick.Error
	return errors.As(err, &e) && e.Code == codeNotFound
}
