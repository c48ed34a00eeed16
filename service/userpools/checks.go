package userpools

import (
	"context"
	"errors"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

const (
	prefix       = "cognito-idp:"
	keyResource  = "aws:ResourceTag/${TagKey}"
	keyRequest   = "aws:RequestTag/${TagKey}"
	keyTagKeys   = "aws:TagKeys"
	receiver     = "cognito-idp.amazonaws.com"
	typeUserPool = "userpool"
)

// actionTable is what these checks ask, as the authorization reference has it.
func actionTable() authz.Table {
	t := authz.Table{
		{Name: prefix + "CreateUserPool", Keys: map[string]authz.When{keyRequest: authz.Sometimes, keyTagKeys: authz.Sometimes, keyResource: authz.Never}},
		{Name: prefix + "ListUserPools"},
		{Name: prefix + "DescribeUserPoolDomain"},
		{Name: "iam:PassRole", Resources: []string{"role"}, Keys: map[string]authz.When{
			"iam:PassedToService": authz.Always, "iam:AssociatedResourceArn": authz.Sometimes,
			keyResource: authz.Sometimes, "iam:ResourceTag/${TagKey}": authz.Sometimes,
		}},
	}
	tagging := map[string]map[string]authz.When{
		"UpdateUserPool": {keyRequest: authz.Sometimes, keyTagKeys: authz.Sometimes},
		"TagResource":    {keyRequest: authz.Sometimes, keyTagKeys: authz.Always},
		"UntagResource":  {keyTagKeys: authz.Always},
	}
	for _, name := range strings.Fields(onPoolActions) {
		keys := map[string]authz.When{keyResource: authz.Sometimes}
		for k, w := range tagging[name] {
			keys[k] = w
		}
		t = append(t, authz.Action{Name: prefix + name, Resources: []string{typeUserPool}, Keys: keys})
	}
	return t
}

// onPoolActions are the actions whose resource is the pool.
const onPoolActions = `
	DescribeUserPool UpdateUserPool DeleteUserPool AddCustomAttributes
	GetUserPoolMfaConfig SetUserPoolMfaConfig ListResourceServers ListIdentityProviders GetUICustomization GetLogDeliveryConfiguration
	TagResource UntagResource ListTagsForResource
	CreateUserPoolClient DescribeUserPoolClient UpdateUserPoolClient DeleteUserPoolClient ListUserPoolClients
	CreateGroup GetGroup UpdateGroup DeleteGroup ListGroups ListUsersInGroup
	AdminAddUserToGroup AdminRemoveUserFromGroup AdminListGroupsForUser
	AdminCreateUser AdminGetUser AdminUpdateUserAttributes AdminDeleteUserAttributes AdminDeleteUser
	AdminEnableUser AdminDisableUser AdminConfirmSignUp AdminSetUserPassword AdminResetUserPassword
	AdminUserGlobalSignOut AdminSetUserMFAPreference ListUsers AdminInitiateAuth AdminRespondToAuthChallenge
`

// onPool asks for an action on the pool that the request names, whether or not
// there is such a pool: a refusal tells nothing. The pool's tags are of the
// caller's own pools only.
func (a *API) onPool(ctx context.Context, call *bailiwick.Call, action, id string) ([]authz.Check, error) {
	keys := new(policy.Context)
	err := a.Store.View(ctx, func(r store.Reader) error {
		p, err := ownPool(r, call, id)
		if err != nil {
			return err
		}
		setTags(keys, "aws:ResourceTag/", p.Settings.Tags)
		return nil
	})
	var told *bailiwick.Error
	if err != nil && (!errors.As(err, &told) || told.Code != codeNotFound) {
		return nil, err
	}
	return []authz.Check{{
		Action: prefix + action, Resource: poolARN(call.Region, call.Account, id), Type: typeUserPool, Keys: keys,
	}}, nil
}

func setTags(keys *policy.Context, family string, tags map[string]string) {
	for k, v := range tags {
		keys.Set(family+k, v)
	}
}

// requestTags adds the tags that a request brings.
func requestTags(keys *policy.Context, tags map[string]string) {
	if len(tags) == 0 {
		return
	}
	setTags(keys, "aws:RequestTag/", tags)
	names := make([]string, 0, len(tags))
	for k := range tags {
		names = append(names, k)
	}
	keys.SetAll(keyTagKeys, names)
}

// passRole asks whether the caller may hand a role to user pools. A role of
// another account cannot be handed over; the decision says so, since nobody here
// has leave for it.
func (a *API) passRole(ctx context.Context, call *bailiwick.Call, role, resource string) (authz.Check, error) {
	parsed, err := arn.Parse(role)
	if err != nil || parsed.Service != "iam" || !strings.HasPrefix(parsed.Resource, "role/") {
		return authz.Check{}, invalid("Role ARN %s is not valid.", role)
	}
	keys := new(policy.Context)
	keys.Set("iam:PassedToService", receiver)
	if resource != "" {
		keys.Set("iam:AssociatedResourceArn", resource)
	}
	if a.Roles != nil && parsed.Account == call.Account {
		r, err := a.Roles.Role(ctx, role)
		if err != nil && !errors.Is(err, bailiwick.ErrNoRole) {
			return authz.Check{}, err
		}
		setTags(keys, "aws:ResourceTag/", r.Tags)
		setTags(keys, "iam:ResourceTag/", r.Tags)
	}
	return authz.Check{Action: "iam:PassRole", Resource: role, Type: "role", Account: parsed.Account, Keys: keys}, nil
}

func (a *API) mayCreateUserPool(ctx context.Context, call *bailiwick.Call, in *CreateUserPoolRequest) ([]authz.Check, error) {
	keys := new(policy.Context)
	requestTags(keys, in.UserPoolTags)
	checks := []authz.Check{{Action: prefix + "CreateUserPool", Resource: "*", Keys: keys}}
	return a.withSmsRole(ctx, call, checks, in.SmsConfiguration, "")
}

func (a *API) mayUpdateUserPool(ctx context.Context, call *bailiwick.Call, in *UpdateUserPoolRequest) ([]authz.Check, error) {
	checks, err := a.onPool(ctx, call, "UpdateUserPool", value(in.UserPoolId))
	if err != nil {
		return nil, err
	}
	requestTags(checks[0].Keys, in.UserPoolTags)
	return a.withSmsRole(ctx, call, checks, in.SmsConfiguration, checks[0].Resource)
}

func (a *API) withSmsRole(ctx context.Context, call *bailiwick.Call, checks []authz.Check, sms *SmsConfigurationType, resource string) ([]authz.Check, error) {
	if sms == nil || sms.SnsCallerArn == nil {
		return checks, nil
	}
	pass, err := a.passRole(ctx, call, *sms.SnsCallerArn, resource)
	return append(checks, pass), err
}

func (a *API) mayListUserPools(context.Context, *bailiwick.Call, *ListUserPoolsRequest) ([]authz.Check, error) {
	return []authz.Check{{Action: prefix + "ListUserPools", Resource: "*"}}, nil
}

func (a *API) mayDescribeUserPool(ctx context.Context, call *bailiwick.Call, in *DescribeUserPoolRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "DescribeUserPool", value(in.UserPoolId))
}

