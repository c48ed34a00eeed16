package policy

import "slices"

// checkControl finds what a resource control policy must not have. It denies to everyone, and tells callers apart by conditions
// only; the one that allows is RCPFullAWSAccess, which is attached everywhere and lets everything pass.
//
// Source: AWS Organizations User Guide, "RCP syntax".
func checkControl(s *Statement) *fault {
	everyone := len(s.Principals) == 1 && s.Principals[0].Type == "*" && s.Principals[0].Value == "*"
	all := slices.Contains(s.Actions, "*")
	switch {
	case len(s.NotPrincipal) > 0:
		return faultf("NotPrincipal", msgSyntax, "a resource control policy has no NotPrincipal")
	case len(s.NotActions) > 0:
		return faultf("NotAction", msgSyntax, "a resource control policy has no NotAction")
	case !everyone:
		return faultf("Principal", msgSyntax, `the Principal of a resource control policy is "*"`)
	case s.Effect == effectDeny && all:
		return faultf("Action", msgSyntax, "a resource control policy names the services whose actions it denies")
	case s.Effect == effectAllow && !(all && len(s.Actions) == 1 && slices.Equal(s.Resources, []string{"*"}) && len(s.Conditions) == 0):
		return faultf("Effect", msgSyntax, "a resource control policy denies; only the one of everything allows")
	}
	return nil
}
