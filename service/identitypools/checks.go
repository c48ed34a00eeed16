package identitypools

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

const (
	typePool       = "identitypool"
	keyResourceTag = "aws:ResourceTag/${TagKey}"
	keyRequestTag  = "aws:RequestTag/${TagKey}"
	keyTagKeys     = "aws:TagKeys"
	keyPoolARN     = "cognito-identity:IdentityPoolArn"
)

// actions is the authorization table of the slice. SetIdentityPoolRoles and
// SetPrincipalTagAttributeMap have no resource at AWS: they are asked on "*".
var actions = slices.Concat(authz.Table{
	{Name: "cognito-identity:CreateIdentityPool", Keys: map[string]authz.When{keyRequestTag: authz.Sometimes, keyTagKeys: authz.Sometimes}},
	{Name: "cognito-identity:ListIdentityPools"},
	{Name: "cognito-identity:SetIdentityPoolRoles"},
	{Name: "cognito-identity:SetPrincipalTagAttributeMap"},
	{Name: "cognito-identity:DescribeIdentity", Keys: map[string]authz.When{keyPoolARN: authz.Sometimes}},
	{Name: "cognito-identity:DeleteIdentities", Keys: map[string]authz.When{keyPoolARN: authz.Sometimes}},
	{Name: "iam:PassRole", Resources: []string{"role"}, Keys: map[string]authz.When{
		"iam:PassedToService": authz.Always, "iam:AssociatedResourceArn": authz.Always,
		keyResourceTag: authz.Sometimes, "iam:ResourceTag/${TagKey}": authz.Sometimes,
	}},
	onPoolAction("TagResource", map[string]authz.When{keyRequestTag: authz.Sometimes, keyTagKeys: authz.Sometimes}),
	onPoolAction("UntagResource", map[string]authz.When{keyTagKeys: authz.Sometimes}),
}, onPoolActions("DescribeIdentityPool", "UpdateIdentityPool", "DeleteIdentityPool", "GetIdentityPoolRoles",
	"GetPrincipalTagAttributeMap", "ListIdentities", "ListTagsForResource",
	"GetOpenIdTokenForDeveloperIdentity", "LookupDeveloperIdentity", "MergeDeveloperIdentities", "UnlinkDeveloperIdentity"))

func onPoolAction(name string, keys map[string]authz.When) authz.Action {
	all := map[string]authz.When{keyResourceTag: authz.Sometimes}
	maps.Copy(all, keys)
	return authz.Action{Name: "cognito-identity:" + name, Resources: []string{typePool}, Keys: all}
}

func onPoolActions(names ...string) authz.Table {
	var t authz.Table
	for _, n := range names {
		t = append(t, onPoolAction(n, nil))
	}
	return t
}

func poolARN(call *bailiwick.Call, id string) string {
	return "arn:aws:cognito-identity:" + call.Region + ":" + call.Account + ":identitypool/" + id
}

// onPool asks for action on a pool of the caller's account, whether it exists or
// not. The tags of the pool are in the context if it does.
func (a *API) onPool(ctx context.Context, call *bailiwick.Call, action, id string) ([]authz.Check, error) {
	p, err := a.peek(ctx, call, id)
	if err != nil {
		return nil, err
	}
	keys := new(policy.Context)
	if p != nil {
		setTags(keys, "aws:ResourceTag/", p.Tags)
	}
	return []authz.Check{{Action: "cognito-identity:" + action, Resource: poolARN(call, id), Type: typePool, Keys: keys}}, nil
}

// peek reads a pool for a check, nil if it is not the caller's.
func (a *API) peek(ctx context.Context, call *bailiwick.Call, id string) (p *pool, err error) {
	err = a.Store.View(ctx, func(r store.Reader) error {
		p, err = ownPool(r, call, id)
		return err
	})
	if isNotFound(err) {
		return nil, nil
	}
	return p, err
}

func setTags(keys *policy.Context, family string, tags map[string]string) {
	for k, v := range tags {
		keys.Set(family+k, v)
	}
}

func requestTags(keys *policy.Context, tags map[string]string) {
	if len(tags) > 0 {
		setTags(keys, "aws:RequestTag/", tags)
		keys.SetAll(keyTagKeys, slices.Sorted(maps.Keys(tags)))
	}
}

func anywhere(action string, keys *policy.Context) []authz.Check {
	return []authz.Check{{Action: "cognito-identity:" + action, Resource: "*", Keys: keys}}
}

func (a *API) mayCreateIdentityPool(_ context.Context, _ *bailiwick.Call, in *CreateIdentityPoolInput) ([]authz.Check, error) {
	keys := new(policy.Context)
	requestTags(keys, in.IdentityPoolTags)
	return anywhere("CreateIdentityPool", keys), nil
}

