package secondopinion

import (
	"slices"
	"strings"
)

// A truth is the answer of a match in Kleene's logic of three values: "and" is the smaller, "or" the larger, "not" the mirror image.
type truth int

const (
	no       truth = 0
	doubtful truth = 1 // the documents do not say: an Allow fails, a Deny holds
	yes      truth = 2
)

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}

// applies tells whether everything in a statement but its principal matches.
func (r *Request) applies(s object) truth {
	t := min(element(s, "Action", r.action), element(s, "Resource", r.resource))
	if t == no || s["Condition"] == nil {
		return t
	}
	for operator, keys := range s["Condition"].(object) {
		for key, values := range keys.(object) {
			t = min(t, r.condition(operator, key, texts(values)))
		}
	}
	return t
}

// element asks the entries of an element, of which one must match, or those of its complement (NotAction), of which none may.
// A trust policy has neither Resource nor NotResource: the role is its resource.
func element(s object, name string, matches func(entry string) truth) truth {
	t := no
	for _, entry := range append(texts(s[name]), texts(s["Not"+name])...) {
		t = max(t, matches(entry))
	}
	switch {
	case s["Not"+name] != nil:
		return yes - t
	case s[name] != nil:
		return t
	}
	return yes
}

// action compares in any case. Only the name has wildcards, not the service.
func (r *Request) action(entry string) truth {
	service, name, _ := strings.Cut(fold(r.Action), ":")
	wantService, wantName, _ := strings.Cut(fold(entry), ":")
	return is(entry == "*" || service == wantService && glob(mark(wantName, "*?"), name))
}

// resource compares the six parts of two ARNs, each with its own wildcards; only the last may have variables. A short ARN that ends
// in * stands for all that is missing; whether one that does not end so does too, the documents do not say.
func (r *Request) resource(entry string) truth {
	have, want := arn(r.Resource), strings.SplitN(entry, ":", 6)
	if entry == "*" {
		return yes
	}
	for i, part := range want {
		p := mark(part, "*?")
		if i == 5 {
			p = r.fill(part, "*?")
		}
		if have == nil || !glob(p, have[i]) {
			return no
		}
	}
	if len(want) < 6 && !strings.HasSuffix(entry, "*") {
		return doubtful
	}
	return yes
}

// A Caller is who asks.
type Caller struct {
	Type     string // Anonymous, Account (the root user), User, AssumedRole, FederatedUser, Service, WebIdentity (without a role yet)
	ARN      string // of the user, session, federated user or account root
	Role     string // ARN of the role, for AssumedRole
	ID       string // AIDA..., or AROA...:session
	Account  string
	Provider string // for WebIdentity
	Service  string // for Service
}

// A principal is one entry of Principal: what stands before the colon, "AWS" also for the bare "*", and one value.
type principal struct{ kind, value string }

var everyone = principal{"AWS", "*"}

// principals lists the entries of Principal or NotPrincipal.
func principals(element any) []principal {
	if element == "*" {
		return []principal{everyone}
	}
	var all []principal
	for kind, values := range element.(object) {
		for _, value := range texts(values) {
			all = append(all, principal{kind, value})
		}
	}
	return all
}

// A grant says how directly a policy names a caller.
type grant int

const (
	unnamed  grant = iota
	account        // by the account, which leaves it to the identity policies
	role           // by the role of a session, which boundary and session policies still limit
	directly       // by the caller's own name, or with everyone
)

// names lists what policies call a caller, by its type ("AWS JSON policy elements: Principal"). Users and roles have a unique id
// beside the ARN: one that is made again under the same name has another.
func (c Caller) names() map[principal]grant {
	partition, _, _ := strings.Cut(strings.TrimPrefix(c.ARN, "arn:"), ":")
	unique, _, _ := strings.Cut(c.ID, ":")
	own, id, number := principal{"AWS", c.ARN}, principal{"AWS", unique}, principal{"AWS", c.Account}
	root := principal{"AWS", "arn:" + partition + ":iam::" + c.Account + ":root"}
	return map[string]map[principal]grant{
		"Account":       {number: directly, root: directly},
		"User":          {own: directly, id: directly, number: account, root: account},
		"AssumedRole":   {own: directly, id: role, {"AWS", c.Role}: role, number: account, root: account},
		"FederatedUser": {own: directly, number: account, root: account},
		"Service":       {{"Service", c.Service}: directly},
		"WebIdentity":   {{"Federated", c.Provider}: directly},
	}[c.Type]
}

// granted tells how directly an Allow names a caller. Policies without principals mean whoever has them. "*" admits neither the
// bearers of a provider's token, nor services to a role; and where a resource's policy must itself allow, "*" delegates to accounts.
func granted(s object, r *Request, layer string) grant {
	if s["Principal"] == nil || layer == "resource control" {
		return directly
	}
	star, delegates, t := directly, r.MustAllow || layer == "trust", r.Caller.Type
	switch {
	case t == "WebIdentity", t == "Service" && layer == "trust", t == "Anonymous" && delegates:
		star = unnamed
	case t != "Service" && delegates:
		star = account
	}
	names, most := r.Caller.names(), unnamed
	for _, p := range principals(s["Principal"]) {
		if most = max(most, names[p]); p == everyone {
			most = max(most, star)
		}
	}
	return most
}

// denied tells whether a Deny is about a caller, no matter how it is named. NotPrincipal spares only who is listed with all that he
// is ("AWS JSON policy elements: NotPrincipal"): a session with its role and its account, a user with its account.
func denied(s object, c Caller) bool {
	names := c.names()
	if s["NotPrincipal"] == nil {
		means := func(p principal) bool { return p == everyone || names[p] != unnamed }
		return s["Principal"] == nil || slices.ContainsFunc(principals(s["Principal"]), means)
	}
	entries, spares := principals(s["NotPrincipal"]), len(names) > 0
	for _, g := range names {
		spares = spares && slices.ContainsFunc(entries, func(p principal) bool { return names[p] == g })
	}
	return !spares && !slices.Contains(entries, everyone)
}
