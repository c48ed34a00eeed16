package authz

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
)

// TestContextKeys: every caller has exactly these keys; one that is missing or too many lifts somebody's Deny.
//
// Source: IAM User Guide, "AWS global condition context keys", and "Available keys for AWS web identity federation".
func TestContextKeys(t *testing.T) {
	issued := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	session := &bailiwick.Session{
		Account: "111122223333", RoleARN: "arn:aws:iam::111122223333:role/path/R", RoleID: "AROAA", Name: "s", Tags: map[string]string{"Org": "acme"},
		Provider: "cognito-identity.amazonaws.com", SourceIdentity: "ann", Issued: issued,
		WebIdentity: map[string][]string{
			"cognito-identity.amazonaws.com:aud": {"us-east-1:pool"}, "cognito-identity.amazonaws.com:sub": {"us-east-1:id"},
			"cognito-identity.amazonaws.com:amr": {"authenticated", "p"},
		},
	}
	guest := *session
	guest.Tags, guest.Provider, guest.SourceIdentity, guest.WebIdentity = nil, "", "", nil
	user := bailiwick.Principal{
		Principal: policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/team/ann", ID: "AIDAA", Account: "111122223333"}, Name: "ann",
	}
	always := []string{
		"aws:CurrentTime=2026-01-02T03:05:05Z", "aws:EpochTime=1767323105", "aws:PrincipalIsAWSService=false", "aws:RequestedRegion=eu-west-1",
		"aws:ResourceAccount=444455556666", "aws:SecureTransport=true", "aws:SourceIp=203.0.113.7", "aws:UserAgent=agent/1", "aws:ViaAWSService=false",
		"dynamodb:Select=COUNT",
	}
	for _, tt := range []struct {
		name string
		who  bailiwick.Principal
		tags map[string]string // of the user or role
		want []string
	}{
		{"user", user, map[string]string{"org": "acme"}, []string{
			"aws:PrincipalAccount=111122223333", "aws:PrincipalArn=arn:aws:iam::111122223333:user/team/ann", "aws:PrincipalTag/org=acme",
			"aws:PrincipalType=User", "aws:userid=AIDAA", "aws:username=ann",
		}},
		{"session of a web identity", session.Principal(), map[string]string{"org": "demo", "team": "blue"}, []string{
			"aws:FederatedProvider=cognito-identity.amazonaws.com", "aws:MultiFactorAuthPresent=false", "aws:PrincipalAccount=111122223333",
			"aws:PrincipalArn=arn:aws:iam::111122223333:role/path/R", "aws:PrincipalTag/Org=acme", "aws:PrincipalTag/team=blue",
			"aws:PrincipalType=AssumedRole", "aws:SourceIdentity=ann", "aws:TokenIssueTime=2026-01-02T03:04:05Z", "aws:userid=AROAA:s",
			"cognito-identity.amazonaws.com:amr=[authenticated p]", "cognito-identity.amazonaws.com:aud=us-east-1:pool",
			"cognito-identity.amazonaws.com:sub=us-east-1:id",
		}},
		{"session of a role", guest.Principal(), nil, []string{
			"aws:MultiFactorAuthPresent=false", "aws:PrincipalAccount=111122223333", "aws:PrincipalArn=arn:aws:iam::111122223333:role/path/R",
			"aws:PrincipalType=AssumedRole", "aws:TokenIssueTime=2026-01-02T03:04:05Z", "aws:userid=AROAA:s",
		}},
		{"root", bailiwick.Principal{Principal: policy.Principal{Type: policy.Account, ARN: "arn:aws:iam::111122223333:root", ID: "111122223333", Account: "111122223333"}}, nil, []string{
			"aws:PrincipalAccount=111122223333", "aws:PrincipalArn=arn:aws:iam::111122223333:root", "aws:PrincipalType=Account", "aws:userid=111122223333",
		}},
		{"anonymous", bailiwick.Anonymous(), nil, []string{"aws:PrincipalAccount=anonymous", "aws:PrincipalType=Anonymous"}},
	} {
		call := &bailiwick.Call{Secure: true, Region: "eu-west-1", Source: netip.MustParseAddr("::ffff:203.0.113.7"), UserAgent: "agent/1"}
		own := &policy.Context{}
		own.Set("dynamodb:Select", "COUNT")
		own.Set("AWS:principaltype", "Nobody") // what a check says of the caller does not count
		ctx := requestContext(new(clock).keys(issued.Add(time.Minute)), callerContext(call, tt.who, tt.tags, "444455556666"), &Check{Keys: own})
		var got []string
		for _, key := range ctx.Keys() {
			values, many, _ := ctx.Lookup(key)
			text := strings.Join(values, " ")
			if many {
				text = "[" + text + "]"
			}
			got = append(got, key+"="+text)
		}
		want := slices.Concat(always, tt.want)
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q\nwant %q", tt.name, got, want)
		}
	}
}
