package iam

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// The errors of IAM with AWS's sentences.
// Source: IAM API Reference, the "Errors" of each action; sentences as live AWS
// gives them.

func coded(code string, status int, format string, args ...any) *bailiwick.Error {
	e := bailiwick.Errorf(code, format, args...)
	e.Status = status
	return e
}

func notFound(format string, args ...any) *bailiwick.Error {
	return coded("NoSuchEntity", http.StatusNotFound, format, args...)
}

func conflict(format string, args ...any) *bailiwick.Error {
	return coded("DeleteConflict", http.StatusConflict, format, args...)
}

func overLimit(format string, args ...any) *bailiwick.Error {
	return coded("LimitExceeded", http.StatusConflict, format, args...)
}

func exists(format string, args ...any) *bailiwick.Error {
	return coded("EntityAlreadyExists", http.StatusConflict, format, args...)
}

func invalid(format string, args ...any) *bailiwick.Error {
	return coded("InvalidInput", http.StatusBadRequest, format, args...)
}

func malformed(message string) *bailiwick.Error {
	return coded("MalformedPolicyDocument", http.StatusBadRequest, "%s", message)
}

func errConcurrent() *bailiwick.Error {
	return coded("ConcurrentModification", http.StatusConflict,
		"The request was rejected because multiple requests to change this object were submitted simultaneously. Wait a few minutes and submit your request again.")
}

func noEntity(k kind, name string) *bailiwick.Error {
	if k == profileKind {
		return notFound("Instance Profile %s cannot be found.", name)
	}
	return notFound("The %s with name %s cannot be found.", k, name)
}

func noInline(k kind, name string) *bailiwick.Error {
	return notFound("The %s policy with name %s cannot be found.", k, name)
}

func noPolicy(arn string) *bailiwick.Error { return notFound("Policy %s was not found.", arn) }

func noVersion(arn, version string) *bailiwick.Error {
	return notFound("Policy %s version %s does not exist.", arn, version)
}

func noAccessKey(id string) *bailiwick.Error {
	return notFound("The Access Key with id %s cannot be found.", id)
}

// titles begin the sentences about names that are taken.
var titles = map[kind]string{roleKind: "Role", userKind: "User", groupKind: "Group", profileKind: "InstanceProfile"}

func entityExists(k kind, name string) *bailiwick.Error {
	if k == profileKind {
		return exists("Instance Profile %s already exists.", name)
	}
	return exists("%s with name %s already exists.", titles[k], name)
}

// unreadable is what a client hears of a policy document that is refused. The
// administrator hears where and why, which AWS does not tell.
func unreadable(call *bailiwick.Call, err error, tooLarge string) error {
	var syntax *policy.SyntaxError
	if !errors.As(err, &syntax) {
		return err
	}
	call.Note("the policy document is refused at line %s, column %s: %s", strconv.Itoa(syntax.Line), strconv.Itoa(syntax.Column), syntax.Detail)
	if syntax.TooLarge {
		return overLimit("%s", tooLarge)
	}
	return malformed(syntax.Message)
}
