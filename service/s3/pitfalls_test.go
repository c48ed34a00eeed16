package s3

import (
	"crypto/md5"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
)

// tenants is a bucket with objects of two tenants, and callers of acme alone.
func tenants(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	for _, key := range []string{"acme/1", "acme/2", "acme2/1", "globex/1"} {
		w.ok("PUT", "/data/"+key, "secret of "+key)
	}
	return w
}

// list is a statement that lets a caller list under a condition.
func list(condition string) string {
	return `{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::data","Condition":` + condition + `}`
}

// TestListingByPrefix: numbers 65 to 67 of docs/pitfalls.md.
func TestListingByPrefix(t *testing.T) {
	w := tenants(t)
	for _, tt := range []struct {
		name, statement, query string
		keys                   string // "" is refused
	}{
		{"65: no condition", allow("s3:ListBucket", "data"), "", "acme/1 acme/2 acme2/1 globex/1"},
		{"65: own prefix", list(`{"StringLike":{"s3:prefix":"acme/*"}}`), "prefix=acme/", "acme/1 acme/2"},
		{"65: no prefix", list(`{"StringLike":{"s3:prefix":"acme/*"}}`), "", ""},
		{"65: empty prefix", list(`{"StringLike":{"s3:prefix":"acme/*"}}`), "prefix=", ""},
		{"65: foreign prefix", list(`{"StringLike":{"s3:prefix":"acme/*"}}`), "prefix=globex/", ""},
		{"65: no prefix and IfExists", list(`{"StringLikeIfExists":{"s3:prefix":"acme/*"}}`), "", ""},
		{"65: no prefix and Null", list(`{"Null":{"s3:prefix":"true"}}`), "", ""},
		{"65: no prefix and an empty one", list(`{"StringEquals":{"s3:prefix":""}}`), "", ""},
		{"65: an empty prefix is allowed", list(`{"StringEquals":{"s3:prefix":""}}`), "prefix=", "acme/1 acme/2 acme2/1 globex/1"},
		{"66: without a separator", list(`{"StringLike":{"s3:prefix":"acme*"}}`), "prefix=acme2/", "acme2/1"},
		{"66: with one", list(`{"StringLike":{"s3:prefix":"acme/*"}}`), "prefix=acme2/", ""},
		{"66: up to the separator", list(`{"StringLike":{"s3:prefix":"acme/*"}}`), "prefix=acme", ""},
		{"67: delimiter", list(`{"StringEquals":{"s3:prefix":"","s3:delimiter":"/"}}`), "prefix=&delimiter=/", "acme/ acme2/ globex/"},
		{"67: another delimiter", list(`{"StringEquals":{"s3:prefix":"","s3:delimiter":"/"}}`), "prefix=&delimiter=1", ""},
		{"67: no delimiter", list(`{"StringEquals":{"s3:prefix":"","s3:delimiter":"/"}}`), "prefix=", ""},
		{"max-keys", list(`{"NumericLessThanEquals":{"s3:max-keys":"10"}}`), "prefix=acme/&max-keys=10", "acme/1 acme/2"},
		{"too many", list(`{"NumericLessThanEquals":{"s3:max-keys":"10"}}`), "prefix=acme/&max-keys=11", ""},
		{"the default number", list(`{"NumericLessThanEquals":{"s3:max-keys":"10"}}`), "prefix=acme/", ""},
		{"another bucket", allow("s3:ListBucket", "data2"), "", ""},
		{"objects only", allow("s3:ListBucket", "data/*"), "", ""},
	} {
		for _, version := range []string{"list-type=2&", ""} {
			w.as("alice", tt.statement)
			r := w.do("GET", "/data?"+version+tt.query, "")
			if tt.keys == "" {
				w.want(r, http.StatusForbidden, "AccessDenied")
				continue
			}
			got := append(elements(r.body, "Key"), commonPrefixes(r.body)...)
			if r.status != 200 || strings.Join(got, " ") != tt.keys {
				t.Errorf("%s: %d %v", tt.name, r.status, got)
			}
		}
	}
}

func commonPrefixes(body string) []string {
	var out []string
	for _, c := range elements(body, "CommonPrefixes") {
		out = append(out, element(c, "Prefix"))
	}
	return out
}

