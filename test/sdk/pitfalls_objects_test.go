package sdk_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Pitfalls of S3, from the sign-in of a tenant's user to the objects. The tenant
// is acme, and must not reach acme10 or globex.

const (
	acme   = "acme"
	acme10 = "acme10"
	globex = "globex"
)

func TestPitfallsOfObjects(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	w.bucket(shelf, "acme/a", "acme10/b", "globex/c")
	for _, p := range []pitfall{
		{65, "listing without a condition", listingOpen},
		{66, "prefix without its slash", prefixWithoutSlash},
		{67, "folders by their delimiter", foldersByDelimiter},
		{68, "the other listings", otherListings},
		{69, "source of a copy", sourceOfCopy},
		{70, "tags that the tenant may write", writableTags},
		{71, "versions", versionsAside},
		{72, "presigned link", presignedLink},
		{73, "form for any key", formForAnyKey},
		{74, "existence told by status", existenceTold},
		{75, "dots in a key", dotsInKey},
	} {
		t.Run(p.name, func(t *testing.T) { p.try(w.with(t)) })
	}
}

// onShelf is a statement about the bucket, or about objects in it.
func onShelf(effect, actions, resource, condition string) string {
	return strings.Replace(statement(effect, actions, "", condition), tableARN(""), "arn:aws:s3:::"+shelf+resource, 1)
}

const ownObjects = "/${aws:PrincipalTag/org}/*"

func listing(condition string) string { return onShelf("Allow", "s3:ListBucket", "", condition) }

// objectsAs signs somebody of acme in, with a role of these statements.
func (n *tenancy) objectsAs(role string, list ...string) *s3.Client {
	n.t.Helper()
	n.use(role, statements(list...))
	return n.objectsOf(n.member())
}

func (n *tenancy) member() *citypes.Credentials {
	n.t.Helper()
	return n.credentials(n.entry, n.login(n.user(n.userPool, "custom:org", acme)))
}

// seen lists: keys and common prefixes, or the refusal.
func (w *world) seen(objects *s3.Client, in s3.ListObjectsV2Input) string {
	w.t.Helper()
	in.Bucket = aws.String(shelf)
	out, err := objects.ListObjectsV2(w.ctx, &in)
	if err != nil {
		return told(err)
	}
	var all []string
	for _, o := range out.Contents {
		all = append(all, aws.ToString(o.Key))
	}
	for _, p := range out.CommonPrefixes {
		all = append(all, aws.ToString(p.Prefix))
	}
	return strings.Join(all, " ")
}

// sees compares; a refusal is written as its code.
func (w *world) sees(what, got, want string) {
	w.t.Helper()
	if got != want && !(want == "AccessDenied" && strings.HasPrefix(got, want+": ")) {
		w.t.Errorf("%s: got %q, want %q", what, got, want)
	}
}

func prefix(p string) s3.ListObjectsV2Input { return s3.ListObjectsV2Input{Prefix: &p} }

// gets reads an object: "" or the refusal.
func (w *world) gets(objects *s3.Client, key string) string {
	out, err := objects.GetObject(w.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: &key})
	if err == nil {
		_ = out.Body.Close()
	}
	return told(err)
}

const everyKey = "acme/a acme10/b globex/c"

func listingOpen(w *world) {
	n := w.tenancy("O65")
	open := n.objectsAs("O65Open", listing(""), onShelf("Allow", "s3:GetObject", ownObjects, ""))
	n.sees("listing everything", n.seen(open, s3.ListObjectsV2Input{}), everyKey)
	n.sees("reading a foreign object", n.gets(open, "globex/c"), "AccessDenied")
	right := n.objectsAs("O65Right", listing(`{"StringLike":{"s3:prefix":"${aws:PrincipalTag/org}/*"}}`))
	n.sees("listing everything, done right", n.seen(right, s3.ListObjectsV2Input{}), "AccessDenied")
	n.sees("listing the own prefix", n.seen(right, prefix("acme/")), "acme/a")
	// A negated operator is met by a request without a prefix.
	negated := n.objectsAs("O65Negated", listing(`{"StringNotLike":{"s3:prefix":"globex/*"}}`))
	n.sees("a foreign prefix", n.seen(negated, prefix("globex/")), "AccessDenied")
	n.sees("no prefix", n.seen(negated, s3.ListObjectsV2Input{}), everyKey)
}

