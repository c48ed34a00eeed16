package sts

import (
	"context"
	"maps"
	"slices"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// The keys of identity pools. Source: IAM User Guide, "Keys available for AWS
// web identity federation".
const (
	cognito    = "cognito-identity.amazonaws.com"
	cognitoAud = cognito + ":aud"
	cognitoSub = cognito + ":sub"
	cognitoAMR = cognito + ":amr"
)

// roleKeys are the keys that one trust policy statement may put beside several
// of these actions, so all of them carry them: a statement that allows
// sts:AssumeRole and sts:TagSession under sts:ExternalId must work for both.
var roleKeys = map[string]authz.When{
	"sts:RoleSessionName":       authz.Always,
	"sts:SourceIdentity":        authz.Sometimes,
	"sts:TransitiveTagKeys":     authz.Sometimes,
	"aws:RequestTag/${TagKey}":  authz.Sometimes,
	"aws:TagKeys":               authz.Sometimes,
	"aws:ResourceTag/${TagKey}": authz.Sometimes,
	"iam:ResourceTag/${TagKey}": authz.Sometimes,
}

// actions is the authorization table of the slice. AssumeRole's cognito keys
// come with the caller's session, not with the check.
var actions = authz.Table{
	{Name: "sts:AssumeRole", Resources: role, Keys: with(roleKeys, map[string]authz.When{
		"sts:ExternalId": authz.Sometimes,
		cognitoAud:       authz.Sometimes, cognitoSub: authz.Sometimes, cognitoAMR: authz.Sometimes,
	}, never(otherProviders, "saml:namequalifier", "saml:sub", "saml:sub_type"))},
	{Name: "sts:AssumeRoleWithWebIdentity", Resources: role, Keys: with(roleKeys, map[string]authz.When{
		cognitoAud: authz.Always, cognitoSub: authz.Always, cognitoAMR: authz.Always,
		"sts:SourceIdentity": authz.Never,
	}, never(otherProviders, federationKeys...))},
	{Name: "sts:TagSession", Resources: role, Keys: with(roleKeys, map[string]authz.When{
		"sts:ExternalId": authz.Sometimes,
		cognitoAud:       authz.Sometimes, cognitoSub: authz.Sometimes, cognitoAMR: authz.Sometimes,
	}, never(nil, "saml:aud"))},
	{Name: "sts:SetSourceIdentity", Resources: role, Keys: with(roleKeys, map[string]authz.When{
		"sts:ExternalId": authz.Sometimes, "sts:SourceIdentity": authz.Always,
	})},
	{Name: "sts:GetAccessKeyInfo"},
	{Name: "sts:DecodeAuthorizationMessage"},
}

var role = []string{"role"}

// otherProviders are keys of identity providers that are not here.
var otherProviders = []string{
	"accounts.google.com:aud", "accounts.google.com:sub", "graph.facebook.com:app_id", "graph.facebook.com:id",
	"www.amazon.com:app_id", "www.amazon.com:user_id",
}

func with(parts ...map[string]authz.When) map[string]authz.When {
	out := map[string]authz.When{}
	for _, p := range parts {
		maps.Copy(out, p)
	}
	return out
}

func never(keys []string, more ...string) map[string]authz.When {
	out := map[string]authz.When{}
	for _, k := range slices.Concat(keys, more) {
		out[k] = authz.Never
	}
	return out
}

// mayAssumeRole asks the role's trust policy for everything that the session
// will carry. A role that does not exist is one that trusts nobody: the answer
// is the same sentence.
func (a *API) mayAssumeRole(_ context.Context, call *bailiwick.Call, w *wish) ([]authz.Check, error) {
	w.noteMissing(call)
	return w.checks("sts:AssumeRole", w.keys()), nil
}

// keys are the context keys of the wish.
func (w *wish) keys() *policy.Context {
	x := new(policy.Context)
	x.Set("sts:RoleSessionName", w.name)
	if w.externalID != "" {
		x.Set("sts:ExternalId", w.externalID)
	}
	if w.sourceIdentity != "" {
		x.Set("sts:SourceIdentity", w.sourceIdentity)
	}
	if len(w.tags) > 0 {
		x.SetAll("aws:TagKeys", slices.Sorted(maps.Keys(w.tags)))
	}
	for k, v := range w.tags {
		x.Set("aws:RequestTag/"+k, v)
	}
	if len(w.transitive) > 0 {
		x.SetAll("sts:TransitiveTagKeys", w.transitive)
	}
	if w.role != nil {
		for k, v := range w.role.Tags {
			x.Set("aws:ResourceTag/"+k, v)
			x.Set("iam:ResourceTag/"+k, v)
		}
	}
	return x
}

// checks asks for action and for what goes with it: tags and a source identity
// each need an action of their own, inherited ones too.
func (w *wish) checks(action string, keys *policy.Context) []authz.Check {
	c := authz.Check{Action: action, Resource: w.arn, Type: "role", Account: w.account, Keys: keys, Trust: true}
	if w.role != nil {
		c.Policy = w.role.Trust
	}
	all := []authz.Check{c}
	if len(w.tags) > 0 {
		c.Action = "sts:TagSession"
		all = append(all, c)
	}
	if w.sourceIdentity != "" {
		c.Action = "sts:SetSourceIdentity"
		all = append(all, c)
	}
	return all
}

func (a *API) mayGetAccessKeyInfo(_ context.Context, call *bailiwick.Call, _ *GetAccessKeyInfoRequest) ([]authz.Check, error) {
	if err := notForOwnSessions(call); err != nil {
		return nil, err
	}
	return []authz.Check{{Action: "sts:GetAccessKeyInfo", Resource: "*"}}, nil
}

func (a *API) mayDecodeAuthorizationMessage(_ context.Context, call *bailiwick.Call, _ *DecodeAuthorizationMessageRequest) ([]authz.Check, error) {
	if err := notForOwnSessions(call); err != nil {
		return nil, err
	}
	return []authz.Check{{Action: "sts:DecodeAuthorizationMessage", Resource: "*"}}, nil
}