// TestOtherListings: number 68.
func TestOtherListings(t *testing.T) {
	w := tenants(t)
	own := list(`{"StringLike":{"s3:prefix":"acme/*"}}`)
	w.as("alice", own)
	w.want(w.do("GET", "/data?versions&prefix=acme/", ""), 403, "AccessDenied")
	w.want(w.do("GET", "/data?uploads&prefix=acme/", ""), 403, "AccessDenied")
	w.as("bob", own+`,{"Effect":"Allow","Action":"s3:List*","Resource":"*"}`)
	if r := w.ok("GET", "/data?versions", ""); strings.Count(r.body, "<Version>") != 4 {
		t.Errorf("versions: %s", r.body)
	}
	w.ok("GET", "/data?uploads", "")
	w.as("carol", `{"Effect":"Allow","Action":"s3:ListBucketVersions","Resource":"*","Condition":{"StringLike":{"s3:prefix":"acme/*"}}}`)
	w.want(w.do("GET", "/data?versions", ""), 403, "AccessDenied")
	if r := w.ok("GET", "/data?versions&prefix=acme/", ""); strings.Count(r.body, "<VersionId>null</VersionId>") != 2 {
		t.Errorf("own versions: %s", r.body)
	}
}

// TestCopySource: number 69. The source is asked for by its own ARN, and decoded
// once.
func TestCopySource(t *testing.T) {
	w := tenants(t)
	w.ok("PUT", "/data/globex%252F1", "the key has an escape in it")
	w.as("alice", allow("s3:*", "data/acme/*"))
	for source, want := range map[string]string{
		"data/acme/1": "", "/data/acme/1": "", "data%2Facme%2F1": "", "data/acme%2F1": "",
		"data/globex/1": "AccessDenied", "data/acme/../globex/1": "AccessDenied", "data/acme%2F..%2Fglobex%2F1": "AccessDenied",
		"data/globex%2F1": "AccessDenied", "data/globex%252F1": "AccessDenied", "data/acme/1?versionId=null": "",
		"data/acme/1?acl": "InvalidArgument", "data": "InvalidArgument", "other/acme/1": "NoSuchBucket", "data/acme/%zz": "InvalidArgument",
	} {
		r := w.do("PUT", "/data/acme/copy", "", "X-Amz-Copy-Source", source)
		if r.code != want {
			t.Errorf("copy of %s: %d %s", source, r.status, r.body)
		}
	}
	w.want(w.do("PUT", "/data/globex/copy", "", "X-Amz-Copy-Source", "data/acme/1"), 403, "AccessDenied")
	w.root()
	w.ok("PUT", "/data/copy", "", "X-Amz-Copy-Source", "data/globex%252F1")
	if got := w.ok("GET", "/data/copy", "").body; got != "the key has an escape in it" {
		t.Errorf("an escape that was escaped: %q", got)
	}
	// What a policy sees of the copy.
	w.as("bob", allow("s3:GetObject", "data/*")+`,{"Effect":"Allow","Action":"s3:PutObject","Resource":"*","Condition":{"StringLike":{"s3:x-amz-copy-source":"data/acme/*"},"StringEquals":{"s3:x-amz-metadata-directive":"REPLACE"}}}`)
	w.want(w.do("PUT", "/data/b", "", "X-Amz-Copy-Source", "data/acme/1"), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/b", "", "X-Amz-Copy-Source", "data/globex/1", "X-Amz-Metadata-Directive", "REPLACE"), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/b", ""), 403, "AccessDenied")
	for _, spelled := range []string{"data/acme/1", "/data/acme/1", "data%2Facme%2F1", "d%61ta/%61cme/1"} {
		w.want(w.do("PUT", "/data/b", "", "X-Amz-Copy-Source", spelled, "X-Amz-Metadata-Directive", "REPLACE"), 200, "")
	}
}