func (a *API) mayDescribeIdentityPool(ctx context.Context, call *bailiwick.Call, in *DescribeIdentityPoolInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "DescribeIdentityPool", *in.IdentityPoolId)
}

// mayUpdateIdentityPool asks for tagging too when the update changes tags:
// policies may decide by them, and UpdateIdentityPool knows no tag keys.
func (a *API) mayUpdateIdentityPool(ctx context.Context, call *bailiwick.Call, in *IdentityPool) ([]authz.Check, error) {
	checks, err := a.onPool(ctx, call, "UpdateIdentityPool", *in.IdentityPoolId)
	if err != nil || in.IdentityPoolTags == nil {
		return checks, err
	}
	p, err := a.peek(ctx, call, *in.IdentityPoolId)
	if err != nil || p == nil {
		return checks, err
	}
	set, gone := tagChanges(p.Tags, in.IdentityPoolTags)
	if len(set) > 0 {
		checks = append(checks, tagCheck(checks[0], "TagResource", set, nil))
	}
	if len(gone) > 0 {
		checks = append(checks, tagCheck(checks[0], "UntagResource", nil, gone))
	}
	return checks, nil
}

// tagCheck turns a check on a pool into one for its tags.
func tagCheck(c authz.Check, action string, set map[string]string, gone []string) authz.Check {
	c.Action, c.Keys = "cognito-identity:"+action, c.Keys.Clone()
	requestTags(c.Keys, set)
	if len(gone) > 0 {
		c.Keys.SetAll(keyTagKeys, gone)
	}
	return c
}

func (a *API) mayDeleteIdentityPool(ctx context.Context, call *bailiwick.Call, in *DeleteIdentityPoolInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "DeleteIdentityPool", *in.IdentityPoolId)
}

func (a *API) mayListIdentityPools(_ context.Context, call *bailiwick.Call, _ *ListIdentityPoolsInput) ([]authz.Check, error) {
	all := "arn:aws:cognito-identity:" + call.Region + ":" + call.Account + ":identitypool/"
	return []authz.Check{{Action: "cognito-identity:ListIdentityPools", Resource: all}}, nil
}

// maySetIdentityPoolRoles asks for iam:PassRole on every role that the pool will
// hand out, those in rules too.
func (a *API) maySetIdentityPoolRoles(ctx context.Context, call *bailiwick.Call, in *SetIdentityPoolRolesInput) ([]authz.Check, error) {
	checks := anywhere("SetIdentityPoolRoles", nil)
	var roles []string
	for _, r := range in.Roles {
		roles = append(roles, r)
	}
	for _, m := range in.RoleMappings {
		if m.RulesConfiguration != nil {
			for _, r := range m.RulesConfiguration.Rules {
				roles = append(roles, *r.RoleARN)
			}
		}
	}
	slices.Sort(roles)
	for _, r := range slices.Compact(roles) {
		c, err := a.passRole(ctx, call, r, poolARN(call, *in.IdentityPoolId))
		if err != nil {
			return nil, err
		}
		checks = append(checks, c)
	}
	return checks, nil
}

func (a *API) passRole(ctx context.Context, call *bailiwick.Call, role, resource string) (authz.Check, error) {
	parsed, err := arn.Parse(role)
	if err != nil || parsed.Service != "iam" || !strings.HasPrefix(parsed.Resource, "role/") || parsed.Account != call.Account {
		call.Note("%s is not the ARN of a role of the account %s.", role, call.Account)
		return authz.Check{}, forbiddenRole(role)
	}
	keys := new(policy.Context)
	keys.Set("iam:PassedToService", provider)
	keys.Set("iam:AssociatedResourceArn", resource)
	r, err := a.Roles.Role(ctx, role)
	if err != nil && !errors.Is(err, bailiwick.ErrNoRole) {
		return authz.Check{}, err
	}
	setTags(keys, "aws:ResourceTag/", r.Tags)
	setTags(keys, "iam:ResourceTag/", r.Tags)
	return authz.Check{Action: "iam:PassRole", Resource: role, Type: "role", Account: parsed.Account, Keys: keys}, nil
}

func (a *API) mayGetIdentityPoolRoles(ctx context.Context, call *bailiwick.Call, in *GetIdentityPoolRolesInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "GetIdentityPoolRoles", *in.IdentityPoolId)
}

func (a *API) maySetPrincipalTagAttributeMap(context.Context, *bailiwick.Call, *SetPrincipalTagAttributeMapInput) ([]authz.Check, error) {
	return anywhere("SetPrincipalTagAttributeMap", nil), nil
}

