package sdk_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	apitypes "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// An explained is the part of a decision record that the stories read.
type explained struct {
	Outcome, Message, EncodedMessage string
	Decisions                        []struct {
		Allowed          bool
		Effect, Layer    string
		Action, Resource string
		Statement        *struct {
			Sid         string
			Index, Line int
		}
		Nearest *explainedStatement
		Layers  []struct {
			Layer    string
			Policies []struct{ Statements []explainedStatement }
		}
	}
}

type explainedStatement struct {
	Policy, Sid, Effect       string
	Index, Line, Column       int
	Applies, Action, Resource bool
	Resources                 []string
	Conditions                []struct {
		Operator, Key             string
		Written, Expected, Actual []string
		Met, Present              bool
		Line, Column              int
	}
}

// decisionOf is what bailiwick explain says of a call, for programs.
func (s *server) decisionOf(t *testing.T, requestID string) (out explained) {
	t.Helper()
	args := []string{"explain", "--json", requestID, "--endpoint", s.url}
	if !s.mode.dev {
		args = append(args, "--data", s.folder)
	}
	text, err := run(t.Context(), binary, args, cleanEnv(), nil)
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	if err != nil {
		t.Fatalf("bailiwick explain --json %s: %v", requestID, err)
	}
	return out
}

// annOfAcme is a user with a tag, who may do a little in each service, and her key.
func (w *world) annOfAcme(api string) *citypes.Credentials {
	w.t.Helper()
	ann := aws.String("ann")
	_, err := w.iam.CreateUser(w.ctx, &iam.CreateUserInput{UserName: ann, Tags: []iamtypes.Tag{{Key: aws.String("org"), Value: aws.String(orgA)}}})
	w.must("CreateUser", err)
	document := fmt.Sprintf(`{
  "Version": "2012-10-17",
  "Statement": [
    {"Sid": "Far", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": %q,
     "Condition": {"StringEquals": {"aws:username": "bob"}, "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["SHARED#*"]}}},
    {"Sid": "Near", "Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": %[1]q,
     "Condition": {"StringEquals": {"aws:username": "ann"}, "ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["${aws:PrincipalTag/org}#*"]}}},
    {"Sid": "Objects", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::%s/${aws:PrincipalTag/org}/*"},
    {"Sid": "Prefixes", "Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::%[2]s",
     "Condition": {"StringLike": {"s3:prefix": "${aws:PrincipalTag/org}/*"}}},
    {"Sid": "Routes", "Effect": "Allow", "Action": "execute-api:Invoke",
     "Resource": "arn:aws:execute-api:%s:%s:%s/$default/GET/${aws:PrincipalTag/org}/*"},
    {"Sid": "Never", "Effect": "Deny", "Action": "s3:DeleteObject", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/org": ["x", "%s"]}}}
  ]
}`, tableARN(simTable), shelf, region, account, api, orgA)
	_, err = w.iam.PutUserPolicy(w.ctx, &iam.PutUserPolicyInput{UserName: ann, PolicyName: aws.String("little"), PolicyDocument: &document})
	w.must("PutUserPolicy", err)
	made, err := w.iam.CreateAccessKey(w.ctx, &iam.CreateAccessKeyInput{UserName: ann})
	w.must("CreateAccessKey", err)
	return &citypes.Credentials{AccessKeyId: made.AccessKey.AccessKeyId, SecretKey: made.AccessKey.SecretAccessKey}
}

