package iam

import (
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/wire/awsquery"
)

const (
	version   = "2010-05-08"
	namespace = "https://iam.amazonaws.com/doc/2010-05-08/"
	maxBody   = 1 << 20 // a policy of 128 KiB, each byte as %XX, and some
)

// API is the service. Its fields are its dependencies; it must not be copied.
type API struct {
	Store store.Store
	Now   func() time.Time
	Rand  io.Reader // of unique ids and secrets; cryptographically secure
	Log   *slog.Logger

	principals cache[principalKey, bailiwick.Attachments]
	policies   cache[string, *policy.Policy]
	roles      cache[string, bailiwick.Role]
	compiled   compiler
	watching   sync.Once
	watch      *store.Watch
	once       sync.Once
	builtin    map[string]*awsPolicy
}

var (
	_ bailiwick.Credentials = (*API)(nil)
	_ bailiwick.Policies    = (*API)(nil)
	_ bailiwick.Roles       = (*API)(nil)
)

// Service is the table of contents.
func (s *API) Service() service.Service {
	svc := service.Service{
		Name: "iam", Version: version, MaxBody: maxBody, Actions: actions,
		Protocol: &awsquery.Protocol{Version: version, Namespace: namespace},
	}
	for _, rows := range [][]service.Operation{
		s.roleRows(), s.userRows(), s.groupRows(), s.policyRows(), s.profileRows(), s.accountRows(), s.simulatorRows(),
	} {
		svc.Operations = append(svc.Operations, rows...)
	}
	return svc
}

func (s *API) roleRows() []service.Operation {
	return []service.Operation{
		service.Planned("CreateRole", s.mayCreateRole, leave, s.createRole),
		service.Planned("GetRole", s.mayGetRole, leave, s.getRole),
		service.Op("ListRoles", mayListIn("iam:ListRoles", "role", func(in *ListRolesRequest) *string { return in.PathPrefix }), s.listRoles),
		service.Planned("UpdateRole", s.mayUpdateRole, leave, s.updateRole),
		service.Planned("UpdateRoleDescription", s.mayUpdateRoleDescription, leave, s.updateRoleDescription),
		service.Planned("DeleteRole", s.mayDeleteRole, leave, s.deleteRole),
		service.Planned("UpdateAssumeRolePolicy", s.mayUpdateAssumeRolePolicy, leave, s.updateAssumeRolePolicy),
		service.Planned("TagRole", s.mayTagRole, leave, s.tagRole),
		service.Planned("UntagRole", s.mayUntagRole, leave, s.untagRole),
		service.Planned("ListRoleTags", s.mayListRoleTags, leave, s.listRoleTags),
		service.Planned("PutRolePermissionsBoundary", s.mayPutRolePermissionsBoundary, leave, s.putRolePermissionsBoundary),
		service.Planned("DeleteRolePermissionsBoundary", s.mayDeleteRolePermissionsBoundary, leave, s.deleteRolePermissionsBoundary),
		service.Planned("PutRolePolicy", s.mayPutRolePolicy, leave, s.putRolePolicy),
		service.Planned("GetRolePolicy", s.mayGetRolePolicy, leave, s.getRolePolicy),
		service.Planned("ListRolePolicies", s.mayListRolePolicies, leave, s.listRolePolicies),
		service.Planned("DeleteRolePolicy", s.mayDeleteRolePolicy, leave, s.deleteRolePolicy),
		service.Planned("AttachRolePolicy", s.mayAttachRolePolicy, leave, s.attachRolePolicy),
		service.Planned("DetachRolePolicy", s.mayDetachRolePolicy, leave, s.detachRolePolicy),
		service.Planned("ListAttachedRolePolicies", s.mayListAttachedRolePolicies, leave, s.listAttachedRolePolicies),
	}
}

