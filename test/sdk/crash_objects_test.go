package sdk_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

const (
	partSize  = 5 << 20
	largeSize = 6 << 20 // of what is kept as a file
)

// A version is what somebody sent as an object: its bytes follow from its seed.
// The zero version is no object.
type version struct {
	seed  string
	parts []int // sizes; one for a plain upload
	plain bool  // its ETag is the MD5 of its bytes
}

func (v version) content() []byte {
	var all []byte
	for i := range v.parts {
		all = append(all, v.part(i)...)
	}
	return all
}

func (v version) part(i int) []byte {
	b := make([]byte, v.parts[i])
	r := rand.NewChaCha8(sha256.Sum256(fmt.Appendf(nil, "%s.%d", v.seed, i)))
	_, _ = r.Read(b) // never fails
	return b
}

func (v version) etag() string {
	if v.plain {
		return etag(v.content())
	}
	var sums []byte
	for i := range v.parts {
		sum := md5.Sum(v.part(i))
		sums = append(sums, sum[:]...)
	}
	sum := md5.Sum(sums)
	return fmt.Sprintf(`"%x-%d"`, sum, len(v.parts))
}

func etag(b []byte) string {
	sum := md5.Sum(b)
	return `"` + hex.EncodeToString(sum[:]) + `"`
}

// A ledger is what writers know: of each key the versions that may be there.
type ledger struct {
	mu      sync.Mutex
	may     map[string][]version
	answers int
}

// attempt sends a version. Until an answer comes the key may hold it or what it
// held; the answer settles that, unless others write the same key.
func (l *ledger) attempt(key string, v version, shared bool, send func() error) error {
	l.mu.Lock()
	if len(l.may[key]) == 0 {
		l.may[key] = []version{{}}
	}
	l.may[key] = append(l.may[key], v)
	l.mu.Unlock()
	err := send()
	l.mu.Lock()
	defer l.mu.Unlock()
	if err == nil {
		l.answers++
		if !shared {
			l.may[key] = []version{v}
		} else {
			l.may[key] = slices.DeleteFunc(l.may[key], func(v version) bool { return v.parts == nil }) // it is there
		}
	}
	return err
}

// An unfinished upload is one in parts that was not completed, as far as its
// writer knows.
type unfinished struct {
	id         string
	v          version
	done       []s3types.CompletedPart // acknowledged
	completing bool
}

// A loader writes objects in all ways until the server is gone.
type loader struct {
	*world
	ledger
	round   int
	open    map[string]*unfinished // by key
	ctx     context.Context
	writers sync.WaitGroup
}

// TestCrashDuringUploads: kill -9 while objects are written, overwritten, deleted,
// copied and sent in parts. What was acknowledged is there, whole; nothing is half.
func TestCrashDuringUploads(t *testing.T) {
	t.Parallel()
	const source = "source"
	w := newWorld(t, serve(t, devData))
	w.bucket(shelf)
	must := version{seed: source, parts: []int{largeSize}, plain: true}
	w.must("PutObject", w.send(w.ctx, source, must))
	for round := range 4 {
		l := &loader{world: w, round: round, ledger: ledger{may: map[string][]version{source: {must}}}, open: map[string]*unfinished{}}
		ctx, stop := context.WithTimeout(w.ctx, 30*time.Second)
		l.ctx = ctx
		l.load(source, must)
		l.wait(20 + 7*round)
		w.s.crash(t)
		l.writers.Wait()
		stop()
		w.s.start(t)
		t.Logf("%d writes were acknowledged before the crash, %d uploads in parts were open", l.answers, len(l.open))
		l.compare()
		l.finishParts()
	}
	if len(w.files()) == 0 {
		t.Error("no object is a file: the story needs larger ones")
	}
	w.empty()
	w.noFiles()
}

// wait returns in the middle of things, after so many answers.
func (l *loader) wait(answers int) {
	l.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		n := l.answers
		l.mu.Unlock()
		if n >= answers {
			return
		}
		if time.Now().After(deadline) {
			l.t.Fatalf("only %d writes were acknowledged", n)
		}
	}
}

