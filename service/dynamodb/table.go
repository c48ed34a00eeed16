package dynamodb

import (
	"strconv"
	"time"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
)

// A ref names a table: names are unique in an account and region.
type ref struct{ account, region, name string }

func (r ref) arn() string {
	return "arn:aws:dynamodb:" + r.region + ":" + r.account + ":table/" + r.name
}

// A table is the description of a table, as it is stored. It never changes: an
// update makes a new one. The id is unique for ever, and so is the key schema of
// an id: what was authorized against it stays about the same keys.
type table struct {
	ID      string
	Name    string
	Account string
	Region  string
	Version int64 // counts the changes of this description
	Created time.Time

	Definitions []definition // in the order of the request
	Key         keyNames
	Indexes     []*index

	Billing    string // PROVISIONED or PAY_PER_REQUEST
	OnDemand   *demand
	Throughput throughput
	ToOnDemand *time.Time // last switch to PAY_PER_REQUEST
	Class      string     // "" is STANDARD
	ClassSet   *time.Time
	Protected  bool
	Tags       map[string]string
	TTL        string // attribute; "" when disabled

	derived
}

// derived is what follows from the stored fields.
type derived struct {
	ref    ref
	arn    string
	stamp  string // of the description: the id and the version
	schema expr.KeySchema
	prefix []byte // of the keys of the items
}

type definition struct {
	Name string
	Type string // S, N or B
}

// keyNames are the names of the key attributes.
type keyNames struct {
	Partition string
	Sort      string `json:",omitempty"`
}

type throughput struct {
	Read, Write int64
	Increased   *time.Time `json:",omitempty"`
	Decreased   *time.Time `json:",omitempty"`
}

type demand struct{ Read, Write *int64 }

// names are the key attributes, one or two.
func (k keyNames) names() []string {
	if k.Sort == "" {
		return []string{k.Partition}
	}
	return []string{k.Partition, k.Sort}
}

// derive fills in what follows from the stored fields.
func (t *table) derive() *table {
	t.ref = ref{t.Account, t.Region, t.Name}
	t.arn = t.ref.arn()
	t.stamp = t.ID + " " + strconv.FormatInt(t.Version, 10)
	t.schema = t.keySchema(t.Key)
	t.prefix = itemPrefix(t.ID)
	for _, x := range t.Indexes {
		x.derive(t)
	}
	return t
}

func (t *table) keySchema(k keyNames) expr.KeySchema {
	return expr.KeySchema{Partition: k.Partition, PartitionType: t.typeOf(k.Partition), Sort: k.Sort, SortType: t.typeOf(k.Sort)}
}

// typeOf is the defined type of an attribute, None when it has no definition.
func (t *table) typeOf(name string) attr.Type {
	for _, d := range t.Definitions {
		if d.Name == name {
			typ, _ := attr.ParseType(d.Type)
			return typ
		}
	}
	return attr.None
}

// index finds an index by its name; nil when there is none.
func (t *table) index(name string) *index {
	for _, x := range t.Indexes {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// changed is a copy of the description that may be changed, under its next version.
func (t *table) changed() *table {
	next := *t
	next.Version++
	next.Indexes = make([]*index, len(t.Indexes))
	for i, x := range t.Indexes {
		copied := *x
		next.Indexes[i] = &copied
	}
	return &next
}
