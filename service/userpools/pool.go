package userpools

import (
	"strings"
	"time"
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

// settings is what UpdateUserPool sets; members that it omits go back to their
// defaults.
type settings struct {
	Name         string
	Tags         map[string]string
	AutoVerified []string // AutoVerifiedAttributes

	Password           PasswordPolicyType // complete, defaults filled in
	SignIn             *SignInPolicyType
	AdminOnly          bool // AllowAdminCreateUserOnly
	Invite             *MessageTemplateType
	UnusedDays         int32 // UnusedAccountValidityDays; 0: as the password policy says
	Recovery           *AccountRecoverySettingType
	VerifyBeforeUpdate []string // AttributesRequireVerificationBeforeUpdate
	VerifyUpdateSpoken bool
	Template           *VerificationMessageTemplateType
	EmailMessage       *string
	EmailSubject       *string
	SmsMessage         *string
	SmsAuthMessage     *string
	Protected          bool // DeletionProtection
	Device             *DeviceConfigurationType
	Email              *EmailConfigurationType
	Sms                *SmsConfigurationType
	AddOns             *UserPoolAddOnsType
	Tier               string
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
