package sdk_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/apigatewayv2"
	apitypes "github.com/aws/aws-sdk-go-v2/service/apigatewayv2/types"
	citypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentity/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucket makes a bucket with an object under each of the prefixes.
func (w *world) bucket(name string, keys ...string) {
	w.t.Helper()
	_, err := w.objects.CreateBucket(w.ctx, &s3.CreateBucketInput{Bucket: &name})
	w.must("CreateBucket", err)
	for _, k := range keys {
		_, err := w.objects.PutObject(w.ctx, &s3.PutObjectInput{Bucket: &name, Key: &k, Body: strings.NewReader("of " + k)})
		w.must("PutObject", err)
	}
}

// objectsOf is S3 in the hands of somebody.
func (w *world) objectsOf(c *citypes.Credentials) *s3.Client {
	return s3.NewFromConfig(w.s.config(provider(c)), pathStyle)
}

// api makes an HTTP API whose one route, signed, leads to a function.
func (w *world) api(route, function string) string {
	w.t.Helper()
	made, err := w.apis.CreateApi(w.ctx, &apigatewayv2.CreateApiInput{Name: aws.String("routes"), ProtocolType: apitypes.ProtocolTypeHttp})
	w.must("CreateApi", err)
	id := made.ApiId
	integration, err := w.apis.CreateIntegration(w.ctx, &apigatewayv2.CreateIntegrationInput{
		ApiId: id, IntegrationType: apitypes.IntegrationTypeAwsProxy, IntegrationUri: aws.String(functionARN(function)), PayloadFormatVersion: aws.String("2.0"),
	})
	w.must("CreateIntegration", err)
	_, err = w.apis.CreateRoute(w.ctx, &apigatewayv2.CreateRouteInput{
		ApiId: id, RouteKey: &route, AuthorizationType: apitypes.AuthorizationTypeAwsIam, Target: aws.String("integrations/" + aws.ToString(integration.IntegrationId)),
	})
	w.must("CreateRoute", err)
	_, err = w.apis.CreateStage(w.ctx, &apigatewayv2.CreateStageInput{ApiId: id, StageName: aws.String("$default"), AutoDeploy: aws.Bool(true)})
	w.must("CreateStage", err)
	w.allowInvoke(function, "apigateway.amazonaws.com", "arn:aws:execute-api:"+region+":"+account+":"+aws.ToString(id)+"/*/*")
	return aws.ToString(id)
}

// routed is an HTTP client that finds every API at the server.
func (s *server) routed() *http.Client {
	return &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, network, s.addr)
		},
	}}
}

func (s *server) apiURL(api, path string) string {
	_, port, _ := net.SplitHostPort(s.addr)
	return "http://" + api + ".execute-api.localhost:" + port + path
}

// A routeAnswer is what a route said.
type routeAnswer struct {
	status int
	body   string
	header http.Header
}

func (a routeAnswer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

// get asks a route, signed by c if there is one.
func (w *world) get(c *citypes.Credentials, target string) routeAnswer {
	w.t.Helper()
	return w.ask(http.MethodGet, c, target, nil, nil)
}

func (w *world) ask(method string, c *citypes.Credentials, target string, body []byte, header http.Header) routeAnswer {
	w.t.Helper()
	r, err := http.NewRequestWithContext(w.ctx, method, target, bytes.NewReader(body))
	w.must("making a request", err)
	for k, v := range header {
		r.Header[k] = v
	}
	if c != nil {
		cred, err := provider(c).Retrieve(w.ctx)
		w.must("taking the credentials", err)
		sum := sha256.Sum256(body)
		w.must("signing", v4.NewSigner().SignHTTP(w.ctx, cred, r, hex.EncodeToString(sum[:]), "execute-api", region, time.Now()))
	}
	resp, err := w.s.routed().Do(r)
	w.must(method+" "+target, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	w.must("reading the answer", err)
	return routeAnswer{resp.StatusCode, string(text), resp.Header}
}

// said is the answer as JSON.
func (w *world) said(a routeAnswer) map[string]any {
	w.t.Helper()
	var out map[string]any
	if err := json.Unmarshal([]byte(a.body), &out); err != nil {
		w.t.Errorf("not JSON: %v", a)
	}
	return out
}

// escaped is a path whose segments are escaped once.
func escaped(segments ...string) string {
	for i := range segments {
		segments[i] = url.PathEscape(segments[i])
	}
	return "/" + strings.Join(segments, "/")
}

func tagging(key, value string) *s3types.Tagging {
	return &s3types.Tagging{TagSet: []s3types.Tag{{Key: &key, Value: &value}}}
}
