package main

import (
	"context"
	"crypto/md5" //nolint:gosec // the name of a part, not a proof
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv4"
)

const (
	partBytes   = 64 << 20
	partsAtOnce = 4
	flat        = 64 // MiB that the anonymous memory may grow
	watchEvery  = 10 * time.Millisecond
)

// streams measures the server's memory while a large object comes in, whole and
// in parts, and goes out.
func streams(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx)
	if err != nil {
		return err
	}
	if err := w.makeObjects(ctx); err != nil {
		return err
	}
	size := int64(b.size) << 20
	whole, parts := objectPath(org, 90_000), objectPath(org, 90_001)
	for _, s := range []struct {
		what string
		run  func() error
	}{
		{"PutObject", func() error { return w.upload(ctx, whole, "", size) }},
		{"UploadPart, 4 at once", func() error { return w.uploadParts(ctx, parts, size) }},
		{"GetObject", func() error { return w.download(ctx, whole, size) }},
		{"GetObject of parts", func() error { return w.download(ctx, parts, size) }},
	} {
		b.say("%s of %d MiB", s.what, b.size)
		if err := w.restart(ctx, b.binary); err != nil {
			return err
		}
		before, err := w.server.memory()
		if err != nil {
			return err
		}
		began := time.Now()
		peak, err := w.server.watch(s.run)
		if err != nil {
			return fmt.Errorf("%s: %w", s.what, w.server.failed(err))
		}
		took := time.Since(began)
		b.add(row{
			Name: "stream", What: fmt.Sprintf("anonymous memory that %d MiB of %s add", b.size, s.what), Unit: "MiB",
			Measured: max(0, peak-before.anonymous), Target: flat, Met: peak-before.anonymous < flat,
			Note: fmt.Sprintf("%.1f MiB before, %.1f MiB at most; %.0f MiB/s", before.anonymous, peak, float64(b.size)/took.Seconds()),
		})
	}
	return nil
}

// restart ends the server and starts another on its data: what was asked of the
// first has grown its memory, and would hide what comes.
func (w *world) restart(ctx context.Context, binary string) error {
	w.server.kill()
	p, err := serve(ctx, binary, w.data)
	if err != nil {
		return err
	}
	w.server, w.addr = p, p.addr
	if err := p.awaitHealth(); err != nil {
		return err
	}
	return w.ownOnly(ctx, "PutObject", putObject)
}

// watch returns the most anonymous memory that the process had while run ran, in MiB.
func (p *process) watch(run func() error) (float64, error) {
	done := make(chan error, 1)
	go func() { done <- run() }()
	var most float64
	for every := time.NewTicker(watchEvery); ; {
		m, err := p.memory()
		if err != nil {
			return 0, errors.Join(err, <-done)
		}
		most = max(most, m.anonymous)
		select {
		case err := <-done:
			every.Stop()
			return most, err
		case <-every.C:
		}
	}
}

// pattern is bytes that tell their place, to some degree.
type pattern struct{ at, size int64 }

func (p *pattern) Read(b []byte) (int, error) {
	if p.at >= p.size {
		return 0, io.EOF
	}
	b = b[:min(int64(len(b)), p.size-p.at)]
	for i := range b {
		b[i] = byte((p.at + int64(i)) >> 12)
	}
	p.at += int64(len(b))
	return len(b), nil
}

// upload sends size bytes as SDKs do over HTTP: in chunks that are signed each.
func (w *world) upload(ctx context.Context, path, query string, size int64) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPut, "http://"+w.addr+path+query, http.NoBody)
	if err != nil {
		return err
	}
	up := sigv4.Upload{Form: sigv4.StreamingSigned, Body: &pattern{size: size}, Length: size}
	if err := sigv4.SignChunked(r, w.tenant, region, "s3", up, time.Now()); err != nil {
		return err
	}
	_, err = send(r, nil, nil)
	return err
}

// uploadParts sends size bytes in parts.
func (w *world) uploadParts(ctx context.Context, path string, size int64) error {
	answer, err := send(rest(ctx, w.addr, &w.tenant, route{service: "s3", method: http.MethodPost, path: path + "?uploads="}))
	if err != nil {
		return err
	}
	_, id, _ := strings.Cut(string(answer), "<UploadId>")
	id, _, ok := strings.Cut(id, "</UploadId>")
	if !ok {
		return fmt.Errorf("no upload id in %.300q", answer)
	}
	n := int((size + partBytes - 1) / partBytes)
	tags, errs := make([]string, n), make([]error, n)
	var wg sync.WaitGroup
	turn := make(chan struct{}, partsAtOnce)
	for i := range n {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			length := min(partBytes, size-int64(i)*partBytes)
			sum := md5.New() //nolint:gosec // as above
			if _, errs[i] = io.Copy(sum, &pattern{size: length}); errs[i] != nil {
				return
			}
			tags[i] = hex.EncodeToString(sum.Sum(nil))
			errs[i] = w.upload(ctx, path, "?partNumber="+strconv.Itoa(i+1)+"&uploadId="+id, length)
		})
	}
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	var body strings.Builder
	body.WriteString("<CompleteMultipartUpload>")
	for i, tag := range tags {
		fmt.Fprintf(&body, "<Part><PartNumber>%d</PartNumber><ETag>%s</ETag></Part>", i+1, tag)
	}
	body.WriteString("</CompleteMultipartUpload>")
	_, err = send(rest(ctx, w.addr, &w.tenant, route{service: "s3", method: http.MethodPost, path: path + "?uploadId=" + id, body: []byte(body.String())}))
	return err
}

// download reads an object to its end.
func (w *world) download(ctx context.Context, path string, size int64) error {
	r, _, err := rest(ctx, w.addr, &w.tenant, route{service: "s3", method: http.MethodGet, path: path})
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return &refusal{status: resp.StatusCode}
	}
	n, err := io.Copy(io.Discard, resp.Body)
	if err == nil && n != size {
		err = fmt.Errorf("%d bytes came, not %d", n, size)
	}
	return err
}
