package service_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
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
