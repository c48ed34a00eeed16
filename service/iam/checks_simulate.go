package iam

import (
	"context"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// What each operation of the policy simulator asks leave for.

func (s *API) maySimulatePrincipalPolicy(ctx context.Context, call *bailiwick.Call, in *SimulatePrincipalPolicyRequest) (*asked[SimulatePrincipalPolicyRequest], error) {
	return askSource(ctx, s, call, in, in.PolicySourceArn, "iam:SimulatePrincipalPolicy")
}

func (s *API) mayGetContextKeysForPrincipalPolicy(ctx context.Context, call *bailiwick.Call, in *GetContextKeysForPrincipalPolicyRequest) (*asked[GetContextKeysForPrincipalPolicyRequest], error) {
	return askSource(ctx, s, call, in, in.PolicySourceArn, "iam:GetContextKeysForPrincipalPolicy")
}

// askSource asks for an action on the user, group or role that an ARN names. Leave
// is asked on the ARN as it was given: one of another account is never allowed,
// and one that names nothing is told so after leave was given.
func askSource[In any](ctx context.Context, s *API, call *bailiwick.Call, in *In, source *string, action string) (*asked[In], error) {
	named, ok := entityOf(*source)
	if !ok {
		return nil, noSource(*source)
	}
	a := &asked[In]{in: in, kind: named.Kind, name: named.Name}
	if named.Account == call.Account {
		err := s.Store.View(ctx, func(r store.Reader) error {
			e, err := getEntity(r, named.Account, named.Kind, named.Name)
			if e != nil && e.arn() == *source {
				a.entity = e
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	a.checks = []authz.Check{{
		Action: action, Resource: *source, Type: string(named.Kind), Account: named.Account, Keys: entityKeys(action, a.entity, details{}),
	}}
	return a, nil
}

// entityOf takes the ARN of a user, group or role apart, which need not exist.
func entityOf(s string) (entity, bool) {
	a, err := arn.Parse(s)
	if err != nil || a.Partition != "aws" || a.Service != "iam" || a.Region != "" || !isAccountID(a.Account) {
		return entity{}, false
	}
	k, rest, _ := strings.Cut(a.Resource, "/")
	i := strings.LastIndexByte(rest, '/') + 1
	e := entity{Account: a.Account, Kind: kind(k), Path: "/" + rest[:i], Name: rest[i:]}
	return e, e.Name != "" && (e.Kind == userKind || e.Kind == groupKind || e.Kind == roleKind)
}

func noSource(arn string) *bailiwick.Error {
	return invalid("Invalid Entity Arn: %s does not clearly define entity type and name.", arn)
}
