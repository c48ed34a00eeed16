package sdk_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	"github.com/aws/aws-sdk-go-v2/service/cognitoidentity"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	idp "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// A world is what a story happens in: a server, and AWS SDK for Go v2 to speak
// to it. Its methods fail the test when a step that must work does not.
type world struct {
	t   *testing.T
	s   *server
	ctx context.Context

	users      *idp.Client // as root; the operations of end users are unsigned
	identities *cognitoidentity.Client
	iam        *iam.Client
	sts        *sts.Client
	rows       *dynamodb.Client
	objects    *s3.Client
	functions  *lambda.Client
	apis       *apigatewayv2.Client
}

func newWorld(t *testing.T, s *server) *world {
	root := s.config(credentials.NewStaticCredentialsProvider(s.rootID, s.secret, ""))
	return &world{
		t: t, s: s, ctx: t.Context(),
		users: idp.NewFromConfig(root), identities: cognitoidentity.NewFromConfig(root), iam: iam.NewFromConfig(root),
		sts: sts.NewFromConfig(root), rows: dynamodb.NewFromConfig(root), objects: s3.NewFromConfig(root, pathStyle),
		functions: lambda.NewFromConfig(root), apis: apigatewayv2.NewFromConfig(root),
	}
}

// with is the same world under a subtest.
func (w *world) with(t *testing.T) *world {
	sub := *w
	sub.t, sub.ctx = t, t.Context()
	return &sub
}

// pathStyle is for machines whose resolver knows no names below localhost.
func pathStyle(o *s3.Options) { o.UsePathStyle = true }

// config is how an application reaches the server. One attempt: a test must see
// an error, not a retry that hides it.
func (s *server) config(p aws.CredentialsProvider) aws.Config {
	return aws.Config{Region: region, Credentials: p, BaseEndpoint: aws.String(s.url), RetryMaxAttempts: 1}
}

// as is DynamoDB in the hands of somebody.
func (w *world) as(c *citypes.Credentials) *dynamodb.Client {
	return dynamodb.NewFromConfig(w.s.config(provider(c)))
}

func provider(c *citypes.Credentials) aws.CredentialsProvider {
	return credentials.NewStaticCredentialsProvider(aws.ToString(c.AccessKeyId), aws.ToString(c.SecretKey), aws.ToString(c.SessionToken))
}

func (w *world) must(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// told is an error as its caller reads it: "Code: sentence", or "" for none.
func told(err error) string {
	var e smithy.APIError
	switch {
	case err == nil:
		return ""
	case errors.As(err, &e):
		return e.ErrorCode() + ": " + e.ErrorMessage()
	default:
		return "not an answer of the API: " + err.Error()
	}
}

// want compares an error with what the caller must read: "" for none, else the
// beginning of "Code: sentence".
func (w *world) want(what string, err error, want string) {
	w.t.Helper()
	got := told(err)
	if want == "" && got != "" || want != "" && !strings.HasPrefix(got, want) {
		w.t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}

// requestID is the id of the call that failed.
func requestID(err error) string {
	var e interface{ ServiceRequestID() string }
	if errors.As(err, &e) {
		return e.ServiceRequestID()
	}
	return ""
}

// status is the HTTP status of the call that failed.
func status(err error) int {
	var e *smithyhttp.ResponseError
	if errors.As(err, &e) {
		return e.HTTPStatusCode()
	}
	return 0
}
