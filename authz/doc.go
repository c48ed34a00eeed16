// Package authz decides whether a call may do what it asks, and remembers why.
//
// A slice describes what an operation touches as [Check] values: one for each
// action on each resource, with the context keys that its policies may test. The
// [Authorizer] adds the keys that every request has, gathers the policies that
// apply (identity, boundary, session, resource) and lets package policy decide.
// Nothing is cached that an edit of a policy would not reach.
//
// Each slice also declares its actions in a [Table]: which resources they are
// asked on and which keys are present always, sometimes or never. Tests hold the
// tables against the published authorization reference and against the checks
// really made, so that whoever reads the tables reads the truth.
package authz
