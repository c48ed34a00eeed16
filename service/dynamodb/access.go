package dynamodb

import (
	"encoding/base64"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// An access is what a request asks of one table or index, as policies see it.
// It is made once, in the plan.
type access struct {
	target
	indexName string // "" for the table itself
	index     *index // nil also when the table has no such index

	leading    []string // values of the partition key; nil when there are none to tell
	attributes []string // top-level names that the request mentions, in any order
	selects    string   // dynamodb:Select; "" for operations without it
	returns    string   // dynamodb:ReturnValues, likewise
	capacity   string   // ReturnConsumedCapacity as sent
	enclosing  string   // dynamodb:EnclosingOperation

	// refusal is what is wrong with the request and can only be known from the
	// table: it is told after authorization, and then always, instead of running.
	refusal error
	plainly bool // told as it is also where others become reasons of a cancelled transaction
}

// refuse remembers the first thing that is wrong.
func (x *access) refuse(err error) {
	if x.refusal == nil && err != nil {
		x.refusal = refuse(err)
		x.plainly = strings.Contains(err.Error(), "cannot contain an empty")
	}
}

// ready is the first thing that every run of an operation on items asks.
func (x *access) ready() error {
	if x.table == nil {
		return errNoTable
	}
	return x.refusal
}

// lead adds the partition key value that the item or key has for schema k of the
// table. A value of another type is none: the request is going to be refused.
func (x *access) lead(item attr.Item, name string, typ attr.Type) {
	v := item.Get(name)
	if v.Type() != typ || v.IsZero() {
		return
	}
	if text := contextValue(v); !slices.Contains(x.leading, text) {
		x.leading = append(x.leading, text)
	}
}

// leadTable adds the value of the table's own partition key.
func (x *access) leadTable(item attr.Item) {
	if x.table != nil {
		x.lead(item, x.table.schema.Partition, x.table.schema.PartitionType)
	}
}

// mention adds names of attributes.
func (x *access) mention(names ...string) { x.attributes = append(x.attributes, names...) }

// mentionItem adds the names of a key or item.
func (x *access) mentionItem(item attr.Item) {
	x.attributes = slices.Grow(x.attributes, len(item))
	for _, a := range item {
		x.attributes = append(x.attributes, a.Name)
	}
}

// contextValue is a key value as conditions compare it: text as it is, a number
// in its one canonical spelling, binary in base64.
func contextValue(v attr.Value) string {
	if v.Type() == attr.B {
		return base64.StdEncoding.EncodeToString([]byte(v.Text()))
	}
	return v.Text()
}

// check asks leave for action on the table or index.
func (x *access) check(action string) authz.Check {
	k := new(policy.Context)
	x.tags(k)
	if x.leading != nil {
		k.SetAll("dynamodb:LeadingKeys", x.leading)
		k.SetAll("dynamodb:FirstPartitionKeyValues", x.leading)
	}
	if len(x.attributes) > 0 {
		slices.Sort(x.attributes)
		x.attributes = slices.Compact(x.attributes)
		k.SetAll("dynamodb:Attributes", x.attributes)
	}
	for _, p := range [...]struct{ key, value string }{
		{"dynamodb:Select", x.selects},
		{"dynamodb:ReturnValues", x.returns},
		{"dynamodb:ReturnConsumedCapacity", x.capacity},
		{"dynamodb:EnclosingOperation", x.enclosing},
	} {
		if p.value != "" {
			k.Set(p.key, p.value)
		}
	}
	c := authz.Check{Action: action, Resource: x.arn, Type: "table", Account: x.account, Keys: k}
	if x.indexName != "" {
		c.Resource, c.Type = x.arn+"/index/"+x.indexName, "index"
	}
	return c
}

// check asks leave for an action on the table that brings no keys of its own.
func (t target) check(action string) authz.Check {
	k := new(policy.Context)
	t.tags(k)
	return authz.Check{Action: action, Resource: t.arn, Type: "table", Account: t.account, Keys: k}
}

// tags adds the tags of the table.
func (t target) tags(k *policy.Context) {
	if t.table == nil {
		return
	}
	for key, value := range t.table.Tags {
		k.Set("aws:ResourceTag/"+key, value)
	}
}
