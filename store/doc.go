// Package store is the one way in which Bailiwick remembers anything: an
// ordered, transactional map from bytes to bytes.
//
// Dear newcomer: a slice (package service/...) is given a [Store] and knows
// nothing about the engine behind it. It reads inside [Store.View], it changes
// things inside [Store.Update], and it builds its keys with [Key] so that
// "all clients of pool P" is one short range scan. Records are mostly JSON
// through [PutJSON], [GetJSON] and [ScanJSON], which put a version byte in
// front so that an old binary never misreads what a newer one wrote.
//
// Three promises carry everything else:
//
//   - Update is serializable: the result is as if all updates ran one after
//     another. A check and the write that depends on it, made in one Update,
//     cannot be separated by an attacker's second request.
//   - Update is durable: when it returns nil the change survives a power cut.
//     When it returns an error of fn, nothing happened.
//   - The function given to Update may run more than once. It must only touch
//     its transaction and variables that it assigns anew on each run. Package
//     storetest has a wrapper that runs every function twice to catch the rest.
//
// Engines live beside this package: mem (tests and throw-away servers), pebble
// (one data folder). Every engine passes the one suite in storetest. This
// package imports the standard library only.
package store
