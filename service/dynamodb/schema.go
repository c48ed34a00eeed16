package dynamodb

import (
	"slices"
	"strings"
)

// Limits of a table. Source: "Quotas in Amazon DynamoDB".
const (
	maxLocal   = 5
	maxGlobal  = 20
	maxNonKeys = 100 // projected by all indexes together
)

func readDefinitions(list []AttributeDefinition) ([]definition, error) {
	var out []definition
	for _, d := range list {
		if slices.ContainsFunc(out, func(o definition) bool { return o.Name == *d.AttributeName }) {
			return nil, invalid("Cannot have two attributes with the same name")
		}
		out = append(out, definition{*d.AttributeName, *d.AttributeType})
	}
	return out, nil
}

// readKeySchema reads one HASH and, if there is one, one RANGE element.
func readKeySchema(list []KeySchemaElement) (keyNames, error) {
	var k keyNames
	if len(list) > 2 {
		var printed []string
		for _, e := range list {
			printed = append(printed, "KeySchemaElement(attributeName="+*e.AttributeName+", keyType="+*e.KeyType+")")
		}
		return k, invalid("1 validation error detected: Value '[%s]' at 'keySchema' failed to satisfy constraint: Member must have length less than or equal to 2", strings.Join(printed, ", "))
	}
	if *list[0].KeyType != "HASH" {
		return k, invalid("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	}
	k.Partition = *list[0].AttributeName
	if len(list) == 1 {
		return k, nil
	}
	if *list[1].KeyType != "RANGE" {
		return k, invalid("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
	}
	if k.Sort = *list[1].AttributeName; k.Sort == k.Partition {
		return k, invalid("Both the Hash Key and the Range Key element in the KeySchema have the same name")
	}
	return k, nil
}

// newIndex reads what all indexes have.
func (a *API) newIndex(name string, keys []KeySchemaElement, p *Projection) (*index, error) {
	k, err := readKeySchema(keys)
	if err != nil {
		return nil, err
	}
	x := &index{ID: a.NewID(), Name: name, Key: k, Projection: or(p.ProjectionType, ""), NonKey: p.NonKeyAttributes}
	switch {
	case x.Projection == "":
		return nil, invalidParameter("Unknown ProjectionType: null")
	case x.Projection == projectInclude && x.NonKey == nil:
		return nil, invalidParameter("ProjectionType is INCLUDE, but NonKeyAttributes is not specified")
	case x.Projection != projectInclude && x.NonKey != nil:
		return nil, invalidParameter("ProjectionType is %s, but NonKeyAttributes is specified", x.Projection)
	}
	return x, nil
}

// global makes x a global index and reads its throughput.
func (x *index) global(billing string, p *ProvisionedThroughput, d *OnDemandThroughput, w *WarmThroughput) (err error) {
	x.Global = true
	if err := refuseMembers(parameter{"WarmThroughput", w != nil}); err != nil {
		return err
	}
	if x.Throughput, err = readThroughput(billing, p, x.Name); err != nil {
		return err
	}
	x.OnDemand, err = readDemand(billing, d)
	return err
}

// readThroughput reads ProvisionedThroughput of the table, or of the index named.
func readThroughput(billing string, p *ProvisionedThroughput, index string) (throughput, error) {
	switch {
	case billing == billOnDemand && p != nil && index == "":
		return throughput{}, invalidParameter("Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	case billing == billOnDemand && p != nil:
		return throughput{}, invalidParameter("ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", index)
	case billing == billProvisioned && p == nil && index == "":
		return throughput{}, invalidParameter("ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	case billing == billProvisioned && p == nil:
		return throughput{}, invalidParameter("ProvisionedThroughput must be specified for index: %s", index)
	case p == nil:
		return throughput{}, nil
	}
	return throughput{Read: *p.ReadCapacityUnits, Write: *p.WriteCapacityUnits}, nil
}

// readDemand reads OnDemandThroughput; -1 is AWS's word for no limit.
func readDemand(billing string, d *OnDemandThroughput) (*demand, error) {
	if d == nil {
		return nil, nil
	}
	if billing != billOnDemand {
		return nil, invalidParameter("OnDemandThroughput can only be specified when BillingMode is PAY_PER_REQUEST")
	}
	for _, n := range []*int64{d.MaxReadRequestUnits, d.MaxWriteRequestUnits} {
		if n != nil && *n < 1 && *n != -1 {
			return nil, invalidParameter("OnDemandThroughput must be -1 or at least 1")
		}
	}
	return &demand{Read: d.MaxReadRequestUnits, Write: d.MaxWriteRequestUnits}, nil
}

// checkLocal holds a local index to the table: it shares its partition key, so
// that dynamodb:LeadingKeys means the same on both.
func (t *table) checkLocal(x *index) error {
	switch {
	case t.Key.Sort == "":
		return invalidParameter("Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
	case x.Key.Partition != t.Key.Partition:
		return invalidParameter("Index KeySchema does not have the same leading hash key as table KeySchema for index: %s. index hash key: %s, table hash key: %s",
			x.Name, x.Key.Partition, t.Key.Partition)
	case x.Key.Sort == "":
		return invalidParameter("Index KeySchema does not have a range key for index: %s", x.Name)
	}
	return nil
}

// checkIndexes holds all indexes of the table to the limits.
func (t *table) checkIndexes() error {
	global, nonKeys := 0, 0
	for i, x := range t.Indexes {
		if slices.ContainsFunc(t.Indexes[:i], func(o *index) bool { return o.Name == x.Name }) {
			return invalidParameter("Duplicate index name: %s", x.Name)
		}
		if x.Global {
			global++
		}
		nonKeys += len(x.NonKey)
	}
	switch {
	case global > maxGlobal:
		return invalidParameter("Number of GlobalSecondaryIndexes exceeds per-table limit of %d", maxGlobal)
	case len(t.Indexes)-global > maxLocal:
		return invalidParameter("Number of LocalSecondaryIndexes exceeds per-table limit of %d", maxLocal)
	case nonKeys > maxNonKeys:
		return invalidParameter("The number of projected attributes exceeds the limit of %d", maxNonKeys)
	}
	return nil
}

// checkDefinitions holds the attributes that are defined against those that are
// keys: a key without a type could be anything.
func (t *table) checkDefinitions() error {
	var defined, used []string
	for _, d := range t.Definitions {
		defined = append(defined, d.Name)
	}
	used = append(used, t.Key.names()...)
	for _, x := range t.Indexes {
		for _, name := range x.Key.names() {
			if !slices.Contains(used, name) {
				used = append(used, name)
			}
		}
	}
	var undefined []string
	for _, name := range used {
		if !slices.Contains(defined, name) {
			undefined = append(undefined, name)
		}
	}
	switch {
	case len(t.Indexes) == 0 && len(used) != len(defined):
		return invalidParameter("Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions")
	case len(undefined) > 0:
		return invalidParameter("Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]",
			strings.Join(undefined, ", "), strings.Join(defined, ", "))
	case len(used) != len(defined):
		return invalidParameter("Some AttributeDefinitions are not used. AttributeDefinitions: [%s], keys used: [%s]",
			strings.Join(defined, ", "), strings.Join(used, ", "))
	}
	return nil
}
