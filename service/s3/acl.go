package s3

import (
	"context"
	"net/http"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// enforced is the only Object Ownership: the owner of a bucket owns everything in
// it, and only policies grant access.
// Source: Amazon S3 User Guide, "Controlling ownership of objects".
const enforced = "BucketOwnerEnforced"

func noACLs() *bailiwick.Error {
	return fail(http.StatusBadRequest, "AccessControlListNotSupported", "The bucket does not allow ACLs")
}

var aclKeyNames = []string{
	"s3:x-amz-acl", "s3:x-amz-grant-full-control", "s3:x-amz-grant-read", "s3:x-amz-grant-read-acp", "s3:x-amz-grant-write", "s3:x-amz-grant-write-acp",
}

// aclKeys adds the headers of an ACL, in the order of aclKeyNames.
func aclKeys(k *policy.Context, values ...*string) {
	for i, v := range values {
		if v != nil {
			k.Set(aclKeyNames[i], *v)
		}
	}
}

// ownKeys are the keys for a resource of the caller's own account.
func ownKeys(call *bailiwick.Call) *policy.Context { return keys(call, call.Account) }

// fullControl is the one grant of every bucket and object.
func fullControl(b *bucket) (*Owner, []Grant) {
	o := ownerOf(b.Account)
	typ, permission := "CanonicalUser", "FULL_CONTROL"
	return o, []Grant{{Grantee: &Grantee{ID: o.ID, Type: &typ}, Permission: &permission}}
}

func (a *API) getBucketAcl(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketAclRequest]) (*GetBucketAclOutput, error) {
	owner, grants := fullControl(p.bucket)
	return &GetBucketAclOutput{Owner: owner, Grants: grants}, nil
}

func (a *API) mayPutBucketAcl(_ context.Context, call *bailiwick.Call, p *onBucket[PutBucketAclRequest]) ([]authz.Check, error) {
	c := p.bucket.check(call, "s3:PutBucketAcl")
	aclKeys(c.Keys, p.in.ACL, p.in.GrantFullControl, p.in.GrantRead, p.in.GrantReadACP, p.in.GrantWrite, p.in.GrantWriteACP)
	return []authz.Check{c}, nil
}

func (a *API) planPutObjectAcl(ctx context.Context, call *bailiwick.Call, in *PutObjectAclRequest) (*reading[PutObjectAclRequest], error) {
	p, err := readingOf[PutObjectAclRequest](a, "s3:PutObjectAcl")(ctx, call, in)
	if err != nil {
		return nil, err
	}
	p.extra = func(c authz.Check) {
		aclKeys(c.Keys, in.ACL, in.GrantFullControl, in.GrantRead, in.GrantReadACP, in.GrantWrite, in.GrantWriteACP)
	}
	return p, nil
}

func (a *API) mayPutObjectAcl(ctx context.Context, call *bailiwick.Call, p *reading[PutObjectAclRequest]) ([]authz.Check, error) {
	return mayRead(ctx, call, p)
}

func (a *API) putObjectAcl(context.Context, *bailiwick.Call, *reading[PutObjectAclRequest]) (*PutObjectAclOutput, error) {
	return nil, noACLs()
}

func (a *API) putBucketAcl(context.Context, *bailiwick.Call, *onBucket[PutBucketAclRequest]) (*struct{}, error) {
	return nil, noACLs()
}

func (a *API) getBucketOwnershipControls(
	_ context.Context, _ *bailiwick.Call, _ *onBucket[GetBucketOwnershipControlsRequest],
) (*GetBucketOwnershipControlsOutput, error) {
	rule := enforced
	return &GetBucketOwnershipControlsOutput{OwnershipControls: &OwnershipControls{Rules: []OwnershipControlsRule{{ObjectOwnership: &rule}}}}, nil
}

func (a *API) putBucketOwnershipControls(_ context.Context, _ *bailiwick.Call, p *onBucket[PutBucketOwnershipControlsRequest]) (*struct{}, error) {
	c := p.in.OwnershipControls
	if c == nil || len(c.Rules) != 1 || c.Rules[0].ObjectOwnership == nil {
		return nil, malformedXML()
	}
	if *c.Rules[0].ObjectOwnership != enforced {
		return nil, noACLs()
	}
	return nil, nil
}
