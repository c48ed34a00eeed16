package dynamodb

import (
	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/wire/awsjson"
)

// An API answers the operations of DynamoDB.
type API struct {
	Store store.Store
	NewID func() string // ids of tables and indexes: UUIDs in lower case, never the same twice

	tables cache
}

// maxBody bounds a request, in bytes. Source: "Quotas in Amazon DynamoDB".
const maxBody = 16 << 20

// targetPrefix is the prefix of X-Amz-Target.
const targetPrefix = "DynamoDB_20120810"

// Service is the slice: its operations are the table of contents of the package.
func (a *API) Service() service.Service {
	return service.Service{
		Name: "dynamodb",
		Protocol: &awsjson.Protocol{Version: "1.0", TargetPrefix: targetPrefix, Style: awsjson.Style{
			Own:        "com.amazonaws.dynamodb.v20120810#",
			Common:     "com.amazon.coral.service#",
			Validation: "com.amazon.coral.validate#ValidationException",
			Internal:   "com.amazonaws.dynamodb.v20120810#InternalServerError",
			Capital:    []string{bailiwick.CodeAccessDenied, bailiwick.CodeSerialization, codeCancelled},
		}},
		Target:     targetPrefix,
		CORS:       true,
		MaxBody:    maxBody,
		Operations: a.operations(),
		Actions:    actions,
	}
}

func (a *API) operations() []service.Operation {
	return []service.Operation{
		service.Planned("GetItem", a.planGetItem, a.mayGetItem, a.getItem),
		service.Planned("PutItem", a.planPutItem, a.mayPutItem, a.putItem),
		service.Planned("UpdateItem", a.planUpdateItem, a.mayUpdateItem, a.updateItem),
		service.Planned("DeleteItem", a.planDeleteItem, a.mayDeleteItem, a.deleteItem),
		service.Planned("Query", a.planQuery, a.mayQuery, a.query),
		service.Planned("Scan", a.planScan, a.mayScan, a.scan),
		service.Planned("BatchGetItem", a.planBatchGetItem, a.mayBatchGetItem, a.batchGetItem),
		service.Planned("BatchWriteItem", a.planBatchWriteItem, a.mayBatchWriteItem, a.batchWriteItem),
		service.Planned("TransactGetItems", a.planTransactGetItems, a.mayTransactGetItems, a.transactGetItems),
		service.Planned("TransactWriteItems", a.planTransactWriteItems, a.mayTransactWriteItems, a.transactWriteItems),

		service.Planned("CreateTable", a.planCreateTable, a.mayCreateTable, a.createTable),
		service.Planned("DescribeTable", a.planDescribeTable, a.mayDescribeTable, a.describeTable),
		service.Planned("UpdateTable", a.planUpdateTable, a.mayUpdateTable, a.updateTable),
		service.Planned("DeleteTable", a.planDeleteTable, a.mayDeleteTable, a.deleteTable),
		service.Op("ListTables", a.mayListTables, a.listTables),

		service.Planned("TagResource", a.planTagResource, a.mayTagResource, a.tagResource),
		service.Planned("UntagResource", a.planUntagResource, a.mayUntagResource, a.untagResource),
		service.Planned("ListTagsOfResource", a.planListTagsOfResource, a.mayListTagsOfResource, a.listTagsOfResource),
		service.Planned("DescribeTimeToLive", a.planDescribeTimeToLive, a.mayDescribeTimeToLive, a.describeTimeToLive),
		service.Planned("UpdateTimeToLive", a.planUpdateTimeToLive, a.mayUpdateTimeToLive, a.updateTimeToLive),
		service.Planned("DescribeContinuousBackups", a.planDescribeContinuousBackups, a.mayDescribeContinuousBackups, a.describeContinuousBackups),
		service.Planned("UpdateContinuousBackups", a.planUpdateContinuousBackups, a.mayUpdateContinuousBackups, a.updateContinuousBackups),
		service.Op("DescribeLimits", a.mayDescribeLimits, a.describeLimits),
		service.Op("DescribeEndpoints", a.mayDescribeEndpoints, a.describeEndpoints),
	}
}