// backendAPI is an API with one signed route to nowhere: it refuses before.
func (w *world) backendAPI() string {
	w.t.Helper()
	made, err := w.apis.CreateApi(w.ctx, &apigatewayv2.CreateApiInput{Name: aws.String("site"), ProtocolType: apitypes.ProtocolTypeHttp})
	w.must("CreateApi", err)
	integration, err := w.apis.CreateIntegration(w.ctx, &apigatewayv2.CreateIntegrationInput{
		ApiId: made.ApiId, IntegrationType: apitypes.IntegrationTypeHttpProxy, IntegrationMethod: aws.String("ANY"),
		IntegrationUri: aws.String("http://127.0.0.1:9/"), PayloadFormatVersion: aws.String("1.0"),
	})
	w.must("CreateIntegration", err)
	_, err = w.apis.CreateRoute(w.ctx, &apigatewayv2.CreateRouteInput{
		ApiId: made.ApiId, RouteKey: aws.String("GET /{org}/test"), AuthorizationType: apitypes.AuthorizationTypeAwsIam, Target: aws.String("integrations/" + aws.ToString(integration.IntegrationId)),
	})
	w.must("CreateRoute", err)
	_, err = w.apis.CreateStage(w.ctx, &apigatewayv2.CreateStageInput{ApiId: made.ApiId, StageName: aws.String("$default"), AutoDeploy: aws.Bool(true)})
	w.must("CreateStage", err)
	return aws.ToString(made.ApiId)
}

// TestExplainRefusals: of a refused row, object, prefix and route, explain names the
// statement that came closest, what it wants with the caller's tag filled in, and
// what the request had.
func TestExplainRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, serve(t, devMemory))
	w.table(simTable, orgB+"#books")
	w.bucket(shelf, orgB+"/hello.txt")
	api := w.backendAPI()
	ann := w.annOfAcme(api)
	objects := w.objectsOf(ann)
	bucket := aws.String(shelf)
	for _, tt := range []struct {
		name                   string
		call                   func() (requestID string)
		action, resource, near string
		line                   int
		key                    string // "": the resource does not match
		expected, actual       []string
	}{
		{"a row", func() string { return requestID(read(w.ctx, w.as(ann), simTable, orgB+"#books")) },
			"dynamodb:GetItem", tableARN(simTable), "Near", 6, "dynamodb:LeadingKeys", []string{orgA + "#*"}, []string{orgB + "#books"}},
		{"an object", func() string {
			_, err := objects.GetObject(w.ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String(orgB + "/hello.txt")})
			return requestID(err)
		}, "s3:GetObject", "arn:aws:s3:::" + shelf + "/" + orgB + "/hello.txt", "Objects", 8, "", []string{"arn:aws:s3:::" + shelf + "/" + orgA + "/*"}, nil},
		{"a prefix", func() string {
			_, err := objects.ListObjectsV2(w.ctx, &s3.ListObjectsV2Input{Bucket: bucket, Prefix: aws.String(orgB + "/")})
			return requestID(err)
		}, "s3:ListBucket", "arn:aws:s3:::" + shelf, "Prefixes", 9, "s3:prefix", []string{orgA + "/*"}, []string{orgB + "/"}},
		{"a route", func() string { return w.get(ann, w.s.apiURL(api, "/"+orgB+"/test")).header.Get("Apigw-Requestid") },
			"execute-api:Invoke", "arn:aws:execute-api:" + region + ":" + account + ":" + api + "/$default/GET/" + orgB + "/test", "Routes", 11, "",
			[]string{"arn:aws:execute-api:" + region + ":" + account + ":" + api + "/$default/GET/" + orgA + "/*"}, nil},
	} {
		rec := w.s.decisionOf(t, tt.call())
		if len(rec.Decisions) == 0 {
			t.Errorf("%s: %+v", tt.name, rec)
			continue
		}
		d := rec.Decisions[len(rec.Decisions)-1]
		if d.Allowed || d.Effect != "ImplicitDeny" || d.Layer != "identity-based policy" || d.Action != tt.action || d.Resource != tt.resource || rec.EncodedMessage == "" {
			t.Errorf("%s: %+v", tt.name, d)
		}
		n := d.Nearest
		if n == nil || n.Sid != tt.near || n.Line != tt.line || n.Column != 5 || !n.Action || n.Applies || n.Resource != (tt.key != "") {
			t.Errorf("%s: the nearest miss is %+v", tt.name, n)
			continue
		}
		if tt.key == "" && !slices.Equal(n.Resources, tt.expected) {
			t.Errorf("%s: resources %q, want %q", tt.name, n.Resources, tt.expected)
		}
		for _, c := range n.Conditions {
			if c.Key == tt.key && (c.Met || !slices.Equal(c.Expected, tt.expected) || !slices.Equal(c.Actual, tt.actual) || !strings.Contains(c.Written[0], "${aws:PrincipalTag/org}") || c.Line != tt.line+1) {
				t.Errorf("%s: %+v, want %q and %q", tt.name, c, tt.expected, tt.actual)
			}
		}
	}
}