func (s *API) userRows() []service.Operation {
	return []service.Operation{
		service.Planned("CreateUser", s.mayCreateUser, leave, s.createUser),
		service.Planned("GetUser", s.mayGetUser, leave, s.getUser),
		service.Op("ListUsers", mayListIn("iam:ListUsers", "user", func(in *ListUsersRequest) *string { return in.PathPrefix }), s.listUsers),
		service.Planned("UpdateUser", s.mayUpdateUser, leave, s.updateUser),
		service.Planned("DeleteUser", s.mayDeleteUser, leave, s.deleteUser),
		service.Planned("TagUser", s.mayTagUser, leave, s.tagUser),
		service.Planned("UntagUser", s.mayUntagUser, leave, s.untagUser),
		service.Planned("ListUserTags", s.mayListUserTags, leave, s.listUserTags),
		service.Planned("PutUserPermissionsBoundary", s.mayPutUserPermissionsBoundary, leave, s.putUserPermissionsBoundary),
		service.Planned("DeleteUserPermissionsBoundary", s.mayDeleteUserPermissionsBoundary, leave, s.deleteUserPermissionsBoundary),
		service.Planned("PutUserPolicy", s.mayPutUserPolicy, leave, s.putUserPolicy),
		service.Planned("GetUserPolicy", s.mayGetUserPolicy, leave, s.getUserPolicy),
		service.Planned("ListUserPolicies", s.mayListUserPolicies, leave, s.listUserPolicies),
		service.Planned("DeleteUserPolicy", s.mayDeleteUserPolicy, leave, s.deleteUserPolicy),
		service.Planned("AttachUserPolicy", s.mayAttachUserPolicy, leave, s.attachUserPolicy),
		service.Planned("DetachUserPolicy", s.mayDetachUserPolicy, leave, s.detachUserPolicy),
		service.Planned("ListAttachedUserPolicies", s.mayListAttachedUserPolicies, leave, s.listAttachedUserPolicies),
		service.Planned("ListGroupsForUser", s.mayListGroupsForUser, leave, s.listGroupsForUser),
		service.Planned("CreateAccessKey", s.mayCreateAccessKey, leave, s.createAccessKey),
		service.Planned("ListAccessKeys", s.mayListAccessKeys, leave, s.listAccessKeys),
		service.Planned("UpdateAccessKey", s.mayUpdateAccessKey, leave, s.updateAccessKey),
		service.Planned("DeleteAccessKey", s.mayDeleteAccessKey, leave, s.deleteAccessKey),
		service.Planned("GetAccessKeyLastUsed", s.mayGetAccessKeyLastUsed, leave, s.getAccessKeyLastUsed),
		service.Planned("GetLoginProfile", s.mayGetLoginProfile, leave, s.getLoginProfile),
		service.Planned("DeleteLoginProfile", s.mayDeleteLoginProfile, leave, s.deleteLoginProfile),
		service.Planned("ListMFADevices", s.mayListMFADevices, leave, s.listMFADevices),
		service.Planned("ListSSHPublicKeys", s.mayListSSHPublicKeys, leave, s.listSSHPublicKeys),
		service.Planned("ListServiceSpecificCredentials", s.mayListServiceSpecificCredentials, leave, s.listServiceSpecificCredentials),
		service.Planned("ListSigningCertificates", s.mayListSigningCertificates, leave, s.listSigningCertificates),
	}
}

func (s *API) groupRows() []service.Operation {
	return []service.Operation{
		service.Planned("CreateGroup", s.mayCreateGroup, leave, s.createGroup),
		service.Planned("GetGroup", s.mayGetGroup, leave, s.getGroup),
		service.Op("ListGroups", mayListIn("iam:ListGroups", "group", func(in *ListGroupsRequest) *string { return in.PathPrefix }), s.listGroups),
		service.Planned("UpdateGroup", s.mayUpdateGroup, leave, s.updateGroup),
		service.Planned("DeleteGroup", s.mayDeleteGroup, leave, s.deleteGroup),
		service.Planned("AddUserToGroup", s.mayAddUserToGroup, leave, s.addUserToGroup),
		service.Planned("RemoveUserFromGroup", s.mayRemoveUserFromGroup, leave, s.removeUserFromGroup),
		service.Planned("PutGroupPolicy", s.mayPutGroupPolicy, leave, s.putGroupPolicy),
		service.Planned("GetGroupPolicy", s.mayGetGroupPolicy, leave, s.getGroupPolicy),
		service.Planned("ListGroupPolicies", s.mayListGroupPolicies, leave, s.listGroupPolicies),
		service.Planned("DeleteGroupPolicy", s.mayDeleteGroupPolicy, leave, s.deleteGroupPolicy),
		service.Planned("AttachGroupPolicy", s.mayAttachGroupPolicy, leave, s.attachGroupPolicy),
		service.Planned("DetachGroupPolicy", s.mayDetachGroupPolicy, leave, s.detachGroupPolicy),
		service.Planned("ListAttachedGroupPolicies", s.mayListAttachedGroupPolicies, leave, s.listAttachedGroupPolicies),
	}
}

