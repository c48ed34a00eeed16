package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/sigv4"
)

// A call is a request that is told by method and path.
type call struct {
	service, method, path string
	host                  string // "" is the endpoint's
	header                http.Header
	body                  []byte
}

// rest calls an API, unsigned without credentials. Any answer but a success is a
// refusal, read as S3 and as the JSON services write them.
func (c *client) rest(ctx context.Context, creds *sigv4.Credentials, in call) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, in.method, c.endpoint+in.path, bytes.NewReader(in.body))
	if err != nil {
		return nil, err
	}
	for k, v := range in.header {
		r.Header[k] = v
	}
	if in.host != "" {
		r.Host = in.host
	}
	if creds != nil {
		if err := sigv4.Sign(r, *creds, c.region, in.service, in.body, time.Now()); err != nil {
			return nil, err
		}
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", in.method, in.path, err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", in.method, in.path, err)
	}
	if resp.StatusCode < 300 {
		return answer, nil
	}
	return nil, refused(resp, answer)
}

// refused reads what a failure says of itself.
func refused(resp *http.Response, answer []byte) error {
	var x struct{ Code, Message, RequestId string }
	if xml.Unmarshal(answer, &x) == nil && x.Code != "" {
		return &refusal{Code: x.Code, Message: x.Message, RequestID: x.RequestId}
	}
	id := resp.Header.Get("X-Amzn-Requestid")
	if id == "" {
		id = resp.Header.Get("Apigw-Requestid")
	}
	r := &refusal{Code: resp.Header.Get("X-Amzn-Errortype"), RequestID: id}
	var said map[string]any
	if json.Unmarshal(answer, &said) == nil {
		if r.Message = text(said, "message"); r.Message == "" {
			r.Message = text(said, "Message")
		}
	}
	r.Code, _, _ = strings.Cut(r.Code, ":")
	if r.Code == "" {
		r.Code = resp.Status
	}
	return r
}

// restJSON is rest with JSON both ways.
func (c *client) restJSON(ctx context.Context, creds *sigv4.Credentials, service, method, path string, in fields) (fields, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	answer, err := c.rest(ctx, creds, call{service: service, method: method, path: path, header: http.Header{"Content-Type": {"application/json"}}, body: body})
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	out := fields{}
	if len(answer) > 0 {
		if err := json.Unmarshal(answer, &out); err != nil {
			return nil, fmt.Errorf("%s %s: reading the answer %.200q: %w", method, path, answer, err)
		}
	}
	return out, nil
}
