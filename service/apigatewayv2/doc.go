// Package apigatewayv2 is the control plane of HTTP APIs: Amazon API Gateway V2,
// version 2018-11-29.
//
// Dear newcomer: an API is one record with its routes, integrations, authorizers
// and stages (store.go); a deployment is a copy of what is served of it, in a
// record of its own that never changes. Every operation reads the API, changes
// it and writes it in one transaction; stages with autoDeploy get a deployment in
// the same one (deployment.go). deployed.go answers the data plane, service/executeapi,
// through gateway.APIs.
//
// Checks ask apigateway:POST, GET, PATCH and DELETE on the path of what is touched
// (checks.go), with the keys that tell what a request makes of it
// (apigateway:Request/RouteAuthorizationType and others), so that a policy can keep
// routes from being open.
//
// What would change who may call an API, or what answers, and is not offered, is
// refused: WEBSOCKET APIs, Lambda authorizers, integrations other than Lambda and
// HTTP proxies, VPC links, parameter mappings, credentials of integrations, API
// keys, mutual TLS and custom domains. Throttling and access logs are kept as
// settings and not acted upon.
//
// Sources: API Gateway V2 API Reference; API Gateway Developer Guide, "Working with
// HTTP APIs".
package apigatewayv2

//go:generate go run -C ../../tools ./shapegen -model ../models/apigatewayv2.json -dir ../service/apigatewayv2
