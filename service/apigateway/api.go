package apigateway

import (
	"io"

	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/wire/restjson"
)

// An API answers the operations of REST APIs, and hands out what they deployed
// (gateway.APIs).
type API struct {
	Store store.Store
	Rand  io.Reader // of cryptographic quality

	served served
}

// maxBody bounds a request, in bytes.
const maxBody = 1 << 20

// Service is the slice: its operations are the table of contents of the package.
func (a *API) Service() service.Service {
	return service.Service{
		Name: "apigateway", Path: "/", MaxBody: maxBody, Actions: actions(),
		Protocol: restjson.New(modelRoutes, restjson.Style{Validation: codeBad}),
		Operations: []service.Operation{
			service.Planned("CreateRestApi", ask(a, mayCreateRestAPI), checks, update(a, a.createRestAPI)),
			service.Planned("GetRestApi", ask(a, mayGetRestAPI), checks, view(a, a.getRestAPI)),
			service.Planned("GetRestApis", ask(a, mayGetRestAPIs), checks, view(a, a.getRestAPIs)),
			service.Planned("UpdateRestApi", ask(a, mayUpdateRestAPI), checks, update(a, a.updateRestAPI)),
			service.Planned("DeleteRestApi", ask(a, mayDeleteRestAPI), checks, update(a, a.deleteRestAPI)),
			service.Planned("ImportRestApi", ask(a, mayImportRestAPI), checks, view(a, a.importRestAPI)),
			service.Planned("PutRestApi", ask(a, mayPutRestAPI), checks, view(a, a.putRestAPI)),

			service.Planned("CreateResource", ask(a, mayCreateResource), checks, update(a, a.createResource)),
			service.Planned("GetResource", ask(a, mayGetResource), checks, view(a, a.getResource)),
			service.Planned("GetResources", ask(a, mayGetResources), checks, view(a, a.getResources)),
			service.Planned("UpdateResource", ask(a, mayUpdateResource), checks, update(a, a.updateResource)),
			service.Planned("DeleteResource", ask(a, mayDeleteResource), checks, update(a, a.deleteResource)),

			service.Planned("PutMethod", ask(a, mayPutMethod), checks, update(a, a.putMethod)),
			service.Planned("GetMethod", ask(a, mayGetMethod), checks, view(a, a.getMethod)),
			service.Planned("UpdateMethod", ask(a, mayUpdateMethod), checks, update(a, a.updateMethod)),
			service.Planned("DeleteMethod", ask(a, mayDeleteMethod), checks, update(a, a.deleteMethod)),
			service.Planned("PutMethodResponse", ask(a, mayPutMethodResponse), checks, update(a, a.putMethodResponse)),
			service.Planned("GetMethodResponse", ask(a, mayGetMethodResponse), checks, view(a, a.getMethodResponse)),
			service.Planned("UpdateMethodResponse", ask(a, mayUpdateMethodResponse), checks, update(a, a.updateMethodResponse)),
			service.Planned("DeleteMethodResponse", ask(a, mayDeleteMethodResponse), checks, update(a, a.deleteMethodResponse)),

			service.Planned("PutIntegration", ask(a, mayPutIntegration), checks, update(a, a.putIntegration)),
			service.Planned("GetIntegration", ask(a, mayGetIntegration), checks, view(a, a.getIntegration)),
			service.Planned("UpdateIntegration", ask(a, mayUpdateIntegration), checks, update(a, a.updateIntegration)),
			service.Planned("DeleteIntegration", ask(a, mayDeleteIntegration), checks, update(a, a.deleteIntegration)),
			service.Planned("PutIntegrationResponse", ask(a, mayPutIntegrationResponse), checks, update(a, a.putIntegrationResponse)),
			service.Planned("GetIntegrationResponse", ask(a, mayGetIntegrationResponse), checks, view(a, a.getIntegrationResponse)),
			service.Planned("UpdateIntegrationResponse", ask(a, mayUpdateIntegrationResponse), checks, update(a, a.updateIntegrationResponse)),
			service.Planned("DeleteIntegrationResponse", ask(a, mayDeleteIntegrationResponse), checks, update(a, a.deleteIntegrationResponse)),

			service.Planned("CreateAuthorizer", ask(a, mayCreateAuthorizer), checks, update(a, a.createAuthorizer)),
			service.Planned("GetAuthorizer", ask(a, mayGetAuthorizer), checks, view(a, a.getAuthorizer)),
			service.Planned("GetAuthorizers", ask(a, mayGetAuthorizers), checks, view(a, a.getAuthorizers)),
			service.Planned("UpdateAuthorizer", ask(a, mayUpdateAuthorizer), checks, update(a, a.updateAuthorizer)),
			service.Planned("DeleteAuthorizer", ask(a, mayDeleteAuthorizer), checks, update(a, a.deleteAuthorizer)),

			service.Planned("CreateRequestValidator", ask(a, mayCreateRequestValidator), checks, update(a, a.createRequestValidator)),
			service.Planned("GetRequestValidator", ask(a, mayGetRequestValidator), checks, view(a, a.getRequestValidator)),
			service.Planned("GetRequestValidators", ask(a, mayGetRequestValidators), checks, view(a, a.getRequestValidators)),
			service.Planned("UpdateRequestValidator", ask(a, mayUpdateRequestValidator), checks, update(a, a.updateRequestValidator)),
			service.Planned("DeleteRequestValidator", ask(a, mayDeleteRequestValidator), checks, update(a, a.deleteRequestValidator)),

			service.Planned("PutGatewayResponse", ask(a, mayPutGatewayResponse), checks, update(a, a.putGatewayResponse)),
			service.Planned("GetGatewayResponse", ask(a, mayGetGatewayResponse), checks, view(a, a.getGatewayResponse)),
			service.Planned("GetGatewayResponses", ask(a, mayGetGatewayResponses), checks, view(a, a.getGatewayResponses)),
			service.Planned("UpdateGatewayResponse", ask(a, mayUpdateGatewayResponse), checks, update(a, a.updateGatewayResponse)),
			service.Planned("DeleteGatewayResponse", ask(a, mayDeleteGatewayResponse), checks, update(a, a.deleteGatewayResponse)),

			service.Planned("CreateDeployment", ask(a, mayCreateDeployment), checks, update(a, a.createDeployment)),
			service.Planned("GetDeployment", ask(a, mayGetDeployment), checks, view(a, a.getDeployment)),
			service.Planned("GetDeployments", ask(a, mayGetDeployments), checks, view(a, a.getDeployments)),
			service.Planned("UpdateDeployment", ask(a, mayUpdateDeployment), checks, update(a, a.updateDeployment)),
			service.Planned("DeleteDeployment", ask(a, mayDeleteDeployment), checks, update(a, a.deleteDeployment)),

			service.Planned("CreateStage", ask(a, mayCreateStage), checks, update(a, a.createStage)),
			service.Planned("GetStage", ask(a, mayGetStage), checks, view(a, a.getStage)),
			service.Planned("GetStages", ask(a, mayGetStages), checks, view(a, a.getStages)),
			service.Planned("UpdateStage", ask(a, mayUpdateStage), checks, update(a, a.updateStage)),
			service.Planned("DeleteStage", ask(a, mayDeleteStage), checks, update(a, a.deleteStage)),
			service.Planned("FlushStageCache", ask(a, mayFlushStageCache), checks, update(a, a.flushStageCache)),
			service.Planned("FlushStageAuthorizersCache", ask(a, mayFlushStageAuthorizersCache), checks, view(a, a.flushStageAuthorizersCache)),

			service.Planned("TagResource", ask(a, mayTagResource), checks, update(a, a.tagResource)),
			service.Planned("UntagResource", ask(a, mayUntagResource), checks, update(a, a.untagResource)),
			service.Planned("GetTags", ask(a, mayGetTags), checks, view(a, a.getTags)),
			service.Planned("GetAccount", ask(a, mayGetAccount), checks, view(a, a.getAccount)),
		},
	}
}
