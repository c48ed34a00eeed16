package userpools

import (
	"slices"
)

// settings is what UpdateUserPool sets; members that it omits go back to their
// defaults, as AWS documents. Name and tags are kept: their loss would change
// what policies say about the pool. So is the second factor, as AWS does.
type settings struct {
	Name         string            `json:",omitempty"`
	Tags         map[string]string `json:",omitempty"`
	AutoVerified []string          `json:",omitempty"` // AutoVerifiedAttributes

	Password           PasswordPolicyType               // complete, defaults filled in
	SignIn             *SignInPolicyType                `json:",omitempty"`
	AdminOnly          bool                             `json:",omitempty"` // AllowAdminCreateUserOnly
	Invite             *MessageTemplateType             `json:",omitempty"`
	UnusedDays         int32                            `json:",omitempty"` // UnusedAccountValidityDays, the older name of TemporaryPasswordValidityDays; 0: not given
	Recovery           *AccountRecoverySettingType      `json:",omitempty"`
	VerifyBeforeUpdate []string                         `json:",omitempty"` // AttributesRequireVerificationBeforeUpdate
	VerifyUpdateSpoken bool                             `json:",omitempty"`
	Template           *VerificationMessageTemplateType `json:",omitempty"`
	EmailMessage       *string                          `json:",omitempty"`
	EmailSubject       *string                          `json:",omitempty"`
	SmsMessage         *string                          `json:",omitempty"`
	SmsAuthMessage     *string                          `json:",omitempty"`
	Protected          bool                             `json:",omitempty"` // DeletionProtection
	Device             *DeviceConfigurationType         `json:",omitempty"`
	Email              *EmailConfigurationType          `json:",omitempty"`
	Sms                *SmsConfigurationType            `json:",omitempty"`
	AddOns             *UserPoolAddOnsType              `json:",omitempty"`
	Tier               string                           `json:",omitempty"`
	Mfa                string                           `json:",omitempty"` // MfaConfiguration: "ON", "OPTIONAL" or "" for OFF
	Totp               bool                             `json:",omitempty"` // software tokens may be a second factor
	TotpSpoken         bool                             `json:",omitempty"` // SetUserPoolMfaConfig said whether there are software tokens
	Lambda             *LambdaConfigType                `json:",omitempty"`
}

// createSettings is the part of a creation that can be updated later.
func createSettings(in *CreateUserPoolRequest) *UpdateUserPoolRequest {
	return &UpdateUserPoolRequest{
		AccountRecoverySetting: in.AccountRecoverySetting, AdminCreateUserConfig: in.AdminCreateUserConfig,
		AutoVerifiedAttributes: in.AutoVerifiedAttributes, DeletionProtection: in.DeletionProtection,
		DeviceConfiguration: in.DeviceConfiguration, EmailConfiguration: in.EmailConfiguration,
		EmailVerificationMessage: in.EmailVerificationMessage, EmailVerificationSubject: in.EmailVerificationSubject,
		LambdaConfig: in.LambdaConfig, MfaConfiguration: in.MfaConfiguration, Policies: in.Policies, PoolName: in.PoolName,
		SmsAuthenticationMessage: in.SmsAuthenticationMessage, SmsConfiguration: in.SmsConfiguration,
		SmsVerificationMessage: in.SmsVerificationMessage, UserAttributeUpdateSettings: in.UserAttributeUpdateSettings,
		UserPoolAddOns: in.UserPoolAddOns, UserPoolTags: in.UserPoolTags, UserPoolTier: in.UserPoolTier,
		VerificationMessageTemplate: in.VerificationMessageTemplate,
	}
}

// newSettings reads a request; prev is nil for a new pool.
func newSettings(in *UpdateUserPoolRequest, prev *settings) (*settings, error) {
	if err := unsupported(in); err != nil {
		return nil, err
	}
	s := &settings{
		AutoVerified: in.AutoVerifiedAttributes,
		Recovery:     in.AccountRecoverySetting, Template: in.VerificationMessageTemplate,
		EmailMessage: in.EmailVerificationMessage, EmailSubject: in.EmailVerificationSubject,
		SmsMessage: in.SmsVerificationMessage, SmsAuthMessage: in.SmsAuthenticationMessage,
		Protected: value(in.DeletionProtection) == "ACTIVE", Device: in.DeviceConfiguration,
		Email: in.EmailConfiguration, Sms: in.SmsConfiguration, AddOns: in.UserPoolAddOns,
		Tier: or(in.UserPoolTier, "ESSENTIALS"), Lambda: in.LambdaConfig,
	}
	if prev != nil {
		s.Name, s.Tags, s.Mfa, s.Totp, s.TotpSpoken = prev.Name, prev.Tags, prev.Mfa, prev.Totp, prev.TotpSpoken
	}
	if err := s.takeMode(in); err != nil {
		return nil, err
	}
	if in.PoolName != nil {
		s.Name = *in.PoolName
	}
	if in.UserPoolTags != nil {
		s.Tags = in.UserPoolTags
	}
	if err := checkTags(s.Tags); err != nil {
		return nil, err
	}
	if c := in.AdminCreateUserConfig; c != nil {
		s.AdminOnly, s.Invite, s.UnusedDays = value(c.AllowAdminCreateUserOnly), c.InviteMessageTemplate, value(c.UnusedAccountValidityDays)
	}
	if u := in.UserAttributeUpdateSettings; u != nil {
		s.VerifyBeforeUpdate, s.VerifyUpdateSpoken = u.AttributesRequireVerificationBeforeUpdate, true
		for _, name := range s.VerifyBeforeUpdate {
			if !has(s.AutoVerified, name) {
				return nil, invalid("Attribute %s in AttributesRequireVerificationBeforeUpdate must also be in AutoVerifiedAttributes.", name)
			}
		}
	}
	if s.Email == nil {
		s.Email = &EmailConfigurationType{EmailSendingAccount: ptr("COGNITO_DEFAULT")}
	}
	if s.Template == nil {
		s.Template = &VerificationMessageTemplateType{DefaultEmailOption: ptr("CONFIRM_WITH_CODE")}
	}
	if err := checkRecovery(s.Recovery); err != nil {
		return nil, err
	}
	s.Password = passwordPolicy(in.Policies)
	if s.Password.TemporaryPasswordValidityDays == nil {
		s.Password.TemporaryPasswordValidityDays = ptr[int32](defaultTemporaryDays)
		if s.UnusedDays > 0 {
			s.Password.TemporaryPasswordValidityDays = &s.UnusedDays
		}
	}
	if in.Policies != nil {
		s.SignIn = in.Policies.SignInPolicy
	}
	return s, nil
}

