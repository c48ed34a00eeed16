package authz

import (
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// requestContext is the keys that every request has, and those of the check.
// What the caller is comes before what the caller says: a key of the check never
// replaces a global one.
// Source: IAM User Guide, "AWS global condition context keys".
func requestContext(now, caller *policy.Context, c *Check) *policy.Context {
	return now.Over(caller.Over(c.Keys))
}

// A clock keeps the keys of the current second: they are in every request, and
// printing a time is a good part of what a decision costs.
type clock struct{ last atomic.Pointer[tick] }

type tick struct {
	second int64 // Unix
	keys   *policy.Context
}

func (c *clock) keys(t time.Time) *policy.Context {
	second := t.Unix()
	if last := c.last.Load(); last != nil && last.second == second {
		return last.keys
	}
	x := new(policy.Context)
	x.Set("aws:CurrentTime", t.UTC().Format(time.RFC3339))
	x.Set("aws:EpochTime", strconv.FormatInt(second, 10))
	c.last.Store(&tick{second, x})
	return x
}

// callerContext is the keys that belong to who asks and from where, the same for
// many requests of a session.
func callerContext(call *bailiwick.Call, who bailiwick.Principal, tags map[string]string, owner string) *policy.Context {
	x := new(policy.Context)
	x.Set("aws:SecureTransport", strconv.FormatBool(call.Secure))
	x.Set("aws:RequestedRegion", call.Region)
	x.Set("aws:ResourceAccount", owner)
	x.Set("aws:ViaAWSService", "false")
	x.Set("aws:PrincipalIsAWSService", "false")
	if call.Source.IsValid() {
		x.Set("aws:SourceIp", call.Source.Unmap().String())
	}
	if call.UserAgent != "" {
		x.Set("aws:UserAgent", call.UserAgent)
	}
	if call.Referer != "" {
		x.Set("aws:Referer", call.Referer)
	}
	principalKeys(x, who, tags)
	return x
}

func principalKeys(x *policy.Context, who bailiwick.Principal, tags map[string]string) {
	x.Set("aws:PrincipalType", string(who.Type))
	if who.Account != "" { // a web identity has none yet
		x.Set("aws:PrincipalAccount", who.Account)
	}
	switch who.Type {
	case policy.Anonymous, policy.WebIdentity:
		return // no principal yet: no ARN, no tags
	case policy.User:
		x.Set("aws:username", who.Name)
		x.Set("aws:PrincipalArn", who.ARN)
	case policy.AssumedRole:
		x.Set("aws:PrincipalArn", who.RoleARN)
	default:
		x.Set("aws:PrincipalArn", who.ARN)
	}
	x.Set("aws:userid", who.ID)
	if s := who.Session; s != nil {
		sessionKeys(x, s)
		tags = overlay(tags, s.Tags)
	}
	for k, v := range tags {
		x.Set("aws:PrincipalTag/"+k, v)
	}
}

func sessionKeys(x *policy.Context, s *bailiwick.Session) {
	x.Set("aws:TokenIssueTime", s.Issued.UTC().Format(time.RFC3339))
	x.Set("aws:MultiFactorAuthPresent", "false")
	if s.Provider != "" {
		x.Set("aws:FederatedProvider", s.Provider)
	}
	if s.SourceIdentity != "" {
		x.Set("aws:SourceIdentity", s.SourceIdentity)
	}
	for key, values := range s.WebIdentity {
		if strings.HasSuffix(key, ":amr") {
			x.SetAll(key, values)
		} else if len(values) == 1 {
			x.Set(key, values[0])
		}
	}
}

// overlay puts session tags over the tags of the role. Tag keys are compared
// without regard to case: a session tag "Org" replaces a role tag "org".
// Source: IAM User Guide, "Pass session tags in AWS STS".
func overlay(role, session map[string]string) map[string]string {
	if len(role) == 0 {
		return session
	}
	out := make(map[string]string, len(role)+len(session))
	for k, v := range role {
		out[k] = v
	}
	for k, v := range session {
		for old := range role {
			if strings.EqualFold(old, k) {
				delete(out, old)
			}
		}
		out[k] = v
	}
	return out
}
