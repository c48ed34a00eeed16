package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-project/bailiwick/server"
)

// logs is what bailiwick logs was asked for.
type logs struct {
	admin
	function, region string
	follow, json     bool
	tail             int
	every            time.Duration // how often a followed log is asked for
}

// maxTail is the most lines that a server tells at one time.
const maxTail = 1000

func logsCommand(std streams) *cobra.Command {
	l := logs{every: time.Second}
	cmd := &cobra.Command{
		Use: "logs FUNCTION", Short: "Show what a Lambda function wrote.", Args: exactly("FUNCTION"),
		Long: `Show what a Lambda function wrote. FUNCTION is its name.

The last lines of each function are remembered until the server stops; with a data
folder they are also in its files functions/logs/*.log. Asking needs the root key or
a principal who may bailiwick:GetFunctionLogs.`,
		Example: `  bailiwick logs orders
  bailiwick logs orders --follow --tail 10
  bailiwick logs orders --json | jq -r .text`,
		RunE: running(func(ctx context.Context, args []string) error {
			l.function = args[0]
			return l.run(ctx, std)
		}),
	}
	l.flags(cmd.Flags())
	f := cmd.Flags()
	f.BoolVarP(&l.follow, "follow", "f", false, "go on with what is written from now on, until interrupted")
	f.BoolVar(&l.json, "json", false, "print each line as a JSON object")
	f.IntVar(&l.tail, "tail", 100, "how many of the last `N` lines to begin with, at most 1000")
	f.StringVar(&l.region, "region", "us-east-1", "`REGION` of the function")
	fromEnvironment(f, "region", "AWS_REGION", "AWS_DEFAULT_REGION")
	return cmd
}

func (l *logs) run(ctx context.Context, std streams) error {
	if l.tail < 1 || l.tail > maxTail {
		return errors.New("--tail is a number from 1 to 1000")
	}
	after, limit := int64(0), l.tail
	for {
		got, err := l.fetch(ctx, after, limit)
		if err != nil {
			return err
		}
		if got.Last < after { // the server was started anew, and counts from 1
			after = 0
			continue
		}
		if err := l.print(std.out, got); err != nil || !l.follow {
			return err
		}
		after, limit = got.Last, maxTail
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(l.every):
		}
	}
}

func (l *logs) fetch(ctx context.Context, after int64, limit int) (got server.FunctionLogs, err error) {
	query := url.Values{"after": {strconv.FormatInt(after, 10)}, "limit": {strconv.Itoa(limit)}, "region": {l.region}}
	body, err := l.get(ctx, "/_bailiwick/functions/"+url.PathEscape(l.function)+"/logs?"+query.Encode())
	if err != nil {
		return got, err
	}
	if err := json.Unmarshal(body, &got); err != nil {
		return got, fmt.Errorf("reading the server's answer: %w", err)
	}
	return got, nil
}

func (l *logs) print(w io.Writer, got server.FunctionLogs) error {
	for _, line := range got.Lines {
		text := line.Time.Local().Format("15:04:05.000") + "  " + printable(line.Text)
		if l.json {
			b, err := json.Marshal(line)
			if err != nil {
				return err
			}
			text = string(b)
		}
		if _, err := fmt.Fprintln(w, text); err != nil {
			return err
		}
	}
	return nil
}

// printable replaces what a terminal would obey: functions write what strangers
// send them.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' || r >= 0x7f && r < 0xa0 {
			return '\uFFFD'
		}
		return r
	}, text)
}
