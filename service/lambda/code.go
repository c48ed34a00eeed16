package lambda

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/runner"
	"github.com/bailiwick-project/bailiwick/store"
)

// A source is where a request says that code is.
type source struct {
	ZipFile                    []byte
	S3Bucket, S3Key, S3Version *string
	ImageURI, SourceKMS        *string
}

// A package that was checked, and is kept as garbage until a function has it.
type pack struct {
	blob, sha256 string
	size         int64
}

// read brings the zip file that a request means.
func (a *API) read(ctx context.Context, call *bailiwick.Call, s source) ([]byte, error) {
	s3 := s.S3Bucket != nil || s.S3Key != nil || s.S3Version != nil
	switch {
	case text(s.ImageURI) != "":
		return nil, unsupported("Code.ImageUri")
	case text(s.SourceKMS) != "":
		return nil, unsupported("SourceKMSKeyArn")
	case s.ZipFile != nil && s3:
		return nil, invalid("Please do not provide other FunctionCode parameters when providing a ZipFile.")
	case s.ZipFile != nil:
		return s.ZipFile, nil
	case !s3:
		return nil, invalid("Please provide a source for function code.")
	case s.S3Bucket == nil || s.S3Key == nil:
		return nil, invalid("S3Bucket and S3Key must both be given.")
	case a.Objects == nil:
		return nil, unsupported("Code.S3Bucket")
	}
	return a.fetch(ctx, call, s)
}

// fetch reads code from S3.
func (a *API) fetch(ctx context.Context, call *bailiwick.Call, s source) ([]byte, error) {
	body, size, err := a.Objects.Open(ctx, call, *s.S3Bucket, *s.S3Key, text(s.S3Version))
	var e *bailiwick.Error
	switch {
	case errors.As(err, &e) && e.Code != bailiwick.CodeInternal:
		return nil, invalid("Error occurred while GetObject. S3 Error Code: %s. S3 Error Message: %s", e.Code, e.Message)
	case err != nil:
		return nil, fmt.Errorf("reading code from S3: %w", err)
	}
	defer func() { _ = body.Close() }() // it was only read
	if size > runner.MaxUnpacked {
		return nil, tooLarge()
	}
	file, err := io.ReadAll(io.LimitReader(body, runner.MaxUnpacked+1))
	if err != nil {
		return nil, fmt.Errorf("reading code from S3: %w", err)
	}
	if len(file) > runner.MaxUnpacked {
		return nil, tooLarge()
	}
	return file, nil
}

func tooLarge() error {
	return invalid("Unzipped size must be smaller than %d bytes", runner.MaxUnpacked)
}

// examine checks a zip file without keeping it.
func examine(call *bailiwick.Call, file []byte, direct bool) (pack, error) {
	switch {
	case len(file) == 0:
		return pack{}, invalid("Uploaded file must be a non-empty zip")
	case direct && len(file) > runner.MaxZip:
		return pack{}, bailiwick.Errorf(codeTooLarge, "The zip file must be smaller than %d bytes; larger ones go through S3.", runner.MaxZip)
	}
	err := runner.CheckZip(file)
	var wrong *runner.ZipError
	switch {
	case errors.As(err, &wrong):
		call.Note("The zip file was refused: %s.", wrong.Reason)
		if wrong.Large {
			return pack{}, tooLarge()
		}
		return pack{}, invalid("Could not unzip uploaded file. Please check your file, then try to upload again.")
	case err != nil:
		return pack{}, err
	}
	return pack{sha256: checksum(string(file)), size: int64(len(file))}, nil
}

