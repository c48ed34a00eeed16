package service

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/wire"
)

// A Service is one AWS API.
type Service struct {
	Name       string        // prefix of its IAM actions and service of its credential scopes: "dynamodb"
	Protocol   wire.Protocol //
	Target     string        // prefix of X-Amz-Target of JSON services: "DynamoDB_20120810"
	Version    string        // API version of Query services: "2011-06-15"
	CORS       bool          // browsers may call it
	MaxBody    int64         // bytes, of operations that are not streamed
	Operations []Operation

	Path      string                     // services that share a Name are told apart by the longest prefix of the path: "/v2/"
	Claims    func(r *http.Request) bool // takes requests before all else, by their host; nil for none
	Leftover  func(r *http.Request) bool // takes requests that name no service; nil for none
	Anonymous bool                       // a request without any signature is decided as anonymous, not refused
	OwnCORS   bool                       // answers preflight requests by an operation of its own

	Tokens   bool          // callers may bring a token in Authorization instead of a signature
	Patience time.Duration // how long an answer may take to begin; 0: the server's limit for all requests

	// Decorate adds to every answer, failures included, what depends on the request
	// and not on the operation, such as CORS headers of a bucket. nil for nothing.
	Decorate func(ctx context.Context, call *bailiwick.Call, r *http.Request, resp *wire.Response)

	Actions authz.Table // every action that its checks ask
}

func (s *Service) streamed() bool {
	for i := range s.Operations {
		if s.Operations[i].streamed {
			return true
		}
	}
	return false
}

// operation returns the row of that name, nil for none.
func (s *Service) operation(name string) *Operation {
	for i := range s.Operations {
		if op := &s.Operations[i]; op.Name == name {
			return op
		}
	}
	return nil
}

// Access is who may call an operation.
type Access string

// The doors of an operation. A golden file lists all that are not checked, so
// that opening one is a change that nobody can miss.
const (
	AccessChecked       Access = "checked"       // signature and policy
	AccessAuthenticated Access = "authenticated" // signature only
	AccessSelf          Access = "self"          // access token in the input
	AccessPublic        Access = "public"        // anyone
)

// An Operation is one row of a service's table. Make it with Op and its kin.
type Operation struct {
	Name     string
	Access   Access
	streamed bool
	decode   func() any
	plan     func(context.Context, *bailiwick.Call, any) (any, error)
	checks   func(context.Context, *bailiwick.Call, any) ([]authz.Check, error)
	run      func(context.Context, *bailiwick.Call, any) (any, error)
}

// Op declares an operation: what it asks leave for, and what it then does.
func Op[In, Out any](
	name string,
	checks func(context.Context, *bailiwick.Call, *In) ([]authz.Check, error),
	run func(context.Context, *bailiwick.Call, *In) (*Out, error),
) Operation {
	return Planned(name, identity[In], checks, run)
}

// Planned declares an operation whose input is parsed once, into a plan that
// both its checks and its run read: what was authorized is what runs.
func Planned[In, Plan, Out any](
	name string,
	plan func(context.Context, *bailiwick.Call, *In) (*Plan, error),
	checks func(context.Context, *bailiwick.Call, *Plan) ([]authz.Check, error),
	run func(context.Context, *bailiwick.Call, *Plan) (*Out, error),
) Operation {
	return Operation{
		Name:   name,
		Access: AccessChecked,
		decode: func() any { return new(In) },
		plan: func(ctx context.Context, call *bailiwick.Call, in any) (any, error) {
			return plan(ctx, call, as[In](in))
		},
		checks: func(ctx context.Context, call *bailiwick.Call, p any) ([]authz.Check, error) {
			return checks(ctx, call, as[Plan](p))
		},
		run: func(ctx context.Context, call *bailiwick.Call, p any) (any, error) {
			return output(run(ctx, call, as[Plan](p)))
		},
	}
}

// Streamed marks a row whose body is read while it runs, from the body of the
// request as its Protocol decodes it. What is read is verified on the way and
// fails at its end if the signature or a declared hash does not hold: nothing of
// it may count before its io.EOF.
func Streamed(op Operation) Operation {
	op.streamed = true
	return op
}

// Public declares an operation that anyone may call, such as SignUp.
func Public[In, Out any](name string, run func(context.Context, *bailiwick.Call, *In) (*Out, error)) Operation {
	return open(name, AccessPublic, run)
}

// Self declares an operation that the access token in its input authorizes,
// such as GetUser. Its run verifies the token first.
func Self[In, Out any](name string, run func(context.Context, *bailiwick.Call, *In) (*Out, error)) Operation {
	return open(name, AccessSelf, run)
}

// Authenticated declares an operation that every valid signature may call and
// that no policy can take away, such as GetCallerIdentity.
func Authenticated[In, Out any](name string, run func(context.Context, *bailiwick.Call, *In) (*Out, error)) Operation {
	return open(name, AccessAuthenticated, run)
}

func open[In, Out any](name string, access Access, run func(context.Context, *bailiwick.Call, *In) (*Out, error)) Operation {
	op := Planned(name, identity[In], nil, run)
	op.Access, op.checks = access, nil
	return op
}

func identity[In any](_ context.Context, _ *bailiwick.Call, in *In) (*In, error) { return in, nil }

// output keeps a nil *Out from becoming an any that is not nil.
func output[Out any](out *Out, err error) (any, error) {
	if err != nil || out == nil {
		return nil, err
	}
	return out, nil
}

func as[T any](v any) *T {
	t, ok := v.(*T)
	if !ok {
		panic(fmt.Sprintf("service: %T is not %T", v, t))
	}
	return t
}
