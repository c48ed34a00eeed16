package lambda_test

import (
	"context"
	"errors"
	"testing"

	"github.com/bailiwick-project/bailiwick/blob"
)

// resuming is blobs of a server that sweeps while code is being kept.
type resuming struct {
	blob.Store
	w *world
}

type resumingWriter struct {
	blob.Writer
	w *world
}

func (r resuming) Create(ctx context.Context) (blob.Writer, error) {
	out, err := r.Store.Create(ctx)
	return resumingWriter{out, r.w}, err
}

func (r resumingWriter) Commit() error {
	return errors.Join(r.Writer.Commit(), r.w.api.Resume(context.Background()))
}

// TestSweepBesideUploads: what a stopped server left is removed beside requests, and
// not the code that a request has kept and not yet given to its function.
func TestSweepBesideUploads(t *testing.T) {
	w := newWorld(t)
	w.api.Blobs = resuming{w.blobs, w}
	w.create("f", "def handler(e, c): return 1", "")
	if n := w.blobCount(); n != 1 {
		t.Fatalf("%d zip files are kept after CreateFunction", n)
	}
	w.ok("PUT", base+"f/code", `{"ZipFile":"`+python(t, "def handler(e, c): return 2")+`"}`)
	if r := w.ok("POST", base+"f/invocations", `{}`); r.text != "2" {
		t.Errorf("%s", r.text)
	}
	if n := w.blobCount(); n != 1 {
		t.Errorf("%d zip files are kept after UpdateFunctionCode", n)
	}
	// One that no function comes to have is not kept, and the next sweep finds nothing.
	w.fails("twice", "POST", base, `{"FunctionName":"f","Runtime":"python3.11","Handler":"index.handler","Role":"arn:aws:iam::`+account+
		`:role/exec","Code":{"ZipFile":"`+python(t, echo)+`"}}`, 409, "ResourceConflictException", "already exist")
	if n := w.blobCount(); n != 1 {
		t.Errorf("%d zip files are kept after a refusal", n)
	}
}
