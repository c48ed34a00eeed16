package s3

import (
	"context"
	"errors"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
)

// An Asker decides about checks that come up while an operation runs: each key of
// a batch, and whether the caller may know that an object is not there. It is an
// *authz.Authorizer.
type Asker interface {
	Authorize(ctx context.Context, call *bailiwick.Call, checks []authz.Check) error
}

// may asks without refusing the request. What is declined is told to the
// administrator.
func (a *API) may(ctx context.Context, call *bailiwick.Call, checks []authz.Check) (bool, error) {
	refused, err := a.ask(ctx, call, checks)
	return refused == nil, err
}

// ask is may that keeps the refusal.
func (a *API) ask(ctx context.Context, call *bailiwick.Call, checks []authz.Check) (refused *bailiwick.Error, err error) {
	err = a.Authz.Authorize(ctx, call, checks)
	if errors.As(err, &refused) && refused.Code == bailiwick.CodeAccessDenied {
		call.Note("Declined within the request: %s", refused.Message)
		return refused, nil
	}
	return nil, err
}

// denial is a refusal in S3's words: the resource stands in quotes, and who is not
// of the owner's account hears no reason.
// Source: Amazon S3 User Guide, "Troubleshoot access denied (403 Forbidden) errors".
func denial(e *bailiwick.Error) *bailiwick.Error {
	const on = " on resource: "
	before, after, ok := strings.Cut(e.Message, on)
	if !ok || strings.HasPrefix(e.Message, "User: anonymous ") || strings.Contains(after, " because no resource-based policy ") {
		return &bailiwick.Error{Code: e.Code, Status: e.Status, Message: "Access Denied", Fields: e.Fields, Cause: e}
	}
	// The reason begins behind the resource, whose key is the caller's own text.
	resource, reason := after, ""
	for _, mark := range []string{" because no ", " with an explicit deny in "} {
		if i := strings.LastIndex(after, mark); i >= 0 {
			resource, reason = after[:i], after[i:]
			break
		}
	}
	return &bailiwick.Error{Code: e.Code, Status: e.Status, Message: before + on + `"` + resource + `"` + reason, Fields: e.Fields, Cause: e}
}