func prefixWithoutSlash(w *world) {
	n := w.tenancy("O66")
	loose := n.objectsAs("O66Loose", listing(`{"StringLike":{"s3:prefix":"${aws:PrincipalTag/org}*"}}`))
	n.sees("the prefix of a longer name", n.seen(loose, prefix("acme10/")), "acme10/b")
	n.sees("the prefix without a slash", n.seen(loose, prefix("acme")), "acme/a acme10/b")
	right := n.objectsAs("O66Right", listing(`{"StringLike":{"s3:prefix":"${aws:PrincipalTag/org}/*"}}`))
	n.sees("done right", n.seen(right, prefix("acme10/")), "AccessDenied")
	n.sees("without a slash, done right", n.seen(right, prefix("acme")), "AccessDenied")
}

func foldersByDelimiter(w *world) {
	n := w.tenancy("O67")
	console := n.objectsAs("O67Console", listing(`{"StringEquals":{"s3:prefix":["","${aws:PrincipalTag/org}/"],"s3:delimiter":"/"}}`))
	n.sees("the root by its folders", n.seen(console, s3.ListObjectsV2Input{Prefix: aws.String(""), Delimiter: aws.String("/")}), "acme/ acme10/ globex/")
	n.sees("another delimiter", n.seen(console, s3.ListObjectsV2Input{Prefix: aws.String(""), Delimiter: aws.String("c")}), "AccessDenied")
}

func otherListings(w *world) {
	n := w.tenancy("O68")
	made, err := w.objects.CreateMultipartUpload(w.ctx, &s3.CreateMultipartUploadInput{Bucket: aws.String(shelf), Key: aws.String("globex/upload")})
	w.must("CreateMultipartUpload", err)
	defer func() {
		_, err := w.objects.AbortMultipartUpload(w.ctx, &s3.AbortMultipartUploadInput{Bucket: aws.String(shelf), Key: made.Key, UploadId: made.UploadId})
		w.must("AbortMultipartUpload", err)
	}()
	own := listing(`{"StringLike":{"s3:prefix":"${aws:PrincipalTag/org}/*"}}`)
	for role, c := range map[string]struct{ more, want string }{
		"O68Open":  {"," + onShelf("Allow", "s3:ListBucketVersions s3:ListBucketMultipartUploads", "", ""), everyKey + " globex/upload"},
		"O68Right": {"", "AccessDenied"},
	} {
		objects := n.objectsAs(role, own+c.more)
		n.sees("listing everything", n.seen(objects, s3.ListObjectsV2Input{}), "AccessDenied")
		var keys []string
		versions, err := objects.ListObjectVersions(n.ctx, &s3.ListObjectVersionsInput{Bucket: aws.String(shelf)})
		if err == nil {
			for _, v := range versions.Versions {
				keys = append(keys, aws.ToString(v.Key))
			}
			uploads, e := objects.ListMultipartUploads(n.ctx, &s3.ListMultipartUploadsInput{Bucket: aws.String(shelf)})
			if err = e; err == nil {
				for _, u := range uploads.Uploads {
					keys = append(keys, aws.ToString(u.Key))
				}
			}
		}
		got := strings.Join(keys, " ")
		if err != nil {
			got = told(err)
		}
		n.sees(role, got, c.want)
	}
}

func sourceOfCopy(w *world) {
	n := w.tenancy("O69")
	objects := n.objectsAs("O69Own", onShelf("Allow", "s3:GetObject s3:PutObject", ownObjects, ""))
	for source, want := range map[string]string{
		"/acme/a": "", "/globex/c": "AccessDenied", "/acme/../globex/c": "AccessDenied", "/acme%252F..%252Fglobex%252Fc": "AccessDenied", "/globex%2Fc": "AccessDenied",
	} {
		_, err := objects.CopyObject(n.ctx, &s3.CopyObjectInput{Bucket: aws.String(shelf), Key: aws.String("acme/copy"), CopySource: aws.String(shelf + source)})
		n.sees("copying "+source, told(err), want)
	}
	_, err := w.objects.DeleteObject(w.ctx, &s3.DeleteObjectInput{Bucket: aws.String(shelf), Key: aws.String("acme/copy")})
	w.must("DeleteObject", err)
}

