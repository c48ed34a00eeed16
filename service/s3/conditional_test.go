package s3

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/store"
)

const multipart1 = "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>"

// TestComparedWith: whoever may write or delete an object, and not read it, does not
// learn its ETag by guessing: a comparison needs s3:GetObject.
//
// Source: Amazon S3 User Guide, "Enforce conditional writes on Amazon S3 buckets",
// example 2; "Enforce conditional deletes on Amazon S3 buckets", example 1.
func TestComparedWith(t *testing.T) {
	w := tenants(t)
	upload := element(w.ok("POST", "/data/acme/1?uploads", "").body, "UploadId")
	put, remove := allow("s3:PutObject", "data/*"), allow("s3:DeleteObject", "data/*")
	several := "<Delete><Object><Key>acme/1</Key><ETag>x</ETag></Object></Delete>"
	requests := []struct {
		name, method, path, body, statement string
		headers                             []string
	}{
		{"put", "PUT", "/data/acme/1", "new", put, nil},
		{"copy", "PUT", "/data/acme/1", "", put + "," + allow("s3:GetObject", "data/acme/2"), []string{"X-Amz-Copy-Source", "data/acme/2"}},
		{"complete", "POST", "/data/acme/1?uploadId=" + upload, multipart1, put, nil},
		{"delete", "DELETE", "/data/acme/1", "", remove, nil},
	}
	for _, tt := range requests {
		w.as("writer", tt.statement)
		w.want(w.do(tt.method, tt.path, tt.body, append(tt.headers, "If-Match", `"x"`)...), http.StatusForbidden, "AccessDenied")
		w.as("reader", tt.statement+","+allow("s3:GetObject", "data/acme/1"))
		if r := w.do(tt.method, tt.path, tt.body, append(tt.headers, "If-Match", `"x"`)...); r.status == http.StatusForbidden {
			t.Errorf("%s by who may read: %d %s", tt.name, r.status, r.body)
		}
	}
	w.as("writer", remove)
	if r := w.do("POST", "/data?delete", several, "Content-MD5", md5Of(several)); element(r.body, "Code") != "AccessDenied" {
		t.Errorf("several: %s", r.body)
	}
	w.as("reader", remove+","+allow("s3:GetObject", "data/*"))
	if r := w.do("POST", "/data?delete", several, "Content-MD5", md5Of(several)); element(r.body, "Code") != "PreconditionFailed" {
		t.Errorf("several by who may read: %s", r.body)
	}
	// That there is an object is no content of it.
	w.as("writer", put+","+remove)
	w.want(w.do("PUT", "/data/acme/1", "new", "If-None-Match", "*"), http.StatusPreconditionFailed, "PreconditionFailed")
	w.want(w.do("PUT", "/data/acme/1", "new", "If-Match", "*"), http.StatusOK, "")
	w.want(w.do("DELETE", "/data/acme/1", "", "If-Match", "*"), http.StatusNoContent, "")
}

// TestComparedWithTags: the tags of the object count as when it is read.
func TestComparedWithTags(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.ok("PUT", "/data/open", "x", "X-Amz-Tagging", "secret=no")
	w.ok("PUT", "/data/closed", "x", "X-Amz-Tagging", "secret=yes")
	w.as("alice", allowAll+`,{"Effect":"Deny","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/secret":"yes"}}}`)
	w.want(w.do("PUT", "/data/open", "new", "If-Match", `"x"`), http.StatusPreconditionFailed, "PreconditionFailed")
	w.want(w.do("PUT", "/data/closed", "new", "If-Match", `"x"`), http.StatusForbidden, "AccessDenied")
	w.want(w.do("DELETE", "/data/closed", "", "If-Match", `"x"`), http.StatusForbidden, "AccessDenied")
}

// TestRetaggedBeforeCompared: tags that were changed after the decision are told as
// a conflict, and nothing is compared.
func TestRetaggedBeforeCompared(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	w.ok("PUT", "/data/k", "x", "X-Amz-Tagging", "secret=yes")
	b, err := w.api.look(t.Context(), "data")
	if err != nil {
		t.Fatal(err)
	}
	etag := `"x"`
	err = w.api.Store.View(t.Context(), func(r store.Reader) error {
		old, err := getObject(r, b, "k")
		if err != nil {
			return err
		}
		return condition{match: &etag}.holds("k", old)
	})
	if err == nil || !strings.Contains(err.Error(), "ConditionalRequestConflict") {
		t.Errorf("%v", err)
	}
}

// TestCreationOperation: a policy may let the parts of an upload pass, and ask for a
// condition only where an object is made.
//
// Source: Amazon S3 User Guide, "Enforce conditional writes on Amazon S3 buckets",
// example 1.
func TestCreationOperation(t *testing.T) {
	w := tenants(t)
	w.as("alice", `{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"Null":{"s3:if-none-match":"false"}}},`+
		`{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"Bool":{"s3:ObjectCreationOperation":"false"}}},`+allow("s3:GetObject", "data/acme/2"))
	upload := element(w.ok("POST", "/data/new?uploads", "").body, "UploadId")
	etag := w.ok("PUT", "/data/new?partNumber=1&uploadId="+upload, "part").header.Get("ETag")
	w.ok("PUT", "/data/new?partNumber=2&uploadId="+upload, "", "X-Amz-Copy-Source", "data/acme/2")
	w.want(w.do("PUT", "/data/new", "x"), http.StatusForbidden, "AccessDenied")
	complete := strings.Replace(multipart1, "<ETag>x</ETag>", "<ETag>"+etag+"</ETag>", 1)
	w.want(w.do("POST", "/data/new?uploadId="+upload, complete), http.StatusForbidden, "AccessDenied")
	w.want(w.do("POST", "/data/new?uploadId="+upload, complete, "If-None-Match", "*"), http.StatusOK, "")
}

// TestAnonymousMayNot: what S3 lets nobody do without a signature, whatever the
// policy of the bucket says.
func TestAnonymousMayNot(t *testing.T) {
	w := tenants(t)
	w.ok("DELETE", "/data?publicAccessBlock", "")
	w.ok("PUT", "/data?policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::data","arn:aws:s3:::data/*"]}]}`)
	upload := element(w.ok("POST", "/data/k?uploads", "").body, "UploadId")
	w.anonymous()
	w.want(w.do("PUT", "/data/k", "x"), http.StatusOK, "")
	for _, r := range []reply{
		w.do("POST", "/k?uploads", "", "Host", "data.s3.localhost"),
		w.do("PUT", "/data/k", "", "X-Amz-Copy-Source", "data/acme/1"),
		w.do("PUT", "/data/k?partNumber=1&uploadId="+upload, "", "X-Amz-Copy-Source", "data/acme/1"),
	} {
		w.want(r, http.StatusForbidden, "AccessDenied")
		if !strings.Contains(r.body, "Please authenticate.") {
			t.Errorf("%s", r.body)
		}
	}
}
