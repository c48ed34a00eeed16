package lambda

import (
	"context"
	"strconv"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// publish copies $LATEST to a new version, unless the newest one is the same.
func (f *function) publish(tx store.Tx, at ref, description string) (*version, error) {
	last, err := get[version](tx, versionKey(at, f.Last))
	if err != nil {
		return nil, err
	}
	v := f.Latest
	if description != "" {
		v.Description = description
	}
	if last != nil && last.SHA256 == v.SHA256 && last.configuration() == v.configuration() {
		return last, nil
	}
	f.Last++
	v.Number = f.Last
	return &v, store.PutJSON(tx, versionKey(at, v.Number), v)
}

func (a *API) publishVersion(ctx context.Context, call *bailiwick.Call, in *PublishVersionRequest) (*FunctionConfiguration, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	if in.PublishTo != nil {
		return nil, unsupported("PublishTo")
	}
	id, err := a.newID()
	if err != nil {
		return nil, err
	}
	var v *version
	_, err = a.change(ctx, at, in.RevisionId, func(tx store.Tx, f *function) (err error) {
		if in.CodeSha256 != nil && *in.CodeSha256 != "" && *in.CodeSha256 != f.Latest.SHA256 {
			return invalid("CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). Please try again with the CodeSHA256 in $LATEST.",
				*in.CodeSha256, f.Latest.SHA256)
		}
		before := f.Last
		if v, err = f.publish(tx, at, text(in.Description)); err != nil || f.Last == before {
			return err
		}
		v.Revision = id
		return store.PutJSON(tx, versionKey(at, v.Number), v)
	})
	if err != nil {
		return nil, err
	}
	return v.output(at.with(v.name())), nil
}

// versions lists a function's versions, $LATEST first.
func versions(r store.Reader, at ref, f *function) ([]version, error) {
	list := []version{f.Latest}
	from, to := store.Prefix(space, "version", at.account, at.region, at.name)
	for item, err := range store.ScanJSON[version](r, from, to, false) {
		if err != nil {
			return nil, err
		}
		list = append(list, item.Value)
	}
	return list, nil
}

func (a *API) listVersionsByFunction(ctx context.Context, call *bailiwick.Call, in *ListVersionsByFunctionRequest) (*ListVersionsByFunctionResponse, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	p, err := newPage(in.Marker, in.MaxItems, 50)
	if err != nil {
		return nil, err
	}
	out := &ListVersionsByFunctionResponse{Versions: []FunctionConfiguration{}}
	err = a.view(ctx, func(r store.Reader) error {
		f, err := findFunction(r, at)
		if err != nil {
			return err
		}
		list, err := versions(r, at, f)
		if err != nil {
			return err
		}
		after := int64(-1)
		if p.after != "" {
			if after, err = strconv.ParseInt(p.after, 10, 64); err != nil {
				return invalid("The value of Marker is not valid.")
			}
		}
		for i := range list {
			v := &list[i]
			if v.Number <= after {
				continue
			}
			if len(out.Versions) >= p.limit {
				out.NextMarker = p.next(strconv.FormatInt(list[i-1].Number, 10))
				return nil
			}
			out.Versions = append(out.Versions, *v.output(at.with(v.name())))
		}
		return nil
	})
	return out, err
}

// deleteVersion removes one version and its policy. One that is gone is no error.
func (a *API) deleteVersion(ctx context.Context, at ref) error {
	var blob string
	_, err := a.change(ctx, at, nil, func(tx store.Tx, _ *function) error {
		v, err := numbered(tx, at, at.qualifier)
		if err != nil || v == nil {
			return err
		}
		list, err := aliases(tx, at)
		if err != nil {
			return err
		}
		for _, l := range list {
			if _, also := l.Weights[at.qualifier]; also || l.Version == at.qualifier {
				return bailiwick.Errorf(codeConflict, "Version %s is referred to by alias %s.", at.qualifier, l.Name)
			}
		}
		blob = v.Blob
		if err := tx.Delete(versionKey(at, v.Number)); err != nil {
			return err
		}
		if err := tx.Delete(policyKey(at, at.qualifier)); err != nil {
			return err
		}
		return drop(tx, at, v.Blob, v.Number)
	})
	if err == nil && blob != "" {
		a.sweep(context.WithoutCancel(ctx), blob)
	}
	return err
}
