package dynamodb

import (
	"context"
	"maps"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
)

// onTable is what every action on a table or index may carry.
var onTable = map[string]authz.When{"aws:ResourceTag/${TagKey}": authz.Sometimes}

// onItems is what every action on items may carry.
var onItems = with(onTable, map[string]authz.When{
	"dynamodb:Attributes":             authz.Sometimes, // an absent Scan projection, an empty Key
	"dynamodb:ReturnConsumedCapacity": authz.Sometimes,
})

// byKey is for the actions that address partition keys. The keys are absent only
// where there is no table to take a schema from, or no value of the right type:
// nothing runs then.
var byKey = with(onItems, map[string]authz.When{
	"dynamodb:LeadingKeys":             authz.Sometimes,
	"dynamodb:FirstPartitionKeyValues": authz.Sometimes,
})

var (
	selects   = map[string]authz.When{"dynamodb:Select": authz.Always}
	returns   = map[string]authz.When{"dynamodb:ReturnValues": authz.Always}
	enclosed  = map[string]authz.When{"dynamodb:EnclosingOperation": authz.Sometimes}
	noReturns = map[string]authz.When{"dynamodb:ReturnValues": authz.Never}
	tagKeys   = map[string]authz.When{"aws:TagKeys": authz.Always}
	newTags   = map[string]authz.When{"aws:TagKeys": authz.Sometimes, "aws:RequestTag/${TagKey}": authz.Sometimes}
)

var (
	table_       = []string{"table"}
	tableOrIndex = []string{"table", "index"}
)

// actions is the authorization table of the slice.
var actions = authz.Table{
	{Name: "dynamodb:GetItem", Resources: table_, Keys: with(byKey, selects, enclosed)},
	{Name: "dynamodb:BatchGetItem", Resources: table_, Keys: with(byKey, selects)},
	{Name: "dynamodb:Query", Resources: tableOrIndex, Keys: with(byKey, selects, noReturns)},
	{Name: "dynamodb:Scan", Resources: tableOrIndex, Keys: with(onItems, selects, noReturns)},
	{Name: "dynamodb:PutItem", Resources: table_, Keys: with(byKey, returns, enclosed)},
	{Name: "dynamodb:UpdateItem", Resources: table_, Keys: with(byKey, returns, enclosed)},
	{Name: "dynamodb:DeleteItem", Resources: table_, Keys: with(byKey, returns, enclosed)},
	{Name: "dynamodb:BatchWriteItem", Resources: table_, Keys: byKey},
	{Name: "dynamodb:ConditionCheckItem", Resources: table_, Keys: with(byKey, returns, enclosed)},

	{Name: "dynamodb:CreateTable", Resources: table_, Keys: newTags},
	{Name: "dynamodb:DescribeTable", Resources: table_, Keys: onTable},
	{Name: "dynamodb:UpdateTable", Resources: table_, Keys: onTable},
	{Name: "dynamodb:DeleteTable", Resources: table_, Keys: onTable},
	{Name: "dynamodb:ListTables"},

	{Name: "dynamodb:TagResource", Resources: table_, Keys: with(onTable, newTags)},
	{Name: "dynamodb:UntagResource", Resources: table_, Keys: with(onTable, tagKeys)},
	{Name: "dynamodb:ListTagsOfResource", Resources: table_, Keys: onTable},
	{Name: "dynamodb:DescribeTimeToLive", Resources: table_, Keys: onTable},
	{Name: "dynamodb:UpdateTimeToLive", Resources: table_, Keys: onTable},
	{Name: "dynamodb:DescribeContinuousBackups", Resources: table_, Keys: onTable},
	{Name: "dynamodb:UpdateContinuousBackups", Resources: table_, Keys: onTable},
	{Name: "dynamodb:DescribeLimits"},
	{Name: "dynamodb:DescribeEndpoints"},
}

func with(parts ...map[string]authz.When) map[string]authz.When {
	out := map[string]authz.When{}
	for _, p := range parts {
		maps.Copy(out, p)
	}
	return out
}

type checks = []authz.Check

func (a *API) mayGetItem(_ context.Context, _ *bailiwick.Call, p *getPlan) (checks, error) {
	return checks{p.check("dynamodb:GetItem")}, nil
}

func (a *API) mayPutItem(_ context.Context, _ *bailiwick.Call, p *writePlan) (checks, error) {
	return checks{p.check("dynamodb:PutItem")}, nil
}

func (a *API) mayUpdateItem(_ context.Context, _ *bailiwick.Call, p *writePlan) (checks, error) {
	return checks{p.check("dynamodb:UpdateItem")}, nil
}

func (a *API) mayDeleteItem(_ context.Context, _ *bailiwick.Call, p *writePlan) (checks, error) {
	return checks{p.check("dynamodb:DeleteItem")}, nil
}

