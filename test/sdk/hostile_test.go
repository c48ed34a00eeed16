package sdk_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// TestHostileRequests: a tenant with valid credentials and no client to hold her
// back. Whatever she sends, no answer may carry what the other tenant's row holds.
func TestHostileRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	_, err := w.rows.CreateTable(w.ctx, &dynamodb.CreateTableInput{
		TableName: aws.String(catalogue), BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: "S"}, {AttributeName: aws.String("shelf"), AttributeType: "S"}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: ddb.KeyTypeHash}},
		GlobalSecondaryIndexes: []ddb.GlobalSecondaryIndex{{IndexName: aws.String("byShelf"), Projection: &ddb.Projection{ProjectionType: "ALL"},
			KeySchema: []ddb.KeySchemaElement{{AttributeName: aws.String("shelf"), KeyType: ddb.KeyTypeHash}}}},
	})
	w.must("CreateTable", err)
	const secret = "nobody else may read this"
	for pk, text := range map[string]string{"acme#1": "own", "globex#1": secret} {
		_, err := w.rows.PutItem(w.ctx, &dynamodb.PutItemInput{TableName: aws.String(catalogue), Item: map[string]ddb.AttributeValue{
			"pk": &ddb.AttributeValueMemberS{Value: pk}, "shelf": &ddb.AttributeValueMemberS{Value: pk}, "text": &ddb.AttributeValueMemberS{Value: text},
		}})
		w.must("PutItem", err)
	}
	n := w.tenancy("Hostile")
	n.use("HostileWide", strings.Replace(allow("GetItem BatchGetItem Query PutItem UpdateItem DeleteItem BatchWriteItem ConditionCheckItem PartiQLSelect", "catalogue*",
		`{"ForAllValues:StringLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]},"Null":{"dynamodb:LeadingKeys":"false"}}`), region+":"+account, "*:*", 1))
	c := n.credentials(n.entry, n.login(n.user(n.userPool, "custom:org", "acme")))

	for _, h := range hostileRequests() {
		status, got, text := n.hostile(c, h.operation, h.body, h.header)
		if h.want == "" && status != http.StatusOK || !strings.HasPrefix(got, h.want) || status >= 500 {
			t.Errorf("%s: status %d\n got %q\nwant %q", h.name, status, got, h.want)
		}
		if strings.Contains(text, secret) {
			t.Errorf("%s LEAKS: %s", h.name, text)
		}
	}
	w.want("the foreign row afterwards", read(w.ctx, w.rows, catalogue, "globex#1"), "")
}

// A hostile request, and what must come of it: "" or a refusal.
type hostileRequest struct {
	name, operation, body string
	header                map[string]string // changed after signing, or the "body"
	want                  string
}

