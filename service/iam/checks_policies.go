package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// What each operation on managed policies asks leave for.

const (
	reads  = false
	writes = true
)

// askPolicy looks up the policy that in names and asks for an action on it. AWS's
// own policies are everyone's to read and belong to account "aws": nobody else
// can be allowed to change them.
func askPolicy[In any](ctx context.Context, s *API, call *bailiwick.Call, in *In, name *string, action string, write bool, d details) (*asked[In], error) {
	a := &asked[In]{in: in, arn: text(name)}
	owner, _, base := splitPolicyARN(a.arn)
	if base == "" {
		return nil, invalid("ARN %s is not valid.", a.arn)
	}
	if owner == awsAccount && !write {
		owner = ""
	}
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		a.policy, err = s.findPolicy(r, call.Account, a.arn)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.checks = []authz.Check{{Action: action, Resource: a.arn, Type: "policy", Account: owner, Keys: policyKeys(action, a.policy, d)}}
	return a, nil
}

func policyKeys(action string, m *managed, d details) *policy.Context {
	row, _ := actions.Find(action)
	x := new(policy.Context)
	if m != nil {
		for _, t := range m.Tags {
			x.Set("aws:ResourceTag/"+text(t.Key), text(t.Value))
		}
	}
	if _, ok := row.Keys[tagKeysKey]; ok {
		setTagKeys(x, row, d)
	}
	return x
}

// policyFound returns the policy, or the error that there is none.
func (a *asked[In]) policyFound() (*managed, error) {
	if a.policy == nil {
		return nil, noPolicy(a.arn)
	}
	return a.policy, nil
}

func (s *API) mayCreatePolicy(_ context.Context, call *bailiwick.Call, in *CreatePolicyRequest) (*asked[CreatePolicyRequest], error) {
	m := managed{Account: call.Account, Path: pathOf(in.Path), Name: text(in.PolicyName)}
	a := &asked[CreatePolicyRequest]{in: in, arn: m.arn()}
	d := details{tags: in.Tags}
	a.checks = []authz.Check{{Action: "iam:CreatePolicy", Resource: a.arn, Type: "policy", Keys: policyKeys("iam:CreatePolicy", nil, d)}}
	if len(in.Tags) > 0 {
		a.checks = append(a.checks, authz.Check{Action: "iam:TagPolicy", Resource: a.arn, Type: "policy", Keys: policyKeys("iam:TagPolicy", nil, d)})
	}
	return a, nil
}

func (s *API) mayGetPolicy(ctx context.Context, call *bailiwick.Call, in *GetPolicyRequest) (*asked[GetPolicyRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:GetPolicy", reads, details{})
}

func (s *API) mayGetPolicyVersion(ctx context.Context, call *bailiwick.Call, in *GetPolicyVersionRequest) (*asked[GetPolicyVersionRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:GetPolicyVersion", reads, details{})
}

func (s *API) mayListPolicyVersions(ctx context.Context, call *bailiwick.Call, in *ListPolicyVersionsRequest) (*asked[ListPolicyVersionsRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:ListPolicyVersions", reads, details{})
}

func (s *API) mayListPolicyTags(ctx context.Context, call *bailiwick.Call, in *ListPolicyTagsRequest) (*asked[ListPolicyTagsRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:ListPolicyTags", reads, details{})
}

func (s *API) mayListEntitiesForPolicy(ctx context.Context, call *bailiwick.Call, in *ListEntitiesForPolicyRequest) (*asked[ListEntitiesForPolicyRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:ListEntitiesForPolicy", reads, details{})
}

func (s *API) mayDeletePolicy(ctx context.Context, call *bailiwick.Call, in *DeletePolicyRequest) (*asked[DeletePolicyRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:DeletePolicy", writes, details{})
}

func (s *API) mayCreatePolicyVersion(ctx context.Context, call *bailiwick.Call, in *CreatePolicyVersionRequest) (*asked[CreatePolicyVersionRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:CreatePolicyVersion", writes, details{})
}

func (s *API) maySetDefaultPolicyVersion(ctx context.Context, call *bailiwick.Call, in *SetDefaultPolicyVersionRequest) (*asked[SetDefaultPolicyVersionRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:SetDefaultPolicyVersion", writes, details{})
}

func (s *API) mayDeletePolicyVersion(ctx context.Context, call *bailiwick.Call, in *DeletePolicyVersionRequest) (*asked[DeletePolicyVersionRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:DeletePolicyVersion", writes, details{})
}

func (s *API) mayTagPolicy(ctx context.Context, call *bailiwick.Call, in *TagPolicyRequest) (*asked[TagPolicyRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:TagPolicy", writes, details{tags: in.Tags})
}

func (s *API) mayUntagPolicy(ctx context.Context, call *bailiwick.Call, in *UntagPolicyRequest) (*asked[UntagPolicyRequest], error) {
	return askPolicy(ctx, s, call, in, in.PolicyArn, "iam:UntagPolicy", writes, details{untags: in.TagKeys})
}
