package service_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/service"
)

// TestExpect: who waits for "100 Continue" hears it, also without a body, and the
// connection goes on.
func TestExpect(t *testing.T) {
	var ran []string
	s := httptest.NewServer(router(t, "x:*", &ran))
	defer s.Close()
	for name, c := range map[string]struct {
		version, header, body string
		interim               bool
	}{
		"with a body":      {"HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 3\r\n", "abc", true},
		"empty":            {"HTTP/1.1", "Expect: 100-Continue\r\nContent-Length: 0\r\n", "", true},
		"without a length": {"HTTP/1.1", "Expect: 100-continue\r\n", "", true},
		"asked for by 1.0": {"HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 0\r\nConnection: keep-alive\r\n", "", false},
		"not asked for":    {"HTTP/1.1", "Content-Length: 0\r\n", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			answers := bufio.NewReader(conn)
			for range 2 { // on one connection
				_, err := fmt.Fprintf(conn, "POST / %s\r\nHost: localhost\r\nX-Amz-Target: X.Do\r\nAuthorization: yes\r\n%s\r\n%s", c.version, c.header, c.body)
				if err != nil {
					t.Fatal(err)
				}
				resp, err := http.ReadResponse(answers, nil)
				if err != nil {
					t.Fatal(err)
				}
				if interim := resp.StatusCode == http.StatusContinue; interim != c.interim {
					t.Fatalf("the first answer is %s", resp.Status)
				}
				if c.interim {
					if resp, err = http.ReadResponse(answers, nil); err != nil {
						t.Fatal(err)
					}
				}
				body := make([]byte, resp.ContentLength)
				if _, err := resp.Body.Read(body); resp.StatusCode != http.StatusOK || string(body) != "Do" {
					t.Fatalf("%s %q, %v", resp.Status, body, err)
				}
			}
		})
	}
	if len(ran) != 10 {
		t.Errorf("%d ran", len(ran))
	}
}

// TestRefusedBeforeTheBody: who asks first hears the refusal at once, and is not
// made to send what nobody will read.
func TestRefusedBeforeTheBody(t *testing.T) {
	var ran []string
	rt := router(t, "x:Other", &ran)
	h := rt.Handlers[0]
	h.Authn, h.Service.Protocol = lateKeys{}, streaming{}
	h.Service.Operations = []service.Operation{service.Streamed(service.Op("Upload",
		func(context.Context, *bailiwick.Call, *upload) ([]authz.Check, error) {
			return []authz.Check{{Action: "x:Do", Resource: "*"}}, nil
		},
		func(context.Context, *bailiwick.Call, *upload) (*none, error) { return nil, errors.New("ran") }))}
	s := httptest.NewServer(rt)
	defer s.Close()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	// A server that waits for the body answers this half of a request only when
	// it gives up: with the deadline below.
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(conn, "PUT / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: X.Upload\r\nAuthorization: yes\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if text, err := io.ReadAll(resp.Body); err != nil || !strings.HasPrefix(string(text), bailiwick.CodeAccessDenied) || !resp.Close {
		t.Errorf("%s %q, closes: %v, %v", resp.Status, text, resp.Close, err)
	}
}
