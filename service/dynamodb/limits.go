package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

// describeLimits tells the quotas of a new account, in capacity units. They are
// described, as throughput is, and hold nobody back.
// Source: "Quotas in Amazon DynamoDB".
func (a *API) describeLimits(context.Context, *bailiwick.Call, *DescribeLimitsInput) (*DescribeLimitsOutput, error) {
	var account, table int64 = 80_000, 40_000
	return &DescribeLimitsOutput{
		AccountMaxReadCapacityUnits: &account, AccountMaxWriteCapacityUnits: &account,
		TableMaxReadCapacityUnits: &table, TableMaxWriteCapacityUnits: &table,
	}, nil
}

// describeEndpoints sends SDKs with endpoint discovery back to where they are.
// Source: API Reference, DescribeEndpoints.
func (a *API) describeEndpoints(_ context.Context, call *bailiwick.Call, _ *DescribeEndpointsRequest) (*DescribeEndpointsResponse, error) {
	var minutes int64 = 24 * 60
	return &DescribeEndpointsResponse{Endpoints: []Endpoint{{Address: &call.Host, CachePeriodInMinutes: &minutes}}}, nil
}