// passwordPolicy fills in AWS's defaults: everything is required of a password
// when no policy is given, only what is named when one is.
func passwordPolicy(in *UserPoolPolicyType) PasswordPolicyType {
	if in == nil || in.PasswordPolicy == nil {
		return PasswordPolicyType{
			MinimumLength: ptr[int32](8), RequireLowercase: ptr(true), RequireNumbers: ptr(true), RequireSymbols: ptr(true),
			RequireUppercase: ptr(true),
		}
	}
	p := *in.PasswordPolicy // a copy
	p.MinimumLength = ptr(or(p.MinimumLength, 8))
	p.RequireLowercase, p.RequireNumbers = ptr(value(p.RequireLowercase)), ptr(value(p.RequireNumbers))
	p.RequireSymbols, p.RequireUppercase = ptr(value(p.RequireSymbols)), ptr(value(p.RequireUppercase))
	if value(p.TemporaryPasswordValidityDays) == 0 {
		p.TemporaryPasswordValidityDays = nil
	}
	return p
}

const defaultTemporaryDays = 7

// temporaryDays is how long a temporary password is good for. The password
// policy speaks first, the older UnusedAccountValidityDays after it.
func (s *settings) temporaryDays() int32 { return value(s.Password.TemporaryPasswordValidityDays) }

// signIn is the sign-in policy as AWS shows it: passwords alone where none was
// given. The lowest tier has none.
func (s *settings) signIn() *SignInPolicyType {
	if s.SignIn == nil && s.Tier != "LITE" {
		return &SignInPolicyType{AllowedFirstAuthFactors: []string{"PASSWORD"}}
	}
	return s.SignIn
}

func checkRecovery(in *AccountRecoverySettingType) error {
	if in == nil {
		return nil
	}
	seen := map[int32]bool{}
	for _, m := range in.RecoveryMechanisms {
		if seen[*m.Priority] {
			return invalid("Priorities of the recovery mechanisms must be unique.")
		}
		seen[*m.Priority] = true
		if *m.Name == "admin_only" && len(in.RecoveryMechanisms) > 1 {
			return invalid("Invalid account recovery setting parameter. Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.")
		}
	}
	return nil
}

// recovery lists the addresses through which a password can be recovered, best
// first. Without a setting AWS prefers text messages.
func (s *settings) recovery() []string {
	if s.Recovery == nil {
		return []string{"phone_number", "email"}
	}
	all := slices.Clone(s.Recovery.RecoveryMechanisms)
	slices.SortFunc(all, func(a, b RecoveryOptionType) int { return int(*a.Priority) - int(*b.Priority) })
	var names []string
	for _, m := range all {
		switch *m.Name {
		case "verified_email":
			names = append(names, "email")
		case "verified_phone_number":
			names = append(names, "phone_number")
		}
	}
	return names
}

// unsupported names what this server cannot keep. To store it and do nothing would
// leave the administrator with a protection that is not there.
func unsupported(in *UpdateUserPoolRequest) error {
	if a := in.UserPoolAddOns; a != nil && value(a.AdvancedSecurityMode) != "OFF" {
		return invalid("AdvancedSecurityMode %s is not supported: this server has no threat protection.", value(a.AdvancedSecurityMode))
	}
	if t := in.VerificationMessageTemplate; t != nil && value(t.DefaultEmailOption) == "CONFIRM_WITH_LINK" {
		return invalid("DefaultEmailOption CONFIRM_WITH_LINK is not supported: this server confirms with codes.")
	}
	if p := in.Policies; p != nil {
		if p.PasswordPolicy != nil && value(p.PasswordPolicy.PasswordHistorySize) > 0 {
			return invalid("PasswordHistorySize is not supported: this server keeps no former passwords.")
		}
		if p.SignInPolicy != nil {
			for _, f := range p.SignInPolicy.AllowedFirstAuthFactors {
				if f != "PASSWORD" {
					return invalid("AllowedFirstAuthFactors %s is not supported: the first factor is PASSWORD.", f)
				}
			}
		}
	}
	return nil
}
