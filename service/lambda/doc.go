// Package lambda answers the API of AWS Lambda, version 2015-03-31 (and the later
// dates that its paths carry), and runs functions for other services.
//
// A function is code, kept as the zip file that was sent, and a configuration.
// $LATEST changes; versions are copies of it that do not; aliases are names for
// versions. Package runner runs them. Each of function, version and alias may have
// a policy of its own, made of AddPermission's statements, which decides together
// with identity policies who may invoke it, and alone for services
// ([API.InvokeForService]).
//
// A function runs with the credentials of its execution role, which its creator
// must be allowed to pass (iam:PassRole) and which must trust lambda.amazonaws.com.
//
// Instead of being run here, a function may be an HTTPS endpoint of its owner's:
// with the runtime provided.al2023 and the variables BAILIWICK_ENDPOINT_URL and
// BAILIWICK_ENDPOINT_SECRET; see runner.Endpoint for what is sent.
//
// Not here: images, layers, VPCs, file systems, customer KMS keys, code signing,
// SnapStart, durable functions, function URLs, event source mappings, provisioned
// concurrency, destinations and dead-letter queues. Asking for them is an error.
package lambda

//go:generate go run -C ../../tools ./shapegen -model ../models/lambda.json -dir ../service/lambda
