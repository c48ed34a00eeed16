// Command route is the function behind the routes of the stories, an unmodified
// program of aws-lambda-go: it answers what API Gateway told it about the caller.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
)

func handle(ctx context.Context, event events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	who := event.RequestContext.Authorizer
	said := map[string]any{"path": event.RawPath, "org": event.PathParameters["org"], "route": event.RouteKey}
	if who != nil && who.IAM != nil {
		said["userArn"] = who.IAM.UserARN
		said["identity"] = who.IAM.CognitoIdentity.IdentityID
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		said["function"] = lc.InvokedFunctionArn
	}
	body, err := json.Marshal(said)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: 200, Headers: map[string]string{"content-type": "application/json"}, Body: string(body)}, nil
}

func main() { lambda.Start(handle) }
