package restxml_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
	"github.com/bailiwick-project/bailiwick/wire/restxml"
)

type tag struct {
	Key   *string `wire:"Key"`
	Value *string `wire:"Value"`
}

// Validate wants what the model's Tag wants.
func (x *tag) Validate(v *wire.Validation) {
	if x.Key == nil {
		v.Null("key")
	}
}

type grantee struct {
	ID   *string `wire:"ID"`
	Type *string `wire:"xsi:type,attr"`
}

type kitchen struct {
	Text    *string    `wire:"Text"`
	Number  *int32     `wire:"Number"`
	Flag    *bool      `wire:"Flag"`
	When    *time.Time `wire:"When,time=iso8601"`
	Blob    []byte     `wire:"Blob"`
	Names   []string   `wire:"Name,flat"`
	Keys    []string   `wire:"Keys,list=Key"`
	Tags    []tag      `wire:"TagSet,list=Tag"`
	Flat    []tag      `wire:"Flat,flat"`
	Grantee *grantee   `wire:"Grantee"`
	Inner   *kitchen   `wire:"Inner"`
}

func (x *kitchen) Validate(v *wire.Validation) {
	for i := range x.Tags {
		v.In(wire.Index("tagSet", i), x.Tags[i].Validate)
	}
}

type putKitchen struct {
	Bucket  *string           `wire:"Bucket,uri"`
	Key     *string           `wire:"Key,uri"`
	ACL     *string           `wire:"x-amz-acl,header"`
	Length  *int64            `wire:"Content-Length,header"`
	Retain  *time.Time        `wire:"x-amz-retain,header,time=iso8601"`
	Since   *time.Time        `wire:"If-Modified-Since,header"`
	Fields  []string          `wire:"x-amz-fields,header"`
	Meta    map[string]string `wire:"x-amz-meta-,headers"`
	Version *string           `wire:"versionId,query"`
	Max     *int32            `wire:"max-keys,query"`
	Kitchen *kitchen          `wire:"Kitchen,payload"`
}

type putPolicy struct {
	Bucket *string `wire:"Bucket,uri"`
	Policy *string `wire:"Policy,payload,required"`
}

type putObject struct {
	Bucket *string   `wire:"Bucket,uri"`
	Key    *string   `wire:"Key,uri"`
	Body   io.Reader `wire:"Body,payload"`
}

var routes = []wire.Route{
	{Operation: "PutKitchen", Method: "PUT", URI: "/{Bucket}/{Key+}?kitchen"},
	{Operation: "PutObject", Method: "PUT", URI: "/{Bucket}/{Key+}"},
	{Operation: "CopyObject", Method: "PUT", URI: "/{Bucket}/{Key+}", Header: []string{"x-amz-copy-source"}},
	{Operation: "UploadPart", Method: "PUT", URI: "/{Bucket}/{Key+}", Query: []string{"partNumber", "uploadId"}},
	{Operation: "GetObject", Method: "GET", URI: "/{Bucket}/{Key+}"},
	{Operation: "HeadObject", Method: "HEAD", URI: "/{Bucket}/{Key+}"},
	{Operation: "DeleteBucket", Method: "DELETE", URI: "/{Bucket}", Status: 204},
	{Operation: "PutBucketPolicy", Method: "PUT", URI: "/{Bucket}?policy"},
	{Operation: "ListObjectsV2", Method: "GET", URI: "/{Bucket}?list-type=2"},
	{Operation: "ListObjects", Method: "GET", URI: "/{Bucket}"},
	{Operation: "GetBucketLocation", Method: "GET", URI: "/{Bucket}?location"},
	{Operation: "ListBuckets", Method: "GET", URI: "/"},
}

func ptr[T any](v T) *T { return &v }

