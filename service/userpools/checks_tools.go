package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
)

func (a *API) mayDescribeUserPoolDomain(context.Context, *bailiwick.Call, *DescribeUserPoolDomainRequest) ([]authz.Check, error) {
	return []authz.Check{{Action: prefix + "DescribeUserPoolDomain", Resource: "*"}}, nil
}

func (a *API) mayListResourceServers(ctx context.Context, call *bailiwick.Call, in *ListResourceServersRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "ListResourceServers", value(in.UserPoolId))
}

func (a *API) mayListIdentityProviders(ctx context.Context, call *bailiwick.Call, in *ListIdentityProvidersRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "ListIdentityProviders", value(in.UserPoolId))
}

func (a *API) mayGetUICustomization(ctx context.Context, call *bailiwick.Call, in *GetUICustomizationRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "GetUICustomization", value(in.UserPoolId))
}

func (a *API) mayGetLogDeliveryConfiguration(ctx context.Context, call *bailiwick.Call, in *GetLogDeliveryConfigurationRequest) ([]authz.Check, error) {
	return a.onPool(ctx, call, "GetLogDeliveryConfiguration", value(in.UserPoolId))
}

// maySetUserPoolMfaConfig asks for the role too that would send text messages.
func (a *API) maySetUserPoolMfaConfig(ctx context.Context, call *bailiwick.Call, in *SetUserPoolMfaConfigRequest) ([]authz.Check, error) {
	checks, err := a.onPool(ctx, call, "SetUserPoolMfaConfig", value(in.UserPoolId))
	if err != nil || in.SmsMfaConfiguration == nil {
		return checks, err
	}
	return a.withSmsRole(ctx, call, checks, in.SmsMfaConfiguration.SmsConfiguration, checks[0].Resource)
}
