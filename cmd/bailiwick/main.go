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

	"github.com/spf13/cobra"
)

// Exit codes.
const (
	exitFailed = 1 // what was asked for did not work out
	exitUsage  = 2 // the command line makes no sense
)

// streams are the standard streams, so that tests have their own.
type streams struct {
	in       io.Reader // nil: empty
	out, err io.Writer
	color    bool // out is a terminal
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	code := run(ctx, os.Args[1:], streams{in: os.Stdin, out: os.Stdout, err: os.Stderr, color: isTerminal(os.Stdout)})
	stop()
	os.Exit(code)
}

// run is main with everything passed in.
func run(ctx context.Context, args []string, std streams) int {
	root := &cobra.Command{
		Use:           "bailiwick",
		Short:         "Tenant isolation as AWS does it, enforced on every request, explained on demand.",
		Long:          "Tenant isolation as AWS does it, enforced on every request, explained on demand.\n\nTry it: bailiwick demo",
		SilenceErrors: true, SilenceUsage: true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fillFromEnvironment(cmd.Flags()) },
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SetArgs(args)
	root.SetOut(std.out)
	root.SetErr(std.err)
	// The context comes with the command: cobra hands it over.
	root.AddCommand(serveCommand(std), demoCommand(std), explainCommand(std), logsCommand(std), policyCommand(std), versionCommand(std)) //nolint:contextcheck // see above
	cmd, err := root.ExecuteContextC(ctx)
	var f failure
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return 0
	case errors.As(err, new(verdict)):
		return exitFailed
	case errors.As(err, &f):
		return failed(std, f.error)
	default:
		fmt.Fprintf(std.err, "bailiwick: %v\nbailiwick: see %s --help\n", err, cmd.CommandPath())
		return exitUsage
	}
}

// A failure is what went wrong while a command ran; every other error is one of
// the command line.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// A verdict is an answer that scripts read from the exit code: no failure, and
// nothing to add to what was printed.
type verdict struct{}

func (verdict) Error() string { return "no" }

// running makes a command's work the RunE of cobra.
func running(work func(ctx context.Context, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := work(cmd.Context(), args); err != nil {
			return failure{err}
		}
		return nil
	}
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

func versionCommand(std streams) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version.", Args: cobra.NoArgs,
		RunE: running(func(context.Context, []string) error {
			_, err := fmt.Fprintln(std.out, "bailiwick", version())
			return err
		}),
	}
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