func TestOperation(t *testing.T) {
	p := restxml.New(routes)
	for _, c := range []struct{ method, url, header, want string }{
		{"GET", "/", "", "ListBuckets"},
		{"GET", "/b", "", "ListObjects"},
		{"GET", "/b/", "", "ListObjects"},
		{"GET", "/b//", "", "GetObject"},
		{"GET", "/b?list-type=2", "", "ListObjectsV2"},
		{"GET", "/b?list-type=1", "", "ListObjects"},
		{"GET", "/b/?location=", "", "GetBucketLocation"},
		{"PUT", "/b/k", "", "PutObject"},
		{"PUT", "/b/k?x-id=PutObject", "", "PutObject"},
		{"PUT", "/b/k", "x-amz-copy-source: a", "CopyObject"},
		{"PUT", "/b/k?X-Amz-Copy-Source=a", "", "CopyObject"},
		{"PUT", "/b/k?partNumber=1&uploadId=u", "", "UploadPart"},
		// Half of a name is no other name.
		{"PUT", "/b/k?uploadId=u", "", ""},
		{"PUT", "/b/k?partNumber=1", "", ""},
		{"PUT", "/b/k?partNumber=1&uploadId=u", "x-amz-copy-source: a", ""},
		{"PUT", "/b/k?policy", "", ""},
		{"PUT", "/b/k?kitchen&policy", "", ""},
		{"DELETE", "/b?policy", "", ""},
		{"DELETE", "/b/", "", "DeleteBucket"},
		{"DELETE", "/", "", ""},
		{"GET", "//b", "", ""},
	} {
		got, err := p.Operation(request(t, c.method, c.url, c.header, ""), nil)
		var e *bailiwick.Error
		if got != c.want || c.want == "" && (!errors.As(err, &e) || e.Code != bailiwick.CodeUnknownOperation) {
			t.Errorf("%s %s: %q, %v, want %q", c.method, c.url, got, err, c.want)
		}
	}
	if _, err := p.Operation(request(t, "GET", "/b?a=%zz", "", ""), nil); !refused(err, "InvalidURI") {
		t.Errorf("a broken query: %v", err)
	}
	if _, err := p.Operation(request(t, "GET", "/b/%FF", "", ""), nil); !refused(err, "InvalidURI") {
		t.Errorf("a key that is no UTF-8: %v", err)
	}
}

// Keys are what was sent, decoded once.
func TestKeys(t *testing.T) {
	p := restxml.New(routes)
	hosted := restxml.New(routes)
	hosted.Bucket = func(r *http.Request) string { b, _, _ := strings.Cut(r.Host, "."); return b }
	for sent, want := range map[string]string{
		"k": "k", "a/../b": "a/../b", "a//b": "a//b", "/": "/", "./": "./", "a%2Fb": "a/b", "a%252Fb": "a%2Fb", "%2e%2e/x": "../x",
		"a+b": "a+b", "%E2%82%AC": "€", "a%00": "a\x00", "a;b": "a;b", "a%3Fb": "a?b", "k/": "k/",
	} {
		for _, c := range []struct {
			p   *restxml.Protocol
			url string
		}{{p, "http://host/b/" + sent}, {hosted, "http://b.host/" + sent}} {
			var in putObject
			if err := c.p.Decode(request(t, "PUT", c.url, "", ""), nil, &in); err != nil || *in.Key != want || *in.Bucket != "b" {
				t.Errorf("%s: %v, key %v, want %q", c.url, err, in.Key, want)
			}
		}
	}
	for url, want := range map[string]string{"http://b.host/": "ListObjects", "http://b.host": "ListObjects", "http://b.host/?list-type=2": "ListObjectsV2"} {
		if got, err := hosted.Operation(request(t, "GET", url, "", ""), nil); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", url, got, err, want)
		}
	}
	star := request(t, "GET", "http://b.host/", "", "")
	star.URL.Path = "*" // GET * HTTP/1.1
	if got, err := hosted.Operation(star, nil); !refused(err, "InvalidURI") {
		t.Errorf("no path: %s, %v", got, err)
	}
}

