// Package awsjson is the protocols AWS JSON 1.0 and 1.1: one POST to "/", the
// operation in X-Amz-Target, the input and the output as one JSON object.
// DynamoDB speaks 1.0, the two Cognitos speak 1.1.
//
// It knows no service: what differs between them (how an error names its type,
// where its sentence stands) is a Style that each slice hands in.
//
// Reading is strict, because a request that two readers understand differently
// is an attack: the gate would decide about one and the store would run the
// other. A member that occurs twice, text that is not UTF-8, anything after the
// document and nesting deeper than MaxDepth are refused. Members that the API
// model does not have are ignored and null is absence, as at AWS.
//
// Structures are read and printed by a codec made once for a Go type (codec.go).
// A type that would rather do it itself implements DecoderFrom and
// EncoderTo; DynamoDB's attribute values do.
//
// Source: Smithy's "AWS JSON 1.0 protocol", "AWS JSON 1.1 protocol".
package awsjson
