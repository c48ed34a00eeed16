package authz

import (
	"context"
	"fmt"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// A Check is one question: may the caller perform Action on Resource?
type Check struct {
	Action   string          // "dynamodb:GetItem"
	Resource string          // ARN, or "*" where the action has no resource
	Type     string          // resource type of the Table's action, "" for "*" and for collections (".../table/*")
	Account  string          // account that owns the resource; "" for the caller's own
	Keys     *policy.Context // keys that the action brings; nil for none

	// Policy is the resource's own policy, nil for none. Trust says that it is the
	// trust policy of a role, which must itself allow.
	Policy *policy.Policy
	Trust  bool
}

// An Authorizer answers checks.
type Authorizer struct {
	Policies bailiwick.Policies
	Table    Table // all actions of all slices

	sessions sessionPolicies
	callers  callers
	clock    clock
}

// Authorize returns nil only if every check is allowed. A refusal is an Error
// with CodeAccessDenied and AWS's sentence; any failure to decide refuses too.
func (a *Authorizer) Authorize(ctx context.Context, call *bailiwick.Call, checks []Check) error {
	return a.AuthorizeAs(ctx, call, call.Who, checks)
}

// AuthorizeAs is Authorize for another principal than the caller: the web
// identity that a token speaks for.
func (a *Authorizer) AuthorizeAs(ctx context.Context, call *bailiwick.Call, who bailiwick.Principal, checks []Check) error {
	layers, attached, err := a.gather(ctx, who)
	if err != nil {
		return fmt.Errorf("gathering the policies of %s: %w", who.ARN, err)
	}
	now := a.clock.keys(call.Time)
	for i := range checks {
		c := &checks[i]
		if err := assertDeclared(a.Table, c); err != nil {
			return err
		}
		l := layers
		l.Resource, l.Trust, l.ResourceAccount = c.Policy, c.Trust, c.Account
		if c.Account == "" {
			l.ResourceAccount = call.Account
		}
		caller := a.callers.context(call, who, attached, l.ResourceAccount)
		r := &policy.Request{Principal: who.Principal, Action: c.Action, Resource: c.Resource, Context: requestContext(now, caller, c)}
		d := l.Decide(r)
		call.Judged(bailiwick.Judgement{Layers: &l, Request: r, Decision: d})
		if !d.Allowed() {
			return Denied(who, c, d)
		}
	}
	return nil
}

// Denied is the sentence of a refusal.
// Source: IAM User Guide, "Troubleshoot access denied error messages".
func Denied(who bailiwick.Principal, c *Check, d policy.Decision) *bailiwick.Error {
	on := " on resource: " + c.Resource
	if c.Resource == "*" && strings.HasPrefix(c.Action, "sts:") {
		on = "" // STS passes no resource where there is none
	}
	return &bailiwick.Error{
		Code:    bailiwick.CodeAccessDenied,
		Message: "User: " + who.ARN + " is not authorized to perform: " + c.Action + on + d.Because(c.Action),
	}
}

// gather collects the layers that do not depend on the resource.
func (a *Authorizer) gather(ctx context.Context, who bailiwick.Principal) (policy.Layers, bailiwick.Attachments, error) {
	attached, err := a.Policies.Attached(ctx, who)
	if err != nil {
		return policy.Layers{}, attached, err
	}
	layers := policy.Layers{Identity: attached.Identity, Boundary: attached.Boundary}
	if who.Session != nil {
		layers.Session, err = a.sessions.set(ctx, a.Policies, who.Session)
	}
	return layers, attached, err
}
