package restxml

import (
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"strings"
)

// unwrapped is the operation whose answer is its one member, with no element
// around it.
const unwrapped = "GetBucketLocation"

// roots are the elements around answers, which the API model does not tell.
// Source: the response syntax of each operation in the Amazon S3 API reference.
var roots = map[string]string{
	"CompleteMultipartUpload":            "CompleteMultipartUploadResult",
	"CreateMultipartUpload":              "InitiateMultipartUploadResult",
	"DeleteObjects":                      "DeleteResult",
	"GetBucketAccelerateConfiguration":   "AccelerateConfiguration",
	"GetBucketAcl":                       "AccessControlPolicy",
	"GetBucketCors":                      "CORSConfiguration",
	"GetBucketLifecycleConfiguration":    "LifecycleConfiguration",
	"GetBucketLocation":                  "LocationConstraint",
	"GetBucketLogging":                   "BucketLoggingStatus",
	"GetBucketNotificationConfiguration": "NotificationConfiguration",
	"GetBucketRequestPayment":            "RequestPaymentConfiguration",
	"GetBucketTagging":                   "Tagging",
	"GetBucketVersioning":                "VersioningConfiguration",
	"GetBucketWebsite":                   "WebsiteConfiguration",
	"GetObjectAcl":                       "AccessControlPolicy",
	"GetObjectAttributes":                "GetObjectAttributesResponse",
	"GetObjectTagging":                   "Tagging",
	"ListBucketAnalyticsConfigurations":  "ListBucketAnalyticsConfigurationResult",
	"ListBucketInventoryConfigurations":  "ListInventoryConfigurationsResult",
	"ListBucketMetricsConfigurations":    "ListMetricsConfigurationsResult",
	"ListBuckets":                        "ListAllMyBucketsResult",
	"ListDirectoryBuckets":               "ListAllMyDirectoryBucketsResult",
	"ListMultipartUploads":               "ListMultipartUploadsResult",
	"ListObjectVersions":                 "ListVersionsResult",
	"ListObjects":                        "ListBucketResult",
	"ListObjectsV2":                      "ListBucketResult",
	"ListParts":                          "ListPartsResult",
}

// rootOf is the element around the answer of an operation.
func rootOf(operation string) string {
	if root := roots[operation]; root != "" {
		return root
	}
	return strings.TrimPrefix(operation, "Get") + "Result"
}

// header are the headers of every answer. The host id is what AWS's support asks
// for beside the request id; here it says no more than that.
func header(requestID string) http.Header {
	return http.Header{"X-Amz-Request-Id": {requestID}, "X-Amz-Id-2": {hostID(requestID)}}
}

func hostID(requestID string) string {
	sum := sha512.Sum512([]byte(requestID))
	return base64.StdEncoding.EncodeToString(sum[:56])
}
