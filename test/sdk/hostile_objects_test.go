package sdk_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"mime/multipart"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// An intruder is a tenant with valid credentials for its own prefix of a bucket.
type intruder struct {
	*tenancy
	c    *citypes.Credentials
	host string
}

// An attack is a request, and what must come of it: the status and the code.
type attack struct {
	name string
	r    *wireRequest
	want string
}

const (
	vault      = "vault" // another bucket, of which the tenant may reach nothing
	ownKey     = "/" + shelf + "/" + orgA + "/"
	foreignKey = "/" + shelf + "/" + orgB + "/"
	contents   = "The quick brown fox jumps over the lazy dog. "

	mismatch  = "403 SignatureDoesNotMatch"
	forbidden = "403 AccessDenied"
	twice     = "400 AuthorizationHeaderMalformed"
)

// TestHostileObjects: whatever is sent to S3 that is not what was signed, or not
// the tenant's own: it is refused, and nothing has changed afterwards.
func TestHostileObjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devData))
	w.bucket(shelf, orgA+"/hello.txt", orgB+"/hello.txt")
	w.bucket(vault, orgA+"/hello.txt")
	i := &intruder{tenancy: w.tenancy("Intruder"), host: w.s.addr}
	i.use("IntruderObjects", statements(objectsUnder, `{"Effect":"Allow","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::`+vault+`/*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}`))
	i.c = i.credentials(i.entry, i.login(i.user(i.userPool, "custom:org", orgA)))
	for _, a := range i.genuine() {
		i.launch(a)
	}
	before, files := i.everything(), len(w.files())
	for name, attacks := range map[string][]attack{
		"signatures": i.onSignatures(), "chunks": i.onChunks(), "presigned": i.onPresigned(), "forms": i.onForms(),
		"names": i.onNames(), "sources": i.onSources(), "hosts": i.onHosts(), "headers": i.onHeaders(),
	} {
		if len(attacks) == 0 {
			t.Fatalf("no attacks on %s", name)
		}
		for _, a := range attacks {
			a.name = name + ", " + a.name
			i.launch(a)
			if after := i.everything(); !maps.Equal(before, after) {
				t.Errorf("%s CHANGED something:\nbefore %v\n after %v", a.name, before, after)
				before = after
			}
		}
	}
	if files == 0 {
		t.Error("no object is a file: the story needs larger ones")
	}
	for n, deadline := -1, time.Now().Add(10*time.Second); n != files; time.Sleep(10 * time.Millisecond) {
		if n = len(w.files()); n != files && time.Now().After(deadline) {
			t.Fatalf("%d files were kept before, %d after", files, n)
		}
	}
}

var errorCode = regexp.MustCompile(`<Code>(\w+)</Code>`)

func (i *intruder) launch(a attack) {
	i.t.Helper()
	status, text, _ := i.sendRaw(a.r)
	got := strconv.Itoa(status)
	if m := errorCode.FindStringSubmatch(text); m != nil {
		got += " " + m[1]
	}
	if got != a.want || status >= 500 {
		i.t.Errorf("%s: got %q, want %q\n%.400s", a.name, got, a.want, text)
	}
	if strings.Contains(text, "of "+orgB) {
		i.t.Errorf("%s LEAKS: %.400s", a.name, text)
	}
}

// everything is what the buckets hold, and what is being uploaded to them.
func (i *intruder) everything() map[string]string {
	i.t.Helper()
	out := map[string]string{}
	for _, bucket := range []string{shelf, vault} {
		list, err := i.objects.ListObjectsV2(i.ctx, &s3.ListObjectsV2Input{Bucket: aws.String(bucket)})
		i.must("ListObjectsV2", err)
		for _, o := range list.Contents {
			out[bucket+"/"+aws.ToString(o.Key)] = fmt.Sprintf("%s %d %s", aws.ToString(o.ETag), aws.ToInt64(o.Size), o.LastModified)
		}
		open, err := i.objects.ListMultipartUploads(i.ctx, &s3.ListMultipartUploadsInput{Bucket: aws.String(bucket)})
		i.must("ListMultipartUploads", err)
		for _, u := range open.Uploads {
			out["upload of "+bucket+"/"+aws.ToString(u.Key)] = aws.ToString(u.UploadId)
		}
	}
	return out
}

