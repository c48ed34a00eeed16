package lambda

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/runner"
	"github.com/bailiwick-project/bailiwick/store"
)

// What tools read of each function and is not here is told to be empty, as it is
// for a function at AWS that never had it.

// exists answers the error for a function or version that does not.
func (a *API) exists(ctx context.Context, call *bailiwick.Call, name string, qualifier *string) (ref, error) {
	_, _, at, err := a.read1(ctx, call, name, qualifier)
	return at, err
}

func (a *API) mayGetFunctionCodeSigningConfig(ctx context.Context, call *bailiwick.Call, in *GetFunctionCodeSigningConfigRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetFunctionCodeSigningConfig", in.FunctionName, nil)
}

func (a *API) getFunctionCodeSigningConfig(ctx context.Context, call *bailiwick.Call, in *GetFunctionCodeSigningConfigRequest) (*GetFunctionCodeSigningConfigResponse, error) {
	at, err := a.exists(ctx, call, *in.FunctionName, nil)
	return &GetFunctionCodeSigningConfigResponse{FunctionName: &at.name}, err
}

func (a *API) mayGetFunctionEventInvokeConfig(ctx context.Context, call *bailiwick.Call, in *GetFunctionEventInvokeConfigRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetFunctionEventInvokeConfig", in.FunctionName, in.Qualifier)
}

func (a *API) getFunctionEventInvokeConfig(ctx context.Context, call *bailiwick.Call, in *GetFunctionEventInvokeConfigRequest) (*FunctionEventInvokeConfig, error) {
	at, err := a.exists(ctx, call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return nil, bailiwick.Errorf(codeNotFound, "The function %s doesn't have an EventInvokeConfig", at.with(or(at.qualifier, latest)).arn())
}

func (a *API) mayListFunctionEventInvokeConfigs(ctx context.Context, call *bailiwick.Call, in *ListFunctionEventInvokeConfigsRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "ListFunctionEventInvokeConfigs", in.FunctionName, nil)
}

func (a *API) listFunctionEventInvokeConfigs(ctx context.Context, call *bailiwick.Call, in *ListFunctionEventInvokeConfigsRequest) (*ListFunctionEventInvokeConfigsResponse, error) {
	_, err := a.exists(ctx, call, *in.FunctionName, nil)
	return &ListFunctionEventInvokeConfigsResponse{FunctionEventInvokeConfigs: []FunctionEventInvokeConfig{}}, err
}

func (a *API) mayGetFunctionRecursionConfig(ctx context.Context, call *bailiwick.Call, in *GetFunctionRecursionConfigRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetFunctionRecursionConfig", in.FunctionName, nil)
}

// getFunctionRecursionConfig: no service here sends a function's output back to it,
// and nothing is stopped.
func (a *API) getFunctionRecursionConfig(ctx context.Context, call *bailiwick.Call, in *GetFunctionRecursionConfigRequest) (*GetFunctionRecursionConfigResponse, error) {
	_, err := a.exists(ctx, call, *in.FunctionName, nil)
	return &GetFunctionRecursionConfigResponse{RecursiveLoop: ptr("Allow")}, err
}

func (a *API) mayGetFunctionURLConfig(ctx context.Context, call *bailiwick.Call, in *GetFunctionUrlConfigRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetFunctionUrlConfig", in.FunctionName, in.Qualifier)
}

func (a *API) getFunctionURLConfig(ctx context.Context, call *bailiwick.Call, in *GetFunctionUrlConfigRequest) (*GetFunctionUrlConfigResponse, error) {
	if _, err := a.exists(ctx, call, *in.FunctionName, in.Qualifier); err != nil {
		return nil, err
	}
	return nil, noResource()
}

func (a *API) mayListFunctionURLConfigs(ctx context.Context, call *bailiwick.Call, in *ListFunctionUrlConfigsRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "ListFunctionUrlConfigs", in.FunctionName, nil)
}

func (a *API) listFunctionURLConfigs(ctx context.Context, call *bailiwick.Call, in *ListFunctionUrlConfigsRequest) (*ListFunctionUrlConfigsResponse, error) {
	_, err := a.exists(ctx, call, *in.FunctionName, nil)
	return &ListFunctionUrlConfigsResponse{FunctionUrlConfigs: []FunctionUrlConfig{}}, err
}

