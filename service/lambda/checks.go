package lambda

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

const (
	typeFunction   = "function"
	keyResourceTag = "aws:ResourceTag/${TagKey}"
	keyRequestTag  = "aws:RequestTag/${TagKey}"
	keyTagKeys     = "aws:TagKeys"
	keyPrincipal   = "lambda:Principal"
	keyURLAuth     = "lambda:FunctionUrlAuthType"
)

type keys = map[string]authz.When

// actions is the authorization table of the slice. Keys about networks, layers,
// code signing and function URLs never come: there are none of these here.
var actions = slices.Concat(authz.Table{
	onFunction("InvokeFunction", keys{"lambda:EventSourceToken": authz.Never, "lambda:InvokedViaFunctionUrl": authz.Never}),
	onFunction("CreateFunction", keys{
		keyRequestTag: authz.Sometimes, keyTagKeys: authz.Sometimes, "lambda:CodeSigningConfigArn": authz.Never, "lambda:Layer": authz.Never,
		"lambda:SecurityGroupIds": authz.Never, "lambda:SubnetIds": authz.Never, "lambda:VpcIds": authz.Never,
	}),
	onFunction("UpdateFunctionConfiguration", keys{
		"lambda:Layer": authz.Never, "lambda:SecurityGroupIds": authz.Never, "lambda:SubnetIds": authz.Never, "lambda:VpcIds": authz.Never,
	}),
	onFunction("AddPermission", keys{keyPrincipal: authz.Always, keyURLAuth: authz.Sometimes}),
	onFunction("RemovePermission", keys{keyPrincipal: authz.Sometimes, keyURLAuth: authz.Sometimes}),
	onFunction("TagResource", keys{keyRequestTag: authz.Sometimes, keyTagKeys: authz.Sometimes}),
	onFunction("UntagResource", keys{keyTagKeys: authz.Sometimes}),
	onFunction("GetFunctionUrlConfig", keys{"lambda:FunctionArn": authz.Never, keyURLAuth: authz.Never}),
	onFunction("ListFunctionUrlConfigs", keys{keyURLAuth: authz.Never}),
	{Name: "lambda:ListFunctions"},
	{Name: "lambda:GetAccountSettings"},
	{Name: "lambda:ListEventSourceMappings"},
	{Name: "iam:PassRole", Resources: []string{"role"}, Keys: keys{
		"iam:PassedToService": authz.Always, "iam:AssociatedResourceArn": authz.Always,
		keyResourceTag: authz.Sometimes, "iam:ResourceTag/${TagKey}": authz.Sometimes,
	}},
}, onFunctions("UpdateFunctionCode", "GetFunction", "GetFunctionConfiguration", "DeleteFunction", "PublishVersion",
	"ListVersionsByFunction", "CreateAlias", "GetAlias", "UpdateAlias", "DeleteAlias", "ListAliases", "GetPolicy",
	"PutFunctionConcurrency", "GetFunctionConcurrency", "DeleteFunctionConcurrency", "ListTags",
	"GetFunctionCodeSigningConfig", "GetFunctionEventInvokeConfig", "GetFunctionRecursionConfig", "GetRuntimeManagementConfig",
	"ListFunctionEventInvokeConfigs", "ListProvisionedConcurrencyConfigs"), authz.Table{
	{Name: "lambda:GetProvisionedConcurrencyConfig", Resources: []string{"function alias", "function version"}, Keys: keys{keyResourceTag: authz.Sometimes}},
})

func onFunction(name string, more keys) authz.Action {
	all := keys{keyResourceTag: authz.Sometimes}
	maps.Copy(all, more)
	return authz.Action{Name: "lambda:" + name, Resources: []string{typeFunction}, Keys: all}
}

func onFunctions(names ...string) (t authz.Table) {
	for _, n := range names {
		t = append(t, onFunction(n, nil))
	}
	return t
}

