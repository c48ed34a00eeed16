package expr

import (
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// KeyCondition is a parsed KeyConditionExpression (or KeyConditions): comparisons of
// single attributes with values, all of which must hold.
type KeyCondition struct {
	leaves []keyLeaf
}

// keyLeaf is one comparison, turned so that the attribute stands on the left.
type keyLeaf struct {
	name   string
	op     SortOperator
	values []attr.Value
}

// SortOperator is a comparison that a sort key can be queried by.
type SortOperator string

// The comparisons of sort keys.
const (
	Equal          SortOperator = "="
	Less           SortOperator = "<"
	LessOrEqual    SortOperator = "<="
	Greater        SortOperator = ">"
	GreaterOrEqual SortOperator = ">="
	Between        SortOperator = "BETWEEN"
	BeginsWith     SortOperator = "begins_with"
)

// KeySchema is the key that a query runs on: of the table or of an index.
type KeySchema struct {
	Partition     string
	PartitionType attr.Type
	Sort          string // "" when there is none
	SortType      attr.Type
}

// Range is a key condition resolved against a key schema: exactly one partition, and
// what is wanted of its sort keys.
type Range struct {
	Partition attr.Value
	Sort      SortOperator // "" for the whole partition
	Values    []attr.Value // one; two for Between
}

// newKeyCondition takes the condition tree apart. Only AND may join comparisons, and
// nothing but the comparisons of sort keys may stand in them.
func newKeyCondition(root node) (*KeyCondition, error) {
	k := &KeyCondition{}
	if err := k.collect(root); err != nil {
		return nil, err
	}
	return k, nil
}

func (k *KeyCondition) collect(n node) error {
	switch n := n.(type) {
	case and:
		if err := k.collect(n.left); err != nil {
			return err
		}
		return k.collect(n.right)
	case comparison:
		return k.collectComparison(n)
	case between:
		return k.collectFunction(Between, n.of, n.low, n.high)
	case call:
		if n.name == "begins_with" {
			return k.collectFunction(BeginsWith, n.args[0], n.args[1])
		}
		return badKeyOperator(n.name)
	case or:
		return badKeyOperator("OR")
	case not:
		return badKeyOperator("NOT")
	case in:
		return badKeyOperator("IN")
	}
	return errorf("Query key condition not supported")
}

func badKeyOperator(name string) error {
	return errorf("Invalid operator used in KeyConditionExpression: %s", name)
}

func (k *KeyCondition) collectComparison(n comparison) error {
	if n.op == "<>" {
		return badKeyOperator(n.op)
	}
	left, right, op := n.left, n.right, n.op
	if _, is := left.(literal); is {
		left, right, op = right, left, mirrored(op)
	}
	return k.collectFunction(SortOperator(op), left, right)
}

// mirrored is the operator with its operands swapped: :v < sk means sk > :v.
func mirrored(op string) string {
	switch op {
	case "<":
		return ">"
	case "<=":
		return ">="
	case ">":
		return "<"
	case ">=":
		return "<="
	}
	return op
}

func (k *KeyCondition) collectFunction(op SortOperator, of operand, against ...operand) error {
	path, is := of.(pathOperand)
	if !is {
		if _, is := of.(size); is {
			return badKeyOperator("size")
		}
		if op == BeginsWith {
			return errorf("Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first argument")
		}
		return errorf("Invalid condition in KeyConditionExpression: No key attribute specified")
	}
	if len(path.path) > 1 {
		return errorf("Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes")
	}
	leaf := keyLeaf{name: path.path.Top(), op: op}
	for _, o := range against {
		switch o := o.(type) {
		case literal:
			leaf.values = append(leaf.values, o.value)
		case size:
			return badKeyOperator("size")
		default:
			return errorf("Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition")
		}
	}
	return k.add(leaf)
}

// add keeps one comparison for each attribute: two on the partition key would leave open
// which of them the request is authorized for.
func (k *KeyCondition) add(leaf keyLeaf) error {
	if slices.ContainsFunc(k.leaves, func(l keyLeaf) bool { return l.name == leaf.name }) {
		return errorf("KeyConditionExpressions must only contain one condition per key")
	}
	k.leaves = append(k.leaves, leaf)
	return nil
}

// TopLevelNames are the attributes that the key condition names, sorted, each once.
func (k *KeyCondition) TopLevelNames() []string {
	var names []string
	for _, l := range k.leaves {
		names = append(names, l.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (k *KeyCondition) leaf(name string) *keyLeaf {
	i := slices.IndexFunc(k.leaves, func(l keyLeaf) bool { return l.name == name })
	if i < 0 {
		return nil
	}
	return &k.leaves[i]
}

// Resolve reads the key condition by a key schema: exactly one equality on the partition
// key, at most one comparison of the sort key, nothing else.
func (k *KeyCondition) Resolve(schema KeySchema) (Range, error) {
	if len(k.leaves) == 0 || len(k.leaves) > 2 {
		return Range{}, errKeyConditions
	}
	partition := k.leaf(schema.Partition)
	if partition == nil {
		return Range{}, errorf("Query condition missed key schema element: %s", schema.Partition)
	}
	if partition.op != Equal {
		return Range{}, errorf("Query key condition not supported")
	}
	if err := checkKeyValues(schema.Partition, schema.PartitionType, attr.MaxPartition, partition); err != nil {
		return Range{}, err
	}
	r := Range{Partition: partition.values[0]}
	if len(k.leaves) == 1 {
		return r, nil
	}
	if schema.Sort == "" {
		return Range{}, errorf("Query key condition not supported")
	}
	sort := k.leaf(schema.Sort)
	if sort == nil {
		return Range{}, errorf("Query condition missed key schema element: %s", schema.Sort)
	}
	if err := checkKeyValues(schema.Sort, schema.SortType, attr.MaxSort, sort); err != nil {
		return Range{}, err
	}
	r.Sort, r.Values = sort.op, sort.values
	return r, nil
}

func checkKeyValues(name string, want attr.Type, limit int, leaf *keyLeaf) error {
	for _, v := range leaf.values {
		if v.Type() != want {
			return invalidParameter("Condition parameter type does not match schema type")
		}
		if err := CheckKeyValue(name, v, limit); err != nil {
			return err
		}
	}
	return nil
}

// CheckKeyValue refuses an empty key value, and one of more than limit bytes (2048 for
// partition keys, 1024 for sort keys).
func CheckKeyValue(name string, v attr.Value, limit int) error {
	if v.Text() == "" {
		word := "string"
		if v.Type() == attr.B {
			word = "binary"
		}
		return errorf("One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty %s value. Key: %s", word, name)
	}
	if v.Size() > limit {
		if limit == attr.MaxPartition {
			return invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes")
		}
		return invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
	}
	return nil
}
