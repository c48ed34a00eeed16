// Package restxml is the protocol REST-XML as S3 speaks it: method, URI and some
// headers name the operation, members stand in the URI, in headers and in an XML
// body, and objects travel as the bare body.
//
//	PUT /bucket/a/../b?partNumber=1&uploadId=u      path style
//	PUT /a/../b?partNumber=1&uploadId=u             virtual host: Protocol.Bucket tells the bucket
//
// A key is what stands behind the bucket, decoded once and never cleaned: "a/../b",
// "a//b" and "a%2Fb" are three keys, and a reader that cleaned one into another
// would decide about one object and hand out another.
//
// XML is read from the tokens of encoding/xml (read.go): no document types, no
// entities but the five, nothing twice where one value is meant, bounded depth and
// size. Elements that the model does not have are ignored, except among the
// elements of a list. Printing is in print.go, errors in fail.go, and what S3 does
// unlike the rest of AWS in s3.go.
//
// Source: Smithy's "AWS restXml protocol" and "HTTP bindings"; Amazon S3 API
// reference, "Error responses".
package restxml

//go:generate go run -C ../../tools ./shapegen -sample ../wire/restxml/sample_gen_test.go -model ../models/s3.json
