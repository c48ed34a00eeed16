// Package wire is how AWS's services speak: how an HTTP request names an
// operation and carries its input, how an answer or a failure goes back, and how
// a broken constraint is told. It knows no service.
//
// The protocols are packages below this one (awsjson, awsquery, restjson, restxml). A slice's
// structures are generated from the API models; their members carry a `wire` tag
// with the name on the wire and options, and a Validate method with their
// constraints:
//
//	`wire:"Tags,list=Tag"`   list=NAME  element name of a list in XML and forms ("member" if absent)
//	`wire:"Map,key=k,value=v"`          element names of a map ("key", "value")
//	`wire:"Tags,flat"`                  a flattened list or map
//	`wire:"Created,time=iso8601"`       iso8601, rfc822 or unixTimestamp, where it is not the protocol's own
//
// REST protocols place members outside of the body (route.go, binding.go):
//
//	`wire:"Key,uri"`               a label of the URI
//	`wire:"versionId,query"`       a parameter; ,queries: all that are not bound otherwise
//	`wire:"x-amz-acl,header"`      a header; a list is divided at commas
//	`wire:"x-amz-meta-,headers"`   the headers below a prefix, in lower case
//	`wire:"StatusCode,status"`     the HTTP status of the answer
//	`wire:"Body,payload"`          the whole body; ,required: it may not be empty
//	`wire:"xsi:type,attr"`         an attribute in XML
//
// Absence is nil: scalars are pointers in structures, plain values in lists and maps.
package wire
