package iam

import (
	"context"
	"maps"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// The keys of IAM's authorization reference.
const (
	resourceTagKey    = "aws:ResourceTag/${TagKey}"
	iamResourceTagKey = "iam:ResourceTag/${TagKey}"
	requestTagKey     = "aws:RequestTag/${TagKey}"
	tagKeysKey        = "aws:TagKeys"
	boundaryKey       = "iam:PermissionsBoundary"
	policyARNKey      = "iam:PolicyARN"
	templateKey       = "iam:RoleTemplateARN"
	passedToKey       = "iam:PassedToService"
	passedForKey      = "iam:AssociatedResourceArn"
)

type keys = map[string]authz.When

// plus adds the keys of an action to those of its resource type.
func plus(base keys, more ...keys) keys {
	out := maps.Clone(base)
	for _, m := range more {
		maps.Copy(out, m)
	}
	return out
}

// actions is the authorization reference of this slice. The key
// iam:PermissionsBoundary is the boundary that the entity has, except where one
// is set (CreateRole, PutRolePermissionsBoundary and their kin): there it is the
// one that is asked for, so that a delegate can be held to one boundary.
// Source: Service Authorization Reference, "AWS Identity and Access Management".
var actions = func() authz.Table {
	sometimes, always := authz.Sometimes, authz.Always
	entity := keys{resourceTagKey: sometimes, iamResourceTagKey: sometimes}
	created := keys{resourceTagKey: authz.Never, iamResourceTagKey: authz.Never, requestTagKey: sometimes, tagKeysKey: sometimes}
	policyTags := keys{resourceTagKey: sometimes}
	tagging, untagging := keys{requestTagKey: sometimes, tagKeysKey: always}, keys{tagKeysKey: always}
	has, sets, attaches := keys{boundaryKey: sometimes}, keys{boundaryKey: always}, keys{policyARNKey: always}
	noTemplate := keys{templateKey: authz.Never}
	var t authz.Table
	add := func(resource string, k keys, names ...string) {
		for _, n := range names {
			a := authz.Action{Name: "iam:" + n, Keys: k}
			if resource != "" {
				a.Resources = []string{resource}
			}
			t = append(t, a)
		}
	}
	add("", nil, "ListRoles", "ListUsers", "ListGroups", "ListPolicies", "ListInstanceProfiles", "ListVirtualMFADevices",
		"GetAccountSummary", "GetAccountAuthorizationDetails", "CreateAccountAlias", "ListAccountAliases", "DeleteAccountAlias",
		"GetAccountPasswordPolicy", "ListOpenIDConnectProviders", "ListSAMLProviders", "SimulateCustomPolicy", "GetContextKeysForCustomPolicy")

	add("role", plus(created, has, noTemplate), "CreateRole")
	add("role", plus(entity, has, noTemplate), "GetRole", "PutRolePolicy")
	add("role", plus(entity, has), "UpdateRole", "UpdateRoleDescription", "DeleteRole", "UpdateAssumeRolePolicy",
		"DeleteRolePermissionsBoundary", "DeleteRolePolicy")
	add("role", plus(entity, sets, noTemplate), "PutRolePermissionsBoundary")
	add("role", plus(entity, has, attaches, noTemplate), "AttachRolePolicy")
	add("role", plus(entity, has, attaches), "DetachRolePolicy")
	add("role", plus(entity, tagging, noTemplate), "TagRole")
	add("role", plus(entity, untagging), "UntagRole")
	add("role", entity, "ListRoleTags", "GetRolePolicy", "ListRolePolicies", "ListAttachedRolePolicies", "ListInstanceProfilesForRole")

	add("user", plus(created, has), "CreateUser")
	add("user", plus(entity, has), "DeleteUserPermissionsBoundary", "PutUserPolicy", "DeleteUserPolicy")
	add("user", plus(entity, sets), "PutUserPermissionsBoundary")
	add("user", plus(entity, has, attaches), "AttachUserPolicy", "DetachUserPolicy")
	add("user", plus(entity, tagging), "TagUser")
	add("user", plus(entity, untagging), "UntagUser")
	add("user", entity, "GetUser", "UpdateUser", "DeleteUser", "ListUserTags", "GetUserPolicy", "ListUserPolicies",
		"ListAttachedUserPolicies", "ListGroupsForUser", "CreateAccessKey", "ListAccessKeys", "UpdateAccessKey", "DeleteAccessKey",
		"GetAccessKeyLastUsed", "GetLoginProfile", "DeleteLoginProfile", "ListMFADevices", "ListSSHPublicKeys",
		"ListServiceSpecificCredentials", "ListSigningCertificates")

	profileTags := keys{resourceTagKey: sometimes}
	add("instance-profile", keys{resourceTagKey: authz.Never, requestTagKey: sometimes, tagKeysKey: sometimes}, "CreateInstanceProfile")
	add("instance-profile", plus(profileTags, tagging), "TagInstanceProfile")
	add("instance-profile", plus(profileTags, untagging), "UntagInstanceProfile")
	add("instance-profile", profileTags, "GetInstanceProfile", "DeleteInstanceProfile", "AddRoleToInstanceProfile",
		"RemoveRoleFromInstanceProfile", "ListInstanceProfileTags")
	add("role", plus(entity, keys{passedToKey: always, passedForKey: sometimes}), "PassRole")

	add("group", attaches, "AttachGroupPolicy", "DetachGroupPolicy")
	add("group", nil, "CreateGroup", "GetGroup", "UpdateGroup", "DeleteGroup", "AddUserToGroup", "RemoveUserFromGroup",
		"PutGroupPolicy", "GetGroupPolicy", "ListGroupPolicies", "DeleteGroupPolicy", "ListAttachedGroupPolicies")

	for _, n := range []string{"SimulatePrincipalPolicy", "GetContextKeysForPrincipalPolicy"} {
		t = append(t, authz.Action{Name: "iam:" + n, Resources: []string{"group", "role", "user"}, Keys: entity})
	}

	add("policy", keys{resourceTagKey: authz.Never, requestTagKey: sometimes, tagKeysKey: sometimes}, "CreatePolicy")
	add("policy", plus(policyTags, tagging), "TagPolicy")
	add("policy", plus(policyTags, untagging), "UntagPolicy")
	add("policy", policyTags, "GetPolicy", "DeletePolicy", "CreatePolicyVersion", "GetPolicyVersion", "ListPolicyVersions",
		"SetDefaultPolicyVersion", "DeletePolicyVersion", "ListPolicyTags", "ListEntitiesForPolicy")
	return t
}()

// An asked is an input on its way: what it names, as it stood when leave was
// asked, and the leave to ask. Its run changes nothing that has changed since.
type asked[In any] struct {
	in     *In
	kind   kind
	name   string   // of the entity
	entity *entity  // nil: there is none of that name
	policy *managed // of operations on managed policies; nil: there is none
	passed *entity  // role that an instance profile is to carry; nil: there is none
	arn    string   // of the policy
	checks []authz.Check
}

// found returns the entity, or the error that there is none. It is called after
// leave was given: who may not ask does not hear the answer.
func (a *asked[In]) found() (*entity, error) {
	if a.entity == nil {
		return nil, noEntity(a.kind, a.name)
	}
	return a.entity, nil
}

// leave is the checks of a planned row.
func leave[In any](_ context.Context, _ *bailiwick.Call, a *asked[In]) ([]authz.Check, error) {
	return a.checks, nil
}

// mayListIn asks on the collection under a path prefix, as AWS does: a policy on
// arn:aws:iam::ACCOUNT:user/* allows to list users.
func mayListIn[In any](action, collection string, prefix func(*In) *string) func(context.Context, *bailiwick.Call, *In) ([]authz.Check, error) {
	return func(_ context.Context, call *bailiwick.Call, in *In) ([]authz.Check, error) {
		path := strings.TrimPrefix(text(prefix(in)), "/")
		return []authz.Check{{Action: action, Resource: "arn:aws:iam::" + call.Account + ":" + collection + "/" + path}}, nil
	}
}

// mayList asks for an action that has no resource.
func mayList[In any](action string) func(context.Context, *bailiwick.Call, *In) ([]authz.Check, error) {
	return func(context.Context, *bailiwick.Call, *In) ([]authz.Check, error) {
		return []authz.Check{{Action: action, Resource: "*"}}, nil
	}
}

// details are what an input says beside the entity.
type details struct {
	path     *string // of a new entity
	tags     []Tag
	untags   []string
	boundary *string // that is to be set
	policy   *string // that is to be attached or detached
}

// ask looks up the entity that in names and asks for an action on it.
func ask[In any](ctx context.Context, s *API, call *bailiwick.Call, in *In, k kind, name *string, action string, d details) (*asked[In], error) {
	a := &asked[In]{in: in, kind: k, name: text(name)}
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		a.entity, err = getEntity(r, call.Account, k, a.name)
		return err
	})
	if err != nil {
		return nil, err
	}
	// The path is part of the ARN. Of what does not exist nobody knows one.
	arn := (&entity{Account: call.Account, Kind: k, Path: "/", Name: a.name}).arn()
	if a.entity != nil {
		arn = a.entity.arn()
	}
	a.checks = []authz.Check{{Action: action, Resource: arn, Type: string(k), Keys: entityKeys(action, a.entity, d)}}
	return a, nil
}

