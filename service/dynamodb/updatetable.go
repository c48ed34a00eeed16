package dynamodb

import (
	"context"
	"slices"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// An updateTablePlan is an UpdateTable, checked as far as it can be without the
// table.
type updateTablePlan struct {
	target
	in    *UpdateTableInput
	now   time.Time
	newID string // of the index to be made
}

func (a *API) planUpdateTable(ctx context.Context, call *bailiwick.Call, in *UpdateTableInput) (*updateTablePlan, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	t, err := a.target(ctx, call, *in.TableName)
	return &updateTablePlan{target: t, in: in, now: call.Time.UTC(), newID: a.NewID()}, err
}

// check refuses what is not here, and a request that wants nothing.
func (in *UpdateTableInput) check() error {
	if err := refuseStream(in.StreamSpecification); err != nil {
		return err
	}
	if err := refuseMembers(
		parameter{"SSESpecification", in.SSESpecification != nil},
		parameter{"ReplicaUpdates", in.ReplicaUpdates != nil},
		parameter{"GlobalTableWitnessUpdates", in.GlobalTableWitnessUpdates != nil},
		parameter{"MultiRegionConsistency", in.MultiRegionConsistency != nil},
		parameter{"WarmThroughput", in.WarmThroughput != nil},
		parameter{"GlobalTableSettingsReplicationMode", in.GlobalTableSettingsReplicationMode != nil},
	); err != nil {
		return err
	}
	if in.ProvisionedThroughput == nil && in.BillingMode == nil && in.StreamSpecification == nil && len(in.GlobalSecondaryIndexUpdates) == 0 &&
		in.DeletionProtectionEnabled == nil && in.TableClass == nil && in.OnDemandThroughput == nil {
		return invalid("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	}
	made := 0
	for _, u := range in.GlobalSecondaryIndexUpdates {
		n := 0
		for _, there := range []bool{u.Create != nil, u.Update != nil, u.Delete != nil} {
			if there {
				n++
			}
		}
		if n != 1 {
			return invalidParameter("One of GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Delete must not be null")
		}
		if u.Update == nil {
			made++
		}
	}
	if made > 1 {
		return bailiwick.Errorf("LimitExceededException", "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
	}
	return nil
}

func (a *API) updateTable(ctx context.Context, _ *bailiwick.Call, p *updateTablePlan) (*UpdateTableOutput, error) {
	if err := p.exists(); err != nil {
		return nil, err
	}
	var next *table
	var gone []*index
	err := a.change(ctx, func(tx store.Tx) error {
		t, err := a.same(tx, &p.target)
		if err != nil {
			return err
		}
		next, gone = t.changed(), nil
		if err := p.apply(next); err != nil {
			return err
		}
		for _, x := range t.Indexes {
			if next.index(x.Name) != nil {
				continue
			}
			gone = append(gone, x)
			if err := discard(tx, x.ID, x.prefix); err != nil {
				return err
			}
		}
		return putTable(tx, next)
	})
	if err != nil {
		return nil, err
	}
	status := statusActive
	if len(p.in.GlobalSecondaryIndexUpdates) > 0 {
		status = statusUpdating
	}
	out := &UpdateTableOutput{TableDescription: next.description(status, count{})}
	deleting := statusDeleting
	for _, x := range gone {
		d := x.globalDescription(next, count{})
		d.IndexStatus = &deleting
		out.TableDescription.GlobalSecondaryIndexes = append(out.TableDescription.GlobalSecondaryIndexes, d)
	}
	after := context.WithoutCancel(ctx) // what was begun is finished for others too
	if err := a.fill(after, next); err != nil {
		return nil, err
	}
	return out, a.Sweep(after)
}

// apply makes the changes in a description that nobody else has seen yet.
func (p *updateTablePlan) apply(t *table) error {
	if err := p.applyBilling(t); err != nil {
		return err
	}
	if p.in.DeletionProtectionEnabled != nil {
		t.Protected = *p.in.DeletionProtectionEnabled
	}
	if c := p.in.TableClass; c != nil && *c != t.Class {
		t.Class, t.ClassSet = *c, &p.now
	}
	if err := p.define(t); err != nil {
		return err
	}
	for _, u := range p.in.GlobalSecondaryIndexUpdates {
		var err error
		switch {
		case u.Create != nil:
			err = p.create(t, u.Create)
		case u.Update != nil:
			err = p.update(t, u.Update)
		default:
			err = p.drop(t, *u.Delete.IndexName)
		}
		if err != nil {
			return err
		}
	}
	return p.finish(t)
}

// finish drops definitions that no key uses any more, and checks the whole.
func (p *updateTablePlan) finish(t *table) error {
	if len(p.in.GlobalSecondaryIndexUpdates) == 0 {
		return nil
	}
	used := t.Key.names()
	for _, x := range t.Indexes {
		used = append(used, x.Key.names()...)
	}
	t.Definitions = slices.DeleteFunc(slices.Clone(t.Definitions), func(d definition) bool { return !slices.Contains(used, d.Name) })
	for _, x := range t.Indexes {
		if x.Global && (t.Billing == billProvisioned) != (x.Throughput.Read > 0) {
			return invalidParameter("ProvisionedThroughput must be specified for index: %s", x.Name)
		}
	}
	if err := t.checkIndexes(); err != nil {
		return err
	}
	return t.checkDefinitions()
}

// define adds definitions. The type of an attribute that has one cannot change:
// it would change what the keys of the table mean.
func (p *updateTablePlan) define(t *table) error {
	more, err := readDefinitions(p.in.AttributeDefinitions)
	if err != nil {
		return err
	}
	t.Definitions = slices.Clone(t.Definitions)
	for _, d := range more {
		switch old := t.typeOf(d.Name).String(); old {
		case "":
			t.Definitions = append(t.Definitions, d)
		case d.Type:
		default:
			return invalidParameter("Attribute %s is defined as %s and cannot be redefined as %s", d.Name, old, d.Type)
		}
	}
	return nil
}

func (p *updateTablePlan) applyBilling(t *table) error {
	billing := or(p.in.BillingMode, t.Billing)
	switched := billing != t.Billing
	if switched && billing == billOnDemand {
		t.ToOnDemand, t.Throughput = &p.now, throughput{}
		for _, x := range t.Indexes {
			x.Throughput = throughput{}
		}
	}
	if switched && billing == billProvisioned {
		t.OnDemand = nil
		for _, x := range t.Indexes {
			x.OnDemand = nil
		}
	}
	t.Billing = billing
	if p.in.ProvisionedThroughput != nil || switched {
		want, err := readThroughput(billing, p.in.ProvisionedThroughput, "")
		if err != nil {
			return err
		}
		if !switched && want.Read == t.Throughput.Read && want.Write == t.Throughput.Write && len(p.in.GlobalSecondaryIndexUpdates) == 0 {
			return invalid("The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: %d. Requested ReadCapacityUnits: %d. Current WriteCapacityUnits provisioned for the table: %d. Requested WriteCapacityUnits: %d. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
				t.Throughput.Read, want.Read, t.Throughput.Write, want.Write)
		}
		t.Throughput.set(want.Read, want.Write, p.now)
	}
	if p.in.OnDemandThroughput != nil {
		var err error
		if t.OnDemand, err = readDemand(billing, p.in.OnDemandThroughput); err != nil {
			return err
		}
	}
	return nil
}

func (p *updateTablePlan) create(t *table, c *CreateGlobalSecondaryIndexAction) error {
	if t.index(*c.IndexName) != nil {
		return invalid("Attempting to create an index which already exists")
	}
	named := &API{NewID: func() string { return p.newID }}
	x, err := named.newIndex(*c.IndexName, c.KeySchema, c.Projection)
	if err != nil {
		return err
	}
	x.Filling = true
	t.Indexes = append(t.Indexes, x)
	return x.global(t.Billing, c.ProvisionedThroughput, c.OnDemandThroughput, c.WarmThroughput)
}

func (p *updateTablePlan) update(t *table, u *UpdateGlobalSecondaryIndexAction) error {
	x := t.index(*u.IndexName)
	if x == nil || !x.Global {
		return bailiwick.Errorf(codeNotFound, "Requested resource not found: Index: %s not found", *u.IndexName)
	}
	if err := refuseMembers(parameter{"WarmThroughput", u.WarmThroughput != nil}); err != nil {
		return err
	}
	if u.OnDemandThroughput != nil {
		d, err := readDemand(t.Billing, u.OnDemandThroughput)
		if err != nil {
			return err
		}
		x.OnDemand = d
	}
	if u.ProvisionedThroughput == nil {
		return nil
	}
	want, err := readThroughput(t.Billing, u.ProvisionedThroughput, x.Name)
	if err == nil {
		x.Throughput.set(want.Read, want.Write, p.now)
	}
	return err
}

func (p *updateTablePlan) drop(t *table, name string) error {
	x := t.index(name)
	if x == nil || !x.Global {
		return bailiwick.Errorf(codeNotFound, "Requested resource not found: Index: %s not found", name)
	}
	t.Indexes = slices.DeleteFunc(t.Indexes, func(o *index) bool { return o == x })
	return nil
}
