package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Values of BillingMode.
const (
	billProvisioned = "PROVISIONED"
	billOnDemand    = "PAY_PER_REQUEST"
)

// A createPlan is a CreateTable, checked.
type createPlan struct {
	target
	tags map[string]string
	new  *table
}

func (a *API) planCreateTable(_ context.Context, call *bailiwick.Call, in *CreateTableInput) (*createPlan, error) {
	if err := in.unsupported(); err != nil {
		return nil, err
	}
	t, reachable, err := parseTarget(call, *in.TableName)
	if err != nil {
		return nil, err
	}
	if !reachable {
		return nil, invalid("A table can only be made in the caller's own account and region, not as %s", t.given)
	}
	tags, err := readTags(in.Tags)
	if err != nil {
		return nil, err
	}
	made, err := a.describe(call, t.ref, in)
	if err != nil {
		return nil, err
	}
	made.Tags = tags
	return &createPlan{target: t, tags: tags, new: made}, nil
}

// unsupported refuses what would change who may do what, or where data goes.
func (in *CreateTableInput) unsupported() error {
	if err := refuseStream(in.StreamSpecification); err != nil {
		return err
	}
	return refuseMembers(
		parameter{"SSESpecification", in.SSESpecification != nil && or(in.SSESpecification.Enabled, false)},
		parameter{"SSESpecification", in.SSESpecification != nil && (in.SSESpecification.KMSMasterKeyId != nil || in.SSESpecification.SSEType != nil)},
		parameter{"ResourcePolicy", in.ResourcePolicy != nil},
		parameter{"WarmThroughput", in.WarmThroughput != nil},
		parameter{"GlobalTableSourceArn", in.GlobalTableSourceArn != nil},
		parameter{"GlobalTableSettingsReplicationMode", in.GlobalTableSettingsReplicationMode != nil},
	)
}

func refuseStream(s *StreamSpecification) error {
	if s != nil && !or(s.StreamEnabled, false) && s.StreamViewType != nil {
		return invalidParameter("StreamViewType cannot be specified when StreamEnabled is false")
	}
	return refuseMembers(parameter{"StreamSpecification", s != nil && or(s.StreamEnabled, false)})
}

func refuseMembers(list ...parameter) error {
	for _, p := range list {
		if p.present {
			return invalid("%s is not supported by this server", p.name)
		}
	}
	return nil
}

// describe makes the description of a new table and holds it to the rules.
func (a *API) describe(call *bailiwick.Call, r ref, in *CreateTableInput) (*table, error) {
	t := &table{
		ID: a.NewID(), Name: r.name, Account: r.account, Region: r.region, Version: 1, Created: call.Time.UTC(),
		Billing: or(in.BillingMode, billProvisioned), Protected: or(in.DeletionProtectionEnabled, false), Class: or(in.TableClass, ""),
	}
	var err error
	if t.Definitions, err = readDefinitions(in.AttributeDefinitions); err != nil {
		return nil, err
	}
	if in.KeySchema == nil {
		return nil, invalid("1 validation error detected: Value null at 'keySchema' failed to satisfy constraint: Member must not be null")
	}
	if t.Key, err = readKeySchema(in.KeySchema); err != nil {
		return nil, err
	}
	if t.Throughput, err = readThroughput(t.Billing, in.ProvisionedThroughput, ""); err != nil {
		return nil, err
	}
	if t.OnDemand, err = readDemand(t.Billing, in.OnDemandThroughput); err != nil {
		return nil, err
	}
	if err := a.describeIndexes(t, in); err != nil {
		return nil, err
	}
	return t.derive(), t.checkDefinitions()
}

func (a *API) describeIndexes(t *table, in *CreateTableInput) error {
	if in.LocalSecondaryIndexes != nil && len(in.LocalSecondaryIndexes) == 0 {
		return invalidParameter("List of LocalSecondaryIndexes is empty")
	}
	if in.GlobalSecondaryIndexes != nil && len(in.GlobalSecondaryIndexes) == 0 {
		return invalidParameter("List of GlobalSecondaryIndexes is empty")
	}
	for _, l := range in.LocalSecondaryIndexes {
		x, err := a.newIndex(*l.IndexName, l.KeySchema, l.Projection)
		if err != nil {
			return err
		}
		if err := t.checkLocal(x); err != nil {
			return err
		}
		t.Indexes = append(t.Indexes, x)
	}
	for _, g := range in.GlobalSecondaryIndexes {
		x, err := a.newIndex(*g.IndexName, g.KeySchema, g.Projection)
		if err != nil {
			return err
		}
		if err := x.global(t.Billing, g.ProvisionedThroughput, g.OnDemandThroughput, g.WarmThroughput); err != nil {
			return err
		}
		t.Indexes = append(t.Indexes, x)
	}
	return t.checkIndexes()
}

func (a *API) createTable(ctx context.Context, _ *bailiwick.Call, p *createPlan) (*CreateTableOutput, error) {
	err := a.change(ctx, func(tx store.Tx) error {
		switch old, err := a.load(tx, p.new.ref); {
		case err != nil:
			return err
		case old != nil:
			return inUse("Table already exists: %s", p.new.Name)
		}
		return putTable(tx, p.new)
	})
	if err != nil {
		return nil, err
	}
	out, creating := p.new.description(statusCreating, count{}), statusCreating
	for i := range out.GlobalSecondaryIndexes {
		out.GlobalSecondaryIndexes[i].IndexStatus = &creating
	}
	return &CreateTableOutput{TableDescription: out}, nil
}
