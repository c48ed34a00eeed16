// Package blobtest is the one conformance suite of blob engines.
//
// An engine's test is one call:
//
//	blobtest.Run(t, blobtest.Engine{
//		Open:     func(dir string) (blob.Store, error) { ... },
//		Persists: true,
//	})
//
// The suite states the contract of package blob in code. If an engine and the
// suite disagree, read the contract, then change whichever is wrong; never add
// an exception for one engine.
package blobtest
