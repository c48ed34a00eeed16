package dynamodb

// Capacity is counted as AWS counts it; nothing is ever throttled by it.
// Source: developer guide, "DynamoDB read and write operations".

const (
	readUnit  = 4 << 10 // bytes of one strongly consistent read
	writeUnit = 1 << 10 // bytes of one write
)

// readUnits is the price of reading that many bytes.
func readUnits(size int, consistent bool) float64 {
	units := float64(max(1, (size+readUnit-1)/readUnit))
	if consistent {
		return units
	}
	return units / 2
}

// writeUnits is the price of writing an item of that many bytes.
func writeUnits(size int) float64 { return float64(max(1, (size+writeUnit-1)/writeUnit)) }

// A bill is what one table charges for a request.
type bill struct {
	table  float64
	global map[string]float64
	local  map[string]float64
}

// charge adds units to the table, or to one of its indexes.
func (b *bill) charge(x *index, units float64) {
	switch {
	case x == nil:
		b.table += units
	case x.Global:
		if b.global == nil {
			b.global = map[string]float64{}
		}
		b.global[x.Name] += units
	default:
		if b.local == nil {
			b.local = map[string]float64{}
		}
		b.local[x.Name] += units
	}
}

// consumed is the answer to ReturnConsumedCapacity; nil when it was not wanted.
func (b *bill) consumed(x *access) *ConsumedCapacity {
	if x.capacity != "TOTAL" && x.capacity != "INDEXES" {
		return nil
	}
	total := b.table
	for _, m := range []map[string]float64{b.global, b.local} {
		for _, units := range m {
			total += units
		}
	}
	out := &ConsumedCapacity{TableName: &x.given, CapacityUnits: &total}
	if x.capacity == "INDEXES" {
		out.Table = &Capacity{CapacityUnits: &b.table}
		out.GlobalSecondaryIndexes, out.LocalSecondaryIndexes = capacities(b.global), capacities(b.local)
	}
	return out
}

func capacities(units map[string]float64) map[string]Capacity {
	if units == nil {
		return nil
	}
	out := make(map[string]Capacity, len(units))
	for name, u := range units {
		out[name] = Capacity{CapacityUnits: &u}
	}
	return out
}

// add puts another bill on this one.
func (b *bill) add(other *bill) {
	b.table += other.table
	for name, u := range other.global {
		b.charge(&index{Name: name, Global: true}, u)
	}
	for name, u := range other.local {
		b.charge(&index{Name: name}, u)
	}
}
