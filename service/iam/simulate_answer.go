package iam

import (
	"context"
	"fmt"
	"strings"

	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/policy"
)

// The words of AWS's simulator for the types of policies.
// Source: IAM API Reference, SimulatePrincipalPolicy, examples.
const (
	typeIdentity = "IAM Policy"
	typeResource = "Resource Policy"
	typeBoundary = "Permissions Boundary Policy"
)

// decisions are AWS's words for effects.
var decisions = map[policy.Effect]string{policy.Allow: "allowed", policy.ExplicitDeny: "explicitDeny", policy.ImplicitDeny: "implicitDeny"}

func (m *simulation) layers() policy.Layers {
	l := policy.Layers{Identity: policy.NewSet(m.identity...), Resource: m.resource}
	if m.boundary != nil {
		l.Boundary = policy.NewSet(m.boundary)
	}
	return l
}

// answer asks for an action on every resource. The answer for the action is that
// of its resource; of several, the action is allowed only if it is on each.
func (m *simulation) answer(ctx context.Context, layers policy.Layers, action string) (out EvaluationResult, size int, err error) {
	out = EvaluationResult{EvalActionName: &action, EvalResourceName: ptr("*"), MatchedStatements: []Statement{}, MissingContextValues: m.missing}
	worst := policy.Allow
	var all []ResourceSpecificResult
	for i, name := range m.resources {
		if err := ctx.Err(); err != nil {
			return out, 0, err
		}
		one, effect, err := m.ask(layers, action, name)
		if err != nil {
			return out, 0, err
		}
		all = append(all, one)
		if size += m.sizeOf(&one); size > maxAnswer {
			return out, 0, errTooMuch()
		}
		if i == 0 || effect == policy.ExplicitDeny || effect == policy.ImplicitDeny && worst == policy.Allow {
			worst = effect
		}
	}
	out.EvalDecision = ptr(decisions[worst])
	m.sumUp(&out, all, worst)
	if m.named {
		out.ResourceSpecificResults = all
	}
	return out, 2 * size, nil
}

// sumUp says for the action what its resources have in common. Statements are
// there when they determine the result: for an implicit deny there is none.
func (m *simulation) sumUp(out *EvaluationResult, all []ResourceSpecificResult, worst policy.Effect) {
	if m.named {
		out.EvalDecisionDetails = map[string]string{}
	}
	if len(all) == 1 {
		out.EvalResourceName = all[0].EvalResourceName
		if all[0].EvalDecisionDetails != nil {
			out.EvalDecisionDetails = all[0].EvalDecisionDetails
		}
	}
	seen := map[string]bool{}
	within := true
	for i := range all {
		one := &all[i]
		within = within && m.boundary != nil && *one.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary
		if worst == policy.ImplicitDeny || *one.EvalResourceDecision != decisions[worst] {
			continue
		}
		for _, s := range one.MatchedStatements {
			if key := placeOf(s); !seen[key] {
				out.MatchedStatements, seen[key] = append(out.MatchedStatements, s), true
			}
		}
	}
	if m.boundary != nil {
		out.PermissionsBoundaryDecisionDetail = &PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: &within}
	}
}

// ask puts one question to the engine.
func (m *simulation) ask(layers policy.Layers, action, resource string) (ResourceSpecificResult, policy.Effect, error) {
	layers.ResourceAccount = m.ownerOf(resource)
	trace := layers.Trace(&policy.Request{Principal: m.who, Action: action, Resource: resource, Context: m.context})
	if d := trace.Decision; d.Layer == policy.LayerRequest {
		return ResourceSpecificResult{}, d.Effect, invalid("%s on %s cannot be simulated: %v", action, resource, d.Err)
	}
	effect := trace.Decision.Effect
	out := ResourceSpecificResult{
		EvalResourceName: &resource, EvalResourceDecision: ptr(decisions[effect]), MissingContextValues: m.missing,
		MatchedStatements: m.matched(&trace, effect == policy.ExplicitDeny),
	}
	if layers.ResourceAccount != m.who.Account {
		out.EvalDecisionDetails = m.details(&trace)
	}
	if boundary, ok := trace.Of(policy.LayerBoundary); ok {
		out.PermissionsBoundaryDecisionDetail = &PermissionsBoundaryDecisionDetail{
			AllowedByPermissionsBoundary: ptr(boundary.Effect() == policy.Allow),
		}
	}
	return out, effect, nil
}

// ownerOf is the account of a resource. Without a resource policy or an owner, the
// question is what the policies of the principal say, wherever the resource is.
func (m *simulation) ownerOf(resource string) string {
	if m.owner == "" {
		return m.who.Account
	}
	if a, err := arn.Parse(resource); err == nil && isAccountID(a.Account) {
		return a.Account
	}
	return m.owner
}

// details are what each type of policies says when two accounts must agree.
func (m *simulation) details(trace *policy.Trace) map[string]string {
	out := map[string]string{}
	for layer, name := range map[policy.Layer]string{
		policy.LayerIdentity: typeIdentity, policy.LayerResource: typeResource, policy.LayerBoundary: typeBoundary,
	} {
		said, ok := trace.Of(layer)
		if ok || layer != policy.LayerBoundary {
			out[name] = decisions[said.Effect()]
		}
	}
	return out
}

// matched are the statements that deny, or those that allow. A boundary allows
// nothing by itself.
func (m *simulation) matched(trace *policy.Trace, denies bool) []Statement {
	out := []Statement{}
	add := func(layer policy.Layer, typ string, policies ...*policy.Policy) {
		said, _ := trace.Of(layer)
		for i, p := range said.Policies {
			indexes := p.Allows
			if denies {
				indexes = p.Denies
			}
			for _, k := range indexes {
				out = append(out, awsStatement(policies[i], typ, k))
			}
		}
	}
	add(policy.LayerIdentity, typeIdentity, m.identity...)
	add(policy.LayerResource, typeResource, m.resource)
	if denies {
		add(policy.LayerBoundary, typeBoundary, m.boundary)
	}
	return out
}

func awsStatement(p *policy.Policy, typ string, index int) Statement {
	at := p.Document().Statements[index].Span
	position := func(line, column int) *Position {
		return &Position{Line: ptr(int32(line)), Column: ptr(int32(column))} //nolint:gosec // a policy has at most 128 KiB
	}
	return Statement{
		SourcePolicyId: ptr(sourceID(p.Name())), SourcePolicyType: &typ,
		StartPosition: position(at.Line, at.Column), EndPosition: position(at.EndLine, at.EndColumn),
	}
}

// sourceID is AWS's name for a policy: user_ann_reads for an inline policy, else
// the name of the managed policy or of the place in the input.
func sourceID(name string) string {
	if words := strings.Fields(name); len(words) == 5 && strings.HasPrefix(name, "inline policy ") {
		if e, ok := entityOf(words[4]); ok {
			return string(e.Kind) + "_" + e.Name + "_" + words[2]
		}
	}
	if _, _, base := splitPolicyARN(name); base != "" {
		return base
	}
	return name
}

// placeOf tells statements apart.
func placeOf(s Statement) string {
	return fmt.Sprint(*s.SourcePolicyType, "\x00", *s.SourcePolicyId, "\x00", *s.StartPosition.Line, "\x00", *s.StartPosition.Column)
}

// sizeOf is about how long a result will be, in bytes.
func (m *simulation) sizeOf(one *ResourceSpecificResult) int {
	n := 512 + len(*one.EvalResourceName) + 400*len(one.MatchedStatements)
	for _, key := range m.missing {
		n += 20 + len(key)
	}
	return n
}
