package main

import (
	"bytes"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// peer answers every request with the same bytes.
func peer(t *testing.T, answer string) string {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				for buf := make([]byte, 4096); ; {
					if _, err := c.Read(buf); err != nil {
						return
					}
					if _, err := io.WriteString(c, answer); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().String()
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		status       int
		body         string
		fails        bool
	}{
		{"length", "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", 200, "hello", false},
		{"no body", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", 400, "", false},
		{"chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", 200, "hello", false},
		{"neither", "HTTP/1.1 200 OK\r\n\r\n", 0, "", true},
		{"not HTTP", "220 mail.example ESMTP\r\n\r\n", 0, "", true},
		{"bad length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", 0, "", true},
		{"bad chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 0, "", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			conn, err := dial(peer(t, c.answer))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.close()
			for range 2 { // the second needs the first to be read to its end
				status, body, err := conn.do([]byte("request"))
				if c.fails {
					if err == nil {
						t.Fatalf("status %d, %q; want an error", status, body)
					}
					return
				}
				if err != nil || status != c.status || string(body) != c.body {
					t.Fatalf("status %d, %q, %v", status, body, err)
				}
			}
		})
	}
}

func TestLoadRefusesCheapAnswers(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		least  int
		fails  bool
	}{
		"good":    {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 5, false},
		"short":   {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 6, true},
		"refused": {"HTTP/1.1 400 Bad Request\r\nContent-Length: 5\r\n\r\nhello", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := dialPool(peer(t, c.answer), 2)
			if err != nil {
				t.Fatal(err)
			}
			defer p.close()
			n, err := p.load([][]byte{[]byte("a"), []byte("b")}, c.least, 20*time.Millisecond)
			if (err != nil) != c.fails || !c.fails && n == 0 {
				t.Errorf("%d answers, %v", n, err)
			}
		})
	}
}

func TestItemSize(t *testing.T) {
	size := 0
	for name, v := range item(org, 12345) {
		text, ok := v.(fields)["S"].(string)
		if !ok {
			t.Fatalf("%s is no text", name)
		}
		size += len(name) + len(text)
	}
	if size != itemBytes {
		t.Errorf("an item has %d bytes, want %d", size, itemBytes)
	}
}

func TestScatterReachesAll(t *testing.T) {
	seen := map[int]bool{}
	for i := range itemCount {
		seen[scatter(i)] = true
	}
	if len(seen) != itemCount {
		t.Errorf("%d of %d rows", len(seen), itemCount)
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		in   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}} {
		if got := median(c.in); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.in, got, c.want)
		}
	}
}

func TestTableMarksMisses(t *testing.T) {
	var out bytes.Buffer
	err := writeTable(&out, []row{
		{What: "good", Unit: "µs", Measured: 40, Limit: 20, LimitIs: "x", Ratio: 2, Target: 2.5, Met: true},
		{What: "bad", Unit: "µs", Measured: 80, Limit: 20, LimitIs: "x", Ratio: 4, Target: 2.5},
	})
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if strings.HasPrefix(line, "good") && strings.Contains(line, "MISSED") || strings.HasPrefix(line, "bad") && !strings.Contains(line, "MISSED") {
			t.Errorf("wrong mark: %s", line)
		}
	}
}

func TestFlags(t *testing.T) {
	for _, args := range [][]string{{"-only", "gettem"}, {"-rounds", "0"}, {"-size", "0"}, {"-time", "1ms"}, {"extra"}, {"-nonsense"}} {
		if err := run(t.Context(), args, io.Discard, io.Discard); err == nil {
			t.Errorf("%q was accepted", args)
		}
	}
	var help bytes.Buffer
	if err := run(t.Context(), []string{"-help"}, io.Discard, &help); err != nil || !strings.Contains(help.String(), "make bench") {
		t.Errorf("help: %v, %q", err, help.String())
	}
}

func TestTargets(t *testing.T) {
	for _, c := range []struct {
		row  row
		want string
	}{
		{row{Target: 30, Unit: "MiB"}, "< 30 MiB"},
		{row{Target: 2, Ratio: 0.7}, "ratio <= 2"},
		{row{Target: 0.6, Ratio: 0.7}, "ratio >= 0.6"},
		{row{Target: 1, Ratio: 0.7, AtLeast: true}, "ratio >= 1"},
		{row{NoTarget: true, Ratio: 0.7}, "-"},
	} {
		if got := c.row.target(); got != c.want {
			t.Errorf("%+v: %q, want %q", c.row, got, c.want)
		}
	}
}

func TestPattern(t *testing.T) {
	got, err := io.ReadAll(&pattern{size: 10_000})
	if err != nil || len(got) != 10_000 || got[0] != 0 || got[4096] != 1 || got[9999] != 2 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}
