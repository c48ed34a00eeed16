// Package restjson is the protocol REST-JSON 1, which Lambda and API Gateway speak:
// method and URI name the operation, members stand in the URI, in headers and in a
// JSON body.
//
//	POST /2015-03-31/functions/{FunctionName}/invocations?Qualifier=live
//
// It knows no service: the routes are generated from the API model, and how errors
// are spelled is a Style that each slice hands in. Bodies are those of awsjson,
// with its strictness. The URI is divided at its slashes and then decoded, each
// part once, from what was sent: it is never cleaned, because two readers that
// clean differently see two resources. A header or parameter that occurs twice
// where one value is meant is refused. Parameters, headers and members of JSON that
// the model does not have are ignored, as at AWS.
//
// Source: Smithy's "AWS restJson1 protocol" and "HTTP bindings".
package restjson

//go:generate go run -C ../../tools ./shapegen -sample ../wire/restjson/sample_gen_test.go -model ../models/lambda.json,../models/apigateway.json,../models/apigatewayv2.json
