package userpools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
)

// A function has triggerTime for each of triggerTries. Source: Cognito Developer
// Guide, "Customizing user pool workflows with Lambda triggers".
const (
	triggerTime  = 5 * time.Second
	triggerTries = 3
)

// noClient stands for the app client where an operation has none.
const noClient = "CLIENT_ID_NOT_APPLICABLE"

// A trigger is one run of a function for a pool. It is never run inside of a
// transaction: it takes seconds, and may call this very server.
type trigger struct {
	name     triggerName
	source   string // "PreSignUp_SignUp"
	version  string // of the event; "" is "1"
	pool     *pool
	username string // internal name, or as typed where there is nobody
	client   string // id of the app client, or noClient
	request  map[string]any
	response map[string]any // as the function finds it
}

// run runs the pool's function for a trigger and returns the response of the event
// that it sends back; nil without an error if the pool has none. What keeps it
// from answering fails the operation.
func (a *API) run(ctx context.Context, call *bailiwick.Call, t *trigger) (members, error) {
	function := t.pool.function(t.name)
	if function == "" {
		return nil, nil
	}
	if a.Functions == nil { // the pool was made when there were some
		return nil, fmt.Errorf("pool %s has a function for %s and this server runs none", t.pool.ID, t.name)
	}
	payload, err := json.Marshal(t.event(call))
	if err != nil {
		return nil, fmt.Errorf("writing the event of %s: %w", t.source, err)
	}
	result, err := a.invoke(ctx, call, bailiwick.Invocation{
		Function: function, Payload: payload, Service: receiver, SourceARN: t.pool.arn(), SourceAccount: t.pool.Account,
	})
	if err != nil {
		call.Note("trigger %s: %s was not run: %v", t.source, function, err)
		return nil, t.undelivered(err)
	}
	if result.FunctionError != "" {
		call.Note("trigger %s: %s failed (%.64s); its log says why", t.source, function, result.FunctionError)
		return nil, t.failed(result.Payload)
	}
	response, err := readAnswer(result.Payload)
	if err != nil {
		return nil, t.misunderstood(call, err)
	}
	call.Note("trigger %s: %s answered", t.source, function)
	return response, nil
}

// misunderstood notes what is wrong with an answer, and tells the client that
// something is.
func (t *trigger) misunderstood(call *bailiwick.Call, err error) error {
	call.Note("trigger %s: the answer of %s was refused: %v", t.source, t.pool.function(t.name), err)
	return err
}

// event is the JSON that the function is given.
func (t *trigger) event(call *bailiwick.Call) map[string]any {
	version := t.version
	if version == "" {
		version = "1"
	}
	response := t.response
	if response == nil {
		response = map[string]any{}
	}
	return map[string]any{
		"version": version, "triggerSource": t.source, "region": t.pool.Region, "userPoolId": t.pool.ID, "userName": t.username,
		"callerContext": map[string]any{"awsSdkVersion": sdkVersion(call.UserAgent), "clientId": t.client},
		"request":       t.request, "response": response,
	}
}

// invoke tries until the function has answered. What a function answers is final,
// its failure too; only what kept it from answering is tried again.
func (a *API) invoke(ctx context.Context, call *bailiwick.Call, in bailiwick.Invocation) (bailiwick.InvocationResult, error) {
	for try := 1; ; try++ {
		result, err := a.tryOnce(ctx, call, in)
		if err == nil || try == triggerTries || ctx.Err() != nil || !passing(err) {
			return result, err
		}
	}
}

func (a *API) tryOnce(ctx context.Context, call *bailiwick.Call, in bailiwick.Invocation) (bailiwick.InvocationResult, error) {
	limited, cancel := context.WithTimeout(ctx, triggerTime)
	defer cancel()
	result, err := a.Functions.InvokeForService(limited, call, in)
	if err == nil {
		return result, nil
	}
	return bailiwick.InvocationResult{}, fmt.Errorf("invoking %s: %w", in.Function, err)
}

// passing tells errors that may be gone the next time: timeouts, throttling, and
// the fault of Lambda itself.
func passing(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) {
		return true
	}
	var e *bailiwick.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code {
	case "TooManyRequestsException", "ServiceException", "EC2ThrottledException", bailiwick.CodeBusy:
		return true
	}
	return e.Status >= 500
}

// undelivered is what the client hears when the function could not be run.
func (t *trigger) undelivered(err error) error {
	var e *bailiwick.Error
	var reason string
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		reason = "Socket timeout while invoking Lambda function"
	case !errors.As(err, &e) || e.Code == bailiwick.CodeInternal:
		return fmt.Errorf("trigger %s of pool %s: %w", t.source, t.pool.ID, err)
	case e.Code == bailiwick.CodeAccessDenied:
		reason = "AccessDeniedException"
	case e.Code == bailiwick.CodeBusy:
		reason = "TooManyRequestsException"
	case strings.HasPrefix(e.Code, "bailiwick:"):
		reason = "ServiceException"
	default:
		reason = e.Code
	}
	return bailiwick.Errorf("UnexpectedLambdaException", "%s invocation failed due to error %s.", t.name, reason)
}

// maxErrorMessage bounds what a client is told of a function's words, in bytes.
const maxErrorMessage = 8 << 10

// failed is what the client hears when the function failed: its own words.
func (t *trigger) failed(payload []byte) error {
	message := "null"
	if v, err := readJSON(payload[:min(len(payload), maxAnswer)]); err == nil {
		if m, ok := v.(members); ok {
			if s, ok := m["errorMessage"].(string); ok {
				message = s
			}
		}
	}
	for len(message) > maxErrorMessage {
		message = message[:maxErrorMessage]
		for !utf8.ValidString(message) {
			message = message[:len(message)-1]
		}
	}
	return bailiwick.Errorf("UserLambdaValidationException", "%s failed with error %s.", t.name, message)
}

// sdk is how the SDKs of AWS begin a User-Agent: "aws-sdk-js/2.6.4".
var sdk = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:^| )(aws-sdk-[a-z0-9-]{1,32})/([0-9][0-9A-Za-z.+-]{0,31})(?: |$)`)
})

// sdkVersion is the awsSdkVersion of a User-Agent: "aws-sdk-js-2.6.4".
func sdkVersion(userAgent string) string {
	if m := sdk().FindStringSubmatch(userAgent); m != nil {
		return m[1] + "-" + m[2]
	}
	return "aws-sdk-unknown-unknown"
}

// triggerAttributes are userAttributes of somebody who exists: all, and all as
// strings. Source: Cognito Developer Guide, "Customizing user pool workflows with
// Lambda triggers", common parameters.
func (p *pool) triggerAttributes(u *user) map[string]string {
	out := make(map[string]string, len(u.Attributes)+4)
	for name, v := range u.Attributes {
		out[name] = v
	}
	for _, name := range []string{"email", "phone_number"} {
		v := u.Attributes[name]
		if v != "" && u.Attributes[name+"_verified"] == "true" && (has(p.AliasAttributes, name) || has(p.UsernameAttributes, name)) {
			out["cognito:"+name+"_alias"] = v
		}
	}
	out["sub"], out["cognito:user_status"] = u.Sub, string(u.Status)
	return out
}

// withMetadata adds what the client sent along. Whoever calls chose it.
func withMetadata(request map[string]any, metadata map[string]string) map[string]any {
	if metadata != nil {
		request["clientMetadata"] = metadata
	}
	return request
}

// orNull is null in JSON for a map that was not sent.
func orNull(m map[string]string) any {
	if m == nil {
		return nil
	}
	return m
}
