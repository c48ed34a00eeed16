// Package authn finds out who sent a request, once, before anything of it is
// believed: from the bytes as received to a principal. It knows access keys,
// session tokens and signatures; what the caller may do is authz's part.
//
// Access tokens of user pools travel inside the input of an operation and are
// verified by the slice that issued them.
package authn
