package lambda

import (
	"context"
	"errors"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/runner"
)

// sessionTime is how long the credentials inside an environment last. Environments
// are replaced before it ends. Sessions of services are not held to the role's
// MaxSessionDuration. Source: IAM User Guide, "Maximum session duration".
const sessionTime = 12 * time.Hour

// assume mints credentials of an execution role for a function, if the role trusts
// Lambda.
func (a *API) assume(ctx context.Context, call *bailiwick.Call, role string, at ref) (bailiwick.Credential, error) {
	return a.Assume.AssumeRoleForService(ctx, call, bailiwick.AssumeServiceRole{
		RoleARN: role, SessionName: at.name, Service: principal, SourceARN: at.family(), Duration: sessionTime,
	})
}

// An event is one wish to run a function.
type event struct {
	requestID, clientContext, trace string
	payload                         []byte
}

// run runs a version once. at is as the caller named it.
func (a *API) run(ctx context.Context, call *bailiwick.Call, f *function, v *version, at ref, e event) (runner.Result, error) {
	fn := &runner.Function{
		Name: f.Name, Version: v.name(), ARN: at.with(v.name()).arn() + "/" + f.ID, Family: f.family(), Revision: v.Revision, Region: f.Region,
		Runtime: v.Runtime, Handler: v.Handler, Memory: int(v.Memory), Disk: int(v.Disk), Timeout: time.Duration(v.Timeout) * time.Second,
		Reserved: f.Reserved, Variables: v.Variables, Log: a.log(at), LogGroup: v.LogGroup,
	}
	in := runner.Invocation{RequestID: e.requestID, ARN: at.arn(), Payload: e.payload, ClientContext: e.clientContext, TraceID: e.trace}
	if f.Reserved != nil && *f.Reserved == 0 {
		return runner.Result{}, throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
	}
	if p, is := v.endpoint(); is {
		res, err := a.Runner.Call(ctx, fn, p, in)
		return res, a.told(ctx, call, f, err)
	}
	fn.Credentials = func(ctx context.Context) (runner.Credentials, error) {
		c, err := a.assume(ctx, call, v.Role, at.with(""))
		return runner.Credentials{AccessKeyID: c.AccessKeyID, SecretAccessKey: c.Secret.Reveal(), SessionToken: c.SessionToken, Expires: c.Expires}, err
	}
	var err error
	if fn.Code, err = a.unpack(ctx, v.Blob); err != nil {
		return runner.Result{}, a.told(ctx, call, f, err)
	}
	res, err := a.Runner.Invoke(ctx, fn, in)
	return res, a.told(ctx, call, f, err)
}

// told is what a caller hears of a function that could not be run.
func (a *API) told(ctx context.Context, call *bailiwick.Call, f *function, err error) error {
	var e *bailiwick.Error
	var start *runner.StartError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, runner.ErrThrottled) && f.Reserved != nil:
		return throttled("ReservedFunctionConcurrentInvocationLimitExceeded")
	case errors.Is(err, runner.ErrThrottled):
		return throttled("ConcurrentInvocationLimitExceeded")
	case errors.Is(err, runner.ErrClosed):
		return &bailiwick.Error{Code: bailiwick.CodeBusy, Message: "The server stops."}
	case errors.As(err, &e) && e.Code == bailiwick.CodeAccessDenied:
		call.Note("The execution role of %s does not let Lambda assume it, or is gone: %s", f.Name, e.Message)
		return bailiwick.Errorf(bailiwick.CodeAccessDenied, "The role defined for the function cannot be assumed by Lambda.")
	case errors.As(err, &start):
		a.warn(ctx, "starting "+f.Name, err)
		call.Note("The function %s could not be started: %v", f.Name, err)
		return &bailiwick.Error{Code: codeRuntime, Message: "The function could not be started. Its request id leads to the reason in the server's decision record.", Cause: err}
	}
	return err
}

// log is where a function's output goes.
func (a *API) log(at ref) *runner.Log { return a.Logs.Open(at.account, at.region, at.name) }

// Close ends all functions that run and waits for them. Events that wait stay
// stored; Resume runs them after the next start.
func (a *API) Close() error {
	a.events.close()
	return a.Runner.Close()
}
