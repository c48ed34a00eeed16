package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/policy"
)

// providers are the identity providers that have names instead of ARNs.
var providers = []string{"cognito-identity.amazonaws.com", "accounts.google.com", "graph.facebook.com", "www.amazon.com"}

// principalOf tells by its ARN or name what a principal is. A role stands for a
// session of it.
func principalOf(text, role string) (policy.Principal, error) {
	switch {
	case text == "anonymous":
		return policy.Principal{Type: policy.Anonymous, ARN: "anonymous", Account: "anonymous"}, nil
	case slices.Contains(providers, text):
		return policy.Principal{Type: policy.WebIdentity, Federated: text}, nil
	case !strings.HasPrefix(text, "arn:") && strings.HasSuffix(text, ".amazonaws.com"):
		return policy.Principal{Type: policy.Service, Service: text}, nil
	case len(text) == 12 && strings.Trim(text, "0123456789") == "":
		text = "arn:aws:iam::" + text + ":root"
	}
	unknown := fmt.Errorf("%q is no principal: it is neither the ARN of a user, role, session, provider or account root, nor the name of a service or provider, nor anonymous", text)
	a, err := arn.Parse(text)
	if err != nil {
		return policy.Principal{}, unknown
	}
	kind, name, _ := strings.Cut(a.Resource, "/")
	p := policy.Principal{ARN: text, Account: a.Account}
	switch {
	case a.Service == "iam" && a.Resource == "root":
		p.Type, p.ID = policy.Account, a.Account
	case name == "":
		return policy.Principal{}, unknown
	case a.Service == "iam" && kind == "user":
		p.Type = policy.User
	case a.Service == "iam" && kind == "role":
		p.Type, p.RoleARN = policy.AssumedRole, text
		p.ARN = "arn:" + a.Partition + ":sts::" + a.Account + ":assumed-role/" + name[strings.LastIndexByte(name, '/')+1:] + "/session"
	case a.Service == "sts" && kind == "assumed-role" && strings.Count(name, "/") == 1:
		p.Type = policy.AssumedRole
		roleName, _, _ := strings.Cut(name, "/")
		p.RoleARN = "arn:" + a.Partition + ":iam::" + a.Account + ":role/" + roleName
		if role != "" && (!strings.HasPrefix(role, "arn:"+a.Partition+":iam::"+a.Account+":role/") || !strings.HasSuffix(role, "/"+roleName)) {
			return policy.Principal{}, fmt.Errorf("%q is not the role of %s", role, text)
		}
		if role != "" {
			p.RoleARN = role
		}
	case a.Service == "sts" && kind == "federated-user":
		p.Type = policy.FederatedUser
	case a.Service == "iam" && (kind == "oidc-provider" || kind == "saml-provider"):
		return policy.Principal{Type: policy.WebIdentity, Federated: text}, nil
	default:
		return policy.Principal{}, unknown
	}
	return p, nil
}

// principalKeys are the context keys that every request of the principal has, as
// far as they follow from who it is. What depends on time and place is for the
// caller to give.
func principalKeys(p policy.Principal, tags map[string]string) map[string]string {
	keys := map[string]string{
		"aws:PrincipalType": string(p.Type), "aws:PrincipalIsAWSService": "false", "aws:ViaAWSService": "false", "aws:SecureTransport": "true",
	}
	if p.Account != "" {
		keys["aws:PrincipalAccount"] = p.Account
	}
	switch p.Type {
	case policy.Anonymous, policy.WebIdentity:
		return keys
	case policy.Service:
		keys["aws:PrincipalIsAWSService"], keys["aws:PrincipalServiceName"] = "true", p.Service
		delete(keys, "aws:PrincipalType")
		return keys
	case policy.User:
		keys["aws:PrincipalArn"], keys["aws:username"] = p.ARN, p.ARN[strings.LastIndexByte(p.ARN, '/')+1:]
	case policy.AssumedRole:
		keys["aws:PrincipalArn"] = p.RoleARN
	default:
		keys["aws:PrincipalArn"] = p.ARN
	}
	if p.ID != "" {
		keys["aws:userid"] = p.ID
	}
	for k, v := range tags {
		keys["aws:PrincipalTag/"+k] = v
	}
	return keys
}
