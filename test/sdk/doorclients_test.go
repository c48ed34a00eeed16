package sdk_test

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/manager"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// TestDoorsByOtherClients: what TestPooledTenantsWhole shows for the Go SDK holds
// for the other clients, with the features that only they use.
func TestDoorsByOtherClients(t *testing.T) {
	needNode(t)
	t.Parallel()
	d := &doors{pooled: &pooled{world: newWorld(t, serve(t, devData))}}
	d.setUp()
	ann := d.join("ann@a.example")
	for name, drive := range map[string]func(*testing.T, *citypes.Credentials){
		"SDK for JavaScript": d.drivenByJavaScript, "AWS CLI": d.drivenByCLI, "boto3": d.drivenByBoto, "SDK for Go": d.drivenByGo,
		"presigned by default": d.presignedByDefault,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			drive(t, ann)
		})
	}
}

func (d *doors) drivenByJavaScript(t *testing.T, c *citypes.Credentials) {
	in, err := json.Marshal(map[string]any{
		"region": region, "endpoint": d.s.url, "bucket": shelf, "own": orgA, "other": orgB, "api": d.API,
		"credentials": map[string]string{"accessKeyId": *c.AccessKeyId, "secretAccessKey": *c.SecretKey, "sessionToken": *c.SessionToken},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := run(t.Context(), "node", []string{filepath.Join("js", "doors.mjs")}, cleanEnv(), bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	denies := func(action string) string {
		return "AccessDenied: User: arn:aws:sts::" + account + ":assumed-role/TenantUser/CognitoIdentityCredentials is not authorized to perform: s3:" + action
	}
	for what, want := range map[string]string{
		"put": "", "get": "from JavaScript", "foreign get": denies("GetObject"), "foreign put": denies("PutObject"),
		"list": orgA + "/js.txt", "list all": denies("ListBucket"), "upload": "", "large": "the same bytes", "head": "12582912",
		"own route": `200 {`, "foreign route": `403 {"message":"Forbidden"}`, "unsigned route": `403 {"message":"Forbidden"}`,
	} {
		if text, ok := got[what].(string); !ok || !strings.HasPrefix(text, want) || want == "" && text != "" {
			t.Errorf("%s: got %v, want %q", what, got[what], want)
		}
	}
}

// drivenByCLI copies and syncs folders.
func (d *doors) drivenByCLI(t *testing.T, c *citypes.Credentials) {
	needCLI(t)
	env := append(cleanEnv(), "AWS_ACCESS_KEY_ID="+*c.AccessKeyId, "AWS_SECRET_ACCESS_KEY="+*c.SecretKey, "AWS_SESSION_TOKEN="+*c.SessionToken)
	cli := func(args ...string) error {
		_, err := run(t.Context(), "aws", append([]string{"--endpoint-url", d.s.url, "s3"}, args...), env, nil)
		return err
	}
	from, to := t.TempDir(), t.TempDir()
	files := map[string]int{"a.txt": 10, "sub/b.bin": 100_000, "sub/deep er/ü+%20.txt": 0, "large.bin": 20 << 20}
	for name, size := range files {
		text := make([]byte, size)
		_, _ = rand.Read(text) // never fails
		if err := os.MkdirAll(filepath.Join(from, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(from, name), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	prefix := "s3://" + shelf + "/" + orgA + "/cli/"
	for _, args := range [][]string{
		{"sync", from, prefix, "--only-show-errors"}, {"cp", prefix + "large.bin", prefix + "copy.bin", "--only-show-errors"},
		{"sync", prefix, to, "--only-show-errors"}, {"ls", prefix},
	} {
		if err := cli(args...); err != nil {
			t.Fatalf("aws s3 %v: %v", args, err)
		}
	}
	for name := range files {
		want, err := os.ReadFile(filepath.Join(from, name))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(to, name)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s came back as %d bytes, want %d: %v", name, len(got), len(want), err)
		}
	}
	for _, args := range [][]string{
		{"cp", "s3://" + shelf + "/" + orgB + "/hello.txt", to + "/stolen"}, {"cp", from + "/a.txt", "s3://" + shelf + "/" + orgB + "/a.txt"},
		{"ls", "s3://" + shelf}, {"sync", "s3://" + shelf + "/" + orgB + "/", to},
	} {
		if err := cli(args...); err == nil || !strings.Contains(err.Error(), "AccessDenied") && !strings.Contains(err.Error(), "403") {
			t.Errorf("aws s3 %v: %v, want a refusal", args, err)
		}
	}
	if err := cli("rm", prefix, "--recursive", "--only-show-errors"); err != nil {
		t.Errorf("aws s3 rm: %v", err)
	}
}

// drivenByBoto uses the transfer of boto3 where it is there.
func (d *doors) drivenByBoto(t *testing.T, c *citypes.Credentials) {
	interpreter := needPython(t)
	in, err := json.Marshal(map[string]any{
		"region": region, "endpoint": d.s.url, "bucket": shelf, "own": orgA, "other": orgB,
		"id": *c.AccessKeyId, "secret": *c.SecretKey, "token": *c.SessionToken,
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := run(t.Context(), interpreter, []string{filepath.Join("py", "doors.py")}, cleanEnv(), bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for what, want := range map[string]string{
		"put": "", "get": "from Python", "range": "Py", "parts": "the same bytes", "presigned": "from Python",
		"foreign get": "AccessDenied", "foreign put": "AccessDenied", "foreign presigned": "403", "delete": "",
	} {
		if text, ok := got[what]; !ok || text != want {
			t.Errorf("%s: got %q, want %q", what, text, want)
		}
	}
}

// drivenByGo uploads and downloads in parts.
func (d *doors) drivenByGo(t *testing.T, c *citypes.Credentials) {
	objects := d.objectsOf(c)
	whole := make([]byte, 17<<20)
	_, _ = rand.Read(whole) // never fails
	key := aws.String(orgA + "/go/large")
	if _, err := manager.NewUploader(objects).Upload(t.Context(), &s3.PutObjectInput{Bucket: aws.String(shelf), Key: key, Body: bytes.NewReader(whole)}); err != nil {
		t.Fatal(err)
	}
	back := manager.NewWriteAtBuffer(nil)
	if _, err := manager.NewDownloader(objects).Download(t.Context(), back, &s3.GetObjectInput{Bucket: aws.String(shelf), Key: key}); err != nil || !bytes.Equal(back.Bytes(), whole) {
		t.Errorf("%d bytes came back, want %d: %v", len(back.Bytes()), len(whole), err)
	}
	_, err := manager.NewUploader(objects).Upload(t.Context(), &s3.PutObjectInput{Bucket: aws.String(shelf), Key: aws.String(orgB + "/go/large"), Body: bytes.NewReader(whole)})
	if !strings.Contains(told(err), "AccessDenied") && (err == nil || !strings.Contains(err.Error(), "AccessDenied")) {
		t.Errorf("uploading to a foreign prefix: %v", err)
	}
}
