package userpools

import "github.com/bailiwick-project/bailiwick/wire/awsjson"

// protocol is how Cognito spells AWS JSON: bare names of errors, broken
// constraints as InvalidParameterException.
func protocol() *awsjson.Protocol {
	return &awsjson.Protocol{
		Version: "1.1", TargetPrefix: target,
		Style: awsjson.Style{Validation: codeInvalidParameter, Internal: "InternalErrorException", TypeHeader: true},
	}
}

const target = "AWSCognitoIdentityProviderService"
