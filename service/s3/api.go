package s3

import (
	"log/slog"
	"time"

	"github.com/bailiwick-project/bailiwick/blob"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/store"
)

// An API answers the operations of S3.
type API struct {
	Store      store.Store
	Blobs      blob.Store    // of this slice alone: what no record here names is swept
	Authz      Asker         // decides about what comes up while an operation runs
	Posts      Poster        // finds out who signed a browser's form
	Principals Principals    // nil: bucket policies mean whoever has the ARN
	NewID      func() string // ids of buckets, contents and uploads: unguessable, never the same twice
	Log        *slog.Logger  // nil: nothing is logged
	Host       string        // of the server's own URL, in lower case and without port; "" for none

	cache   cache
	decoded decoded
	flight  flight
	pins    pins
}

// maxBody bounds a request that is not streamed, in bytes: a thousand keys to
// delete, ten thousand parts with their checksums.
const maxBody = 8 << 20

// patience is how long an answer may take to begin: a copy of five gigabytes, the
// largest that there is, on a slow disk.
const patience = time.Hour

// Service is the slice: its operations are the table of contents of the package.
func (a *API) Service() service.Service {
	rows := append(a.objects(), append(a.uploads(), a.buckets()...)...)
	return service.Service{
		Name: "s3", Protocol: newProtocol(rows, a.BucketInHost), MaxBody: maxBody, Operations: rows, Actions: actions,
		CORS: false, OwnCORS: true, Anonymous: true, Patience: patience, Claims: a.claims, Leftover: a.leftover, Decorate: a.decorate,
	}
}

func (a *API) objects() []service.Operation {
	return []service.Operation{
		service.Streamed(service.Planned("PutObject", a.planPutObject, a.mayPutObject, a.putObject)),
		service.Streamed(service.Planned(postObject, a.planPostObject, a.mayPostObject, a.postObject)),
		service.Planned("GetObject", contentOf[GetObjectRequest](a, "s3:GetObject"), mayRead[GetObjectRequest], a.getObject),
		service.Planned("HeadObject", readingOf[HeadObjectRequest](a, "s3:GetObject"), mayRead[HeadObjectRequest], a.headObject),
		service.Planned("GetObjectAttributes", readingOf[GetObjectAttributesRequest](a, "s3:GetObject", "s3:GetObjectAttributes"),
			mayRead[GetObjectAttributesRequest], a.getObjectAttributes),
		service.Planned("DeleteObject", a.planDeleteObject, a.mayDeleteObject, a.deleteObject),
		service.Authenticated("DeleteObjects", a.deleteObjects), // asks for each key
		service.Planned("CopyObject", a.planCopyObject, a.mayCopyObject, a.copyObject),
		service.Planned("GetObjectTagging", readingOf[GetObjectTaggingRequest](a, "s3:GetObjectTagging"), mayRead[GetObjectTaggingRequest], a.getObjectTagging),
		service.Planned("PutObjectTagging", a.planPutObjectTagging, mayRetag[PutObjectTaggingRequest], a.putObjectTagging),
		service.Planned("DeleteObjectTagging", a.planDeleteObjectTagging, mayRetag[DeleteObjectTaggingRequest], a.deleteObjectTagging),
		service.Planned("GetObjectAcl", readingOf[GetObjectAclRequest](a, "s3:GetObjectAcl"), mayRead[GetObjectAclRequest], a.getObjectAcl),
		service.Planned("PutObjectAcl", a.planPutObjectAcl, a.mayPutObjectAcl, a.putObjectAcl),
		service.Planned("GetObjectRetention", inObject[GetObjectRetentionRequest](a), mayInObject[GetObjectRetentionRequest]("s3:GetObjectRetention"), a.getObjectRetention),
		service.Planned("GetObjectLegalHold", inObject[GetObjectLegalHoldRequest](a), mayInObject[GetObjectLegalHoldRequest]("s3:GetObjectLegalHold"), a.getObjectLegalHold),
		service.Public(optionsObject, a.answerPreflight),
	}
}

