package userpools

import (
	"regexp"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
)

// A triggerName is a member of LambdaConfig, and how errors name the trigger.
type triggerName string

// The triggers that run.
const (
	preSignUp          triggerName = "PreSignUp"
	postConfirmation   triggerName = "PostConfirmation"
	preAuthentication  triggerName = "PreAuthentication"
	postAuthentication triggerName = "PostAuthentication"
	preTokenGeneration triggerName = "PreTokenGeneration"
	customMessage      triggerName = "CustomMessage"
)

// Versions of the PreTokenGeneration event: the second changes access tokens too.
const (
	tokenEventV1 = "V1_0"
	tokenEventV2 = "V2_0"
)

// function is the ARN of what the pool runs for a trigger, "" for nothing.
func (p *pool) function(name triggerName) string {
	l := p.Settings.Lambda
	if l == nil {
		return ""
	}
	switch name {
	case preSignUp:
		return value(l.PreSignUp)
	case postConfirmation:
		return value(l.PostConfirmation)
	case preAuthentication:
		return value(l.PreAuthentication)
	case postAuthentication:
		return value(l.PostAuthentication)
	case customMessage:
		return value(l.CustomMessage)
	case preTokenGeneration:
		if l.PreTokenGenerationConfig != nil {
			return value(l.PreTokenGenerationConfig.LambdaArn)
		}
		return value(l.PreTokenGeneration)
	}
	return ""
}

// tokenEvent is the version of the pool's PreTokenGeneration events.
func (p *pool) tokenEvent() string {
	if l := p.Settings.Lambda; l != nil && l.PreTokenGenerationConfig != nil {
		return value(l.PreTokenGenerationConfig.LambdaVersion)
	}
	return tokenEventV1
}

// lambdaConfig is the setting as AWS shows it: an empty structure for none.
func (p *pool) lambdaConfig() *LambdaConfigType {
	if p.Settings.Lambda == nil {
		return &LambdaConfigType{}
	}
	return p.Settings.Lambda
}

// checkLambdaConfig refuses triggers that would not run. To store one and not to
// run it would let in whoever it should keep out.
func (a *API) checkLambdaConfig(in *UpdateUserPoolRequest, region string) error {
	l := in.LambdaConfig
	if l == nil {
		return nil
	}
	for _, m := range []struct {
		name string
		set  bool
	}{
		{"UserMigration", l.UserMigration != nil},
		{"DefineAuthChallenge", l.DefineAuthChallenge != nil},
		{"CreateAuthChallenge", l.CreateAuthChallenge != nil},
		{"VerifyAuthChallengeResponse", l.VerifyAuthChallengeResponse != nil},
		{"CustomEmailSender", l.CustomEmailSender != nil},
		{"CustomSMSSender", l.CustomSMSSender != nil},
		{"KMSKeyID", l.KMSKeyID != nil},
		{"InboundFederation", l.InboundFederation != nil},
	} {
		if m.set {
			return invalid("LambdaConfig %s is not supported: this server does not run that trigger.", m.name)
		}
	}
	functions := []*string{l.PreSignUp, l.PostConfirmation, l.PreAuthentication, l.PostAuthentication, l.CustomMessage, l.PreTokenGeneration}
	if c := l.PreTokenGenerationConfig; c != nil {
		if err := checkTokenEvent(l, or(in.UserPoolTier, "ESSENTIALS")); err != nil {
			return err
		}
		functions = append(functions, c.LambdaArn)
	}
	for _, f := range functions {
		if f == nil {
			continue
		}
		if a.Functions == nil {
			return invalid("LambdaConfig is not supported: this server runs no functions.")
		}
		if err := checkFunction(*f, region); err != nil {
			return err
		}
	}
	return nil
}

// checkTokenEvent checks the two ways to name one PreTokenGeneration function.
func checkTokenEvent(l *LambdaConfigType, tier string) error {
	c := l.PreTokenGenerationConfig
	if l.PreTokenGeneration != nil && *l.PreTokenGeneration != value(c.LambdaArn) {
		return invalid("PreTokenGeneration and the LambdaArn of PreTokenGenerationConfig must be identical.")
	}
	switch v := value(c.LambdaVersion); v {
	case tokenEventV1:
		return nil
	case tokenEventV2:
		if tier == "LITE" {
			return bailiwick.Errorf("FeatureUnavailableInTierException", "PreTokenGenerationConfig with LambdaVersion %s is not available in tier %s.", v, tier)
		}
		return nil
	default:
		return invalid("PreTokenGenerationConfig LambdaVersion %s is not supported: this server has no client credentials grant. Use V2_0.", v)
	}
}

// functionResource is the last part of a function's ARN, with a version or alias
// or without. Source: AWS Lambda API Reference, "Invoke", FunctionName and Qualifier.
var functionResource = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^function:[a-zA-Z0-9_-]{1,64}(:[a-zA-Z0-9_-]{1,128})?$`)
})

var accountID = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{12}$`) })

func checkFunction(text, region string) error {
	f, err := arn.Parse(text)
	if err != nil || f.Service != "lambda" || !accountID().MatchString(f.Account) || !functionResource().MatchString(f.Resource) {
		return invalid("%.256s is not the ARN of a Lambda function.", text)
	}
	if f.Region != region {
		return invalid("The Lambda function %.256s is not in the region of the user pool, %s.", text, region)
	}
	return nil
}
