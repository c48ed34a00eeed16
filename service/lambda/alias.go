package lambda

import (
	"context"
	"errors"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// aliases lists the aliases of a function by name.
func aliases(r store.Reader, at ref) ([]alias, error) {
	var list []alias
	from, to := store.Prefix(space, "alias", at.account, at.region, at.name)
	for item, err := range store.ScanJSON[alias](r, from, to, false) {
		if err != nil {
			return nil, err
		}
		list = append(list, item.Value)
	}
	return list, nil
}

func (l *alias) output(at ref) *AliasConfiguration {
	out := &AliasConfiguration{
		AliasArn: ptr(at.with(l.Name).arn()), Name: &l.Name, FunctionVersion: &l.Version, Description: &l.Description, RevisionId: &l.Revision,
	}
	if len(l.Weights) > 0 {
		out.RoutingConfig = &AliasRoutingConfiguration{AdditionalVersionWeights: l.Weights}
	}
	return out
}

// check refuses an alias for versions that are not there.
func (l *alias) check(r store.Reader, at ref) error {
	for name := range l.Weights {
		if name == l.Version || l.Version == latest {
			return invalid("An alias with two versions must have two different published versions.")
		}
		if v, err := numbered(r, at, name); err != nil || v == nil {
			return errors.Join(err, notFound(at.with(name)))
		}
	}
	if l.Version == latest {
		return nil
	}
	v, err := numbered(r, at, l.Version)
	if err == nil && v == nil {
		return notFound(at.with(l.Version))
	}
	return err
}

// route takes the weights of a request: one version beside the alias's own.
func (l *alias) route(c *AliasRoutingConfiguration) error {
	if c == nil {
		return nil
	}
	if len(c.AdditionalVersionWeights) > 1 {
		return invalid("Number of items in AdditionalVersionWeights cannot be greater than 1")
	}
	for _, w := range c.AdditionalVersionWeights {
		if !(w >= 0 && w <= 1) {
			return invalid("The weight of a version must be between 0 and 1.")
		}
	}
	l.Weights = c.AdditionalVersionWeights
	return nil
}

func (a *API) createAlias(ctx context.Context, call *bailiwick.Call, in *CreateAliasRequest) (*AliasConfiguration, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	l := alias{Name: *in.Name, Version: *in.FunctionVersion, Description: text(in.Description)}
	if isVersion(l.Name) {
		return nil, invalid("The name of an alias must not be a number.")
	}
	if err := l.route(in.RoutingConfig); err != nil {
		return nil, err
	}
	if l.Revision, err = a.newID(); err != nil {
		return nil, err
	}
	_, err = a.change(ctx, at, nil, func(tx store.Tx, _ *function) error {
		old, err := get[alias](tx, aliasKey(at, l.Name))
		if err != nil {
			return err
		}
		if old != nil {
			return bailiwick.Errorf(codeConflict, "Alias already exists: %s", at.with(l.Name).arn())
		}
		if err := l.check(tx, at); err != nil {
			return err
		}
		return store.PutJSON(tx, aliasKey(at, l.Name), l)
	})
	if err != nil {
		return nil, err
	}
	return l.output(at), nil
}

func findAlias(r store.Reader, at ref, name string) (*alias, error) {
	l, err := get[alias](r, aliasKey(at, name))
	if err == nil && l == nil {
		return nil, noAlias(at.with(name))
	}
	return l, err
}

func (a *API) getAlias(ctx context.Context, call *bailiwick.Call, in *GetAliasRequest) (*AliasConfiguration, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	var l *alias
	err = a.view(ctx, func(r store.Reader) (err error) {
		if _, err = findFunction(r, at); err != nil {
			return err
		}
		l, err = findAlias(r, at, *in.Name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return l.output(at), nil
}

func (a *API) updateAlias(ctx context.Context, call *bailiwick.Call, in *UpdateAliasRequest) (*AliasConfiguration, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	id, err := a.newID()
	if err != nil {
		return nil, err
	}
	var l *alias
	_, err = a.change(ctx, at, nil, func(tx store.Tx, _ *function) (err error) {
		if l, err = findAlias(tx, at, *in.Name); err != nil {
			return err
		}
		if in.RevisionId != nil && *in.RevisionId != l.Revision {
			return stale("GetFunction/GetAlias")
		}
		if in.FunctionVersion != nil {
			l.Version = *in.FunctionVersion
		}
		if in.Description != nil {
			l.Description = *in.Description
		}
		if err := l.route(in.RoutingConfig); err != nil {
			return err
		}
		if err := l.check(tx, at); err != nil {
			return err
		}
		l.Revision = id
		return store.PutJSON(tx, aliasKey(at, l.Name), l)
	})
	if err != nil {
		return nil, err
	}
	return l.output(at), nil
}

// nothing is the output of operations without one.
type nothing struct{}

// deleteAlias removes an alias and its policy. One that is gone is no error.
func (a *API) deleteAlias(ctx context.Context, call *bailiwick.Call, in *DeleteAliasRequest) (*nothing, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	if isVersion(*in.Name) {
		return nil, noAlias(at.with(*in.Name))
	}
	_, err = a.change(ctx, at, nil, func(tx store.Tx, _ *function) error {
		return errors.Join(tx.Delete(aliasKey(at, *in.Name)), tx.Delete(policyKey(at, *in.Name)))
	})
	return nil, err
}

func (a *API) listAliases(ctx context.Context, call *bailiwick.Call, in *ListAliasesRequest) (*ListAliasesResponse, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	p, err := newPage(in.Marker, in.MaxItems, 50)
	if err != nil {
		return nil, err
	}
	out := &ListAliasesResponse{Aliases: []AliasConfiguration{}}
	err = a.view(ctx, func(r store.Reader) error {
		if _, err := findFunction(r, at); err != nil {
			return err
		}
		list, err := aliases(r, at)
		if err != nil {
			return err
		}
		for i := range list {
			l := &list[i]
			_, also := l.Weights[text(in.FunctionVersion)]
			if l.Name <= p.after || in.FunctionVersion != nil && l.Version != *in.FunctionVersion && !also {
				continue
			}
			if len(out.Aliases) >= p.limit {
				out.NextMarker = p.next(*out.Aliases[len(out.Aliases)-1].Name)
				return nil
			}
			out.Aliases = append(out.Aliases, *l.output(at))
		}
		return nil
	})
	return out, err
}