// signed is a request with its signature in Authorization, and then changed.
func (i *intruder) signed(method, target, body string, change func(*wireRequest), header ...string) *wireRequest {
	r := request(method, target, body, header...).sign(i.host, i.c, "s3", "")
	if change != nil {
		change(r)
	}
	return r
}

// pieces are the body of streamed uploads.
var pieces = []string{strings.Repeat(contents, 4000), strings.Repeat(strings.ToUpper(contents), 4000), "the end"}

var trailerOfPieces = crcTrailer + ":" + crcOf(strings.Join(pieces, ""))

// streamed is an upload in chunks. prepare changes headers before they are signed,
// change what is sent.
func (i *intruder) streamed(form string, prepare func(*wireRequest), trailer string, change func(*wireRequest, []chunk) []chunk) *wireRequest {
	r := request(http.MethodPut, ownKey+"streamed", "", "Content-Encoding", "aws-chunked", "X-Amz-Decoded-Content-Length", strconv.Itoa(len(strings.Join(pieces, ""))))
	if form != inChunks {
		r.set("X-Amz-Trailer", crcTrailer)
	}
	if prepare != nil {
		prepare(r)
	}
	r.sign(i.host, i.c, "s3", form)
	sent := r.chunks(form, pieces, trailer)
	if change != nil {
		sent = change(r, sent)
	}
	for _, c := range sent {
		r.body = append(r.body, c...)
	}
	return r
}

// link is a presigned request, and then changed.
func (i *intruder) link(method, target string, change func(*wireRequest)) *wireRequest {
	r := request(method, target, "").presign(i.host, i.c, unsignedPayload, "60", time.Now())
	if change != nil {
		change(r)
	}
	return r
}

// genuine are the same requests as they should be: they prove that the attacks
// fail for what is wrong with them.
func (i *intruder) genuine() []attack {
	return []attack{
		{"a plain upload", i.signed("PUT", ownKey+"plain", contents, nil), "200"},
		{"chunks", i.streamed(inChunks, nil, "", nil), "200"},
		{"chunks and a trailer", i.streamed(inChunksTrailer, nil, trailerOfPieces, nil), "200"},
		{"unsigned chunks and a trailer", i.streamed(unsignedTrailer, nil, trailerOfPieces, nil), "200"},
		{"a presigned upload", i.link("PUT", ownKey+"linked", func(r *wireRequest) { r.body = []byte(contents) }), "200"},
		{"a presigned download", i.link("GET", ownKey+"hello.txt", nil), "200"},
		{"a form", i.form(formPolicy(time.Now().Add(time.Minute)), nil), "204"},
		{"dots in a key", i.signed("PUT", ownKey+"../"+orgB+"/hello.txt", contents, nil), "200"},
		{"slashes in a key", i.signed("PUT", ownKey+"/%2F/%252F/./..", contents, nil), "200"},
		{"a copy", i.signed("PUT", ownKey+"copied", "", nil, "X-Amz-Copy-Source", shelf+"/"+orgA+"/hello.txt"), "200"},
		{"a bucket's host", i.signed("GET", "/"+orgA+"/hello.txt", "", nil, "Host", shelf+".s3.amazonaws.com"), "200"},
	}
}

// flip changes the last digit of a signature.
func flip(text string) string {
	last := "0"
	if strings.HasSuffix(text, "0") {
		last = "1"
	}
	return text[:len(text)-1] + last
}

func setting(name, value string) func(*wireRequest) {
	return func(r *wireRequest) { r.set(name, value) }
}

func adding(name, value string) func(*wireRequest) {
	return func(r *wireRequest) { r.add(name, value) }
}
func body(text string) func(*wireRequest) { return func(r *wireRequest) { r.body = []byte(text) } }