func TestDecode(t *testing.T) {
	p := restxml.New(routes)
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		url, header, body string
		want              *putKitchen // bucket and key are added
		code              string
	}{
		"headers": {
			"", "x-amz-acl: private\nIf-Modified-Since: Fri, 02 Jan 2026 03:04:05 GMT\nx-amz-retain: 2026-01-02T03:04:05.000Z\nX-Amz-Fields: A,B\nx-amz-fields: \"C\"\nX-Amz-Meta-One: 1", "",
			&putKitchen{ACL: ptr("private"), Since: &when, Retain: &when, Fields: []string{"A", "B", "C"}, Meta: map[string]string{"one": "1"}}, "",
		},
		"hoisted": {"&X-Amz-Acl=private&x-amz-meta-A=1&X-Amz-Date=x", "", "", &putKitchen{ACL: ptr("private"), Meta: map[string]string{"a": "1"}}, ""},
		"query":   {"&versionId=v&max-keys=3&unknown=1&unknown=2", "", "", &putKitchen{Version: ptr("v"), Max: ptr(int32(3))}, ""},
		"body": {
			"", "", `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<Kitchen xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><!-- c --><Text> a&amp;&#x41;<![CDATA[<]]> </Text><Number> 3 </Number>
			<Flag>true</Flag><When>2026-01-02T03:04:05Z</When><Blob>AAE=</Blob><Name>a</Name><Other><Deep>x</Deep></Other><Name/>
			<Keys><Key>k</Key></Keys><TagSet><Tag><Key>a</Key></Tag></TagSet><Flat><Key>f</Key></Flat><Flat/>
			<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>i</ID></Grantee><Inner><Text/></Inner></Kitchen>`,
			&putKitchen{Kitchen: &kitchen{
				Text: ptr(" a&A< "), Number: ptr(int32(3)), Flag: ptr(true), When: &when, Blob: []byte{0, 1}, Names: []string{"a", ""},
				Keys: []string{"k"}, Tags: []tag{{Key: ptr("a")}}, Flat: []tag{{Key: ptr("f")}, {}},
				Grantee: &grantee{ptr("i"), ptr("CanonicalUser")}, Inner: &kitchen{Text: ptr("")},
			}}, "",
		},
		"empty list": {"", "", `<Kitchen><TagSet/></Kitchen>`, &putKitchen{Kitchen: &kitchen{Tags: []tag{}}}, ""},

		"byte order mark": {"", "", "\ufeff<Kitchen/>", &putKitchen{Kitchen: &kitchen{}}, ""},

		"no utf-8 in metadata":  {"", "x-amz-meta-a: \xff", "", nil, "InvalidArgument"},
		"no utf-8 in a header":  {"", "x-amz-acl: \xff", "", nil, "InvalidArgument"},
		"no utf-8 in the query": {"&versionId=%ff", "", "", nil, "InvalidArgument"},
		"two headers":           {"", "x-amz-acl: a\nx-amz-acl: b", "", nil, "InvalidArgument"},
		"a header both ways":    {"&x-amz-acl=a", "x-amz-acl: a", "", nil, "InvalidArgument"},
		"metadata twice":        {"&x-amz-meta-a=1&X-Amz-Meta-A=2", "", "", nil, "InvalidArgument"},
		"metadata both ways":    {"&x-amz-meta-a=1", "x-amz-meta-a: 1", "", nil, "InvalidArgument"},
		"no name of metadata":   {"&x-amz-meta-a%0d%0ab=1", "", "", nil, "InvalidArgument"},
		"two parameters":        {"&versionId=a&versionId=b", "", "", nil, "InvalidArgument"},
		"no number":             {"&max-keys=x", "", "", nil, "InvalidArgument"},
		"no date":               {"", "If-Modified-Since: x", "", nil, "InvalidArgument"},

		"another root":       {"", "", `<Tagging/>`, nil, "MalformedXML"},
		"no xml":             {"", "", `{}`, nil, "MalformedXML"},
		"unfinished":         {"", "", `<Kitchen>`, nil, "MalformedXML"},
		"crossed":            {"", "", `<Kitchen><A></Kitchen></A>`, nil, "MalformedXML"},
		"two documents":      {"", "", `<Kitchen/><Kitchen/>`, nil, "MalformedXML"},
		"behind":             {"", "", `<Kitchen/>x`, nil, "MalformedXML"},
		"broken behind":      {"", "", `<Kitchen/><`, nil, "MalformedXML"},
		"before":             {"", "", `x<Kitchen/>`, nil, "MalformedXML"},
		"document type":      {"", "", `<!DOCTYPE Kitchen [<!ENTITY a "b">]><Kitchen/>`, nil, "MalformedXML"},
		"instruction inside": {"", "", `<Kitchen><?a b?></Kitchen>`, nil, "MalformedXML"},
		"entity":             {"", "", `<Kitchen><Text>&a;</Text></Kitchen>`, nil, "MalformedXML"},
		"html entity":        {"", "", `<Kitchen><Text>&nbsp;</Text></Kitchen>`, nil, "MalformedXML"},
		"control character":  {"", "", `<Kitchen><Text>&#0;</Text></Kitchen>`, nil, "MalformedXML"},
		"no utf-8":           {"", "", "<Kitchen><Text>\xff</Text></Kitchen>", nil, "MalformedXML"},
		"another encoding":   {"", "", `<?xml version="1.0" encoding="UTF-16"?><Kitchen/>`, nil, "MalformedXML"},
		"twice":              {"", "", `<Kitchen><Text>a</Text><Text>b</Text></Kitchen>`, nil, "MalformedXML"},
		"list twice":         {"", "", `<Kitchen><TagSet/><TagSet/></Kitchen>`, nil, "MalformedXML"},
		"structure twice":    {"", "", `<Kitchen><Inner/><Inner/></Kitchen>`, nil, "MalformedXML"},
		"attribute twice":    {"", "", `<Kitchen><Grantee xmlns:a="a" a:type="x" xmlns:b="b" b:type="y"/></Kitchen>`, nil, "MalformedXML"},
		"element in text":    {"", "", `<Kitchen><Text>a<b/></Text></Kitchen>`, nil, "MalformedXML"},
		"text in structure":  {"", "", `<Kitchen>a</Kitchen>`, nil, "MalformedXML"},
		"text in list":       {"", "", `<Kitchen><TagSet>a</TagSet></Kitchen>`, nil, "MalformedXML"},
		"unknown in list":    {"", "", `<Kitchen><TagSet><tag/></TagSet></Kitchen>`, nil, "MalformedXML"},
		"constraint":         {"", "", `<Kitchen><TagSet><Tag/></TagSet></Kitchen>`, nil, "MalformedXML"},
		"no boolean":         {"", "", `<Kitchen><Flag>yes</Flag></Kitchen>`, nil, "MalformedXML"},
		"no time":            {"", "", `<Kitchen><When>now</When></Kitchen>`, nil, "MalformedXML"},
		"no base64":          {"", "", `<Kitchen><Blob>!</Blob></Kitchen>`, nil, "MalformedXML"},
		"deep":               {"", "", strings.Repeat("<Kitchen><Inner>", 200), nil, "MalformedXML"},
		"deep, unknown":      {"", "", "<Kitchen>" + strings.Repeat("<a>", 200) + strings.Repeat("</a>", 200) + "</Kitchen>", nil, "MalformedXML"},
		"many":               {"", "", "<Kitchen>" + strings.Repeat("<Name/>", 200_001) + "</Kitchen>", nil, "MalformedXML"},
	} {
		r := request(t, "PUT", "/b/k?kitchen"+c.url, c.header, c.body)
		r.ContentLength = -1
		var in putKitchen
		err := p.Decode(r, []byte(c.body), &in)
		if c.code != "" {
			if !refused(err, c.code) {
				t.Errorf("%s: error %v, want %s", name, err, c.code)
			}
			continue
		}
		c.want.Bucket, c.want.Key = ptr("b"), ptr("k")
		if err != nil || !reflect.DeepEqual(&in, c.want) {
			t.Errorf("%s: %v, got %+v %+v", name, err, in, in.Kitchen)
		}
	}
}

