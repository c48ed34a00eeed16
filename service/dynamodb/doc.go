// Package dynamodb is Amazon DynamoDB, API version 2012-08-10 (AWS JSON 1.0):
// tables, indexes, items, and fine-grained access control over them.
//
// Dear newcomer: the product is what tenants may not do here, so read checks.go
// first. Every operation on items is planned before it is authorized (target.go,
// access.go): the table's description is read, the keys are taken out of the
// request, the expressions are parsed, all of it once. The checks are made from
// that plan and run executes that plan, so nothing can be authorized as one
// thing and run as another. Three rules hold it together:
//
//   - A request whose partition keys cannot be told is never run. Its refusal
//     waits in the plan until the caller is authorized (access.refusal).
//   - Nothing that depends on a table's data or existence is told before.
//   - Between plan and run a table may be deleted and made anew with another key.
//     Each table has a unique id; run compares it inside its own transaction.
//
// Where things are: store.go the keys and records, table.go a table and its
// derived facts, index.go and entries.go the secondary indexes, read.go the pages
// of Query and Scan, write.go every change of an item, batch*.go and transact*.go
// several at once. Attribute values are in package attr, the expression language
// in package expr.
//
// Differences from AWS: tables are ACTIVE as soon as CreateTable has answered, and indexes
// when UpdateTable has answered (a large one is filled first); reads are always
// consistent; throughput is described and never throttles; Time to Live is
// described and deletes nothing; ItemCount and TableSizeBytes (as stored) are
// counted when asked, up to 10,000 items; a segment of a parallel Scan walks the
// whole table, in pages that may be empty, and takes start keys of other segments;
// the conditions of one transaction search 128 MB at most. There are no streams, backups, global tables, KMS keys, resource
// policies, PartiQL, warm throughput or keys of several attributes, and requests
// for them are refused.
//
// Where AWS's answer is not known: dynamodb:ReturnConsumedCapacity is present only
// when it was sent; inside TransactWriteItems dynamodb:ReturnValues is NONE; tags
// of CreateTable need dynamodb:TagResource too; a table named twice in a batch, by
// name and ARN, is one table; of a table that does not exist the leading keys are
// absent; ReturnValuesOnConditionCheckFailure is not covered by any key.
//
// Sources: Amazon DynamoDB API Reference; developer guide, "Using IAM policy
// conditions for fine-grained access control"; Service Authorization Reference.
package dynamodb

//go:generate go run -C ../../tools ./shapegen -model ../models/dynamodb.json -dir ../service/dynamodb -import github.com/bailiwick-project/bailiwick/service/dynamodb/attr -custom AttributeValue=attr.Value,Key=attr.Item,AttributeMap=attr.Item,PutItemInputAttributeMap=attr.Item,ExpressionAttributeValueMap=attr.Values,ItemCollectionKeyAttributeMap=attr.Item
