package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv4"
)

const (
	region  = "us-east-1"
	account = "000000000000"
)

type fields = map[string]any

var targets = map[string]string{
	"cognito-idp":      "AWSCognitoIdentityProviderService.",
	"cognito-identity": "AWSCognitoIdentityService.",
	"dynamodb":         "DynamoDB_20120810.",
}

// request makes a call of a JSON service; without credentials it is unsigned.
func request(ctx context.Context, addr string, creds *sigv4.Credentials, service, operation string, in any) (*http.Request, []byte, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, nil, err
	}
	version := "1.1"
	if service == "dynamodb" {
		version = "1.0"
	}
	h := http.Header{"Content-Type": {"application/x-amz-json-" + version}, "X-Amz-Target": {targets[service] + operation}}
	return signed(ctx, addr, creds, service, h, body)
}

// form makes a call of a service that takes forms.
func form(ctx context.Context, addr string, creds *sigv4.Credentials, service string, in map[string]string) (*http.Request, []byte, error) {
	values := url.Values{}
	for k, v := range in {
		values.Set(k, v)
	}
	h := http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}
	return signed(ctx, addr, creds, service, h, []byte(values.Encode()))
}

func signed(ctx context.Context, addr string, creds *sigv4.Credentials, service string, h http.Header, body []byte) (*http.Request, []byte, error) {
	return rest(ctx, addr, creds, route{service: service, method: http.MethodPost, path: "/", header: h, body: body})
}

// A route is what REST tells a request by.
type route struct {
	service, method, path string
	host                  string // "" is the address
	header                http.Header
	body                  []byte
}

// rest makes a call of a service that tells operations by method and path.
func rest(ctx context.Context, addr string, creds *sigv4.Credentials, in route) (*http.Request, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, in.method, "http://"+addr+in.path, bytes.NewReader(in.body))
	if err != nil {
		return nil, nil, err
	}
	if in.header != nil {
		r.Header = in.header
	}
	if in.host != "" {
		r.Host = in.host
	}
	if creds != nil {
		err = sigv4.Sign(r, *creds, region, in.service, in.body, time.Now())
	}
	return r, in.body, err
}

// raw is the request as it goes over the wire.
func raw(r *http.Request, body []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", r.Method, r.URL.RequestURI(), r.Host)
	if err := r.Header.Write(&b); err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.Bytes(), nil
}

// A refusal is an answer that is no success.
type refusal struct {
	status int
	body   string
}

func (r *refusal) Error() string { return fmt.Sprintf("status %d: %.500s", r.status, r.body) }

func send(r *http.Request, _ []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 16<<20))
	if err == nil && resp.StatusCode/100 != 2 {
		err = &refusal{resp.StatusCode, string(answer)}
	}
	return answer, err
}

// callREST calls with JSON both ways, and reads the answer into out.
func callREST(ctx context.Context, addr string, creds *sigv4.Credentials, in route, body, out any) error {
	in.header = http.Header{"Content-Type": {"application/json"}}
	var err error
	if in.body, err = json.Marshal(body); err != nil {
		return err
	}
	answer, err := send(rest(ctx, addr, creds, in))
	if err == nil && out != nil {
		err = json.Unmarshal(answer, out)
	}
	if err != nil {
		return fmt.Errorf("%s %s: %w", in.method, in.path, err)
	}
	return nil
}

// call calls an operation of a JSON service and reads its answer into out.
func call(ctx context.Context, addr string, creds *sigv4.Credentials, service, operation string, in, out any) error {
	answer, err := send(request(ctx, addr, creds, service, operation, in))
	if err == nil && out != nil {
		err = json.Unmarshal(answer, out)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", operation, err)
	}
	return nil
}
