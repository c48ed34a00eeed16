package userpools

import (
	"context"
	"fmt"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxClients is AWS's limit for one pool.
const maxClients = 1000

func (a *API) createUserPoolClient(ctx context.Context, call *bailiwick.Call, in *CreateUserPoolClientRequest) (*CreateUserPoolClientResponse, error) {
	id, err := random(a.Rand, clientIDLength, digits+lowers)
	if err != nil {
		return nil, err
	}
	c := client{ID: id, Created: call.Time, Modified: call.Time}
	switch {
	case in.ClientSecret != nil && value(in.GenerateSecret):
		return nil, invalid("GenerateSecret and ClientSecret cannot be used together.")
	case in.ClientSecret != nil:
		c.Secret = *in.ClientSecret
	case value(in.GenerateSecret):
		if c.Secret, err = random(a.Rand, clientSecretLength, digits+lowers); err != nil {
			return nil, err
		}
	}
	var made client
	err = a.decide(ctx, func(tx store.Tx) error {
		p, err := ownPool(tx, call, value(in.UserPoolId))
		if err != nil {
			return err
		}
		made = c
		made.Pool = p.ID
		if err := made.configure(p, createClientSettings(in), "creating"); err != nil {
			return err
		}
		ids, err := clientIDs(tx, p.ID)
		if err != nil {
			return err
		}
		if len(ids) >= maxClients {
			return bailiwick.Errorf(codeLimitExceeded, "A user pool cannot have more than %d app clients.", maxClients)
		}
		if err := tx.Put(keyClientOf(p.ID, made.ID), nameRecord); err != nil {
			return fmt.Errorf("listing client %s: %w", made.ID, err)
		}
		return putClient(tx, &made)
	})
	if err != nil {
		return nil, err
	}
	return &CreateUserPoolClientResponse{UserPoolClient: made.describe()}, nil
}

func putClient(tx store.Tx, c *client) error {
	if err := store.PutJSON(tx, keyClient(c.ID), c); err != nil {
		return fmt.Errorf("writing client %s: %w", c.ID, err)
	}
	return nil
}

// createClientSettings is the part of a creation that can be updated later.
func createClientSettings(in *CreateUserPoolClientRequest) *UpdateUserPoolClientRequest {
	return &UpdateUserPoolClientRequest{
		AccessTokenValidity: in.AccessTokenValidity, AllowedOAuthFlows: in.AllowedOAuthFlows,
		AllowedOAuthFlowsUserPoolClient: in.AllowedOAuthFlowsUserPoolClient, AllowedOAuthScopes: in.AllowedOAuthScopes,
		AnalyticsConfiguration: in.AnalyticsConfiguration, AuthSessionValidity: in.AuthSessionValidity,
		CallbackURLs: in.CallbackURLs, ClientName: in.ClientName, DefaultRedirectURI: in.DefaultRedirectURI,
		EnablePropagateAdditionalUserContextData: in.EnablePropagateAdditionalUserContextData,
		EnableTokenRevocation:                    in.EnableTokenRevocation, ExplicitAuthFlows: in.ExplicitAuthFlows,
		IdTokenValidity: in.IdTokenValidity, LogoutURLs: in.LogoutURLs, PreventUserExistenceErrors: in.PreventUserExistenceErrors,
		ReadAttributes: in.ReadAttributes, RefreshTokenRotation: in.RefreshTokenRotation, RefreshTokenValidity: in.RefreshTokenValidity,
		SupportedIdentityProviders: in.SupportedIdentityProviders, TokenValidityUnits: in.TokenValidityUnits,
		WriteAttributes: in.WriteAttributes,
	}
}

func (a *API) describeUserPoolClient(ctx context.Context, call *bailiwick.Call, in *DescribeUserPoolClientRequest) (*DescribeUserPoolClientResponse, error) {
	out := &DescribeUserPoolClientResponse{}
	err := a.Store.View(ctx, func(r store.Reader) error {
		c, err := ownClient(r, call, in.UserPoolId, in.ClientId)
		if err == nil {
			out.UserPoolClient = c.describe()
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// ownClient reads a client of a pool of the caller.
func ownClient(r store.Reader, call *bailiwick.Call, poolID, clientID *string) (*client, error) {
	p, err := ownPool(r, call, value(poolID))
	if err != nil {
		return nil, err
	}
	return clientOf(r, p, value(clientID))
}

func (a *API) updateUserPoolClient(ctx context.Context, call *bailiwick.Call, in *UpdateUserPoolClientRequest) (*UpdateUserPoolClientResponse, error) {
	out := &UpdateUserPoolClientResponse{}
	err := a.decide(ctx, func(tx store.Tx) error {
		p, err := ownPool(tx, call, value(in.UserPoolId))
		if err != nil {
			return err
		}
		c, err := clientOf(tx, p, value(in.ClientId))
		if err != nil {
			return err
		}
		if err := c.configure(p, in, "updating"); err != nil {
			return err
		}
		c.Modified = call.Time
		out.UserPoolClient = c.describe()
		return putClient(tx, c)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) deleteUserPoolClient(ctx context.Context, call *bailiwick.Call, in *DeleteUserPoolClientRequest) (*struct{}, error) {
	err := a.decide(ctx, func(tx store.Tx) error {
		c, err := ownClient(tx, call, in.UserPoolId, in.ClientId)
		if err != nil {
			return err
		}
		if err := tx.Delete(keyClientOf(c.Pool, c.ID)); err != nil {
			return fmt.Errorf("deleting client %s: %w", c.ID, err)
		}
		return tx.Delete(keyClient(c.ID))
	})
	return nil, err
}

func (a *API) listUserPoolClients(ctx context.Context, call *bailiwick.Call, in *ListUserPoolClientsRequest) (*ListUserPoolClientsResponse, error) {
	out := &ListUserPoolClientsResponse{}
	id := value(in.UserPoolId)
	pg := pageOf("ListUserPoolClients "+id, in.MaxResults, in.NextToken)
	err := a.Store.View(ctx, func(r store.Reader) error {
		p, err := ownPool(r, call, id)
		if err != nil {
			return err
		}
		out.UserPoolClients, out.NextToken, err = listPage(a, r, pg, []any{root, "clients", id}, func(key []byte, _ struct{}) (UserPoolClientDescription, bool, error) {
			c, err := clientOf(r, p, lastPart(key))
			if err != nil {
				return UserPoolClientDescription{}, false, err
			}
			return UserPoolClientDescription{ClientId: &c.ID, ClientName: &c.Name, UserPoolId: &c.Pool}, true, nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// clientIDs lists the clients of a pool.
func clientIDs(r store.Reader, poolID string) ([]string, error) {
	var ids []string
	from, to := store.Prefix(root, "clients", poolID)
	for e, err := range r.Scan(from, to, false) {
		if err != nil {
			return nil, fmt.Errorf("listing the clients of pool %s: %w", poolID, err)
		}
		ids = append(ids, lastPart(e.Key))
	}
	return ids, nil
}

// describe is the client as AWS shows it.
func (c *client) describe() *UserPoolClientType {
	refresh := c.RefreshValidity
	if refresh == 0 && c.unit("refresh") == "days" {
		refresh = 30
	}
	units := c.Units
	if units == nil {
		units = &TokenValidityUnitsType{}
	}
	return &UserPoolClientType{
		ClientId: &c.ID, ClientName: &c.Name, UserPoolId: &c.Pool, ClientSecret: optional(c.Secret),
		CreationDate: &c.Created, LastModifiedDate: &c.Modified,
		AccessTokenValidity: optional(c.AccessValidity), IdTokenValidity: optional(c.IDValidity), RefreshTokenValidity: &refresh,
		TokenValidityUnits: units, AuthSessionValidity: &c.SessionMinutes,
		AllowedOAuthFlows: c.OAuthFlows, AllowedOAuthFlowsUserPoolClient: &c.OAuthEnabled, AllowedOAuthScopes: c.OAuthScopes,
		AnalyticsConfiguration: c.Analytics, CallbackURLs: c.CallbackURLs, LogoutURLs: c.LogoutURLs, DefaultRedirectURI: c.DefaultRedirect,
		EnablePropagateAdditionalUserContextData: &c.PropagateData, EnableTokenRevocation: &c.Revocable,
		ExplicitAuthFlows: c.AuthFlows, PreventUserExistenceErrors: optional(c.HideUsers),
		ReadAttributes: c.ReadAttributes, WriteAttributes: c.WriteAttributes,
		RefreshTokenRotation: c.Rotation, SupportedIdentityProviders: c.Providers,
	}
}
