package userpools_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bailiwick-project/bailiwick"
)

func lambdaError(code string, status int) error {
	e := bailiwick.Errorf(code, "internal words that nobody hears")
	e.Status = status
	return e
}

// TestTriggerErrors: every way not to answer, and how often it is tried.
func TestTriggerErrors(t *testing.T) {
	event := `{"version":"1","triggerSource":"s","region":"r","userPoolId":"p","userName":"u","callerContext":{},"request":{},"response":%s}`
	const user, unexpected, bad = "UserLambdaValidationException", "UnexpectedLambdaException", "InvalidLambdaResponseException"
	const shape, text = "Unrecognizable lambda output", "Invalid lambda function output : Invalid JSON"
	for name, c := range map[string]struct {
		does          handler
		code, message string
		tries         int
	}{
		"throws":            {throws("Apikey non valida!"), user, "PreSignUp failed with error Apikey non valida!.", 1},
		"throws nothing":    {throws(""), user, "PreSignUp failed with error .", 1},
		"times out itself":  {throws("Task timed out after 3.00 seconds"), user, "PreSignUp failed with error Task timed out after 3.00 seconds.", 1},
		"no permission":     {breaks(lambdaError("AccessDeniedException", 403)), unexpected, "PreSignUp invocation failed due to error AccessDeniedException.", 1},
		"denied by us":      {breaks(lambdaError(bailiwick.CodeAccessDenied, 0)), unexpected, "PreSignUp invocation failed due to error AccessDeniedException.", 1},
		"missing":           {breaks(lambdaError("ResourceNotFoundException", 404)), unexpected, "PreSignUp invocation failed due to error ResourceNotFoundException.", 1},
		"not ready":         {breaks(lambdaError("ResourceConflictException", 409)), unexpected, "PreSignUp invocation failed due to error ResourceConflictException.", 1},
		"throttled":         {breaks(lambdaError("TooManyRequestsException", 429)), unexpected, "PreSignUp invocation failed due to error TooManyRequestsException.", 3},
		"Lambda's fault":    {breaks(lambdaError("ServiceException", 500)), unexpected, "PreSignUp invocation failed due to error ServiceException.", 3},
		"some 5xx":          {breaks(lambdaError("ENILimitReachedException", 502)), unexpected, "PreSignUp invocation failed due to error ENILimitReachedException.", 3},
		"busy":              {breaks(lambdaError(bailiwick.CodeBusy, 0)), unexpected, "PreSignUp invocation failed due to error TooManyRequestsException.", 3},
		"other of ours":     {breaks(lambdaError(bailiwick.CodeTooLarge, 0)), unexpected, "PreSignUp invocation failed due to error ServiceException.", 1},
		"nothing":           {says(""), bad, text, 1},
		"no JSON":           {says("hello"), bad, text, 1},
		"null":              {says("null"), bad, text, 1},
		"cut":               {says(`{"response":`), bad, text, 1},
		"two values":        {says(fmt.Sprintf(event, "{}") + "{}"), bad, text, 1},
		"not UTF-8":         {says("\"\xff\""), bad, text, 1},
		"named twice":       {says(fmt.Sprintf(event, `{"autoConfirmUser":false,"autoConfirmUser":true}`)), bad, text, 1},
		"very deep":         {says(strings.Repeat("[", 100) + strings.Repeat("]", 100)), bad, text, 1},
		"very long":         {says(`"` + strings.Repeat("x", 1<<20) + `"`), bad, shape, 1},
		"a string":          {says(`"hello"`), bad, shape, 1},
		"a list":            {says(`[]`), bad, shape, 1},
		"only a response":   {says(`{"response":{"autoConfirmUser":true}}`), bad, shape, 1},
		"web answer":        {says(`{"statusCode":200,"body":"{}"}`), bad, shape, 1},
		"without request":   {says(strings.Replace(fmt.Sprintf(event, "{}"), `"request":{},`, "", 1)), bad, shape, 1},
		"response null":     {says(fmt.Sprintf(event, "null")), bad, shape, 1},
		"response a list":   {says(fmt.Sprintf(event, "[]")), bad, shape, 1},
		"a string for true": {says(fmt.Sprintf(event, `{"autoConfirmUser":"true"}`)), bad, shape, 1},
		"a number for true": {says(fmt.Sprintf(event, `{"autoVerifyEmail":1}`)), bad, shape, 1},
		"no phone":          {says(fmt.Sprintf(event, `{"autoVerifyPhone":true}`)), bad, "Invalid lambda function output : autoVerifyPhone is set and the user has no phone_number.", 1},
		"minimal":           {says(fmt.Sprintf(event, "{}")), "", "", 1},
		"other case":        {says(fmt.Sprintf(event, `{"AutoConfirmUser":true}`)), "", "", 1},
		"nulls":             {says(fmt.Sprintf(event, `{"autoConfirmUser":null}`)), "", "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, "PreSignUp")
			s.set("PreSignUp", c.does)
			s.forget()
			s.refused(s.JSON("SignUp", doc("ClientId", s.app, "Username", "bob", "Password", password, "UserAttributes", attrs("email", "bob@acme.example"))), c.code, c.message)
			if n := len(s.calls); n != c.tries {
				t.Errorf("%d tries, want %d", n, c.tries)
			}
			if c.code != "" {
				s.fails("UserNotFoundException", "User does not exist.", "AdminGetUser", "UserPoolId", s.id, "Username", "bob")
			} else if got := s.attributes(s.id, "bob"); got["status"] != "UNCONFIRMED" || got["email_verified"] != "false" || got["username"] != "bob" {
				t.Errorf("%v", got)
			}
		})
	}
}

