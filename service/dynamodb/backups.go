package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
)

func (a *API) planDescribeContinuousBackups(ctx context.Context, call *bailiwick.Call, in *DescribeContinuousBackupsInput) (*target, error) {
	t, err := a.target(ctx, call, *in.TableName)
	return &t, err
}

// describeContinuousBackups tells that there are none to restore from.
func (a *API) describeContinuousBackups(_ context.Context, _ *bailiwick.Call, p *target) (*DescribeContinuousBackupsOutput, error) {
	if p.table == nil {
		return nil, noTableToBackUp(p.name)
	}
	return &DescribeContinuousBackupsOutput{ContinuousBackupsDescription: noBackups()}, nil
}

// A backupPlan is an UpdateContinuousBackups.
type backupPlan struct {
	target
	enable bool
}

func (a *API) planUpdateContinuousBackups(ctx context.Context, call *bailiwick.Call, in *UpdateContinuousBackupsInput) (*backupPlan, error) {
	t, err := a.target(ctx, call, *in.TableName)
	return &backupPlan{target: t, enable: *in.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled}, err
}

// updateContinuousBackups accepts that there are none. Whoever asks for them must
// not be left to believe that there is something to restore from.
func (a *API) updateContinuousBackups(_ context.Context, _ *bailiwick.Call, p *backupPlan) (*UpdateContinuousBackupsOutput, error) {
	if p.table == nil {
		return nil, noTableToBackUp(p.name)
	}
	if p.enable {
		return nil, refuseMembers(parameter{"PointInTimeRecoveryEnabled", true})
	}
	return &UpdateContinuousBackupsOutput{ContinuousBackupsDescription: noBackups()}, nil
}

func noTableToBackUp(name string) error {
	return bailiwick.Errorf("TableNotFoundException", "Table not found: %s", name)
}

func noBackups() *ContinuousBackupsDescription {
	enabled, disabled := "ENABLED", "DISABLED"
	return &ContinuousBackupsDescription{
		ContinuousBackupsStatus:        &enabled, // what AWS says of every table
		PointInTimeRecoveryDescription: &PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: &disabled},
	}
}
