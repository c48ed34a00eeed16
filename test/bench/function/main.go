// Command function is the function that the benchmark invokes, an unmodified
// program of aws-lambda-go. It does nothing: what is left is the way to it.
package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-lambda-go/lambda"
)

func main() {
	lambda.Start(func(_ context.Context, event json.RawMessage) (json.RawMessage, error) { return event, nil })
}
