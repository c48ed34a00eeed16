package sigv4

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

var uploadTime = time.Date(2013, 5, 24, 0, 0, 0, 0, time.UTC)

// open takes the steps of a server up to the reader of the body.
func open(r *http.Request) (*Chunks, error) {
	s, err := Parse(r)
	if err != nil {
		return nil, err
	}
	if err := s.CheckTime(uploadTime); err != nil {
		return nil, err
	}
	if err := s.CheckScope("us-east-1", "s3"); err != nil {
		return nil, err
	}
	key := DeriveKey(s3Secret, s.Date, s.Region, s.Service)
	if err := s.VerifyDeclared(r, key, StreamingSigned, StreamingSignedTrailer, StreamingUnsignedTrailer); err != nil {
		return nil, err
	}
	return s.Chunks(r, key)
}

// TestChunkVectors: the examples of "Transferring Payload in Multiple Chunks" and
// "Signature calculations for trailing headers" in the S3 API Reference.
func TestChunkVectors(t *testing.T) {
	for _, v := range []struct {
		name, headers, signed, seed string
		chunks                      []string
		end                         string
		checksum                    string
	}{
		{
			name: "chunks",
			headers: "Content-Encoding: aws-chunked\nContent-Length: 66824\nX-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD\n" +
				"X-Amz-Date: 20130524T000000Z\nX-Amz-Decoded-Content-Length: 66560\nX-Amz-Storage-Class: REDUCED_REDUNDANCY",
			signed: "content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class",
			seed:   "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9",
			chunks: []string{
				"ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648",
				"0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497",
				"b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9",
			},
			end: "\r\n",
		},
		{
			name: "trailers",
			headers: "Content-Encoding: aws-chunked\nX-Amz-Content-Sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER\n" +
				"X-Amz-Date: 20130524T000000Z\nX-Amz-Decoded-Content-Length: 66560\nX-Amz-Storage-Class: REDUCED_REDUNDANCY\n" +
				"X-Amz-Trailer: x-amz-checksum-crc32c",
			signed: "content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class;x-amz-trailer",
			seed:   "106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e",
			chunks: []string{
				"b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2",
				"1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7",
				"2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992",
			},
			end: "x-amz-checksum-crc32c:sOO8/Q==\r\n" +
				"x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n",
			checksum: "sOO8/Q==",
		},
	} {
		t.Run(v.name, func(t *testing.T) {
			a := strings.Repeat("a", 65536)
			wire := "10000;chunk-signature=" + v.chunks[0] + "\r\n" + a + "\r\n400;chunk-signature=" + v.chunks[1] + "\r\n" + a[:1024] +
				"\r\n0;chunk-signature=" + v.chunks[2] + "\r\n" + v.end
			r := httptest.NewRequest(http.MethodPut, "https://s3.amazonaws.com/examplebucket/chunkObject.txt", strings.NewReader(wire))
			for line := range strings.SplitSeq(v.headers, "\n") {
				name, value, _ := strings.Cut(line, ": ")
				r.Header.Set(name, value)
			}
			r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders="+
				v.signed+", Signature="+v.seed)
			c, err := open(r)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(c)
			if err != nil || string(got) != a+a[:1024] || c.Length() != 66560 {
				t.Fatalf("%d bytes of %d, %v", len(got), c.Length(), err)
			}
			if sum, ok := c.Trailer("x-amz-checksum-crc32c"); sum != v.checksum || ok != (v.checksum != "") {
				t.Errorf("trailer %q, %v", sum, ok)
			}
		})
	}
}

const content = "the quick brown fox jumps over the lazy dog, and so on for a while. "

// sent signs an upload and returns what the server sees: the request without its
// body, and the body.
func sent(t testing.TB, form, content string, trailers map[string]string) (*http.Request, string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPut, "http://localhost/bucket/key", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Encoding", "gzip")
	up := Upload{Form: form, Body: iotest.HalfReader(strings.NewReader(content)), Length: int64(len(content)), ChunkSize: MinChunk}
	for name := range maps.Keys(trailers) {
		up.Trailers = append(up.Trailers, name)
	}
	up.Trailer = func(name string) string { return trailers[name] }
	c := Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}
	if err := SignChunked(r, c, "us-east-1", "s3", up, uploadTime); err != nil {
		t.Fatal(err)
	}
	wire, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(wire)
}

// received reads a body in one of several rhythms.
func received(r *http.Request, wire io.Reader) (string, *Chunks, error) {
	r.Body = io.NopCloser(wire)
	c, err := open(r)
	if err != nil {
		return "", nil, err
	}
	got, err := io.ReadAll(c)
	return string(got), c, err
}

