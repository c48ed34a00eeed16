package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxPolicy bounds the policy of a function, in bytes. Source: AWS Lambda Developer
// Guide, "Lambda quotas".
const maxPolicy = 20 << 10

// grants are the statements that AddPermission has made for one function, version
// or alias.
type grants struct {
	Statements []statement `json:"statements"`
	Revision   string      `json:"revision"`
}

// A statement is one permission as it was asked for.
type statement struct {
	Sid       string `json:"sid"`
	Action    string `json:"action"`
	Principal string `json:"principal"` // service, account, ARN or "*"
	// RoleID is the unique id of a role that Principal names: a role made anew under
	// its name is not who was meant.
	RoleID           string `json:"roleId,omitempty"`
	SourceARN        string `json:"sourceArn,omitempty"`
	SourceAccount    string `json:"sourceAccount,omitempty"`
	OrgID            string `json:"orgId,omitempty"`
	EventSourceToken string `json:"eventSourceToken,omitempty"`
	URLAuth          string `json:"urlAuth,omitempty"`
	ViaURL           string `json:"viaUrl,omitempty"` // "true" or "false"
}

// What a policy looks like; the order of members is AWS's.
type (
	documentText struct {
		Version   string          `json:"Version"`
		ID        string          `json:"Id"`
		Statement []statementText `json:"Statement"`
	}
	statementText struct {
		Sid       string                       `json:"Sid"`
		Effect    string                       `json:"Effect"`
		Principal any                          `json:"Principal"`
		Action    string                       `json:"Action"`
		Resource  string                       `json:"Resource"`
		Condition map[string]map[string]string `json:"Condition,omitempty"`
	}
)

var accountForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9]{12}$`) })

// text is a statement as AWS writes it. enforced has the role's id in place of its
// name.
func (s *statement) text(at ref, enforced bool) statementText {
	out := statementText{Sid: s.Sid, Effect: "Allow", Action: s.Action, Resource: at.arn()}
	switch {
	case s.Principal == "*":
		out.Principal = "*"
	case enforced && s.RoleID != "":
		out.Principal = map[string]string{"AWS": s.RoleID}
	case accountForm().MatchString(s.Principal):
		out.Principal = map[string]string{"AWS": "arn:aws:iam::" + s.Principal + ":root"}
	case strings.HasPrefix(s.Principal, "arn:"):
		out.Principal = map[string]string{"AWS": s.Principal}
	default:
		out.Principal = map[string]string{"Service": s.Principal}
	}
	for _, c := range []struct{ operator, key, value string }{
		{"StringEquals", "AWS:SourceAccount", s.SourceAccount},
		{"StringEquals", "aws:PrincipalOrgID", s.OrgID},
		{"StringEquals", "lambda:EventSourceToken", s.EventSourceToken},
		{"StringEquals", "lambda:FunctionUrlAuthType", s.URLAuth},
		{"Bool", "lambda:InvokedViaFunctionUrl", s.ViaURL},
		{"ArnLike", "AWS:SourceArn", s.SourceARN},
	} {
		if c.value == "" {
			continue
		}
		if out.Condition == nil {
			out.Condition = map[string]map[string]string{}
		}
		if out.Condition[c.operator] == nil {
			out.Condition[c.operator] = map[string]string{}
		}
		out.Condition[c.operator][c.key] = c.value
	}
	return out
}

// document is the policy of what at names, as JSON.
func (g *grants) document(at ref, enforced bool) (string, error) {
	doc := documentText{Version: "2012-10-17", ID: "default"}
	for i := range g.Statements {
		doc.Statement = append(doc.Statement, g.Statements[i].text(at, enforced))
	}
	return compact(doc)
}

// compact prints JSON as AWS does, without escapes for HTML.
func compact(v any) (string, error) {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimSpace(b.String()), err
}

// compiled is the policy as it is enforced, nil without statements. One that cannot
// be read denies.
func (g *grants) compiled(at ref) *policy.Policy {
	if g == nil || len(g.Statements) == 0 {
		return nil
	}
	name := "policy of " + at.arn()
	text, err := g.document(at.with(policyOf(at.qualifier)), true)
	if err != nil {
		return policy.Broken(name, err)
	}
	return policy.Read(policy.Resource, name, text)
}

func (g *grants) find(sid string) int {
	if g != nil {
		for i := range g.Statements {
			if g.Statements[i].Sid == sid {
				return i
			}
		}
	}
	return -1
}

// permissionOn is the check of an operation on a policy, with what it says of the
// statement that it is about.
func (a *API) permissionOn(ctx context.Context, action string, at ref, s *statement) ([]authz.Check, error) {
	c, err := a.on(ctx, action, at)
	if err == nil && s != nil {
		c.Keys.Set(keyPrincipal, s.Principal)
		if s.URLAuth != "" {
			c.Keys.Set(keyURLAuth, s.URLAuth)
		}
	}
	return []authz.Check{c}, err
}

func (a *API) mayAddPermission(ctx context.Context, call *bailiwick.Call, in *AddPermissionRequest) ([]authz.Check, error) {
	at, err := parse(call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	return a.permissionOn(ctx, "AddPermission", at, &statement{Principal: *in.Principal, URLAuth: text(in.FunctionUrlAuthType)})
}

func (a *API) mayRemovePermission(ctx context.Context, call *bailiwick.Call, in *RemovePermissionRequest) ([]authz.Check, error) {
	at, err := parse(call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	var s *statement
	err = a.view(ctx, func(r store.Reader) error {
		g, err := get[grants](r, policyKey(at, at.qualifier))
		if i := g.find(*in.StatementId); i >= 0 {
			s = &g.Statements[i]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return a.permissionOn(ctx, "RemovePermission", at, s)
}

func (a *API) mayGetPolicy(ctx context.Context, call *bailiwick.Call, in *GetPolicyRequest) ([]authz.Check, error) {
	return a.may(ctx, call, "GetPolicy", in.FunctionName, in.Qualifier)
}

// newStatement reads what AddPermission asks for.
func (a *API) newStatement(ctx context.Context, in *AddPermissionRequest) (statement, error) {
	s := statement{
		Sid: *in.StatementId, Action: *in.Action, Principal: *in.Principal, SourceARN: text(in.SourceArn), SourceAccount: text(in.SourceAccount),
		OrgID: text(in.PrincipalOrgID), EventSourceToken: text(in.EventSourceToken), URLAuth: text(in.FunctionUrlAuthType),
	}
	if in.InvokedViaFunctionUrl != nil {
		s.ViaURL = map[bool]string{true: "true", false: "false"}[*in.InvokedViaFunctionUrl]
	}
	bad := invalid("The provided principal was invalid. Please check the principal and try again.")
	switch parsed, err := arn.Parse(s.Principal); {
	case s.OrgID != "" && s.Principal != "*":
		return s, invalid("The PrincipalOrgID is for the principal *.")
	case s.Principal == "*", accountForm().MatchString(s.Principal):
	case !strings.HasPrefix(s.Principal, "arn:"):
		if !strings.HasSuffix(s.Principal, ".amazonaws.com") && !strings.HasSuffix(s.Principal, ".amazon.com") {
			return s, bad
		}
	case err != nil:
		return s, bad
	case parsed.Service == "iam" && strings.HasPrefix(parsed.Resource, "role/"):
		role, err := a.Roles.Role(ctx, s.Principal)
		if errors.Is(err, bailiwick.ErrNoRole) {
			return s, bad
		}
		if err != nil {
			return s, err
		}
		s.RoleID = role.ID
	}
	g := grants{Statements: []statement{s}}
	for _, enforced := range []bool{false, true} {
		doc, err := g.document(ref{account: "000000000000", region: "us-east-1", name: "x"}, enforced)
		if err != nil {
			return s, err
		}
		var syntax *policy.SyntaxError
		if _, err := policy.Parse(policy.Resource, doc); errors.As(err, &syntax) {
			return s, bad
		} else if err != nil {
			return s, err
		}
	}
	return s, nil
}

func (a *API) addPermission(ctx context.Context, call *bailiwick.Call, in *AddPermissionRequest) (*AddPermissionResponse, error) {
	at, err := parse(call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	if at.qualifier == latest {
		return nil, invalid("We currently do not support adding policies for $LATEST.")
	}
	s, err := a.newStatement(ctx, in)
	if err != nil {
		return nil, err
	}
	id, err := a.newID()
	if err != nil {
		return nil, err
	}
	err = a.changePolicy(ctx, at, in.RevisionId, id, func(g *grants) error {
		if g.find(s.Sid) >= 0 {
			return bailiwick.Errorf(codeConflict, "The statement id (%s) provided already exists. Please provide a new statement id, or remove the existing statement.", s.Sid)
		}
		g.Statements = append(g.Statements, s)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out, err := compact(s.text(at, false))
	return &AddPermissionResponse{Statement: &out}, err
}

// changePolicy alters the policy of a function, version or alias that exists.
func (a *API) changePolicy(ctx context.Context, at ref, revision *string, id string, fn func(*grants) error) error {
	return a.Store.Update(ctx, func(tx store.Tx) error {
		f, err := findFunction(tx, at)
		if err != nil {
			return err
		}
		if _, err := findVersion(tx, at, f, 1); err != nil {
			return err
		}
		g, err := get[grants](tx, policyKey(at, at.qualifier))
		if err != nil {
			return err
		}
		if g == nil {
			g = &grants{}
		}
		if revision != nil && *revision != or(g.Revision, f.Latest.Revision) {
			return stale("GetPolicy")
		}
		if err := fn(g); err != nil {
			return err
		}
		doc, err := g.document(at, false)
		if err != nil {
			return err
		}
		if len(doc) > maxPolicy {
			return bailiwick.Errorf(codePolicyLength, "The final policy size (%d) is bigger than the limit (%d).", len(doc), maxPolicy)
		}
		g.Revision = id
		if len(g.Statements) == 0 {
			return tx.Delete(policyKey(at, at.qualifier))
		}
		return store.PutJSON(tx, policyKey(at, at.qualifier), g)
	})
}

func (a *API) removePermission(ctx context.Context, call *bailiwick.Call, in *RemovePermissionRequest) (*nothing, error) {
	at, err := parse(call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	id, err := a.newID()
	if err != nil {
		return nil, err
	}
	return nil, a.changePolicy(ctx, at, in.RevisionId, id, func(g *grants) error {
		i := g.find(*in.StatementId)
		switch {
		case len(g.Statements) == 0:
			return bailiwick.Errorf(codeNotFound, "No policy is associated with the given resource.")
		case i < 0:
			return bailiwick.Errorf(codeNotFound, "Statement %s is not found in resource policy.", *in.StatementId)
		}
		g.Statements = append(g.Statements[:i:i], g.Statements[i+1:]...)
		return nil
	})
}

func (a *API) getPolicy(ctx context.Context, call *bailiwick.Call, in *GetPolicyRequest) (*GetPolicyResponse, error) {
	at, err := parse(call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	var g *grants
	err = a.view(ctx, func(r store.Reader) error {
		if f, err := findFunction(r, at); err != nil {
			return err
		} else if _, err := findVersion(r, at, f, 1); err != nil {
			return err
		}
		g, err = get[grants](r, policyKey(at, at.qualifier))
		return err
	})
	if err != nil {
		return nil, err
	}
	if g == nil {
		return nil, noResource()
	}
	doc, err := g.document(at, false)
	return &GetPolicyResponse{Policy: &doc, RevisionId: &g.Revision}, err
}
