package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/bailiwick-project/bailiwick/server"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// admin asks a running server what only its administrators may know.
type admin struct{ endpoint, data string }

func (a *admin) flags(f *pflag.FlagSet) {
	f.StringVar(&a.endpoint, "endpoint", "http://127.0.0.1:4566", "`URL` of the server to ask")
	f.StringVar(&a.data, "data", "", "data folder `DIR` to read the root key from; without it AWS_ACCESS_KEY_ID and its kin, else test/test")
	fromEnvironment(f, "endpoint", "BAILIWICK_ENDPOINT", "AWS_ENDPOINT_URL")
	fromEnvironment(f, "data", "BAILIWICK_DATA")
}

// exactly wants these arguments, and names them where they are missing.
func exactly(names ...string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		switch {
		case len(args) < len(names):
			return fmt.Errorf("%s is missing", names[len(args)])
		case len(args) > len(names):
			return fmt.Errorf("unexpected argument %q", args[len(names)])
		}
		for i, a := range args {
			if strings.TrimSpace(a) == "" {
				return fmt.Errorf("%s is empty", names[i])
			}
		}
		return nil
	}
}

func (a *admin) credentials() (sigv4.Credentials, error) {
	if a.data != "" {
		id, secret, err := server.RootCredentials(filepath.Clean(a.data))
		if err != nil {
			return sigv4.Credentials{}, fmt.Errorf("reading the root key of %s: %w", a.data, err)
		}
		return sigv4.Credentials{AccessKeyID: id, SecretAccessKey: secret}, nil
	}
	if id := os.Getenv("AWS_ACCESS_KEY_ID"); id != "" {
		return sigv4.Credentials{AccessKeyID: id, SecretAccessKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), SessionToken: os.Getenv("AWS_SESSION_TOKEN")}, nil
	}
	return sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"}, nil
}

// maxRecord bounds what is read from a server, in bytes.
const maxRecord = 64 << 20

// get asks the server for a document of the administrator's.
func (a *admin) get(ctx context.Context, path string) ([]byte, error) {
	creds, err := a.credentials()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	target := strings.TrimRight(a.endpoint, "/") + path
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
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxRecord+1))
	if err != nil {
		return nil, fmt.Errorf("reading the server's answer: %w", err)
	}
	if len(body) > maxRecord {
		return nil, fmt.Errorf("the server's answer has more than %d bytes", maxRecord)
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
