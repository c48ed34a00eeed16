// Package sigv4 signs and verifies AWS Signature Version 4, in the
// Authorization header, in the query string (presigned URLs) and in forms that
// browsers post, and bodies whose chunks are signed one by one.
//
// Dear newcomer: the server side is four steps, always in this order.
//
//	sig, err := sigv4.Parse(r)             // what does the request claim?
//	err = sig.CheckTime(now)               // is it fresh?
//	err = sig.CheckScope(region, "sts")    // is it meant for us?
//	key := cache.Key(sig, secret)          // derived key of sig.AccessKeyID
//	err = sig.Verify(r, key, body)         // is it true?
//
// Verify refuses when a check was left out, so that forgetting one fails
// closed. Until Verify returns nil, nothing in a Signature is more than a
// claim of whoever sent the request.
//
// A body that is not read before it is used has VerifyDeclared instead of the
// last step. It then is what s.PayloadHash says: a SHA-256 that the caller
// checks, UNSIGNED-PAYLOAD, or one of the STREAMING forms, which [Signature.Chunks]
// reads and verifies. A form has [ParsePost] and [Signature.VerifyPost] for the
// first and the last step. Clients use [Sign], [Presign], [SignChunked] and
// [SignPost].
//
// Every failure is an *Error. Its Kind says what was wrong; its Message is
// AWS's sentence. Services name the same failure differently
// (InvalidSignatureException, SignatureDoesNotMatch, ...): package authn maps
// kinds to those names. This package knows of one service only, of S3: its
// paths are encoded once and not twice, its requests declare their payload, its
// presigned URLs name their life, and their payload is unsigned if they say
// nothing else.
//
// Choices that are stricter than the algorithm needs:
//
//   - host and every x-amz-* header present must be signed (x-amz-user-agent,
//     which decides nothing, is the exception): an unsigned x-amz-target or
//     x-amz-security-token could be replaced on the way.
//   - The path is compared as sent. AWS removes dot segments and doubled
//     slashes before signing for services other than S3; a server that did
//     so, but routed by the path as sent, would accept /a/../b under the
//     signature of /b. Normal paths, which is all that the AWS protocols
//     use, are equal in both readings.
//   - An x-amz-* header that is there twice is refused (x-amz-meta-*, which
//     decides nothing, is the exception), and so are parameters of a presigned
//     URL that are there twice or in another case.
//   - UNSIGNED-PAYLOAD and STREAMING-* are refused by Verify. A service that
//     streams calls VerifyDeclared and checks the body itself.
//   - X-Amz-Expires is honoured for every service.
//
// Sources: "AWS Signature Version 4 for API requests" in the IAM User Guide
// (Create a signed request; Signing elements; Troubleshoot) and
// "Authenticating Requests (AWS Signature Version 4)" in the S3 API Reference.
package sigv4
