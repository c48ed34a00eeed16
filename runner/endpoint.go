package runner

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"syscall"
	"time"
)

// An Endpoint is a function that runs at its owner's: an HTTPS server that events
// are posted to. Requests carry
//
//	Bailiwick-Request-Id, Bailiwick-Function-Arn, Bailiwick-Deadline-Ms
//	Bailiwick-Signature: t=UNIXTIME,v1=HEX
//
// where HEX is the HMAC-SHA256, under the Secret, of UNIXTIME "." the request id
// "." the function's ARN "." the body. The endpoint answers 200 with JSON; a header
// Bailiwick-Function-Error says that the JSON is a failure.
type Endpoint struct {
	URL    string
	Secret string
}

// Headers of a request to an endpoint.
const (
	headerRequestID = "Bailiwick-Request-Id"
	headerFunction  = "Bailiwick-Function-Arn"
	headerDeadline  = "Bailiwick-Deadline-Ms"
	headerSignature = "Bailiwick-Signature"
	headerError     = "Bailiwick-Function-Error"
)

// minSecret is the least length of a Secret, in bytes.
const minSecret = 16

// Check refuses what events must not be sent to: plain HTTP to other machines, and
// a secret that can be guessed.
func (p Endpoint) Check() error {
	u, err := url.Parse(p.URL)
	switch {
	case err != nil, u.Host == "", u.User != nil, u.Fragment != "", u.Opaque != "":
		return errors.New("it is not the URL of a server without user and fragment")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return errors.New("http is for 127.0.0.1, ::1 and localhost; elsewhere it must be https")
	case u.Scheme != "http" && u.Scheme != "https":
		return errors.New("it must be https")
	case len(p.Secret) < minSecret:
		return fmt.Errorf("its secret must have %d characters or more", minSecret)
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// Call sends an event and waits for the answer, no longer than the function's
// Timeout. It follows no redirect: the signature is for one server.
func (r *Runner) Call(ctx context.Context, f *Function, p Endpoint, in Invocation) (Result, error) {
	if err := p.Check(); err != nil {
		return Result{}, &StartError{err}
	}
	out := &output{log: f.Log, stream: "endpoint", now: r.Now}
	out.line("START RequestId: %s Version: %s", in.RequestID, f.Version)
	begun := r.Now()
	limited, cancel := context.WithTimeout(ctx, f.Timeout)
	defer cancel()
	body, failed, err := r.post(limited, f, p, in)
	took := r.Now().Sub(begun)
	if ctx.Err() != nil {
		return Result{}, ctx.Err()
	}
	ms := float64(took) / float64(time.Millisecond)
	switch {
	case limited.Err() != nil:
		text := fmt.Sprintf("Task timed out after %.2f seconds", f.Timeout.Seconds())
		body, failed = errorBody("Sandbox.Timedout", "RequestId: "+in.RequestID+" Error: "+text), true
		out.line("%s %s %s", r.Now().UTC().Format("2006-01-02T15:04:05.000Z"), in.RequestID, text)
	case err != nil:
		out.line("[ERROR] %v", err)
		body, failed = errorBody("Endpoint.Failed", "RequestId: "+in.RequestID+" Error: "+told(err)), true
	}
	out.line("END RequestId: %s", in.RequestID)
	out.line("REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %d ms\tMemory Size: %d MB\t", in.RequestID, ms, int64(ms)+1, f.Memory)
	return Result{Payload: body, Failed: failed, Tail: out.tail()}, nil
}

// told is what a caller hears of an error: not which addresses were tried.
func told(err error) string {
	var e *endpointError
	if errors.As(err, &e) {
		return e.Error()
	}
	return "The endpoint could not be reached."
}

type endpointError struct{ text string }

func (e *endpointError) Error() string { return e.text }

func (r *Runner) post(ctx context.Context, f *Function, p Endpoint, in Invocation) (body []byte, failed bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, bytes.NewReader(in.Payload))
	if err != nil {
		return nil, false, err
	}
	now := strconv.FormatInt(r.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(p.Secret))
	fmt.Fprintf(mac, "%s.%s.%s.", now, in.RequestID, in.ARN)
	mac.Write(in.Payload)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "bailiwick")
	req.Header.Set(headerRequestID, in.RequestID)
	req.Header.Set(headerFunction, in.ARN)
	req.Header.Set(headerDeadline, strconv.FormatInt(r.Now().Add(f.Timeout).UnixMilli(), 10))
	req.Header.Set(headerSignature, "t="+now+",v1="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := r.endpoints(req.URL.Scheme).Do(req)
	if err != nil {
		return nil, false, err
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, MaxPayload+1))
	switch {
	case err != nil:
		return nil, false, err
	case len(body) > MaxPayload:
		return errorBody("Function.ResponseSizeTooLarge",
			"Response payload size exceeded maximum allowed payload size ("+strconv.Itoa(MaxPayload)+" bytes)."), true, nil
	case resp.StatusCode != http.StatusOK:
		return nil, false, &endpointError{fmt.Sprintf("The endpoint answered with status %d.", resp.StatusCode)}
	case !json.Valid(body):
		return nil, false, &endpointError{"The endpoint answered with no JSON."}
	}
	return body, resp.Header.Get(headerError) != "", nil
}

// endpoints is a client for endpoints. Its environment's proxy is not used, and
// plain HTTP reaches this machine only, whatever a name leads to.
func (r *Runner) endpoints(scheme string) *http.Client {
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	if scheme == "http" {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			if at, err := netip.ParseAddrPort(address); err != nil || !at.Addr().Unmap().IsLoopback() {
				return errors.New("plain HTTP leads to another machine")
			}
			return nil
		}
	}
	return &http.Client{
		Transport: &http.Transport{
			DialContext: dialer.DialContext, TLSHandshakeTimeout: 10 * time.Second, DisableKeepAlives: true,
			MaxResponseHeaderBytes: 64 << 10, ForceAttemptHTTP2: true, TLSClientConfig: r.TLS,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
