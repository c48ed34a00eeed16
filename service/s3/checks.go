package s3

import (
	"maps"

	"github.com/bailiwick-project/bailiwick/authz"
)

// Resource types as the authorization reference lists them. There are no access
// points here.
var (
	ofBucket       = []string{"bucket"}
	ofBucketOrAP   = []string{"accesspoint", "bucket"}
	ofObject       = []string{"accesspointobject", "object"}
	existingTags   = keyRow{"s3:ExistingObjectTag/<key>": authz.Sometimes}
	requestTags    = keyRow{"s3:RequestObjectTag/<key>": authz.Sometimes, "s3:RequestObjectTagKeys": authz.Sometimes}
	ofVersionID    = keyRow{"s3:versionid": authz.Always}
	noAccessGrants = keyRow{"s3:AccessGrantsInstanceArn": authz.Never}
)

type keyRow map[string]authz.When

// everywhere are the keys of every action. Anonymous requests have no signature,
// and how a request came over TLS is not known here.
var everywhere = keyRow{
	"s3:ResourceAccount": authz.Sometimes, "s3:authType": authz.Sometimes, "s3:signatureAge": authz.Sometimes,
	"s3:signatureversion": authz.Sometimes, "s3:x-amz-content-sha256": authz.Sometimes, "s3:TlsVersion": authz.Never,
}

var listKeys = keyRow{"s3:prefix": authz.Sometimes, "s3:delimiter": authz.Sometimes, "s3:max-keys": authz.Sometimes}

var aclRow = keyRow{
	"s3:x-amz-acl": authz.Sometimes, "s3:x-amz-grant-full-control": authz.Sometimes, "s3:x-amz-grant-read": authz.Sometimes,
	"s3:x-amz-grant-read-acp": authz.Sometimes, "s3:x-amz-grant-write": authz.Sometimes, "s3:x-amz-grant-write-acp": authz.Sometimes,
}

var bucketKeys = keyRow{
	"aws:RequestTag/${TagKey}": authz.Sometimes, "aws:TagKeys": authz.Sometimes, "s3:locationconstraint": authz.Sometimes,
	"s3:x-amz-bucket-namespace": authz.Sometimes, "s3:x-amz-object-ownership": authz.Sometimes,
}

// putKeys are those of s3:PutObject. Whatever names object lock is refused.
var putKeys = keyRow{
	"s3:ObjectCreationOperation": authz.Sometimes, "s3:if-match": authz.Sometimes, "s3:if-none-match": authz.Sometimes,
	"s3:x-amz-copy-source": authz.Sometimes, "s3:x-amz-metadata-directive": authz.Sometimes, "s3:x-amz-storage-class": authz.Sometimes,
	"s3:x-amz-server-side-encryption": authz.Sometimes, "s3:x-amz-server-side-encryption-aws-kms-key-id": authz.Sometimes,
	"s3:x-amz-server-side-encryption-customer-algorithm": authz.Sometimes, "s3:x-amz-website-redirect-location": authz.Sometimes,
	"s3:x-amz-object-annotation-directive": authz.Never, "s3:object-lock-event-hold": authz.Never,
	"s3:object-lock-event-hold-duration-days": authz.Never, "s3:object-lock-legal-hold": authz.Never, "s3:object-lock-mode": authz.Never,
	"s3:object-lock-remaining-retention-days": authz.Never, "s3:object-lock-retain-until-date": authz.Never,
}

// bypassKeys are named for s3:BypassGovernanceRetention, which only deletions ask
// here: they bring none of them.
var bypassKeys = func() keyRow {
	out := keyRow{}
	for _, row := range []keyRow{requestTags, aclRow} {
		for k := range row {
			out[k] = authz.Never
		}
	}
	for _, k := range []string{
		"s3:x-amz-copy-source", "s3:x-amz-metadata-directive", "s3:x-amz-server-side-encryption", "s3:x-amz-server-side-encryption-aws-kms-key-id",
		"s3:x-amz-server-side-encryption-customer-algorithm", "s3:x-amz-storage-class", "s3:x-amz-website-redirect-location",
	} {
		out[k] = authz.Never
	}
	return out
}()

func row(name string, resources []string, keys ...keyRow) authz.Action {
	a := authz.Action{Name: "s3:" + name, Resources: resources, Keys: map[string]authz.When{}}
	for _, k := range append(keys, everywhere) {
		maps.Copy(a.Keys, k)
	}
	return a
}

