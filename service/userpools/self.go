package userpools

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/token"
)

// Sentences of AWS about access tokens.
var (
	errBadAccess     = notAuthorized("Invalid Access Token")
	errAccessExpired = notAuthorized("Access Token has expired")
	errAccessRevoked = notAuthorized("Access Token has been revoked")
	errAccessScope   = notAuthorized("Access Token does not have required scopes")
)

// A bearer is what a verified access token says. Whether it still counts is asked
// in the transaction that acts on it.
type bearer struct {
	poolID  string
	client  string
	sub     string
	session string // id of the session's record
}

// bearer verifies an access token: signature, issuer, use, time and scope.
func (a *API) bearer(ctx context.Context, call *bailiwick.Call, raw *string) (*bearer, error) {
	claims, err := a.accessClaims(ctx, value(raw))
	if err != nil {
		var told *bailiwick.Error
		if errors.As(err, &told) || !refused(err) {
			return nil, err
		}
		call.Note("the access token was refused: %v", err)
		return nil, errBadAccess
	}
	if err := token.Expired(claims, call.Time); err != nil {
		call.Note("the access token was refused: %v", err)
		return nil, errAccessExpired
	}
	scope, _ := claims.String("scope")
	if !has(strings.Fields(scope), scopeAdmin) {
		call.Note("the access token has the scopes %.256q, which do not include %s", scope, scopeAdmin)
		return nil, errAccessScope
	}
	b := &bearer{poolID: poolOfIssuer(claims), session: sessionOf(claims)}
	b.client, _ = claims.String("client_id")
	b.sub, _ = claims.String("sub")
	return b, nil
}

var errNotAccess = errors.New("not an access token of its issuer")

// refused tells errors that say the token is wrong from failures to look at it.
func refused(err error) bool {
	for _, reason := range []error{token.ErrMalformed, token.ErrAlgorithm, token.ErrUnknownKey, token.ErrSignature, errNotAccess} {
		if errors.Is(err, reason) {
			return true
		}
	}
	return false
}

// accessClaims returns the claims of an access token that a pool here signed. The
// issuer only chooses the keys; it must be the pool's very own name.
func (a *API) accessClaims(ctx context.Context, raw string) (token.Claims, error) {
	iss, err := token.PeekIssuer(raw)
	if err != nil {
		return nil, err
	}
	p, err := a.poolByID(ctx, iss[strings.LastIndexByte(iss, '/')+1:])
	if err != nil {
		return nil, err
	}
	if p == nil || a.issuer(p) != iss {
		return nil, errNotAccess
	}
	keys, err := a.keysOf(ctx, p)
	if err != nil {
		return nil, err
	}
	claims, err := token.Verify(raw, keys.accessSet())
	if err != nil {
		return nil, err
	}
	if use, _ := claims.String("token_use"); use != "access" {
		return nil, errNotAccess
	}
	return claims, nil
}

// poolByID reads a pool; nil if there is none.
func (a *API) poolByID(ctx context.Context, id string) (*pool, error) {
	if id == "" || len(id) > maxPoolID {
		return nil, nil
	}
	var p *pool
	err := a.Store.View(ctx, func(r store.Reader) error {
		var err error
		p, err = getPool(r, id)
		return err
	})
	var told *bailiwick.Error
	if errors.As(err, &told) {
		return nil, nil
	}
	return p, err
}

// maxPoolID is the length of the longest id. Source: UserPoolIdType.
const maxPoolID = 55

// poolOfIssuer is the id at the end of a verified issuer.
func poolOfIssuer(c token.Claims) string {
	iss, _ := c.String("iss")
	return iss[strings.LastIndexByte(iss, '/')+1:]
}

// sessionOf is the id of a token's session record: origin_jti, or the event where
// the client's tokens have none.
func sessionOf(c token.Claims) string {
	if id, ok := c.String("origin_jti"); ok {
		return id
	}
	id, _ := c.String("event_id")
	return id
}

// An account is whom an access token speaks for, as one transaction sees it.
type account struct {
	pool   *pool
	client *client
	user   *user
}

