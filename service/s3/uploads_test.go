package s3

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/checksum"
)

// begin begins an upload and returns its id.
func (w *world) begin(path string, headers ...string) string {
	w.t.Helper()
	return element(w.ok("POST", path+"?uploads", "", headers...).body, "UploadId")
}

// part uploads a part and returns its ETag.
func (w *world) part(path, id string, n int, body string, headers ...string) string {
	w.t.Helper()
	return w.ok("PUT", fmt.Sprintf("%s?uploadId=%s&partNumber=%d", path, id, n), body, headers...).header.Get("ETag")
}

// complete is the body of CompleteMultipartUpload: parts as "number etag".
func complete(parts ...string) string {
	var b strings.Builder
	b.WriteString(`<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`)
	for _, p := range parts {
		n, etag, _ := strings.Cut(p, " ")
		b.WriteString("<Part><PartNumber>" + n + "</PartNumber><ETag>" + strings.ReplaceAll(etag, `"`, "&quot;") + "</ETag></Part>")
	}
	return b.String() + "</CompleteMultipartUpload>"
}

func sumOf(a checksum.Algorithm, s string) []byte {
	h := checksum.NewHasher(a)
	_, _ = h.Write([]byte(s))
	return h.Sum(a)
}

func TestMultipart(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.ok("PUT", "/data/big", "what was there before")
	one, two, three := strings.Repeat("1", minPart), strings.Repeat("2", minPart+7), "the end"
	id := w.begin("/data/big", "Content-Type", "text/plain", "X-Amz-Meta-A", "b", "X-Amz-Tagging", "k=v")
	e1 := w.part("/data/big", id, 1, one)
	w.part("/data/big", id, 3, "another end")
	e3 := w.part("/data/big", id, 3, three)
	e2 := w.part("/data/big", id, 2, two)
	w.part("/data/big", id, 10000, "not named")
	r := w.ok("GET", "/data/big?uploadId="+id+"&max-parts=2", "")
	if got := strings.Join(elements(r.body, "PartNumber"), " "); got != "1 2" || element(r.body, "IsTruncated") != "true" || element(r.body, "NextPartNumberMarker") != "2" {
		t.Errorf("parts: %s", r.body)
	}
	r = w.ok("GET", "/data/big?uploadId="+id+"&part-number-marker=2", "")
	if got := strings.Join(elements(r.body, "PartNumber"), " "); got != "3 10000" {
		t.Errorf("parts behind 2: %s", r.body)
	}
	if got := w.ok("GET", "/data/big", "").body; got != "what was there before" {
		t.Error("an unfinished upload shows")
	}
	path := "/data/big?uploadId=" + id
	w.want(w.do("POST", path, complete("2 "+e2, "1 "+e1)), 400, "InvalidPartOrder")
	w.want(w.do("POST", path, complete("1 "+e1, "1 "+e1)), 400, "InvalidPartOrder")
	w.want(w.do("POST", path, complete("1 "+e2)), 400, "InvalidPart")
	w.want(w.do("POST", path, complete("4 "+e2)), 400, "InvalidPart")
	w.want(w.do("POST", path, complete("1 "+e1, "10000 "+e1)), 400, "InvalidPart")
	w.want(w.do("POST", path, complete()), 400, "MalformedXML")
	w.want(w.do("POST", "/data/other?uploadId="+id, complete("1 "+e1)), 404, "NoSuchUpload")
	w.want(w.do("POST", "/data/big?uploadId=none", complete("1 "+e1)), 404, "NoSuchUpload")
	r = w.ok("POST", path, complete("1 "+e1, "2 "+e2, "3 "+e3))
	whole := one + two + three
	m := md5.New()
	for _, p := range []string{one, two, three} {
		s := md5.Sum([]byte(p))
		m.Write(s[:])
	}
	etag := `"` + hex.EncodeToString(m.Sum(nil)) + `-3"`
	if got := strings.ReplaceAll(strings.ReplaceAll(element(r.body, "ETag"), "&#34;", `"`), "&quot;", `"`); got != etag || element(r.body, "ChecksumCRC64NVME") != checksum.Encode(sumOf(checksum.CRC64NVME, whole)) {
		t.Errorf("completed: %s", r.body)
	}
	again := w.ok("POST", path, complete("1 "+e1, "2 "+e2, "3 "+e3)) // the answer was lost
	if element(again.body, "ETag") != element(r.body, "ETag") {
		t.Errorf("completed again: %s", again.body)
	}
	get := w.ok("GET", "/data/big", "")
	if get.body != whole || get.header.Get("ETag") != etag || get.header.Get("Content-Type") != "text/plain" || get.header.Get("X-Amz-Tagging-Count") != "1" {
		t.Errorf("got %d bytes, %v", len(get.body), get.header)
	}
	for spec, want := range map[string]string{
		"bytes=0-0": "1", "bytes=-7": three, fmt.Sprintf("bytes=%d-%d", minPart-2, minPart+1): "1122",
		fmt.Sprintf("bytes=%d-", 2*minPart+6): "2the end", fmt.Sprintf("bytes=%d-%d", minPart, minPart): "2",
	} {
		r := w.ok("GET", "/data/big", "", "Range", spec)
		if r.body != want || r.status != 206 {
			t.Errorf("%s: %d %.20q", spec, r.status, r.body)
		}
	}
	r = w.ok("GET", "/data/big?partNumber=3", "")
	if r.body != three || r.status != 206 || r.header.Get("X-Amz-Mp-Parts-Count") != "3" {
		t.Errorf("part 3: %d %v %q", r.status, r.header, r.body)
	}
	w.want(w.do("GET", "/data/big?partNumber=4", ""), 416, "InvalidPartNumber")
	r = w.ok("GET", "/data/big?attributes", "", "X-Amz-Object-Attributes", "ETag,ObjectParts,ObjectSize,Checksum,StorageClass")
	if element(r.body, "TotalPartsCount")+element(r.body, "PartsCount") != "3" || element(r.body, "ObjectSize") != strconv.Itoa(len(whole)) || strings.Contains(element(r.body, "ETag"), `"`) {
		t.Errorf("attributes: %s", r.body)
	}
	if n := len(blobsOf(t, w)); n != 3 {
		t.Errorf("%d blobs are there, want those of the three parts", n)
	}
	w.ok("PUT", "/data/copied", "", "X-Amz-Copy-Source", "data/big")
	if got := w.ok("GET", "/data/copied", ""); got.body != whole || strings.Contains(got.header.Get("ETag"), "-") {
		t.Errorf("copy: %d bytes, %v", len(got.body), got.header)
	}
	w.want(w.do("DELETE", "/data/big", ""), 204, "")
	w.want(w.do("DELETE", "/data/copied", ""), 204, "")
	if n := len(blobsOf(t, w)); n != 0 {
		t.Errorf("%d blobs are left", n)
	}
	w.want(w.do("POST", path, complete("1 "+e1, "2 "+e2, "3 "+e3)), 404, "NoSuchUpload")
}