// actions is the authorization table of the slice.
var actions = authz.Table{
	row("ListAllMyBuckets", nil),
	row("CreateBucket", ofBucket, bucketKeys, aclRow),
	row("DeleteBucket", ofBucket),
	row("ListBucket", ofBucketOrAP, listKeys, noAccessGrants),
	row("ListBucketVersions", ofBucketOrAP, listKeys, noAccessGrants),
	row("ListBucketMultipartUploads", ofBucket, noAccessGrants, keyRow{
		"aws:ResourceTag/${TagKey}": authz.Never, "s3:AccessPointNetworkOrigin": authz.Never, "s3:AccessPointTag/${TagKey}": authz.Never,
		"s3:DataAccessPointAccount": authz.Never, "s3:DataAccessPointArn": authz.Never,
	}),
	row("GetBucketLocation", ofBucketOrAP),

	row("GetObject", ofObject, existingTags, noAccessGrants),
	row("GetObjectVersion", ofObject, existingTags, ofVersionID, noAccessGrants),
	row("GetObjectAttributes", ofObject, existingTags),
	row("GetObjectVersionAttributes", ofObject, existingTags, ofVersionID),
	row("PutObject", ofObject, putKeys, aclRow, requestTags, noAccessGrants),
	row("PutObjectAcl", ofObject, aclRow, existingTags, noAccessGrants, keyRow{"s3:x-amz-storage-class": authz.Sometimes}),
	row("PutObjectVersionAcl", ofObject, aclRow, existingTags, ofVersionID, noAccessGrants, keyRow{"s3:x-amz-storage-class": authz.Sometimes}),
	row("GetObjectAcl", ofObject, existingTags, noAccessGrants),
	row("GetObjectVersionAcl", ofObject, existingTags, ofVersionID, noAccessGrants),
	row("DeleteObject", ofObject, noAccessGrants, keyRow{"s3:if-match": authz.Sometimes}),
	row("DeleteObjectVersion", ofObject, ofVersionID, noAccessGrants),
	row("BypassGovernanceRetention", ofObject, bypassKeys),
	row("GetObjectTagging", ofObject, existingTags),
	row("GetObjectVersionTagging", ofObject, existingTags, ofVersionID),
	row("PutObjectTagging", ofObject, existingTags, requestTags),
	row("PutObjectVersionTagging", ofObject, existingTags, requestTags, ofVersionID),
	row("DeleteObjectTagging", ofObject, existingTags),
	row("DeleteObjectVersionTagging", ofObject, existingTags, ofVersionID),
	row("GetObjectRetention", ofObject),
	row("GetObjectLegalHold", ofObject),
	row("AbortMultipartUpload", ofObject, noAccessGrants),
	row("ListMultipartUploadParts", ofObject, noAccessGrants),

	row("GetBucketPolicy", ofBucketOrAP),
	row("PutBucketPolicy", ofBucket),
	row("DeleteBucketPolicy", ofBucket),
	row("GetBucketPolicyStatus", ofBucket),
	row("GetBucketPublicAccessBlock", ofBucket),
	row("PutBucketPublicAccessBlock", ofBucket),
	row("GetBucketTagging", ofBucket),
	row("PutBucketTagging", ofBucket),
	row("GetBucketCORS", ofBucketOrAP),
	row("PutBucketCORS", ofBucket),
	row("GetBucketOwnershipControls", ofBucket),
	row("PutBucketOwnershipControls", ofBucket),
	row("GetBucketAcl", ofBucketOrAP),
	row("PutBucketAcl", ofBucket, aclRow),
	row("GetBucketVersioning", ofBucket),
	row("PutBucketVersioning", ofBucket),
	row("GetEncryptionConfiguration", ofBucket),
	row("PutEncryptionConfiguration", ofBucket),
	row("GetBucketRequestPayment", ofBucket),
	row("GetAccelerateConfiguration", ofBucket),
	row("GetBucketLogging", ofBucket),
	row("GetBucketNotification", ofBucketOrAP),
	row("GetLifecycleConfiguration", ofBucket),
	row("GetReplicationConfiguration", ofBucket),
	row("GetBucketWebsite", ofBucket),
	row("GetBucketObjectLockConfiguration", ofBucket),
	row("PutBucketObjectLockConfiguration", ofBucket),
}
