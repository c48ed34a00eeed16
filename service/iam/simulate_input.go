package iam

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/policy"
)

// What the input of a simulation says.

func (m *simulation) readQuestions(in *SimulateCustomPolicyRequest) error {
	if len(m.actions) == 0 {
		return invalid("ActionNames must not be empty.")
	}
	for _, a := range m.actions {
		vendor, name, ok := strings.Cut(a, ":")
		if !ok || vendor == "" || name == "" || strings.ContainsAny(a, "*? ") || strings.Contains(name, ":") {
			return invalid("The action %s is not valid. An action is a service and a name, such as s3:GetObject, without wildcards.", a)
		}
	}
	seen := map[string]bool{}
	for _, r := range in.ResourceArns {
		if r != "*" && !arn.Valid(r) {
			return invalid("ResourceNames are not in a valid ARN format: %s.", r)
		}
		if !seen[r] {
			m.resources, seen[r] = append(m.resources, r), true
		}
	}
	m.named = len(m.resources) > 1 || len(m.resources) == 1 && m.resources[0] != "*"
	if len(m.resources) == 0 {
		m.resources = []string{"*"}
	}
	return m.checkHandling(in.ResourceHandlingOption)
}

// handling is the kinds of resources that the scenarios of EC2 are about.
// Source: IAM API Reference, SimulateCustomPolicy, ResourceHandlingOption.
var handling = map[string][]string{
	"EC2-Classic-InstanceStore":    {"instance", "image", "security-group"},
	"EC2-Classic-EBS":              {"instance", "image", "security-group", "volume"},
	"EC2-VPC-InstanceStore":        {"instance", "image", "security-group", "network-interface"},
	"EC2-VPC-InstanceStore-Subnet": {"instance", "image", "security-group", "network-interface", "subnet"},
	"EC2-VPC-EBS":                  {"instance", "image", "security-group", "network-interface", "volume"},
	"EC2-VPC-EBS-Subnet":           {"instance", "image", "security-group", "network-interface", "subnet", "volume"},
}

func (m *simulation) checkHandling(option *string) error {
	if option == nil {
		return nil
	}
	kinds, ok := handling[*option]
	if !ok {
		return invalid("%s is not a valid Resource Handling Option.", *option)
	}
	for _, k := range kinds {
		if !slices.ContainsFunc(m.resources, func(r string) bool {
			a, err := arn.Parse(r)
			return err == nil && a.Service == "ec2" && strings.HasPrefix(a.Resource, k+"/")
		}) {
			return invalid("The Resource Handling Option %s needs a resource of the type %s.", *option, k)
		}
	}
	return nil
}

// readPolicies adds the policies of the input to those of the source. A boundary
// of the input takes the place of the source's own.
func (m *simulation) readPolicies(call *bailiwick.Call, in *SimulateCustomPolicyRequest) error {
	given, err := simulated(call, "PolicyInputList.", in.PolicyInputList)
	if err != nil {
		return err
	}
	m.identity = append(slices.Clone(m.identity), given...)
	boundaries, err := simulated(call, "PermissionsBoundaryPolicyInputList.", in.PermissionsBoundaryPolicyInputList)
	switch {
	case err != nil:
		return err
	case len(boundaries) > 1:
		return invalid("PermissionsBoundaryPolicyInputList can have only one policy.")
	case len(boundaries) == 1:
		m.boundary = boundaries[0]
	}
	if m.controls, err = readControls(call, in.OrderedOrganizationPolicyInputList); err != nil {
		return err
	}
	if in.ResourcePolicy != nil {
		m.resource, err = compileInput(call, policy.Resource, "ResourcePolicy", *in.ResourcePolicy)
	}
	return err
}

// readControls compiles the service control policies of an organization. Each
// level must allow, so that one without policies is a mistake.
func readControls(call *bailiwick.Call, levels []OrderedOrganizationPolicyType) ([][]*policy.Policy, error) {
	var out [][]*policy.Policy
	for i := range levels {
		name := "OrderedOrganizationPolicyInputList." + strconv.Itoa(i+1)
		list, err := simulated(call, name+".ServiceControlPolicyInputList.", levels[i].ServiceControlPolicyInputList)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			return nil, invalid("%s must have a service control policy.", name)
		}
		out = append(out, list)
	}
	return out, nil
}

// simulated compiles a list of policies. They are named after their place, as AWS
// names them, and not kept: nobody but this call uses them.
func simulated(call *bailiwick.Call, name string, texts []string) ([]*policy.Policy, error) {
	out := make([]*policy.Policy, 0, len(texts))
	for i, text := range texts {
		p, err := compileInput(call, policy.Simulated, name+strconv.Itoa(i+1), text)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func compileInput(call *bailiwick.Call, k policy.Kind, name, text string) (*policy.Policy, error) {
	doc, err := policy.Parse(k, text)
	if err == nil {
		p := policy.Compile(name, doc)
		if err = p.Err(); err == nil {
			return p, nil
		}
	}
	var at *policy.SyntaxError
	if errors.As(err, &at) {
		call.Note("%s is refused at line %s, column %s: %s", name, strconv.Itoa(at.Line), strconv.Itoa(at.Column), at.Detail)
	}
	return nil, invalid("The policy %s is not valid: %s", name, err)
}

// readCaller finds who asks: CallerArn, else the source of the policies. Only a
// user can be named by the resource's policy here, as at AWS.
func (m *simulation) readCaller(call *bailiwick.Call, in *SimulateCustomPolicyRequest, source *entity) error {
	who := source
	if in.CallerArn != nil {
		e, ok := entityOf(*in.CallerArn)
		if !ok {
			return noSource(*in.CallerArn)
		}
		who = &e
	}
	if m.resource != nil && (who == nil || who.Kind != userKind) {
		return invalid("Invalid caller - Caller must be an IAM user in this context.")
	}
	m.context = new(policy.Context)
	if who == nil || who.Kind == groupKind { // someone of whom nothing is known
		m.who = policy.Principal{Type: policy.User, Account: call.Account}
		if who != nil {
			m.who.Account = who.Account
		}
		return nil
	}
	m.who = policy.Principal{Type: policy.User, ARN: who.arn(), Account: who.Account}
	if who.Kind == roleKind {
		m.who = policy.Principal{Type: policy.AssumedRole, RoleARN: who.arn(), Account: who.Account}
	} else {
		m.context.Set("aws:username", who.Name)
	}
	m.context.Set("aws:PrincipalArn", who.arn())
	m.context.Set("aws:PrincipalAccount", who.Account)
	m.context.Set("aws:PrincipalType", string(m.who.Type))
	return nil
}

// readOwner finds the account of resources that do not tell theirs.
func (m *simulation) readOwner(in *SimulateCustomPolicyRequest) error {
	switch {
	case in.ResourceOwner != nil:
		a, err := arn.Parse(*in.ResourceOwner)
		if err != nil || a.Partition != "aws" || a.Service != "iam" || a.Region != "" || a.Resource != "root" || !isAccountID(a.Account) {
			return invalid("'%s' is not a valid as a Resource Owner.", *in.ResourceOwner)
		}
		m.owner = a.Account
	case m.resource != nil:
		m.owner = m.who.Account
	}
	return nil
}