func TestMultipartRefuses(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	id := w.begin("/data/k")
	for n, code := range map[string]string{"0": "InvalidArgument", "10001": "InvalidArgument", "-1": "InvalidArgument", "x": "InvalidArgument", "": "InvalidArgument"} {
		w.want(w.do("PUT", "/data/k?uploadId="+id+"&partNumber="+n, "x"), 400, code)
	}
	w.want(w.do("PUT", "/data/k?uploadId=none&partNumber=1", "x"), 404, "NoSuchUpload")
	w.want(w.do("PUT", "/data/other?uploadId="+id+"&partNumber=1", "x"), 404, "NoSuchUpload")
	w.want(w.do("GET", "/data/k?uploadId="+strings.Repeat("u", 300), ""), 404, "NoSuchUpload")
	e1, e2 := w.part("/data/k", id, 1, "small"), w.part("/data/k", id, 2, "small too")
	w.want(w.do("POST", "/data/k?uploadId="+id, complete("1 "+e1, "2 "+e2)), 400, "EntityTooSmall")
	w.want(w.do("DELETE", "/data", ""), 409, "BucketNotEmpty")
	w.want(w.do("DELETE", "/data/k?uploadId="+id, ""), 204, "")
	w.want(w.do("DELETE", "/data/k?uploadId="+id, ""), 404, "NoSuchUpload")
	w.want(w.do("POST", "/data/k?uploadId="+id, complete("1 "+e1)), 404, "NoSuchUpload")
	if n := len(blobsOf(t, w)); n != 0 {
		t.Errorf("%d blobs are left", n)
	}
	// The condition is decided when the object appears.
	id = w.begin("/data/k")
	e1 = w.part("/data/k", id, 1, "one")
	w.ok("PUT", "/data/k", "was faster")
	w.want(w.do("POST", "/data/k?uploadId="+id, complete("1 "+e1), "If-None-Match", "*"), 412, "PreconditionFailed")
	w.want(w.do("POST", "/data/k?uploadId="+id, complete("1 "+e1), "X-Amz-Mp-Object-Size", "4"), 400, "InvalidRequest")
	w.want(w.do("POST", "/data/k?uploadId="+id, complete("1 "+e1), "X-Amz-Mp-Object-Size", "3"), 200, "")
}

