package lambda

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/blob"
	"github.com/bailiwick-project/bailiwick/runner"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/wire/restjson"
)

// An API answers the operations of Lambda. It also runs functions for other
// services (bailiwick.Functions). Close it after the last request.
type API struct {
	Store  store.Store
	Blobs  blob.Store             // zip files; may be shared with others
	Runner *runner.Runner         // closed by Close
	Logs   *runner.Logs           //
	Roles  bailiwick.Roles        // execution roles
	Assume bailiwick.ServiceRoles // their credentials
	Now    func() time.Time       // of events, which have no call
	Rand   io.Reader              // of cryptographic quality
	Log    *slog.Logger           //

	// Objects reads code from S3 (S3Bucket, S3Key), after s3:GetObject was allowed;
	// nil refuses it.
	Objects Objects

	// RetryAfter is how long a failed event waits for its next attempt, which is the
	// second or the third; nil for AWS's one and two minutes.
	RetryAfter func(attempt int) time.Duration

	codes  codes
	events events
}

// Objects are objects in S3 buckets. version may be "".
type Objects interface {
	// Checks are what must be allowed before Open: s3:GetObject, with all that S3
	// knows of the bucket and the object.
	Checks(ctx context.Context, call *bailiwick.Call, bucket, key, version string) ([]authz.Check, error)
	// Open reads the object. Errors are Errors of S3.
	Open(ctx context.Context, call *bailiwick.Call, bucket, key, version string) (body io.ReadCloser, size int64, err error)
}

var _ bailiwick.Functions = (*API)(nil)

// maxBody bounds a request, in bytes: a zip file of 50 MB in base64. Source: the
// sentence of AWS, "Request must be smaller than 70167211 bytes".
const maxBody = 70_167_211

// principal is Lambda as policies name it.
const principal = "lambda.amazonaws.com"

// patience is how long an answer may take to begin: the longest function, and its
// start.
const patience = maxTimeout*time.Second + 2*time.Minute

// Service is the slice: its operations are the table of contents of the package.
func (a *API) Service() service.Service {
	return service.Service{
		Name:     "lambda",
		Protocol: restjson.New(modelRoutes, restjson.Style{Member: "Message", Type: true, Internal: "ServiceException", Status: statuses}),
		MaxBody:  maxBody,
		Patience: patience,
		CORS:     true,
		Operations: []service.Operation{
			service.Planned("Invoke", a.planInvoke, a.mayInvoke, a.invoke),

			service.Op("CreateFunction", a.mayCreateFunction, a.createFunction),
			service.Op("UpdateFunctionCode", a.mayUpdateFunctionCode, a.updateFunctionCode),
			service.Op("UpdateFunctionConfiguration", a.mayUpdateFunctionConfiguration, a.updateFunctionConfiguration),
			service.Op("GetFunction", a.mayGetFunction, a.getFunction),
			service.Op("GetFunctionConfiguration", a.mayGetFunctionConfiguration, a.getFunctionConfiguration),
			service.Op("ListFunctions", a.mayListFunctions, a.listFunctions),
			service.Op("DeleteFunction", a.mayDeleteFunction, a.deleteFunction),

			service.Op("PublishVersion", a.mayPublishVersion, a.publishVersion),
			service.Op("ListVersionsByFunction", a.mayListVersionsByFunction, a.listVersionsByFunction),
			service.Op("CreateAlias", a.mayCreateAlias, a.createAlias),
			service.Op("GetAlias", a.mayGetAlias, a.getAlias),
			service.Op("UpdateAlias", a.mayUpdateAlias, a.updateAlias),
			service.Op("DeleteAlias", a.mayDeleteAlias, a.deleteAlias),
			service.Op("ListAliases", a.mayListAliases, a.listAliases),

			service.Op("AddPermission", a.mayAddPermission, a.addPermission),
			service.Op("RemovePermission", a.mayRemovePermission, a.removePermission),
			service.Op("GetPolicy", a.mayGetPolicy, a.getPolicy),

			service.Op("PutFunctionConcurrency", a.mayPutFunctionConcurrency, a.putFunctionConcurrency),
			service.Op("GetFunctionConcurrency", a.mayGetFunctionConcurrency, a.getFunctionConcurrency),
			service.Op("DeleteFunctionConcurrency", a.mayDeleteFunctionConcurrency, a.deleteFunctionConcurrency),

			service.Op("TagResource", a.mayTagResource, a.tagResource),
			service.Op("UntagResource", a.mayUntagResource, a.untagResource),
			service.Op("ListTags", a.mayListTags, a.listTags),

			service.Op("GetAccountSettings", a.mayGetAccountSettings, a.getAccountSettings),
			service.Op("GetFunctionCodeSigningConfig", a.mayGetFunctionCodeSigningConfig, a.getFunctionCodeSigningConfig),
			service.Op("GetFunctionEventInvokeConfig", a.mayGetFunctionEventInvokeConfig, a.getFunctionEventInvokeConfig),
			service.Op("GetFunctionRecursionConfig", a.mayGetFunctionRecursionConfig, a.getFunctionRecursionConfig),
			service.Op("GetFunctionUrlConfig", a.mayGetFunctionURLConfig, a.getFunctionURLConfig),
			service.Op("GetProvisionedConcurrencyConfig", a.mayGetProvisionedConcurrencyConfig, a.getProvisionedConcurrencyConfig),
			service.Op("GetRuntimeManagementConfig", a.mayGetRuntimeManagementConfig, a.getRuntimeManagementConfig),
			service.Op("ListEventSourceMappings", a.mayListEventSourceMappings, a.listEventSourceMappings),
			service.Op("ListFunctionEventInvokeConfigs", a.mayListFunctionEventInvokeConfigs, a.listFunctionEventInvokeConfigs),
			service.Op("ListFunctionUrlConfigs", a.mayListFunctionURLConfigs, a.listFunctionURLConfigs),
			service.Op("ListProvisionedConcurrencyConfigs", a.mayListProvisionedConcurrencyConfigs, a.listProvisionedConcurrencyConfigs),
		},
		Actions: actions,
	}
}
