package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// preferences are the factors of SetUserMFAPreference and its administrators' kin.
type preferences struct {
	sms      *SMSMfaSettingsType
	email    *EmailMfaSettingsType
	webAuthn *WebAuthnMfaSettingsType
	token    *SoftwareTokenMfaSettingsType
}

func (a *API) setUserMFAPreference(ctx context.Context, call *bailiwick.Call, in *SetUserMFAPreferenceRequest) (*SetUserMFAPreferenceResponse, error) {
	p := preferences{in.SMSMfaSettings, in.EmailMfaSettings, in.WebAuthnMfaSettings, in.SoftwareTokenMfaSettings}
	if err := p.check(); err != nil {
		return nil, err
	}
	err := a.asSelf(ctx, call, in.AccessToken, func(tx store.Tx, self *account) error {
		next := self.user.clone()
		if err := p.apply(next); err != nil {
			return err
		}
		next.Modified = call.Time
		return putUser(tx, next)
	})
	if err != nil {
		return nil, err
	}
	return &SetUserMFAPreferenceResponse{}, nil
}

func (a *API) adminSetUserMFAPreference(ctx context.Context, call *bailiwick.Call, in *AdminSetUserMFAPreferenceRequest) (*AdminSetUserMFAPreferenceResponse, error) {
	p := preferences{in.SMSMfaSettings, in.EmailMfaSettings, in.WebAuthnMfaSettings, in.SoftwareTokenMfaSettings}
	if err := p.check(); err != nil {
		return nil, err
	}
	err := a.changeUser(ctx, call, in.UserPoolId, in.Username, func(_ store.Tx, _ *pool, u *user) error { return p.apply(u) })
	if err != nil {
		return nil, err
	}
	return &AdminSetUserMFAPreferenceResponse{}, nil
}

// check refuses to switch on what is not here. What says that it is off is fine:
// clients name every factor there is.
func (p *preferences) check() error {
	var sms, email SoftwareTokenMfaSettingsType
	if p.sms != nil {
		sms = SoftwareTokenMfaSettingsType(*p.sms)
	}
	if p.email != nil {
		email = SoftwareTokenMfaSettingsType(*p.email)
	}
	preferred := 0
	for _, f := range []SoftwareTokenMfaSettingsType{sms, email, value(p.token)} {
		if value(f.PreferredMfa) {
			preferred++
		}
	}
	switch {
	case preferred > 1:
		return invalid("Only one MFA setting can be preferred")
	case value(sms.Enabled) || value(sms.PreferredMfa):
		return invalid("SMSMfaSettings is not supported: the second factor of this server are software tokens.")
	case value(email.Enabled) || value(email.PreferredMfa):
		return invalid("EmailMfaSettings is not supported: the second factor of this server are software tokens.")
	case p.webAuthn != nil && value(p.webAuthn.Enabled):
		return invalid("WebAuthnMfaSettings is not supported: this server has no passkeys.")
	case p.token != nil && value(p.token.PreferredMfa) && !value(p.token.Enabled):
		return invalid("A MFA setting that is not enabled cannot be preferred")
	}
	return nil
}

// apply changes what is named. To switch a token off does not forget it, and a
// pool that asks everybody still asks for it.
func (p *preferences) apply(u *user) error {
	if p.token == nil {
		return nil
	}
	if u.Software == nil {
		if value(p.token.Enabled) || value(p.token.PreferredMfa) {
			return errNotVerified
		}
		return nil
	}
	next := *u.Software
	// What is left out is false, the default of the type: SDKs leave false out.
	next.Enabled, next.Preferred = value(p.token.Enabled), value(p.token.PreferredMfa)
	u.Software = &next
	return nil
}