// TestTriggerFailures: what fails with which trigger.
func TestTriggerFailures(t *testing.T) {
	const code = "UserLambdaValidationException"
	for _, name := range []string{"PreAuthentication", "PostAuthentication", "PreTokenGeneration"} {
		s := newStage(t, name)
		s.set(name, throws("no"))
		s.wants(s.try("alice", password), code, name+" failed with error no.")
		s.wants(s.answerSRP(m{}), "InvalidParameterException", "Missing required parameter USERNAME")
	}
	s := newStage(t, "PreTokenGeneration")
	a := s.in()
	s.set("PreTokenGeneration", throws("no"))
	s.wants(s.refreshWith(a.refresh), code, "PreTokenGeneration failed with error no.")
	s.set("PreTokenGeneration", nil)
	s.wants(s.refreshWith(a.refresh), "", "")

	s = newStage(t, "PostConfirmation CustomMessage", "AutoVerifiedAttributes", []string{"email"})
	s.set("CustomMessage", throws("no"))
	s.refused(s.JSON("SignUp", doc("ClientId", s.app, "Username", "bob", "Password", password, "UserAttributes", attrs("email", "bob@acme.example"))), code, "CustomMessage failed with error no.")
	if got := s.attributes(s.id, "bob"); got["status"] != "UNCONFIRMED" || s.messages("bob@acme.example") != 0 {
		t.Errorf("%v", got)
	}
	s.set("CustomMessage", nil)
	s.call("ResendConfirmationCode", "ClientId", s.app, "Username", "bob")
	s.set("PostConfirmation", throws("no"))
	confirm := doc("ClientId", s.app, "Username", "bob", "ConfirmationCode", s.code("bob@acme.example"))
	s.refused(s.JSON("ConfirmSignUp", confirm), code, "PostConfirmation failed with error no.")
	s.refused(s.JSON("ConfirmSignUp", confirm), "NotAuthorizedException", "User cannot be confirmed. Current status is CONFIRMED")
	s.wants(s.try("bob", password), "", "")
}

// TestTriggerTimeout: a function has five seconds, three times.
func TestTriggerTimeout(t *testing.T) {
	hangs := func(ctx context.Context, _ m) (bailiwick.InvocationResult, error) {
		<-ctx.Done()
		return bailiwick.InvocationResult{}, ctx.Err()
	}
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "PreSignUp")
		s.forget()
		s.set("PreSignUp", hangs)
		began := time.Now()
		s.refused(s.JSON("SignUp", doc("ClientId", s.app, "Username", "bob", "Password", password)), "UnexpectedLambdaException",
			"PreSignUp invocation failed due to error Socket timeout while invoking Lambda function.")
		if d := time.Since(began); d != 15*time.Second || len(s.calls) != 3 {
			t.Errorf("%d tries in %v", len(s.calls), d)
		}
		n := 0
		s.set("PreSignUp", func(ctx context.Context, event m) (bailiwick.InvocationResult, error) {
			if n++; n < 3 {
				return hangs(ctx, event)
			}
			return sent(event)
		})
		s.signUp(s.app, "carol")
	})
}

// TestTriggerInternal: what is broken here is told to nobody, and lets nobody in.
func TestTriggerInternal(t *testing.T) {
	s := newStage(t, "PreAuthentication")
	s.set("PreAuthentication", breaks(errors.New("disk on fire")))
	if a := s.try("alice", password); a.Status != 500 || strings.Contains(a.Body, "fire") || a.id != "" || len(s.calls) == 3 {
		t.Errorf("%d %s", a.Status, a.Body)
	}
	s.reopen() // without functions, as by another configuration
	if a := s.try("alice", password); a.Status != 500 || a.id != "" {
		t.Errorf("%d %s", a.Status, a.Body)
	}
}