func (i *intruder) onSignatures() []attack {
	put := func(change func(*wireRequest)) *wireRequest { return i.signed("PUT", ownKey+"x", contents, change) }
	stranger := &citypes.Credentials{AccessKeyId: aws.String("AKIAAAAAAAAAAAAAAAAA"), SecretKey: i.c.SecretKey}
	otherToken := &citypes.Credentials{AccessKeyId: i.c.AccessKeyId, SecretKey: i.c.SecretKey, SessionToken: aws.String(flip(*i.c.SessionToken))}
	noToken := &citypes.Credentials{AccessKeyId: i.c.AccessKeyId, SecretKey: i.c.SecretKey}
	return []attack{
		{"a digit changed", put(func(r *wireRequest) { r.set("Authorization", flip(r.get("Authorization"))) }), mismatch},
		{"no signature", put(func(r *wireRequest) { r.unset("Authorization") }), forbidden},
		{"another body", put(body("another")), "400 XAmzContentSHA256Mismatch"},
		{"a longer body", put(body(contents + "and more")), "400 XAmzContentSHA256Mismatch"},
		{"the hash of another body", request("PUT", ownKey+"x", contents).sign(i.host, i.c, "s3", hexSum([]byte("another"))), "400 XAmzContentSHA256Mismatch"},
		{"the hash replaced", put(setting("X-Amz-Content-Sha256", unsignedPayload)), mismatch},
		{"the hash taken away", put(func(r *wireRequest) { r.unset("X-Amz-Content-Sha256") }), "400 InvalidRequest"},
		{"two hashes", put(adding("X-Amz-Content-Sha256", unsignedPayload)), twice},
		{"two hashes, in another case", put(adding("x-amz-content-SHA256", unsignedPayload)), twice},
		{"two signatures", put(func(r *wireRequest) { r.add("authorization", r.get("Authorization")) }), twice},
		{"two dates", put(adding("x-amz-date", "20260101T000000Z")), twice},
		{"two tokens", put(func(r *wireRequest) { r.add("x-amz-security-token", *i.c.SessionToken) }), twice},
		{"another method", put(func(r *wireRequest) { r.method = "DELETE" }), mismatch},
		{"another key", put(func(r *wireRequest) { r.target += "y" }), mismatch},
		{"another operation", put(func(r *wireRequest) { r.target += "?tagging" }), mismatch},
		{"a header that is not signed", put(setting("X-Amz-Acl", "public-read")), forbidden},
		{"a key of nobody", request("PUT", ownKey+"x", contents).sign(i.host, stranger, "s3", ""), "403 InvalidAccessKeyId"},
		{"a token changed", request("PUT", ownKey+"x", contents).sign(i.host, otherToken, "s3", ""), "400 InvalidToken"},
		{"no token", request("PUT", ownKey+"x", contents).sign(i.host, noToken, "s3", ""), "403 InvalidAccessKeyId"},
		{"for another service", request("PUT", ownKey+"x", contents, "Host", "s3.amazonaws.com").sign(i.host, i.c, "sts", ""), "400 AuthorizationHeaderMalformed"},
		{"a truncated body", put(func(r *wireRequest) { r.set("Content-Length", strconv.Itoa(len(r.body))); r.body = r.body[:10] }), "400 IncompleteBody"},
		{"two lengths", put(func(r *wireRequest) { r.add("Content-Length", "45"); r.add("Content-Length", "3") }), "400"},
		{"a length and chunks of HTTP", put(func(r *wireRequest) {
			r.add("Content-Length", strconv.Itoa(len(contents)))
			r.add("Transfer-Encoding", "chunked")
			r.body = []byte("3\r\nabc\r\n0\r\n\r\n")
		}), "411 MissingContentLength"},
	}
}

