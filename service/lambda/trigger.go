package lambda

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// InvokeForService implements bailiwick.Functions: the function's policy alone
// decides, because services have none of their own.
func (a *API) InvokeForService(ctx context.Context, call *bailiwick.Call, in bailiwick.Invocation) (bailiwick.InvocationResult, error) {
	at, ok := parseARN(in.Function)
	if !ok {
		return bailiwick.InvocationResult{}, invalid("%s is not the ARN of a function.", in.Function)
	}
	i, err := a.snapshot(ctx, at)
	if err != nil {
		return bailiwick.InvocationResult{}, err
	}
	own := in.SourceAccount != "" && in.SourceAccount == at.account
	if i.v == nil && own { // strangers' functions are refused like those that do not exist
		return bailiwick.InvocationResult{}, notFound(at)
	}
	if err := i.letIn(call, in); err != nil {
		return bailiwick.InvocationResult{}, err
	}
	if i.v == nil {
		return bailiwick.InvocationResult{}, notFound(at)
	}
	e := event{payload: in.Payload}
	if e.requestID, err = a.newID(); err != nil {
		return bailiwick.InvocationResult{}, err
	}
	limit := maxSync
	if in.Async {
		limit = maxAsync
	}
	switch {
	case len(e.payload) > limit:
		return bailiwick.InvocationResult{}, bailiwick.Errorf(codeTooLarge, "%d byte payload is too large (limit %d bytes)", len(e.payload), limit)
	case validJSON(e.payload) != nil:
		return bailiwick.InvocationResult{}, bailiwick.Errorf(codeContent, "Could not parse request body into json")
	case in.Async:
		return bailiwick.InvocationResult{}, a.queue(ctx, at, i.f, e)
	}
	res, err := a.run(ctx, call, i.f, i.v, at, e)
	if err != nil {
		return bailiwick.InvocationResult{}, err
	}
	out := bailiwick.InvocationResult{Payload: res.Payload}
	if res.Failed {
		out.FunctionError = "Unhandled"
		call.Note("The function %s failed: its log has request %s.", at.arn(), e.requestID)
	}
	return out, nil
}

// letIn asks the function's policy whether a service may invoke it. The end user
// behind the service is no part of the question: not his address, not his name.
// Source: IAM User Guide, "AWS global condition context keys", on calls of services.
func (i *invocation) letIn(call *bailiwick.Call, in bailiwick.Invocation) error {
	x := new(policy.Context)
	x.Set("aws:CurrentTime", call.Time.UTC().Format(time.RFC3339))
	x.Set("aws:EpochTime", strconv.FormatInt(call.Time.Unix(), 10))
	x.Set("aws:SecureTransport", "true") // it never leaves the server
	x.Set("aws:RequestedRegion", i.at.region)
	x.Set("aws:ResourceAccount", i.at.account)
	x.Set("aws:PrincipalIsAWSService", "true")
	x.Set("aws:PrincipalServiceName", in.Service)
	x.SetAll("aws:PrincipalServiceNamesList", []string{in.Service})
	if in.SourceARN != "" {
		x.Set("aws:SourceArn", in.SourceARN)
	}
	if in.SourceAccount != "" {
		x.Set("aws:SourceAccount", in.SourceAccount)
	}
	c := checkOn("InvokeFunction", i.at, i.f, i.g)
	if i.f != nil {
		setTags(x, "aws:ResourceTag/", i.f.Tags)
	}
	l := &policy.Layers{Resource: c.Policy, ResourceAccount: i.at.account}
	r := &policy.Request{Principal: policy.Principal{Type: policy.Service, Service: in.Service}, Action: c.Action, Resource: c.Resource, Context: x}
	d := l.Decide(r)
	call.Judged(bailiwick.Judgement{Layers: l, Request: r, Decision: d})
	if d.Allowed() {
		return nil
	}
	call.Note("The policy of %s does not let %s invoke it for %s. AddPermission does.", i.at.arn(), in.Service, in.SourceARN)
	return authz.Denied(bailiwick.Principal{Principal: policy.Principal{ARN: in.Service}}, &c, d)
}

func isNotFound(err error) bool {
	var e *bailiwick.Error
	return errors.As(err, &e) && e.Code == codeNotFound
}
