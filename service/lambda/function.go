package lambda

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

func (a *API) createFunction(ctx context.Context, call *bailiwick.Call, in *CreateFunctionRequest) (*FunctionConfiguration, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	f := &function{Account: at.account, Region: at.region, Name: at.name, Latest: newVersion(at), Tags: in.Tags}
	if err := rightTags(f.Tags); err != nil {
		return nil, err
	}
	if err := createSettings(in).apply(&f.Latest); err != nil {
		return nil, err
	}
	if len(in.Architectures) == 1 {
		f.Latest.Arch = in.Architectures[0]
	}
	if err := a.mustBeAssumable(ctx, call, f.Latest.Role, at); err != nil {
		return nil, err
	}
	if in.Code == nil {
		in.Code = &FunctionCode{}
	}
	p, done, err := a.upload(ctx, call, source{in.Code.ZipFile, in.Code.S3Bucket, in.Code.S3Key, in.Code.S3ObjectVersion, in.Code.ImageUri, in.Code.SourceKMSKeyArn})
	if err != nil {
		return nil, err
	}
	defer done()
	if f.ID, err = a.newID(); err != nil {
		return nil, err
	}
	if err := a.stamp(call, &f.Latest); err != nil {
		return nil, err
	}
	publish := in.Publish != nil && *in.Publish
	var made function
	err = a.Store.Update(ctx, func(tx store.Tx) error {
		old, err := get[function](tx, functionKey(at))
		if err != nil {
			return err
		}
		if old != nil {
			return bailiwick.Errorf(codeConflict, "Function already exist: %s", at.name)
		}
		made = *f
		if err := put(tx, at, &made.Latest, p); err != nil {
			return err
		}
		if publish {
			if _, err := made.publish(tx, at, ""); err != nil {
				return err
			}
		}
		return store.PutJSON(tx, functionKey(at), made)
	})
	if err != nil {
		a.sweep(context.WithoutCancel(ctx), p.blob)
		return nil, err
	}
	return shown(&made, at, publish), nil
}

// shown is $LATEST, or the version that was just published.
func shown(f *function, at ref, published bool) *FunctionConfiguration {
	v := f.Latest
	if published {
		v.Number = f.Last
		at = at.with(v.name())
	}
	return v.output(at)
}

func createSettings(in *CreateFunctionRequest) *settings {
	s := &settings{
		Description: in.Description, Role: in.Role, Runtime: in.Runtime, Handler: in.Handler, Timeout: in.Timeout, MemorySize: in.MemorySize,
		Environment: in.Environment, EphemeralStorage: in.EphemeralStorage, TracingConfig: in.TracingConfig, LoggingConfig: in.LoggingConfig,
		VpcConfig: in.VpcConfig, DeadLetterConfig: in.DeadLetterConfig, ImageConfig: in.ImageConfig, FileSystemConfigs: in.FileSystemConfigs,
		Layers: in.Layers, KMSKeyArn: in.KMSKeyArn, SnapStart: in.SnapStart,
	}
	switch {
	case in.PackageType != nil && *in.PackageType != "Zip":
		s.Other = "PackageType " + *in.PackageType
	case text(in.CodeSigningConfigArn) != "":
		s.Other = "CodeSigningConfigArn"
	case in.CapacityProviderConfig != nil:
		s.Other = "CapacityProviderConfig"
	case in.DurableConfig != nil:
		s.Other = "DurableConfig"
	case in.TenancyConfig != nil:
		s.Other = "TenancyConfig"
	case in.PublishTo != nil:
		s.Other = "PublishTo"
	}
	return s
}

// upload reads, checks and keeps the code of a request, until done is called.
func (a *API) upload(ctx context.Context, call *bailiwick.Call, s source) (kept pack, done func(), err error) {
	file, err := a.read(ctx, call, s)
	if err != nil {
		return pack{}, nil, err
	}
	p, err := examine(call, file, s.ZipFile != nil)
	if err != nil {
		return pack{}, nil, err
	}
	return a.keep(ctx, p, file)
}

// stamp marks a version as changed now.
func (a *API) stamp(call *bailiwick.Call, v *version) (err error) {
	v.Modified = call.Time.UTC().Truncate(time.Millisecond)
	v.Revision, err = a.newID()
	return err
}

// cannotAssume is the refusal of a role that does not exist or does not trust
// Lambda.
func cannotAssume() *bailiwick.Error {
	return invalid("The role defined for the function cannot be assumed by Lambda.")
}

// mustBeAssumable asks the trust policy of a role, as each start of an environment
// will.
func (a *API) mustBeAssumable(ctx context.Context, call *bailiwick.Call, role string, at ref) error {
	_, err := a.assume(ctx, call, role, at)
	var e *bailiwick.Error
	if errors.As(err, &e) && e.Code == bailiwick.CodeAccessDenied {
		return cannotAssume()
	}
	return err
}

