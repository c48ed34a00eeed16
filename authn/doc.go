// Package authn finds out who sent a request, once, before anything of it is
// believed: from the bytes as received to a principal. It knows access keys,
// session tokens and signatures; what the caller may do is authz's part.
//
// A signature is in the header, in the query (presigned URLs) or in a form that a
// browser posts, and covers a body that is held, declared or streamed in chunks:
// see stream.go. Presigned URLs and forms of S3 may have Signature Version 2: see
// version2.go. Failures are told in the words of the protocols; S3 has words of
// its own, all of them in s3.go.
//
// Access tokens of user pools travel inside the input of an operation and are
// verified by the slice that issued them.
package authn