func TestChunksRoundTrip(t *testing.T) {
	trailers := map[string]string{"x-amz-checksum-crc32": "AAAAAA==", "x-amz-meta-late": "two words"}
	for _, form := range []string{StreamingSigned, StreamingSignedTrailer, StreamingUnsignedTrailer} {
		for _, n := range []int{0, 1, MinChunk - 1, MinChunk, MinChunk + 1, 5*MinChunk + 17} {
			with := map[string]string{}
			if form != StreamingSigned {
				with = trailers
			}
			want := strings.Repeat(content, n/len(content)+1)[:n]
			r, wire := sent(t, form, want, with)
			for name, rhythm := range map[string]func(io.Reader) io.Reader{
				"whole": func(r io.Reader) io.Reader { return r },
				"bytes": iotest.OneByteReader, "halves": iotest.HalfReader, "end with data": iotest.DataErrReader,
			} {
				got, c, err := received(r, rhythm(strings.NewReader(wire)))
				if err != nil || got != want || c.Length() != int64(n) {
					t.Fatalf("%s, %d bytes, %s: %d bytes, %v", form, n, name, len(got), err)
				}
				for name := range trailers {
					if v, ok := c.Trailer(name); v != with[name] || ok != (len(with) > 0) {
						t.Errorf("%s: trailer %s is %q", form, name, v)
					}
				}
				if n, err := c.Read(make([]byte, 1)); n != 0 || !errors.Is(err, io.EOF) {
					t.Errorf("behind the end: %d, %v", n, err)
				}
			}
		}
	}
}

// TestLineEnds: the trailers as they stand in AWS's description and as clients of
// other makers send them.
func TestLineEnds(t *testing.T) {
	r, wire := sent(t, StreamingSignedTrailer, content, map[string]string{"x-amz-checksum-crc32": "AAAAAA=="})
	const line = "x-amz-checksum-crc32:AAAAAA==\r\n"
	for name, w := range map[string]string{
		"empty line before":    strings.Replace(wire, line, "\r\n"+line, 1),
		"line feed and line":   strings.Replace(wire, line, "x-amz-checksum-crc32:AAAAAA==\n\r\n", 1),
		"no empty line behind": strings.TrimSuffix(wire, "\r\n"),
		"space, upper case":    strings.Replace(wire, line, "X-Amz-Checksum-Crc32: AAAAAA== \r\n", 1),
	} {
		if w == wire {
			t.Fatal("test changes nothing: " + name)
		}
		if got, c, err := received(r, strings.NewReader(w)); err != nil || got != content {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		} else if v, _ := c.Trailer("x-amz-checksum-crc32"); v != "AAAAAA==" {
			t.Errorf("%s: %q", name, v)
		}
	}
}

// TestCutAnywhere: whatever is missing at the end, no reader takes the rest for
// the whole.
func TestCutAnywhere(t *testing.T) {
	for _, form := range []string{StreamingSigned, StreamingSignedTrailer, StreamingUnsignedTrailer} {
		trailers := map[string]string{}
		if form != StreamingSigned {
			trailers["x-amz-checksum-crc32"] = "AAAAAA=="
		}
		r, wire := sent(t, form, content, trailers)
		complete := len(wire)
		if form == StreamingSignedTrailer {
			complete -= len("\r\n") // the signature is complete, see TestLineEnds
		}
		for n := range complete {
			for _, w := range []io.Reader{strings.NewReader(wire[:n]), iotest.DataErrReader(strings.NewReader(wire[:n]))} {
				got, c, err := received(r, w)
				if err == nil {
					t.Fatalf("%s: %d bytes of %d pass", form, n, len(wire))
				}
				if form != StreamingUnsignedTrailer && got != "" && got != content {
					t.Fatalf("%s cut at %d: %d unverified bytes", form, n, len(got))
				}
				if _, ok := c.Trailer("x-amz-checksum-crc32"); ok {
					t.Fatalf("%s cut at %d: a trailer", form, n)
				}
				if KindOf(err) != Framing && KindOf(err) != Trailer && KindOf(err) != Mismatch {
					t.Fatalf("%s cut at %d: kind %d, %v", form, n, KindOf(err), err)
				}
			}
		}
	}
}

