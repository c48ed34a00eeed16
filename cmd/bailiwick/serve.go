package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/bailiwick-project/bailiwick/server"
)

type serveCommand struct {
	Listen    string `help:"Address to listen on, 127.0.0.1:4566 if not given." default:"127.0.0.1:4566" env:"BAILIWICK_LISTEN" placeholder:"HOST:PORT"`
	Data      string `help:"Folder that keeps everything. Without it, --dev keeps everything in memory." env:"BAILIWICK_DATA" type:"path" placeholder:"DIR"`
	Dev       bool   `help:"For development: root key test/test, loopback only, codes readable at /_bailiwick/messages." env:"BAILIWICK_DEV"`
	Region    string `help:"Region of requests that name none." default:"us-east-1" env:"BAILIWICK_REGION"`
	Account   string `help:"Account of the root key, 12 digits." default:"000000000000" env:"BAILIWICK_ACCOUNT"`
	PublicURL string `help:"URL under which clients reach the server; becomes the issuer of tokens. Without it tokens carry AWS's issuer names." env:"BAILIWICK_PUBLIC_URL" placeholder:"URL"`
	LogLevel  string `help:"One of debug, info, warn, error." default:"info" enum:"debug,info,warn,error" env:"BAILIWICK_LOG_LEVEL"`
	LogFormat string `help:"One of text, json." default:"text" enum:"text,json" env:"BAILIWICK_LOG_FORMAT"`
}

// Help is shown by bailiwick serve --help.
func (serveCommand) Help() string {
	return `Examples:
  bailiwick serve --dev                       everything in memory, root key test/test
  bailiwick serve --data ./data               durable; the root key is in ./data/credentials
  aws --endpoint-url http://127.0.0.1:4566 sts get-caller-identity`
}

// gcPercent trades memory under load for time: the heap is small and mostly
// short-lived. At the start, and when idle, it makes no difference.
const gcPercent = 400

// Run implements the command.
func (c serveCommand) Run(ctx context.Context, std streams) error {
	log, err := c.logger(std)
	if err != nil {
		return err
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	s, err := server.New(ctx, server.Config{
		Listen: c.Listen, Data: c.Data, Dev: c.Dev, Region: c.Region, Account: c.Account, PublicURL: c.PublicURL,
		Version: version(), Log: log,
	})
	if err != nil {
		return err
	}
	return s.Run(ctx)
}

func (c serveCommand) logger(std streams) (*slog.Logger, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return nil, fmt.Errorf("--log-level: %w", err)
	}
	opts := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(std.err, opts)), nil
	}
	return slog.New(slog.NewTextHandler(std.err, opts)), nil
}