// TestTagsAsPolicy: number 70. Tags decide, and who may tag may decide.
func TestTagsAsPolicy(t *testing.T) {
	w := tenants(t)
	w.ok("PUT", "/data/acme/1?tagging", `<Tagging><TagSet><Tag><Key>org</Key><Value>acme</Value></Tag></TagSet></Tagging>`)
	tagged := `{"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectTagging"],"Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/org":"acme"}}}`
	w.as("alice", tagged)
	r := w.ok("GET", "/data/acme/1", "")
	if r.header.Get("X-Amz-Tagging-Count") != "1" {
		t.Errorf("the count of tags: %v", r.header)
	}
	w.want(w.do("GET", "/data/globex/1", ""), 403, "AccessDenied")
	w.want(w.do("GET", "/data/globex/1?tagging", ""), 403, "AccessDenied")
	w.as("alice", tagged+","+allow("s3:PutObject", "data/*"))
	w.want(w.do("PUT", "/data/new", "x", "X-Amz-Tagging", "org=acme"), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/globex/1?tagging", `<Tagging><TagSet><Tag><Key>org</Key><Value>acme</Value></Tag></TagSet></Tagging>`), 403, "AccessDenied")
	w.as("bob", `{"Effect":"Allow","Action":["s3:PutObject","s3:PutObjectTagging"],"Resource":"*","Condition":{"StringEquals":{"s3:RequestObjectTag/org":"acme"},"ForAllValues:StringEquals":{"s3:RequestObjectTagKeys":["org"]}}}`)
	w.want(w.do("PUT", "/data/new", "x", "X-Amz-Tagging", "org=acme"), 200, "")
	w.want(w.do("PUT", "/data/new", "x", "X-Amz-Tagging", "org=globex"), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/new", "x", "X-Amz-Tagging", "org=acme&x=y"), 403, "AccessDenied")
	w.want(w.do("PUT", "/data/new", "x", "X-Amz-Tagging", "org=globex&org=acme"), 400, "InvalidTag")
	w.want(w.do("PUT", "/data/new", "x", "X-Amz-Tagging", "org=globex&Org=acme"), 400, "InvalidTag")
	w.want(w.do("PUT", "/data/new", "x"), 403, "AccessDenied")
	// Who may delete the tags may undo a Deny that looks at them.
	w.as("carol", allow("s3:*", "data/*")+`,{"Effect":"Deny","Action":["s3:PutObjectTagging","s3:DeleteObjectTagging"],"Resource":"*","Condition":{"StringEquals":{"s3:ExistingObjectTag/org":"acme"}}}`)
	w.want(w.do("DELETE", "/data/acme/1?tagging", ""), 403, "AccessDenied")
	w.want(w.do("DELETE", "/data/globex/1?tagging", ""), 204, "")
}

// TestCopiedTags: a copy takes tags along only for who may read and write them.
func TestCopiedTags(t *testing.T) {
	w := tenants(t)
	w.ok("PUT", "/data/acme/1?tagging", `<Tagging><TagSet><Tag><Key>org</Key><Value>acme</Value></Tag></TagSet></Tagging>`)
	both := allow("s3:GetObject", "data/*") + "," + allow("s3:PutObject", "data/*")
	for name, tt := range map[string]struct {
		more      string
		directive string
		code      string
	}{
		"neither":      {"", "", "AccessDenied"},
		"read":         {"," + allow("s3:GetObjectTagging", "data/*"), "", "AccessDenied"},
		"write":        {"," + allow("s3:PutObjectTagging", "data/*"), "", "AccessDenied"},
		"both":         {"," + allow("s3:*ObjectTagging", "data/*"), "", ""},
		"another org":  {"," + allow("s3:*ObjectTagging", "data/*") + `,{"Effect":"Deny","Action":"s3:PutObjectTagging","Resource":"*","Condition":{"StringEquals":{"s3:RequestObjectTag/org":"acme"}}}`, "", "AccessDenied"},
		"tags are new": {"", "REPLACE", ""},
	} {
		w.as("alice", both+tt.more)
		headers := []string{"X-Amz-Copy-Source", "data/acme/1"}
		if tt.directive != "" {
			headers = append(headers, "X-Amz-Tagging-Directive", tt.directive)
		}
		if r := w.do("PUT", "/data/copy", "", headers...); r.code != tt.code {
			t.Errorf("%s: %d %s", name, r.status, r.body)
		}
	}
}

// TestVersionsAreOtherActions: number 71.
func TestVersionsAreOtherActions(t *testing.T) {
	w := tenants(t)
	w.as("alice", allow("s3:GetObject", "data/acme/*")+","+allow("s3:DeleteObject", "data/acme/*"))
	w.want(w.do("GET", "/data/acme/1", ""), 200, "")
	w.want(w.do("GET", "/data/acme/1?versionId=null", ""), 403, "AccessDenied")
	w.want(w.do("DELETE", "/data/acme/1?versionId=null", ""), 403, "AccessDenied")
	w.as("bob", allow("s3:GetObjectVersion", "data/*")+","+allow("s3:ListBucket", "data"))
	w.want(w.do("GET", "/data/acme/1?versionId=null", ""), 200, "")
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
	w.want(w.do("GET", "/data/acme/1?versionId=other", ""), 404, "NoSuchVersion")
	w.as("carol", `{"Effect":"Allow","Action":"s3:GetObjectVersion","Resource":"*","Condition":{"StringEquals":{"s3:VersionId":"null"}}}`)
	w.want(w.do("GET", "/data/acme/1?versionId=null", ""), 200, "")
	w.want(w.do("GET", "/data/acme/1?versionId=other", ""), 403, "AccessDenied")
}

// TestSignatureAge: number 72. The stand-in signs now; a policy can bound the age
// and the place of a signature.
func TestSignatureAge(t *testing.T) {
	call := &bailiwick.Call{Time: noon, Auth: bailiwick.Authentication{Type: bailiwick.AuthQuery, Version: bailiwick.SignatureV4, Signed: noon.Add(-11 * time.Minute), PayloadHash: "UNSIGNED-PAYLOAD"}}
	k := keys(call, "000000000000")
	for key, want := range map[string]string{
		"s3:signatureAge": "660000", "s3:authType": "REST-QUERY-STRING", "s3:signatureversion": "AWS4-HMAC-SHA256",
		"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD", "s3:ResourceAccount": "000000000000",
	} {
		if got, _, _ := k.Lookup(key); len(got) != 1 || got[0] != want {
			t.Errorf("%s is %v, want %s", key, got, want)
		}
	}
	call.Auth.Signed = noon.Add(time.Minute)
	if got, _, _ := keys(call, "").Lookup("s3:signatureAge"); got[0] != "0" {
		t.Errorf("a signature of tomorrow is %v old", got)
	}
	w := tenants(t)
	w.as("alice", allow("s3:GetObject", "data/*")+`,{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{"StringNotEquals":{"s3:authType":"REST-QUERY-STRING"}}}`)
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
}

// TestExistenceIsTold: number 74.
func TestExistenceIsTold(t *testing.T) {
	w := tenants(t)
	get := allow("s3:GetObject", "data/acme/*")
	for name, tt := range map[string]struct {
		statements string
		path, code string
	}{
		"may list":                     {get + "," + allow("s3:ListBucket", "data"), "acme/none", "NoSuchKey"},
		"may not list":                 {get, "acme/none", "AccessDenied"},
		"may list under a prefix":      {get + "," + list(`{"StringLike":{"s3:prefix":"acme/*"}}`), "acme/none", "AccessDenied"},
		"may list with IfExists":       {get + "," + list(`{"StringLikeIfExists":{"s3:prefix":"acme/*"}}`), "acme/none", "AccessDenied"},
		"foreign and there":            {get + "," + allow("s3:ListBucket", "data"), "globex/1", "AccessDenied"},
		"foreign and missing":          {get + "," + allow("s3:ListBucket", "data"), "globex/none", "AccessDenied"},
		"foreign and there, no list":   {get, "globex/1", "AccessDenied"},
		"foreign and missing, no list": {get, "globex/none", "AccessDenied"},
		"may do nothing, missing":      {"", "acme/none", "AccessDenied"},
		"may only list, there":         {allow("s3:ListBucket", "data"), "acme/1", "AccessDenied"},
		"may only list, missing":       {allow("s3:ListBucket", "data"), "acme/none", "AccessDenied"},
	} {
		w.as(strings.ReplaceAll(name, " ", ""), tt.statements)
		status := map[string]int{"NoSuchKey": 404, "AccessDenied": 403}[tt.code]
		for _, sub := range []string{"", "?tagging"} {
			if sub != "" && tt.code == "NoSuchKey" {
				continue // needs another action
			}
			if r := w.do("GET", "/data/"+tt.path+sub, ""); r.status != status || r.code != tt.code {
				t.Errorf("%s%s: %d %s", name, sub, r.status, r.body)
			}
		}
		if r := w.do("HEAD", "/data/"+tt.path, ""); r.status != status || r.body != "" {
			t.Errorf("%s: HEAD %d %q", name, r.status, r.body)
		}
	}
	// Bucket names are known to everyone, what is in them is not.
	w.as("nobody", "")
	w.want(w.do("GET", "/none/x", ""), 404, "NoSuchBucket")
	w.want(w.do("GET", "/data", ""), 403, "AccessDenied")
	w.asOf("999999999999", "stranger", allowAll)
	w.want(w.do("GET", "/data/acme/1", ""), 403, "AccessDenied")
	w.want(w.do("HEAD", "/data", ""), 403, "")
}

// TestKeysAreLiteral: number 75.
func TestKeysAreLiteral(t *testing.T) {
	w := tenants(t)
	w.as("alice", allow("s3:*", "data/acme/*"))
	for path, key := range map[string]string{
		"acme/../globex/1":   "acme/../globex/1",
		"acme//1":            "acme//1",
		"acme/./1":           "acme/./1",
		"acme/%2e%2e/x":      "acme/../x",
		"acme%2F1":           "acme/1",
		"acme/a%2Fb":         "acme/a/b",
		"acme/%2F":           "acme//",
		"acme/ä€𝄞":           "acme/ä€𝄞",
		"acme/%C3%A4":        "acme/ä",
		"acme/a%20b+c":       "acme/a b+c",
		"acme/%3Facl":        "acme/?acl",
		"acme/%25zz":         "acme/%zz",
		"acme/.well-known/x": "acme/.well-known/x",
		"acme/":              "acme/",
	} {
		w.ok("PUT", "/data/"+path, "content of "+path)
		if got := w.ok("GET", "/data/"+path, "").body; got != "content of "+path {
			t.Errorf("%s: %q", path, got)
		}
		b, err := w.api.look(t.Context(), "data")
		if err != nil {
			t.Fatal(err)
		}
		o, err := w.api.open(t.Context(), b, key)
		if err != nil || o == nil || string(o.small) != "content of "+path {
			t.Errorf("%s is not the key %q: %v %v", path, key, o, err)
		}
	}
	for _, path := range []string{"globex/1", "acme/../../data2/x", "../globex/1", "%2Facme/1", "/acme/1", "./acme/1", "%61cme2/1"} {
		r := w.do("GET", "/data/"+path, "")
		if strings.HasPrefix(path, "acme/") {
			continue
		}
		w.want(r, 403, "AccessDenied")
	}
	w.root()
	if got := w.ok("GET", "/data/globex/1", "").body; got != "secret of globex/1" {
		t.Errorf("another tenant's object was written: %q", got)
	}
	for path, code := range map[string]string{
		"/data/%ff": "InvalidURI", "/data/a%00b": "InvalidURI", "/data/" + strings.Repeat("k", maxKey+1): "KeyTooLongError",
		"/da%2Fta/x": "InvalidBucketName", "/DATA/x": "NoSuchBucket",
	} {
		if r := w.do("PUT", path, "x"); r.code != code && !(code == "InvalidBucketName" && r.code == "NoSuchBucket") {
			t.Errorf("%.40s: %d %s", path, r.status, r.code)
		}
	}
	w.ok("PUT", "/data/"+strings.Repeat("k", maxKey), "x")
}

// TestDeniedKeysOfABatch: one key that is not the caller's takes none of the
// others down, and none along.
func TestDeniedKeysOfABatch(t *testing.T) {
	w := tenants(t)
	w.as("alice", allow("s3:DeleteObject", "data/acme/*"))
	body := deleteBody("acme/1", "globex/1", "acme/none")
	w.want(w.do("POST", "/data?delete", body), 400, "InvalidRequest")
	w.want(w.do("POST", "/data?delete", body, "Content-Md5", md5Of("x")), 400, "BadDigest")
	r := w.ok("POST", "/data?delete", body, "Content-Md5", md5Of(body))
	if strings.Count(r.body, "<Deleted>") != 2 || strings.Count(r.body, "<Error>") != 1 ||
		!strings.Contains(r.body, "<Key>globex/1</Key>") || element(r.body, "Code") != "AccessDenied" {
		t.Errorf("answered %s", r.body)
	}
	if notes := w.server.Records[len(w.server.Records)-1].Call.Trail.Notes; len(notes) != 1 || !strings.Contains(notes[0], "globex/1") {
		t.Errorf("the administrator is told %v", notes)
	}
	w.as("bob", "")
	r = w.ok("POST", "/data?delete", body, "Content-Md5", md5Of(body))
	if strings.Count(r.body, "<Error>") != 3 || strings.Contains(r.body, "<Deleted>") {
		t.Errorf("nothing allowed: %s", r.body)
	}
	w.anonymous()
	w.want(w.do("POST", "/?delete", body, "Content-Md5", md5Of(body), "Host", "data.s3.localhost"), 403, "AccessDenied")
	w.root()
	w.want(w.do("GET", "/data/acme/1", ""), 404, "NoSuchKey")
	w.want(w.do("GET", "/data/globex/1", ""), 200, "")
}

func md5Of(s string) string {
	sum := md5.Sum([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

func deleteBody(keys ...string) string {
	var b strings.Builder
	b.WriteString("<Delete>")
	for _, k := range keys {
		b.WriteString("<Object><Key>" + k + "</Key></Object>")
	}
	return b.String() + "</Delete>"
}
