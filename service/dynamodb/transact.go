package dynamodb

import (
	"errors"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// Limits of transactions. Source: "Quotas in Amazon DynamoDB".
const (
	maxTransact     = 100     // items
	maxTransactSize = 4 << 20 // bytes of all items

	// maxSearched bounds what all conditions of a transaction search, in bytes, while
	// other writers wait: a condition of 4 KB can search an item of 400 KB 220 times.
	maxSearched = 128 << 20
)

// CancellationReason is one entry of TransactionCanceledException: what became
// of the item in the same place of the request.
type CancellationReason struct {
	Code    *string   `wire:"Code"`
	Message *string   `wire:"Message"`
	Item    attr.Item `wire:"Item"`
}

// A verdict gathers why the items of a transaction cannot be done.
type verdict []error

// cancelled is the answer to the client when at least one item failed; nil when
// none did. An error that is no refusal is an internal one and comes as it is.
func (v verdict) cancelled() error {
	failed := false
	var codes []string
	reasons := make([]CancellationReason, len(v))
	for i, err := range v {
		code := "None"
		if err != nil {
			failed = true
			var e *bailiwick.Error
			if !errors.As(err, &e) {
				return err
			}
			if e.Code == codeNotFound {
				return e
			}
			code = "ValidationError"
			if e.Code == codeConditionFailed {
				code = "ConditionalCheckFailed"
				reasons[i].Item, _ = e.Fields["Item"].(attr.Item)
			}
			reasons[i].Message = &e.Message
		}
		codes = append(codes, code)
		reasons[i].Code = &code
	}
	if !failed {
		return nil
	}
	e := bailiwick.Errorf(codeCancelled,
		"Transaction cancelled, please refer cancellation reasons for specific reasons [%s]", strings.Join(codes, ", "))
	e.Fields = map[string]any{"CancellationReasons": reasons}
	return e
}

// A ledger keeps one bill for each table of a transaction, in order.
type ledger struct {
	tables []*access
	bills  []*bill
}

// of is the bill of the table that x addresses.
func (l *ledger) of(x *access) *bill {
	for i, t := range l.tables {
		if t.arn == x.arn {
			return l.bills[i]
		}
	}
	l.tables, l.bills = append(l.tables, x), append(l.bills, &bill{})
	return l.bills[len(l.bills)-1]
}

// consumed lists the bills, at the double price of transactions, which alone tell
// units of reading and writing apart.
func (l *ledger) consumed(writes bool) []ConsumedCapacity {
	var list []ConsumedCapacity
	for i, x := range l.tables {
		doubled := &bill{}
		doubled.add(l.bills[i])
		doubled.add(l.bills[i])
		c := doubled.consumed(x)
		if c == nil {
			continue
		}
		if writes {
			c.WriteCapacityUnits = c.CapacityUnits
			c.split(func(u *Capacity) { u.WriteCapacityUnits = u.CapacityUnits })
		} else {
			c.ReadCapacityUnits = c.CapacityUnits
			c.split(func(u *Capacity) { u.ReadCapacityUnits = u.CapacityUnits })
		}
		list = append(list, *c)
	}
	return list
}

// split applies name to the capacity of the table and of each index.
func (c *ConsumedCapacity) split(name func(*Capacity)) {
	if c.Table != nil {
		name(c.Table)
	}
	for _, units := range []map[string]Capacity{c.GlobalSecondaryIndexes, c.LocalSecondaryIndexes} {
		for index, u := range units {
			name(&u)
			units[index] = u
		}
	}
}
