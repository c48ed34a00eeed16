package iam

import (
	"context"
	"strconv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// The policy simulator: what would be decided if, by the engine that decides.
// Nothing is looked up but the policies of the source; resources, callers and
// circumstances are what the input says, and need not exist.
// Source: IAM API Reference, SimulateCustomPolicy and SimulatePrincipalPolicy.

// A simulation is the questions of one call and all that they are decided by.
type simulation struct {
	actions   []string
	resources []string // without any: "*"
	named     bool     // the input names resources
	who       policy.Principal
	identity  []*policy.Policy
	boundary  *policy.Policy     // nil: none
	resource  *policy.Policy     // nil: none
	controls  [][]*policy.Policy // service control policies, level by level from the root
	owner     string             // account of the resources whose ARN does not tell; "": the side of the resource is left out
	context   *policy.Context
	missing   []string // context keys that policies need and nobody gave
	work      int      // of one question; see maxWork
}

func (s *API) simulateCustomPolicy(ctx context.Context, call *bailiwick.Call, in *SimulateCustomPolicyRequest) (*SimulatePolicyResponse, error) {
	return simulate(ctx, call, in, nil, nil, nil)
}

func (s *API) simulatePrincipalPolicy(ctx context.Context, call *bailiwick.Call, a *asked[SimulatePrincipalPolicyRequest]) (*SimulatePolicyResponse, error) {
	e, identity, boundary, err := s.source(ctx, a.found)
	if err != nil {
		return nil, err
	}
	in := a.in
	return simulate(ctx, call, &SimulateCustomPolicyRequest{
		ActionNames: in.ActionNames, CallerArn: in.CallerArn, ContextEntries: in.ContextEntries, Marker: in.Marker, MaxItems: in.MaxItems,
		PermissionsBoundaryPolicyInputList: in.PermissionsBoundaryPolicyInputList, PolicyInputList: in.PolicyInputList,
		ResourceArns: in.ResourceArns, ResourceHandlingOption: in.ResourceHandlingOption, ResourceOwner: in.ResourceOwner,
		ResourcePolicy: in.ResourcePolicy,
	}, e, identity, boundary)
}

// source reads the policies of the entity that leave was asked for.
func (s *API) source(ctx context.Context, found func() (*entity, error)) (e *entity, identity []*policy.Policy, boundary *policy.Policy, err error) {
	seen, err := found()
	if err != nil {
		return nil, nil, nil, err
	}
	err = s.Store.View(ctx, func(r store.Reader) error {
		if e, err = again(r, seen); err != nil {
			return err
		}
		if identity, err = s.identityOf(ctx, r, e); err != nil {
			return err
		}
		if e.Boundary != "" {
			boundary = s.managedPolicy(ctx, r, e.Account, e.Boundary, policy.Boundary)
		}
		return nil
	})
	return e, identity, boundary, err
}

// simulate answers the questions of an input. source is the entity whose
// policies are meant, nil for none.
func simulate(ctx context.Context, call *bailiwick.Call, in *SimulateCustomPolicyRequest, source *entity, identity []*policy.Policy, boundary *policy.Policy) (*SimulatePolicyResponse, error) {
	m := &simulation{actions: in.ActionNames, identity: identity, boundary: boundary}
	for _, read := range []func() error{
		func() error { return m.readQuestions(in) },
		func() error { return m.readPolicies(call, in) },
		func() error { return m.readCaller(call, in, source) },
		func() error { return m.readOwner(in) },
		func() error { return m.readContext(in.ContextEntries) },
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	from, to, err := m.page(in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	return m.run(ctx, from, to)
}

// page is the actions that this call answers. A marker is the place of the next.
func (m *simulation) page(marker *string, maxItems *int32) (from, to int, err error) {
	p, err := newPage(marker, maxItems)
	if err != nil {
		return 0, 0, err
	}
	if p.after != "" {
		if from, err = strconv.Atoi(p.after); err != nil || from <= 0 || from >= len(m.actions) || strconv.Itoa(from) != p.after {
			return 0, 0, bailiwick.Errorf(bailiwick.CodeValidation, "Invalid Marker.")
		}
	}
	return from, min(from+p.max, len(m.actions)), nil
}

// maxWork bounds what one call may cost, about in bytes of policy that are
// compared; maxAnswer bounds the answer, about in bytes. IAM, too, returns fewer
// results than were asked for. One action that goes beyond by itself is refused.
const (
	maxWork   = 64 << 20
	maxAnswer = 8 << 20
)

func errTooMuch() *bailiwick.Error {
	return invalid("The simulation is too large. Simulate fewer resources, or shorter policies, at once.")
}

// run answers the actions of a page, and fewer if that becomes much.
func (m *simulation) run(ctx context.Context, from, to int) (*SimulatePolicyResponse, error) {
	each := m.work * len(m.resources)
	if each > maxWork {
		return nil, errTooMuch()
	}
	out := &SimulatePolicyResponse{EvaluationResults: []EvaluationResult{}}
	layers := m.layers()
	next, size := from, 0
	for ; next < to && (next == from || (next-from+1)*each <= maxWork); next++ {
		result, n, err := m.answer(ctx, layers, m.actions[next])
		if err != nil {
			return nil, err
		}
		if size += n; size > maxAnswer && next > from {
			break
		}
		out.EvaluationResults = append(out.EvaluationResults, result)
	}
	out.IsTruncated = ptr(next < len(m.actions))
	if *out.IsTruncated {
		out.Marker = ptr(encodeMarker(strconv.Itoa(next)))
	}
	return out, nil
}