func checksum(text string) string {
	sum := sha256.Sum256([]byte(text))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// keep stores a checked zip file. It is written down as garbage first, so that one
// that no function comes to have is removed; whoever gives it to a function takes
// it off that list in the same transaction. Until done is called it is nobody's to
// sweep but the caller's.
func (a *API) keep(ctx context.Context, p pack, file []byte) (kept pack, done func(), err error) {
	w, err := a.Blobs.Create(ctx)
	if err != nil {
		return p, nil, fmt.Errorf("keeping code: %w", err)
	}
	defer w.Abort()
	p.blob = w.ID()
	done = a.codes.keeping(p.blob)
	defer func() {
		if err != nil {
			done()
			err = fmt.Errorf("keeping code: %w", err)
		}
	}()
	if err := a.Store.Update(ctx, func(tx store.Tx) error { return store.PutJSON(tx, garbageKey(p.blob), true) }); err != nil {
		return p, nil, err
	}
	if _, err := w.Write(file); err != nil {
		return p, nil, err
	}
	return p, done, w.Commit()
}

// put gives a kept zip file to a version; what it had becomes garbage unless
// another version has it too. The version must be stored after.
func put(tx store.Tx, at ref, v *version, p pack) error {
	if err := tx.Delete(garbageKey(p.blob)); err != nil {
		return err
	}
	if err := drop(tx, at, v.Blob, v.Number); err != nil {
		return err
	}
	v.Blob, v.SHA256, v.Size = p.blob, p.sha256, p.size
	return nil
}

// drop makes a zip file garbage when a version gives it up and no other version of
// the function has it.
func drop(tx store.Tx, at ref, blob string, number int64) error {
	if blob == "" {
		return nil
	}
	from, to := store.Prefix(space, "version", at.account, at.region, at.name)
	for item, err := range store.ScanJSON[version](tx, from, to, false) {
		if err != nil {
			return err
		}
		if item.Value.Blob == blob && item.Value.Number != number {
			return nil
		}
	}
	if number != 0 { // a published version: $LATEST may have it
		f, err := get[function](tx, functionKey(at))
		if err != nil || f != nil && f.Latest.Blob == blob {
			return err
		}
	}
	return store.PutJSON(tx, garbageKey(blob), true)
}

// sweep removes the zip files that are garbage, those of the list or all of them.
// It never hurts to remove one later: failures are logged.
func (a *API) sweep(ctx context.Context, blobs ...string) {
	for _, id := range blobs {
		garbage := false
		err := a.view(ctx, func(r store.Reader) error {
			found, err := get[bool](r, garbageKey(id))
			garbage = found != nil
			return err
		})
		if err == nil && garbage {
			if err = a.Blobs.Remove(ctx, id); err == nil {
				err = a.Store.Update(ctx, func(tx store.Tx) error { return tx.Delete(garbageKey(id)) })
			}
		}
		if err != nil && ctx.Err() == nil {
			a.warn(ctx, "removing code that no function has", err)
		}
	}
}

// sweepAll is sweep for what a stopped server left. It runs beside requests: what
// one of them keeps is on the list and not garbage. A blob that no request keeps when
// it is asked about has been given to its function by then, or never is.
func (a *API) sweepAll(ctx context.Context) error {
	var ids []string
	err := a.view(ctx, func(r store.Reader) error {
		from, to := store.Prefix(space, "garbage")
		for entry, err := range r.Scan(from, to, false) {
			if err != nil {
				return err
			}
			parts, err := store.Split(entry.Key)
			if err != nil {
				return err
			}
			if id, ok := parts[len(parts)-1].(string); ok {
				ids = append(ids, id)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("finding code that no function has: %w", err)
	}
	for _, id := range ids {
		if !a.codes.isKept(id) {
			a.sweep(ctx, id)
		}
	}
	return nil
}

// codes are the zip files that are being kept, and those that are unpacked. A folder stays while an environment may
// use it: the longest call and the longest idle time after its last use.
type codes struct {
	mu     sync.Mutex
	byBlob map[string]*unpacked
	kept   map[string]bool // blobs that requests keep and have not yet given to functions
}

// keeping remembers a blob until done is called.
func (c *codes) keeping(blob string) (done func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.kept == nil {
		c.kept = map[string]bool{}
	}
	c.kept[blob] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.kept, blob)
	}
}

func (c *codes) isKept(blob string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.kept[blob]
}

type unpacked struct {
	once sync.Once
	dir  string
	err  error
	used time.Time // under the lock of codes
}

// unused is how long a folder is kept after its last use.
const unused = 30 * time.Minute

// unpack is the folder of a zip file.
func (a *API) unpack(ctx context.Context, blob string) (string, error) {
	c := &a.codes
	c.mu.Lock()
	now := a.Now()
	for id, u := range c.byBlob {
		if now.Sub(u.used) > unused && id != blob {
			delete(c.byBlob, id)
			if u.dir != "" {
				_ = a.Runner.Discard(u.dir) // removed with the others at the end
			}
		}
	}
	u := c.byBlob[blob]
	if u == nil {
		u = &unpacked{}
		if c.byBlob == nil {
			c.byBlob = map[string]*unpacked{}
		}
		c.byBlob[blob] = u
	}
	u.used = now
	c.mu.Unlock()
	u.once.Do(func() { u.dir, u.err = a.unpackBlob(context.WithoutCancel(ctx), blob) })
	if u.err != nil {
		c.mu.Lock()
		if c.byBlob[blob] == u {
			delete(c.byBlob, blob) // the next call tries again
		}
		c.mu.Unlock()
	}
	return u.dir, u.err
}

func (a *API) unpackBlob(ctx context.Context, id string) (string, error) {
	r, err := a.Blobs.Open(ctx, id)
	if err != nil {
		return "", fmt.Errorf("opening code: %w", err)
	}
	defer func() { _ = r.Close() }() // it was only read
	file, err := io.ReadAll(io.LimitReader(r, runner.MaxUnpacked+1))
	if err != nil {
		return "", fmt.Errorf("reading code: %w", err)
	}
	dir, err := a.Runner.Unpack(file)
	if err != nil {
		return "", fmt.Errorf("unpacking code: %w", err)
	}
	return dir, nil
}
