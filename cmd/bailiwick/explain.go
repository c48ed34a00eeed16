package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/server"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

type explainCommand struct {
	RequestID string `arg:"" help:"Request id of the call, as the client was told (x-amzn-RequestId)."`
	Endpoint  string `help:"Server to ask." default:"http://127.0.0.1:4566" env:"BAILIWICK_ENDPOINT,AWS_ENDPOINT_URL" placeholder:"URL"`
	Data      string `help:"Data folder to read the root key from. Without it: AWS_ACCESS_KEY_ID and its kin, else test/test." env:"BAILIWICK_DATA" type:"path" placeholder:"DIR"`
	JSON      bool   `name:"json" help:"Print the whole record as JSON."`
}

// Help is shown by bailiwick explain --help.
func (explainCommand) Help() string {
	return `The last calls are remembered until the server stops: 4,096 refused ones and
1,024 others. Asking needs the root key or a principal who may bailiwick:GetDecision.

Examples:
  bailiwick explain 6f1c8a52-3d5e-4a55-9a0f-7f3f7d1f2c11
  bailiwick explain 6f1c8a52-3d5e-4a55-9a0f-7f3f7d1f2c11 --json | jq .decisions`
}

// Run implements the command.
func (c explainCommand) Run(ctx context.Context, std streams) error {
	creds, err := c.credentials()
	if err != nil {
		return err
	}
	body, err := c.fetch(ctx, creds)
	if err != nil {
		return err
	}
	if c.JSON {
		_, err := fmt.Fprintln(std.out, strings.TrimSpace(string(body)))
		return err
	}
	var rec server.DecisionRecord
	if err := json.Unmarshal(body, &rec); err != nil {
		return fmt.Errorf("reading the server's answer: %w", err)
	}
	return printRecord(std.out, rec)
}

func (c explainCommand) credentials() (sigv4.Credentials, error) {
	if c.Data != "" {
		id, secret, err := server.RootCredentials(filepath.Clean(c.Data))
		if err != nil {
			return sigv4.Credentials{}, fmt.Errorf("reading the root key of %s: %w", c.Data, err)
		}
		return sigv4.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
	}
	if id := os.Getenv("AWS_ACCESS_KEY_ID"); id != "" {
		return sigv4.Credentials{AccessKeyID: id, SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN")}, nil
	}
	return sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
}

// maxRecord bounds what is read from a server, in bytes.
const maxRecord = 16 << 20

func (c explainCommand) fetch(ctx context.Context, creds sigv4.Credentials) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	target := strings.TrimRight(c.Endpoint, "/") + "/_bailiwick/decisions/" + url.PathEscape(c.RequestID)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, fmt.Errorf("--endpoint: %w", err)
	}
	if err := sigv4.Sign(r, creds, "us-east-1", "bailiwick", nil, time.Now()); err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, hinted{fmt.Errorf("asking the server: %w", err), "is it running? Say where with --endpoint URL."}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRecord))
	if err != nil {
		return nil, fmt.Errorf("reading the server's answer: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return body, nil
	}
	var e struct{ Message string }
	if json.Unmarshal(body, &e) != nil || e.Message == "" {
		e.Message = resp.Status
	}
	if resp.StatusCode == http.StatusForbidden {
		return nil, hinted{errors.New(e.Message), "use the root key: --data DIR reads it from the data folder, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY give it."}
	}
	return nil, errors.New(e.Message)
}

func printRecord(w io.Writer, rec server.DecisionRecord) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%s by %s\nat %s, region %s, request %s\n\n", rec.Service, rec.Operation, rec.Principal, rec.Time, rec.Region, rec.RequestID)
	fmt.Fprintf(&b, "outcome: %s\n", rec.Outcome)
	for _, line := range []struct{ label, text string }{{"told the caller: ", rec.Message}, {"cause: ", rec.Cause}} {
		if line.text != "" {
			fmt.Fprintf(&b, "%s%s\n", line.label, line.text)
		}
	}
	for _, n := range rec.Notes {
		fmt.Fprintf(&b, "note: %s\n", n)
	}
	if len(rec.Decisions) == 0 {
		b.WriteString("\nNo policy was asked: the call ended before, or needs none.\n")
	}
	for i, d := range rec.Decisions {
		fmt.Fprintf(&b, "\ndecision %d of %d\n%s\n", i+1, len(rec.Decisions), strings.TrimRight(d.Text(), "\n"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}