// TestChangedAnywhere: no byte of a signed body can be another one.
func TestChangedAnywhere(t *testing.T) {
	r, wire := sent(t, StreamingSignedTrailer, content, map[string]string{"x-amz-checksum-crc32": "AAAAAA=="})
	for i := range wire {
		for _, b := range []byte{'0', 'f', ';', '\r', '\n', ' ', wire[i] ^ 1} {
			w := []byte(wire)
			if w[i] == b {
				continue
			}
			w[i] = b
			got, c, err := received(r, bytes.NewReader(w))
			if err != nil {
				continue
			}
			// The size may be spelled otherwise, spaces stand around a value, and names
			// have no case.
			if v, _ := c.Trailer("x-amz-checksum-crc32"); got != content || v != "AAAAAA==" {
				t.Fatalf("%q at %d passes as %q, %q", b, i, got, v)
			}
		}
	}
}

func TestChunksRefuse(t *testing.T) {
	const sum = "x-amz-checksum-crc32"
	long := strings.Repeat(content, 400) // 4 chunks
	replace := func(old, with string) func(string) string {
		return func(s string) string { return strings.Replace(s, old, with, 1) }
	}
	parts := func(s string) []string { // chunks of the framed body, each with its line ends
		var out []string
		for s != "" {
			head, _, _ := strings.Cut(s, "\r\n")
			size, _, _ := strings.Cut(head, ";")
			n, err := strconv.ParseInt(size, 16, 32)
			if err != nil {
				t.Fatal(err)
			}
			end := min(len(s), len(head)+2+int(n)+2)
			if n == 0 {
				end = len(s)
			}
			out, s = append(out, s[:end]), s[end:]
		}
		return out
	}
	order := func(want ...int) func(string) string {
		return func(s string) string {
			p, out := parts(s), ""
			for _, i := range want {
				out += p[i]
			}
			return out
		}
	}
	for _, tt := range []struct {
		name, form string
		do         func(string) string
		want       Kind
	}{
		{"chunks moved", StreamingSigned, order(1, 0, 2, 3, 4), Mismatch},
		{"chunk repeated", StreamingSigned, order(0, 0, 1, 2, 4), Mismatch},
		{"chunk left out", StreamingSigned, order(0, 2, 3, 4), Mismatch},
		{"last chunk left out", StreamingSigned, order(0, 1, 2, 4), Mismatch},
		{"final chunk left out", StreamingSigned, order(0, 1, 2, 3), Framing},
		{"final chunk first", StreamingSigned, order(4), Mismatch},
		{"twice", StreamingSigned, func(s string) string { return s + s }, Framing},
		{"something behind", StreamingSigned, func(s string) string { return s + "x" }, Framing},
		{"trailer behind", StreamingSigned, func(s string) string { return s + sum + ":AAAAAA==\r\n\r\n" }, Framing},
		{"trailer in the end", StreamingSigned, func(s string) string { return strings.TrimSuffix(s, "\r\n") + sum + ":A\r\n\r\n" }, Framing},
		{"no signature", StreamingSigned, replace(";chunk-signature=", ";"), Framing},
		{"signature in upper case", StreamingSigned, func(s string) string {
			head, rest, _ := strings.Cut(s, "\r\n")
			size, signature, _ := strings.Cut(head, "=")
			return size + "=" + strings.ToUpper(signature) + "\r\n" + rest
		}, Framing},
		{"unsigned chunks", StreamingSigned, func(string) string { return "6a40\r\n" + long + "\r\n0\r\n\r\n" }, Framing},
		{"no size", StreamingSigned, replace("2000;", ";"), Framing},
		{"negative size", StreamingSigned, replace("2000;", "-2000;"), Framing},
		{"signed size", StreamingSigned, replace("2000;", "+2000;"), Framing},
		{"prefixed size", StreamingSigned, replace("2000;", "0x2000;"), Framing},
		{"odd size", StreamingSigned, replace("2000;", "20 00;"), Framing},
		{"huge size", StreamingSigned, replace("2000;", "ffffffffffffffff;"), Framing},
		{"larger than declared", StreamingSigned, replace("2000;", "7fffffffffffffff;"), Length},
		{"size one more", StreamingSigned, replace("2000;", "2001;"), Framing},
		{"size one less", StreamingSigned, replace("2000;", "1fff;"), Framing},
		{"line feed alone", StreamingSigned, replace("\r\n", "\n"), Framing},
		{"long line", StreamingSigned, replace("2000;", strings.Repeat("0", maxLine)+"2000;"), Framing},
		{"nothing", StreamingSigned, func(string) string { return "" }, Framing},

		{"small chunk", StreamingUnsignedTrailer, func(string) string {
			return "3e8\r\n" + long[:1000] + "\r\n6658\r\n" + long[1000:] + "\r\n0\r\n" + sum + ":AAAAAA==\r\n\r\n"
		}, ChunkSize},
		{"short", StreamingUnsignedTrailer, func(string) string { return "2000\r\n" + long[:0x2000] + "\r\n0\r\n" + sum + ":AAAAAA==\r\n\r\n" }, Length},
		{"long", StreamingUnsignedTrailer, func(string) string {
			return "6a41\r\n" + long + "x\r\n0\r\n" + sum + ":AAAAAA==\r\n\r\n"
		}, Length},
		{"extension", StreamingUnsignedTrailer, replace("\r\n", ";x=y\r\n"), Framing},
		{"chunk longer than said", StreamingUnsignedTrailer, replace("2000\r\n", "1fff\r\n"), Framing},
		{"no trailer", StreamingUnsignedTrailer, replace(sum+":AAAAAA==\r\n", ""), Trailer},
		{"trailer not announced", StreamingUnsignedTrailer, replace(sum, "x-amz-checksum-sha1"), Trailer},
		{"trailer too many", StreamingUnsignedTrailer, replace(sum, "x-amz-meta-a:b\r\n"+sum), Trailer},
		{"trailer twice", StreamingUnsignedTrailer, replace(sum, sum+":AAAAAA==\r\n"+sum), Trailer},
		{"no colon", StreamingUnsignedTrailer, replace(sum+":", sum), Trailer},
		{"no name", StreamingUnsignedTrailer, replace(sum, ""), Trailer},
		{"control character", StreamingUnsignedTrailer, replace("AAAAAA==", "AAAA\x00A=="), Trailer},
		{"line feed in the value", StreamingUnsignedTrailer, replace("AAAAAA==", "AAA\nAAA=="), Framing},
		{"trailer signature", StreamingUnsignedTrailer, replace(sum, trailerSignature+":"+strings.Repeat("0", 64)+"\r\n"+sum), Trailer},
		{"long trailer", StreamingUnsignedTrailer, replace("AAAAAA==", strings.Repeat("A", maxLine)), Framing},
		{"behind the trailers", StreamingUnsignedTrailer, func(s string) string { return s + "\r\n" }, Framing},

		{"trailer changed", StreamingSignedTrailer, replace("AAAAAA==", "AAAAAB=="), Mismatch},
		{"trailers unsigned", StreamingSignedTrailer, func(s string) string {
			head, _, _ := strings.Cut(s, trailerSignature)
			return head + "\r\n"
		}, Framing},
		{"trailer left out", StreamingSignedTrailer, replace(sum+":AAAAAA==\r\n", ""), Trailer},
		{"behind the signature", StreamingSignedTrailer, func(s string) string { return strings.TrimSuffix(s, "\r\n") + sum + ":AAAAAA==\r\n\r\n" }, Framing},
		{"behind the end", StreamingSignedTrailer, func(s string) string { return s + "x" }, Framing},
		{"signature twice", StreamingSignedTrailer, func(s string) string {
			_, line, _ := strings.Cut(s, trailerSignature)
			return strings.TrimSuffix(s, "\r\n") + trailerSignature + line
		}, Framing},
		{"signature of zeros", StreamingSignedTrailer, func(s string) string {
			head, _, _ := strings.Cut(s, trailerSignature)
			return head + trailerSignature + ":" + strings.Repeat("0", 64) + "\r\n\r\n"
		}, Mismatch},
		{"no signature of trailers", StreamingSignedTrailer, func(s string) string {
			head, _, _ := strings.Cut(s, trailerSignature)
			return head + trailerSignature + "\r\n\r\n"
		}, Mismatch},
		{"empty lines", StreamingSignedTrailer, replace(sum, "\r\n\r\n\r\n"+sum), Trailer},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trailers := map[string]string{}
			if tt.form != StreamingSigned {
				trailers[sum] = "AAAAAA=="
			}
			r, wire := sent(t, tt.form, long, trailers)
			if got, _, err := received(r, strings.NewReader(wire)); err != nil || got != long {
				t.Fatal(err)
			}
			changed := tt.do(wire)
			if changed == wire {
				t.Fatal("test changes nothing")
			}
			got, c, err := received(r, strings.NewReader(changed))
			if KindOf(err) != tt.want {
				t.Errorf("kind %d, want %d: %v", KindOf(err), tt.want, err)
			}
			if tt.form != StreamingUnsignedTrailer && !strings.HasPrefix(long, got) {
				t.Error("bytes that were not signed came through")
			}
			if _, again := c.Read(make([]byte, 1)); KindOf(again) != tt.want {
				t.Errorf("reading on: %v", again)
			}
		})
	}
}