// askNew asks for the creation of an entity. Tags that come with it need leave
// of their own, as if they were put on afterwards.
// Source: IAM User Guide, "Tagging IAM resources", permissions for tagging.
func askNew[In any](call *bailiwick.Call, in *In, k kind, name *string, action, tagAction string, d details) *asked[In] {
	a := &asked[In]{in: in, kind: k, name: text(name)}
	arn := (&entity{Account: call.Account, Kind: k, Path: pathOf(d.path), Name: a.name}).arn()
	a.checks = []authz.Check{{Action: action, Resource: arn, Type: string(k), Keys: entityKeys(action, nil, d)}}
	if len(d.tags) > 0 {
		a.checks = append(a.checks, authz.Check{Action: tagAction, Resource: arn, Type: string(k), Keys: entityKeys(tagAction, nil, d)})
	}
	return a
}

// entityKeys are the keys of an action, as the table declares them.
func entityKeys(action string, e *entity, d details) *policy.Context {
	row, _ := actions.Find(action)
	x := new(policy.Context)
	if e != nil {
		for _, t := range e.Tags {
			x.Set("aws:ResourceTag/"+text(t.Key), text(t.Value))
			if _, ok := row.Keys[iamResourceTagKey]; ok { // not of instance profiles
				x.Set("iam:ResourceTag/"+text(t.Key), text(t.Value))
			}
		}
	}
	if _, ok := row.Keys[tagKeysKey]; ok {
		setTagKeys(x, row, d)
	}
	if _, ok := row.Keys[boundaryKey]; ok {
		switch {
		case d.boundary != nil:
			x.Set(boundaryKey, *d.boundary)
		case e != nil && e.Boundary != "":
			x.Set(boundaryKey, e.Boundary)
		}
	}
	if _, ok := row.Keys[policyARNKey]; ok {
		x.Set(policyARNKey, text(d.policy))
	}
	return x
}

func setTagKeys(x *policy.Context, row authz.Action, d details) {
	names := append([]string{}, d.untags...)
	for _, t := range d.tags {
		x.Set("aws:RequestTag/"+text(t.Key), text(t.Value))
		names = append(names, text(t.Key))
	}
	if len(names) > 0 || row.Keys[tagKeysKey] == authz.Always {
		x.SetAll(tagKeysKey, names)
	}
}
