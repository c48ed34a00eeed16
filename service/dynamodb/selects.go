package dynamodb

import (
	"strings"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/expr"
)

// The values of Select.
const (
	selectAll       = "ALL_ATTRIBUTES"
	selectProjected = "ALL_PROJECTED_ATTRIBUTES"
	selectSpecific  = "SPECIFIC_ATTRIBUTES"
	selectCount     = "COUNT"
)

// A selection is what Query and Scan say about the attributes that they want.
type selection struct {
	selects    *string
	index      *string
	expression bool // ProjectionExpression is there
	projection *expr.Projection
	isScan     bool
}

// resolve is the effective Select, which policies see: it always has a value.
func (s selection) resolve() (string, error) {
	if s.selects == nil {
		switch {
		case s.projection != nil:
			return selectSpecific, nil
		case s.index != nil:
			return selectProjected, nil
		}
		return selectAll, nil
	}
	sel := *s.selects
	if sel == selectProjected && s.index == nil {
		return "", s.invalid("ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName")
	}
	if sel == selectSpecific && s.projection == nil {
		return "", s.invalid("Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES")
	}
	if sel != selectSpecific && s.projection != nil {
		name := "AttributesToGet"
		if s.expression {
			name = "ProjectionExpression"
		}
		return "", s.invalid("Cannot specify the " + name + " when choosing to get " + sel)
	}
	return sel, nil
}

// invalid puts the head that Query puts before its sentences, and Scan does not.
func (s selection) invalid(sentence string) error {
	if s.isScan {
		return invalid("%s", sentence)
	}
	return invalid("1 validation error detected: %s", sentence)
}

// fit holds what is wanted against what the index keeps: a global index cannot
// give more, a local one has it fetched from the table.
func (p *reading) fit() {
	x := p.index
	if x == nil {
		return
	}
	if x.Global && p.consistent {
		p.refuse(invalid("Consistent reads are not supported on global secondary indexes"))
	}
	wanted, filtered := x.missing(p.projection.TopLevelNames()), x.missing(p.filter.TopLevelNames())
	incomplete := p.selects == selectAll && x.kept != nil
	if !x.Global {
		p.whole = incomplete || len(wanted)+len(filtered) > 0
		return
	}
	switch {
	case incomplete:
		p.refuse(invalidParameter("Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type is not ALL", x.Name))
	case len(wanted) > 0:
		p.refuse(invalidParameter("Global secondary index %s does not project [%s]", x.Name, strings.Join(wanted, ", ")))
	case len(filtered) > 0:
		p.refuse(invalidParameter("Global secondary index %s does not project one or more filter attributes: [%s]", x.Name, strings.Join(filtered, ", ")))
	}
}

// useIndex finds the index that the request names.
func (p *reading) useIndex(name *string) {
	if name == nil {
		return
	}
	p.indexName = *name
	if p.table == nil {
		return
	}
	if p.index = p.table.index(*name); p.index == nil {
		p.refuse(noSuchIndex(*name))
	}
}
