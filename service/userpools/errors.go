package userpools

import (
	"github.com/bailiwick-project/bailiwick"
)

// AWS's codes that several files use.
const (
	codeInvalidParameter = "InvalidParameterException"
	codeNotAuthorized    = "NotAuthorizedException"
	codeNotFound         = "ResourceNotFoundException"
	codeUserNotFound     = "UserNotFoundException"
	codeLimitExceeded    = "LimitExceededException"
)

// Errors without parts. They are compared with errors.Is and never changed.
var (
	errNoUser        = bailiwick.Errorf(codeUserNotFound, "User does not exist.")
	errNoGroup       = bailiwick.Errorf(codeNotFound, "Group not found.")
	errDisabled      = bailiwick.Errorf(codeNotAuthorized, "User is disabled.")
	errNotConfirmed  = bailiwick.Errorf("UserNotConfirmedException", "User is not confirmed.")
	errWrongPassword = bailiwick.Errorf(codeNotAuthorized, "Incorrect username or password.")
	errResetRequired = bailiwick.Errorf("PasswordResetRequiredException", "Password reset required for the user")
	errCodeMismatch  = bailiwick.Errorf("CodeMismatchException", "Invalid verification code provided, please try again.")
	errCodeExpired   = bailiwick.Errorf("ExpiredCodeException", "Invalid code provided, please request a code again.")
	errBadToken      = bailiwick.Errorf(codeInvalidParameter, "Invalid pagination token given.")
	errAttempts      = bailiwick.Errorf(codeLimitExceeded, "Attempt limit exceeded, please try after some time.")
)

func errNoPool(id string) error {
	return bailiwick.Errorf(codeNotFound, "User pool %s does not exist.", id)
}

func errNoClient(id string) error {
	return bailiwick.Errorf(codeNotFound, "User pool client %s does not exist.", id)
}

func invalid(format string, args ...any) error {
	return bailiwick.Errorf(codeInvalidParameter, format, args...)
}

func invalidFlow(format string, args ...any) error {
	return bailiwick.Errorf("InvalidOAuthFlowException", format, args...)
}

func notAuthorized(format string, args ...any) error {
	return bailiwick.Errorf(codeNotAuthorized, format, args...)
}

// A takenError says that somebody else has a name. Each operation says it in
// AWS's words for it; one that does not is told as AliasExistsException.
type takenError struct {
	attribute string // "username", "sub", "email", "phone_number", "preferred_username"
	holder    string // sub
}

func (e *takenError) Error() string { return "the " + e.attribute + " belongs to another user" }

// Unwrap is what the client hears when the operation has no words of its own.
func (e *takenError) Unwrap() error {
	return bailiwick.Errorf("AliasExistsException", "An account with the %s already exists.", e.attribute)
}
