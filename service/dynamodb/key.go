package dynamodb

import (
	"maps"
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
)

// checkKey refuses a Key that is not exactly the key attributes of the table.
func (t *table) checkKey(key attr.Item) error {
	names := t.Key.names()
	if len(key) != len(names) {
		return errKeyMismatch
	}
	for _, name := range names {
		if key.Get(name).Type() != t.typeOf(name) {
			return errKeyMismatch
		}
	}
	return t.checkKeyValues(key)
}

// checkKeyValues refuses empty and overlong key values.
func (t *table) checkKeyValues(key attr.Item) error {
	if err := expr.CheckKeyValue(t.Key.Partition, key.Get(t.Key.Partition), attr.MaxPartition); err != nil {
		return err
	}
	if t.Key.Sort == "" {
		return nil
	}
	return expr.CheckKeyValue(t.Key.Sort, key.Get(t.Key.Sort), attr.MaxSort)
}

// checkItem refuses an item to be put that has no proper key, or that an index
// cannot take.
func (t *table) checkItem(item attr.Item) error {
	for _, name := range t.Key.names() {
		v, want := item.Get(name), t.typeOf(name)
		if v.IsZero() {
			return refuse(invalidParameter("Missing the key %s in the item", name))
		}
		if v.Type() != want {
			return invalidParameter("Type mismatch for key %s expected: %s actual: %s", name, want, v.Type())
		}
	}
	if err := t.checkKeyValues(item); err != nil {
		return err
	}
	return t.checkIndexKeys(item)
}

// checkIndexKeys refuses attributes that are keys of an index and have another
// type or no content. Absent ones are no fault: indexes are sparse.
func (t *table) checkIndexKeys(item attr.Item) error {
	for _, x := range t.Indexes {
		for i, name := range x.Key.names() {
			v, want := item.Get(name), t.typeOf(name)
			switch {
			case v.IsZero():
			case v.Type() != want:
				return invalidParameter("Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", name, want, v.Type(), x.Name)
			case v.Text() == "":
				return invalid("One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s",
					kindOf(v), x.Name, name)
			case i == 0 && v.Size() > attr.MaxPartition:
				return invalidParameter("Size of hashkey has exceeded the maximum size limit of2048 bytes")
			case i == 1 && v.Size() > attr.MaxSort:
				return invalidParameter("Aggregated size of all range keys has exceeded the size limit of 1024 bytes")
			}
		}
	}
	return nil
}

// checkUpdatedKeys is checkIndexKeys in the words of UpdateItem.
func (t *table) checkUpdatedKeys(item attr.Item) error {
	for _, x := range t.Indexes {
		for i, name := range x.Key.names() {
			v := item.Get(name)
			switch {
			case v.IsZero():
			case v.Type() != t.typeOf(name):
				return invalid("The update expression attempted to update the secondary index key to unsupported type")
			case v.Text() == "":
				return invalid("The update expression attempted to update the secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty %s value.", kindOf(v))
			case i == 0 && v.Size() > attr.MaxPartition, i == 1 && v.Size() > attr.MaxSort:
				return invalid("The update expression attempted to update the secondary index key beyond allowed size limits")
			}
		}
	}
	return nil
}

func kindOf(v attr.Value) string {
	if v.Type() == attr.B {
		return "binary"
	}
	return "string"
}

// itemKey is where the item with this key is.
func (t *table) itemKey(key attr.Item) ([]byte, error) {
	dst := make([]byte, len(t.prefix), len(t.prefix)+64)
	copy(dst, t.prefix)
	return appendKeys(dst, key, t.Key)
}

// or is what p points to, or the default.
func or[T any](p *T, otherwise T) T {
	if p == nil {
		return otherwise
	}
	return *p
}

func sortedNames[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
