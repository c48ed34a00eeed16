// Package lint finds the traps in IAM policies: documents that AWS accepts, and
// that allow or deny something else than they seem to.
//
// A trap is what one document shows by itself: a condition that is met because a
// key is absent, a pattern that also matches another tenant's name, a Deny that an
// absent tag switches off, a trust policy that any identity pool can use. Each has
// an id (see [Rules]), a severity, a position, a sentence that says what happens,
// and what to write instead.
//
// Where to look: lint.go runs the rules over a document. statement.go is a
// statement as the rules see it, with the actions that it is about and its
// operators taken apart. reference.go knows actions, keys and their types, from
// reference.txt, which go test ./server -update makes of AWS's Service
// Authorization Reference; globals.go has the keys of every request. The rules are
// in the files named after what they look at.
//
// A document without findings is not safe: what it allows together with others,
// and whether that is what its owner wants, no single document shows. Ask with
// policy.Layers for that. The package does no I/O and keeps no state.
package lint