func (a *API) uploads() []service.Operation {
	return []service.Operation{
		service.Planned("CreateMultipartUpload", a.planCreateMultipartUpload, a.mayCreateMultipartUpload, a.createMultipartUpload),
		service.Streamed(service.Planned("UploadPart", a.planUploadPart, a.mayUploadPart, a.uploadPart)),
		service.Planned("UploadPartCopy", a.planUploadPartCopy, a.mayUploadPartCopy, a.uploadPartCopy),
		service.Planned("CompleteMultipartUpload", a.planCompleteMultipartUpload, a.mayCompleteMultipartUpload, a.completeMultipartUpload),
		service.Planned("AbortMultipartUpload", inObject[AbortMultipartUploadRequest](a),
			mayInObject[AbortMultipartUploadRequest]("s3:AbortMultipartUpload"), a.abortMultipartUpload),
		service.Planned("ListParts", inObject[ListPartsRequest](a), mayInObject[ListPartsRequest]("s3:ListMultipartUploadParts"), a.listParts),
		service.Planned("ListMultipartUploads", inBucket[ListMultipartUploadsRequest](a),
			may[ListMultipartUploadsRequest]("s3:ListBucketMultipartUploads"), a.listMultipartUploads),
	}
}

func (a *API) buckets() []service.Operation {
	return append([]service.Operation{
		service.Planned("CreateBucket", a.planCreateBucket, a.mayCreateBucket, a.createBucket),
		service.Planned("DeleteBucket", inBucket[DeleteBucketRequest](a), may[DeleteBucketRequest]("s3:DeleteBucket"), a.deleteBucket),
		service.Op("ListBuckets", a.mayListBuckets, a.listBuckets),
		service.Planned("HeadBucket", inBucket[HeadBucketRequest](a), may[HeadBucketRequest]("s3:ListBucket"), a.headBucket),
		service.Planned("GetBucketLocation", inBucket[GetBucketLocationRequest](a), may[GetBucketLocationRequest]("s3:GetBucketLocation"), a.getBucketLocation),
		service.Planned("ListObjects", planList(a, readList), mayList[ListObjectsRequest], a.listObjects),
		service.Planned("ListObjectsV2", planList(a, readListV2), mayList[ListObjectsV2Request], a.listObjectsV2),
		service.Planned("ListObjectVersions", planList(a, readVersions), mayList[ListObjectVersionsRequest], a.listObjectVersions),

		service.Planned("GetBucketPolicy", inBucket[GetBucketPolicyRequest](a), mayKeepPolicy[GetBucketPolicyRequest]("s3:GetBucketPolicy"), a.getBucketPolicy),
		service.Planned("PutBucketPolicy", inBucket[PutBucketPolicyRequest](a), mayKeepPolicy[PutBucketPolicyRequest]("s3:PutBucketPolicy"), a.putBucketPolicy),
		service.Planned("DeleteBucketPolicy", inBucket[DeleteBucketPolicyRequest](a), mayKeepPolicy[DeleteBucketPolicyRequest]("s3:DeleteBucketPolicy"), a.deleteBucketPolicy),
		service.Planned("GetBucketPolicyStatus", inBucket[GetBucketPolicyStatusRequest](a), may[GetBucketPolicyStatusRequest]("s3:GetBucketPolicyStatus"), a.getBucketPolicyStatus),
		service.Planned("GetPublicAccessBlock", inBucket[GetPublicAccessBlockRequest](a), may[GetPublicAccessBlockRequest]("s3:GetBucketPublicAccessBlock"), a.getPublicAccessBlock),
		service.Planned("PutPublicAccessBlock", inBucket[PutPublicAccessBlockRequest](a), may[PutPublicAccessBlockRequest]("s3:PutBucketPublicAccessBlock"), a.putPublicAccessBlock),
		service.Planned("DeletePublicAccessBlock", inBucket[DeletePublicAccessBlockRequest](a), may[DeletePublicAccessBlockRequest]("s3:PutBucketPublicAccessBlock"), a.deletePublicAccessBlock),
	}, a.settings()...)
}