func (a *API) updateFunctionCode(ctx context.Context, call *bailiwick.Call, in *UpdateFunctionCodeRequest) (*FunctionConfiguration, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	if in.PublishTo != nil {
		return nil, unsupported("PublishTo")
	}
	if err := a.view(ctx, func(r store.Reader) error { _, err := findFunction(r, at); return err }); err != nil {
		return nil, err
	}
	src := source{in.ZipFile, in.S3Bucket, in.S3Key, in.S3ObjectVersion, in.ImageUri, in.SourceKMSKeyArn}
	if in.DryRun != nil && *in.DryRun {
		return a.tryCode(ctx, call, at, in, src)
	}
	p, done, err := a.upload(ctx, call, src)
	if err != nil {
		return nil, err
	}
	defer done()
	var next version
	if err := a.stamp(call, &next); err != nil {
		return nil, err
	}
	publish := in.Publish != nil && *in.Publish
	var old string
	f, err := a.change(ctx, at, in.RevisionId, func(tx store.Tx, f *function) error {
		old = f.Latest.Blob
		if err := put(tx, at, &f.Latest, p); err != nil {
			return err
		}
		f.Latest.Modified, f.Latest.Revision = next.Modified, next.Revision
		if len(in.Architectures) == 1 {
			f.Latest.Arch = in.Architectures[0]
		}
		if publish {
			_, err := f.publish(tx, at, "")
			return err
		}
		return nil
	})
	a.sweep(context.WithoutCancel(ctx), p.blob, old)
	if err != nil {
		return nil, err
	}
	a.Runner.Forget(f.family())
	return shown(f, at, publish), nil
}

// tryCode answers what UpdateFunctionCode would, and changes nothing.
func (a *API) tryCode(ctx context.Context, call *bailiwick.Call, at ref, in *UpdateFunctionCodeRequest, src source) (*FunctionConfiguration, error) {
	file, err := a.read(ctx, call, src)
	if err != nil {
		return nil, err
	}
	p, err := examine(call, file, src.ZipFile != nil)
	if err != nil {
		return nil, err
	}
	var out *FunctionConfiguration
	err = a.view(ctx, func(r store.Reader) error {
		f, err := findFunction(r, at)
		if err != nil {
			return err
		}
		if in.RevisionId != nil && *in.RevisionId != f.Latest.Revision {
			return stale("GetFunction/GetAlias")
		}
		f.Latest.SHA256, f.Latest.Size = p.sha256, p.size
		out = f.Latest.output(at)
		return nil
	})
	return out, err
}

func (a *API) updateFunctionConfiguration(ctx context.Context, call *bailiwick.Call, in *UpdateFunctionConfigurationRequest) (*FunctionConfiguration, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	s := &settings{
		Description: in.Description, Role: in.Role, Runtime: in.Runtime, Handler: in.Handler, Timeout: in.Timeout, MemorySize: in.MemorySize,
		Environment: in.Environment, EphemeralStorage: in.EphemeralStorage, TracingConfig: in.TracingConfig, LoggingConfig: in.LoggingConfig,
		VpcConfig: in.VpcConfig, DeadLetterConfig: in.DeadLetterConfig, ImageConfig: in.ImageConfig, FileSystemConfigs: in.FileSystemConfigs,
		Layers: in.Layers, KMSKeyArn: in.KMSKeyArn, SnapStart: in.SnapStart,
	}
	switch {
	case in.CapacityProviderConfig != nil:
		s.Other = "CapacityProviderConfig"
	case in.DurableConfig != nil:
		s.Other = "DurableConfig"
	}
	if in.Role != nil {
		if err := a.mustBeAssumable(ctx, call, *in.Role, at); err != nil {
			return nil, err
		}
	}
	var next version
	if err := a.stamp(call, &next); err != nil {
		return nil, err
	}
	f, err := a.change(ctx, at, in.RevisionId, func(_ store.Tx, f *function) error {
		f.Latest.Modified, f.Latest.Revision = next.Modified, next.Revision
		return s.apply(&f.Latest)
	})
	if err != nil {
		return nil, err
	}
	a.Runner.Forget(f.family())
	return f.Latest.output(at), nil
}

