package sdk_test

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func (w *world) table(name string, pks ...string) {
	w.t.Helper()
	_, err := w.rows.CreateTable(w.ctx, &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: ddb.ScalarAttributeTypeS}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: ddb.KeyTypeHash}},
	})
	w.must("CreateTable", err)
	w.must("waiting for the table", dynamodb.NewTableExistsWaiter(w.rows).Wait(w.ctx, &dynamodb.DescribeTableInput{TableName: &name}, 20*time.Second))
	for _, pk := range pks {
		w.must("PutItem", put(w.ctx, w.rows, name, pk))
	}
}

func key(pk string) map[string]ddb.AttributeValue {
	return map[string]ddb.AttributeValue{"pk": &ddb.AttributeValueMemberS{Value: pk}}
}

func put(ctx context.Context, c *dynamodb.Client, table, pk string) error {
	_, err := c.PutItem(ctx, &dynamodb.PutItemInput{TableName: &table, Item: map[string]ddb.AttributeValue{
		"pk": &ddb.AttributeValueMemberS{Value: pk}, "title": &ddb.AttributeValueMemberS{Value: "The Book of " + pk},
	}})
	return err
}

var errNoRow = errors.New("allowed, but the row was not there")

// read gets one row; that it is there is part of the answer.
func read(ctx context.Context, c *dynamodb.Client, table, pk string) error {
	out, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: key(pk)})
	if err == nil && len(out.Item) == 0 {
		return errNoRow
	}
	return err
}

func query(ctx context.Context, c *dynamodb.Client, table, pk string) error {
	out, err := c.Query(ctx, &dynamodb.QueryInput{
		TableName: &table, KeyConditionExpression: aws.String("pk = :pk"),
		ExpressionAttributeValues: map[string]ddb.AttributeValue{":pk": &ddb.AttributeValueMemberS{Value: pk}},
	})
	if err == nil && len(out.Items) == 0 {
		return errNoRow
	}
	return err
}

func scan(ctx context.Context, c *dynamodb.Client, table string) error {
	_, err := c.Scan(ctx, &dynamodb.ScanInput{TableName: &table})
	return err
}