func (a *API) settings() []service.Operation {
	return []service.Operation{
		service.Planned("GetBucketTagging", inBucket[GetBucketTaggingRequest](a), may[GetBucketTaggingRequest]("s3:GetBucketTagging"), a.getBucketTagging),
		service.Planned("PutBucketTagging", inBucket[PutBucketTaggingRequest](a), may[PutBucketTaggingRequest]("s3:PutBucketTagging"), a.putBucketTagging),
		service.Planned("DeleteBucketTagging", inBucket[DeleteBucketTaggingRequest](a), may[DeleteBucketTaggingRequest]("s3:PutBucketTagging"), a.deleteBucketTagging),
		service.Planned("GetBucketCors", inBucket[GetBucketCorsRequest](a), may[GetBucketCorsRequest]("s3:GetBucketCORS"), a.getBucketCors),
		service.Planned("PutBucketCors", inBucket[PutBucketCorsRequest](a), may[PutBucketCorsRequest]("s3:PutBucketCORS"), a.putBucketCors),
		service.Planned("DeleteBucketCors", inBucket[DeleteBucketCorsRequest](a), may[DeleteBucketCorsRequest]("s3:PutBucketCORS"), a.deleteBucketCors),
		service.Planned("GetBucketOwnershipControls", inBucket[GetBucketOwnershipControlsRequest](a),
			may[GetBucketOwnershipControlsRequest]("s3:GetBucketOwnershipControls"), a.getBucketOwnershipControls),
		service.Planned("PutBucketOwnershipControls", inBucket[PutBucketOwnershipControlsRequest](a),
			may[PutBucketOwnershipControlsRequest]("s3:PutBucketOwnershipControls"), a.putBucketOwnershipControls),
		service.Planned("GetBucketAcl", inBucket[GetBucketAclRequest](a), may[GetBucketAclRequest]("s3:GetBucketAcl"), a.getBucketAcl),
		service.Planned("PutBucketAcl", inBucket[PutBucketAclRequest](a), a.mayPutBucketAcl, a.putBucketAcl),
		service.Planned("GetBucketVersioning", inBucket[GetBucketVersioningRequest](a), may[GetBucketVersioningRequest]("s3:GetBucketVersioning"), a.getBucketVersioning),
		service.Planned("PutBucketVersioning", inBucket[PutBucketVersioningRequest](a), may[PutBucketVersioningRequest]("s3:PutBucketVersioning"), a.putBucketVersioning),
		service.Planned("GetBucketEncryption", inBucket[GetBucketEncryptionRequest](a), may[GetBucketEncryptionRequest]("s3:GetEncryptionConfiguration"), a.getBucketEncryption),
		service.Planned("PutBucketEncryption", inBucket[PutBucketEncryptionRequest](a), may[PutBucketEncryptionRequest]("s3:PutEncryptionConfiguration"), a.putBucketEncryption),
		service.Planned("DeleteBucketEncryption", inBucket[DeleteBucketEncryptionRequest](a),
			may[DeleteBucketEncryptionRequest]("s3:PutEncryptionConfiguration"), a.deleteBucketEncryption),
		service.Planned("GetBucketRequestPayment", inBucket[GetBucketRequestPaymentRequest](a),
			may[GetBucketRequestPaymentRequest]("s3:GetBucketRequestPayment"), a.getBucketRequestPayment),
		service.Planned("GetBucketAccelerateConfiguration", inBucket[GetBucketAccelerateConfigurationRequest](a),
			may[GetBucketAccelerateConfigurationRequest]("s3:GetAccelerateConfiguration"), a.getBucketAccelerateConfiguration),
		service.Planned("GetBucketLogging", inBucket[GetBucketLoggingRequest](a), may[GetBucketLoggingRequest]("s3:GetBucketLogging"), a.getBucketLogging),
		service.Planned("GetBucketNotificationConfiguration", inBucket[GetBucketNotificationConfigurationRequest](a),
			may[GetBucketNotificationConfigurationRequest]("s3:GetBucketNotification"), a.getBucketNotification),
		service.Planned("GetBucketLifecycleConfiguration", inBucket[GetBucketLifecycleConfigurationRequest](a),
			may[GetBucketLifecycleConfigurationRequest]("s3:GetLifecycleConfiguration"), a.getBucketLifecycle),
		service.Planned("GetBucketReplication", inBucket[GetBucketReplicationRequest](a),
			may[GetBucketReplicationRequest]("s3:GetReplicationConfiguration"), a.getBucketReplication),
		service.Planned("GetBucketWebsite", inBucket[GetBucketWebsiteRequest](a), may[GetBucketWebsiteRequest]("s3:GetBucketWebsite"), a.getBucketWebsite),
		service.Planned("GetObjectLockConfiguration", inBucket[GetObjectLockConfigurationRequest](a),
			may[GetObjectLockConfigurationRequest]("s3:GetBucketObjectLockConfiguration"), a.getObjectLock),
	}
}
