// Package awsquery is AWS's Query protocol, which STS and IAM speak: the input
// is a form (POST) or a query (GET), the output is XML.
//
//	Action=TagRole&Version=2010-05-08&RoleName=r&Tags.member.1.Key=k&Tags.member.1.Value=v
//
// It knows no service; Protocol names the namespace and the version of one.
//
// Parameters become a tree (params.go), the tree fills a structure (decode.go),
// structures are printed as XML (encode.go), errors are spelled in fail.go. Both
// directions follow a plan that is made once for a Go type (plan.go).
//
// A parameter that occurs twice, a list with holes and a value where a structure
// should be are refused: a session policy that is passed over in silence is a
// session with more rights than were asked for. Parameters that the API model
// does not have are ignored, as at AWS.
//
// Source: Smithy's "AWS Query protocol"; "Common errors" of the STS reference.
package awsquery
