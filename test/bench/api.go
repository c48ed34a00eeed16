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
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+addr+"/", bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	r.Header = h
	if creds != nil {
		err = sigv4.Sign(r, *creds, region, service, body, time.Now())
	}
	return r, body, err
}

// raw is the request as it goes over the wire.
func raw(r *http.Request, body []byte, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "POST / HTTP/1.1\r\nHost: %s\r\n", r.Host)
	if err := r.Header.Write(&b); err != nil {
		return nil, err
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.Bytes(), nil
}

// A refusal is an answer other than 200.
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
	if err == nil && resp.StatusCode != http.StatusOK {
		err = &refusal{resp.StatusCode, string(answer)}
	}
	return answer, err
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
