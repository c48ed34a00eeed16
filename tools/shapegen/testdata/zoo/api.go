// Package zoo is a slice with two of the three operations of its model.
package zoo

var _ = []any{
	service.Op("Feed", nil, nil),
	service.Public("Clean", nil),
}
