package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-project/bailiwick/server"
)

// explanation is what bailiwick explain was asked for.
type explanation struct {
	admin
	requestID string
	json      bool
	encoded   bool
}

func explainCommand(std streams) *cobra.Command {
	var e explanation
	cmd := &cobra.Command{
		Use: "explain REQUEST_ID", Short: "Tell why a call was allowed or refused.", Args: exactly("REQUEST_ID"),
		Long: `Tell why a call was allowed or refused. REQUEST_ID is what the client was told
(x-amzn-RequestId).

The last calls are remembered until the server stops: 4,096 refused ones and
1,024 others. Asking needs the root key or a principal who may bailiwick:GetDecision.

--encoded prints a refusal as AWS's encoded authorization message, sealed for the
account. Whoever may sts:DecodeAuthorizationMessage there reads it with the AWS CLI,
also after the server was restarted.

Exit codes: 0 told, 1 the call is not remembered, or the server does not tell; with
--encoded also, if no policy refused the call; 2 the command line makes no sense.`,
		Example: `  bailiwick explain 6f1c8a52-3d5e-4a55-9a0f-7f3f7d1f2c11
  bailiwick explain 6f1c8a52-3d5e-4a55-9a0f-7f3f7d1f2c11 --json | jq .decisions
  aws sts decode-authorization-message --query DecodedMessage --output text \
    --encoded-message "$(bailiwick explain 6f1c8a52-3d5e-4a55-9a0f-7f3f7d1f2c11 --encoded)" | jq`,
		RunE: running(func(ctx context.Context, args []string) error {
			e.requestID = strings.TrimSpace(args[0])
			return e.run(ctx, std)
		}),
	}
	e.flags(cmd.Flags())
	cmd.Flags().BoolVar(&e.json, "json", false, "print the whole record as JSON")
	cmd.Flags().BoolVar(&e.encoded, "encoded", false, "print the encoded authorization message of a refused call")
	cmd.MarkFlagsMutuallyExclusive("json", "encoded")
	return cmd
}

func (e *explanation) run(ctx context.Context, std streams) error {
	if strings.Trim(e.requestID, ".") == "" { // would be another path
		return fmt.Errorf("%q is no request id", e.requestID)
	}
	body, err := e.get(ctx, "/_bailiwick/decisions/"+url.PathEscape(e.requestID))
	if err != nil {
		return err
	}
	if e.json {
		_, err := fmt.Fprintln(std.out, strings.TrimSpace(string(body)))
		return err
	}
	var rec server.DecisionRecord
	if err := json.Unmarshal(body, &rec); err != nil {
		return fmt.Errorf("reading the server's answer: %w", err)
	}
	if e.encoded {
		if rec.EncodedMessage == "" {
			return hinted{fmt.Errorf("of the call %s no refusal by a policy is kept, so there is no message", rec.RequestID), "bailiwick explain " + rec.RequestID + " tells what became of it"}
		}
		_, err := fmt.Fprintln(std.out, rec.EncodedMessage)
		return err
	}
	return printRecord(std.out, rec)
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
