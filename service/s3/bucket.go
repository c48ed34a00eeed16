package s3

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// home is the region that has no name in location constraints.
const home = "us-east-1"

// ownerOf is the canonical user id of an account: as with AWS, 64 hex digits that
// say nothing.
func ownerOf(account string) *Owner {
	h := sha256.Sum256([]byte("canonical user of " + account))
	id := hex.EncodeToString(h[:])
	return &Owner{ID: &id}
}

// A newBucket is the plan of CreateBucket.
type newBucket struct {
	in     *CreateBucketRequest
	region string
	tags   map[string]string
}

func (a *API) planCreateBucket(_ context.Context, call *bailiwick.Call, in *CreateBucketRequest) (*newBucket, error) {
	p := &newBucket{in: in, region: call.Region}
	if !validBucket(*in.Bucket) {
		return nil, invalidBucketName(*in.Bucket)
	}
	if in.BucketNamespace != nil && *in.BucketNamespace != "global" {
		return nil, notImplemented("x-amz-bucket-namespace")
	}
	c := in.CreateBucketConfiguration
	if c == nil {
		c = new(CreateBucketConfiguration)
	}
	if c.Bucket != nil || c.Location != nil {
		return nil, fail(http.StatusNotImplemented, "NotImplemented", "Directory buckets are not supported.")
	}
	var err error
	if p.tags, err = tagSet(c.Tags, maxBucketTags); err != nil {
		return nil, err
	}
	switch want := text(c.LocationConstraint); {
	case want == "" && call.Region != home:
		return nil, fail(http.StatusBadRequest, "IllegalLocationConstraintException",
			"The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.")
	case want == "":
	case want == home || !isRegion(want):
		return nil, with(fail(http.StatusBadRequest, "InvalidLocationConstraint", "The specified location-constraint is not valid"), "LocationConstraint", want)
	case call.Region != home && want != call.Region && (want != "EU" || call.Region != "eu-west-1"):
		return nil, fail(http.StatusBadRequest, "IllegalLocationConstraintException",
			"The "+want+" location constraint is incompatible for the region specific endpoint this request was sent to.")
	case want == "EU":
		p.region = "eu-west-1"
	default:
		p.region = want
	}
	return p, nil
}

