package service

import (
	"context"
	"fmt"

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
	MaxBody    int64         // bytes
	Operations []Operation
	Actions    authz.Table // every action that its checks ask
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
	Name   string
	Access Access
	decode func() any
	plan   func(context.Context, *bailiwick.Call, any) (any, error)
	checks func(context.Context, *bailiwick.Call, any) ([]authz.Check, error)
	run    func(context.Context, *bailiwick.Call, any) (any, error)
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