func (i *intruder) onChunks() []attack {
	each := func(change func([]chunk) []chunk) func(*wireRequest, []chunk) []chunk {
		return func(_ *wireRequest, c []chunk) []chunk { return change(c) }
	}
	replace := func(at int, old, by string) func(*wireRequest, []chunk) []chunk {
		return each(func(c []chunk) []chunk {
			was := c[at]
			if c[at] = bytes.Replace(was, []byte(old), []byte(by), 1); bytes.Equal(was, c[at]) {
				i.t.Errorf("chunk %d has no %q", at, old)
			}
			return c
		})
	}
	length := func(by int) func(*wireRequest) {
		return setting("X-Amz-Decoded-Content-Length", strconv.Itoa(len(strings.Join(pieces, ""))+by))
	}
	none := func(r *wireRequest) { r.unset("X-Amz-Trailer") }
	wrong := crcTrailer + ":" + crcOf("something else")
	return []attack{
		{"a piece changed", i.streamed(inChunks, nil, "", replace(1, "QUICK", "SLOW!")), mismatch},
		{"the last piece changed", i.streamed(inChunks, nil, "", replace(2, "the end", "the END")), mismatch},
		{"a signature changed", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk {
			at := bytes.IndexByte(c[1], '\r')
			c[1] = []byte(flip(string(c[1][:at])) + string(c[1][at:]))
			return c
		})), mismatch},
		{"the last signature changed", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk {
			c[3] = []byte(flip(strings.TrimSpace(string(c[3]))) + "\r\n")
			return c
		})), mismatch},
		{"the other order", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk { c[0], c[1] = c[1], c[0]; return c })), mismatch},
		{"a piece twice", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk { return slices.Insert(c, 1, c[0]) })), mismatch},
		{"a piece left out", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk { return slices.Delete(c, 1, 2) })), mismatch},
		{"the end left out", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk { return c[:3] })), "400 IncompleteBody"},
		{"the end too early", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk { return append(c[:1], c[3:]...) })), mismatch},
		{"more behind the end", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk { return append(c, chunk("x")) })), "400 IncompleteBody"},
		{"cut within a piece", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk { return []chunk{c[0], c[1][:100]} })), "400 IncompleteBody"},
		{"cut off, of a stated length", i.streamed(inChunks, nil, "", func(r *wireRequest, c []chunk) []chunk {
			r.set("Content-Length", strconv.Itoa(len(bytes.Join([][]byte{c[0], c[1], c[2], c[3], c[4]}, nil))))
			return []chunk{c[0], c[1][:100]}
		}), "400 IncompleteBody"},
		{"a shorter length", i.streamed(inChunks, length(-1), "", nil), "400 IncompleteBody"},
		{"a longer length", i.streamed(inChunks, length(+1), "", nil), "400 IncompleteBody"},
		{"no length", i.streamed(inChunks, func(r *wireRequest) { r.unset("X-Amz-Decoded-Content-Length") }, "", nil), "411 MissingContentLength"},
		{"a negative length", i.streamed(inChunks, setting("X-Amz-Decoded-Content-Length", "-1"), "", nil), "411 MissingContentLength"},
		{"the length replaced", i.streamed(unsignedTrailer, nil, trailerOfPieces, func(r *wireRequest, c []chunk) []chunk { r.set("X-Amz-Decoded-Content-Length", "7"); return c[2:] }), mismatch},
		{"chunks without any signature", i.streamed(inChunks, nil, "", each(func(c []chunk) []chunk {
			for k := range c[:4] {
				c[k] = regexp.MustCompile(`;chunk-signature=\w+`).ReplaceAll(c[k], nil)
			}
			return c
		})), "400 IncompleteBody"},
		{"no chunks at all", i.streamed(inChunks, nil, "", each(func([]chunk) []chunk { return []chunk{chunk(contents)} })), "400 IncompleteBody"},

		{"the trailer replaced", i.streamed(inChunksTrailer, nil, trailerOfPieces, replace(4, trailerOfPieces, wrong)), mismatch},
		{"the trailer without its signature", i.streamed(inChunksTrailer, nil, trailerOfPieces, each(func(c []chunk) []chunk {
			c[4] = chunk(trailerOfPieces + "\r\n\r\n")
			return c
		})), "400 IncompleteBody"},
		{"the trailer left out", i.streamed(inChunksTrailer, nil, trailerOfPieces, each(func(c []chunk) []chunk { c[4] = chunk("\r\n"); return c })), "400 IncompleteBody"},
		{"a trailer of another body", i.streamed(inChunksTrailer, nil, wrong, nil), "400 BadDigest"},
		{"an unsigned trailer of another body", i.streamed(unsignedTrailer, nil, wrong, nil), "400 BadDigest"},
		{"another body for the trailer", i.streamed(unsignedTrailer, nil, trailerOfPieces, replace(1, "QUICK", "SLOW!")), "400 BadDigest"},
		{"a trailer that was not announced", i.streamed(inChunksTrailer, none, trailerOfPieces, nil), "400 MalformedTrailerError"},
		{"an unsigned trailer that was not announced", i.streamed(unsignedTrailer, none, trailerOfPieces, nil), "400 MalformedTrailerError"},
		{"announced after signing", i.streamed(unsignedTrailer, none, trailerOfPieces, func(r *wireRequest, c []chunk) []chunk { r.set("X-Amz-Trailer", crcTrailer); return c }), forbidden},
		{"the trailer twice", i.streamed(unsignedTrailer, nil, trailerOfPieces+"\r\n"+wrong, nil), "400 MalformedTrailerError"},
		{"a trailer that is a header", i.streamed(unsignedTrailer, setting("X-Amz-Trailer", "x-amz-acl"), "x-amz-acl:public-read", nil), "400 InvalidRequest"},
		{"two trailers", i.streamed(unsignedTrailer, setting("X-Amz-Trailer", crcTrailer+",x-amz-checksum-sha1"), trailerOfPieces+"\r\nx-amz-checksum-sha1:"+crcOf("x"), nil), "400 InvalidRequest"},
		{"a checksum in the head, another in the trailer", i.streamed(unsignedTrailer, setting("X-Amz-Checksum-Crc32", crcOf(strings.Join(pieces, ""))), wrong, nil), "400 InvalidRequest"},
		{"another form", i.streamed(inChunks, nil, "", func(r *wireRequest, c []chunk) []chunk { r.set("X-Amz-Content-Sha256", unsignedTrailer); return c }), mismatch},
		{"a form of keys", i.streamed("STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD", nil, "", nil), "400 InvalidArgument"},
	}
}