func TestMultipartChecksums(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	one, two := strings.Repeat("a", minPart), "b"
	for _, tt := range []struct {
		algorithm checksum.Algorithm
		typ       checksum.Type
	}{
		{checksum.CRC32, checksum.Composite},
		{checksum.CRC32, checksum.FullObject},
		{checksum.CRC32C, checksum.Composite},
		{checksum.SHA1, checksum.Composite},
		{checksum.SHA256, checksum.Composite},
		{checksum.CRC64NVME, checksum.FullObject},
	} {
		id := w.begin("/data/k", "X-Amz-Checksum-Algorithm", string(tt.algorithm), "X-Amz-Checksum-Type", string(tt.typ))
		s1, s2 := sumOf(tt.algorithm, one), sumOf(tt.algorithm, two)
		e1 := w.part("/data/k", id, 1, one, tt.algorithm.Header(), checksum.Encode(s1))
		w.want(w.do("PUT", "/data/k?uploadId="+id+"&partNumber=2", two, tt.algorithm.Header(), checksum.Encode(s1)), 400, "BadDigest")
		e2 := w.part("/data/k", id, 2, two)
		h := checksum.NewHasher(tt.algorithm)
		_, _ = h.Write(s1)
		_, _ = h.Write(s2)
		want := checksum.Encode(h.Sum(tt.algorithm)) + "-2"
		if tt.typ == checksum.FullObject {
			want = checksum.Encode(sumOf(tt.algorithm, one+two))
		}
		wrong := checksum.Encode(sumOf(tt.algorithm, "x"))
		w.want(w.do("POST", "/data/k?uploadId="+id, complete("1 "+e1, "2 "+e2), tt.algorithm.Header(), wrong), 400, "BadDigest")
		w.want(w.do("POST", "/data/k?uploadId="+id, complete("1 "+e1, "2 "+e2), tt.algorithm.Header(), want), 200, "")
		r := w.ok("HEAD", "/data/k", "", "X-Amz-Checksum-Mode", "ENABLED")
		if r.header.Get(tt.algorithm.Header()) != want || r.header.Get("X-Amz-Checksum-Type") != string(tt.typ) {
			t.Errorf("%v: %v, want %s", tt, r.header, want)
		}
	}
	w.want(w.do("POST", "/data/k?uploads", "", "X-Amz-Checksum-Algorithm", "SHA256", "X-Amz-Checksum-Type", "FULL_OBJECT"), 400, "InvalidRequest")
	w.want(w.do("POST", "/data/k?uploads", "", "X-Amz-Checksum-Algorithm", "XXHASH64"), 400, "InvalidRequest")
	id := w.begin("/data/k", "X-Amz-Checksum-Algorithm", "SHA256")
	w.want(w.do("PUT", "/data/k?uploadId="+id+"&partNumber=1", "x", "X-Amz-Checksum-Crc32", checksum.Encode(sumOf(checksum.CRC32, "x"))), 400, "InvalidRequest")
}

func TestUploadPartCopy(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.ok("PUT", "/data/source", "0123456789")
	id := w.begin("/data/k")
	path := "/data/k?uploadId=" + id + "&partNumber=1"
	w.want(w.do("PUT", path, "", "X-Amz-Copy-Source", "data/source", "X-Amz-Copy-Source-Range", "bytes=2-5"), 200, "")
	for _, bad := range []string{"bytes=2-", "bytes=-2", "2-5", "bytes=5-2", "bytes=2-10"} {
		w.want(w.do("PUT", path, "", "X-Amz-Copy-Source", "data/source", "X-Amz-Copy-Source-Range", bad), 400, "InvalidArgument")
	}
	w.want(w.do("PUT", path, "", "X-Amz-Copy-Source", "data/source", "X-Amz-Copy-Source-If-Match", "x"), 412, "PreconditionFailed")
	r := w.ok("GET", "/data/k?uploadId="+id, "")
	w.ok("POST", "/data/k?uploadId="+id, complete("1 "+element(r.body, "ETag")))
	if got := w.ok("GET", "/data/k", "").body; got != "2345" {
		t.Errorf("got %q", got)
	}
	w.as("alice", allow("s3:PutObject", "data/k"))
	w.want(w.do("PUT", path, "", "X-Amz-Copy-Source", "data/source"), 403, "AccessDenied")
}

func TestListUploads(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	var ids []string
	for _, key := range []string{"a", "a", "b/1", "b/2", "c"} {
		ids = append(ids, w.begin("/data/"+key))
	}
	r := w.ok("GET", "/data?uploads&delimiter=/", "")
	if got := strings.Join(append(elements(r.body, "Key"), commonPrefixes(r.body)...), " "); got != "a a c b/" {
		t.Errorf("uploads: %s", got)
	}
	var got []string
	next := ""
	for range 9 {
		r := w.ok("GET", "/data?uploads&max-uploads=1"+next, "")
		got = append(got, elements(r.body, "UploadId")...)
		if element(r.body, "IsTruncated") != "true" {
			break
		}
		next = "&key-marker=" + element(r.body, "NextKeyMarker") + "&upload-id-marker=" + element(r.body, "NextUploadIdMarker")
	}
	if strings.Join(got, " ") != strings.Join(ids, " ") {
		t.Errorf("one by one: %v, want %v", got, ids)
	}
	r = w.ok("GET", "/data?uploads&key-marker=a&prefix=", "")
	if got := strings.Join(elements(r.body, "Key"), " "); got != "b/1 b/2 c" {
		t.Errorf("behind a: %s", got)
	}
}