func (a *API) getFunction(ctx context.Context, call *bailiwick.Call, in *GetFunctionRequest) (*GetFunctionResponse, error) {
	f, v, at, err := a.read1(ctx, call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	out := &GetFunctionResponse{Configuration: v.output(at), Code: &FunctionCodeLocation{RepositoryType: ptr("S3")}}
	if len(f.Tags) > 0 {
		out.Tags = f.Tags
	}
	if f.Reserved != nil {
		out.Concurrency = &Concurrency{ReservedConcurrentExecutions: ptr(int32(*f.Reserved))}
	}
	return out, nil
}

func (a *API) getFunctionConfiguration(ctx context.Context, call *bailiwick.Call, in *GetFunctionConfigurationRequest) (*FunctionConfiguration, error) {
	_, v, at, err := a.read1(ctx, call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return v.output(at), nil
}

// read1 reads the function and version that a request names.
func (a *API) read1(ctx context.Context, call *bailiwick.Call, name string, qualifier *string) (f *function, v *version, at ref, err error) {
	if at, err = parse(call, name, qualifier); err != nil {
		return nil, nil, at, err
	}
	err = a.view(ctx, func(r store.Reader) error {
		if f, err = findFunction(r, at); err != nil {
			return err
		}
		v, err = findVersion(r, at, f, 1)
		return err
	})
	return f, v, at, err
}

func (a *API) listFunctions(ctx context.Context, call *bailiwick.Call, in *ListFunctionsRequest) (*ListFunctionsResponse, error) {
	if in.MasterRegion != nil && *in.MasterRegion != "ALL" && *in.MasterRegion != call.Region {
		return &ListFunctionsResponse{Functions: []FunctionConfiguration{}}, nil
	}
	p, err := newPage(in.Marker, in.MaxItems, 50)
	if err != nil {
		return nil, err
	}
	all := in.FunctionVersion != nil
	out := &ListFunctionsResponse{Functions: []FunctionConfiguration{}}
	err = a.view(ctx, func(r store.Reader) error {
		from, to := store.Prefix(space, "function", call.Account, call.Region)
		if p.after != "" {
			from = store.After(functionKey(ref{account: call.Account, region: call.Region, name: p.after}))
		}
		for item, err := range store.ScanJSON[function](r, from, to, false) {
			if err != nil {
				return err
			}
			if len(out.Functions) >= p.limit {
				out.NextMarker = p.next(*out.Functions[len(out.Functions)-1].FunctionName)
				return nil
			}
			f := item.Value
			at := ref{account: f.Account, region: f.Region, name: f.Name}
			if !all {
				out.Functions = append(out.Functions, *f.Latest.output(at))
				continue
			}
			// The versions of one function stay together, so that a page may be longer.
			list, err := versions(r, at, &f)
			if err != nil {
				return err
			}
			for i := range list {
				out.Functions = append(out.Functions, *list[i].output(at.with(list[i].name())))
			}
		}
		return nil
	})
	return out, err
}

func (a *API) deleteFunction(ctx context.Context, call *bailiwick.Call, in *DeleteFunctionRequest) (*DeleteFunctionResponse, error) {
	at, err := parse(call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	done := &DeleteFunctionResponse{StatusCode: ptr(int32(204))}
	switch {
	case at.qualifier == latest:
		return nil, invalid("$LATEST version cannot be deleted without deleting the function.")
	case isVersion(at.qualifier):
		return done, a.deleteVersion(ctx, at)
	case at.qualifier != "":
		return nil, invalid("Deletion of aliases is not currently supported.")
	}
	var f *function
	var blobs []string
	err = a.Store.Update(ctx, func(tx store.Tx) (err error) {
		if f, err = findFunction(tx, at); err != nil {
			return err
		}
		list, err := versions(tx, at, f)
		if err != nil {
			return err
		}
		blobs = nil
		for i := range list {
			if b := list[i].Blob; !slices.Contains(blobs, b) {
				blobs = append(blobs, b)
				if err := store.PutJSON(tx, garbageKey(b), true); err != nil {
					return err
				}
			}
		}
		return errors.Join(tx.Delete(functionKey(at)), clearOf(tx, at, "version"), clearOf(tx, at, "alias"), clearOf(tx, at, "policy"))
	})
	if err != nil {
		return nil, err
	}
	a.Runner.Forget(f.family())
	a.sweep(context.WithoutCancel(ctx), blobs...)
	return done, nil
}

// clearOf removes the records of a kind that a function has.
func clearOf(tx store.Tx, at ref, kind string) error {
	from, to := store.Prefix(space, kind, at.account, at.region, at.name)
	for entry, err := range tx.Scan(from, to, false) {
		if err == nil {
			err = tx.Delete(entry.Key)
		}
		if err != nil {
			return fmt.Errorf("clearing %s: %w", kind, err)
		}
	}
	return nil
}

// family is what the Runner knows the function by: one that is made anew under the
// same name is another.
func (f *function) family() string {
	return ref{account: f.Account, region: f.Region, name: f.Name}.family() + "/" + f.ID
}

func (a *API) warn(ctx context.Context, what string, err error) {
	a.Log.WarnContext(ctx, "lambda: "+what, slog.Any("error", err))
}