func (i *intruder) onPresigned() []attack {
	target := ownKey + "linked"
	at := func(age time.Duration, expires string) *wireRequest {
		r := request("PUT", target, contents).presign(i.host, i.c, unsignedPayload, expires, time.Now().Add(-age))
		return r
	}
	query := func(more string) func(*wireRequest) {
		return func(r *wireRequest) { r.body, r.target = []byte("x"), r.target+more }
	}
	streaming := request("PUT", target, "", "Content-Encoding", "aws-chunked", "X-Amz-Decoded-Content-Length", "1", "X-Amz-Content-Sha256", inChunks).presign(i.host, i.c, inChunks, "60", time.Now())
	for _, c := range streaming.chunks(inChunks, []string{"x"}, "") {
		streaming.body = append(streaming.body, c...)
	}
	return []attack{
		{"another key", i.link("PUT", target, func(r *wireRequest) { r.target = strings.Replace(r.target, "linked", "other", 1) }), mismatch},
		{"a foreign key", i.link("PUT", foreignKey+"x", body("x")), forbidden},
		{"to write instead of read", i.link("GET", target, func(r *wireRequest) { r.method = "PUT"; r.body = []byte("x") }), mismatch},
		{"to delete instead of read", i.link("GET", target, func(r *wireRequest) { r.method = "DELETE" }), mismatch},
		{"another subresource", i.link("PUT", target, query("&tagging")), mismatch},
		{"a part instead of the object", i.link("PUT", target, query("&partNumber=1&uploadId=x")), mismatch},
		{"expired", at(2*time.Minute, "60"), forbidden},
		{"expired, and told to live longer", func() *wireRequest {
			r := at(2*time.Minute, "60")
			r.target = strings.Replace(r.target, "Expires=60", "Expires=600", 1)
			return r
		}(), mismatch},
		{"of tomorrow", at(-24*time.Hour, "60"), forbidden},
		{"longer than a week", at(0, "604801"), "400 AuthorizationQueryParametersError"},
		{"for no time", at(0, "0"), "400 AuthorizationQueryParametersError"},
		{"for a negative time", at(0, "-1"), "400 AuthorizationQueryParametersError"},
		{"for a time that is no number", at(0, "1e9"), "400 AuthorizationQueryParametersError"},
		{"two times", i.link("PUT", target, query("&X-Amz-Expires=600")), "400 AuthorizationQueryParametersError"},
		{"two signatures", i.link("PUT", target, query("&X-Amz-Signature="+emptySum)), "400 AuthorizationQueryParametersError"},
		{"two credentials", i.link("PUT", target, query("&X-Amz-Credential=test%2F20260101%2Fus-east-1%2Fs3%2Faws4_request")), "400 AuthorizationQueryParametersError"},
		{"a parameter in another case", i.link("PUT", target, query("&x-amz-expires=600")), "400 AuthorizationQueryParametersError"},
		{"no signed headers", i.link("PUT", target, func(r *wireRequest) {
			r.target = strings.Replace(r.target, "SignedHeaders=host", "SignedHeaders=", 1)
			r.body = []byte("x")
		}), "400 AuthorizationQueryParametersError"},
		{"a header that is not signed", i.link("PUT", target, func(r *wireRequest) { r.set("X-Amz-Acl", "public-read"); r.body = []byte("x") }), forbidden},
		{"and a header", i.link("PUT", target, func(r *wireRequest) {
			r.body = []byte("x")
			r.set("Authorization", i.signed("PUT", target, "x", nil).get("Authorization"))
		}), "400 InvalidArgument"},
		{"and chunks", streaming, "400 InvalidArgument"},
	}
}

