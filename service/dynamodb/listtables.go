package dynamodb

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxListed is how many names ListTables gives at most.
const maxListed = 100

// listTables lists the names of the caller's account and region.
func (a *API) listTables(ctx context.Context, call *bailiwick.Call, in *ListTablesInput) (*ListTablesOutput, error) {
	limit := int(or(in.Limit, maxListed))
	from, to := store.Prefix("dynamodb", "stamp", call.Account, call.Region)
	if after := in.ExclusiveStartTableName; after != nil {
		from = store.After(stampKey(ref{call.Account, call.Region, *after}))
	}
	out := &ListTablesOutput{TableNames: []string{}}
	err := a.Store.View(ctx, func(r store.Reader) error {
		for entry, err := range r.Scan(from, to, false) {
			if err != nil {
				return err
			}
			parts, err := store.Split(entry.Key)
			if err != nil {
				return err
			}
			if len(out.TableNames) == limit {
				out.LastEvaluatedTableName = &out.TableNames[limit-1]
				return nil
			}
			name, _ := parts[len(parts)-1].(string)
			out.TableNames = append(out.TableNames, name)
		}
		return nil
	})
	return out, err
}