// mayGetProvisionedConcurrencyConfig asks about a version or alias: the function
// itself is no resource of this action.
func (a *API) mayGetProvisionedConcurrencyConfig(ctx context.Context, call *bailiwick.Call, in *GetProvisionedConcurrencyConfigRequest) ([]authz.Check, error) {
	checks, err := a.may(ctx, call, "GetProvisionedConcurrencyConfig", in.FunctionName, in.Qualifier)
	if err == nil {
		checks[0].Type = "function alias"
		if isVersion(*in.Qualifier) {
			checks[0].Type = "function version"
		}
	}
	return checks, err
}

func (a *API) getProvisionedConcurrencyConfig(ctx context.Context, call *bailiwick.Call, in *GetProvisionedConcurrencyConfigRequest) (*GetProvisionedConcurrencyConfigResponse, error) {
	if _, err := a.exists(ctx, call, *in.FunctionName, in.Qualifier); err != nil {
		return nil, err
	}
	return nil, bailiwick.Errorf("ProvisionedConcurrencyConfigNotFoundException", "No Provisioned Concurrency Config found for this function")
}

func (a *API) mayListProvisionedConcurrencyConfigs(ctx context.Context, call *bailiwick.Call, in *ListProvisionedConcurrencyConfigsRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "ListProvisionedConcurrencyConfigs", in.FunctionName, nil)
}

func (a *API) listProvisionedConcurrencyConfigs(ctx context.Context, call *bailiwick.Call, in *ListProvisionedConcurrencyConfigsRequest) (*ListProvisionedConcurrencyConfigsResponse, error) {
	_, err := a.exists(ctx, call, *in.FunctionName, nil)
	return &ListProvisionedConcurrencyConfigsResponse{ProvisionedConcurrencyConfigs: []ProvisionedConcurrencyConfigListItem{}}, err
}

func (a *API) mayGetRuntimeManagementConfig(ctx context.Context, call *bailiwick.Call, in *GetRuntimeManagementConfigRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetRuntimeManagementConfig", in.FunctionName, in.Qualifier)
}

func (a *API) getRuntimeManagementConfig(ctx context.Context, call *bailiwick.Call, in *GetRuntimeManagementConfigRequest) (*GetRuntimeManagementConfigResponse, error) {
	at, err := a.exists(ctx, call, *in.FunctionName, in.Qualifier)
	return &GetRuntimeManagementConfigResponse{FunctionArn: ptr(at.arn()), UpdateRuntimeOn: ptr("Auto")}, err
}

func (a *API) mayListEventSourceMappings(context.Context, *bailiwick.Call, *ListEventSourceMappingsRequest) ([]authz.Check, error) {
	return []authz.Check{{Action: "lambda:ListEventSourceMappings", Resource: "*"}}, nil
}

func (a *API) listEventSourceMappings(context.Context, *bailiwick.Call, *ListEventSourceMappingsRequest) (*ListEventSourceMappingsResponse, error) {
	return &ListEventSourceMappingsResponse{EventSourceMappings: []EventSourceMappingConfiguration{}}, nil
}

func (a *API) mayGetAccountSettings(context.Context, *bailiwick.Call, *GetAccountSettingsRequest) ([]authz.Check, error) {
	return []authz.Check{{Action: "lambda:GetAccountSettings", Resource: "*"}}, nil
}

func (a *API) getAccountSettings(ctx context.Context, call *bailiwick.Call, _ *GetAccountSettingsRequest) (*GetAccountSettingsResponse, error) {
	var n, size int64
	unreserved := int32(accountConcurrency)
	err := a.view(ctx, func(r store.Reader) error {
		from, to := store.Prefix(space, "function", call.Account, call.Region)
		for item, err := range store.ScanJSON[function](r, from, to, false) {
			if err != nil {
				return err
			}
			n, size = n+1, size+item.Value.Latest.Size
			if item.Value.Reserved != nil {
				unreserved -= int32(*item.Value.Reserved)
			}
		}
		return nil
	})
	return &GetAccountSettingsResponse{
		AccountLimit: &AccountLimit{
			TotalCodeSize: ptr(int64(80 << 30)), CodeSizeUnzipped: ptr(int64(runner.MaxUnpacked)), CodeSizeZipped: ptr(int64(runner.MaxZip)),
			ConcurrentExecutions: ptr(int32(accountConcurrency)), UnreservedConcurrentExecutions: &unreserved,
		},
		AccountUsage: &AccountUsage{FunctionCount: &n, TotalCodeSize: &size},
	}, err
}
