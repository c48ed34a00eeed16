package lambda

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// Keys, all below "lambda":
//
//	function ACCOUNT REGION NAME            function, $LATEST in it
//	version  ACCOUNT REGION NAME NUMBER     version
//	alias    ACCOUNT REGION NAME ALIAS      alias
//	policy   ACCOUNT REGION NAME QUALIFIER  grants; "" is the function's own
//	event    ID                             event that is to be run
//	garbage  BLOB                           a zip file that no function has (yet, or any more)
const space = "lambda"

// A function is one function with its newest code and configuration.
type function struct {
	Account  string            `json:"account"`
	Region   string            `json:"region"`
	Name     string            `json:"name"`
	ID       string            `json:"id"` // another for a function made anew under the name
	Latest   version           `json:"latest"`
	Last     int64             `json:"last,omitempty"` // number of the newest version, also of a deleted one
	Reserved *int              `json:"reserved,omitempty"`
	Tags     map[string]string `json:"tags,omitempty"`
}

// A version is code and a configuration.
type version struct {
	Number      int64             `json:"number,omitempty"` // 0: $LATEST
	Description string            `json:"description,omitempty"`
	Role        string            `json:"role"`
	Runtime     string            `json:"runtime"`
	Handler     string            `json:"handler"`
	Timeout     int32             `json:"timeout"` // seconds
	Memory      int32             `json:"memory"`  // MB
	Disk        int32             `json:"disk"`    // MB
	Variables   map[string]string `json:"variables,omitempty"`
	Arch        string            `json:"arch"`
	Tracing     string            `json:"tracing"`
	LogFormat   string            `json:"logFormat"`
	LogGroup    string            `json:"logGroup"`
	AppLevel    string            `json:"appLevel,omitempty"`
	SystemLevel string            `json:"systemLevel,omitempty"`

	Blob     string    `json:"blob"`
	SHA256   string    `json:"sha256"` // base64
	Size     int64     `json:"size"`   // bytes of the zip file
	Modified time.Time `json:"modified"`
	Revision string    `json:"revision"`
}

// name is the version as clients read it.
func (v *version) name() string {
	if v.Number == 0 {
		return latest
	}
	return strconv.FormatInt(v.Number, 10)
}

// An alias is a name for a version, or for two with a chance each.
type alias struct {
	Name        string             `json:"name"`
	Version     string             `json:"version"`
	Description string             `json:"description,omitempty"`
	Weights     map[string]float64 `json:"weights,omitempty"`
	Revision    string             `json:"revision"`
}

func functionKey(r ref) []byte { return store.Key(space, "function", r.account, r.region, r.name) }

func versionKey(r ref, n int64) []byte {
	return store.Key(space, "version", r.account, r.region, r.name, n)
}

func aliasKey(r ref, name string) []byte {
	return store.Key(space, "alias", r.account, r.region, r.name, name)
}

func policyKey(r ref, qualifier string) []byte {
	return store.Key(space, "policy", r.account, r.region, r.name, qualifier)
}

func eventKey(id string) []byte { return store.Key(space, "event", id) }

func garbageKey(blob string) []byte { return store.Key(space, "garbage", blob) }

// get reads a record, nil if there is none.
func get[T any](r store.Reader, key []byte) (*T, error) {
	v, err := store.GetJSON[T](r, key)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &v, nil
}

// findFunction reads the function of a ref; none is an Error of the API.
func findFunction(r store.Reader, at ref) (*function, error) {
	f, err := get[function](r, functionKey(at))
	if err == nil && f == nil {
		return nil, notFound(at)
	}
	return f, err
}

// findVersion reads the version that a qualifier names; an alias is followed, with
// chance (0 to 1) deciding between two versions.
func findVersion(r store.Reader, at ref, f *function, chance float64) (*version, error) {
	if at.qualifier == "" || at.qualifier == latest {
		return &f.Latest, nil
	}
	qualifier := at.qualifier
	if !isVersion(qualifier) {
		a, err := get[alias](r, aliasKey(at, qualifier))
		if err != nil {
			return nil, err
		}
		if a == nil {
			return nil, notFound(at)
		}
		qualifier = a.choose(chance)
	}
	if qualifier == latest {
		return &f.Latest, nil
	}
	v, err := numbered(r, at, qualifier)
	if err == nil && v == nil {
		return nil, notFound(at)
	}
	return v, err
}

// numbered reads a published version, nil if there is none.
func numbered(r store.Reader, at ref, number string) (*version, error) {
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n <= 0 || strconv.FormatInt(n, 10) != number {
		return nil, nil
	}
	return get[version](r, versionKey(at, n))
}

// choose is the version that a call goes to.
func (a *alias) choose(chance float64) string {
	for other, weight := range a.Weights { // at most one
		if chance < weight {
			return other
		}
	}
	return a.Version
}

// view reads in one snapshot.
func (a *API) view(ctx context.Context, fn func(store.Reader) error) error {
	return a.Store.View(ctx, fn)
}

// change alters the function of a ref in one transaction. revision is what the
// caller believes it to be, nil for whatever it is.
func (a *API) change(ctx context.Context, at ref, revision *string, fn func(store.Tx, *function) error) (*function, error) {
	var f *function
	err := a.Store.Update(ctx, func(tx store.Tx) (err error) {
		if f, err = findFunction(tx, at); err != nil {
			return err
		}
		if revision != nil && *revision != f.Latest.Revision {
			return stale("GetFunction/GetAlias")
		}
		if err := fn(tx, f); err != nil {
			return err
		}
		return store.PutJSON(tx, functionKey(at), f)
	})
	return f, err
}

// newID draws a UUID.
func (a *API) newID() (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(a.Rand, b[:]); err != nil {
		return "", fmt.Errorf("drawing an id: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]), nil
}
