package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

func (a *API) getUserPoolMfaConfig(ctx context.Context, call *bailiwick.Call, in *GetUserPoolMfaConfigRequest) (*GetUserPoolMfaConfigResponse, error) {
	out := &GetUserPoolMfaConfigResponse{MfaConfiguration: ptr("OFF")}
	err := a.readPool(ctx, call, in.UserPoolId, func(_ store.Reader, p *pool) error {
		out.SmsMfaConfiguration, out.SoftwareTokenMfaConfiguration = p.Settings.smsMfa(), p.Settings.totp()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// setUserPoolMfaConfig takes what says that no second factor is asked for, as
// tools send it for every pool, and refuses the rest. The SMS settings are those
// of the pool itself, as at AWS.
func (a *API) setUserPoolMfaConfig(ctx context.Context, call *bailiwick.Call, in *SetUserPoolMfaConfigRequest) (*SetUserPoolMfaConfigResponse, error) {
	if err := unsupportedMfa(in); err != nil {
		return nil, err
	}
	out := &SetUserPoolMfaConfigResponse{MfaConfiguration: ptr("OFF")}
	err := a.changePool(ctx, call, value(in.UserPoolId), func(p *pool) error {
		if m := in.SmsMfaConfiguration; m != nil {
			if m.SmsConfiguration != nil {
				p.Settings.Sms = m.SmsConfiguration
			}
			p.Settings.SmsAuthMessage = pick(m.SmsAuthenticationMessage, p.Settings.SmsAuthMessage)
		}
		p.Settings.TotpSpoken = p.Settings.TotpSpoken || in.SoftwareTokenMfaConfiguration != nil
		out.SmsMfaConfiguration, out.SoftwareTokenMfaConfiguration = p.Settings.smsMfa(), p.Settings.totp()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// unsupportedMfa names what would ask for a second factor: to store it and not to
// ask would leave a protection that is not there.
func unsupportedMfa(in *SetUserPoolMfaConfigRequest) error {
	switch {
	case or(in.MfaConfiguration, "OFF") != "OFF":
		return unsupportedMode(*in.MfaConfiguration)
	case in.SoftwareTokenMfaConfiguration != nil && value(in.SoftwareTokenMfaConfiguration.Enabled):
		return invalid("SoftwareTokenMfaConfiguration is not supported: this server does not ask for a second factor yet.")
	case in.EmailMfaConfiguration != nil:
		return invalid("EmailMfaConfiguration is not supported: this server does not ask for a second factor yet.")
	case in.WebAuthnConfiguration != nil:
		return invalid("WebAuthnConfiguration is not supported: this server has no passkeys.")
	}
	return nil
}

func unsupportedMode(mode string) error {
	return invalid("MfaConfiguration %s is not supported: this server does not ask for a second factor yet.", mode)
}

func (s *settings) smsMfa() *SmsMfaConfigType {
	if s.Sms == nil {
		return nil
	}
	return &SmsMfaConfigType{SmsAuthenticationMessage: s.SmsAuthMessage, SmsConfiguration: s.Sms}
}

// totp is shown once it was said: tools compare what they read with what they sent.
func (s *settings) totp() *SoftwareTokenMfaConfigType {
	if !s.TotpSpoken {
		return nil
	}
	return &SoftwareTokenMfaConfigType{Enabled: ptr(false)}
}
