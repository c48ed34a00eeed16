package s3

import (
	"context"
	"net/http"

	"github.com/bailiwick-project/bailiwick"
)

// notConfigured is the answer of a bucket that does not have a setting.
func notConfigured(code, message string, b *bucket) error {
	return with(fail(http.StatusNotFound, code, message), "BucketName", b.Name)
}

func (a *API) getBucketVersioning(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketVersioningRequest]) (*GetBucketVersioningOutput, error) {
	if p.bucket.Suspended {
		return &GetBucketVersioningOutput{Status: shown("Suspended")}, nil
	}
	return &GetBucketVersioningOutput{}, nil
}

// putBucketVersioning takes only what changes nothing: there is one version of
// each object, "null".
func (a *API) putBucketVersioning(ctx context.Context, _ *bailiwick.Call, p *onBucket[PutBucketVersioningRequest]) (*struct{}, error) {
	c := p.in.VersioningConfiguration
	switch {
	case c == nil:
		return nil, malformedXML()
	case p.in.MFA != nil || c.MFADelete != nil && *c.MFADelete != "Disabled" || c.Status != nil && *c.Status == "Enabled":
		return nil, fail(http.StatusNotImplemented, "NotImplemented", "Versioning is not supported.")
	case c.Status == nil || *c.Status != "Suspended":
		return nil, fail(http.StatusBadRequest, "IllegalVersioningConfigurationException",
			"The Versioning element must be specified")
	}
	return nil, a.change(ctx, p.bucket, func(b *bucket) error {
		b.Suspended = true
		return nil
	})
}

func (a *API) getBucketEncryption(_ context.Context, _ *bailiwick.Call, _ *onBucket[GetBucketEncryptionRequest]) (*GetBucketEncryptionOutput, error) {
	algorithm, key := aes256, false
	return &GetBucketEncryptionOutput{ServerSideEncryptionConfiguration: &ServerSideEncryptionConfiguration{
		Rules: []ServerSideEncryptionRule{{
			ApplyServerSideEncryptionByDefault: &ServerSideEncryptionByDefault{SSEAlgorithm: &algorithm}, BucketKeyEnabled: &key,
		}},
	}}, nil
}

// putBucketEncryption takes what is so in any case.
func (a *API) putBucketEncryption(_ context.Context, _ *bailiwick.Call, p *onBucket[PutBucketEncryptionRequest]) (*struct{}, error) {
	c := p.in.ServerSideEncryptionConfiguration
	if c == nil || len(c.Rules) != 1 || c.Rules[0].ApplyServerSideEncryptionByDefault == nil {
		return nil, malformedXML()
	}
	d := c.Rules[0].ApplyServerSideEncryptionByDefault
	if text(d.SSEAlgorithm) != aes256 || d.KMSMasterKeyID != nil {
		return nil, fail(http.StatusNotImplemented, "NotImplemented", "Only AES256 is supported as the default encryption of a bucket.")
	}
	return nil, nil
}

func (a *API) deleteBucketEncryption(context.Context, *bailiwick.Call, *onBucket[DeleteBucketEncryptionRequest]) (*struct{}, error) {
	return nil, nil // the default is what there always is
}

func (a *API) getBucketRequestPayment(
	context.Context, *bailiwick.Call, *onBucket[GetBucketRequestPaymentRequest],
) (*GetBucketRequestPaymentOutput, error) {
	return &GetBucketRequestPaymentOutput{Payer: shown("BucketOwner")}, nil
}

func (a *API) getBucketAccelerateConfiguration(
	context.Context, *bailiwick.Call, *onBucket[GetBucketAccelerateConfigurationRequest],
) (*GetBucketAccelerateConfigurationOutput, error) {
	return &GetBucketAccelerateConfigurationOutput{}, nil
}

func (a *API) getBucketLogging(context.Context, *bailiwick.Call, *onBucket[GetBucketLoggingRequest]) (*GetBucketLoggingOutput, error) {
	return &GetBucketLoggingOutput{}, nil
}

func (a *API) getBucketNotification(
	context.Context, *bailiwick.Call, *onBucket[GetBucketNotificationConfigurationRequest],
) (*NotificationConfiguration, error) {
	return &NotificationConfiguration{}, nil
}

func (a *API) getBucketLifecycle(
	_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketLifecycleConfigurationRequest],
) (*GetBucketLifecycleConfigurationOutput, error) {
	return nil, notConfigured("NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist", p.bucket)
}

func (a *API) getBucketReplication(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketReplicationRequest]) (*GetBucketReplicationOutput, error) {
	return nil, notConfigured("ReplicationConfigurationNotFoundError", "The replication configuration was not found", p.bucket)
}

func (a *API) getBucketWebsite(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketWebsiteRequest]) (*GetBucketWebsiteOutput, error) {
	return nil, notConfigured("NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration", p.bucket)
}

func (a *API) getObjectLock(
	_ context.Context, _ *bailiwick.Call, p *onBucket[GetObjectLockConfigurationRequest],
) (*GetObjectLockConfigurationOutput, error) {
	return nil, notConfigured("ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket", p.bucket)
}

func (a *API) getObjectRetention(context.Context, *bailiwick.Call, *onObject[GetObjectRetentionRequest]) (*GetObjectRetentionOutput, error) {
	return nil, invalidRequest("Bucket is missing Object Lock Configuration")
}

func (a *API) getObjectLegalHold(context.Context, *bailiwick.Call, *onObject[GetObjectLegalHoldRequest]) (*GetObjectLegalHoldOutput, error) {
	return nil, invalidRequest("Bucket is missing Object Lock Configuration")
}

func (a *API) getObjectAcl(ctx context.Context, call *bailiwick.Call, p *reading[GetObjectAclRequest]) (*GetObjectAclOutput, error) {
	if _, err := headFor(ctx, a, call, p); err != nil {
		return nil, err
	}
	owner, grants := fullControl(p.bucket)
	return &GetObjectAclOutput{Owner: owner, Grants: grants}, nil
}
