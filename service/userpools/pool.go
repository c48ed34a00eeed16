package userpools

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// A pool is the record of a user pool. Its signing keys are a record of their own.
type pool struct {
	ID       string // REGION_ and nine characters
	Account  string
	Region   string
	Created  time.Time
	Modified time.Time

	// Fixed when the pool is made.
	CaseSensitive      bool
	CaseSpoken         bool        // UsernameConfiguration was given
	UsernameAttributes []string    // email, phone_number: what users sign up with
	AliasAttributes    []string    // email, phone_number, preferred_username
	Schema             []attribute // attributes declared by the pool; the standard ones are in standardAttributes

	Settings settings
}

// arn is the pool as policies name it.
func (p *pool) arn() string { return poolARN(p.Region, p.Account, p.ID) }

func poolARN(region, account, id string) string {
	return "arn:aws:cognito-idp:" + region + ":" + account + ":userpool/" + id
}

// name is the part of the id that SRP hashes: what stands behind the underscore.
func (p *pool) name() string { return srpName(p.ID) }

func srpName(id string) string {
	_, name, _ := strings.Cut(id, "_")
	return name
}

func (a *API) describeUserPool(ctx context.Context, call *bailiwick.Call, in *DescribeUserPoolRequest) (*DescribeUserPoolResponse, error) {
	var out *UserPoolType
	err := a.Store.View(ctx, func(r store.Reader) error {
		p, err := ownPool(r, call, value(in.UserPoolId))
		if err != nil {
			return err
		}
		n, err := countUsers(r, p.ID)
		out = p.describe(n)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &DescribeUserPoolResponse{UserPool: out}, nil
}

// maxCounted bounds the counting of users: the number is an estimate by name.
const maxCounted = 10_000

func countUsers(r store.Reader, poolID string) (int32, error) {
	n := int32(0)
	from, to := store.Prefix(root, "user", poolID)
	for _, err := range r.Scan(from, to, false) {
		if err != nil {
			return 0, fmt.Errorf("counting the users of pool %s: %w", poolID, err)
		}
		if n++; n == maxCounted {
			break
		}
	}
	return n, nil
}

func (a *API) updateUserPool(ctx context.Context, call *bailiwick.Call, in *UpdateUserPoolRequest) (*UpdateUserPoolResponse, error) {
	if err := a.checkLambdaConfig(in, call.Region); err != nil {
		return nil, err
	}
	err := a.changePool(ctx, call, value(in.UserPoolId), func(p *pool) error {
		s, err := newSettings(in, &p.Settings)
		if err != nil {
			return err
		}
		p.Settings = *s
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &UpdateUserPoolResponse{}, nil
}

// changePool reads a pool of the caller, lets change edit it and writes it.
func (a *API) changePool(ctx context.Context, call *bailiwick.Call, id string, change func(*pool) error) error {
	return a.decide(ctx, func(tx store.Tx) error {
		p, err := ownPool(tx, call, id)
		if err != nil {
			return err
		}
		if err := change(p); err != nil {
			return err
		}
		p.Modified = call.Time
		if err := store.PutJSON(tx, keyPool(p.ID), p); err != nil {
			return fmt.Errorf("writing pool %s: %w", p.ID, err)
		}
		return nil
	})
}

// deleteUserPool makes the pool and its clients vanish in one step. What is left
// below the pool's id, which is never used again, is swept away behind it.
func (a *API) deleteUserPool(ctx context.Context, call *bailiwick.Call, in *DeleteUserPoolRequest) (*struct{}, error) {
	id := value(in.UserPoolId)
	err := a.decide(ctx, func(tx store.Tx) error {
		p, err := ownPool(tx, call, id)
		if err != nil {
			return err
		}
		if p.Settings.Protected {
			return invalid("The user pool cannot be deleted because deletion protection is activated. Deletion protection must be inactivated first.")
		}
		clients, err := clientIDs(tx, id)
		if err != nil {
			return err
		}
		keys := [][]byte{keyPool(id), keySigning(id), keyPoolOf(p.Account, p.Region, id)}
		for _, c := range clients {
			keys = append(keys, keyClient(c), keyClientOf(id, c))
		}
		for _, k := range keys {
			if err := tx.Delete(k); err != nil {
				return fmt.Errorf("deleting pool %s: %w", id, err)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return nil, a.sweep(ctx, id)
}

const sweepBatch = 1000

// sweep deletes what a deleted pool left, in small transactions.
func (a *API) sweep(ctx context.Context, poolID string) error {
	for _, kind := range []string{"user", "handle", "group", "member", "membership", "code", "attempts", "session", "spent", "wrong", "pending", "lock"} {
		from, to := store.Prefix(root, kind, poolID)
		for more := true; more; {
			err := a.decide(ctx, func(tx store.Tx) error {
				n := 0
				for e, err := range tx.Scan(from, to, false) {
					if err != nil {
						return err
					}
					if err := tx.Delete(e.Key); err != nil {
						return err
					}
					if n++; n == sweepBatch {
						break
					}
				}
				more = n == sweepBatch
				return nil
			})
			if err != nil {
				return fmt.Errorf("sweeping the %s records of deleted pool %s: %w", kind, poolID, err)
			}
		}
	}
	return nil
}

func (a *API) listUserPools(ctx context.Context, call *bailiwick.Call, in *ListUserPoolsRequest) (*ListUserPoolsResponse, error) {
	out := &ListUserPoolsResponse{}
	pg := pageOf("ListUserPools "+call.Account+" "+call.Region, in.MaxResults, in.NextToken)
	err := a.Store.View(ctx, func(r store.Reader) error {
		keep := func(key []byte, _ struct{}) (UserPoolDescriptionType, bool, error) {
			p, err := getPool(r, lastPart(key))
			if err != nil {
				return UserPoolDescriptionType{}, false, err
			}
			return UserPoolDescriptionType{
				Id: &p.ID, Name: &p.Settings.Name, LambdaConfig: p.lambdaConfig(),
				CreationDate: &p.Created, LastModifiedDate: &p.Modified,
			}, true, nil
		}
		var err error
		out.UserPools, out.NextToken, err = listPage(a, r, pg, []any{root, "pools", call.Account, call.Region}, keep)
		return err
	})
	return out, err
}

func (a *API) addCustomAttributes(ctx context.Context, call *bailiwick.Call, in *AddCustomAttributesRequest) (*AddCustomAttributesResponse, error) {
	err := a.changePool(ctx, call, value(in.UserPoolId), func(p *pool) error {
		var err error
		p.Schema, err = addCustom(p.Schema, in.CustomAttributes)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &AddCustomAttributesResponse{}, nil
}

// describe is the pool as AWS shows it.
func (p *pool) describe(users int32) *UserPoolType {
	s := &p.Settings
	out := &UserPoolType{
		Id: &p.ID, Name: &s.Name, Arn: ptr(p.arn()), CreationDate: &p.Created, LastModifiedDate: &p.Modified,
		EstimatedNumberOfUsers: &users, MfaConfiguration: ptr(s.mode()), LambdaConfig: p.lambdaConfig(),
		Policies:               &UserPoolPolicyType{PasswordPolicy: &s.Password, SignInPolicy: s.signIn()},
		SchemaAttributes:       p.describeSchema(),
		AutoVerifiedAttributes: s.AutoVerified, AliasAttributes: p.AliasAttributes, UsernameAttributes: p.UsernameAttributes,
		AdminCreateUserConfig:    &AdminCreateUserConfigType{AllowAdminCreateUserOnly: &s.AdminOnly, InviteMessageTemplate: s.Invite, UnusedAccountValidityDays: ptr(s.temporaryDays())},
		AccountRecoverySetting:   s.Recovery,
		DeletionProtection:       ptr("INACTIVE"),
		DeviceConfiguration:      s.Device,
		EmailConfiguration:       s.Email,
		SmsAuthenticationMessage: s.SmsAuthMessage,
		SmsConfiguration:         s.Sms,
		UserPoolAddOns:           s.AddOns,
		UserPoolTags:             tagsShown(s.Tags),
		UserPoolTier:             &s.Tier,
	}
	s.describeMessages(out)
	if s.Protected {
		out.DeletionProtection = ptr("ACTIVE")
	}
	if p.CaseSpoken {
		out.UsernameConfiguration = &UsernameConfigurationType{CaseSensitive: &p.CaseSensitive}
	}
	if s.VerifyUpdateSpoken {
		out.UserAttributeUpdateSettings = &UserAttributeUpdateSettingsType{AttributesRequireVerificationBeforeUpdate: s.VerifyBeforeUpdate}
	}
	return out
}
