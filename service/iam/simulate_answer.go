package iam

import (
	"context"
	"fmt"
	"maps"
	"slices"
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
	typeControl  = "Service Control Policy"
)

// decisions are AWS's words for effects.
var decisions = map[policy.Effect]string{policy.Allow: "allowed", policy.ExplicitDeny: "explicitDeny", policy.ImplicitDeny: "implicitDeny"}

func (m *simulation) layers() policy.Layers {
	l := policy.Layers{Identity: policy.NewSet(m.identity...), Resource: m.resource}
	if m.boundary != nil {
		l.Boundary = policy.NewSet(m.boundary)
	}
	for _, level := range m.controls {
		l.ServiceControl = append(l.ServiceControl, policy.NewSet(level...))
	}
	return l
}

// A reply is the answer for one resource.
type reply struct {
	ResourceSpecificResult
	effect    policy.Effect
	organized bool // the service control policies allow it
}

// answer asks for an action on every resource. The answer for the action is that
// of its resource; of several, the action is allowed only if it is on each.
func (m *simulation) answer(ctx context.Context, layers policy.Layers, action string) (out EvaluationResult, size int, err error) {
	out = EvaluationResult{EvalActionName: &action, EvalResourceName: ptr("*"), MatchedStatements: []Statement{}, MissingContextValues: m.missing}
	worst := policy.Allow
	var all []reply
	for i, name := range m.resources {
		if err := ctx.Err(); err != nil {
			return out, 0, err
		}
		one, err := m.ask(layers, action, name)
		if err != nil {
			return out, 0, err
		}
		all = append(all, one)
		if size += m.sizeOf(&one.ResourceSpecificResult); size > maxAnswer {
			return out, 0, errTooMuch()
		}
		if i == 0 || one.effect == policy.ExplicitDeny || one.effect == policy.ImplicitDeny && worst == policy.Allow {
			worst = one.effect
		}
	}
	m.sumUp(&out, all, worst)
	if m.named {
		out.ResourceSpecificResults = each(all, func(r *reply) ResourceSpecificResult { return r.ResourceSpecificResult })
	}
	return out, 2 * size, nil
}

// sumUp says for the action what its resources have in common. Statements are
// there when they determine the result: for an implicit deny there is none.
func (m *simulation) sumUp(out *EvaluationResult, all []reply, worst policy.Effect) {
	out.EvalDecision = ptr(decisions[worst])
	if m.named {
		out.EvalDecisionDetails = map[string]string{}
	}
	if len(all) == 1 {
		out.EvalResourceName = all[0].EvalResourceName
	}
	seen := map[string]bool{}
	bounded, organized := true, true
	for i := range all {
		one := &all[i]
		organized = organized && one.organized
		out.EvalDecisionDetails = stricter(out.EvalDecisionDetails, one.EvalDecisionDetails)
		bounded = bounded && m.boundary != nil && *one.PermissionsBoundaryDecisionDetail.AllowedByPermissionsBoundary
		if worst == policy.ImplicitDeny || one.effect != worst {
			continue
		}
		for _, s := range one.MatchedStatements {
			if key := placeOf(s); !seen[key] {
				out.MatchedStatements, seen[key] = append(out.MatchedStatements, s), true
			}
		}
	}
	if m.boundary != nil {
		out.PermissionsBoundaryDecisionDetail = &PermissionsBoundaryDecisionDetail{AllowedByPermissionsBoundary: &bounded}
	}
	if m.controls != nil {
		out.OrganizationsDecisionDetail = &OrganizationsDecisionDetail{AllowedByOrganizations: &organized}
		if !organized { // AWS stops there
			out.EvalDecisionDetails = nil
		}
	}
}

// stricter joins what each type of policies says of several resources: the most
// restrictive counts, as for the decision itself.
func stricter(a, b map[string]string) map[string]string {
	if len(a) == 0 {
		if b == nil {
			return a
		}
		return maps.Clone(b)
	}
	order := []string{decisions[policy.Allow], decisions[policy.ImplicitDeny], decisions[policy.ExplicitDeny]}
	for name, said := range b {
		if slices.Index(order, said) > slices.Index(order, a[name]) {
			a[name] = said
		}
	}
	return a
}

// ask puts one question to the engine.
func (m *simulation) ask(layers policy.Layers, action, resource string) (reply, error) {
	layers.ResourceAccount = m.ownerOf(resource)
	trace := layers.Trace(&policy.Request{Principal: m.who, Action: action, Resource: resource, Context: m.context})
	if d := trace.Decision; d.Layer == policy.LayerRequest {
		return reply{}, invalid("%s on %s cannot be simulated: %v", action, resource, d.Err)
	}
	effect := trace.Decision.Effect
	out := reply{effect: effect, organized: true, ResourceSpecificResult: ResourceSpecificResult{
		EvalResourceName: &resource, EvalResourceDecision: ptr(decisions[effect]), MissingContextValues: m.missing,
		MatchedStatements: m.matched(&trace, effect == policy.ExplicitDeny),
	}}
	for i := range trace.Layers {
		if l := &trace.Layers[i]; l.Layer == policy.LayerServiceControl && l.Effect() != policy.Allow {
			out.organized = false
		}
	}
	if layers.ResourceAccount != m.who.Account && out.organized {
		out.EvalDecisionDetails = m.details(&trace)
	}
	if boundary, ok := trace.Of(policy.LayerBoundary); ok {
		out.PermissionsBoundaryDecisionDetail = &PermissionsBoundaryDecisionDetail{
			AllowedByPermissionsBoundary: ptr(boundary.Effect() == policy.Allow),
		}
	}
	return out, nil
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

// matched are the statements that deny, or those that allow. Boundaries and
// service control policies allow nothing by themselves.
func (m *simulation) matched(trace *policy.Trace, denies bool) []Statement {
	out := []Statement{}
	level := 0
	for i := range trace.Layers {
		l := &trace.Layers[i]
		var typ string
		var policies []*policy.Policy
		switch l.Layer {
		case policy.LayerIdentity:
			typ, policies = typeIdentity, m.identity
		case policy.LayerResource:
			typ, policies = typeResource, []*policy.Policy{m.resource}
		case policy.LayerBoundary:
			typ, policies = typeBoundary, []*policy.Policy{m.boundary}
		case policy.LayerServiceControl:
			typ, policies = typeControl, m.controls[level]
			level++
		default:
			continue
		}
		if !denies && typ != typeIdentity && typ != typeResource {
			continue
		}
		for k := range l.Policies {
			indexes := l.Policies[k].Allows
			if denies {
				indexes = l.Policies[k].Denies
			}
			for _, index := range indexes {
				out = append(out, awsStatement(policies[k], typ, index))
			}
		}
	}
	return out
}

func awsStatement(p *policy.Policy, typ string, index int) Statement {
	at := p.Document().Statements[index].Span
	position := func(line, column int) *Position {
		return &Position{Line: ptr(int32(line)), Column: ptr(int32(column))}
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