// isRegion tells whether s has the form of a region's name.
func isRegion(s string) bool {
	return s == "EU" || len(s) <= 32 && strings.Count(s, "-") >= 2 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

func (a *API) mayCreateBucket(_ context.Context, call *bailiwick.Call, p *newBucket) ([]authz.Check, error) {
	k := keys(call, call.Account)
	if c := p.in.CreateBucketConfiguration; c != nil && c.LocationConstraint != nil {
		k.Set("s3:LocationConstraint", *c.LocationConstraint)
	}
	aclKeys(k, p.in.ACL, p.in.GrantFullControl, p.in.GrantRead, p.in.GrantReadACP, p.in.GrantWrite, p.in.GrantWriteACP)
	if p.in.ObjectOwnership != nil {
		k.Set("s3:x-amz-object-ownership", *p.in.ObjectOwnership)
	}
	if p.in.BucketNamespace != nil {
		k.Set("s3:x-amz-bucket-namespace", *p.in.BucketNamespace)
	}
	setTags(k, "aws:RequestTag", p.tags)
	if len(p.tags) > 0 {
		k.SetAll("aws:TagKeys", sorted(p.tags))
	}
	check := authz.Check{Action: "s3:CreateBucket", Resource: bucketARN(*p.in.Bucket), Type: "bucket", Keys: k}
	all := []authz.Check{check}
	// What else the request sets asks for the action that would set it later.
	also := func(action string, keys ...string) {
		c := authz.Check{Action: action, Resource: check.Resource, Type: "bucket", Keys: ownKeys(call)}
		for _, name := range keys {
			if v, _, ok := k.Lookup(name); ok {
				c.Keys.Set(name, v[0])
			}
		}
		all = append(all, c)
	}
	if p.in.ACL != nil || p.in.GrantFullControl != nil || p.in.GrantRead != nil || p.in.GrantReadACP != nil || p.in.GrantWrite != nil || p.in.GrantWriteACP != nil {
		also("s3:PutBucketAcl", aclKeyNames...)
	}
	if p.in.ObjectOwnership != nil {
		also("s3:PutBucketOwnershipControls")
	}
	if is(p.in.ObjectLockEnabledForBucket) {
		also("s3:PutBucketObjectLockConfiguration")
	}
	if len(p.tags) > 0 {
		also("s3:PutBucketTagging")
	}
	return all, nil
}

func (a *API) createBucket(ctx context.Context, call *bailiwick.Call, p *newBucket) (*CreateBucketOutput, error) {
	switch {
	case is(p.in.ObjectLockEnabledForBucket):
		return nil, notImplemented("x-amz-bucket-object-lock-enabled")
	case p.in.ObjectOwnership != nil && *p.in.ObjectOwnership != enforced:
		return nil, noACLs()
	case p.in.ACL != nil && *p.in.ACL != "private", p.in.GrantFullControl != nil, p.in.GrantRead != nil, p.in.GrantReadACP != nil,
		p.in.GrantWrite != nil, p.in.GrantWriteACP != nil:
		return nil, fail(http.StatusBadRequest, "InvalidBucketAclWithObjectOwnership",
			"Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting")
	}
	name := *p.in.Bucket
	b := &bucket{
		ID: a.NewID(), Name: name, Account: call.Account, Region: p.region, Created: call.Time.UTC(), Tags: p.tags,
		PublicAccess: &publicAccess{BlockACLs: true, IgnoreACLs: true, BlockPolicy: true, RestrictBuckets: true},
	}
	err := a.decide(ctx, func(tx store.Tx) error {
		old, err := a.load(tx, name)
		switch {
		case err != nil:
			return err
		case old != nil && old.Account != b.Account:
			return with(fail(http.StatusConflict, "BucketAlreadyExists",
				"The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again."),
				"BucketName", name)
		case old != nil && old.Region == home && b.Region == home:
			return nil // AWS's first region answers as if it had been made
		case old != nil:
			return with(fail(http.StatusConflict, "BucketAlreadyOwnedByYou",
				"Your previous request to create the named bucket succeeded and you already own it."), "BucketName", name)
		}
		if err := store.PutJSON(tx, bucketKey(name), b); err != nil {
			return err
		}
		return tx.Put(ownedKey(b.Account, name), []byte{1})
	})
	if err != nil {
		return nil, err
	}
	location := "/" + name
	return &CreateBucketOutput{Location: &location}, nil
}

func (a *API) deleteBucket(ctx context.Context, _ *bailiwick.Call, p *onBucket[DeleteBucketRequest]) (*struct{}, error) {
	return nil, a.decide(ctx, func(tx store.Tx) error {
		b, err := a.still(tx, p.bucket)
		if err != nil {
			return err
		}
		for _, kind := range []string{"object", "upload"} {
			from, to := store.Prefix(space, kind, b.ID)
			for _, err := range tx.Scan(from, to, false) {
				if err != nil {
					return err
				}
				return with(fail(http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty"), "BucketName", b.Name)
			}
		}
		return errors.Join(tx.Delete(bucketKey(b.Name)), tx.Delete(ownedKey(b.Account, b.Name)))
	})
}

func (a *API) mayListBuckets(_ context.Context, call *bailiwick.Call, _ *ListBucketsRequest) ([]authz.Check, error) {
	return []authz.Check{{Action: "s3:ListAllMyBuckets", Resource: "*", Keys: ownKeys(call)}}, nil
}

// listBuckets lists all buckets of the account, in every region: no policy takes
// single names out of it.
func (a *API) listBuckets(ctx context.Context, call *bailiwick.Call, in *ListBucketsRequest) (*ListBucketsOutput, error) {
	limit := 10000
	if in.MaxBuckets != nil {
		if limit = int(*in.MaxBuckets); limit < 1 || limit > 10000 {
			return nil, invalidArgument("Argument max-buckets must be an integer between 1 and 10000", "max-buckets", "")
		}
	}
	after, err := openToken(in.ContinuationToken)
	if err != nil {
		return nil, err
	}
	out := &ListBucketsOutput{Owner: ownerOf(call.Account), Prefix: in.Prefix, Buckets: []Bucket{}}
	err = a.Store.View(ctx, func(r store.Reader) error {
		out.Buckets, out.ContinuationToken = out.Buckets[:0], nil
		from, to := store.Prefix(space, "owned", call.Account)
		if after != "" {
			from = store.After(ownedKey(call.Account, after))
		}
		for e, err := range r.Scan(from, to, false) {
			if err != nil {
				return err
			}
			name, err := lastText(e.Key)
			if err != nil {
				return err
			}
			if !strings.HasPrefix(name, text(in.Prefix)) {
				continue
			}
			b, err := a.load(r, name)
			if err != nil || b == nil {
				return err
			}
			if in.BucketRegion != nil && *in.BucketRegion != b.Region {
				continue
			}
			if len(out.Buckets) == limit {
				out.ContinuationToken = sealToken(*out.Buckets[limit-1].Name)
				return nil
			}
			arn := bucketARN(name)
			out.Buckets = append(out.Buckets, Bucket{Name: &b.Name, CreationDate: &b.Created, BucketRegion: &b.Region, BucketArn: &arn})
		}
		return nil
	})
	return out, err
}

// lastText is the last part of a key of the store.
func lastText(key []byte) (string, error) {
	parts, err := store.Split(key)
	if err != nil {
		return "", err
	}
	name, ok := parts[len(parts)-1].(string)
	if !ok {
		return "", errors.New("the key of a record does not end in a name")
	}
	return name, nil
}

// headBucket is asked with ListBucket, as AWS does.
func (a *API) headBucket(_ context.Context, _ *bailiwick.Call, p *onBucket[HeadBucketRequest]) (*HeadBucketOutput, error) {
	alias, arn := false, bucketARN(p.bucket.Name)
	return &HeadBucketOutput{BucketRegion: &p.bucket.Region, AccessPointAlias: &alias, BucketArn: &arn}, nil
}

func (a *API) getBucketLocation(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketLocationRequest]) (*GetBucketLocationOutput, error) {
	out := &GetBucketLocationOutput{}
	if p.bucket.Region != home {
		out.LocationConstraint = &p.bucket.Region
	}
	return out, nil
}

// A token is opaque to clients. It only says where to go on: what may be seen
// there is asked anew.
func sealToken(at string) *string {
	t := base64.RawURLEncoding.EncodeToString([]byte("1" + at))
	return &t
}

func openToken(token *string) (string, error) {
	if token == nil {
		return "", nil
	}
	at, err := base64.RawURLEncoding.Strict().DecodeString(*token)
	if err != nil || len(at) < 2 || at[0] != '1' || len(at) > 1+maxKey {
		return "", invalidArgument("The continuation token provided is incorrect", "continuation-token", "")
	}
	return string(at[1:]), nil
}

func sorted[T any](m map[string]T) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
