package s3

import (
	"bytes"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// TestLostParts: an object whose bytes are gone, as after a restore without the folder
// of objects, ends its answer early, and the log says of which part and why.
func TestLostParts(t *testing.T) {
	w := newWorld(t)
	var log bytes.Buffer
	w.api.Log = slog.New(slog.NewTextHandler(&log, nil))
	w.ok("PUT", "/data", "")
	upload := element(w.ok("POST", "/data/k?uploads", "").body, "UploadId")
	etag := w.ok("PUT", "/data/k?partNumber=1&uploadId="+upload, "part").header.Get("ETag")
	w.ok("POST", "/data/k?uploadId="+upload, strings.Replace(multipart1, "<ETag>x</ETag>", "<ETag>"+etag+"</ETag>", 1))
	for id, err := range w.api.Blobs.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := w.api.Blobs.Remove(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	func() {
		defer func() { _ = recover() }() // how a handler breaks its answer off
		if r := w.do("GET", "/data/k", ""); r.body != "" || r.status != http.StatusOK {
			t.Errorf("%d %q", r.status, r.body)
		}
	}()
	if text := log.String(); !strings.Contains(text, "level=ERROR") || !strings.Contains(text, "opening part 1") {
		t.Errorf("the log says %q", text)
	}
}