func (s *API) policyRows() []service.Operation {
	return []service.Operation{
		service.Planned("CreatePolicy", s.mayCreatePolicy, leave, s.createPolicy),
		service.Planned("GetPolicy", s.mayGetPolicy, leave, s.getPolicy),
		service.Op("ListPolicies", mayList[ListPoliciesRequest]("iam:ListPolicies"), s.listPolicies),
		service.Planned("DeletePolicy", s.mayDeletePolicy, leave, s.deletePolicy),
		service.Planned("CreatePolicyVersion", s.mayCreatePolicyVersion, leave, s.createPolicyVersion),
		service.Planned("GetPolicyVersion", s.mayGetPolicyVersion, leave, s.getPolicyVersion),
		service.Planned("ListPolicyVersions", s.mayListPolicyVersions, leave, s.listPolicyVersions),
		service.Planned("SetDefaultPolicyVersion", s.maySetDefaultPolicyVersion, leave, s.setDefaultPolicyVersion),
		service.Planned("DeletePolicyVersion", s.mayDeletePolicyVersion, leave, s.deletePolicyVersion),
		service.Planned("TagPolicy", s.mayTagPolicy, leave, s.tagPolicy),
		service.Planned("UntagPolicy", s.mayUntagPolicy, leave, s.untagPolicy),
		service.Planned("ListPolicyTags", s.mayListPolicyTags, leave, s.listPolicyTags),
		service.Planned("ListEntitiesForPolicy", s.mayListEntitiesForPolicy, leave, s.listEntitiesForPolicy),
	}
}

func (s *API) profileRows() []service.Operation {
	prefix := func(in *ListInstanceProfilesRequest) *string { return in.PathPrefix }
	return []service.Operation{
		service.Planned("CreateInstanceProfile", s.mayCreateInstanceProfile, leave, s.createInstanceProfile),
		service.Planned("GetInstanceProfile", s.mayGetInstanceProfile, leave, s.getInstanceProfile),
		service.Op("ListInstanceProfiles", mayListIn("iam:ListInstanceProfiles", "instance-profile", prefix), s.listInstanceProfiles),
		service.Planned("ListInstanceProfilesForRole", s.mayListInstanceProfilesForRole, leave, s.listInstanceProfilesForRole),
		service.Planned("DeleteInstanceProfile", s.mayDeleteInstanceProfile, leave, s.deleteInstanceProfile),
		service.Planned("AddRoleToInstanceProfile", s.mayAddRoleToInstanceProfile, leave, s.addRoleToInstanceProfile),
		service.Planned("RemoveRoleFromInstanceProfile", s.mayRemoveRoleFromInstanceProfile, leave, s.removeRoleFromInstanceProfile),
		service.Planned("TagInstanceProfile", s.mayTagInstanceProfile, leave, s.tagInstanceProfile),
		service.Planned("UntagInstanceProfile", s.mayUntagInstanceProfile, leave, s.untagInstanceProfile),
		service.Planned("ListInstanceProfileTags", s.mayListInstanceProfileTags, leave, s.listInstanceProfileTags),
	}
}

func (s *API) accountRows() []service.Operation {
	noPrefix := func(*ListVirtualMFADevicesRequest) *string { return nil }
	return []service.Operation{
		service.Op("GetAccountSummary", mayList[none]("iam:GetAccountSummary"), s.getAccountSummary),
		service.Op("GetAccountAuthorizationDetails", mayList[GetAccountAuthorizationDetailsRequest]("iam:GetAccountAuthorizationDetails"), s.getAccountAuthorizationDetails),
		service.Op("CreateAccountAlias", mayList[CreateAccountAliasRequest]("iam:CreateAccountAlias"), s.createAccountAlias),
		service.Op("ListAccountAliases", mayList[ListAccountAliasesRequest]("iam:ListAccountAliases"), s.listAccountAliases),
		service.Op("DeleteAccountAlias", mayList[DeleteAccountAliasRequest]("iam:DeleteAccountAlias"), s.deleteAccountAlias),
		service.Op("ListVirtualMFADevices", mayListIn("iam:ListVirtualMFADevices", "mfa", noPrefix), s.listVirtualMFADevices),
		service.Op("GetAccountPasswordPolicy", mayList[none]("iam:GetAccountPasswordPolicy"), s.getAccountPasswordPolicy),
		service.Op("ListOpenIDConnectProviders", mayList[none]("iam:ListOpenIDConnectProviders"), s.listOpenIDConnectProviders),
		service.Op("ListSAMLProviders", mayList[none]("iam:ListSAMLProviders"), s.listSAMLProviders),
	}
}

func (s *API) simulatorRows() []service.Operation {
	return []service.Operation{
		service.Op("SimulateCustomPolicy", mayList[SimulateCustomPolicyRequest]("iam:SimulateCustomPolicy"), s.simulateCustomPolicy),
		service.Planned("SimulatePrincipalPolicy", s.maySimulatePrincipalPolicy, leave, s.simulatePrincipalPolicy),
		service.Op("GetContextKeysForCustomPolicy", mayList[GetContextKeysForCustomPolicyRequest]("iam:GetContextKeysForCustomPolicy"), s.getContextKeysForCustomPolicy),
		service.Planned("GetContextKeysForPrincipalPolicy", s.mayGetContextKeysForPrincipalPolicy, leave, s.getContextKeysForPrincipalPolicy),
	}
}

// none is the input and the output of operations that have none.
type none struct{}
