package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// What this server has none of. Tools that keep pools in step with a description
// ask for these whether or not anybody made one, and would stop at an error. The
// answers are AWS's for a pool that has none, and they are true here.

// describeUserPoolDomain answers an empty description, as AWS does for a domain
// that nobody has.
func (a *API) describeUserPoolDomain(context.Context, *bailiwick.Call, *DescribeUserPoolDomainRequest) (*DescribeUserPoolDomainResponse, error) {
	return &DescribeUserPoolDomainResponse{DomainDescription: &DomainDescriptionType{}}, nil
}

func (a *API) listResourceServers(ctx context.Context, call *bailiwick.Call, in *ListResourceServersRequest) (*ListResourceServersResponse, error) {
	out := &ListResourceServersResponse{ResourceServers: []ResourceServerType{}}
	return emptyOf(ctx, a, call, in.UserPoolId, in.NextToken, out)
}

func (a *API) listIdentityProviders(ctx context.Context, call *bailiwick.Call, in *ListIdentityProvidersRequest) (*ListIdentityProvidersResponse, error) {
	out := &ListIdentityProvidersResponse{Providers: []ProviderDescription{}}
	return emptyOf(ctx, a, call, in.UserPoolId, in.NextToken, out)
}

// getLogDeliveryConfiguration tells that no logs leave the pool.
func (a *API) getLogDeliveryConfiguration(ctx context.Context, call *bailiwick.Call, in *GetLogDeliveryConfigurationRequest) (*GetLogDeliveryConfigurationResponse, error) {
	out := &GetLogDeliveryConfigurationResponse{LogDeliveryConfiguration: &LogDeliveryConfigurationType{
		UserPoolId: in.UserPoolId, LogConfigurations: []LogConfigurationType{},
	}}
	return emptyOf(ctx, a, call, in.UserPoolId, nil, out)
}

// getUICustomization tells that the pages of a pool, or of one client, look as
// they come.
func (a *API) getUICustomization(ctx context.Context, call *bailiwick.Call, in *GetUICustomizationRequest) (*GetUICustomizationResponse, error) {
	out := &GetUICustomizationResponse{UICustomization: &UICustomizationType{}}
	if id := value(in.ClientId); id == "" || id == "ALL" {
		return emptyOf(ctx, a, call, in.UserPoolId, nil, out)
	}
	err := a.Store.View(ctx, func(r store.Reader) error {
		_, err := ownClient(r, call, in.UserPoolId, in.ClientId)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// emptyOf answers out for a pool of the caller. No list has a second page, so
// nobody can hold a token for one.
func emptyOf[T any](ctx context.Context, a *API, call *bailiwick.Call, id, token *string, out *T) (*T, error) {
	if err := a.readPool(ctx, call, id, func(store.Reader, *pool) error { return nil }); err != nil {
		return nil, err
	}
	if token != nil {
		return nil, errBadToken
	}
	return out, nil
}
