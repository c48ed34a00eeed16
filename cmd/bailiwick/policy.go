package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/lint"
)

func policyCommand(std streams) *cobra.Command {
	cmd := &cobra.Command{
		Use: "policy", Short: "Check IAM policies and decide requests by them, without a server.", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(checkCommand(std), decideCommand(std))
	return cmd
}

// check is what bailiwick policy check was asked for.
type check struct {
	kind                string
	strict, json, sarif bool
}

func checkCommand(std streams) *cobra.Command {
	var c check
	cmd := &cobra.Command{
		Use: "check FILE...", Short: "Validate policies as AWS does, and find their traps.",
		Long: `Validate policies as AWS does, and find their traps: conditions that are met
because a key is absent, patterns that reach another tenant, statements that do
nothing. FILE is a JSON document, a pattern in quotes, or - for standard input.

Exit codes: 0 nothing found, or warnings; 1 a document that AWS refuses, or a
finding of severity error (with --strict any finding); 2 the command line makes no
sense, or a file cannot be read. docs/policy.md explains every finding.`,
		Example: `  bailiwick policy check role.json
  bailiwick policy check --strict 'policies/*.json'
  bailiwick policy check --sarif policies/*.json > policies.sarif
  aws iam get-role --role-name R --query Role.AssumeRolePolicyDocument | bailiwick policy check --kind trust -`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("FILE is missing")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := refuseEmpty(cmd.Flags()); err != nil {
				return err
			}
			return c.run(cmd.Context(), args, std)
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.kind, "kind", "", "`KIND`: identity, resource, trust, session, boundary, managed, scp or rcp; without it, documents with a Principal are resource or trust policies, others identity policies")
	f.BoolVar(&c.strict, "strict", false, "fail on warnings too")
	f.BoolVar(&c.json, "json", false, "print the findings as JSON")
	f.BoolVar(&c.sarif, "sarif", false, "print the findings as SARIF 2.1.0, for code scanning")
	cmd.MarkFlagsMutuallyExclusive("json", "sarif")
	return cmd
}

// kinds are the values of --kind. A service control policy is written as an
// identity policy is.
var kinds = []struct {
	name string
	kind policy.Kind
}{
	{"identity", policy.Identity},
	{"resource", policy.Resource},
	{"trust", policy.Trust},
	{"session", policy.Session},
	{"boundary", policy.Boundary},
	{"managed", policy.Managed},
	{"scp", policy.Identity},
	{"rcp", policy.ResourceControl},
}

func kindNamed(name string) (policy.Kind, error) {
	var names []string
	for _, k := range kinds {
		if k.name == name {
			return k.kind, nil
		}
		names = append(names, k.name)
	}
	return 0, fmt.Errorf("--kind %q is none of %s", name, strings.Join(names, ", "))
}

// controls are the kinds that give nobody anything: what they allow to everyone on
// everything is where the others begin.
func controls(kind string) bool { return kind == "scp" || kind == "rcp" }

var rulesOfGrants = []string{"principal-everyone", "resource-everything"}

// A checked is what was found in one document.
type checked struct {
	File     string         `json:"file"`
	Kind     string         `json:"kind"`
	Valid    bool           `json:"valid"`
	Error    *refusedPolicy `json:"error,omitempty"` // why AWS refuses it
	Findings []lint.Finding `json:"findings"`
	text     string
}

// A refusedPolicy says why AWS does not take a document.
type refusedPolicy struct {
	Message string `json:"message"` // AWS's
	Detail  string `json:"detail,omitempty"`
	Line    int    `json:"line"`
	Column  int    `json:"column"`
}

func (c *check) run(ctx context.Context, args []string, std streams) error {
	if c.kind != "" {
		if _, err := kindNamed(c.kind); err != nil {
			return err
		}
	}
	files, err := expand(args)
	if err != nil {
		return err
	}
	l := lint.New()
	var all []checked
	for _, file := range files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		text, err := readPolicy(file, std.in)
		if err != nil {
			return err
		}
		x, err := c.check(l, file, text)
		if err != nil {
			return err
		}
		all = append(all, x)
	}
	if err := c.print(std, all); err != nil {
		return failure{err}
	}
	if c.fails(all) {
		return verdict{}
	}
	return nil
}

func (c *check) check(l *lint.Linter, file, text string) (checked, error) {
	kind := policy.Identity
	if c.kind != "" {
		kind, _ = kindNamed(c.kind) // run has seen it
	} else if src, err := policy.ReadSource(text); err == nil {
		kind = src.Kind()
	}
	x := checked{File: file, Kind: cmp.Or(c.kind, kind.String()), Findings: []lint.Finding{}, text: text}
	found, err := l.Check(kind, text)
	if controls(c.kind) {
		found = slices.DeleteFunc(found, func(f lint.Finding) bool { return slices.Contains(rulesOfGrants, f.Rule) })
	}
	var bad *policy.SyntaxError
	switch {
	case errors.As(err, &bad):
		x.Error = &refusedPolicy{bad.Message, bad.Detail, max(bad.Line, 1), max(bad.Column, 1)}
		if hasMark(text) {
			x.Error.Detail = "the file begins with a byte order mark; save it as UTF-8 without one"
		}
	case err != nil:
		return x, failure{fmt.Errorf("checking %s: %w", file, err)}
	default:
		x.Valid, x.Findings = true, found
	}
	return x, nil
}

// fails reports whether the exit code says that something is wrong.
func (c *check) fails(all []checked) bool {
	return slices.ContainsFunc(all, func(x checked) bool {
		return !x.Valid || slices.ContainsFunc(x.Findings, func(f lint.Finding) bool { return c.strict || f.Severity == lint.Error })
	})
}

func (c *check) print(std streams, all []checked) error {
	switch {
	case c.sarif:
		return printJSON(std.out, newSARIF(all))
	case c.json:
		return printJSON(std.out, newReport(all))
	}
	_, err := io.WriteString(std.out, reportText(all, std.color))
	return err
}
