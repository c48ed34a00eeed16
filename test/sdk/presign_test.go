package sdk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// needVersion2 is an interpreter with a botocore that presigns with Signature
// Version 2.
func needVersion2(t *testing.T) (interpreter string) {
	t.Helper()
	var all error
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		_, err := run(t.Context(), name, []string{filepath.Join("py", "presign.py"), "--check"}, cleanEnv(), nil)
		if err == nil {
			need(t, "botocore", nil)
			return name
		}
		all = errors.Join(all, err)
	}
	need(t, "botocore", all)
	return ""
}

// author is a user with a long-term key and the permissions of a tenant.
func (d *doors) author(name, org string) *citypes.Credentials {
	d.t.Helper()
	document := statements(strings.ReplaceAll(objectsUnder, "${aws:PrincipalTag/org}", org))
	d.must("CreateUser", second(d.iam.CreateUser(d.ctx, &iam.CreateUserInput{UserName: &name})))
	d.must("PutUserPolicy", second(d.iam.PutUserPolicy(d.ctx, &iam.PutUserPolicyInput{UserName: &name, PolicyName: aws.String("p"), PolicyDocument: &document})))
	key, err := d.iam.CreateAccessKey(d.ctx, &iam.CreateAccessKeyInput{UserName: &name})
	d.must("CreateAccessKey", err)
	return &citypes.Credentials{AccessKeyId: key.AccessKey.AccessKeyId, SecretKey: key.AccessKey.SecretAccessKey}
}

// presignedByDefault: URLs and forms as boto3 and the AWS CLI make them where
// nobody chooses a signature.
func (d *doors) presignedByDefault(t *testing.T, c *citypes.Credentials) {
	who := map[string]*citypes.Credentials{"session": c, "user": d.author("author", orgA)}
	d.presignedByCLI(t, who)
	keys := map[string]map[string]string{}
	for name, c := range who {
		keys[name] = map[string]string{"id": aws.ToString(c.AccessKeyId), "secret": aws.ToString(c.SecretKey), "token": aws.ToString(c.SessionToken)}
	}
	in, err := json.Marshal(map[string]any{"region": region, "endpoint": d.s.url, "bucket": shelf, "own": orgA, "other": orgB, "who": keys})
	if err != nil {
		t.Fatal(err)
	}
	out, err := run(t.Context(), needVersion2(t), []string{filepath.Join("py", "presign.py")}, cleanEnv(), bytes.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	const (
		mismatch = "403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method."
		unsigned = "403 AccessDenied: Signature Version 2 does not sign the query-string parameter "
		both     = "400 InvalidArgument: Only one auth mechanism allowed"
		denied   = "403 AccessDenied: User: "
	)
	for name := range who {
		for what, want := range map[string]string{
			"put": "200", "get": "by URL", "range": "URL", "named": "by URL", "with type": "200", "without type": mismatch,
			"another method": mismatch, "another key": mismatch, "more parameters": unsigned, "a subresource": mismatch, "another header": mismatch,
			"two signatures": both, "another host": mismatch, "expired": "403 AccessDenied: Request has expired", "later": mismatch,
			"foreign get": denied, "foreign put": denied, "listing": unsigned, "bucket in the host": "of " + orgA + "/hello.txt",
			"form": "204", "form of nothing": mismatch, "form with more": "403 AccessDenied: Invalid according to Policy: Extra input fields: acl",
			"foreign key": "403 AccessDenied: Invalid according to Policy: Policy Condition failed: ", "foreign form": denied, "posted": "by form", "delete": "204",
		} {
			if text, ok := got[name+": "+what]; !ok || !strings.HasPrefix(text, want) {
				t.Errorf("%s: %s: got %q, want %q", name, what, text, want)
			}
		}
	}
}

func (d *doors) presignedByCLI(t *testing.T, who map[string]*citypes.Credentials) {
	needCLI(t)
	for name, c := range who {
		for key, want := range map[string]int{orgA + "/hello.txt": http.StatusOK, orgB + "/hello.txt": http.StatusForbidden} {
			url, err := run(t.Context(), "aws", []string{"--endpoint-url", d.s.url, "s3", "presign", "s3://" + shelf + "/" + key}, newCLI(t, d.s).as(c).env, nil)
			if err != nil {
				t.Fatal(err)
			}
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, strings.TrimSpace(string(url)), nil)
			if err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("%s presigns %s: %s", name, key, resp.Status)
			}
		}
	}
}
