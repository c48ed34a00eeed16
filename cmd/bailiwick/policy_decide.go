package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/lint"
)

// decide is what bailiwick policy decide was asked for.
type decide struct {
	base           question // of the flags
	tags, contexts []string
	scps, rcps     []string
	request        string
	json           bool
}

func decideCommand(std streams) *cobra.Command {
	var d decide
	cmd := &cobra.Command{
		Use: "decide", Short: "Decide requests by policies in files, and say why.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fmt.Errorf("unexpected argument %q; files are values of flags, such as --identity FILE", args[0])
			}
			return nil
		},
		Long: `Decide requests by policies in files, and say why. The decision is the server's, by
the same code; no server is asked.

A request comes from flags or from a file (--request), which is a JSON object or a
list of them; docs/policy.md describes it. What a request does not say, the flags do.

Exit codes: 0 allowed, 1 denied; with --expect, or "expect" in the request, 0 as
expected, 1 not so; of several requests all must be. 2 the command line or a request
makes no sense, or a policy cannot be read.

Each --scp is one level of the principal's organization: the root, then the units
down to the account. Commas stand between the policies of a level. Every level must
allow; FullAWSAccess stands for the policy that AWS attaches to each. Each --rcp is a
level of the organization of the resource; RCPFullAWSAccess is always there. AWS binds
no management account, and no service-linked role: leave the flags out for them.`,
		Example: `  bailiwick policy decide --identity role.json --principal arn:aws:iam::111122223333:role/App --principal-tag org=acme \
    --action dynamodb:GetItem --resource-arn arn:aws:dynamodb:us-east-1:111122223333:table/T --context 'dynamodb:LeadingKeys=["acme#1"]'
  bailiwick policy decide --identity role.json --request cases.json
  bailiwick policy decide --identity role.json --scp FullAWSAccess --scp FullAWSAccess,regions.json --rcp perimeter.json \
    --principal arn:aws:iam::111122223333:role/App --action s3:GetObject --resource-arn arn:aws:s3:::b/k`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := refuseEmpty(cmd.Flags()); err != nil {
				return err
			}
			return d.run(cmd.Context(), std)
		},
	}
	f := cmd.Flags()
	p := &d.base.Policies
	f.StringArrayVar((*[]string)(&p.identity), "identity", nil, "`FILE` of a policy of the user, its groups, or the role; repeatable")
	f.StringArrayVar((*[]string)(&p.boundary), "boundary", nil, "`FILE` of a permissions boundary")
	f.StringArrayVar((*[]string)(&p.session), "session", nil, "`FILE` of a session policy; repeatable")
	f.StringVar(&p.resource, "resource", "", "`FILE` of the policy of the resource")
	f.StringVar(&p.trust, "trust", "", "`FILE` of the trust policy of the role that the request is about")
	f.StringArrayVar(&d.scps, "scp", nil, "`FILE[,FILE...]` of service control policies of one level of the principal's organization; repeatable, a level each")
	f.StringArrayVar(&d.rcps, "rcp", nil, "`FILE[,FILE...]` of resource control policies of one level of the resource's organization; repeatable, a level each")
	f.StringVar(&d.base.Principal, "principal", "", "`ARN` of who asks: a user, role, session or account; or a provider or service such as cognito-identity.amazonaws.com, or anonymous")
	f.StringVar(&d.base.Role, "role", "", "`ARN` of the session's role, if the role has a path")
	f.StringArrayVar(&d.tags, "principal-tag", nil, "`KEY=VALUE`: a tag of the principal; repeatable")
	f.StringVar(&d.base.Action, "action", "", "`ACTION`, such as dynamodb:GetItem")
	f.StringVar(&d.base.Resource, "resource-arn", "", "`ARN` of the resource, or * for actions that have none")
	f.StringVar(&d.base.ResourceAccount, "resource-account", "", "`ACCOUNT` that owns the resource, if its ARN does not say; without it the principal's")
	f.StringArrayVar(&d.contexts, "context", nil, "`KEY=VALUE` of the request; KEY+=VALUE adds a value to a key of several; VALUE may be a JSON list; repeatable")
	f.StringVar(&d.request, "request", "", "`FILE` of requests in JSON, - for standard input")
	f.StringVar(&d.base.Expect, "expect", "", "`ANSWER` that is right: allow or deny")
	f.BoolVar(&d.json, "json", false, "print decisions and reasons as JSON")
	return cmd
}

// A decided is one answer.
type decided struct {
	Name        string             `json:"name,omitempty"`
	Allowed     bool               `json:"allowed"`
	Expected    string             `json:"expected,omitempty"`
	Right       bool               `json:"right"`           // as expected; allowed, if nothing is
	Notes       []string           `json:"notes,omitempty"` // what surprises about the policies of organizations
	Explanation policy.Explanation `json:"explanation"`
}