func (a *API) mayGetPrincipalTagAttributeMap(ctx context.Context, call *bailiwick.Call, in *GetPrincipalTagAttributeMapInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "GetPrincipalTagAttributeMap", *in.IdentityPoolId)
}

func (a *API) mayListIdentities(ctx context.Context, call *bailiwick.Call, in *ListIdentitiesInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "ListIdentities", *in.IdentityPoolId)
}

func (a *API) mayDescribeIdentity(ctx context.Context, call *bailiwick.Call, in *DescribeIdentityInput) ([]authz.Check, error) {
	return a.onIdentities(ctx, call, "DescribeIdentity", []string{*in.IdentityId})
}

func (a *API) mayDeleteIdentities(ctx context.Context, call *bailiwick.Call, in *DeleteIdentitiesInput) ([]authz.Check, error) {
	return a.onIdentities(ctx, call, "DeleteIdentities", in.IdentityIdsToDelete)
}

// onIdentities asks once for each pool that the identities are in, and without a
// pool for those that are not the caller's or not there.
func (a *API) onIdentities(ctx context.Context, call *bailiwick.Call, action string, ids []string) ([]authz.Check, error) {
	pools := map[string]bool{}
	err := a.Store.View(ctx, func(r store.Reader) error {
		for _, id := range ids {
			_, p, err := ownIdentity(r, call, id)
			switch {
			case isNotFound(err):
				pools[""] = true
			case err != nil:
				return err
			default:
				pools[p.ID] = true
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	var checks []authz.Check
	for _, id := range slices.Sorted(maps.Keys(pools)) {
		keys := new(policy.Context)
		if id != "" {
			keys.Set(keyPoolARN, poolARN(call, id))
		}
		checks = append(checks, anywhere(action, keys)...)
	}
	return checks, nil
}

func (a *API) mayGetOpenIDTokenForDeveloperIdentity(ctx context.Context, call *bailiwick.Call, in *GetOpenIdTokenForDeveloperIdentityInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "GetOpenIdTokenForDeveloperIdentity", *in.IdentityPoolId)
}

func (a *API) mayLookupDeveloperIdentity(ctx context.Context, call *bailiwick.Call, in *LookupDeveloperIdentityInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "LookupDeveloperIdentity", *in.IdentityPoolId)
}

func (a *API) mayMergeDeveloperIdentities(ctx context.Context, call *bailiwick.Call, in *MergeDeveloperIdentitiesInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "MergeDeveloperIdentities", *in.IdentityPoolId)
}

func (a *API) mayUnlinkDeveloperIdentity(ctx context.Context, call *bailiwick.Call, in *UnlinkDeveloperIdentityInput) ([]authz.Check, error) {
	return a.onPool(ctx, call, "UnlinkDeveloperIdentity", *in.IdentityPoolId)
}

func (a *API) mayTagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceInput) ([]authz.Check, error) {
	checks, err := a.onARN(ctx, call, "TagResource", *in.ResourceArn)
	if err == nil {
		requestTags(checks[0].Keys, in.Tags)
	}
	return checks, err
}

func (a *API) mayUntagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceInput) ([]authz.Check, error) {
	checks, err := a.onARN(ctx, call, "UntagResource", *in.ResourceArn)
	if err == nil && len(in.TagKeys) > 0 {
		checks[0].Keys.SetAll(keyTagKeys, in.TagKeys)
	}
	return checks, err
}

func (a *API) mayListTagsForResource(ctx context.Context, call *bailiwick.Call, in *ListTagsForResourceInput) ([]authz.Check, error) {
	return a.onARN(ctx, call, "ListTagsForResource", *in.ResourceArn)
}

// onARN is onPool for operations that name the pool by its ARN.
func (a *API) onARN(ctx context.Context, call *bailiwick.Call, action, name string) ([]authz.Check, error) {
	id, err := poolOf(call, name)
	if err != nil {
		return nil, err
	}
	return a.onPool(ctx, call, action, id)
}

// poolOf is the id in the ARN of a pool of the caller's account and region;
// another's ARN is refused before it is asked about.
func poolOf(call *bailiwick.Call, name string) (string, error) {
	parsed, err := arn.Parse(name)
	id, ok := strings.CutPrefix(parsed.Resource, "identitypool/")
	if err != nil || !ok || parsed.Service != "cognito-identity" || parsed.Partition != "aws" {
		return "", invalid("%s is not the ARN of an identity pool.", name)
	}
	if parsed.Account != call.Account || parsed.Region != call.Region {
		return "", noPool(id)
	}
	return id, nil
}
