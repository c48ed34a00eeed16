package userpools

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// MfaConfiguration of a pool.
const (
	mfaOff      = "OFF"
	mfaOptional = "OPTIONAL" // whoever has switched a factor on is asked for it
	mfaOn       = "ON"       // everybody is
)

// AWS's sentences about combinations that are refused.
var (
	errNeedsSms    = invalid("SMS configuration and Auto verification for phone_number are required when MFA is required/optional")
	errTurnOnLater = invalid("Cannot turn MFA functionality ON, once the user pool has been created.")
	errNoFactor    = invalid("At least one of [SmsMfaConfiguration] or [SoftwareTokenMfaConfiguration] must be provided.")
	errAllDisabled = invalid("Invalid MFA configuration given, can't disable all MFAs with a required or optional configuration.")
	errOffAndOn    = invalid("Invalid MFA configuration given, can't turn off MFA and configure an MFA together.")
	errSmsMember   = invalid("[SmsConfiguration] is a required member of [SoftwareTokenMfaConfiguration].") // sic
)

// mode is the pool's MfaConfiguration.
func (s *settings) mode() string {
	if s.Mfa == "" {
		return mfaOff
	}
	return s.Mfa
}

func (s *settings) setMode(mode string) {
	if s.Mfa = mode; mode == mfaOff {
		s.Mfa = ""
	}
}

// takeMode takes MfaConfiguration of CreateUserPool and UpdateUserPool, which at
// AWS can ask for text messages only: software tokens are SetUserPoolMfaConfig's,
// and so is the step to ON. An update that does not name it keeps it.
func (s *settings) takeMode(in *UpdateUserPoolRequest) error {
	mode := or(in.MfaConfiguration, s.mode())
	switch {
	case mode == mfaOff || mode == s.mode():
	case !s.Totp && (in.SmsConfiguration == nil || !has(in.AutoVerifiedAttributes, "phone_number")):
		return errNeedsSms
	case !s.Totp:
		return invalid("MfaConfiguration %s with text messages is not supported: the second factor of this server are software tokens, which SetUserPoolMfaConfig sets.", mode)
	case mode == mfaOn:
		return errTurnOnLater
	}
	s.setMode(mode)
	return nil
}

func (a *API) getUserPoolMfaConfig(ctx context.Context, call *bailiwick.Call, in *GetUserPoolMfaConfigRequest) (*GetUserPoolMfaConfigResponse, error) {
	out := &GetUserPoolMfaConfigResponse{}
	err := a.readPool(ctx, call, in.UserPoolId, func(_ store.Reader, p *pool) error {
		out.MfaConfiguration = ptr(p.Settings.mode())
		out.SmsMfaConfiguration, out.SoftwareTokenMfaConfiguration = p.Settings.smsMfa(), p.Settings.totp()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// setUserPoolMfaConfig sets all of it: what is not named is off, as at AWS. The
// SMS settings are those of the pool itself.
func (a *API) setUserPoolMfaConfig(ctx context.Context, call *bailiwick.Call, in *SetUserPoolMfaConfigRequest) (*SetUserPoolMfaConfigResponse, error) {
	mode := or(in.MfaConfiguration, mfaOff)
	if err := checkMfaConfig(in, mode); err != nil {
		return nil, err
	}
	out := &SetUserPoolMfaConfigResponse{MfaConfiguration: &mode}
	err := a.changePool(ctx, call, value(in.UserPoolId), func(p *pool) error {
		s := &p.Settings
		if m := in.SmsMfaConfiguration; m != nil {
			if m.SmsConfiguration != nil {
				s.Sms = m.SmsConfiguration
			}
			s.SmsAuthMessage = pick(m.SmsAuthenticationMessage, s.SmsAuthMessage)
		}
		s.setMode(mode)
		s.Totp = in.SoftwareTokenMfaConfiguration != nil && value(in.SoftwareTokenMfaConfiguration.Enabled)
		s.TotpSpoken = s.TotpSpoken || in.SoftwareTokenMfaConfiguration != nil
		out.SmsMfaConfiguration, out.SoftwareTokenMfaConfiguration = s.smsMfa(), s.totp()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// checkMfaConfig refuses what makes no sense, and the factors that are not here:
// to store one and not to ask for it would leave a protection that is not there.
func checkMfaConfig(in *SetUserPoolMfaConfigRequest, mode string) error {
	sms, token := in.SmsMfaConfiguration, in.SoftwareTokenMfaConfiguration
	enabled := token != nil && value(token.Enabled)
	switch {
	case in.EmailMfaConfiguration != nil:
		return invalid("EmailMfaConfiguration is not supported: the second factor of this server are software tokens.")
	case in.WebAuthnConfiguration != nil:
		return invalid("WebAuthnConfiguration is not supported: this server has no passkeys.")
	case mode == mfaOff && enabled:
		return errOffAndOn
	case mode == mfaOff:
		return nil
	case sms == nil && token == nil:
		return errNoFactor
	case sms != nil && sms.SmsConfiguration == nil:
		return errSmsMember
	case sms != nil:
		return invalid("SmsMfaConfiguration with MfaConfiguration %s is not supported: the second factor of this server are software tokens.", mode)
	case !enabled:
		return errAllDisabled
	}
	return nil
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
	return &SoftwareTokenMfaConfigType{Enabled: &s.Totp}
}
