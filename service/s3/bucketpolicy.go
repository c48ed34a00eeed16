package s3

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// maxPolicy bounds a bucket policy, in bytes.
const maxPolicy = 20 << 10

// A Principals finds whom a policy names. A policy means the very users and roles
// that there were when it was written: who deletes and recreates a name must not
// inherit what was granted to it. Implemented by iam.
type Principals interface {
	// PrincipalID is the unique id of the user or role that arn is about. named is
	// false for what is about neither; id is "" if there is no such user or role.
	PrincipalID(ctx context.Context, arn string) (id string, named bool, err error)
}

// derive computes what follows from the record of a bucket. A policy that cannot
// be read any more denies everything.
func (b *bucket) derive() {
	if b.Policy == "" {
		return
	}
	name := "policy of bucket " + b.Name
	doc, err := policy.Parse(policy.Resource, b.Policy)
	if err != nil {
		b.compiled, b.public = policy.Broken(name, err), true
		return
	}
	b.public = isPublic(doc)
	for i := range doc.Statements {
		s := &doc.Statements[i]
		for _, list := range [][]policy.PrincipalEntry{s.Principals, s.NotPrincipal} {
			for j := range list {
				if id := b.Bound[list[j].Value]; id != "" && list[j].Type == "AWS" {
					list[j].Value = id
				}
			}
		}
	}
	b.compiled = policy.Compile(name, doc)
}

// mayKeepPolicy asks for the three operations on the policy itself. The root user
// of the owner's account is asked without the policy, so that no account can lock
// itself out for ever.
// Source: Amazon S3 API Reference, PutBucketPolicy.
func mayKeepPolicy[In any](action string) func(context.Context, *bailiwick.Call, *onBucket[In]) ([]authz.Check, error) {
	return func(_ context.Context, call *bailiwick.Call, p *onBucket[In]) ([]authz.Check, error) {
		c := p.bucket.check(call, action)
		if call.Who.Type == policy.Account && call.Who.Account == p.bucket.Account {
			c.Policy = nil
		}
		return []authz.Check{c}, nil
	}
}

func (a *API) putBucketPolicy(ctx context.Context, call *bailiwick.Call, p *onBucket[PutBucketPolicyRequest]) (*struct{}, error) {
	text := *p.in.Policy
	doc, err := parsePolicy(call, p.bucket.Name, text)
	if err != nil {
		return nil, err
	}
	bound, err := a.bind(ctx, doc)
	if err != nil {
		return nil, err
	}
	public := isPublic(doc)
	err = a.change(ctx, p.bucket, func(b *bucket) error {
		if public && b.PublicAccess != nil && b.PublicAccess.BlockPolicy {
			return fail(http.StatusForbidden, "AccessDenied", "User: "+call.Who.ARN+` is not authorized to perform: s3:PutBucketPolicy on resource: "`+
				bucketARN(b.Name)+`" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.`)
		}
		b.Policy, b.Bound = text, bound
		return nil
	})
	return nil, err
}

// parsePolicy reads a bucket policy and refuses what cannot be about this bucket.
func parsePolicy(call *bailiwick.Call, name, text string) (*policy.Document, error) {
	malformed := func(message string) error { return fail(http.StatusBadRequest, "MalformedPolicy", message) }
	if len(text) > maxPolicy {
		return nil, fail(http.StatusBadRequest, "PolicyTooLarge", "Your policy exceeds the maximum allowed document size.")
	}
	doc, err := policy.Parse(policy.Resource, text)
	var at *policy.SyntaxError
	if errors.As(err, &at) {
		call.Note("The policy is malformed at line %d, column %d: %s", at.Line, at.Column, at.Detail)
		return nil, malformed(at.Message)
	}
	if err != nil {
		return nil, err
	}
	for i := range doc.Statements {
		s := &doc.Statements[i]
		for _, action := range append(append([]string{}, s.Actions...), s.NotActions...) {
			if vendor, _, _ := strings.Cut(action, ":"); action != "*" && !strings.EqualFold(vendor, "s3") {
				call.Note("The policy names %q, which is no action of S3.", action)
				return nil, malformed("Policy has invalid action")
			}
		}
		for _, r := range append(append([]string{}, s.Resources...), s.NotResources...) {
			if !within(name, r) {
				call.Note("The policy names %q, which is neither this bucket nor in it.", r)
				return nil, malformed("Policy has invalid resource")
			}
		}
	}
	return doc, nil
}

// within tells whether a resource of a policy is the bucket or in it.
func within(name, resource string) bool {
	rest, ok := strings.CutPrefix(resource, bucketARN(name))
	return resource == "*" || ok && (rest == "" || rest[0] == '/' || rest[0] == '*')
}

// bind finds the unique id of everyone whom doc names by ARN.
func (a *API) bind(ctx context.Context, doc *policy.Document) (map[string]string, error) {
	if a.Principals == nil {
		return nil, nil
	}
	bound := map[string]string{}
	for _, s := range doc.Statements {
		for _, p := range append(append([]policy.PrincipalEntry{}, s.Principals...), s.NotPrincipal...) {
			if p.Type != "AWS" || !strings.HasPrefix(p.Value, "arn:") {
				continue
			}
			id, named, err := a.Principals.PrincipalID(ctx, p.Value)
			if err != nil {
				return nil, fmt.Errorf("looking for a principal of a bucket policy: %w", err)
			}
			if named && id == "" {
				return nil, with(fail(http.StatusBadRequest, "MalformedPolicy", "Invalid principal in policy"), "Detail", `"AWS" : "`+p.Value+`"`)
			}
			// The engine knows no id for one session of a role: it stays an ARN.
			if named && !strings.Contains(p.Value, ":assumed-role/") {
				bound[p.Value] = id
			}
		}
	}
	return bound, nil
}

func (a *API) getBucketPolicy(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketPolicyRequest]) (*GetBucketPolicyOutput, error) {
	if p.bucket.Policy == "" {
		return nil, with(fail(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist"), "BucketName", p.bucket.Name)
	}
	return &GetBucketPolicyOutput{Policy: &p.bucket.Policy}, nil
}

func (a *API) deleteBucketPolicy(ctx context.Context, _ *bailiwick.Call, p *onBucket[DeleteBucketPolicyRequest]) (*struct{}, error) {
	return nil, a.change(ctx, p.bucket, func(b *bucket) error {
		b.Policy, b.Bound = "", nil
		return nil
	})
}

func (a *API) getBucketPolicyStatus(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketPolicyStatusRequest]) (*GetBucketPolicyStatusOutput, error) {
	if p.bucket.Policy == "" {
		return nil, with(fail(http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist"), "BucketName", p.bucket.Name)
	}
	return &GetBucketPolicyStatusOutput{PolicyStatus: &PolicyStatus{IsPublic: &p.bucket.public}}, nil
}
