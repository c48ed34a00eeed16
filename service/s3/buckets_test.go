package s3

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

func TestCreateBucket(t *testing.T) {
	w := newWorld(t)
	for _, name := range []string{"ab", strings.Repeat("a", 64), "a..b", "-abc", "abc-", "Abc", "a_b", "192.168.1.1", "xn--abc", "abc-s3alias", "abc--x-s3"} {
		w.want(w.do("PUT", "/"+name, ""), 400, "InvalidBucketName")
	}
	for _, name := range []string{"abc", strings.Repeat("a", 63), "a.b-c", "1.2.3"} {
		w.ok("PUT", "/"+name, "")
	}
	if r := w.ok("PUT", "/abc", ""); r.header.Get("Location") != "/abc" {
		t.Errorf("made twice: %v", r.header)
	}
	w.asOf("999999999999", "stranger", allowAll)
	w.want(w.do("PUT", "/abc", ""), 409, "BucketAlreadyExists")
	w.root()
	w.want(w.do("PUT", "/far-away", `<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>`), 200, "")
	w.want(w.do("PUT", "/nowhere", `<CreateBucketConfiguration><LocationConstraint>mars</LocationConstraint></CreateBucketConfiguration>`), 400, "InvalidLocationConstraint")
	w.want(w.do("PUT", "/nowhere", `<CreateBucketConfiguration><LocationConstraint>us-east-1</LocationConstraint></CreateBucketConfiguration>`), 400, "InvalidLocationConstraint")
	w.want(w.do("PUT", "/nowhere", `<Broken`), 400, "MalformedXML")
	for header, value := range map[string]string{"X-Amz-Acl": "public-read", "X-Amz-Grant-Read": "id=x"} {
		w.want(w.do("PUT", "/with-acl", "", header, value), 400, "InvalidBucketAclWithObjectOwnership")
	}
	w.want(w.do("PUT", "/with-acl", "", "X-Amz-Object-Ownership", "ObjectWriter"), 400, "AccessControlListNotSupported")
	w.want(w.do("PUT", "/with-lock", "", "X-Amz-Bucket-Object-Lock-Enabled", "true"), 501, "NotImplemented")
	w.want(w.do("PUT", "/with-acl", "", "X-Amz-Acl", "private"), 200, "")

	r := w.ok("GET", "/", "")
	if got := strings.Join(elements(r.body, "Name"), " "); got != "1.2.3 a.b-c "+strings.Repeat("a", 63)+" abc far-away with-acl" {
		t.Errorf("buckets: %s", got)
	}
	r = w.ok("GET", "/?max-buckets=2&prefix=a", "")
	if got := elements(r.body, "Name"); len(got) != 2 || got[0] != "a.b-c" {
		t.Errorf("first page: %v", got)
	}
	r = w.ok("GET", "/?prefix=a&continuation-token="+element(r.body, "ContinuationToken"), "")
	if got := elements(r.body, "Name"); len(got) != 1 || got[0] != "abc" {
		t.Errorf("second page: %v", got)
	}
	w.want(w.do("GET", "/?continuation-token=x", ""), 400, "InvalidArgument")
	w.asOf("999999999999", "stranger", allowAll)
	if r := w.ok("GET", "/", ""); len(elements(r.body, "Name")) != 0 {
		t.Errorf("another account sees %s", r.body)
	}
}

func TestCreateBucketAsks(t *testing.T) {
	w := newWorld(t)
	create := `{"Effect":"Allow","Action":"s3:CreateBucket","Resource":"arn:aws:s3:::mine-*"`
	w.as("alice", create+`}`)
	w.want(w.do("PUT", "/mine-1", ""), 200, "")
	w.want(w.do("PUT", "/yours", ""), 403, "AccessDenied")
	w.want(w.do("PUT", "/mine-2", "", "X-Amz-Acl", "private"), 403, "AccessDenied")
	w.want(w.do("PUT", "/mine-2", "", "X-Amz-Object-Ownership", "BucketOwnerEnforced"), 403, "AccessDenied")
	w.want(w.do("PUT", "/mine-2", `<CreateBucketConfiguration><Tags><Tag><Key>a</Key><Value>b</Value></Tag></Tags></CreateBucketConfiguration>`), 403, "AccessDenied")
	w.as("bob", create+`,"Condition":{"StringEquals":{"s3:LocationConstraint":"eu-west-1"}}}`)
	w.want(w.do("PUT", "/mine-3", ""), 403, "AccessDenied")
	w.want(w.do("PUT", "/mine-3", `<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>`), 200, "")
	w.anonymous()
	w.want(w.do("PUT", "/mine-4", ""), 403, "AccessDenied")
	w.want(w.do("GET", "/", "", "Host", "s3.localhost"), 403, "AccessDenied")
}

