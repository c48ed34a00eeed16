// Command bailiwick serves AWS's tenant isolation chain (Cognito user pools,
// identity pools, STS, IAM, DynamoDB) on one port, and enforces it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/alecthomas/kong"
)

// Exit codes.
const (
	exitFailed = 1 // what was asked for did not work out
	exitUsage  = 2 // the command line makes no sense
)

type cli struct {
	Serve   serveCommand   `cmd:"" help:"Serve the APIs until SIGTERM or SIGINT."`
	Demo    demoCommand    `cmd:"" help:"Play a two-tenant story against a fresh server and show who reached what."`
	Explain explainCommand `cmd:"" help:"Tell why a call was allowed or refused."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// streams are the standard streams, so that tests have their own.
type streams struct {
	out, err io.Writer
	color    bool // out is a terminal
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	code := run(ctx, os.Args[1:], streams{out: os.Stdout, err: os.Stderr, color: isTerminal(os.Stdout)})
	stop()
	os.Exit(code)
}

// run is main with everything passed in.
func run(ctx context.Context, args []string, std streams) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c, kong.Name("bailiwick"),
		kong.Description("Tenant isolation as AWS does it, enforced on every request, explained on demand.\n\nTry it: bailiwick demo"),
		kong.Writers(std.out, std.err), kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(std))
	if err != nil {
		return failed(std, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help was asked for and given
	}
	if err != nil {
		fmt.Fprintf(std.err, "bailiwick: %v\nbailiwick: see bailiwick --help\n", err)
		return exitUsage
	}
	if err := k.Run(); err != nil && !errors.Is(err, context.Canceled) {
		return failed(std, err)
	}
	return 0
}

func failed(std streams, err error) int {
	fmt.Fprintf(std.err, "bailiwick: %v\n", err)
	var h interface{ Hint() string }
	if errors.As(err, &h) {
		fmt.Fprintf(std.err, "hint: %s\n", h.Hint())
	}
	return exitFailed
}

// hinted is an error with advice on what to do.
type hinted struct {
	error
	hint string
}

func (h hinted) Hint() string  { return h.hint }
func (h hinted) Unwrap() error { return h.error }

type versionCommand struct{}

// Run implements the command.
func (versionCommand) Run(std streams) error {
	_, err := fmt.Fprintln(std.out, "bailiwick", version())
	return err
}

// version is what the Go toolchain knows of the build.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// isTerminal tells whether a person reads f. Colours are off when NO_COLOR is set.
func isTerminal(f *os.File) bool {
	if os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
