package userpools

import (
	"context"
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// eitherCredential tells AssociateSoftwareToken and VerifySoftwareToken apart that
// a signed-in user calls from those of somebody who is on the way to sign in.
func eitherCredential(access, session *string) error {
	switch {
	case access == nil && session == nil:
		return invalid("Missing required parameter AccessToken or Session")
	case access != nil && session != nil:
		return invalid("Only one of the parameters AccessToken and Session can be given")
	}
	return nil
}

// associateSoftwareToken hands out a new secret, once. It changes nothing yet: a
// token that is in force stays so until the new one is verified.
func (a *API) associateSoftwareToken(ctx context.Context, call *bailiwick.Call, in *AssociateSoftwareTokenRequest) (*AssociateSoftwareTokenResponse, error) {
	if err := eitherCredential(in.AccessToken, in.Session); err != nil {
		return nil, err
	}
	d, err := a.drawToken()
	if err != nil {
		return nil, err
	}
	if in.Session != nil {
		return a.associateInSession(ctx, call, *in.Session, d)
	}
	err = a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		if self.pool.Settings.mode() == mfaOff {
			return errTokensOff
		}
		return await(tx, self.user, pendingSelf, d, call.Time.Add(pendingLife))
	})
	if err != nil {
		return nil, err
	}
	return &AssociateSoftwareTokenResponse{SecretCode: &d.text}, nil
}

// associateInSession takes the Session of MFA_SETUP, which only users have who
// have no factor: the password alone must not replace one.
func (a *API) associateInSession(ctx context.Context, call *bailiwick.Call, text string, d *drawnToken) (*AssociateSoftwareTokenResponse, error) {
	s, session, err := a.resume(ctx, call, challengeSetup, text)
	if err != nil {
		return nil, err
	}
	next := *session
	next.Challenge, next.Expires = setupVerify, call.Time.Add(s.client.sessionLife())
	if next.ID, err = uuid(a.Rand); err != nil {
		return nil, err
	}
	sealed, err := a.sealSession(&next)
	if err != nil {
		return nil, err
	}
	err = a.decide(ctx, func(tx store.Tx) error {
		u, err := settingUp(tx, s, session)
		if err != nil {
			return err
		}
		if _, err := spend(tx, s.pool.ID, session.ID, session.Expires); err != nil {
			return err
		}
		return await(tx, u, next.ID, d, next.Expires)
	})
	if err != nil {
		return nil, err
	}
	return &AssociateSoftwareTokenResponse{SecretCode: &d.text, Session: &sealed}, nil
}

// resume finds pool and client of a Session that comes without the client's id.
func (a *API) resume(ctx context.Context, call *bailiwick.Call, challenge, text string) (*signIn, *challengeSession, error) {
	peek, err := a.unsealSession(text)
	if err != nil {
		call.Note("the Session is not one of this server")
		return nil, nil, errBadSession
	}
	s, err := a.publicSignIn(ctx, call, &peek.Client, nil)
	var told *bailiwick.Error
	if errors.As(err, &told) {
		call.Note("the client of the Session is gone")
		return nil, nil, errBadSession
	}
	if err != nil {
		return nil, nil, err
	}
	session, err := a.openSession(s, challenge, text)
	return s, session, err
}

// settingUp is the user of a Session of MFA_SETUP, if that still has no factor.
func settingUp(r store.Reader, s *signIn, session *challengeSession) (*user, error) {
	u, err := proven(r, s, session)
	if err != nil {
		return nil, err
	}
	if s.pool.Settings.mode() == mfaOff {
		return nil, errTokensOff
	}
	if u.Software != nil {
		s.call.Note("the user has a software token since the Session began; a sign-in asks for its code")
		return nil, errSessionEnded
	}
	return u, nil
}

// maxDeviceName bounds FriendlyDeviceName, in bytes: it is told with every sign-in.
const maxDeviceName = 256

// verifySoftwareToken takes the first code of a new secret and puts it in force,
// in the place of an older one.
func (a *API) verifySoftwareToken(ctx context.Context, call *bailiwick.Call, in *VerifySoftwareTokenRequest) (*VerifySoftwareTokenResponse, error) {
	if err := eitherCredential(in.AccessToken, in.Session); err != nil {
		return nil, err
	}
	if len(value(in.FriendlyDeviceName)) > maxDeviceName {
		return nil, invalid("FriendlyDeviceName is longer than %d bytes", maxDeviceName)
	}
	out := &VerifySoftwareTokenResponse{Status: ptr("SUCCESS")}
	var err error
	if in.Session != nil {
		out.Session, err = a.verifyInSession(ctx, call, in)
	} else {
		err = a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
			if self.pool.Settings.mode() == mfaOff {
				return errTokensOff
			}
			return a.verifyPending(tx, self.pool, self.user, pendingSelf, in, call)
		})
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// verifyPending puts the secret that waits under id in force, or answers errEnable.
func (a *API) verifyPending(tx store.Tx, p *pool, u *user, id string, in *VerifySoftwareTokenRequest, call *bailiwick.Call) error {
	pending, err := awaited(tx, u, id)
	if err != nil {
		return err
	}
	step, right, err := a.checkCode(pending.Secret, value(in.UserCode), call.Time)
	if err != nil {
		return err
	}
	if !right {
		return errEnable
	}
	return adopt(tx, p, u, id, pending, step, value(in.FriendlyDeviceName), call.Time)
}

// verifyInSession answers the Session with which MFA_SETUP is answered.
func (a *API) verifyInSession(ctx context.Context, call *bailiwick.Call, in *VerifySoftwareTokenRequest) (*string, error) {
	s, session, err := a.resume(ctx, call, setupVerify, *in.Session)
	if err != nil {
		return nil, err
	}
	next := *session
	next.Challenge, next.Expires = setupDone, call.Time.Add(s.client.sessionLife())
	if next.ID, err = uuid(a.Rand); err != nil {
		return nil, err
	}
	var told error
	err = a.decide(ctx, func(tx store.Tx) error {
		told = nil
		u, err := settingUp(tx, s, session)
		if err != nil {
			return err
		}
		err = a.verifyPending(tx, s.pool, u, session.ID, in, call)
		if errors.Is(err, errEnable) {
			told = errEnable
			return countWrong(tx, s, session)
		}
		if err != nil {
			return err
		}
		if u, err = userBySub(tx, u.Pool, u.Sub); err != nil {
			return err
		}
		next.Token = u.Software.ID
		_, err = spend(tx, s.pool.ID, session.ID, session.Expires)
		return err
	})
	if err == nil {
		err = told
	}
	if err != nil {
		return nil, err
	}
	sealed, err := a.sealSession(&next)
	return &sealed, err
}