func (a *API) mayDeleteUserPool(ctx context.Context, call *bailiwick.Call, in *DeleteUserPoolRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "DeleteUserPool", value(in.UserPoolId))
}

func (a *API) mayAddCustomAttributes(ctx context.Context, call *bailiwick.Call, in *AddCustomAttributesRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "AddCustomAttributes", value(in.UserPoolId))
}

func (a *API) mayGetUserPoolMfaConfig(ctx context.Context, call *bailiwick.Call, in *GetUserPoolMfaConfigRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "GetUserPoolMfaConfig", value(in.UserPoolId))
}

func (a *API) mayTagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceRequest) ([]authz.Check, error) {
	checks, err := a.onARN(ctx, call, "TagResource", value(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	if len(in.Tags) == 0 {
		checks[0].Keys.SetAll(keyTagKeys, nil)
	}
	requestTags(checks[0].Keys, in.Tags)
	return checks, nil
}

func (a *API) mayUntagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceRequest) ([]authz.Check, error) {
	checks, err := a.onARN(ctx, call, "UntagResource", value(in.ResourceArn))
	if err != nil {
		return nil, err
	}
	checks[0].Keys.SetAll(keyTagKeys, in.TagKeys)
	return checks, nil
}

func (a *API) mayListTagsForResource(ctx context.Context, call *bailiwick.Call, in *ListTagsForResourceRequest) ([]authz.Check, error) {
	return a.onARN(ctx, call, "ListTagsForResource", value(in.ResourceArn))
}

// onARN is onPool for a pool named by its ARN, which may be of anybody: then
// that account is the owner in the decision.
func (a *API) onARN(ctx context.Context, call *bailiwick.Call, action, resource string) ([]authz.Check, error) {
	parsed, id, err := parsePoolARN(resource)
	if err != nil {
		return nil, err
	}
	checks, err := a.onPool(ctx, call, action, id)
	if err != nil {
		return nil, err
	}
	c := &checks[0]
	if c.Resource != resource {
		c.Resource, c.Account, c.Keys = resource, parsed.Account, new(policy.Context)
	}
	return checks, nil
}