// TestDecodeAuthorizationMessage: what explain encodes, the AWS CLI decodes, after a
// crash too. Who is refused cannot.
func TestDecodeAuthorizationMessage(t *testing.T) {
	needCLI(t)
	t.Parallel()
	w := newWorld(t, serve(t, production))
	w.bucket(shelf, orgA+"/hello.txt")
	ann := w.annOfAcme("none")
	_, err := w.objectsOf(ann).DeleteObject(w.ctx, &s3.DeleteObjectInput{Bucket: aws.String(shelf), Key: aws.String(orgA + "/hello.txt")})
	w.want("deleting", err, "AccessDenied: User: "+simUser+` is not authorized to perform: s3:DeleteObject on resource: "arn:aws:s3:::`+shelf+"/"+orgA+`/hello.txt" with an explicit deny in an identity-based policy`)
	if strings.Contains(strings.ToLower(told(err)), "encoded") {
		t.Errorf("S3 never tells encoded messages: %s", told(err))
	}
	out, err := run(t.Context(), binary, []string{"explain", "--encoded", requestID(err), "--endpoint", w.s.url, "--data", w.s.folder}, cleanEnv(), nil)
	w.must("bailiwick explain --encoded", err)
	message := string(bytes.TrimSpace(out))

	w.s.restart(t)
	root := newCLI(t, w.s)
	var decoded struct {
		Allowed, ExplicitDeny bool
		MatchedStatements     struct {
			Items []struct{ StatementID, Effect string }
		}
		Context struct {
			Principal        struct{ ID, Name, Arn string }
			Action, Resource string
		}
	}
	text := member(t, root.run("sts", "decode-authorization-message", "--encoded-message", message), "DecodedMessage")
	if err := json.Unmarshal([]byte(text), &decoded); err != nil || decoded.Allowed || !decoded.ExplicitDeny ||
		len(decoded.MatchedStatements.Items) != 1 || decoded.MatchedStatements.Items[0].StatementID != "Never" || decoded.MatchedStatements.Items[0].Effect != "DENY" ||
		decoded.Context.Principal.Name != "ann" || decoded.Context.Principal.Arn != simUser || !strings.HasPrefix(decoded.Context.Principal.ID, "AIDA") ||
		decoded.Context.Action != "s3:DeleteObject" || decoded.Context.Resource != "arn:aws:s3:::"+shelf+"/"+orgA+"/hello.txt" ||
		!strings.Contains(text, `{"key":"aws:PrincipalTag/org","values":{"items":[{"value":"`+orgA+`"}]}}`) {
		t.Errorf("%v\n%s", err, text)
	}
	for name, wrong := range map[string]string{"cut": message[:len(message)-5], "changed": "B" + message[1:], "any": "hello"} {
		_, err := root.try("sts", "decode-authorization-message", "--encoded-message", wrong)
		if got := toldByCLI(err); got != "InvalidAuthorizationMessageException: Message is not valid" {
			t.Errorf("%s: %q", name, got)
		}
	}
	_, err = root.as(ann).try("sts", "decode-authorization-message", "--encoded-message", message)
	if got, want := toldByCLI(err), "AccessDenied: User: "+simUser+" is not authorized to perform: sts:DecodeAuthorizationMessage because no identity-based policy allows the sts:DecodeAuthorizationMessage action"; got != want {
		t.Errorf("who was refused decodes:\n got %q\nwant %q", got, want)
	}
}
