package dynamodb

import (
	"slices"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// metrics answers ReturnItemCollectionMetrics: nothing unless it was asked for
// and the table has a local index, as at AWS. Collections have no limit here, so
// that the range is always the first.
// Source: developer guide, "Item collections in local secondary indexes".
func metrics(asked bool, t *table, key attr.Item) *ItemCollectionMetrics {
	if !asked || !slices.ContainsFunc(t.Indexes, func(x *index) bool { return !x.Global }) {
		return nil
	}
	return &ItemCollectionMetrics{ItemCollectionKey: key.Only(t.Key.Partition), SizeEstimateRangeGB: []float64{0, 1}}
}

// wantsMetrics reads ReturnItemCollectionMetrics.
func wantsMetrics(p *string) bool { return or(p, "NONE") == "SIZE" }

// keyed is the item or key that a write addresses.
func (w *write) keyed() attr.Item {
	if w.verb == put {
		return w.item
	}
	return w.key
}

// metricsOf lists the metrics of several writes by table; nil when there are none.
func metricsOf(asked bool, given string, t *table, w *write, all map[string][]ItemCollectionMetrics) map[string][]ItemCollectionMetrics {
	m := metrics(asked, t, w.keyed())
	if m == nil || w.verb == check {
		return all
	}
	if all == nil {
		all = map[string][]ItemCollectionMetrics{}
	}
	same := func(o ItemCollectionMetrics) bool { return o.ItemCollectionKey.Equal(m.ItemCollectionKey) }
	if !slices.ContainsFunc(all[given], same) {
		all[given] = append(all[given], *m)
	}
	return all
}
