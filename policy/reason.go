package policy

import "strconv"

// phrases are AWS's words for the layers; the second for an explicit deny.
var phrases = map[Layer][2]string{
	LayerServiceControl:  {"service control policy", "a service control policy"},
	LayerResourceControl: {"resource control policy", "a resource control policy"},
	LayerResource:        {"resource-based policy", "a resource-based policy"},
	LayerTrust:           {"role trust policy", "the role trust policy"},
	LayerIdentity:        {"identity-based policy", "an identity-based policy"},
	LayerBoundary:        {"permissions boundary", "a permissions boundary"},
	LayerSession:         {"session policy", "a session policy"},
}

// Because returns the end of AWS's sentence "User: ... is not authorized to perform: ...", with the space before it. It is
// empty for an Allow, and for a request that was never put to a policy.
//
// Source: IAM User Guide, "Troubleshoot access denied error messages".
func (d Decision) Because(action string) string {
	phrase, ok := phrases[d.Layer]
	switch {
	case !ok || d.Allowed():
		return ""
	case d.Effect == ExplicitDeny:
		return " with an explicit deny in " + phrase[1]
	}
	return " because no " + phrase[0] + " allows the " + action + " action"
}

// String returns "Allow", "ExplicitDeny" or "ImplicitDeny".
func (f Effect) String() string {
	switch f {
	case Allow:
		return "Allow"
	case ExplicitDeny:
		return "ExplicitDeny"
	case ImplicitDeny:
		return "ImplicitDeny"
	}
	return "Effect(" + strconv.Itoa(int(f)) + ")"
}

// String returns AWS's words for the layer, such as "identity-based policy".
func (l Layer) String() string {
	switch l {
	case LayerRequest:
		return "request"
	case LayerRoot:
		return "root user"
	}
	if p, ok := phrases[l]; ok {
		return p[0]
	}
	return "Layer(" + strconv.Itoa(int(l)) + ")"
}
