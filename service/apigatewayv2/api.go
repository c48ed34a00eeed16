package apigatewayv2

import (
	"io"
	"time"

	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/wire/restjson"
)

// An API answers the operations of API Gateway V2, and tells the data plane what
// is deployed.
type API struct {
	Store store.Store
	Now   func() time.Time
	Rand  io.Reader // of ids

	// Endpoint is the URL of an API; nil for AWS's own form,
	// https://ID.execute-api.REGION.amazonaws.com.
	Endpoint func(id, region string) string
	// PublicURL is the base of this server's own issuers, "" for none.
	PublicURL string

	cache cache
}

var _ gateway.APIs = (*API)(nil)

// maxBody bounds a request, in bytes.
const maxBody = 1 << 20

// Service is the slice: its operations are the table of contents of the package.
func (a *API) Service() service.Service {
	return service.Service{
		Name:     "apigateway",
		Path:     "/v2/",
		Protocol: restjson.New(modelRoutes, style),
		CORS:     true,
		MaxBody:  maxBody,
		Operations: []service.Operation{
			service.Op("CreateApi", a.mayCreateApi, a.createApi),
			service.Op("GetApi", a.mayGetApi, a.getApi),
			service.Op("GetApis", a.mayGetApis, a.getApis),
			service.Op("UpdateApi", a.mayUpdateApi, a.updateApi),
			service.Op("DeleteApi", a.mayDeleteApi, a.deleteApi),
			service.Op("DeleteCorsConfiguration", a.mayDeleteCors, a.deleteCors),

			service.Op("CreateRoute", a.mayCreateRoute, a.createRoute),
			service.Op("GetRoute", a.mayGetRoute, a.getRoute),
			service.Op("GetRoutes", a.mayGetRoutes, a.getRoutes),
			service.Op("UpdateRoute", a.mayUpdateRoute, a.updateRoute),
			service.Op("DeleteRoute", a.mayDeleteRoute, a.deleteRoute),

			service.Op("CreateIntegration", a.mayCreateIntegration, a.createIntegration),
			service.Op("GetIntegration", a.mayGetIntegration, a.getIntegration),
			service.Op("GetIntegrations", a.mayGetIntegrations, a.getIntegrations),
			service.Op("UpdateIntegration", a.mayUpdateIntegration, a.updateIntegration),
			service.Op("DeleteIntegration", a.mayDeleteIntegration, a.deleteIntegration),

			service.Op("CreateAuthorizer", a.mayCreateAuthorizer, a.createAuthorizer),
			service.Op("GetAuthorizer", a.mayGetAuthorizer, a.getAuthorizer),
			service.Op("GetAuthorizers", a.mayGetAuthorizers, a.getAuthorizers),
			service.Op("UpdateAuthorizer", a.mayUpdateAuthorizer, a.updateAuthorizer),
			service.Op("DeleteAuthorizer", a.mayDeleteAuthorizer, a.deleteAuthorizer),

			service.Op("CreateStage", a.mayCreateStage, a.createStage),
			service.Op("GetStage", a.mayGetStage, a.getStage),
			service.Op("GetStages", a.mayGetStages, a.getStages),
			service.Op("UpdateStage", a.mayUpdateStage, a.updateStage),
			service.Op("DeleteStage", a.mayDeleteStage, a.deleteStage),

			service.Op("CreateDeployment", a.mayCreateDeployment, a.createDeployment),
			service.Op("GetDeployment", a.mayGetDeployment, a.getDeployment),
			service.Op("GetDeployments", a.mayGetDeployments, a.getDeployments),
			service.Op("UpdateDeployment", a.mayUpdateDeployment, a.updateDeployment),
			service.Op("DeleteDeployment", a.mayDeleteDeployment, a.deleteDeployment),

			service.Op("TagResource", a.mayTagResource, a.tagResource),
			service.Op("UntagResource", a.mayUntagResource, a.untagResource),
			service.Op("GetTags", a.mayGetTags, a.getTags),
		},
		Actions: actions,
	}
}
