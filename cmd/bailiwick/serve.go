package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/bailiwick-project/bailiwick/server"
)

// serve is what bailiwick serve was asked for.
type serve struct {
	listen, data, region, account, publicURL string
	dev                                      bool
	logLevel, logFormat                      string
}

func serveCommand(std streams) *cobra.Command {
	var s serve
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the APIs until SIGTERM or SIGINT.", Args: cobra.NoArgs,
		Example: `  bailiwick serve --dev                       everything in memory, root key test/test
  bailiwick serve --data ./data               durable; the root key is in ./data/credentials
  aws --endpoint-url http://127.0.0.1:4566 sts get-caller-identity`,
		RunE: running(func(ctx context.Context, _ []string) error { return s.run(ctx, std) }),
	}
	f := cmd.Flags()
	f.StringVar(&s.listen, "listen", "127.0.0.1:4566", "`HOST:PORT` to listen on")
	f.StringVar(&s.data, "data", "", "`DIR` that keeps everything; without it, --dev keeps everything in memory")
	f.BoolVar(&s.dev, "dev", false, "for development: root key test/test, loopback only, codes readable at /_bailiwick/messages")
	f.StringVar(&s.region, "region", "us-east-1", "`REGION` of requests that name none")
	f.StringVar(&s.account, "account", "000000000000", "`ACCOUNT` of the root key, 12 digits")
	f.StringVar(&s.publicURL, "public-url", "", "`URL` under which clients reach the server; becomes the issuer of tokens. Without it tokens carry AWS's issuer names")
	f.StringVar(&s.logLevel, "log-level", "info", "`LEVEL`: debug, info, warn or error")
	f.StringVar(&s.logFormat, "log-format", "text", "`FORMAT`: text or json")
	for flag, variable := range map[string]string{
		"listen": "BAILIWICK_LISTEN", "data": "BAILIWICK_DATA", "dev": "BAILIWICK_DEV", "region": "BAILIWICK_REGION", "account": "BAILIWICK_ACCOUNT",
		"public-url": "BAILIWICK_PUBLIC_URL", "log-level": "BAILIWICK_LOG_LEVEL", "log-format": "BAILIWICK_LOG_FORMAT",
	} {
		fromEnvironment(f, flag, variable)
	}
	cmd.PreRunE = func(*cobra.Command, []string) error { return s.check() }
	return cmd
}

// check refuses values that no server could mean.
func (s *serve) check() error {
	if err := new(slog.Level).UnmarshalText([]byte(s.logLevel)); err != nil {
		return fmt.Errorf("--log-level %q is none of debug, info, warn, error", s.logLevel)
	}
	if s.logFormat != "text" && s.logFormat != "json" {
		return fmt.Errorf("--log-format %q is none of text, json", s.logFormat)
	}
	return nil
}

func (s *serve) run(ctx context.Context, std streams) error {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(server.GCPercent)
	}
	data := s.data
	if data != "" {
		data = filepath.Clean(data)
	}
	srv, err := server.New(ctx, server.Config{
		Listen: s.listen, Data: data, Dev: s.dev, Region: s.region, Account: s.account, PublicURL: s.publicURL,
		Version: version(), Log: s.logger(std),
	})
	if err != nil {
		return err
	}
	return srv.Run(ctx)
}

func (s *serve) logger(std streams) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(s.logLevel)) // check has seen it
	opts := &slog.HandlerOptions{Level: level}
	if s.logFormat == "json" {
		return slog.New(slog.NewJSONHandler(std.err, opts))
	}
	return slog.New(slog.NewTextHandler(std.err, opts))
}
