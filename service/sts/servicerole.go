package sts

import (
	"context"
	"regexp"
	"strconv"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// serviceDuration bounds the sessions of services. The role's own limit is not for
// them. Source: IAM User Guide, "Update a role's maximum session duration".
const serviceDuration = 12 * time.Hour

// sessionForm is the pattern of RoleSessionName in the API model.
var sessionForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\w+=,.@-]{2,64}$`) })

// AssumeRoleForService implements bailiwick.ServiceRoles. The role's trust policy is
// asked in the name of the service, and no other policy: the caller, whose request
// made the service ask, is no part of the question. The session has no tags.
func (a *API) AssumeRoleForService(ctx context.Context, call *bailiwick.Call, want bailiwick.AssumeServiceRole) (bailiwick.Credential, error) {
	w := &wish{name: sessionName(want.SessionName), duration: want.Duration}
	if w.duration <= 0 || w.duration > serviceDuration {
		w.duration = serviceDuration
	}
	if err := w.target(want.RoleARN); err != nil {
		return bailiwick.Credential{}, err
	}
	if err := w.find(ctx, a.Roles); err != nil {
		return bailiwick.Credential{}, err
	}
	check := w.checks("sts:AssumeRole", nil)[0]
	if w.role == nil {
		call.Note("The role %s does not exist.", w.arn)
		return bailiwick.Credential{}, authz.Denied(asService(want.Service), &check, policy.Decision{Layer: policy.LayerTrust})
	}
	l := &policy.Layers{Resource: check.Policy, Trust: true, ResourceAccount: w.account}
	r := &policy.Request{
		Principal: policy.Principal{Type: policy.Service, Service: want.Service}, Action: check.Action, Resource: check.Resource,
		Context: w.serviceContext(call, want),
	}
	d := l.Decide(r)
	call.Judged(bailiwick.Judgement{Layers: l, Request: r, Decision: d})
	if !d.Allowed() {
		return bailiwick.Credential{}, authz.Denied(asService(want.Service), &check, d)
	}
	return a.mint(call, w, bailiwick.Session{})
}

// asService is how the sentence of a refusal names a service.
func asService(name string) bailiwick.Principal {
	return bailiwick.Principal{Principal: policy.Principal{Type: policy.Service, ARN: name, Service: name}}
}

// serviceContext is the keys of a service's request. It comes from no address, and
// no user stands behind it.
// Source: IAM User Guide, "AWS global condition context keys".
func (w *wish) serviceContext(call *bailiwick.Call, want bailiwick.AssumeServiceRole) *policy.Context {
	x := w.keys()
	x.Set("aws:CurrentTime", call.Time.UTC().Format(time.RFC3339))
	x.Set("aws:EpochTime", strconv.FormatInt(call.Time.Unix(), 10))
	x.Set("aws:SecureTransport", "true") // it never leaves the server
	x.Set("aws:RequestedRegion", call.Region)
	x.Set("aws:ResourceAccount", w.account)
	x.Set("aws:PrincipalIsAWSService", "true")
	x.Set("aws:PrincipalServiceName", want.Service)
	x.SetAll("aws:PrincipalServiceNamesList", []string{want.Service})
	if source, err := arn.Parse(want.SourceARN); err == nil {
		x.Set("aws:SourceArn", want.SourceARN)
		if source.Account != "" {
			x.Set("aws:SourceAccount", source.Account)
		}
	}
	return x
}

// sessionName makes a name that a session may have of one that a resource has.
func sessionName(name string) string {
	if sessionForm().MatchString(name) {
		return name
	}
	clean := make([]byte, 0, 64)
	for i := 0; i < len(name) && len(clean) < 64; i++ {
		c := name[i : i+1]
		if !sessionForm().MatchString(c + c) {
			c = "-"
		}
		clean = append(clean, c...)
	}
	for len(clean) < 2 {
		clean = append(clean, '-')
	}
	return string(clean)
}
