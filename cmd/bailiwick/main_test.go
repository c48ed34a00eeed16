package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/server"
)

// bailiwick runs the command as a shell would.
func bailiwick(t *testing.T, args ...string) (code int, out, err string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, streams{out: &o, err: &e})
	return code, o.String(), e.String()
}

func TestCommandLine(t *testing.T) {
	for name, tt := range map[string]struct {
		args     []string
		code     int
		out, err string // parts of it
	}{
		"nothing":             {nil, 0, "Available Commands:", ""},
		"help":                {[]string{"--help"}, 0, "bailiwick demo", ""},
		"help of serve":       {[]string{"serve", "--help"}, 0, "bailiwick serve --data ./data", ""},
		"help of explain":     {[]string{"explain", "--help"}, 0, "--json", ""},
		"version":             {[]string{"version"}, 0, "bailiwick ", ""},
		"unknown command":     {[]string{"fly"}, exitUsage, "", `unknown command "fly"`},
		"unknown flag":        {[]string{"serve", "--fly"}, exitUsage, "", "unknown flag: --fly"},
		"no request id":       {[]string{"explain"}, exitUsage, "", "REQUEST_ID is missing"},
		"empty request id":    {[]string{"explain", " "}, exitUsage, "", "REQUEST_ID is empty"},
		"where to read on":    {[]string{"policy", "decide"}, exitUsage, "", "see bailiwick policy decide --help"},
		"two request ids":     {[]string{"explain", "a", "b"}, exitUsage, "", `unexpected argument "b"`},
		"bad log level":       {[]string{"serve", "--dev", "--log-level", "loud"}, exitUsage, "", "loud"},
		"serve without data":  {[]string{"serve"}, exitFailed, "", "--data DIR is missing"},
		"dev for everyone":    {[]string{"serve", "--dev", "--listen", "0.0.0.0:0"}, exitFailed, "", "loopback only"},
		"nobody to ask":       {[]string{"explain", "x", "--endpoint", "http://127.0.0.1:1"}, exitFailed, "", "hint: is it running?"},
		"no credentials file": {[]string{"explain", "x", "--data", "/nonexistent"}, exitFailed, "", "reading the root key"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, err := bailiwick(t, tt.args...)
			if code != tt.code || !strings.Contains(out, tt.out) || !strings.Contains(err, tt.err) {
				t.Errorf("exit %d\nstdout: %s\nstderr: %s\nwant %d, %q, %q", code, out, err, tt.code, tt.out, tt.err)
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("BAILIWICK_LISTEN", "10.0.0.1:0")
	t.Setenv("BAILIWICK_DEV", "true")
	if code, _, err := bailiwick(t, "serve"); code != exitFailed || !strings.Contains(err, "10.0.0.1:0") {
		t.Errorf("exit %d, %s", code, err)
	}
}

func TestDemo(t *testing.T) {
	code, out, err := bailiwick(t, "demo")
	if code != 0 || !strings.Contains(out, "All 132 cells are what they must be") {
		t.Errorf("exit %d\n%s\n%s", code, out, err)
	}
	if strings.Contains(out, "\x1b[") {
		t.Error("colours although nobody looks")
	}
}

// TestJudge: the demo's verdict can fail, in each way.
func TestJudge(t *testing.T) {
	denied := &refusal{Code: "AccessDeniedException", Message: "User: ..."}
	for name, tt := range map[string]struct {
		err   error
		must  bool
		right bool
		word  string
		fault string
	}{
		"allowed and must be":  {nil, true, true, "yes   ", ""},
		"allowed and must not": {nil, false, false, "yes!  ", "was allowed and must not be"},
		"refused and must be":  {denied, false, true, "denied", ""},
		"refused and must not": {denied, true, false, "den!  ", "was refused and must not be: User: ..."},
		"another refusal":      {&refusal{Code: "ResourceNotFoundException"}, false, false, "BROKEN", "ResourceNotFoundException"},
		"broken and must not":  {errors.New("connection refused"), false, false, "BROKEN", "connection refused"},
		"broken and must be":   {errors.New("connection refused"), true, false, "BROKEN", "connection refused"},
	} {
		c := judge(tt.err, tt.must)
		if c.right != tt.right || c.paint(false) != tt.word {
			t.Errorf("%s: right %v, %q", name, c.right, c.paint(false))
		}
		s := &story{people: cast()}
		if got := strings.Join(s.faults([][][]cell{{{c}}}), ""); !strings.Contains(got, tt.fault) || (tt.fault == "") != (got == "") {
			t.Errorf("%s: faults %q, want %q", name, got, tt.fault)
		}
	}
}

// TestExplain asks a server why a call was refused.
func TestExplain(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	srv, err := server.New(ctx, server.Config{Dev: true, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	defer func() {
		stop()
		if err := errors.Join(<-served, srv.Close()); err != nil {
			t.Error(err)
		}
	}()
	endpoint := "http://" + l.Addr().String()
	s := newStory(endpoint, streams{out: t.Output()})
	if err := s.play(ctx); err != nil {
		t.Fatal(err)
	}
	var r *refusal
	if err := s.read(ctx, s.people[1], targetsOfDemo()[2]); !errors.As(err, &r) || r.RequestID == "" {
		t.Fatalf("reading another's row: %v", err)
	}
	code, out, _ := bailiwick(t, "explain", r.RequestID, "--endpoint", endpoint)
	for _, want := range []string{"dynamodb:GetItem by arn:aws:sts::000000000000:assumed-role/TenantUser/CognitoIdentityCredentials", "DENIED", `["` + orgA + `#*"]`, `["` + orgB + `#books"]`} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("explain (exit %d) does not say %q:\n%s", code, want, out)
		}
	}
	code, out, _ = bailiwick(t, "explain", "--json", r.RequestID, "--endpoint", endpoint)
	var rec server.DecisionRecord
	if err := json.Unmarshal([]byte(out), &rec); err != nil || code != 0 || rec.Outcome != "AccessDenied" || len(rec.Decisions) != 1 || rec.EncodedMessage == "" {
		t.Errorf("explain --json: exit %d, %v, %s", code, err, out)
	}
	if code, out, errText := bailiwick(t, "explain", "--encoded", r.RequestID, "--endpoint", endpoint); code != 0 || strings.Count(out, "\n") != 1 || len(out) > 10241 || len(out) < 100 {
		t.Errorf("explain --encoded: exit %d, %s%s", code, out, errText)
	}
	broken := &refusal{}
	if _, err := s.as(ctx, s.people[1], "GetItem", fields{"Key": fields{}}); !errors.As(err, &broken) {
		t.Fatalf("a call without a key: %v", err)
	}
	if code, out, errText := bailiwick(t, "explain", "--encoded", broken.RequestID, "--endpoint", endpoint); code != exitFailed || out != "" || !strings.Contains(errText, "there is no message\nhint: bailiwick explain "+broken.RequestID) {
		t.Errorf("explain --encoded of a call that no policy refused: exit %d, %s%s", code, out, errText)
	}
	if code, _, errText := bailiwick(t, "explain", "--encoded", "--json", r.RequestID, "--endpoint", endpoint); code != exitUsage || !strings.Contains(errText, "encoded json") {
		t.Errorf("explain --encoded --json: exit %d, %s", code, errText)
	}
	for _, id := range []string{"00000000", "../health", "a/b", "%2e", "x?y#z", strings.Repeat("9", 5000), "\xff\n", strings.ToUpper(r.RequestID) + "0"} {
		if code, _, errText := bailiwick(t, "explain", id, "--endpoint", endpoint); code != exitFailed || !strings.Contains(errText, "No call with this request id") {
			t.Errorf("an unknown request id %.20q: exit %d, %s", id, code, errText)
		}
	}
	if code, _, errText := bailiwick(t, "explain", "..", "--endpoint", endpoint); code != exitFailed || !strings.Contains(errText, "no request id") {
		t.Errorf("a path: exit %d, %s", code, errText)
	}
	if code, out, errText := bailiwick(t, "explain", " "+r.RequestID+"\n", "--endpoint", endpoint); code != 0 {
		t.Errorf("a request id between blanks: exit %d, %s%s", code, out, errText)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", s.people[1].credentials.AccessKeyID)
	t.Setenv("AWS_SECRET_ACCESS_KEY", s.people[1].credentials.SecretAccessKey)
	t.Setenv("AWS_SESSION_TOKEN", s.people[1].credentials.SessionToken)
	if code, _, errText := bailiwick(t, "explain", r.RequestID, "--endpoint", endpoint); code != exitFailed || !strings.Contains(errText, "not authorized to perform: bailiwick:GetDecision") {
		t.Errorf("a tenant's user asking: exit %d, %s", code, errText)
	}
}