func (l *loader) load(source string, of version) {
	for i := range 3 {
		l.repeat(func(n int) error { return l.put(fmt.Sprintf("small.%d.%d", i, n), 1+n*977%40_000, false) })
		l.repeat(func(int) error { return l.put("shared", 200, true) })
	}
	for i := range 2 {
		l.repeat(func(n int) error { return l.put(fmt.Sprintf("large.%d.%d", i, n), largeSize, false) })
		l.repeat(func(n int) error { // over and over, as a record and as a file
			return l.put(fmt.Sprintf("over.%d", i), []int{10, largeSize, 30_000, partSize}[n%4], false)
		})
		l.repeat(func(n int) error { return l.upload(fmt.Sprintf("parts.%d.%d", i, n)) })
	}
	l.repeat(func(n int) error {
		return errors.Join(l.put("gone", []int{100, largeSize}[n%2], false), l.remove("gone"))
	})
	l.repeat(func(n int) error {
		key := l.key(fmt.Sprintf("copy.%d", n%3))
		return l.attempt(key, of, false, func() error {
			_, err := l.objects.CopyObject(l.ctx, &s3.CopyObjectInput{Bucket: aws.String(shelf), Key: &key, CopySource: aws.String(shelf + "/" + source)})
			return err
		})
	})
}

// repeat does something until it fails, which it does when the server is gone.
func (l *loader) repeat(do func(n int) error) {
	l.writers.Go(func() {
		for n := 0; do(n) == nil; n++ {
		}
	})
}

func (l *loader) key(name string) string { return fmt.Sprintf("%d/%s", l.round, name) }

func (l *loader) put(name string, size int, shared bool) error {
	key := l.key(name)
	v := version{seed: fmt.Sprint(key, rand.Uint64()), parts: []int{size}, plain: true}
	return l.attempt(key, v, shared, func() error { return l.send(l.ctx, key, v) })
}

// send puts an object, and holds the server to its ETag.
func (w *world) send(ctx context.Context, key string, v version) error {
	out, err := w.objects.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(shelf), Key: &key, Body: bytes.NewReader(v.content())})
	if err == nil && aws.ToString(out.ETag) != v.etag() {
		w.t.Errorf("the ETag of %s is %s, want %s", key, aws.ToString(out.ETag), v.etag())
	}
	return err
}

func (l *loader) remove(name string) error {
	key := l.key(name)
	return l.attempt(key, version{}, false, func() error {
		_, err := l.objects.DeleteObject(l.ctx, &s3.DeleteObjectInput{Bucket: aws.String(shelf), Key: &key})
		return err
	})
}

// upload sends an object in parts, and notes how far it came.
func (l *loader) upload(name string) error {
	key := l.key(name)
	made, err := l.objects.CreateMultipartUpload(l.ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(shelf), Key: &key})
	if err != nil {
		return err
	}
	u := &unfinished{id: aws.ToString(made.UploadId), v: version{seed: key, parts: []int{partSize, partSize, 1000}}}
	l.mu.Lock()
	l.open[key] = u
	l.mu.Unlock()
	if err := l.sendParts(l.ctx, key, u); err != nil {
		return err
	}
	u.completing = true
	err = l.attempt(key, u.v, false, func() error { return l.complete(l.ctx, key, u) })
	if err == nil {
		l.mu.Lock()
		delete(l.open, key)
		l.mu.Unlock()
	}
	return err
}

// sendParts sends the parts that were not acknowledged.
func (l *loader) sendParts(ctx context.Context, key string, u *unfinished) error {
	for i := len(u.done); i < len(u.v.parts); i++ {
		n := aws.Int32(int32(i + 1))
		out, err := l.objects.UploadPart(ctx, &s3.UploadPartInput{Bucket: aws.String(shelf), Key: &key, UploadId: &u.id, PartNumber: n, Body: bytes.NewReader(u.v.part(i))})
		if err != nil {
			return err
		}
		u.done = append(u.done, s3types.CompletedPart{PartNumber: n, ETag: out.ETag})
	}
	return nil
}

func (l *loader) complete(ctx context.Context, key string, u *unfinished) error {
	_, err := l.objects.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: aws.String(shelf), Key: &key, UploadId: &u.id, MultipartUpload: &s3types.CompletedMultipartUpload{Parts: u.done},
	})
	return err
}

