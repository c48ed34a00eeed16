package iam

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// What users and accounts may have at AWS and cannot get here: passwords for the
// console, MFA devices, SSH keys, signing certificates, credentials of single
// services, identity providers. Nothing creates them, so that "there is none" is
// the truth. Terraform and the AWS CLI ask before they delete a user, and audits
// ask for all.

// owner says that there is someone to have something: the user who is named, or
// root, who asks about himself and is no user.
func (a *asked[In]) owner(call *bailiwick.Call) error {
	if a.name == "" && call.Who.Type == policy.Account {
		return nil
	}
	_, err := a.found()
	return err
}

// nothing is the answer of a list that has no items.
func nothing(marker *string, maxItems *int32) (more *bool, err error) {
	_, err = newPage(marker, maxItems)
	return ptr(false), err
}

func (s *API) mayGetLoginProfile(ctx context.Context, call *bailiwick.Call, in *GetLoginProfileRequest) (*asked[GetLoginProfileRequest], error) {
	return askKeys(ctx, s, call, in, in.UserName, "iam:GetLoginProfile")
}

func (s *API) getLoginProfile(_ context.Context, _ *bailiwick.Call, a *asked[GetLoginProfileRequest]) (*GetLoginProfileResponse, error) {
	return nil, a.noLoginProfile()
}

func (s *API) mayDeleteLoginProfile(ctx context.Context, call *bailiwick.Call, in *DeleteLoginProfileRequest) (*asked[DeleteLoginProfileRequest], error) {
	return askKeys(ctx, s, call, in, in.UserName, "iam:DeleteLoginProfile")
}

func (s *API) deleteLoginProfile(_ context.Context, _ *bailiwick.Call, a *asked[DeleteLoginProfileRequest]) (*none, error) {
	return nil, a.noLoginProfile()
}

func (a *asked[In]) noLoginProfile() error {
	e, err := a.found()
	if err != nil {
		return err
	}
	return notFound("Login Profile for User %s cannot be found.", e.Name)
}

func (s *API) mayListMFADevices(ctx context.Context, call *bailiwick.Call, in *ListMFADevicesRequest) (*asked[ListMFADevicesRequest], error) {
	return askOwn(ctx, s, call, in, in.UserName, "iam:ListMFADevices")
}

func (s *API) listMFADevices(_ context.Context, call *bailiwick.Call, a *asked[ListMFADevicesRequest]) (*ListMFADevicesResponse, error) {
	if err := a.owner(call); err != nil {
		return nil, err
	}
	more, err := nothing(a.in.Marker, a.in.MaxItems)
	return &ListMFADevicesResponse{MFADevices: []MFADevice{}, IsTruncated: more}, err
}

func (s *API) mayListSSHPublicKeys(ctx context.Context, call *bailiwick.Call, in *ListSSHPublicKeysRequest) (*asked[ListSSHPublicKeysRequest], error) {
	return askKeys(ctx, s, call, in, in.UserName, "iam:ListSSHPublicKeys")
}

func (s *API) listSSHPublicKeys(_ context.Context, call *bailiwick.Call, a *asked[ListSSHPublicKeysRequest]) (*ListSSHPublicKeysResponse, error) {
	if err := a.owner(call); err != nil {
		return nil, err
	}
	more, err := nothing(a.in.Marker, a.in.MaxItems)
	return &ListSSHPublicKeysResponse{SSHPublicKeys: []SSHPublicKeyMetadata{}, IsTruncated: more}, err
}

func (s *API) mayListSigningCertificates(ctx context.Context, call *bailiwick.Call, in *ListSigningCertificatesRequest) (*asked[ListSigningCertificatesRequest], error) {
	return askOwn(ctx, s, call, in, in.UserName, "iam:ListSigningCertificates")
}

func (s *API) listSigningCertificates(_ context.Context, call *bailiwick.Call, a *asked[ListSigningCertificatesRequest]) (*ListSigningCertificatesResponse, error) {
	if err := a.owner(call); err != nil {
		return nil, err
	}
	more, err := nothing(a.in.Marker, a.in.MaxItems)
	return &ListSigningCertificatesResponse{Certificates: []SigningCertificate{}, IsTruncated: more}, err
}

// mayListServiceSpecificCredentials: those of all users are asked for on all users.
func (s *API) mayListServiceSpecificCredentials(ctx context.Context, call *bailiwick.Call, in *ListServiceSpecificCredentialsRequest) (*asked[ListServiceSpecificCredentialsRequest], error) {
	const action = "iam:ListServiceSpecificCredentials"
	if in.AllUsers == nil || !*in.AllUsers {
		return askKeys(ctx, s, call, in, in.UserName, action)
	}
	if in.UserName != nil {
		return nil, invalid("UserName and AllUsers cannot be specified together.")
	}
	return &asked[ListServiceSpecificCredentialsRequest]{in: in, kind: userKind, checks: []authz.Check{
		{Action: action, Resource: "arn:aws:iam::" + call.Account + ":user/*", Type: string(userKind)},
	}}, nil
}

func (s *API) listServiceSpecificCredentials(_ context.Context, _ *bailiwick.Call, a *asked[ListServiceSpecificCredentialsRequest]) (*ListServiceSpecificCredentialsResponse, error) {
	if a.in.AllUsers == nil || !*a.in.AllUsers {
		if _, err := a.found(); err != nil {
			return nil, err
		}
	}
	more, err := nothing(a.in.Marker, a.in.MaxItems)
	return &ListServiceSpecificCredentialsResponse{ServiceSpecificCredentials: []ServiceSpecificCredentialMetadata{}, IsTruncated: more}, err
}

func (s *API) listVirtualMFADevices(_ context.Context, _ *bailiwick.Call, in *ListVirtualMFADevicesRequest) (*ListVirtualMFADevicesResponse, error) {
	more, err := nothing(in.Marker, in.MaxItems)
	return &ListVirtualMFADevicesResponse{VirtualMFADevices: []VirtualMFADevice{}, IsTruncated: more}, err
}

// getAccountPasswordPolicy is about passwords for the console.
func (s *API) getAccountPasswordPolicy(_ context.Context, call *bailiwick.Call, _ *none) (*GetAccountPasswordPolicyResponse, error) {
	return nil, notFound("The Password Policy with domain name %s cannot be found.", call.Account)
}

func (s *API) listOpenIDConnectProviders(context.Context, *bailiwick.Call, *none) (*ListOpenIDConnectProvidersResponse, error) {
	return &ListOpenIDConnectProvidersResponse{OpenIDConnectProviderList: []OpenIDConnectProviderListEntry{}}, nil
}

func (s *API) listSAMLProviders(context.Context, *bailiwick.Call, *none) (*ListSAMLProvidersResponse, error) {
	return &ListSAMLProvidersResponse{SAMLProviderList: []SAMLProviderListEntry{}}, nil
}
