//go:build race

package policy_test

// raced tells that the race detector, which allocates as well, is there.
const raced = true