func writableTags(w *world) {
	n := w.tenancy("O70")
	_, err := w.objects.PutObjectTagging(w.ctx, &s3.PutObjectTaggingInput{Bucket: aws.String(shelf), Key: aws.String("globex/c"), Tagging: tagging("tenant", globex)})
	w.must("PutObjectTagging", err)
	byTag := onShelf("Allow", "s3:GetObject", "/*", `{"StringEquals":{"s3:ExistingObjectTag/tenant":"${aws:PrincipalTag/org}"}}`)
	retag := func(objects *s3.Client) error {
		_, err := objects.PutObjectTagging(n.ctx, &s3.PutObjectTaggingInput{Bucket: aws.String(shelf), Key: aws.String("globex/c"), Tagging: tagging("tenant", acme)})
		return err
	}
	right := n.objectsAs("O70Right", byTag, onShelf("Allow", "s3:PutObjectTagging", "/*", `{"StringEquals":{"s3:ExistingObjectTag/tenant":"${aws:PrincipalTag/org}"}}`))
	n.sees("tagging a foreign object, done right", told(retag(right)), "AccessDenied")
	loose := n.objectsAs("O70Loose", byTag, onShelf("Allow", "s3:PutObjectTagging", "/*", ""))
	n.sees("reading it before", n.gets(loose, "globex/c"), "AccessDenied")
	n.sees("tagging a foreign object", told(retag(loose)), "")
	n.sees("reading it afterwards", n.gets(loose, "globex/c"), "")
}

func versionsAside(w *world) {
	n := w.tenancy("O71")
	version := func(objects *s3.Client, key string) string {
		out, err := objects.GetObject(n.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: &key, VersionId: aws.String("null")})
		if err == nil {
			_ = out.Body.Close()
		}
		return told(err)
	}
	loose := n.objectsAs("O71Loose", onShelf("Allow", "s3:GetObject", ownObjects, ""), onShelf("Allow", "s3:GetObjectVersion", "/*", ""))
	n.sees("a foreign object", n.gets(loose, "acme10/b"), "AccessDenied")
	n.sees("its version", version(loose, "acme10/b"), "")
	deny := n.objectsAs("O71Deny", onShelf("Allow", "s3:*", "/*", ""), strings.Replace(onShelf("Deny", "s3:GetObject", ownObjects, ""), `"Resource"`, `"NotResource"`, 1))
	n.sees("a foreign object, denied", n.gets(deny, "acme10/b"), "AccessDenied")
	n.sees("its version, which the Deny does not name", version(deny, "acme10/b"), "")
	right := n.objectsAs("O71Right", onShelf("Allow", "s3:GetObject s3:GetObjectVersion", ownObjects, ""))
	n.sees("its version, done right", version(right, "acme10/b"), "AccessDenied")
}

// follow opens a link without any credentials.
func (w *world) follow(link string) int {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.ctx, http.MethodGet, link, nil)
	w.must("making a request", err)
	resp, err := http.DefaultClient.Do(r)
	w.must("following a link", err)
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body)
	return resp.StatusCode
}

func presignedLink(w *world) {
	n := w.tenancy("O72")
	n.use("O72Own", statements(onShelf("Allow", "s3:GetObject", ownObjects, "")))
	email := n.user(n.userPool, "custom:org", acme)
	links := s3.NewPresignClient(n.objectsOf(n.credentials(n.entry, n.login(email))))
	link := func(key string) string {
		out, err := links.PresignGetObject(n.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: &key}, s3.WithPresignExpires(time.Hour))
		n.must("presigning", err)
		return out.URL
	}
	own, foreign := link("acme/a"), link("globex/c")
	follows := func(what, link string, want int) {
		w.t.Helper()
		if got := n.follow(link); got != want {
			w.t.Errorf("%s: %d, want %d", what, got, want)
		}
	}
	follows("whoever has the link", own, http.StatusOK)
	follows("a link to what its signer may not read", foreign, http.StatusForbidden)
	n.setOrg(n.userPool, email, globex)
	follows("after its signer was moved", own, http.StatusOK)
	aged := statements(onShelf("Allow", "s3:GetObject", ownObjects, ""), onShelf("Deny", "s3:GetObject", "/*", `{"NumericGreaterThan":{"s3:signatureAge":"0"}}`))
	time.Sleep(5 * time.Millisecond) // the signature is older than nothing at all
	n.must("PutRolePolicy", second(n.iam.PutRolePolicy(n.ctx, &iam.PutRolePolicyInput{RoleName: &n.name, PolicyName: aws.String("policy1"), PolicyDocument: &aged})))
	follows("where links may not be old", own, http.StatusForbidden)
	n.must("DeleteRolePolicy", second(n.iam.DeleteRolePolicy(n.ctx, &iam.DeleteRolePolicyInput{RoleName: &n.name, PolicyName: aws.String("policy1")})))
	follows("after its signer's role may do nothing", own, http.StatusForbidden)
}