func TestChunkFacts(t *testing.T) {
	r, _ := sent(t, StreamingUnsignedTrailer, content, nil)
	_, _, err := received(r, strings.NewReader("3\r\nthe\r\n1\r\n \r\n0\r\n\r\n"))
	var e *Error
	if !errors.As(err, &e) || e.Facts["Chunk"] != "2" || e.Facts["BadChunkSize"] != "3" {
		t.Errorf("%+v", e)
	}
	_, _, err = received(r, strings.NewReader("3\r\nthe\r\n0\r\n\r\n"))
	if !errors.As(err, &e) || e.Facts["NumberBytesExpected"] != strconv.Itoa(len(content)) || e.Facts["NumberBytesProvided"] != "3" {
		t.Errorf("%+v", e)
	}
}

func TestChunkHeaders(t *testing.T) {
	for name, tt := range map[string]struct {
		form string
		set  http.Header
		want Kind
	}{
		"no length":                  {StreamingSigned, http.Header{"X-Amz-Decoded-Content-Length": nil}, NoLength},
		"length of words":            {StreamingSigned, http.Header{"X-Amz-Decoded-Content-Length": {"many"}}, NoLength},
		"negative length":            {StreamingSigned, http.Header{"X-Amz-Decoded-Content-Length": {"-1"}}, NoLength},
		"two lengths":                {StreamingSigned, http.Header{"X-Amz-Decoded-Content-Length": {"1", "2"}}, Malformed},
		"trailers in a form without": {StreamingSigned, http.Header{"X-Amz-Trailer": {"x-amz-checksum-crc32"}}, Announcement},
		"trailer twice":              {StreamingUnsignedTrailer, http.Header{"X-Amz-Trailer": {"a,A"}}, Announcement},
		"odd trailer":                {StreamingUnsignedTrailer, http.Header{"X-Amz-Trailer": {"a b"}}, Announcement},
		"empty name":                 {StreamingUnsignedTrailer, http.Header{"X-Amz-Trailer": {"a,,b"}}, Announcement},
		"signature as trailer":       {StreamingSignedTrailer, http.Header{"X-Amz-Trailer": {"X-Amz-Trailer-Signature"}}, Announcement},
		"too many":                   {StreamingUnsignedTrailer, http.Header{"X-Amz-Trailer": {strings.Repeat("a,", 17) + "b"}}, Announcement},
		"another form":               {StreamingSigned, http.Header{"X-Amz-Content-Sha256": {"STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"}}, PayloadForm},
		"lower case":                 {StreamingSigned, http.Header{"X-Amz-Content-Sha256": {strings.ToLower(StreamingSigned)}}, PayloadForm},
	} {
		r, _ := sent(t, tt.form, content, nil)
		maps.Copy(r.Header, tt.set)
		for name, v := range tt.set {
			if v == nil {
				delete(r.Header, name)
			}
		}
		c := Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}
		if err := Sign(r, c, "us-east-1", "s3", nil, uploadTime); err != nil {
			t.Fatal(err)
		}
		if _, _, err := received(r, strings.NewReader("")); KindOf(err) != tt.want {
			t.Errorf("%s: kind %d, want %d: %v", name, KindOf(err), tt.want, err)
		}
	}
}