func (d *decide) run(ctx context.Context, std streams) error {
	questions, list, err := d.questions(std.in)
	if err != nil {
		return err
	}
	l, files := lint.New(), newPolicyFiles(std.in)
	files.requests = d.request == stdin
	var all []decided
	right := true
	for i := range questions {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		q := &questions[i]
		x, err := q.decide(l, files)
		if err != nil {
			if list {
				err = fmt.Errorf("%s: %w", q.title(i), err)
			}
			return err
		}
		x.Name = q.Name
		right = right && x.Right
		all = append(all, x)
	}
	if err := d.print(std, all, list); err != nil {
		return failure{err}
	}
	if !right {
		return verdict{}
	}
	return nil
}

// questions are the requests of the file, completed by the flags, or the one of the
// flags.
func (d *decide) questions(in io.Reader) (out []question, list bool, err error) {
	for _, t := range d.tags {
		key, value, ok := strings.Cut(t, "=")
		if !ok || key == "" {
			return nil, false, fmt.Errorf("--principal-tag %q is not KEY=VALUE", t)
		}
		d.base.Tags = put(d.base.Tags, key, value)
	}
	for _, c := range d.contexts {
		if err := d.base.addContext(c); err != nil {
			return nil, false, err
		}
	}
	if d.base.Policies.scp, err = parseLevels("scp", d.scps); err != nil {
		return nil, false, err
	}
	if d.base.Policies.rcp, err = parseLevels("rcp", d.rcps); err != nil {
		return nil, false, err
	}
	if d.request == "" {
		return []question{d.base}, false, nil
	}
	text, err := readUpTo(maxRequestFile+1, d.request, in)
	if err != nil {
		return nil, false, err
	}
	out, list, err = parseQuestions(text)
	if err != nil {
		return nil, false, fmt.Errorf("reading the requests of %s: %w", d.request, err)
	}
	for i := range out {
		out[i].complete(&d.base, d.request)
	}
	return out, list, nil
}

func (d *decide) print(std streams, all []decided, list bool) error {
	if d.json && !list {
		return printJSON(std.out, all[0])
	}
	if d.json {
		return printJSON(std.out, all)
	}
	var b strings.Builder
	wrong := 0
	for i, x := range all {
		if list {
			q := question{Name: x.Name}
			fmt.Fprintf(&b, "%s: %s\n", printable(q.title(i)), x.word(std.color))
		} else if x.Expected != "" {
			b.WriteString(x.word(std.color) + "\n")
		}
		if !x.Right {
			wrong++
		}
		if !list || !x.Right || x.Expected == "" {
			for line := range strings.Lines(x.Explanation.Text()) {
				b.WriteString(printable(strings.TrimSuffix(line, "\n")) + "\n")
			}
			for _, note := range x.Notes {
				b.WriteString("note: " + printable(note) + "\n")
			}
		}
	}
	if list {
		fmt.Fprintf(&b, "%s, %d not as expected\n", count(len(all), "request"), wrong)
	}
	_, err := io.WriteString(std.out, b.String())
	return err
}

// word says in short what was decided, and whether that is right.
func (x *decided) word(color bool) string {
	text := "denied"
	if x.Allowed {
		text = "allowed"
	}
	switch {
	case x.Right && x.Expected != "":
		return paint(text+", as expected", "32", color)
	case x.Expected != "":
		return paint("WRONG: "+text+", expected "+x.Expected, "31", color)
	}
	return text
}

// decide answers one question.
func (q *question) decide(l *lint.Linter, files *policyFiles) (x decided, err error) {
	r, err := q.policyRequest(l)
	if err != nil {
		return x, err
	}
	layers, err := q.Policies.layers(files, r.Principal)
	if err != nil {
		return x, err
	}
	layers.ResourceAccount = q.owner(r)
	x.Explanation = layers.Explain(r)
	if d := x.Explanation.Decision; d.Err != nil && d.Layer == policy.LayerRequest {
		return x, d.Err
	}
	x.Allowed, x.Expected, x.Notes = x.Explanation.Allowed, q.Expect, q.Policies.notes(r.Principal, &x.Explanation)
	switch q.Expect {
	case "":
		x.Right = x.Allowed
	case "allow", "deny":
		x.Right = x.Allowed == (q.Expect == "allow")
	default:
		return x, fmt.Errorf("expect is %q, neither allow nor deny", q.Expect)
	}
	return x, nil
}

var errNoPolicies = errors.New("there is no policy to decide by (--identity, --resource, --trust)")
