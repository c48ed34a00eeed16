package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// A ttlPlan is an UpdateTimeToLive.
type ttlPlan struct {
	target
	want *TimeToLiveSpecification
}

func (a *API) planDescribeTimeToLive(ctx context.Context, call *bailiwick.Call, in *DescribeTimeToLiveInput) (*target, error) {
	t, err := a.target(ctx, call, *in.TableName)
	return &t, err
}

func (a *API) describeTimeToLive(_ context.Context, _ *bailiwick.Call, p *target) (*DescribeTimeToLiveOutput, error) {
	if err := p.exists(); err != nil {
		return nil, err
	}
	status := "DISABLED"
	d := &TimeToLiveDescription{TimeToLiveStatus: &status}
	if p.table.TTL != "" {
		status, d.AttributeName = "ENABLED", &p.table.TTL
	}
	return &DescribeTimeToLiveOutput{TimeToLiveDescription: d}, nil
}

func (a *API) planUpdateTimeToLive(ctx context.Context, call *bailiwick.Call, in *UpdateTimeToLiveInput) (*ttlPlan, error) {
	t, err := a.target(ctx, call, *in.TableName)
	return &ttlPlan{target: t, want: in.TimeToLiveSpecification}, err
}

func (a *API) updateTimeToLive(ctx context.Context, _ *bailiwick.Call, p *ttlPlan) (*UpdateTimeToLiveOutput, error) {
	if err := p.exists(); err != nil {
		return nil, err
	}
	err := a.change(ctx, func(tx store.Tx) error {
		t, err := a.same(tx, &p.target)
		if err != nil {
			return err
		}
		next := t.changed()
		switch {
		case *p.want.Enabled && t.TTL == *p.want.AttributeName:
			return invalid("TimeToLive is already enabled")
		case *p.want.Enabled && t.TTL != "":
			return invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.TTL)
		case *p.want.Enabled:
			next.TTL = *p.want.AttributeName
		case t.TTL == "":
			return invalid("TimeToLive is already disabled")
		case t.TTL != *p.want.AttributeName:
			return invalid("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.TTL)
		default:
			next.TTL = ""
		}
		return putTable(tx, next)
	})
	return &UpdateTimeToLiveOutput{TimeToLiveSpecification: p.want}, err
}
