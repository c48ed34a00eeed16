// Package blob keeps bytes that are too large for a record of package store:
// the contents of S3 objects, the archives of functions.
//
// Dear newcomer: a blob is written once, under a random id that the store draws,
// and never changes. What it is called, whose it is, how it was encrypted and
// when it goes are in a record of the slice that wrote it, and the record names
// the id. So the order is always
//
//	w, err := blobs.Create(ctx)      // 1. bytes, streamed
//	_, err = io.Copy(w, body)        //    (the body fails at its end if its signature does not hold)
//	err = w.Commit()                 // 2. durable now
//	err = records.Update(...)        // 3. a record names w.ID(): visible now
//
// with a deferred w.Abort() for every way out before 2, and Remove for a failure
// of 3. A crash between 2 and 3 leaves a blob that nobody names; that is the only
// rubbish there can be, and the slice sweeps it at the next start, before it
// serves anyone: what List gives and no record names is removed. A sweep in
// between would take the blobs that are just being named.
//
// For the same reason a store belongs to one slice: each has a folder of its own,
// and none sweeps what another has named.
//
// Removing goes the other way around: first the record, then the blob. A reader
// that has it open goes on to its end.
//
// Ids are 32 digits of lower-case hex. Every other string is ErrNotFound before
// the engine looks at it: a path can not come in this way.
//
// Engines live beside this package: fs (a folder), mem (tests and throw-away
// servers). Each passes the one suite in blobtest. This package imports the
// standard library only.
package blob