// account finds whom b speaks for, if the token still counts.
func (b *bearer) account(r store.Reader) (*account, error) {
	p, err := getPool(r, b.poolID)
	if err != nil {
		return nil, err
	}
	u, err := userBySub(r, p.ID, b.sub)
	if err != nil {
		return nil, err
	}
	if !u.Enabled {
		return nil, errDisabled
	}
	s, err := getSession(r, u, b.session)
	if err != nil {
		return nil, err
	}
	if s == nil || s.Client != b.client {
		return nil, errAccessRevoked
	}
	c, err := clientOf(r, p, b.client)
	if err != nil {
		return nil, err
	}
	switch u.Status {
	case statusResetRequired:
		return nil, errResetRequired
	case statusUnconfirmed:
		return nil, errNotConfirmed
	}
	return &account{p, c, u}, nil
}

// asSelf runs a change in the name of whoever an access token speaks for.
func (a *API) asSelf(ctx context.Context, call *bailiwick.Call, raw *string, change func(store.Tx, *account) error) error {
	b, err := a.bearer(ctx, call, raw)
	if err != nil {
		return err
	}
	return a.Store.Update(ctx, func(tx store.Tx) error {
		self, err := b.account(tx)
		if err != nil {
			return err
		}
		return change(tx, self)
	})
}

func (a *API) getUser(ctx context.Context, call *bailiwick.Call, in *GetUserRequest) (*GetUserResponse, error) {
	b, err := a.bearer(ctx, call, in.AccessToken)
	if err != nil {
		return nil, err
	}
	out := &GetUserResponse{}
	err = a.Store.View(ctx, func(r store.Reader) error {
		self, err := b.account(r)
		if err != nil {
			return err
		}
		out.Username, out.UserAttributes = &self.user.Username, self.client.readable(self.user)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func (a *API) deleteUser(ctx context.Context, call *bailiwick.Call, in *DeleteUserRequest) (*struct{}, error) {
	return nil, a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		return removeUser(tx, self.pool, self.user)
	})
}

// globalSignOut ends every session of the user, this one too.
func (a *API) globalSignOut(ctx context.Context, call *bailiwick.Call, in *GlobalSignOutRequest) (*GlobalSignOutResponse, error) {
	err := a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		next := self.user.clone()
		next.Epoch++
		return putUser(tx, next)
	})
	if err != nil {
		return nil, err
	}
	return &GlobalSignOutResponse{}, nil
}

// changePasswordLimit is how many wrong passwords an hour ChangePassword hears.
// Source: Cognito Developer Guide, "Quotas".
const changePasswordLimit = 5

// changePassword sets a new password for whoever knows the present one: a stolen
// access token is not enough.
func (a *API) changePassword(ctx context.Context, call *bailiwick.Call, in *ChangePasswordRequest) (*ChangePasswordResponse, error) {
	b, err := a.bearer(ctx, call, in.AccessToken)
	if err != nil {
		return nil, err
	}
	var self *account
	err = a.Store.View(ctx, func(r store.Reader) error {
		self, err = b.account(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	if err := self.pool.checkPassword(value(in.ProposedPassword)); err != nil {
		return nil, err
	}
	was := self.user
	right := len(was.Verifier) == 0 && in.PreviousPassword == nil ||
		a.SRP.CheckPassword(self.pool.name(), was.Username, value(in.PreviousPassword), was.Salt, was.Verifier)
	v, err := a.verifier(self.pool, was.Username, value(in.ProposedPassword))
	if err != nil {
		return nil, err
	}
	var told error
	err = a.Store.Update(ctx, func(tx store.Tx) error {
		told = nil
		self, err := b.account(tx)
		if err != nil {
			return err
		}
		told, err = a.swapPassword(tx, self, was, right, v, call.Time)
		return err
	})
	if err == nil {
		err = told
	}
	if err != nil {
		return nil, err
	}
	return &ChangePasswordResponse{}, nil
}

func (a *API) swapPassword(tx store.Tx, self *account, was *user, right bool, v *verifier, now time.Time) (told, err error) {
	const kind = "change-password"
	u := self.user
	if told, err := a.spent(tx, u.Pool, u.Sub, kind, changePasswordLimit, now); told != nil || err != nil {
		return told, err
	}
	if !right || string(was.Verifier) != string(u.Verifier) {
		return errWrongPassword, a.count(tx, u.Pool, u.Sub, kind, now)
	}
	next := u.clone()
	v.give(next)
	next.Modified = now
	return nil, putUser(tx, next)
}
