// Package sigv2 signs and verifies AWS Signature Version 2 as Amazon S3 had it
// before Version 4: in the query string (presigned URLs) and in forms that
// browsers post. boto3 and version 1 of the AWS CLI still presign with it where
// nobody tells them otherwise. The Authorization header of Version 2 is not here.
//
// Dear newcomer: the server side is three steps, always in this order.
//
//	sig, err := sigv2.Parse(r, bucket)     // what does the request claim?
//	err = sig.CheckTime(now)               // has the URL expired?
//	err = sig.Verify(secret)               // is it true?
//
// A form has [ParsePost] and Verify; how long it is good for, its policy says.
// Until Verify returns nil, nothing in a Signature is more than a claim of whoever
// sent the request. Clients use [Presign] and [SignPost].
//
// Version 2 signs a few lines of text, and not all that a request says. So Parse
// is strict about the rest:
//
//   - A parameter that is neither signed nor without meaning is refused: else who
//     holds the URL of a listing would choose its prefix.
//   - Parameters x-amz-* are signed as the headers for which they stand. A name
//     that is no name of a header, or a value with a line break, would let one
//     parameter pass for several lines, and is refused; so is a name that is there
//     twice, in another case, or as header and parameter at once.
//   - The values of parameters are signed as they are read: decoded, a plus as a
//     space. Their text has no escapes, so that the value of an override such as
//     response-content-disposition may look like a parameter that follows it. Beside
//     an override only versionId and partNumber are taken.
//   - A policy must be plain base64, so that no policy is the text of a URL.
//
// What AWS leaves unsigned as well: the host, and headers that are not x-amz-*
// but for Content-Type and Content-MD5, such as Range and If-Match.
//
// Every failure is an *Error. Its Kind says what was wrong; package authn maps
// kinds to S3's codes.
//
// Sources: "Signing and authenticating REST requests" in the Amazon S3 User Guide
// and "Browser-based uploads using POST (AWS signature version 2)".
package sigv2
