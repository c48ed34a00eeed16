package executeapi

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/wire"
)

// runFunction asks a function. Its own policy must let apigateway.amazonaws.com
// run it for this route.
func (a *API) runFunction(ctx context.Context, call *bailiwick.Call, p *plan) (*answer, error) {
	i := p.match.Route.Integration
	var event any
	if i.PayloadVersion == "2.0" {
		event = p.event2(call)
	} else {
		event = p.event1(call)
	}
	payload, err := json.Marshal(event)
	if err != nil {
		return nil, fmt.Errorf("printing the event: %w", err)
	}
	if a.Functions == nil {
		call.Note("There are no functions on this server.")
		return nil, p.protocol.errServer(http.StatusInternalServerError)
	}
	limited, cancel := context.WithTimeout(ctx, i.Timeout)
	defer cancel()
	d := p.deployment
	out, err := a.Functions.InvokeForService(limited, call, bailiwick.Invocation{
		Function: i.Function, Payload: payload, Service: "apigateway.amazonaws.com", SourceARN: d.SourceARN(&p.match), SourceAccount: d.Account,
	})
	var refused *bailiwick.Error
	switch {
	case limited.Err() != nil:
		call.Note("The function %s did not answer within %s.", i.Function, i.Timeout)
		return nil, p.protocol.errTimeout()
	case errors.As(err, &refused):
		call.Note("The function %s was not run: %s: %s", i.Function, refused.Code, refused.Message)
		return nil, p.protocol.errServer(http.StatusInternalServerError)
	case err != nil:
		return nil, fmt.Errorf("running %s: %w", i.Function, err)
	case out.FunctionError != "":
		call.Note("The function %s failed (%s).", i.Function, out.FunctionError)
		return nil, p.protocol.errMalformed()
	}
	resp, err := p.functionAnswer(out.Payload)
	if err != nil {
		call.Note("The function %s answered what no integration may: %v.", i.Function, err)
		return nil, p.protocol.errMalformed()
	}
	return resp, nil
}

// errMalformed is told where the function failed or answered nonsense.
func (p *protocol) errMalformed() error {
	if p.kind == gateway.REST {
		return p.errServer(http.StatusBadGateway)
	}
	return p.errServer(http.StatusInternalServerError)
}

func (p *protocol) errTimeout() error {
	if p.kind == gateway.REST {
		return told("InternalServerErrorException", http.StatusGatewayTimeout, "Endpoint request timed out")
	}
	return told(codeUnavailable, http.StatusServiceUnavailable, "Service Unavailable")
}

// A reply is what a function answers in either format.
type reply struct {
	StatusCode   json.RawMessage            `json:"statusCode"`
	Headers      map[string]json.RawMessage `json:"headers"`
	MultiHeaders map[string][]string        `json:"multiValueHeaders"`
	Cookies      []string                   `json:"cookies"`
	Body         json.RawMessage            `json:"body"`
	Base64       bool                       `json:"isBase64Encoded"`
}

// functionAnswer reads what a function answered. Where format 2.0 has no
// statusCode the whole answer is the body.
func (p *plan) functionAnswer(payload []byte) (*answer, error) {
	second := p.match.Route.Integration.PayloadVersion == "2.0"
	var r reply
	err := json.Unmarshal(payload, &r)
	if second && (err != nil || r.StatusCode == nil) {
		return implicit(payload)
	}
	if err != nil {
		return nil, errors.New("it is no answer of a proxy integration")
	}
	status, err := statusOf(r.StatusCode)
	if err != nil {
		return nil, err
	}
	h := http.Header{}
	if err := r.header(h, second); err != nil {
		return nil, err
	}
	body, err := p.replyBody(&r)
	if err != nil {
		return nil, err
	}
	if len(body) > maxBody {
		return nil, errors.New("the body is too large")
	}
	if h["Content-Type"] == nil {
		h["Content-Type"] = []string{"application/json"}
		if p.deployment.Kind == gateway.HTTP {
			h["Content-Type"] = []string{"text/plain;charset=utf-8"}
		}
	}
	return &answer{wire.Response{Status: status, Header: h, Body: body}}, nil
}

// implicit is the answer of a function that returned a value and no response.
func implicit(payload []byte) (*answer, error) {
	payload = bytes.TrimSpace(payload)
	if len(payload) > 0 && !json.Valid(payload) {
		return nil, errors.New("it is no JSON")
	}
	var text string
	if json.Unmarshal(payload, &text) == nil && len(payload) > 0 && payload[0] == '"' {
		payload = []byte(text)
	}
	return &answer{wire.Response{Status: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: payload}}, nil
}

// statusOf reads a number, or its text.
func statusOf(raw json.RawMessage) (int, error) {
	n, err := strconv.Atoi(strings.Trim(string(raw), `"`))
	if err != nil || n < 200 || n > 599 {
		return 0, errors.New("statusCode is none")
	}
	return n, nil
}

// header fills h. Headers that frame the message are the server's.
func (r *reply) header(h http.Header, second bool) error {
	for name, raw := range r.Headers {
		v, err := scalar(raw)
		if err != nil {
			return fmt.Errorf("header %.64q: %w", name, err)
		}
		if err := addHeader(h, name, v); err != nil {
			return err
		}
	}
	if second {
		for _, c := range r.Cookies {
			if err := addHeader(h, "Set-Cookie", c); err != nil {
				return err
			}
		}
		return nil
	}
	for name, values := range r.MultiHeaders {
		// It replaces a header of the same name, and AWS merges equal values.
		h.Del(name)
		for _, v := range values {
			if err := addHeader(h, name, v); err != nil {
				return err
			}
		}
	}
	return nil
}

func addHeader(h http.Header, name, value string) error {
	if !validName(name) || strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("header %.64q cannot be sent", name)
	}
	switch http.CanonicalHeaderKey(name) {
	case "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "Trailer", "Te", "Proxy-Connection":
		return nil
	}
	h.Add(name, value)
	return nil
}

// validName tells whether s is a token. Source: RFC 9110, section 5.6.2.
func validName(s string) bool {
	for _, c := range []byte(s) {
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}

// scalar is a JSON string, number or boolean as text.
func scalar(raw json.RawMessage) (string, error) {
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		return "", err
	}
	switch v := v.(type) {
	case string:
		return v, nil
	case bool, float64:
		return string(raw), nil
	}
	return "", errors.New("it is no text")
}

// replyBody is the body in bytes. REST APIs decode base64 only for clients that
// accept a binary media type of the API.
func (p *plan) replyBody(r *reply) ([]byte, error) {
	if len(r.Body) == 0 || string(r.Body) == "null" {
		return nil, nil
	}
	text, err := scalar(r.Body)
	if err != nil {
		return nil, errors.New("the body is no text")
	}
	if !r.Base64 || p.deployment.Kind == gateway.REST && !p.acceptsBinary() {
		return []byte(text), nil
	}
	body, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, errors.New("the body is no base64")
	}
	return body, nil
}

func (p *plan) acceptsBinary() bool {
	wanted, _, _ := strings.Cut(p.request.Header.Get("Accept"), ",")
	kind, _, err := mime.ParseMediaType(wanted)
	if err != nil {
		kind = ""
	}
	return isBinary(p.deployment.BinaryTypes, kind)
}