// formPolicy says what a form may send.
func formPolicy(until time.Time, conditions ...string) string {
	if len(conditions) == 0 {
		conditions = []string{
			`{"bucket":"` + shelf + `"}`, `["starts-with","$key","` + orgA + `/"]`, `["content-length-range",1,100]`, `{"x-amz-algorithm":"AWS4-HMAC-SHA256"}`,
			`["starts-with","$x-amz-credential",""]`, `["starts-with","$x-amz-date",""]`, `["starts-with","$x-amz-security-token",""]`,
		}
	}
	return `{"expiration":"` + until.UTC().Format(time.RFC3339) + `","conditions":[` + strings.Join(conditions, ",") + `]}`
}

// form is a browser's upload with a signed policy; change changes its fields.
func (i *intruder) form(policy string, change func(map[string]string)) *wireRequest {
	r := request("POST", "/"+shelf, "")
	r.begin(i.host, i.c, "s3", time.Now())
	encoded := base64.StdEncoding.EncodeToString([]byte(policy))
	fields := map[string]string{
		"key": orgA + "/form", "policy": encoded, "x-amz-algorithm": "AWS4-HMAC-SHA256", "x-amz-credential": *i.c.AccessKeyId + "/" + r.scope,
		"x-amz-date": r.at, "x-amz-security-token": *i.c.SessionToken, "x-amz-signature": r.sign256(encoded), "file": contents,
	}
	if change != nil {
		change(fields)
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	file := fields["file"]
	delete(fields, "file")
	for k, v := range fields {
		_ = m.WriteField(k, v) // to memory
	}
	f, _ := m.CreateFormFile("file", "f.txt")
	_, _ = f.Write([]byte(file))
	_ = m.Close()
	r.set("Content-Type", m.FormDataContentType())
	r.body = b.Bytes()
	return r
}

func (i *intruder) onForms() []attack {
	soon := time.Now().Add(time.Minute)
	field := func(name, value string) *wireRequest {
		return i.form(formPolicy(soon), func(f map[string]string) { f[name] = value })
	}
	anything := []string{
		`{"bucket":"` + shelf + `"}`, `["starts-with","$key",""]`, `["starts-with","$x-amz-algorithm",""]`,
		`["starts-with","$x-amz-credential",""]`, `["starts-with","$x-amz-date",""]`, `["starts-with","$x-amz-security-token",""]`,
	}
	toForeign := func(f map[string]string) { f["key"] = orgB + "/form" }
	elsewhere := i.form(formPolicy(soon), nil)
	elsewhere.target = "/" + vault
	return []attack{
		{"a key outside", field("key", orgB+"/form"), forbidden},
		{"a key outside by its file", field("key", orgB+"/${filename}"), forbidden},
		{"too large", field("file", strings.Repeat("x", 101)), "400 EntityTooLarge"},
		{"too small", field("file", ""), "400 EntityTooSmall"},
		{"an extra field", field("acl", "public-read"), forbidden},
		{"an extra header", field("x-amz-meta-x", "y"), forbidden},
		{"another bucket", elsewhere, forbidden},
		{"a changed policy", field("policy", base64.StdEncoding.EncodeToString([]byte(formPolicy(soon, anything...)))), mismatch},
		{"a changed signature", field("x-amz-signature", emptySum), mismatch},
		{"an old policy", i.form(formPolicy(time.Now().Add(-time.Minute)), nil), forbidden},
		{"no signature", i.form(formPolicy(soon), func(f map[string]string) { delete(f, "x-amz-signature") }), "400 InvalidArgument"},
		{"no policy", i.form(formPolicy(soon), func(f map[string]string) { delete(f, "policy"); delete(f, "x-amz-signature") }), "400 InvalidArgument"},
		{"another signer's date", field("x-amz-date", "20260101T000000Z"), "400 AuthorizationQueryParametersError"},
		{"a policy that allows what the signer may not", i.form(formPolicy(soon, anything...), toForeign), forbidden},
	}
}

func (i *intruder) onNames() []attack {
	put := func(target string) *wireRequest { return i.signed("PUT", target, "x", nil) }
	get := func(target string) *wireRequest { return i.signed("GET", target, "", nil) }
	return []attack{
		{"a foreign key", put(foreignKey + "x"), forbidden},
		{"a foreign key, escaped", put("/" + shelf + "/" + orgB + "%2Fx"), forbidden},
		{"a foreign key, its bucket escaped", put("/%73helf/" + orgB + "/x"), mismatch},
		{"two slashes", put("/" + shelf + "//" + orgA + "/x"), forbidden},
		{"two slashes before the bucket", put("//" + shelf + "/" + orgA + "/x"), "405 MethodNotAllowed"},
		{"dots before the bucket", put("/" + vault + "/../" + shelf + "/" + orgA + "/x"), forbidden},
		{"dots out of the bucket", put("/" + shelf + "/../" + vault + "/" + orgA + "/x"), forbidden},
		{"an escaped slash in the bucket", put("/" + shelf + "%2F" + orgA + "/x"), "404 NoSuchBucket"},
		{"an escaped slash twice", put("/" + shelf + "/" + orgA + "%252Fx"), forbidden},
		{"NUL", put(foreignKey + "%00x"), "400 InvalidURI"},
		{"NUL in the own prefix", put("/" + shelf + "/" + orgA + "%00/x"), "400 InvalidURI"},
		{"not UTF-8", put(ownKey + "%FF"), "400 InvalidURI"},
		{"an overlong slash", put("/" + shelf + "/" + orgA + "%C0%AFx"), "400 InvalidURI"},
		{"half an escape", put(ownKey + "%2"), "400"},
		{"a foreign listing", get("/" + shelf + "?list-type=2&prefix=" + orgB + "%2F"), forbidden},
		{"two prefixes", get("/" + shelf + "?list-type=2&prefix=" + orgA + "%2F&prefix=" + orgB + "%2F"), "400 InvalidArgument"},
		{"a prefix in another case", get("/" + shelf + "?list-type=2&Prefix=" + orgA + "%2F"), forbidden},
		{"an empty prefix", get("/" + shelf + "?list-type=2&prefix="), forbidden},
		{"a whole folder by its delimiter", get("/" + shelf + "?list-type=2&delimiter=%2F"), forbidden},
		{"a start in a foreign prefix", get("/" + shelf + "?list-type=2&start-after=" + orgB), forbidden},
		{"versions", get("/" + shelf + "?versions&prefix=" + orgA + "%2F"), forbidden},
		{"uploads", get("/" + shelf + "?uploads&prefix=" + orgA + "%2F"), forbidden},
		{"all buckets", get("/"), forbidden},
		{"two operations", i.signed("PUT", ownKey+"x?tagging&acl", "x", nil), "405 MethodNotAllowed"},
		{"many foreign keys at once", func() *wireRequest {
			body := "<Delete><Object><Key>" + orgB + "/hello.txt</Key></Object></Delete>"
			return i.signed("POST", "/"+shelf+"?delete", body, nil, "X-Amz-Checksum-Crc32", crcOf(body))
		}(), "200 AccessDenied"},
	}
}

func (i *intruder) onSources() []attack {
	from := func(source string) *wireRequest {
		return i.signed("PUT", ownKey+"copied", "", nil, "X-Amz-Copy-Source", source)
	}
	return []attack{
		{"a foreign object", from(shelf + "/" + orgB + "/hello.txt"), forbidden},
		{"a foreign object, with a slash", from("/" + shelf + "/" + orgB + "/hello.txt"), forbidden},
		{"a foreign object, escaped", from(shelf + "%2F" + orgB + "%2Fhello.txt"), forbidden},
		{"a foreign object, escaped twice", from(shelf + "/" + orgA + "%252F..%252F" + orgB + "%252Fhello.txt"), forbidden},
		{"dots", from(shelf + "/" + orgA + "/../" + orgB + "/missing"), forbidden},
		{"a version", from(shelf + "/" + orgB + "/hello.txt?versionId=null"), forbidden},
		{"another parameter", from(shelf + "/" + orgA + "/hello.txt?x=1&versionId=null"), "400 InvalidArgument"},
		{"another bucket", from(vault + "/" + orgA + "/hello.txt"), forbidden},
		{"an ARN", from("arn:aws:s3:::" + shelf + "/" + orgA + "/hello.txt"), "400 InvalidArgument"},
		{"only a bucket", from(shelf), "400 InvalidArgument"},
		{"nothing", from(""), "400 InvalidArgument"},
		{"two sources", i.signed("PUT", ownKey+"copied", "", adding("x-amz-copy-source", vault+"/"+orgA+"/hello.txt"), "X-Amz-Copy-Source", shelf+"/"+orgA+"/hello.txt"), twice},
		{"a source after signing", i.signed("PUT", ownKey+"copied", "", setting("X-Amz-Copy-Source", shelf+"/"+orgA+"/hello.txt")), forbidden},
		{"to a foreign key", i.signed("PUT", foreignKey+"copied", "", nil, "X-Amz-Copy-Source", shelf+"/"+orgA+"/hello.txt"), forbidden},
	}
}

func (i *intruder) onHosts() []attack {
	at := func(host, target string, change func(*wireRequest)) *wireRequest {
		return i.signed("PUT", target, "x", change, "Host", host)
	}
	return []attack{
		{"a foreign key", at(shelf+".s3.amazonaws.com", "/"+orgB+"/x", nil), forbidden},
		{"the bucket again", at(shelf+".s3.amazonaws.com", ownKey+"x", nil), forbidden},
		{"another bucket's path", at(vault+".s3.amazonaws.com", ownKey+"x", nil), forbidden},
		{"another bucket's host", at(vault+".s3.us-east-1.amazonaws.com", "/"+orgA+"/x", nil), forbidden},
		{"another bucket's host, local", at(vault+".localhost", "/"+orgA+"/x", nil), forbidden},
		{"a host that was not signed", at(shelf+".s3.amazonaws.com", "/"+orgA+"/x", setting("Host", vault+".s3.amazonaws.com")), mismatch},
		{"a forwarded host", at(vault+".s3.amazonaws.com", "/"+orgA+"/x", setting("X-Forwarded-Host", shelf+".s3.amazonaws.com")), forbidden},
		{"two hosts", at(shelf+".s3.amazonaws.com", "/"+orgA+"/x", adding("host", vault+".s3.amazonaws.com")), "400"},
		{"a host with a slash", at(shelf+".s3.amazonaws.com/"+vault, "/"+orgA+"/x", nil), "400"},
		{"a whole address for another host", at(shelf+".s3.amazonaws.com", "/"+orgA+"/x", func(r *wireRequest) { r.target = "http://" + vault + ".s3.amazonaws.com" + r.target }), mismatch},
	}
}

func (i *intruder) onHeaders() []attack {
	remove := func(header ...string) *wireRequest {
		return i.signed("DELETE", "/"+vault+"/"+orgA+"/hello.txt", "", func(r *wireRequest) {
			for k := 0; k < len(header); k += 2 {
				r.set(header[k], header[k+1])
			}
		})
	}
	override := func(name string) *wireRequest {
		return i.signed("GET", ownKey+"hello.txt", "", setting(name, "DELETE"))
	}
	return []attack{
		{"the address of the condition is another", remove(), forbidden},
		{"X-Forwarded-For", remove("X-Forwarded-For", "203.0.113.7"), forbidden},
		{"Forwarded", remove("Forwarded", "for=203.0.113.7"), forbidden},
		{"X-Real-Ip and others", remove("X-Real-Ip", "203.0.113.7", "True-Client-Ip", "203.0.113.7", "Cf-Connecting-Ip", "203.0.113.7", "X-Client-Ip", "203.0.113.7", "Client-Ip", "203.0.113.7"), forbidden},
		{"a method in a header", override("X-Http-Method-Override"), "200"},
		{"a method in another header", override("X-Method-Override"), "200"},
		{"a method in the query", i.signed("GET", ownKey+"hello.txt?_method=DELETE", "", nil), "200"},
		{"a line in a header", i.signed("PUT", ownKey+"x", "x", nil, "X-Amz-Meta-A", "b\rSet-Cookie: c"), "400"},
	}
}