func formForAnyKey(w *world) {
	n := w.tenancy("O73")
	n.use("O73All", statements(onShelf("Allow", "s3:PutObject", "/*", "")))
	i := &intruder{tenancy: n, c: n.member(), host: w.s.addr} // signs forms for others
	of := func(starts string) string {
		return formPolicy(time.Now().Add(time.Minute), `{"bucket":"`+shelf+`"}`, `["starts-with","$key","`+starts+`"]`, `["starts-with","$x-amz-algorithm",""]`,
			`["starts-with","$x-amz-credential",""]`, `["starts-with","$x-amz-date",""]`, `["starts-with","$x-amz-security-token",""]`)
	}
	to := func(key string) func(map[string]string) { return func(f map[string]string) { f["key"] = key } }
	i.launch(attack{"a form that begins with nothing", i.form(of(""), to("globex/form")), "204"})
	i.launch(attack{"a form for a prefix, used outside", i.form(of("acme/"), to("globex/form")), forbidden})
	i.launch(attack{"a form for a prefix", i.form(of("acme/"), to("acme/form")), "204"})
	for _, key := range []string{"globex/form", "acme/form"} {
		_, err := w.objects.DeleteObject(w.ctx, &s3.DeleteObjectInput{Bucket: aws.String(shelf), Key: &key})
		w.must("DeleteObject", err)
	}
}

func existenceTold(w *world) {
	n := w.tenancy("O74")
	own := onShelf("Allow", "s3:GetObject", ownObjects, "")
	loose := n.objectsAs("O74Loose", own, listing(""))
	n.sees("an own object that is missing", n.gets(loose, "acme/missing"), "NoSuchKey: The specified key does not exist.")
	n.sees("a foreign object that is there", n.gets(loose, "acme10/b"), "AccessDenied")
	right := n.objectsAs("O74Right", own, listing(`{"StringLike":{"s3:prefix":"${aws:PrincipalTag/org}/*"}}`))
	n.sees("an own object that is missing, done right", n.gets(right, "acme/missing"), "AccessDenied")
	n.sees("a foreign object that is missing, done right", n.gets(right, "acme10/missing"), "AccessDenied")
	n.sees("a foreign object that is missing", n.gets(loose, "acme10/missing"), "AccessDenied")
}

func dotsInKey(w *world) {
	n := w.tenancy("O75")
	objects := n.objectsAs("O75Own", onShelf("Allow", "s3:GetObject s3:PutObject s3:DeleteObject", ownObjects, ""))
	const key = "acme/../globex/c"
	_, err := objects.PutObject(n.ctx, &s3.PutObjectInput{Bucket: aws.String(shelf), Key: aws.String(key), Body: strings.NewReader("mine")})
	n.sees("writing with dots", told(err), "")
	out, err := w.objects.GetObject(w.ctx, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: aws.String("globex/c")})
	w.must("GetObject", err)
	defer out.Body.Close()
	if text, err := io.ReadAll(out.Body); err != nil || string(text) != "of globex/c" {
		w.t.Errorf("the foreign object is %q, %v", text, err)
	}
	n.sees("what is listed", n.seen(w.objects, prefix("acme/")), "acme/../globex/c acme/a")
	_, err = objects.DeleteObject(n.ctx, &s3.DeleteObjectInput{Bucket: aws.String(shelf), Key: aws.String(key)})
	n.must("DeleteObject", err)
}
