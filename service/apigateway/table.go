package apigateway

import (
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/authz"
)

// Names of keys that go together.
const (
	keysAPI     = "ApiName EndpointType DisableExecuteApiEndpoint"
	keysMethod  = "RouteAuthorizationType ApiKeyRequired"
	keysLogs    = "AccessLoggingDestination AccessLoggingFormat"
	keysDomains = "MtlsTrustStoreUri MtlsTrustStoreVersion"
	keysLinks   = "AccessAssociationSource DomainNameArn"
)

// actions is the authorization table of the slice: a row for each verb, and what
// it is asked on. The reference names neither Method nor Integration beside PUT,
// though PutMethod and PutIntegration ask for it. Keys of custom domains and of
// access associations never come.
func actions() authz.Table {
	tagging := []string{keyRequestTag, keyTagKeys}
	return authz.Table{
		row(verbGet, "Account Authorizer Authorizers Deployment Deployments GatewayResponse GatewayResponses Integration IntegrationResponse Method MethodResponse RequestValidator RequestValidators "+
			"Resource Resources RestApi RestApis Stage Stages Tags",
			nil,
			slices.Concat(
				requestKeys(keysAPI, keysMethod, keysLogs, keysDomains, keysLinks, keySecurity, keyAuthorizer, keyStageName),
				resourceKeys(keysAPI, keysMethod, keysLogs, keysDomains, keySecurity, keyAuthorizer, "RoutingMode"),
			)),
		row(verbPost, "Authorizers Deployments RequestValidators Resources RestApis Stages",
			slices.Concat(tagging, requestKeys(keysAPI, keySecurity, keyAuthorizer, keyStageName)),
			slices.Concat(requestKeys(keysMethod, keysLogs, keysDomains, keysLinks), resourceKeys("RoutingMode"))),
		row(verbPut, "GatewayResponse Integration IntegrationResponse Method MethodResponse RestApi Tags",
			slices.Concat(tagging, requestKeys(keysMethod), resourceKeys(keysAPI, keysMethod)),
			slices.Concat(requestKeys(keysAPI, keySecurity, keyAuthorizer), resourceKeys(keySecurity, keyAuthorizer))),
		row(verbPatch, "Authorizer Deployment GatewayResponse Integration IntegrationResponse Method MethodResponse RequestValidator Resource RestApi Stage",
			slices.Concat(requestKeys(keysAPI, keysMethod, keysLogs, keyAuthorizer), resourceKeys(keysAPI, keysMethod, keysLogs, keyAuthorizer)),
			slices.Concat(tagging, requestKeys(keysDomains, keySecurity), resourceKeys(keysDomains, keySecurity, "RoutingMode"))),
		row(verbDelete, "Authorizer Deployment GatewayResponse Integration IntegrationResponse Method MethodResponse RequestValidator Resource RestApi Stage Tags",
			slices.Concat([]string{keyTagKeys}, resourceKeys(keysAPI, keysMethod, keysLogs, keyAuthorizer)),
			slices.Concat([]string{keyRequestTag}, requestKeys(keysAPI, keysMethod, keysLogs, keysDomains, keySecurity, keyAuthorizer), resourceKeys(keysDomains, keySecurity, "RoutingMode"))),
		row(actionPolicy, "RestApi RestApis",
			slices.Concat(requestKeys(keysAPI, keySecurity), resourceKeys(keysAPI)),
			slices.Concat(requestKeys(keysMethod, keyAuthorizer), resourceKeys(keysMethod, keySecurity, keyAuthorizer))),
	}
}

func row(name, types string, sometimes, never []string) authz.Action {
	when := map[string]authz.When{keyResourceTag: authz.Sometimes}
	for _, key := range sometimes {
		when[key] = authz.Sometimes
	}
	for _, key := range never {
		when[key] = authz.Never
	}
	return authz.Action{Name: name, Resources: strings.Fields(types), Keys: when}
}

func requestKeys(names ...string) []string  { return prefixed(requestKey, names) }
func resourceKeys(names ...string) []string { return prefixed(resourceKey, names) }

func prefixed(family string, names []string) []string {
	var out []string
	for _, list := range names {
		for _, name := range strings.Fields(list) {
			out = append(out, family+name)
		}
	}
	return out
}
