package s3

import (
	"bytes"
	"encoding/base64"
	"mime/multipart"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// postTo sends a form: fields as pairs, then the file.
func (w *world) postTo(path, file string, fields ...string) reply {
	w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(fields); i += 2 {
		if err := m.WriteField(fields[i], fields[i+1]); err != nil {
			w.t.Fatal(err)
		}
	}
	part, err := m.CreateFormFile("file", "C:/dir/cat.jpg")
	if err == nil {
		_, err = part.Write([]byte(file))
	}
	if err == nil {
		err = m.WriteField("submit", "ignored behind the file")
	}
	if err == nil {
		err = m.Close()
	}
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", path, &b)
	r.Host = "localhost:4566"
	r.Header.Set("Content-Type", m.FormDataContentType())
	return w.send(r)
}

// signed is the fields of a form that alice has signed with conditions.
func signed(conditions string, fields ...string) []string {
	policy := `{"expiration":"2026-11-03T13:00:00.000Z","conditions":[` + conditions + `]}`
	return append([]string{"x-ignore-as", "alice", "policy", base64.StdEncoding.EncodeToString([]byte(policy))}, fields...)
}

// TestForms: number 73 of docs/pitfalls.md, and the rest of POST policies.
func TestForms(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.as("alice", allow("s3:PutObject", "data/*"))
	w.anonymous()
	const bucket = `{"bucket":"data"},`
	for _, tt := range []struct {
		name       string
		conditions string
		fields     []string
		file       string
		status     int
		message    string
	}{
		{"73: any key", bucket + `["starts-with","$key",""]`, []string{"key", "globex/x"}, "f", 204, ""},
		{"73: own prefix", bucket + `["starts-with","$key","acme/"]`, []string{"key", "acme/x"}, "f", 204, ""},
		{"73: foreign prefix", bucket + `["starts-with","$key","acme/"]`, []string{"key", "globex/x"}, "f", 403, `Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "acme/"]`},
		{"73: a dot segment is a key", bucket + `["starts-with","$key","acme/"]`, []string{"key", "acme/../globex/x"}, "f", 204, ""},
		{"file name", bucket + `["starts-with","$key","acme/"]`, []string{"key", "acme/${filename}"}, "f", 204, ""},
		{"file name first", bucket + `["starts-with","$key","acme/"]`, []string{"key", "${filename}"}, "f", 403, `Invalid according to Policy: Policy Condition failed: ["starts-with", "$key", "acme/"]`},
		{"equal", bucket + `["eq","$key","x"]`, []string{"key", "x"}, "f", 204, ""},
		{"not equal", bucket + `["eq","$key","x"]`, []string{"key", "y"}, "f", 403, `Invalid according to Policy: Policy Condition failed: ["eq", "$key", "x"]`},
		{"another bucket", `{"bucket":"other"},{"key":"x"}`, []string{"key", "x"}, "f", 403, `Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "other"]`},
		{"a field too many", bucket + `{"key":"x"}`, []string{"key", "x", "X-Amz-Meta-A", "b"}, "f", 403, "Invalid according to Policy: Extra input fields: x-amz-meta-a"},
		{"a field that is named", bucket + `{"key":"x"},["starts-with","$x-amz-meta-a",""]`, []string{"key", "x", "X-Amz-Meta-A", "b"}, "f", 204, ""},
		{"a field that is ignored", bucket + `{"key":"x"}`, []string{"key", "x", "x-ignore-me", "b"}, "f", 204, ""},
		{"no condition on the key", bucket + `{"acl":"private"}`, []string{"key", "x", "acl", "private"}, "f", 403, "Invalid according to Policy: Extra input fields: key"},
		{"type", bucket + `{"key":"x"},["starts-with","$Content-Type","image/"]`, []string{"key", "x", "Content-Type", "text/html"}, "f", 403, `Invalid according to Policy: Policy Condition failed: ["starts-with", "$Content-Type", "image/"]`},
		{"one type of two", bucket + `{"key":"x"},["starts-with","$Content-Type","image/"]`, []string{"key", "x", "Content-Type", "image/png,text/html"}, "f", 403, `Invalid according to Policy: Policy Condition failed: ["starts-with", "$Content-Type", "image/"]`},
		{"size", bucket + `{"key":"x"},["content-length-range",2,4]`, []string{"key", "x"}, "123", 204, ""},
		{"too small", bucket + `{"key":"x"},["content-length-range",2,4]`, []string{"key", "x"}, "1", 400, "Your proposed upload is smaller than the minimum allowed size"},
		{"too large", bucket + `{"key":"x"},["content-length-range",2,4]`, []string{"key", "x"}, "12345", 400, "Your proposed upload exceeds the maximum allowed size"},
		{"no such condition", bucket + `["like","$key","x"]`, []string{"key", "x"}, "f", 400, `Invalid Policy: Invalid Condition: ["like","$key","x"]`},
		{"public", bucket + `{"key":"x"},{"acl":"public-read"}`, []string{"key", "x", "acl", "public-read"}, "f", 403, ""},
		{"tags", bucket + `{"key":"x"},["starts-with","$tagging",""]`, []string{"key", "x", "tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"}, "f", 403, ""},
		{"an unknown wish", bucket + `{"key":"x"},{"x-amz-new":"y"}`, []string{"key", "x", "x-amz-new", "y"}, "f", 501, ""},
		{"twice", bucket + `["starts-with","$key","acme/"]`, []string{"key", "acme/x", "Key", "globex/x"}, "f", 400, ""},
		{"no key", bucket, nil, "f", 400, ""},
	} {
		conditions := strings.TrimSuffix(tt.conditions, ",")
		r := w.postTo("/data", tt.file, signed(conditions, tt.fields...)...)
		got := strings.NewReplacer("&#34;", `"`, "&quot;", `"`, "&#39;", "'").Replace(element(r.body, "Message"))
		if r.status != tt.status || tt.message != "" && got != tt.message {
			t.Errorf("%s: %d %s", tt.name, r.status, r.body)
		}
	}
	expired := base64.StdEncoding.EncodeToString([]byte(`{"expiration":"2026-11-03T12:00:00Z","conditions":[["starts-with","$key",""],{"bucket":"data"}]}`))
	r := w.postTo("/data", "f", "x-ignore-as", "alice", "policy", expired, "key", "x")
	if r.status != 403 || element(r.body, "Message") != "Invalid according to Policy: Policy expired." {
		t.Errorf("expired: %d %s", r.status, r.body)
	}
	for name, policy := range map[string]string{"no base64": "%", "no JSON": "e30", "no expiration": "eyJjb25kaXRpb25zIjpbXX0="} {
		if r := w.postTo("/data", "f", "x-ignore-as", "alice", "policy", policy, "key", "x"); r.status != 400 || r.code != "InvalidPolicyDocument" {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// TestFormsAsk: the signer of a form is asked like everyone else, and a form
// without a signature is anonymous.
func TestFormsAsk(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.as("alice", allow("s3:PutObject", "data/acme/*"))
	w.anonymous()
	all := `{"bucket":"data"},["starts-with","$key",""]`
	w.want(w.postTo("/data", "f", signed(all, "key", "globex/x")...), 403, "AccessDenied")
	w.want(w.postTo("/data", "f", signed(all, "key", "acme/x")...), 204, "")
	w.want(w.postTo("/data", "f", "key", "acme/x"), 403, "AccessDenied")
	w.want(w.postTo("/data", "f", "key", "acme/x", "policy", "e30="), 403, "AccessDenied")
	w.want(w.postTo("/other", "f", signed(`{"bucket":"other"},["starts-with","$key",""]`, "key", "acme/x")...), 404, "NoSuchBucket")
	w.root()
	if got := w.ok("GET", "/data/acme/x", "").body; got != "f" {
		t.Errorf("the file is %q", got)
	}
	w.want(w.postTo("/data", "f", signed(all, "key", "acme/y")...), 400, "InvalidArgument") // two signatures
	w.want(w.do("POST", "/data", "x"), 405, "MethodNotAllowed")
	w.want(w.do("POST", "/data", "x", "Content-Type", "multipart/form-data"), 400, "MalformedPOSTRequest")
	w.want(w.do("POST", "/data", "x", "Content-Type", "multipart/form-data; boundary=b"), 400, "InvalidArgument")
	w.anonymous()
	r := w.postTo("/data", strings.Repeat("f", 3*inline), signed(all, "key", "acme/${filename}", "success_action_status", "201")...)
	w.want(r, 403, "AccessDenied") // the status is a field, too
	all += `,["starts-with","$success_action_status",""],["starts-with","$success_action_redirect",""]`
	r = w.postTo("/data", strings.Repeat("f", 3*inline), signed(all, "key", "acme/${filename}", "success_action_status", "201")...)
	if r.status != 201 || element(r.body, "Key") != "acme/cat.jpg" || element(r.body, "Bucket") != "data" || r.header.Get("ETag") == "" {
		t.Errorf("created: %d %s", r.status, r.body)
	}
	r = w.postTo("/data", "f", signed(all, "key", "acme/z", "success_action_redirect", "https://app.example/done?a=b")...)
	u, err := url.Parse(r.header.Get("Location"))
	if err != nil || r.status != 303 || u.Query().Get("key") != "acme/z" || u.Query().Get("a") != "b" || u.Host != "app.example" {
		t.Errorf("redirected: %d %v", r.status, r.header)
	}
	r = w.postTo("/data", "f", signed(all, "key", "acme/z", "success_action_redirect", "javascript:alert(1)")...)
	if r.status != 204 || strings.HasPrefix(r.header.Get("Location"), "javascript") {
		t.Errorf("redirected to a script: %d %v", r.status, r.header)
	}
	w.root()
	if got := w.ok("GET", "/data/acme/cat.jpg", "").body; got != strings.Repeat("f", 3*inline) {
		t.Errorf("the large file has %d bytes", len(got))
	}
	w.anonymous()
	w.want(w.postTo("/data", "f", signed(all, "key", "acme/z", "x-ignore-large", strings.Repeat("x", maxFields))...), 400, "MaxPostPreDataLengthExceededError")
}
