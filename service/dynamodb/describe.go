package dynamodb

import (
	"context"
	"errors"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// Values of TableStatus and IndexStatus.
const (
	statusActive   = "ACTIVE"
	statusCreating = "CREATING"
	statusUpdating = "UPDATING"
	statusDeleting = "DELETING"
)

// maxCounted bounds how many items DescribeTable counts: AWS's numbers are hours
// old, and counting must not become a way to keep the server busy.
const maxCounted = 10_000

func (a *API) planDescribeTable(ctx context.Context, call *bailiwick.Call, in *DescribeTableInput) (*target, error) {
	t, err := a.target(ctx, call, *in.TableName)
	return &t, err
}

func (a *API) describeTable(ctx context.Context, _ *bailiwick.Call, p *target) (*DescribeTableOutput, error) {
	if err := p.exists(); err != nil {
		return nil, err
	}
	var out *TableDescription
	err := a.Store.View(ctx, func(r store.Reader) error {
		t, err := a.same(r, p)
		if err != nil {
			return err
		}
		c, err := t.count(r)
		out = t.description(statusActive, c)
		return err
	})
	return &DescribeTableOutput{Table: out}, err
}

// same is still in the words of operations on tables.
func (a *API) same(r store.Reader, p *target) (*table, error) {
	t, err := a.still(r, p.table)
	if errors.Is(err, errNoTable) {
		return nil, noSuchTable(p.name)
	}
	return t, err
}

// A count is how many items a table has and their size as stored, and those of
// each index.
type count struct {
	items, bytes int64
	indexes      map[string]count
}

func (t *table) count(r store.Reader) (count, error) {
	c, err := countBelow(r, t.prefix)
	c.indexes = map[string]count{}
	for _, x := range t.Indexes {
		if err == nil {
			c.indexes[x.Name], err = countBelow(r, x.prefix)
		}
	}
	return c, err
}

func countBelow(r store.Reader, prefix []byte) (c count, err error) {
	for entry, err := range r.Scan(append(prefix[:len(prefix):len(prefix)], 0x00), behind(prefix), false) {
		if err != nil || c.items == maxCounted {
			return c, err
		}
		c.items++
		c.bytes += int64(len(entry.Value))
	}
	return c, nil
}

// description prints the table as AWS does.
func (t *table) description(status string, c count) *TableDescription {
	d := &TableDescription{
		TableName: &t.Name, TableArn: &t.arn, TableId: &t.ID, TableStatus: &status, CreationDateTime: &t.Created,
		KeySchema: t.Key.elements(), ItemCount: &c.items, TableSizeBytes: &c.bytes,
		ProvisionedThroughput: t.Throughput.description(), DeletionProtectionEnabled: &t.Protected,
		OnDemandThroughput: t.OnDemand.description(),
	}
	for _, def := range t.Definitions {
		d.AttributeDefinitions = append(d.AttributeDefinitions, AttributeDefinition{AttributeName: &def.Name, AttributeType: &def.Type})
	}
	if t.Billing == billOnDemand || t.ToOnDemand != nil {
		d.BillingModeSummary = &BillingModeSummary{BillingMode: &t.Billing, LastUpdateToPayPerRequestDateTime: t.ToOnDemand}
		if t.ToOnDemand == nil {
			d.BillingModeSummary.LastUpdateToPayPerRequestDateTime = &t.Created
		}
	}
	if t.Class != "" {
		d.TableClassSummary = &TableClassSummary{TableClass: &t.Class, LastUpdateDateTime: t.ClassSet}
	}
	for _, x := range t.Indexes {
		if x.Global {
			d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, x.globalDescription(t, c.indexes[x.Name]))
		} else {
			d.LocalSecondaryIndexes = append(d.LocalSecondaryIndexes, x.localDescription(t, c.indexes[x.Name]))
		}
	}
	return d
}

func (x *index) globalDescription(t *table, c count) GlobalSecondaryIndexDescription {
	status, arn := statusActive, t.arn+"/index/"+x.Name
	d := GlobalSecondaryIndexDescription{
		IndexName: &x.Name, IndexArn: &arn, IndexStatus: &status, KeySchema: x.Key.elements(), Projection: x.projection(),
		ProvisionedThroughput: x.Throughput.description(), OnDemandThroughput: x.OnDemand.description(), ItemCount: &c.items, IndexSizeBytes: &c.bytes,
	}
	if x.Filling {
		status, d.Backfilling = statusCreating, &x.Filling
	}
	return d
}

func (x *index) localDescription(t *table, c count) LocalSecondaryIndexDescription {
	arn := t.arn + "/index/" + x.Name
	return LocalSecondaryIndexDescription{
		IndexName: &x.Name, IndexArn: &arn, KeySchema: x.Key.elements(), Projection: x.projection(), ItemCount: &c.items, IndexSizeBytes: &c.bytes,
	}
}

func (x *index) projection() *Projection {
	return &Projection{ProjectionType: &x.Projection, NonKeyAttributes: x.NonKey}
}

func (k keyNames) elements() []KeySchemaElement {
	hash, ranged := "HASH", "RANGE"
	list := []KeySchemaElement{{AttributeName: &k.Partition, KeyType: &hash}}
	if k.Sort != "" {
		list = append(list, KeySchemaElement{AttributeName: &k.Sort, KeyType: &ranged})
	}
	return list
}

func (p throughput) description() *ProvisionedThroughputDescription {
	var today int64
	return &ProvisionedThroughputDescription{
		ReadCapacityUnits: &p.Read, WriteCapacityUnits: &p.Write, NumberOfDecreasesToday: &today,
		LastIncreaseDateTime: p.Increased, LastDecreaseDateTime: p.Decreased,
	}
}

// set changes the throughput and remembers which way it went.
func (p *throughput) set(read, write int64, now time.Time) {
	if read > p.Read || write > p.Write {
		p.Increased = &now
	}
	if read < p.Read || write < p.Write {
		p.Decreased = &now
	}
	p.Read, p.Write = read, write
}

func (d *demand) description() *OnDemandThroughput {
	if d == nil {
		return nil
	}
	return &OnDemandThroughput{MaxReadRequestUnits: d.Read, MaxWriteRequestUnits: d.Write}
}
