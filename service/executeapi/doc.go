// Package executeapi serves deployed APIs: the data plane of API Gateway, REST
// and HTTP APIs.
//
// Dear newcomer: a request comes to https://ID.execute-api.REGION.amazonaws.com/,
// http://ID.execute-api.localhost:PORT/ or /_aws/execute-api/ID/STAGE/ (address.go).
// The protocol (protocol.go) finds the deployment and its route and names the row
// that the route's authorization asks for:
//
//	InvokeSigned     AWS_IAM: signature, then execute-api:Invoke on the request's own path
//	InvokeWithToken  JWT, COGNITO_USER_POOLS: the token is verified before anything else
//	InvokeOpen       NONE
//	Preflight        a browser's question to an HTTP API with CORS
//
// The plan (plan.go) resolves the request once more and refuses if the route is
// no longer the row's. What was matched is what the policy is asked about and
// what the backend is sent: see gateway.Path. Then invoke.go asks the resource
// policy, the cache and the integration: a function (event*.go, lambda.go), an HTTP
// backend (proxy.go) or a fixed answer.
//
// There is no API model for this: every request is an operation. REST and HTTP
// APIs fail in different words, so that they are two services of one name.
//
// Attacks that decide its shape:
//
//   - A path that the policy reads in one way and the backend in another: there is
//     one normal form, and what has two meanings is refused.
//   - Headers that say who or where the caller is (Forwarded, X-Forwarded-*,
//     X-Real-Ip, X-Original-Url): the client's are dropped and set anew.
//   - The answer to one tenant, served to another from the cache: the key has the
//     whole caller and everything of the request that the backend can see.
//   - Targets that lead to the credentials of the machine: link-local addresses are
//     refused after names are resolved. Other addresses are the choice of whoever
//     may configure APIs.
//
// Sources: API Gateway Developer Guide, "Working with HTTP APIs", "Invoking REST
// APIs", "How API Gateway resource policies affect authorization workflow",
// "Control access to HTTP APIs with JWT authorizers", "Set up Lambda proxy
// integrations".
package executeapi