func (a *API) mayQuery(_ context.Context, _ *bailiwick.Call, p *reading) (checks, error) {
	return checks{p.check("dynamodb:Query")}, nil
}

func (a *API) mayScan(_ context.Context, _ *bailiwick.Call, p *reading) (checks, error) {
	return checks{p.check("dynamodb:Scan")}, nil
}

// A batch asks once for each table, with everything that it addresses there: one
// foreign key refuses the whole request.
func (a *API) mayBatchGetItem(_ context.Context, _ *bailiwick.Call, p *batchGetPlan) (checks, error) {
	return p.checks("dynamodb:BatchGetItem"), nil
}

func (a *API) mayBatchWriteItem(_ context.Context, _ *bailiwick.Call, p *batchWritePlan) (checks, error) {
	return p.checks("dynamodb:BatchWriteItem"), nil
}

// A transaction has no action of its own: it asks for each item by itself.
func (a *API) mayTransactGetItems(_ context.Context, _ *bailiwick.Call, p *transactGetPlan) (checks, error) {
	var c checks
	for _, g := range p.gets {
		c = append(c, g.check("dynamodb:GetItem"))
	}
	return c, nil
}

func (a *API) mayTransactWriteItems(_ context.Context, _ *bailiwick.Call, p *transactWritePlan) (checks, error) {
	var c checks
	for _, w := range p.writes {
		c = append(c, w.access.check(w.action()))
	}
	return c, nil
}

// Tags given at birth need leave of their own, as adding them later would.
func (a *API) mayCreateTable(_ context.Context, _ *bailiwick.Call, p *createPlan) (checks, error) {
	c := checks{p.target.check("dynamodb:CreateTable")}
	c[0].Keys = tagContext(target{}, p.tags, nil)
	if len(p.tags) > 0 {
		c = append(c, p.target.check("dynamodb:TagResource"))
		c[1].Keys = tagContext(target{}, p.tags, nil)
	}
	return c, nil
}

func (a *API) mayDescribeTable(_ context.Context, _ *bailiwick.Call, p *target) (checks, error) {
	return checks{p.check("dynamodb:DescribeTable")}, nil
}

func (a *API) mayUpdateTable(_ context.Context, _ *bailiwick.Call, p *updateTablePlan) (checks, error) {
	return checks{p.check("dynamodb:UpdateTable")}, nil
}

func (a *API) mayDeleteTable(_ context.Context, _ *bailiwick.Call, p *target) (checks, error) {
	return checks{p.check("dynamodb:DeleteTable")}, nil
}

func (a *API) mayListTables(_ context.Context, call *bailiwick.Call, _ *ListTablesInput) (checks, error) {
	return checks{{Action: "dynamodb:ListTables", Resource: ref{call.Account, call.Region, "*"}.arn()}}, nil
}

func (a *API) mayDescribeLimits(context.Context, *bailiwick.Call, *DescribeLimitsInput) (checks, error) {
	return checks{{Action: "dynamodb:DescribeLimits", Resource: "*"}}, nil
}

func (a *API) mayDescribeEndpoints(context.Context, *bailiwick.Call, *DescribeEndpointsRequest) (checks, error) {
	return checks{{Action: "dynamodb:DescribeEndpoints", Resource: "*"}}, nil
}

func (a *API) mayTagResource(_ context.Context, _ *bailiwick.Call, p *tagPlan) (checks, error) {
	c := p.check("dynamodb:TagResource")
	c.Keys = tagContext(p.target, p.tags, nil)
	return checks{c}, nil
}

func (a *API) mayUntagResource(_ context.Context, _ *bailiwick.Call, p *tagPlan) (checks, error) {
	c := p.check("dynamodb:UntagResource")
	c.Keys = tagContext(p.target, nil, p.remove)
	return checks{c}, nil
}

func (a *API) mayListTagsOfResource(_ context.Context, _ *bailiwick.Call, p *tagPlan) (checks, error) {
	return checks{p.check("dynamodb:ListTagsOfResource")}, nil
}

func (a *API) mayDescribeTimeToLive(_ context.Context, _ *bailiwick.Call, p *target) (checks, error) {
	return checks{p.check("dynamodb:DescribeTimeToLive")}, nil
}

func (a *API) mayUpdateTimeToLive(_ context.Context, _ *bailiwick.Call, p *ttlPlan) (checks, error) {
	return checks{p.check("dynamodb:UpdateTimeToLive")}, nil
}

func (a *API) mayDescribeContinuousBackups(_ context.Context, _ *bailiwick.Call, p *target) (checks, error) {
	return checks{p.check("dynamodb:DescribeContinuousBackups")}, nil
}

func (a *API) mayUpdateContinuousBackups(_ context.Context, _ *bailiwick.Call, p *backupPlan) (checks, error) {
	return checks{p.check("dynamodb:UpdateContinuousBackups")}, nil
}