// TestRegions: whoever signs for another region is told which one it is.
func TestRegions(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/far-away", `<CreateBucketConfiguration><LocationConstraint>eu-west-1</LocationConstraint></CreateBucketConfiguration>`)
	for _, method := range []string{"GET", "HEAD", "PUT"} {
		r := w.do(method, "/far-away/key", "")
		if r.status != 400 || r.header.Get("X-Amz-Bucket-Region") != "eu-west-1" || method != "HEAD" && r.code != "AuthorizationHeaderMalformed" {
			t.Errorf("%s: %d %v %s", method, r.status, r.header, r.body)
		}
	}
	w.ok("PUT", "/near/", "") // as some clients write it
	w.ok("GET", "/near/?list-type=2&x-id=ListObjectsV2", "")
	if r := w.ok("HEAD", "/near", ""); r.header.Get("X-Amz-Bucket-Region") != "us-east-1" {
		t.Errorf("HeadBucket: %v", r.header)
	}
	if r := w.ok("GET", "/near?location", ""); strings.Contains(r.body, "us-east-1") || !strings.Contains(r.body, "<LocationConstraint") {
		t.Errorf("location: %s", r.body)
	}
	// The owner that the caller expects.
	w.want(w.do("GET", "/near?location", "", "X-Amz-Expected-Bucket-Owner", "999999999999"), 403, "AccessDenied")
	w.want(w.do("GET", "/near?location", "", "X-Amz-Expected-Bucket-Owner", servicetest.Account), 200, "")
	w.ok("PUT", "/near/x", "x")
	w.want(w.do("PUT", "/near/y", "", "X-Amz-Copy-Source", "near/x", "X-Amz-Source-Expected-Bucket-Owner", "999999999999"), 403, "AccessDenied")
}

