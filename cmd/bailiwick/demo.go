package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bailiwick-project/bailiwick/server"
	"github.com/bailiwick-project/bailiwick/sigv4"
	"github.com/bailiwick-project/bailiwick/srp"
)

// demo is what bailiwick demo was asked for.
type demo struct {
	listen string
	keep   bool
}

func demoCommand(std streams) *cobra.Command {
	var d demo
	cmd := &cobra.Command{
		Use: "demo", Short: "Play a two-tenant story against a fresh server and show who reached what.", Args: cobra.NoArgs,
		Long: `Play a two-tenant story against a fresh server and show who reached what.
Everything happens in memory and over real HTTP. The exit code is 0 only if every
cell of the matrix is what it must be.`,
		Example: "  bailiwick demo\n  bailiwick demo --keep --listen 127.0.0.1:4566",
		RunE:    running(func(ctx context.Context, _ []string) error { return d.run(ctx, std) }),
	}
	cmd.Flags().StringVar(&d.listen, "listen", "127.0.0.1:0", "`HOST:PORT` of the fresh server; port 0 takes any free one")
	cmd.Flags().BoolVar(&d.keep, "keep", false, "leave the server running, and print URLs and credentials to go on with")
	return cmd
}

const (
	demoRegion  = "us-east-1"
	demoAccount = "000000000000"
)

func (d *demo) run(ctx context.Context, std streams) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	srv, err := server.New(ctx, server.Config{Listen: d.listen, Dev: true, Region: demoRegion, Account: demoAccount, Version: version(), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer func() { _ = srv.Close() }() // in memory: there is nothing to lose
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", d.listen)
	if err != nil {
		return hinted{fmt.Errorf("listening: %w", err), "choose another address with --listen HOST:PORT."}
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(ctx, l) }()
	s := newStory("http://"+l.Addr().String(), std)
	if err := s.perform(ctx, std); err != nil {
		return err
	}
	if d.keep {
		s.goOn(std)
		return <-served
	}
	stop()
	return <-served
}

func newStory(endpoint string, std streams) *story {
	n := 0
	return &story{
		client:  &client{endpoint: endpoint, region: demoRegion, http: &http.Client{Timeout: 30 * time.Second}},
		account: demoAccount, random: rand.Reader, srp: srp.NewGroup(), people: cast(),
		root: sigv4.Credentials{AccessKeyID: "test", SecretAccessKey: "test"},
		tell: func(format string, args ...any) {
			n++
			fmt.Fprintf(std.out, "%2d. "+format+"\n", append([]any{n}, args...)...)
		},
	}
}

// perform plays the story, prints the matrix and fails if a cell is wrong.
func (s *story) perform(ctx context.Context, std streams) error {
	fmt.Fprintf(std.out, "A fresh server at %s. Every step is a request over HTTP.\n\n", s.endpoint)
	if err := s.play(ctx); err != nil {
		return fmt.Errorf("the story broke off: %w", err)
	}
	s.tell("Now everyone tries everything: rows (a batch has one foreign key), objects and routes.")
	all := s.matrix(ctx)
	fmt.Fprintln(std.out)
	cells, wrong := s.printMatrix(std, all)
	if wrong > 0 {
		return fmt.Errorf("%d of %d cells are not what they must be:\n  %s", wrong, cells, strings.Join(s.faults(all), "\n  "))
	}
	fmt.Fprintf(std.out, "All %d cells are what they must be. For example, why user of A may not read B's rows:\n\n  %s\n", cells, example(all).Message)
	return nil
}

// example is the refusal of the first read of B's rows by the user of A.
func example(all [][][]cell) *refusal {
	return all[0][1][2*len(doors()[0].attempts)].refusal
}

// goOn prints what a person needs to go on by hand.
func (s *story) goOn(std streams) {
	u := s.people[1]
	fmt.Fprintf(std.out, `
The server keeps running until Ctrl-C. Go on by hand:

  export AWS_ENDPOINT_URL=%[1]s AWS_REGION=%[2]s AWS_DEFAULT_REGION=%[2]s

  # as root
  AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test aws dynamodb scan --table-name %[3]s

  # as %[4]s (password %[5]s)
  export AWS_ACCESS_KEY_ID=%[6]s
  export AWS_SECRET_ACCESS_KEY=%[7]s
  export AWS_SESSION_TOKEN=%[8]s
  aws dynamodb get-item --table-name %[3]s --key '{"pk":{"S":"%[9]s#books"},"sk":{"S":"1"}}'

  user pool      %[10]s
  app client     %[11]s
  identity pool  %[12]s
  outbox         %[1]s/_bailiwick/messages

  # why was a call refused? (the request id is in the client's debug output)
  bailiwick explain --endpoint %[1]s REQUEST_ID
`, s.endpoint, s.region, demoTable, u.Email, demoPassword, u.credentials.AccessKeyID, u.credentials.SecretAccessKey,
		u.credentials.SessionToken, orgA, s.userPool, s.appClient, s.identityPool)
}
