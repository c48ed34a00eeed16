package attr

// Limits of DynamoDB ("Quotas in Amazon DynamoDB").
const (
	MaxItemSize  = 400 * 1024 // bytes of an item, names and values
	MaxDepth     = 32         // levels of values inside an attribute, its own value the first
	MaxNameBytes = 65535      // bytes of a non-key attribute name
	MaxPartition = 2048       // bytes of a partition key value
	MaxSort      = 1024       // bytes of a sort key value
)

// Size is the item's size in bytes by DynamoDB's rules, which is what the 400 KB limit,
// the 1 MB page of Query and Scan and capacity units count.
func (it Item) Size() int {
	total := 0
	for _, a := range it {
		total += len(a.Name) + a.Value.Size()
	}
	return total
}

// Size is the value's size in bytes: text as UTF-8, numbers one byte for each two
// significant digits and one more (and one for a minus sign), true, false and null one,
// a list or map three and one more for each element.
func (v Value) Size() int {
	switch v.typ {
	case S, B:
		return len(v.text)
	case N:
		return numberSize(v.text)
	case BOOL, NULL:
		return 1
	case SS, BS:
		total := 0
		for _, m := range v.Members() {
			total += len(m)
		}
		return total
	case NS:
		total := 0
		for _, m := range v.Members() {
			total += numberSize(m)
		}
		return total
	case L:
		total := 3
		for _, e := range v.Elements() {
			total += 1 + e.Size()
		}
		return total
	case M:
		return 3 + len(v.Fields()) + v.Fields().Size()
	}
	return 0
}

// numberSize counts significant digits of a canonical decimal.
func numberSize(text string) int {
	d, err := parseDecimal(text)
	if err != nil {
		return 1
	}
	size := (d.n+1)/2 + 1
	if d.neg {
		size++
	}
	return size
}

// Values is how many values the item holds on all levels: what it takes in memory goes
// by their number more than by their size.
func (it Item) Values() int {
	n := len(it)
	for _, a := range it {
		n += a.Value.inner()
	}
	return n
}

// inner is how many values v holds on all levels, itself aside.
func (v Value) inner() int {
	n := len(v.Elements())
	for _, e := range v.Elements() {
		n += e.inner()
	}
	return n + len(v.Members()) + v.Fields().Values()
}

// Depth is the number of levels of v: 1 for a scalar, set, empty list or empty map.
func (v Value) Depth() int {
	deepest := 0
	for _, e := range v.Elements() {
		deepest = max(deepest, e.Depth())
	}
	for _, a := range v.Fields() {
		deepest = max(deepest, a.Value.Depth())
	}
	return deepest + 1
}

// CheckSize refuses an item over 400 KB or with a value of more than 32 levels. The
// service takes 31 maps around a scalar and refuses 32.
func (it Item) CheckSize() error {
	for _, a := range it {
		if a.Value.Depth() > MaxDepth {
			return errDepth
		}
	}
	if it.Size() > MaxItemSize {
		return ErrItemSize
	}
	return nil
}