// TestEveryOperationAsks: nobody without policies may do anything, and whoever may
// do everything gets an answer that is no refusal.
func TestEveryOperationAsks(t *testing.T) {
	w := tenants(t)
	id := element(w.ok("POST", "/data/up?uploads", "").body, "UploadId")
	xml := map[string]string{
		"PutBucketTagging": "<Tagging><TagSet/></Tagging>", "PutObjectTagging": "<Tagging><TagSet/></Tagging>",
		"PutBucketCors":              "<CORSConfiguration><CORSRule><AllowedMethod>GET</AllowedMethod><AllowedOrigin>*</AllowedOrigin></CORSRule></CORSConfiguration>",
		"PutBucketPolicy":            policyOf("Allow", stranger, "s3:*", "data/*", ""),
		"PutPublicAccessBlock":       openAll,
		"PutBucketOwnershipControls": "<OwnershipControls><Rule><ObjectOwnership>BucketOwnerEnforced</ObjectOwnership></Rule></OwnershipControls>",
		"PutBucketVersioning":        "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>",
		"PutBucketEncryption":        "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>",
		"CompleteMultipartUpload":    "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>x</ETag></Part></CompleteMultipartUpload>",
	}
	n := 0
	for _, route := range modelRoutes {
		svc := w.api.Service()
		asked := false
		for _, op := range svc.Operations {
			asked = asked || op.Name == route.Operation && op.Access == "checked"
		}
		if !asked {
			continue
		}
		n++
		path := strings.NewReplacer("{Bucket}", "data", "{Key+}", "acme/1").Replace(route.URI)
		var headers []string
		query := ""
		if route.Operation == "CompleteMultipartUpload" {
			query = "&uploadId=" + id
		}
		for _, q := range route.Query {
			query += "&" + q + "=" + map[string]string{"uploadId": id, "partNumber": "1"}[q]
		}
		if query != "" {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			path = strings.Replace(path, "acme/1", "up", 1) + sep + query[1:]
		}
		for range route.Header {
			headers = append(headers, "X-Amz-Copy-Source", "data/globex/1")
		}
		if route.Operation == "GetObjectAttributes" {
			headers = append(headers, "X-Amz-Object-Attributes", "ETag")
		}
		body := xml[route.Operation]
		for _, who := range []string{"nobody", "anonymous", "stranger"} {
			switch who {
			case "anonymous":
				w.anonymous()
				headers = append(headers, "Host", "s3.localhost")
			case "stranger":
				w.asOf("999999999999", "stranger2", allowAll)
			default:
				w.as("nobody", "")
			}
			if who == "stranger" && (route.Operation == "ListBuckets" || route.Operation == "CreateBucket") {
				continue
			}
			if r := w.do(route.Method, path, body, headers...); r.status != 403 || route.Method != "HEAD" && r.code != "AccessDenied" {
				t.Errorf("%s by %s: %d %s", route.Operation, who, r.status, r.body)
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d operations were tried", n)
	}
	for _, rec := range w.server.Records {
		if rec.Failure != nil && rec.Failure.Code == bailiwick.CodeInternal {
			t.Errorf("%s: %v", rec.Call.Operation, rec.Failure)
		}
	}
	// And now as somebody who may: no refusal, no internal error.
	w.as("admin", allowAll)
	for _, route := range modelRoutes {
		if route.Method != "GET" || strings.Contains(route.URI, "{Key+}") || len(route.Query) > 0 {
			continue
		}
		if r := w.do("GET", strings.Replace(route.URI, "{Bucket}", "data", 1), ""); r.status == 403 || r.status == 500 {
			t.Errorf("%s: %d %s", route.Operation, r.status, r.body)
		}
	}
}

func TestSettings(t *testing.T) {
	w := newWorld(t)
	w.ok("PUT", "/data", "")
	for path, code := range map[string]string{
		"/data?lifecycle": "NoSuchLifecycleConfiguration", "/data?replication": "ReplicationConfigurationNotFoundError",
		"/data?website": "NoSuchWebsiteConfiguration", "/data?object-lock": "ObjectLockConfigurationNotFoundError",
		"/data?cors": "NoSuchCORSConfiguration", "/data?tagging": "NoSuchTagSet", "/data?policyStatus": "NoSuchBucketPolicy",
	} {
		w.want(w.do("GET", path, ""), 404, code)
	}
	for path, contains := range map[string]string{
		"/data?versioning": "<VersioningConfiguration", "/data?acl": "FULL_CONTROL", "/data?encryption": "AES256", "/data?requestPayment": "BucketOwner",
		"/data?accelerate": "<AccelerateConfiguration", "/data?logging": "<BucketLoggingStatus", "/data?notification": "<NotificationConfiguration",
		"/data?ownershipControls": "BucketOwnerEnforced",
	} {
		if r := w.ok("GET", path, ""); !strings.Contains(r.body, contains) {
			t.Errorf("%s: %s", path, r.body)
		}
	}
	w.want(w.do("PUT", "/data?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>"), 501, "NotImplemented")
	w.ok("PUT", "/data?versioning", "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>")
	if r := w.ok("GET", "/data?versioning", ""); element(r.body, "Status") != "Suspended" {
		t.Errorf("versioning: %s", r.body)
	}
	w.want(w.do("PUT", "/data?acl", "", "X-Amz-Acl", "private"), 400, "AccessControlListNotSupported")
	w.ok("PUT", "/data?tagging", `<Tagging><TagSet><Tag><Key>b</Key><Value>2</Value></Tag><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>`)
	if r := w.ok("GET", "/data?tagging", ""); strings.Join(elements(r.body, "Key"), "") != "ab" {
		t.Errorf("tags: %s", r.body)
	}
	w.want(w.do("DELETE", "/data?tagging", ""), 204, "")
	// Whatever is not here is refused, and never becomes something else.
	w.ok("PUT", "/data/key", "x")
	for _, path := range []string{"/data?lifecycle", "/data?website", "/data?logging", "/data?notification", "/data?replication", "/data/key?retention", "/data/key?renameObject"} {
		w.want(w.do("PUT", path, "<X/>"), 501, "NotImplemented")
	}
	w.want(w.do("DELETE", "/data?lifecycle", ""), 501, "NotImplemented")
	w.want(w.do("POST", "/data/key?restore", ""), 501, "NotImplemented")
	w.want(w.do("PUT", "/data/key?partNumber=1", "x"), 405, "MethodNotAllowed")
	w.want(w.do("DELETE", "/data?acl", ""), 405, "MethodNotAllowed")
	w.want(w.do("PUT", "/data/key?acl&tagging", "x"), 405, "MethodNotAllowed")
	w.want(w.do("PATCH", "/data/key", "x"), 405, "MethodNotAllowed")
	if got := w.ok("GET", "/data/key", "").body; got != "x" {
		t.Errorf("the object is %q", got)
	}
}

func TestHosts(t *testing.T) {
	for host, want := range map[string]struct {
		bucket string
		own    bool
	}{
		"localhost": {}, "127.0.0.1": {}, "[::1]": {}, "bailiwick": {}, "files.example.com": {},
		"s3.localhost": {"", true}, "s3.amazonaws.com": {"", true}, "s3.eu-west-1.amazonaws.com": {"", true},
		"data.s3.localhost": {"data", true}, "data.s3.amazonaws.com": {"data", true}, "data.s3.eu-west-1.amazonaws.com": {"data", true},
		"data.s3-eu-west-1.amazonaws.com": {"data", true}, "a.b.s3.us-gov-west-1.amazonaws.com": {"a.b", true},
		"data.s3.dualstack.eu-west-1.amazonaws.com": {"data", true}, "data.s3.us-east-1.localhost": {"data", true},
		"data.localhost": {"data", false}, "a.b.localhost": {"a.b", false},
		"dynamodb.us-east-1.amazonaws.com": {}, "dynamodb.localhost": {}, "abc.execute-api.localhost": {}, "cognito-idp.us-east-1.amazonaws.com": {},
		"abc.execute-api.us-east-1.amazonaws.com": {}, "sts.amazonaws.com": {}, "evil.s3.amazonaws.com.example.org": {}, "s3.evil.amazonaws.com": {},
		"1.2.3.4.localhost": {"", false}, ".localhost": {},
		"auth.localhost": {}, "data.auth.localhost": {"data", false}, "dynamodb.auth.localhost": {}, "xauth.localhost": {"xauth", false},
		"auth.s3.localhost": {"auth", true},
	} {
		if name, own := hostBucket(host, "auth.localhost"); name != want.bucket || own != want.own {
			t.Errorf("%s: %q %v", host, name, own)
		}
	}
	w := newWorld(t)
	w.ok("PUT", "/", "", "Host", "data.s3.localhost:4566")
	w.ok("PUT", "/a/../b", "literal", "Host", "data.localhost:4566")
	for _, host := range []string{"data.s3.localhost", "data.localhost:80", "DATA.s3.us-east-1.amazonaws.com"} {
		if got := w.ok("GET", "/a/../b", "", "Host", host).body; got != "literal" {
			t.Errorf("%s: %q", host, got)
		}
	}
	w.want(w.do("GET", "/data/a/../b", "", "Host", "data.localhost"), 404, "NoSuchKey")
	if got := w.ok("GET", "/data/a/../b", "", "Host", "s3.localhost").body; got != "literal" {
		t.Errorf("path style: %q", got)
	}
	for _, tt := range []struct {
		host, method, path, target string
		claims, leftover           bool
	}{
		{"data.localhost", "GET", "/x", "", true, true},
		{"none.localhost", "GET", "/x", "", false, true},
		{"data.localhost", "POST", "/", "Service.Op", false, false},
		{"localhost", "GET", "/", "", false, false},
		{"localhost", "GET", "/data/x", "", false, true},
		{"localhost", "POST", "/data", "", false, false},
		{"127.0.0.1", "DELETE", "/data/x", "", false, true},
		{"dynamodb.us-east-1.amazonaws.com", "POST", "/", "", false, false},
	} {
		r := httptest.NewRequest(tt.method, tt.path, nil)
		r.Host = tt.host
		if tt.target != "" {
			r.Header.Set("X-Amz-Target", tt.target)
		}
		if got := w.api.claims(r); got != tt.claims {
			t.Errorf("%+v: claims %v", tt, got)
		}
		if got := w.api.leftover(r); got != tt.leftover {
			t.Errorf("%+v: leftover %v", tt, got)
		}
	}
	signed := httptest.NewRequest("POST", "/", nil)
	signed.Host = "data.localhost"
	signed.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=A/20261103/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0")
	if w.api.claims(signed) || w.api.leftover(signed) {
		t.Error("a request that is signed for STS is taken")
	}
}
