package s3

import (
	"net/http"
	"strconv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

// fail makes an Error with the status that S3 has for the code.
// Source: Amazon S3 API Reference, "Error responses".
func fail(status int, code, message string) *bailiwick.Error {
	return &bailiwick.Error{Code: code, Status: status, Message: message}
}

// with adds an element to the error, such as <Key>.
func with(e *bailiwick.Error, name string, value any) *bailiwick.Error {
	if e.Fields == nil {
		e.Fields = map[string]any{}
	}
	e.Fields[name] = value
	return e
}

func noBucket(name string) *bailiwick.Error {
	return with(fail(http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist"), "BucketName", name)
}

func invalidBucketName(name string) *bailiwick.Error {
	return with(fail(http.StatusBadRequest, "InvalidBucketName", "The specified bucket is not valid."), "BucketName", name)
}

func noKey(key string) *bailiwick.Error {
	return with(fail(http.StatusNotFound, "NoSuchKey", "The specified key does not exist."), "Key", key)
}

func noVersion(key, version string) *bailiwick.Error {
	return with(with(fail(http.StatusNotFound, "NoSuchVersion", "The specified version does not exist."), "Key", key), "VersionId", version)
}

func noUpload(id string) *bailiwick.Error {
	return with(fail(http.StatusNotFound, "NoSuchUpload",
		"The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed."), "UploadId", id)
}

func invalidArgument(message, name, value string) *bailiwick.Error {
	return with(with(fail(http.StatusBadRequest, "InvalidArgument", message), "ArgumentName", name), "ArgumentValue", value)
}

func invalidRequest(message string) *bailiwick.Error {
	return fail(http.StatusBadRequest, "InvalidRequest", message)
}

func invalidURI() *bailiwick.Error {
	return fail(http.StatusBadRequest, "InvalidURI", "Couldn't parse the specified URI.")
}

// methodNotAllowed is the answer to a method that a bucket or object does not have.
func methodNotAllowed() *bailiwick.Error {
	return fail(http.StatusMethodNotAllowed, "MethodNotAllowed", "The specified method is not allowed against this resource.")
}

func malformedXML() *bailiwick.Error {
	return fail(http.StatusBadRequest, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
}

// notImplemented is S3's answer to a header whose meaning is not here. Ignoring it
// would store something else than what was asked for.
func notImplemented(header string) *bailiwick.Error {
	return with(fail(http.StatusNotImplemented, "NotImplemented", "A header you provided implies functionality that is not implemented"), "Header", header)
}

func preconditionFailed(condition string) *bailiwick.Error {
	return with(fail(http.StatusPreconditionFailed, "PreconditionFailed",
		"At least one of the pre-conditions you specified did not hold"), "Condition", condition)
}

// accessDenied is the refusal that tells nothing. why is for the administrator.
func accessDenied(call *bailiwick.Call, why string) *bailiwick.Error {
	call.Note("%s", why)
	return fail(http.StatusForbidden, "AccessDenied", "Access Denied")
}

func entityTooLarge(size, limit int64) *bailiwick.Error {
	e := fail(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
	return with(with(e, "ProposedSize", strconv.FormatInt(size, 10)), "MaxSizeAllowed", strconv.FormatInt(limit, 10))
}

func busy() *bailiwick.Error {
	return fail(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
}

// withHeader adds a header to the answer.
func withHeader(e *bailiwick.Error, name, value string) *bailiwick.Error {
	return with(e, wire.InHeader+name, value)
}
