// Package s3 is Amazon S3, API version 2006-03-01 (REST-XML): buckets, objects,
// multipart uploads, and who may touch which of them.
//
// Dear newcomer: an object is a record and its bytes. The record, small contents
// and the parts of large ones are in package store, large contents in package blob
// under random ids: nothing that a client says ever becomes a path. Three rules
// hold it together:
//
//   - Bytes first, record second, answer last. A body counts only when it was read
//     to its end and everything that was said of it held (content.go); then one
//     transaction names it (write.go); what it replaces is removed after that. A
//     crash leaves whole objects, and blobs of nobody, which are swept (sweep.go).
//   - Keys are literal. "a/../b", "a//b" and "a/./b" are three keys. The path is
//     divided, then decoded once, and that text is the key, the resource of the
//     policy question, and the end of the key in the store (route.go).
//   - What is decided about is what runs. Tags of objects are read in the plan; an
//     object whose tags have changed by the time it is used is asked about again
//     (read.go).
//
// Where things are: access.go the checks, checks.go the authorization table,
// bucketpolicy.go and public.go policies of buckets and Block Public Access, wish.go
// what a writer may ask for, walk.go the order of listings, form.go and
// formpolicy.go browsers' uploads, cors.go, hosts.go which hosts are buckets.
//
// There is one version of each object, "null". Ownership is BucketOwnerEnforced:
// no ACLs but the ones that say what is so anyway. What else differs is in
// docs/s3.md.
//
// Sources: Amazon S3 API Reference; Amazon S3 User Guide; Service Authorization
// Reference.
package s3

//go:generate go run -C ../../tools ./shapegen -model ../models/s3.json -dir ../service/s3
