package executeapi

import (
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// contextValue finds a $context variable: what is known here of the request and
// its caller, never what the client says.
// Source: API Gateway Developer Guide, "$context variables for data models,
// authorizers, mapping templates, and CloudWatch access logging".
func (p *plan) contextValue(call *bailiwick.Call, name string) (string, bool) {
	if claim, ok := strings.CutPrefix(name, "authorizer.claims."); ok {
		v, there := p.caller.claims[claim]
		return claimText(p.deployment.Kind, claim, v), there
	}
	if field, ok := strings.CutPrefix(name, "identity."); ok {
		return p.identityValue(call, field)
	}
	d := p.deployment
	switch name {
	case "accountId":
		return d.Account, true
	case "apiId":
		return d.APIID, true
	case "stage":
		return d.Stage, true
	case "requestId", "extendedRequestId":
		return call.RequestID, true
	case "httpMethod":
		return p.match.Method, true
	case "resourcePath":
		return p.match.Route.Path, true
	case "resourceId":
		return p.match.Route.ID, true
	case "path":
		return p.stagedPath(), true
	case "domainName":
		return p.host, true
	}
	return "", false
}

func (p *plan) identityValue(call *bailiwick.Call, field string) (string, bool) {
	i := p.caller.identity1(call)
	switch field {
	case "sourceIp":
		return i.SourceIP, true
	case "userAgent":
		return i.UserAgent, true
	}
	v := map[string]*string{
		"accountId": i.AccountID, "caller": i.Caller, "user": i.User, "userArn": i.UserARN, "cognitoIdentityId": i.CognitoIdentityID,
		"cognitoIdentityPoolId": i.CognitoIdentityPoolID, "cognitoAuthenticationType": i.CognitoAuthenticationType,
		"cognitoAuthenticationProvider": i.CognitoAuthenticationProvider,
	}[field]
	if v == nil {
		return "", false
	}
	return *v, true
}
