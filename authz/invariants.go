//go:build invariants

package authz

// assertDeclared refuses a check that differs from the table that declares it.
// Test builds have it, so that every test of a slice tests its table too.
func assertDeclared(t Table, c *Check) error { return t.Holds(c) }
