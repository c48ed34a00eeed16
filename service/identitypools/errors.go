package identitypools

import (
	"errors"

	"github.com/bailiwick-project/bailiwick"
)

// Errors without parts. They are never changed.
var (
	errUnsupportedToken = bailiwick.Errorf(codeNotAuthorized, "Token is not from a supported provider of this identity pool.")
	errNoGuests         = bailiwick.Errorf(codeNotAuthorized, "Unauthenticated access is not supported for this identity pool.")
	errLoginsMismatch   = bailiwick.Errorf(codeNotAuthorized, "Logins don't match. Please include at least one valid login for this identity or identity pool.")
	errInactive         = bailiwick.Errorf(codeNotAuthorized, "Token is inactive")
	errAmbiguous        = bailiwick.Errorf(codeNotAuthorized, "The ambiguous role mapping rules denied this request")
	errLinkedElsewhere  = bailiwick.Errorf("ResourceConflictException", "Logins are already linked to another account.")
	errClassicFlow      = bailiwick.Errorf(codeInvalidParameter, "Basic (classic) flow is not enabled, please use enhanced flow.")
	errConfiguration    = bailiwick.Errorf("InvalidIdentityPoolConfigurationException", "Invalid identity pool configuration. Check assigned IAM roles for this pool.")
)

// AWS's codes that several files use.
const (
	codeNotAuthorized    = "NotAuthorizedException"
	codeInvalidParameter = "InvalidParameterException"
	codeNotFound         = "ResourceNotFoundException"
)

func noPool(id string) error {
	return bailiwick.Errorf(codeNotFound, "IdentityPool '%s' not found.", id)
}

func noIdentity(id string) error {
	return bailiwick.Errorf(codeNotFound, "Identity '%s' not found.", id)
}

func forbidden(id string) error {
	return bailiwick.Errorf(codeNotAuthorized, "Access to Identity '%s' is forbidden.", id)
}

func forbiddenRole(arn string) error {
	return bailiwick.Errorf(codeNotAuthorized, "Access to Role '%s' is forbidden.", arn)
}

func badLogin(format string, args ...any) error {
	return bailiwick.Errorf(codeNotAuthorized, "Invalid login token. "+format, args...)
}

func invalid(format string, args ...any) error {
	return bailiwick.Errorf(codeInvalidParameter, format, args...)
}

func isNotFound(err error) bool {
	var e *bailiwick.Error
	return errors.As(err, &e) && e.Code == codeNotFound
}
