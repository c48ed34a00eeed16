// Package bailiwick is the vocabulary of the system: the few nouns and seams
// that more than one part must agree on. Read it first.
//
// A request becomes a [Call] by a [Principal]; what it may do is decided by the
// policies that are [Attachments] of that principal; what goes wrong and may be
// told is an [Error]. The interfaces at the end of seams.go are what slices know
// of each other, and all that they know.
package bailiwick