// TestChunksNeedASeed: chunks are signed over the signature of the request, so
// that must have been verified, and a presigned URL signs no body.
func TestChunksNeedASeed(t *testing.T) {
	r, wire := sent(t, StreamingSigned, content, nil)
	r.Body = io.NopCloser(strings.NewReader(wire))
	s, err := Parse(r)
	if err != nil {
		t.Fatal(err)
	}
	if c, err := s.Chunks(r, DeriveKey(s3Secret, s.Date, s.Region, s.Service)); err == nil || c != nil {
		t.Error("without Verify")
	}
	r.Header.Set("X-Amz-Decoded-Content-Length", "5") // the length is signed
	if _, err := open(r); KindOf(err) != Mismatch {
		t.Errorf("another length: %v", err)
	}
	p := httptest.NewRequest(http.MethodPut, "http://localhost/b/k", strings.NewReader(wire))
	p.Header.Set("X-Amz-Content-Sha256", StreamingSigned)
	p.Header.Set("X-Amz-Decoded-Content-Length", "5")
	if err := Presign(p, Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}, "us-east-1", "s3", time.Hour, uploadTime); err != nil {
		t.Fatal(err)
	}
	if c, err := open(p); err == nil || c != nil {
		t.Error("a presigned URL with a streamed body")
	}
}

