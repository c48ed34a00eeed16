// Package session mints and opens temporary credentials that need no storage.
//
// The session token is the session itself, sealed with authenticated encryption
// under a key of the server's [Ring]; the secret access key is derived from the
// access key id under the same key. So any node that has the ring can verify a
// request, a restart forgets nobody, and there is nothing to look up or to lose.
// What must be able to change after issue (policies of the role, its existence)
// is not in the token and is looked up live.
package session
