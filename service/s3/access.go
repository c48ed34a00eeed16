package s3

import (
	"context"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

const arnPrefix = "arn:aws:s3:::"

// bucketARN and objectARN take names and keys literally: no cleaning, no account,
// no region.
func bucketARN(name string) string      { return arnPrefix + name }
func objectARN(name, key string) string { return arnPrefix + name + "/" + key }

// enter finds the bucket that a request names, and refuses what AWS refuses
// before any policy is asked: names of buckets are known to all who may ask
// anything, and who signs for another region is sent there.
func (a *API) enter(ctx context.Context, call *bailiwick.Call, name string, owner *string) (*bucket, error) {
	if name == "" || len(name) > 255 {
		return nil, invalidBucketName(name[:min(len(name), 255)])
	}
	b, err := a.look(ctx, name)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, noBucket(name)
	}
	if err := b.mine(call, owner); err != nil {
		return nil, err
	}
	if call.Auth.Region == "" {
		call.Region = b.Region // the request is served where the bucket is, whoever signed nothing about it
	}
	// Its administrators may ask why a stranger was refused; those of a caller of
	// another account are not told what only the owner may know of it, such as
	// that an object is not there.
	call.Concerns(b.Account)
	return b, nil
}

// mine refuses a signature for another region than the bucket's, and an owner
// that is not the one whom the caller expects. Version 2 signs for no region.
func (b *bucket) mine(call *bailiwick.Call, owner *string) error {
	if region := call.Auth.Region; region != "" && region != b.Region {
		return wrongRegion(region, b.Region)
	}
	if owner != nil && *owner != b.Account {
		return accessDenied(call, "The request expects another account to own the bucket.")
	}
	return nil
}

// needsSignature refuses what S3 lets nobody do without a signature, whatever the policy of
// the bucket says. Source: Amazon S3 User Guide, "Multipart upload API and permissions".
func needsSignature(call *bailiwick.Call, what string) error {
	if call.Who.Type != policy.Anonymous {
		return nil
	}
	return fail(http.StatusForbidden, "AccessDenied", "Anonymous users cannot "+what+".  Please authenticate.")
}

// wrongRegion lets SDKs find the region and sign again.
func wrongRegion(got, want string) *bailiwick.Error {
	e := fail(http.StatusBadRequest, "AuthorizationHeaderMalformed",
		"The authorization header is malformed; the region '"+got+"' is wrong; expecting '"+want+"'")
	return withHeader(with(e, "Region", want), "x-amz-bucket-region", want)
}

// keys are the condition keys that nearly every request brings.
// Source: Amazon S3 API Reference, "Amazon S3 signature version 4 policy keys".
func keys(call *bailiwick.Call, owner string) *policy.Context {
	k := new(policy.Context)
	if owner != "" {
		k.Set("s3:ResourceAccount", owner)
	}
	if hash := call.Auth.PayloadHash; hash != "" {
		k.Set("s3:x-amz-content-sha256", hash)
	}
	if call.Auth.Type == "" {
		return k
	}
	k.Set("s3:authType", string(call.Auth.Type))
	k.Set("s3:signatureversion", call.Auth.Version)
	if call.Auth.Signed.IsZero() {
		return k // Version 2 tells when a URL ends, not when it began
	}
	age := max(call.Time.Sub(call.Auth.Signed).Milliseconds(), 0) // a clock ahead of ours makes no signature younger than new
	k.Set("s3:signatureAge", strconv.FormatInt(age, 10))
	return k
}

// check asks leave for an action on the bucket.
func (b *bucket) check(call *bailiwick.Call, action string) authz.Check {
	return authz.Check{
		Action: action, Resource: bucketARN(b.Name), Type: "bucket", Account: b.Account, Keys: keys(call, b.Account), Policy: b.policyFor(call),
	}
}

// object asks leave for an action on an object, by its literal key.
func (b *bucket) object(call *bailiwick.Call, action, key string) authz.Check {
	c := b.check(call, action)
	c.Resource, c.Type = objectARN(b.Name, key), "object"
	return c
}

// policyFor is the bucket's policy as far as it counts for the caller. A policy
// for everyone counts only inside the owner's account where Block Public Access
// restricts public buckets: then nothing of it reaches anyone else.
func (b *bucket) policyFor(call *bailiwick.Call) *policy.Policy {
	if p := b.PublicAccess; p != nil && p.RestrictBuckets && b.public && call.Who.Account != b.Account {
		call.Note("The policy of bucket %s is public, and Block Public Access (RestrictPublicBuckets) keeps it from callers of other accounts and from anonymous ones.", b.Name)
		return nil
	}
	return b.compiled
}

// setTags adds a family of tag keys: s3:ExistingObjectTag, s3:RequestObjectTag.
func setTags(k *policy.Context, family string, tags map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(tags)) {
		k.Set(family+"/"+name, tags[name])
	}
}

// setRequestTags adds what a request would tag an object with.
func setRequestTags(k *policy.Context, tags map[string]string) {
	setTags(k, "s3:RequestObjectTag", tags)
	if len(tags) > 0 {
		k.SetAll("s3:RequestObjectTagKeys", slices.Sorted(maps.Keys(tags)))
	}
}

// An onBucket is the plan of an operation on a bucket alone.
type onBucket[In any] struct {
	in     *In
	bucket *bucket
}

// inBucket plans an operation on a bucket: every input of the model names it in
// the member Bucket, and the expected owner in ExpectedBucketOwner.
func inBucket[In any](a *API) func(context.Context, *bailiwick.Call, *In) (*onBucket[In], error) {
	return func(ctx context.Context, call *bailiwick.Call, in *In) (*onBucket[In], error) {
		b, err := a.enter(ctx, call, member(in, "Bucket"), owner(in))
		if err != nil {
			return nil, err
		}
		return &onBucket[In]{in: in, bucket: b}, nil
	}
}

// may asks one action on the bucket of the plan.
func may[In any](action string) func(context.Context, *bailiwick.Call, *onBucket[In]) ([]authz.Check, error) {
	return func(_ context.Context, call *bailiwick.Call, p *onBucket[In]) ([]authz.Check, error) {
		return []authz.Check{p.bucket.check(call, action)}, nil
	}
}

// An onObject is the plan of an operation on a key, whatever is there.
type onObject[In any] struct {
	in     *In
	bucket *bucket
	key    string
}

func inObject[In any](a *API) func(context.Context, *bailiwick.Call, *In) (*onObject[In], error) {
	return func(ctx context.Context, call *bailiwick.Call, in *In) (*onObject[In], error) {
		p := &onObject[In]{in: in, key: member(in, "Key")}
		var err error
		p.bucket, err = a.enterObject(ctx, call, member(in, "Bucket"), p.key, owner(in))
		return p, err
	}
}

func mayInObject[In any](action string) func(context.Context, *bailiwick.Call, *onObject[In]) ([]authz.Check, error) {
	return func(_ context.Context, call *bailiwick.Call, p *onObject[In]) ([]authz.Check, error) {
		return []authz.Check{p.bucket.object(call, action, p.key)}, nil
	}
}

// member is a member of an input that is a string, "" where it is absent or is
// not there.
func member(in any, name string) string { return text(memberPointer(in, name)) }

func memberPointer(in any, name string) *string {
	f := reflect.ValueOf(in).Elem().FieldByName(name)
	if !f.IsValid() {
		return nil
	}
	p, _ := f.Interface().(*string)
	return p
}

func owner(in any) *string { return memberPointer(in, "ExpectedBucketOwner") }
