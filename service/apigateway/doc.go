// Package apigateway is the control plane of Amazon API Gateway REST APIs, API
// version 2015-07-09: it keeps what people configure and hands out what they
// deployed. Who may call a deployed API, and what answers, is the data plane's
// part (service/executeapi); the only thing between them is gateway.APIs.
//
// Dear newcomer: follow one API.
//
//	restapi.go      the API itself; policy.go its resource policy
//	resource.go     its tree of paths
//	method.go       who may call a path, by method; authorizer.go names user pools
//	integration.go  what answers; mock.go, response.go for answers without a backend
//	validator.go    what a request must have; failing.go headers of the API's own failures
//	deployment.go   a copy of all that, which never changes
//	stage.go        a name under which one copy is served; settings.go its cache
//	deployed.go     copy and stage become a gateway.Deployment
//
// What must hold: what is edited is not served before it is deployed, what is
// deployed is served exactly, and nothing that would close a method (an API key, a
// Lambda authorizer, a validator, a private endpoint) is accepted without effect.
//
// Every operation asks leave for its HTTP verb on its own path, as in
// apigateway:PATCH on arn:aws:apigateway:REGION::/restapis/ID. plan.go sees to it
// that what a decision was made on is still so when the operation runs.
//
// Differences from AWS: no Lambda authorizers, API keys, usage plans, models,
// custom domains, canaries, private APIs, OpenAPI import or export, no validation
// of bodies, and no integrations with mapping templates; each is refused. Logging,
// tracing, metrics and throttling settings are kept and have no effect.
//
// Sources: Amazon API Gateway REST API Reference; Developer Guide, "REST APIs",
// "Control access to a REST API with API Gateway resource policies", "API caching".
package apigateway

//go:generate go run -C ../../tools ./shapegen -model ../models/apigateway.json -dir ../service/apigateway
