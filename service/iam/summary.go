package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// getAccountSummary counts what the account has, beside AWS's default quotas.
// Source: IAM API Reference, GetAccountSummary.
func (s *API) getAccountSummary(ctx context.Context, call *bailiwick.Call, _ *none) (*GetAccountSummaryResponse, error) {
	m := map[string]int32{
		"UsersQuota": 5000, "GroupsQuota": 300, "RolesQuota": 1000, "PoliciesQuota": 1500, "InstanceProfilesQuota": 1000,
		"ServerCertificatesQuota": 20, "UserPolicySizeQuota": maxInline[userKind], "GroupPolicySizeQuota": maxInline[groupKind],
		"RolePolicySizeQuota": maxInline[roleKind], "AssumeRolePolicySizeQuota": 2048, "PolicySizeQuota": 6144,
		"GroupsPerUserQuota": maxGroups, "AccessKeysPerUserQuota": maxKeys, "SigningCertificatesPerUserQuota": 2,
		"AttachedPoliciesPerUserQuota": maxAttached, "AttachedPoliciesPerRoleQuota": maxAttached, "AttachedPoliciesPerGroupQuota": maxAttached,
		"VersionsPerPolicyQuota": maxVersions, "PolicyVersionsInUseQuota": 10000, "GlobalEndpointTokenVersion": 2,
		"ServerCertificates": 0, "Providers": 0, "MFADevices": 0, "MFADevicesInUse": 0, "AccountMFAEnabled": 0,
		"AccountPasswordPresent": 0, "AccountSigningCertificatesPresent": 0, "AccountAccessKeysPresent": 0,
	}
	err := s.Store.View(ctx, func(r store.Reader) (err error) {
		for name, parts := range map[string][]any{
			"Users":               {"iam", "entity", call.Account, userKind},
			"Groups":              {"iam", "entity", call.Account, groupKind},
			"Roles":               {"iam", "entity", call.Account, roleKind},
			"InstanceProfiles":    {"iam", "entity", call.Account, profileKind},
			"Policies":            {"iam", "policy", call.Account},
			"PolicyVersionsInUse": {"iam", "version", call.Account},
		} {
			if m[name], err = count(r, parts...); err != nil {
				return err
			}
		}
		root, err := has(r, rootKey(call.Account))
		if root {
			m["AccountAccessKeysPresent"] = 1
		}
		return err
	})
	return &GetAccountSummaryResponse{SummaryMap: m}, err
}
