package s3

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"testing"
)

func TestObjects(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	for _, size := range []int{0, 1, 4096, inline, inline + 1, 300 << 10} {
		body := strings.Repeat("x", size)
		sum := md5.Sum([]byte(body))
		etag := `"` + hex.EncodeToString(sum[:]) + `"`
		put := w.ok("PUT", "/data/a/b", body, "Content-Type", "text/plain", "X-Amz-Meta-Color", "blue")
		if put.header.Get("ETag") != etag || put.header.Get("X-Amz-Checksum-Crc64nvme") == "" {
			t.Errorf("%d bytes: put %v", size, put.header)
		}
		get := w.ok("GET", "/data/a/b", "")
		if get.body != body || get.header.Get("ETag") != etag || get.header.Get("Content-Type") != "text/plain" || meta(get, "color") != "blue" {
			t.Errorf("%d bytes: got %d of them, %v", size, len(get.body), get.header)
		}
		head := w.ok("HEAD", "/data/a/b", "")
		if head.body != "" || head.header.Get("Content-Length") != get.header.Get("Content-Length") || head.header.Get("ETag") != etag {
			t.Errorf("%d bytes: head %v", size, head.header)
		}
	}
	w.want(w.do("DELETE", "/data", ""), 409, "BucketNotEmpty")
	w.want(w.do("DELETE", "/data/a/b", ""), 204, "")
	w.want(w.do("DELETE", "/data/a/b", ""), 204, "")
	w.want(w.do("GET", "/data/a/b", ""), 404, "NoSuchKey")
	w.want(w.do("HEAD", "/data/a/b", ""), 404, "")
	w.want(w.do("DELETE", "/data", ""), 204, "")
	w.want(w.do("GET", "/data/a/b", ""), 404, "NoSuchBucket")
	if n := len(blobsOf(t, w)); n != 0 {
		t.Errorf("%d blobs are left", n)
	}
}

func blobsOf(t *testing.T, w *world) []string {
	t.Helper()
	var ids []string
	for id, err := range w.api.Blobs.List(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	return ids
}