// TestChunkTooLarge: what is held before it is verified is bounded, and grows with
// what came.
func TestChunkTooLarge(t *testing.T) {
	r, _ := sent(t, StreamingSigned, "", nil)
	r.Header.Set("X-Amz-Decoded-Content-Length", strconv.Itoa(MaxChunk+1))
	if err := Sign(r, Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}, "us-east-1", "s3", nil, uploadTime); err != nil {
		t.Fatal(err)
	}
	signature := ";chunk-signature=" + strings.Repeat("0", 64) + "\r\n"
	if _, _, err := received(r, strings.NewReader("1000001"+signature)); KindOf(err) != TooLarge {
		t.Errorf("%v", err)
	}
	_, c, err := received(r, strings.NewReader("1000000"+signature+"a few bytes"))
	if KindOf(err) != Framing || cap(c.buffer) > 2*firstBuffer {
		t.Errorf("%v, %d bytes held", err, cap(c.buffer))
	}
}

func TestUnsignedChunks(t *testing.T) {
	r := httptest.NewRequest(http.MethodPut, "http://localhost/b/k", strings.NewReader("3\r\nabc\r\n0\r\na:b\r\n\r\n"))
	r.Header.Set("X-Amz-Decoded-Content-Length", "3")
	r.Header.Set("X-Amz-Trailer", "A")
	c, err := UnsignedChunks(r)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(c)
	if v, _ := c.Trailer("a"); err != nil || string(got) != "abc" || v != "b" {
		t.Errorf("%q, %q, %v", got, v, err)
	}
}

func TestWithoutChunked(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "aws-chunked": "", "gzip": "gzip", "aws-chunked,gzip": "gzip", "aws-chunked, gzip": "gzip", "gzip,aws-chunked": "gzip",
		"AWS-Chunked": "", "br, aws-chunked ,gzip": "br,gzip", "aws-chunked-not": "aws-chunked-not",
	} {
		if got := WithoutChunked(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// TestChunksOverHTTP: as net/http sends and receives it.
func TestChunksOverHTTP(t *testing.T) {
	var got string
	var err error
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got, _, err = received(r, r.Body)
	}))
	defer server.Close()
	r, e := http.NewRequest(http.MethodPut, server.URL+"/b/k", nil)
	if e != nil {
		t.Fatal(e)
	}
	want := strings.Repeat(content, 5000)
	up := Upload{Form: StreamingSignedTrailer, Body: strings.NewReader(want), Length: int64(len(want)), Trailers: []string{"a"}, Trailer: func(string) string { return "b" }}
	if e := SignChunked(r, Credentials{AccessKeyID: "AKID", SecretAccessKey: s3Secret}, "us-east-1", "s3", up, uploadTime); e != nil {
		t.Fatal(e)
	}
	answer, e := server.Client().Do(r)
	if e != nil {
		t.Fatal(e)
	}
	_ = answer.Body.Close()
	if err != nil || got != want {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// FuzzChunks: no panic, no endless loop, and no signed byte but those that were
// signed.
func FuzzChunks(f *testing.F) {
	forms := []string{StreamingSigned, StreamingSignedTrailer, StreamingUnsignedTrailer}
	requests := make([]*http.Request, len(forms))
	for i, form := range forms {
		trailers := map[string]string{}
		if form != StreamingSigned {
			trailers["x-amz-checksum-crc32"] = "AAAAAA=="
		}
		var wire string
		requests[i], wire = sent(f, form, content, trailers)
		f.Add(uint8(i), []byte(wire))
	}
	f.Fuzz(func(t *testing.T, form uint8, wire []byte) {
		i := int(form) % len(forms)
		got, c, err := received(requests[i].Clone(t.Context()), bytes.NewReader(wire))
		if c == nil {
			t.Fatal(err)
		}
		if forms[i] != StreamingUnsignedTrailer && got != "" && got != content {
			t.Fatalf("unsigned bytes %q", got)
		}
		if err == nil && len(got) != len(content) || len(got) > len(content) || len(got) > len(wire) {
			t.Fatalf("%d bytes, %v", len(got), err)
		}
		if err != nil && KindOf(err) == 0 {
			t.Fatal(err)
		}
	})
}