// compare reads every object that may be there.
func (l *loader) compare() {
	l.t.Helper()
	listed := l.listAll()
	for key, may := range l.may {
		tag, size, there := listed[key].tag, listed[key].size, false
		if _, there = listed[key]; !there {
			if !slices.ContainsFunc(may, func(v version) bool { return v.parts == nil }) {
				l.t.Errorf("%s was acknowledged and is gone", key)
			}
			continue
		}
		out, err := l.objects.GetObject(l.world.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: &key})
		l.must("GetObject "+key, err)
		got, err := io.ReadAll(out.Body)
		_ = out.Body.Close()
		l.must("reading "+key, err)
		i := slices.IndexFunc(may, func(v version) bool { return v.parts != nil && bytes.Equal(v.content(), got) })
		switch {
		case i < 0:
			l.t.Errorf("%s has %d bytes that are none of the %d versions that it may have", key, len(got), len(may))
		case aws.ToString(out.ETag) != may[i].etag() || tag != may[i].etag() || size != int64(len(got)):
			l.t.Errorf("%s: ETag %s, listed as %s with %d bytes, want %s and %d", key, aws.ToString(out.ETag), tag, size, may[i].etag(), len(got))
		}
		delete(listed, key)
	}
	for key := range listed {
		if key[:2] == l.key("")[:2] {
			l.t.Errorf("%s is there and nobody sent it", key)
		}
	}
}

type listedObject struct {
	tag  string
	size int64
}

func (w *world) listAll() map[string]listedObject {
	w.t.Helper()
	out := map[string]listedObject{}
	for pages := s3.NewListObjectsV2Paginator(w.objects, &s3.ListObjectsV2Input{Bucket: aws.String(shelf), MaxKeys: aws.Int32(50)}); pages.HasMorePages(); {
		page, err := pages.NextPage(w.ctx)
		w.must("ListObjectsV2", err)
		for _, o := range page.Contents {
			out[aws.ToString(o.Key)] = listedObject{aws.ToString(o.ETag), aws.ToInt64(o.Size)}
		}
	}
	return out
}

// finishParts goes on with the uploads that were open, from what was acknowledged.
func (l *loader) finishParts() {
	l.t.Helper()
	for key, u := range l.open {
		parts, err := l.objects.ListParts(l.world.ctx, &s3.ListPartsInput{Bucket: aws.String(shelf), Key: &key, UploadId: &u.id})
		if _, there := l.listAll()[key]; u.completing && there {
			l.want("the parts of what was completed", err, "NoSuchUpload: ")
			continue
		}
		l.must("ListParts "+key, err)
		for i, p := range u.done {
			if len(parts.Parts) <= i || aws.ToString(parts.Parts[i].ETag) != aws.ToString(p.ETag) || aws.ToInt64(parts.Parts[i].Size) != int64(u.v.parts[i]) {
				l.t.Errorf("part %d of %s was acknowledged and is not listed: %+v", i+1, key, parts.Parts)
			}
		}
		l.must("sending the rest", l.sendParts(l.world.ctx, key, u))
		l.must("completing", l.complete(l.world.ctx, key, u))
		l.may = map[string][]version{key: {u.v}}
		out, err := l.objects.GetObject(l.world.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: &key})
		l.must("GetObject", err)
		got, err := io.ReadAll(out.Body)
		_ = out.Body.Close()
		if err != nil || !bytes.Equal(got, u.v.content()) || aws.ToString(out.ETag) != u.v.etag() {
			l.t.Errorf("%s, completed after the crash: %d bytes, ETag %s, %v", key, len(got), aws.ToString(out.ETag), err)
		}
	}
}

// empty removes every object and every upload in parts.
func (w *world) empty() {
	w.t.Helper()
	for key := range w.listAll() {
		_, err := w.objects.DeleteObject(w.ctx, &s3.DeleteObjectInput{Bucket: aws.String(shelf), Key: &key})
		w.must("DeleteObject", err)
	}
	open, err := w.objects.ListMultipartUploads(w.ctx, &s3.ListMultipartUploadsInput{Bucket: aws.String(shelf)})
	w.must("ListMultipartUploads", err)
	for _, u := range open.Uploads { // created, and never told of
		_, err := w.objects.AbortMultipartUpload(w.ctx, &s3.AbortMultipartUploadInput{Bucket: aws.String(shelf), Key: u.Key, UploadId: u.UploadId})
		w.must("AbortMultipartUpload", err)
	}
}

// noFiles: where no object is left, no bytes are, once what the crashes left has
// been swept.
func (w *world) noFiles() {
	w.t.Helper()
	var left []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if left = w.files(); len(left) == 0 {
			return
		}
	}
	w.t.Errorf("%d files of no object are left: %v", len(left), left)
}

// files are the contents that the server keeps beside its records.
func (w *world) files() []string {
	w.t.Helper()
	var out []string
	err := filepath.WalkDir(filepath.Join(w.s.folder, "objects"), func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // removed meanwhile
			return nil
		}
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	w.must("looking through the folder", err)
	return out
}