func TestDecodeBodies(t *testing.T) {
	p := restxml.New(routes)
	var policy putPolicy
	if err := p.Decode(request(t, "PUT", "/b?policy", "", ""), []byte(" {}"), &policy); err != nil || *policy.Policy != " {}" {
		t.Errorf("policy: %v, %v", err, policy.Policy)
	}
	if err := p.Decode(request(t, "PUT", "/b?policy", "", ""), nil, &policy); !refused(err, "MissingRequestBodyError") {
		t.Errorf("no policy: %v", err)
	}
	var object putObject
	if err := p.Decode(request(t, "PUT", "/b/k", "", "streamed"), nil, &object); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(object.Body); err != nil || string(got) != "streamed" {
		t.Errorf("stream: %q, %v", got, err)
	}
	var in putKitchen
	if err := p.Decode(request(t, "PUT", "/b/k?kitchen", "", "12345"), nil, &in); err != nil || in.Length == nil || *in.Length != 5 {
		t.Errorf("length: %v, %v", err, in.Length)
	}
}

func TestEncode(t *testing.T) {
	type meta struct {
		ETag     *string           `wire:"ETag,header"`
		Length   *int64            `wire:"Content-Length,header"`
		Modified *time.Time        `wire:"Last-Modified,header"`
		Meta     map[string]string `wire:"x-amz-meta-,headers"`
		Body     wire.Stream       `wire:"Body,payload"`
	}
	type location struct {
		LocationConstraint *string `wire:"LocationConstraint"`
	}
	type policy struct {
		Policy *string `wire:"Policy,payload"`
	}
	type wrapped struct {
		Kitchen *kitchen `wire:"Kitchen,payload"`
	}
	const head = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	const ns = ` xmlns="http://s3.amazonaws.com/doc/2006-03-01/"`
	when := time.Date(2026, 1, 2, 3, 4, 5, 6e6, time.UTC)
	p := restxml.New(routes)
	for name, c := range map[string]struct {
		operation    string
		out          any
		status       int
		header, body string
	}{
		"body": {
			"ListObjectsV2", &kitchen{
				Text: ptr("<a>&\"'\x01\n\ufffe\xff"), Number: ptr(int32(-1)), Flag: ptr(false), When: &when, Blob: []byte{0, 1}, Names: []string{"a", "b"},
				Keys: []string{"k"}, Tags: []tag{}, Flat: []tag{{Key: ptr("f")}}, Grantee: &grantee{ptr("i"), ptr("a\"b")}, Inner: &kitchen{},
			}, 200, "Content-Type=application/xml",
			head + `<ListBucketResult` + ns + `><Text>&lt;a&gt;&amp;&quot;'&#x1;&#xA;&#xFFFE;` + "\ufffd" + `</Text><Number>-1</Number><Flag>false</Flag><When>2026-01-02T03:04:05.006Z</When>` +
				`<Blob>AAE=</Blob><Name>a</Name><Name>b</Name><Keys><Key>k</Key></Keys><TagSet></TagSet><Flat><Key>f</Key></Flat>` +
				`<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="a&quot;b"><ID>i</ID></Grantee><Inner></Inner></ListBucketResult>`,
		},
		"payload":     {"PutKitchen", &wrapped{&kitchen{Text: ptr("x")}}, 200, "", head + `<Kitchen` + ns + `><Text>x</Text></Kitchen>`},
		"no payload":  {"PutKitchen", &wrapped{}, 200, "", ""},
		"location":    {"GetBucketLocation", &location{ptr("eu-west-1")}, 200, "", head + `<LocationConstraint` + ns + `>eu-west-1</LocationConstraint>`},
		"no location": {"GetBucketLocation", &location{}, 200, "", head + `<LocationConstraint` + ns + `></LocationConstraint>`},
		"policy":      {"PutBucketPolicy", &policy{ptr(`{}`)}, 200, "Content-Type=application/json", `{}`},
		"nil":         {"DeleteBucket", nil, 204, "X-Amz-Request-Id=id", ""},
		"stream":      {"GetObject", &meta{ETag: ptr(`"e"`), Meta: map[string]string{"One": "1"}, Body: wire.Stream{ReadCloser: io.NopCloser(strings.NewReader("abc")), Length: 3}}, 200, `ETag="e" Content-Length=3 x-amz-meta-one=1 Content-Type=binary/octet-stream`, "abc"},
		"head":        {"HeadObject", &meta{Length: ptr(int64(7)), Modified: &when}, 200, "Content-Length=7", ""},
	} {
		resp, err := p.Encode(c.operation, c.out, "id")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w := httptest.NewRecorder()
		resp.Send(w)
		if w.Code != c.status || w.Body.String() != c.body || len(w.Header().Get("X-Amz-Id-2")) != 76 {
			t.Errorf("%s: %d %v\n%s\nwant\n%s", name, w.Code, w.Header(), w.Body, c.body)
		}
		for _, h := range strings.Fields(c.header) {
			k, v, _ := strings.Cut(h, "=")
			if k == "ETag" {
				k = "Etag"
			}
			if got := w.Header()[k]; len(got) != 1 || got[0] != v {
				t.Errorf("%s: header %s is %q, want %q", name, k, got, v)
			}
		}
	}
}