// on asks for an action on a function, whether it exists or not: with its tags and
// with the policy of what is named, its own, a version's or an alias's. A policy
// on the function does not reach its versions and aliases, because they are other
// resources. Source: Lambda Developer Guide, "Using resource-based policies".
func (a *API) on(ctx context.Context, action string, at ref) (authz.Check, error) {
	var f *function
	var g *grants
	err := a.view(ctx, func(r store.Reader) (err error) {
		if f, err = get[function](r, functionKey(at)); err != nil || f == nil {
			return err
		}
		g, err = get[grants](r, policyKey(at, policyOf(at.qualifier)))
		return err
	})
	return checkOn(action, at, f, g), err
}

func checkOn(action string, at ref, f *function, g *grants) authz.Check {
	x := new(policy.Context)
	if f != nil {
		setTags(x, "aws:ResourceTag/", f.Tags)
	}
	return authz.Check{Action: "lambda:" + action, Resource: at.arn(), Type: typeFunction, Account: at.account, Keys: x, Policy: g.compiled(at)}
}

// policyOf is the qualifier whose policy decides. $LATEST has none of its own.
func policyOf(qualifier string) string {
	if qualifier == latest {
		return ""
	}
	return qualifier
}

func setTags(x *policy.Context, family string, tags map[string]string) {
	for k, v := range tags {
		x.Set(family+k, v)
	}
}

func requestTags(x *policy.Context, tags map[string]string) {
	if len(tags) > 0 {
		setTags(x, "aws:RequestTag/", tags)
		x.SetAll(keyTagKeys, slices.Sorted(maps.Keys(tags)))
	}
}

// may is on for operations that name a function in the usual way.
func (a *API) may(ctx context.Context, call *bailiwick.Call, action string, name, qualifier *string) ([]authz.Check, error) {
	at, err := parse(call, *name, qualifier)
	if err != nil {
		return nil, err
	}
	c, err := a.on(ctx, action, at)
	return []authz.Check{c}, err
}

func (a *API) mayCreateFunction(ctx context.Context, call *bailiwick.Call, in *CreateFunctionRequest) ([]authz.Check, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	if at.account != call.Account {
		return nil, notFound(at) // functions are made in one's own account
	}
	c := checkOn("CreateFunction", at, nil, nil)
	requestTags(c.Keys, in.Tags)
	checks := []authz.Check{c}
	pass, err := a.passRole(ctx, call, *in.Role, at)
	if err != nil {
		return nil, err
	}
	checks = append(checks, pass)
	if in.Code == nil {
		return checks, nil
	}
	return a.withObject(ctx, call, checks, in.Code.S3Bucket, in.Code.S3Key, in.Code.S3ObjectVersion)
}

// withObject adds what reading code from S3 asks.
func (a *API) withObject(ctx context.Context, call *bailiwick.Call, checks []authz.Check, bucket, key, version *string) ([]authz.Check, error) {
	if bucket == nil || key == nil || a.Objects == nil {
		return checks, nil
	}
	more, err := a.Objects.Checks(ctx, call, *bucket, *key, text(version))
	if err == nil && len(more) == 0 {
		return nil, errors.New("lambda: S3 asks no leave for an object") // fail closed
	}
	return append(checks, more...), err
}

// passRole asks whether the caller may hand a role to Lambda for a function.
func (a *API) passRole(ctx context.Context, call *bailiwick.Call, role string, at ref) (authz.Check, error) {
	parsed, err := arn.Parse(role)
	switch {
	case err != nil:
		return authz.Check{}, cannotAssume()
	case parsed.Account != at.account:
		call.Note("The role %s is of another account than the function.", role)
		return authz.Check{}, bailiwick.Errorf(bailiwick.CodeAccessDenied, "Cross-account pass role is not allowed.")
	}
	x := new(policy.Context)
	x.Set("iam:PassedToService", principal)
	x.Set("iam:AssociatedResourceArn", at.family())
	r, err := a.Roles.Role(ctx, role)
	if err != nil && !errors.Is(err, bailiwick.ErrNoRole) {
		return authz.Check{}, err
	}
	setTags(x, "aws:ResourceTag/", r.Tags)
	setTags(x, "iam:ResourceTag/", r.Tags)
	return authz.Check{Action: "iam:PassRole", Resource: role, Type: "role", Account: parsed.Account, Keys: x}, nil
}

