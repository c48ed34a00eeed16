package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

const usage = `Measures the server against limits of this machine, in one run.

Usage: go run -C test/bench . [flags]

Flags:
  -only NAMES    comma list of start, getitem, signin, putitem, decide, invoke,
                 getobject, putobject, proxy, stream
  -rounds N      alternating rounds of server and limit (7); more is calmer
  -time D        length of a round on each side (1s)
  -size N        MiB of the object that stream sends (2048)
  -starts N      starts that are measured (10)
  -dir DIR       where data folders are made; choose the disk (the temporary folder)
  -server FILE   a built server; without it ./cmd/bailiwick is built
  -json          the result as JSON

Examples:
  make bench
  go run -C test/bench . -only getitem,putitem -rounds 15
  go run -C test/bench . -only putitem -dir /mnt/fast -json

The exit code is 0 also when a target is missed, which the table then says; it is 1
when something could not be measured, or an answer was wrong.
`

// A suite is one measurement.
type suite struct {
	name string
	run  func(context.Context, *bench) error
}

func suites() []suite {
	return []suite{
		{"start", starts}, {"getitem", getItems}, {"signin", signIns}, {"putitem", putItems}, {"decide", decisions},
		{"invoke", invocations}, {"getobject", getObjects}, {"putobject", putObjects}, {"proxy", proxied}, {"stream", streams},
	}
}

// A bench is one run of the program.
type bench struct {
	rounds, starts int
	size           int // MiB of the object that is streamed
	time           time.Duration
	dir            string // for data folders; removed at the end
	repo           string // the checkout
	binary         string // the server
	progress       io.Writer
	world          *world // made by the first suite that needs it
	rows           []row
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if len(os.Args) > 1 && limits[os.Args[1]] != nil {
		exit(limits[os.Args[1]](ctx, os.Args[2:]))
	}
	exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func run(ctx context.Context, args []string, out, progress io.Writer) (err error) {
	b := &bench{progress: progress}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(progress)
	flags.Usage = func() { fmt.Fprint(progress, usage) }
	only, asJSON := flags.String("only", "", ""), flags.Bool("json", false, "")
	flags.IntVar(&b.rounds, "rounds", 7, "")
	flags.IntVar(&b.starts, "starts", 10, "")
	flags.IntVar(&b.size, "size", 2048, "")
	flags.DurationVar(&b.time, "time", time.Second, "")
	flags.StringVar(&b.dir, "dir", os.TempDir(), "")
	flags.StringVar(&b.binary, "server", "", "")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	if b.rounds < 1 || b.starts < 1 || b.size < 1 || b.time < 100*time.Millisecond || flags.NArg() > 0 {
		return errors.New("-rounds, -starts and -size are at least 1, -time is at least 100ms, and there are no other arguments; see -help")
	}
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	for _, s := range chosen {
		if err := s.run(ctx, b); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	if *asJSON {
		return writeJSON(out, b.rows)
	}
	return writeTable(out, b.rows)
}

func choose(only string) ([]suite, error) {
	all := suites()
	if only == "" {
		return all, nil
	}
	var chosen []suite
	for _, name := range strings.Split(only, ",") {
		i := slices.IndexFunc(all, func(s suite) bool { return s.name == name })
		if i < 0 {
			return nil, fmt.Errorf("-only %q: there is start, getitem, signin, putitem, decide, invoke, getobject, putobject, proxy, stream", name)
		}
		chosen = append(chosen, all[i])
	}
	return chosen, nil
}

// prepare makes the folder and the server.
func (b *bench) prepare(ctx context.Context) error {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/bailiwick-project/bailiwick").Output()
	if err != nil {
		return fmt.Errorf("finding the checkout (run in test/bench): %w", err)
	}
	b.repo = strings.TrimSpace(string(out))
	if b.dir, err = os.MkdirTemp(b.dir, "bailiwick-bench-"); err != nil {
		return err
	}
	if b.binary != "" {
		return nil
	}
	b.binary = filepath.Join(b.dir, "bailiwick")
	b.say("building the server")
	build := exec.CommandContext(ctx, "go", "build", "-o", b.binary, "./cmd/bailiwick")
	build.Dir, build.Env = b.repo, append(os.Environ(), "CGO_ENABLED=0") // a static program, which is smaller, too
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building the server: %w\n%s", err, text)
	}
	return nil
}

func (b *bench) close() error {
	if b.world != nil {
		b.world.server.kill()
	}
	return os.RemoveAll(b.dir)
}

func (b *bench) say(format string, args ...any) {
	fmt.Fprintf(b.progress, format+"\n", args...)
}

// folder makes an empty folder.
func (b *bench) folder(name string) (string, error) { return os.MkdirTemp(b.dir, name+"-") }