func TestFail(t *testing.T) {
	p := restxml.New(routes)
	for name, c := range map[string]struct {
		err    *bailiwick.Error
		status int
		body   string // up to the request id
	}{
		"own":        {&bailiwick.Error{Code: "NoSuchKey", Status: 404, Message: "The specified key does not exist.", Fields: map[string]any{"Key": "a<b", "Code": "no", "n": nil, "a b": 1, "Size": int64(3), "f": func() {}}}, 404, "<Code>NoSuchKey</Code><Message>The specified key does not exist.</Message><Key>a&lt;b</Key><Size>3</Size>"},
		"denied":     {bailiwick.Errorf(bailiwick.CodeAccessDenied, "User: x"), 403, "<Code>AccessDenied</Code><Message>User: x</Message>"},
		"anonymous":  {bailiwick.Errorf(bailiwick.CodeMissingToken, ""), 403, "<Code>AccessDenied</Code><Message>Access Denied</Message>"},
		"no route":   {bailiwick.Errorf(bailiwick.CodeUnknownOperation, ""), 405, "<Code>MethodNotAllowed</Code><Message>The specified method is not allowed against this resource.</Message>"},
		"no row":     {p.Unknown("GetObjectTorrent"), 501, "<Code>NotImplemented</Code><Message>The operation &quot;GetObjectTorrent&quot; is not supported.</Message>"},
		"key":        {bailiwick.Errorf(bailiwick.CodeUnknownKey, ""), 403, "<Code>InvalidAccessKeyId</Code><Message>The AWS Access Key Id you provided does not exist in our records.</Message>"},
		"signature":  {bailiwick.Errorf(bailiwick.CodeBadSignature, "m"), 403, "<Code>SignatureDoesNotMatch</Code><Message>m</Message>"},
		"expired":    {bailiwick.Errorf(bailiwick.CodeExpiredToken, "m"), 400, "<Code>ExpiredToken</Code><Message>m</Message>"},
		"busy":       {bailiwick.Errorf(bailiwick.CodeBusy, "m"), 503, "<Code>SlowDown</Code><Message>m</Message>"},
		"internal":   {bailiwick.Errorf(bailiwick.CodeInternal, "m"), 500, "<Code>InternalError</Code><Message>m</Message>"},
		"large":      {bailiwick.Errorf(bailiwick.CodeTooLarge, "m"), 400, "<Code>EntityTooLarge</Code><Message>m</Message>"},
		"validation": {bailiwick.Errorf(bailiwick.CodeValidation, "m"), 400, "<Code>InvalidArgument</Code><Message>m</Message>"},
	} {
		resp := p.Fail(c.err, "id")
		inner, _, ok := strings.Cut(strings.TrimPrefix(string(resp.Body), `<?xml version="1.0" encoding="UTF-8"?>`+"\n<Error>"), "<RequestId>id</RequestId><HostId>")
		if !ok || inner != c.body || resp.Status != c.status || resp.Header.Get("Content-Type") != "application/xml" {
			t.Errorf("%s: %d %s", name, resp.Status, resp.Body)
		}
		wellFormed(t, resp.Body)
	}
	resp := p.Fail(&bailiwick.Error{Code: "NotModified", Status: 304, Fields: map[string]any{wire.InHeader + "ETag": `"e"`}}, "id")
	if resp.Status != 304 || resp.Body != nil || resp.Header.Get("ETag") != `"e"` || resp.Header.Get("Content-Type") != "" {
		t.Errorf("not modified: %+v", resp)
	}
}

// A stream that is not sent is closed.
func TestEncodeCloses(t *testing.T) {
	type object struct {
		Type *string     `wire:"Content-Type,header"`
		Body wire.Stream `wire:"Body,payload"`
	}
	c := new(closer)
	if _, err := restxml.New(routes).Encode("GetObject", &object{ptr("a\nb"), wire.Stream{ReadCloser: c}}, "id"); err == nil || !c.closed {
		t.Errorf("error %v, closed %v", err, c.closed)
	}
}

type closer struct {
	io.Reader
	closed bool
}

func (c *closer) Close() error { c.closed = true; return nil }

func refused(err error, code string) bool {
	var e *bailiwick.Error
	return errors.As(err, &e) && e.Code == code
}

func wellFormed(t *testing.T, body []byte) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(string(body))); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("%v in %s", err, body)
		}
	}
}

// request makes a request as the server reads it. header is lines of "Name: value".
func request(t *testing.T, method, url, header, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for line := range strings.Lines(header) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Header.Add(k, v)
	}
	return r
}
