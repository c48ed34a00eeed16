// Package storetest is the one conformance suite of store engines, and the
// wrapper that catches closures with side effects.
//
// An engine's test is one call:
//
//	storetest.Run(t, storetest.Engine{
//		Open:     func(dir string, now func() time.Time) (store.Store, error) { ... },
//		Persists: true,
//	})
//
// A slice's test wraps its store with [Twice], so that every function given to
// Update really runs twice, as the interface allows: a counter incremented or a
// slice appended to inside the function then shows as a failure.
//
// The suite states the contract of package store in code. If an engine and the
// suite disagree, read the contract, then change whichever is wrong; never add
// an exception for one engine.
package storetest
