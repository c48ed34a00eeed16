package secondopinion

import "strings"

// applies tells whether everything in a statement but its principal matches.
func (s statement) applies(q question) truth {
	t := is(s.action(q.Action))
	if t != no {
		t = min(t, s.resource(q))
	}
	for _, c := range s.conditions {
		if t == no {
			return no
		}
		t = min(t, c.met(q))
	}
	return t
}

func (s statement) action(action string) bool {
	for _, entry := range append(s.actions, s.notActions...) {
		if actionMatches(entry, action) {
			return s.notActions == nil
		}
	}
	return s.notActions != nil
}

// actionMatches compares in any case. The service has no wildcards.
func actionMatches(entry, action string) bool {
	if entry == "*" {
		return true
	}
	service, name, _ := strings.Cut(fold(entry), ":")
	wantService, wantName, _ := strings.Cut(fold(action), ":")
	return service == wantService && glob(wild(name), wantName)
}

func (s statement) resource(q question) truth {
	if s.resources == nil && s.notResources == nil {
		return yes // a trust policy: the role is the resource
	}
	t := no
	for _, entry := range append(s.resources, s.notResources...) {
		t = max(t, resourceMatches(q, entry))
	}
	if s.notResources != nil {
		return not(t)
	}
	return t
}

// resourceMatches compares the six parts of two ARNs each with its own
// wildcards; only the last may have variables.
func resourceMatches(q question, entry string) truth {
	if entry == "*" {
		return yes
	}
	want, have := strings.SplitN(entry, ":", 6), strings.SplitN(q.Resource, ":", 6)
	if len(have) < 6 {
		return no
	}
	matched := yes
	if len(want) < 6 && !strings.HasSuffix(entry, "*") {
		matched = doubtful // whether what is missing of a short ARN stands for everything
	}
	for i, part := range want {
		pattern := wild(part)
		if i == 5 {
			filled, ok := q.fill(part, true)
			if !ok {
				return no
			}
			pattern = filled
		}
		if !glob(pattern, have[i]) {
			return no
		}
	}
	return matched
}