func hostileRequests() []hostileRequest {
	const own, foreign = `{"pk":{"S":"acme#1"}}`, `{"pk":{"S":"globex#1"}}`
	key := func(k string) string { return fmt.Sprintf(`{"TableName":"catalogue","Key":%s}`, k) }
	where := func(rest string) string {
		return `{"TableName":"catalogue","ExpressionAttributeValues":{":v":{"S":"globex#1"}},` + rest + `}`
	}
	const no, twice, invalid, unread = "AccessDeniedException: User: ", "SerializationException: ", "ValidationException: ", "SerializationException: "
	return []hostileRequest{
		{"the own row", "GetItem", key(own), nil, ""},
		{"the foreign row", "GetItem", key(foreign), nil, no},
		{"two Keys", "GetItem", `{"TableName":"catalogue","Key":` + own + `,"Key":` + foreign + `}`, nil, twice},
		{"two Keys, one escaped", "GetItem", `{"TableName":"catalogue","Key":` + own + `,"\u004bey":` + foreign + `}`, nil, twice},
		{"two key values", "GetItem", key(`{"pk":{"S":"acme#1"},"pk":{"S":"globex#1"}}`), nil, twice},
		{"two values of a type", "GetItem", key(`{"pk":{"S":"acme#1","S":"globex#1"}}`), nil, twice},
		{"two documents", "GetItem", key(own) + key(foreign), nil, unread},
		{"half a surrogate", "GetItem", key(`{"pk":{"S":"globex#1\ud800"}}`), nil, unread},
		{"not UTF-8", "GetItem", key("{\"pk\":{\"S\":\"globex#1\xff\"}}"), nil, unread},
		{"another attribute in the key", "GetItem", key(`{"pk":{"S":"acme#1"},"shelf":{"S":"globex#1"}}`), nil, invalid},
		{"no key", "GetItem", key(`{}`), nil, no},
		{"the table's ARN", "GetItem", `{"TableName":"` + tableARN(catalogue) + `","Key":` + foreign + `}`, nil, no},
		{"the ARN of another account", "GetItem", `{"TableName":"arn:aws:dynamodb:us-east-1:111111111111:table/catalogue","Key":` + own + `}`, nil, no},
		{"a table that is not there", "GetItem", `{"TableName":"catalogue2","Key":` + foreign + `}`, nil, no},
		{"a name for the key", "Query", where(`"KeyConditionExpression":"#k = :v","ExpressionAttributeNames":{"#k":"pk"}`), nil, no},
		{"swapped", "Query", where(`"KeyConditionExpression":":v = pk"`), nil, no},
		{"no equality", "Query", where(`"KeyConditionExpression":"begins_with(pk, :v)"`), nil, no},
		{"conditions of old", "Query", `{"TableName":"catalogue","KeyConditions":{"pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"globex#1"}]}}}`, nil, no},
		{"an index by its key", "Query", where(`"IndexName":"byShelf","KeyConditionExpression":"shelf = :v"`), nil, no},
		{"an index by the table's key", "Query", where(`"IndexName":"byShelf","KeyConditionExpression":"pk = :v"`), nil, no},
		{"an index that is not there", "Query", where(`"IndexName":"missing","KeyConditionExpression":"pk = :v"`), nil, no},
		{"a start elsewhere", "Query", `{"TableName":"catalogue","KeyConditionExpression":"pk = :o","ExpressionAttributeValues":{":o":{"S":"acme#1"}},"ExclusiveStartKey":` + foreign + `}`, nil, invalid},
		{"one foreign key of two", "BatchGetItem", `{"RequestItems":{"catalogue":{"Keys":[` + own + `,` + foreign + `]}}}`, nil, no},
		{"the table twice", "BatchGetItem", `{"RequestItems":{"catalogue":{"Keys":[` + own + `]},"` + tableARN(catalogue) + `":{"Keys":[` + foreign + `]}}}`, nil, no},
		{"one foreign delete of two", "BatchWriteItem", `{"RequestItems":{"catalogue":[{"PutRequest":{"Item":` + own + `}},{"DeleteRequest":{"Key":` + foreign + `}}]}}`, nil, no},
		{"a condition that fails", "PutItem", `{"TableName":"catalogue","Item":` + foreign + `,"ConditionExpression":"attribute_not_exists(pk)","ReturnValuesOnConditionCheckFailure":"ALL_OLD"}`, nil, no},
		{"a key in the update", "UpdateItem", `{"TableName":"catalogue","Key":` + own + `,"UpdateExpression":"SET pk = :v","ExpressionAttributeValues":{":v":{"S":"globex#1"}}}`, nil, invalid},
		{"scan", "Scan", `{"TableName":"catalogue"}`, nil, no},
		{"the target of another service", "GetItem", key(own), map[string]string{"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools"}, "InvalidSignatureException: "},
		{"another target after signing", "GetItem", key(own), map[string]string{"X-Amz-Target": "DynamoDB_20120810.Scan"}, "InvalidSignatureException: "},
		{"another body after signing", "GetItem", key(own), map[string]string{"body": key(foreign)}, "InvalidSignatureException: "},
	}
}

// hostile signs a request of DynamoDB and then changes headers, or "body".
func (n *tenancy) hostile(c *citypes.Credentials, operation, body string, change map[string]string) (status int, toldOf, text string) {
	n.t.Helper()
	r := signed(n.t, n.s, c, "dynamodb", map[string]string{"Content-Type": "application/x-amz-json-1.0", "X-Amz-Target": "DynamoDB_20120810." + operation}, []byte(body))
	for k, v := range change {
		if k == "body" {
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(v)), int64(len(v))
			continue
		}
		r.Header.Set(k, v)
	}
	resp, err := http.DefaultClient.Do(r)
	n.must("sending", err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	n.must("reading the answer", err)
	a := answer{status: resp.StatusCode, body: map[string]any{}}
	n.must("reading "+string(raw), json.Unmarshal(raw, &a.body))
	return resp.StatusCode, a.told(), string(raw)
}
