package identitypools

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/token"
)

// issuer is the iss of the tokens.
const issuer = "https://" + provider

// tokenDuration is how long a token of GetOpenIdToken is good.
const tokenDuration = 10 * time.Minute

// claimTags holds the session tags of a token.
// Source: IAM User Guide, "Passing session tags using AssumeRoleWithWebIdentity".
const claimTags = "https://aws.amazon.com/tags"

// getOpenIDToken is the first half of the basic flow. Its token lets the bearer
// choose the role, so the pool must say that it wants that.
func (a *API) getOpenIDToken(ctx context.Context, call *bailiwick.Call, in *GetOpenIdTokenInput) (*GetOpenIdTokenResponse, error) {
	if _, ok := in.Logins[provider]; ok {
		call.Note("A token of %s is no login for a new one: it would never expire.", provider)
		return nil, errUnsupportedToken
	}
	v, err := a.enter(ctx, call, *in.IdentityId, in.Logins)
	if err != nil {
		return nil, err
	}
	if !v.pool.Classic {
		call.Note("The identity pool %s has AllowClassicFlow off.", v.pool.ID)
		return nil, errClassicFlow
	}
	id, err := v.webIdentity(call)
	if err != nil {
		return nil, err
	}
	key, err := a.signer.key(ctx, a)
	if err != nil {
		return nil, err
	}
	t, err := key.Sign(claimsOf(id, call.Time, tokenDuration))
	if err != nil {
		return nil, err
	}
	return &GetOpenIdTokenResponse{IdentityId: &v.identity.ID, Token: &t}, nil
}

func claimsOf(id bailiwick.WebIdentity, now time.Time, valid time.Duration) map[string]any {
	claims := map[string]any{
		"iss": issuer, "sub": id.Subject, "aud": id.Audience, "amr": id.AMR,
		"iat": now.Unix(), "exp": now.Add(valid).Unix(),
	}
	if len(id.Tags) > 0 {
		tags := map[string][]string{}
		for k, v := range id.Tags {
			tags[k] = []string{v}
		}
		claims[claimTags] = map[string]any{"principal_tags": tags}
	}
	return claims
}

// VerifyWebIdentity implements bailiwick.WebIdentities for the tokens of
// GetOpenIdToken. Beside signature and expiry it asks whether the pool still
// allows the basic flow and the identity still exists, so that closing either
// does not wait for tokens to expire.
func (a *API) VerifyWebIdentity(ctx context.Context, jwt string) (bailiwick.WebIdentity, error) {
	claims, err := a.signed(ctx, jwt)
	if err != nil {
		return bailiwick.WebIdentity{}, err
	}
	id := bailiwick.WebIdentity{Provider: provider}
	id.Subject, _ = claims["sub"].(string)
	id.Audience, _ = claims["aud"].(string)
	id.AMR = stringsOf(claims["amr"])
	if id.Subject == "" || id.Audience == "" || len(id.AMR) == 0 {
		return bailiwick.WebIdentity{}, errNotJWT
	}
	if id.Tags, id.TransitiveKeys, err = tagsIn(claims[claimTags]); err != nil {
		return bailiwick.WebIdentity{}, err
	}
	err = a.Store.View(ctx, func(r store.Reader) error { return stillGood(r, id) })
	return id, err
}

// Errors of STS for tokens.
var (
	errNotJWT   = bailiwick.Errorf("InvalidIdentityToken", "The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	errNoKey    = bailiwick.Errorf("InvalidIdentityToken", "Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements")
	errAudience = bailiwick.Errorf("InvalidIdentityToken", "Incorrect token audience")
	errTagClaim = bailiwick.Errorf("InvalidIdentityToken", "The principal tags of the token are not in the correct format.")
)

// signed is ours with the errors of STS.
func (a *API) signed(ctx context.Context, jwt string) (bailiwick.Claims, error) {
	claims, err := a.ours(ctx, jwt)
	var refused *bailiwick.TokenError
	if !errors.As(err, &refused) {
		return claims, err
	}
	switch refused.Reason {
	case bailiwick.TokenIssuer:
		iss, _ := token.PeekIssuer(jwt)
		return nil, bailiwick.Errorf("InvalidIdentityToken", "No OpenIDConnect provider found in your account for %.256s", iss)
	case bailiwick.TokenSignature:
		return nil, errNoKey
	case bailiwick.TokenExpired:
		return nil, bailiwick.Errorf("ExpiredTokenException", "Token expired: current date/time %d must be before the expiration date/time %d", a.Now().Unix(), refused.Expires.Unix())
	}
	return nil, errNotJWT
}

// ours returns the claims of a token that this service signed and that has not
// expired. Refusals are TokenErrors.
func (a *API) ours(ctx context.Context, jwt string) (bailiwick.Claims, error) {
	iss, err := token.PeekIssuer(jwt)
	switch {
	case err != nil:
		return nil, &bailiwick.TokenError{Reason: bailiwick.TokenMalformed}
	case iss != issuer:
		return nil, &bailiwick.TokenError{Reason: bailiwick.TokenIssuer}
	}
	keys, err := a.signer.public(ctx, a.Store)
	if err != nil {
		return nil, err
	}
	claims, err := token.Verify(jwt, keys, token.RS512)
	switch {
	case errors.Is(err, token.ErrMalformed):
		return nil, &bailiwick.TokenError{Reason: bailiwick.TokenMalformed}
	case err != nil:
		return nil, &bailiwick.TokenError{Reason: bailiwick.TokenSignature}
	}
	var late *token.TimeError
	if err := token.Expired(claims, a.Now()); errors.As(err, &late) {
		return nil, &bailiwick.TokenError{Reason: bailiwick.TokenExpired, Expires: late.At}
	}
	return bailiwick.Claims(claims), nil
}

// tagsIn reads the claim of session tags: each tag is an array of one string.
func tagsIn(claim any) (map[string]string, []string, error) {
	if claim == nil {
		return nil, nil, nil
	}
	members, ok := claim.(map[string]any)
	if !ok {
		return nil, nil, errTagClaim
	}
	listed, ok := members["principal_tags"].(map[string]any)
	if !ok {
		return nil, nil, errTagClaim
	}
	tags := make(map[string]string, len(listed))
	for k, v := range listed {
		list, ok := v.([]any)
		if !ok || len(list) != 1 {
			return nil, nil, errTagClaim
		}
		if tags[k], ok = list[0].(string); !ok {
			return nil, nil, errTagClaim
		}
	}
	transitive := stringsOf(members["transitive_tag_keys"])
	slices.Sort(transitive)
	return tags, slices.Compact(transitive), nil
}

func stillGood(r store.Reader, id bailiwick.WebIdentity) error {
	p, err := getPool(r, id.Audience)
	if isNotFound(err) {
		return errAudience
	}
	if err != nil {
		return fmt.Errorf("finding the audience of a token: %w", err)
	}
	if !p.Classic {
		return bailiwick.Errorf("InvalidIdentityToken", "%s", errClassicFlow.Message)
	}
	i, err := getIdentity(r, id.Subject)
	if isNotFound(err) || err == nil && (i.Pool != p.ID || i.Closed) {
		return bailiwick.Errorf("InvalidIdentityToken", "The identity of the token does not exist.")
	}
	return err
}