func (a *API) mayUpdateFunctionCode(ctx context.Context, call *bailiwick.Call, in *UpdateFunctionCodeRequest) ([]authz.Check, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	c, err := a.on(ctx, "UpdateFunctionCode", at)
	if err != nil {
		return nil, err
	}
	return a.withObject(ctx, call, []authz.Check{c}, in.S3Bucket, in.S3Key, in.S3ObjectVersion)
}

func (a *API) mayUpdateFunctionConfiguration(ctx context.Context, call *bailiwick.Call, in *UpdateFunctionConfigurationRequest) ([]authz.Check, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	c, err := a.on(ctx, "UpdateFunctionConfiguration", at)
	if err != nil || in.Role == nil {
		return []authz.Check{c}, err
	}
	pass, err := a.passRole(ctx, call, *in.Role, at)
	return []authz.Check{c, pass}, err
}

func (a *API) mayGetFunction(ctx context.Context, call *bailiwick.Call, in *GetFunctionRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetFunction", in.FunctionName, in.Qualifier)
}

func (a *API) mayGetFunctionConfiguration(ctx context.Context, call *bailiwick.Call, in *GetFunctionConfigurationRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetFunctionConfiguration", in.FunctionName, in.Qualifier)
}

func (a *API) mayDeleteFunction(ctx context.Context, call *bailiwick.Call, in *DeleteFunctionRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "DeleteFunction", in.FunctionName, in.Qualifier)
}

func (a *API) mayListFunctions(context.Context, *bailiwick.Call, *ListFunctionsRequest) ([]authz.Check, error) {
	return []authz.Check{{Action: "lambda:ListFunctions", Resource: "*"}}, nil
}

func (a *API) mayPublishVersion(ctx context.Context, call *bailiwick.Call, in *PublishVersionRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "PublishVersion", in.FunctionName, nil)
}

func (a *API) mayListVersionsByFunction(ctx context.Context, call *bailiwick.Call, in *ListVersionsByFunctionRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "ListVersionsByFunction", in.FunctionName, nil)
}

func (a *API) mayCreateAlias(ctx context.Context, call *bailiwick.Call, in *CreateAliasRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "CreateAlias", in.FunctionName, nil)
}

func (a *API) mayGetAlias(ctx context.Context, call *bailiwick.Call, in *GetAliasRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetAlias", in.FunctionName, nil)
}

func (a *API) mayUpdateAlias(ctx context.Context, call *bailiwick.Call, in *UpdateAliasRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "UpdateAlias", in.FunctionName, nil)
}

func (a *API) mayDeleteAlias(ctx context.Context, call *bailiwick.Call, in *DeleteAliasRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "DeleteAlias", in.FunctionName, nil)
}

func (a *API) mayListAliases(ctx context.Context, call *bailiwick.Call, in *ListAliasesRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "ListAliases", in.FunctionName, nil)
}

func (a *API) mayPutFunctionConcurrency(ctx context.Context, call *bailiwick.Call, in *PutFunctionConcurrencyRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "PutFunctionConcurrency", in.FunctionName, nil)
}

func (a *API) mayGetFunctionConcurrency(ctx context.Context, call *bailiwick.Call, in *GetFunctionConcurrencyRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetFunctionConcurrency", in.FunctionName, nil)
}

func (a *API) mayDeleteFunctionConcurrency(ctx context.Context, call *bailiwick.Call, in *DeleteFunctionConcurrencyRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "DeleteFunctionConcurrency", in.FunctionName, nil)
}

func (a *API) mayTagResource(ctx context.Context, call *bailiwick.Call, in *TagResourceRequest) ([]authz.Check, error) {
	checks, err := a.may(ctx, call, "TagResource", in.Resource, nil)
	if err == nil {
		requestTags(checks[0].Keys, in.Tags)
	}
	return checks, err
}

func (a *API) mayUntagResource(ctx context.Context, call *bailiwick.Call, in *UntagResourceRequest) ([]authz.Check, error) {
	checks, err := a.may(ctx, call, "UntagResource", in.Resource, nil)
	if err == nil && len(in.TagKeys) > 0 {
		checks[0].Keys.SetAll(keyTagKeys, in.TagKeys)
	}
	return checks, err
}

func (a *API) mayListTags(ctx context.Context, call *bailiwick.Call, in *ListTagsRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "ListTags", in.Resource, nil)
}

func text(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}
