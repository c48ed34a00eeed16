package runner

import (
	"context"
	"errors"
	"time"
)

// A Function is what to run. Everything in it was validated by its owner.
type Function struct {
	Name     string // as in AWS_LAMBDA_FUNCTION_NAME
	Version  string // "$LATEST" or a number
	ARN      string // of this version: environments serve one of them
	Family   string // what Reserved limits: the ARN without a version
	Revision string // changes with code and configuration: warm environments of another one end
	Region   string

	Runtime string        // "nodejs20.x", "python3.12", "provided.al2023": see Supported
	Handler string        // "index.handler"
	Code    string        // folder of the unpacked code: the task root
	Memory  int           // MB
	Timeout time.Duration // of one call
	Disk    int           // MB that one file may have; 0 for 512

	Reserved    *int                                       // environments at one time; nil: what the Runner lets
	Variables   map[string]string                          // the function's own
	Credentials func(context.Context) (Credentials, error) // of its role; nil for none
	Log         *Log                                       // where its output goes
	LogGroup    string                                     // as in AWS_LAMBDA_LOG_GROUP_NAME
}

// Credentials are what the code inside calls AWS with.
type Credentials struct {
	AccessKeyID, SecretAccessKey, SessionToken string
	Expires                                    time.Time
}

// String keeps secrets out of logs.
func (Credentials) String() string { return "***" }

// GoString keeps secrets out of %#v.
func (Credentials) GoString() string { return "***" }

// An Invocation is one event.
type Invocation struct {
	RequestID     string // unguessable: the answer is taken from whoever knows it
	ARN           string // as the caller named it: of the function, a version or an alias
	Payload       []byte // JSON
	ClientContext string // JSON, "" for none
	TraceID       string // X-Amzn-Trace-Id, "" for none
}

// A Result is what a function answered.
type Result struct {
	Payload []byte // JSON
	Failed  bool   // Payload is {"errorType", "errorMessage", ...}
	Tail    []byte // the last TailSize bytes of the log of this call
}

// Limits of AWS. Source: AWS Lambda Developer Guide, "Lambda quotas".
const (
	MaxPayload = 6_291_556 // bytes of a synchronous request or response: 6 MB and a little
	TailSize   = 4 << 10
)

// Failures of Invoke, which are not the function's own.
var (
	ErrThrottled = errors.New("runner: no environment is free")
	ErrClosed    = errors.New("runner: closed")
)

// A StartError says that an environment could not be made: the server's part, or
// an interpreter that is not installed.
type StartError struct{ Err error }

func (e *StartError) Error() string { return "starting an environment: " + e.Err.Error() }
func (e *StartError) Unwrap() error { return e.Err }
