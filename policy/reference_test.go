package policy_test

import (
	"encoding/base64"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick/policy"
)

// This file is a second evaluator, plain and slow, written from the rules and not from the first: regular expressions instead
// of templates, no index, no layers in between. It shares with the first only the parser.

type reference struct {
	*policy.Request
	layers *policy.Layers
}

// allowed decides by the table of the IAM User Guide, as one expression.
func (x reference) allowed() bool {
	l, p := x.layers, x.Principal
	sets := slices.Concat(l.ServiceControl, l.ResourceControl, []*policy.Set{l.Identity, l.Boundary, l.Session})
	for _, s := range sets {
		if x.any(s, "Deny") {
			return false
		}
	}
	for _, s := range slices.Concat(l.ServiceControl, l.ResourceControl) {
		if !x.any(s, "Allow") {
			return false
		}
	}
	names := map[string]bool{}
	if l.Resource != nil {
		d := l.Resource.Document()
		for i := range d.Statements {
			s := &d.Statements[i]
			named := x.named(s)
			if len(named) == 0 || !x.applies(d, s) {
				continue
			}
			if s.Effect == "Deny" {
				return false
			}
			for _, n := range named {
				names[n] = true
			}
		}
	}
	root := p.Type == policy.Account
	identity := root || x.any(l.Identity, "Allow")
	boundary := root || l.Boundary == nil || x.any(l.Boundary, "Allow")
	session := l.Session == nil || x.any(l.Session, "Allow")
	granted := len(names) > 0
	switch {
	case p.Type == policy.Anonymous:
		return granted && !l.Trust
	case p.Type == policy.Service || p.Type == policy.WebIdentity:
		return granted
	case p.Account != x.owner():
		return granted && identity && boundary && session
	case l.Trust && !granted:
		return false
	case names["self"], names["*"] && !l.Trust:
		return session || !l.LimitSessions
	case names["role"]:
		return boundary && session
	}
	return identity && boundary && session
}

func (x reference) owner() string {
	if x.layers.ResourceAccount != "" {
		return x.layers.ResourceAccount
	}
	if x.Resource == "*" {
		return x.Principal.Account
	}
	return strings.SplitN(x.Resource, ":", 6)[4]
}

func (x reference) any(s *policy.Set, effect string) bool {
	for _, p := range s.Policies() {
		d := p.Document()
		for i := range d.Statements {
			if d.Statements[i].Effect == effect && x.applies(d, &d.Statements[i]) {
				return true
			}
		}
	}
	return false
}

// named lists the ways in which a statement names the principal: self, role, account, "*".
func (x reference) named(s *policy.Statement) []string {
	p := x.Principal
	ways := func(entries []policy.PrincipalEntry) (out []string) {
		for _, e := range entries {
			user := p.Type == policy.User || p.Type == policy.AssumedRole || p.Type == policy.FederatedUser
			inAccount := (user || p.Type == policy.Account) && (e.Value == p.Account || e.Value == "arn:aws:iam::"+p.Account+":root")
			switch {
			case e.Value == "*":
				out = append(out, "*")
			case user && e.Value == p.ARN, e.Type == "Service" && p.Type == policy.Service && e.Value == p.Service,
				e.Type == "Federated" && p.Type == policy.WebIdentity && e.Value == p.Federated, inAccount && p.Type == policy.Account:
				out = append(out, "self")
			case p.Type == policy.AssumedRole && (e.Value == p.RoleARN || e.Value == strings.Split(p.ID, ":")[0]):
				out = append(out, "role")
			case inAccount:
				out = append(out, "account")
			}
		}
		return out
	}
	if len(s.NotPrincipal) > 0 {
		have := ways(s.NotPrincipal)
		need := map[policy.PrincipalType][]string{
			policy.AssumedRole: {"self", "role", "account"}, policy.User: {"self", "account"}, policy.FederatedUser: {"self", "account"},
		}[p.Type]
		if need == nil {
			need = []string{"self"}
		}
		for _, n := range need {
			if !slices.Contains(have, n) && !slices.Contains(have, "*") {
				return []string{"*"}
			}
		}
		return nil
	}
	out := ways(s.Principals)
	if s.Effect == "Allow" && p.Type == policy.WebIdentity {
		out = slices.DeleteFunc(out, func(n string) bool { return n == "*" })
	}
	return out
}

func (x reference) applies(d *policy.Document, s *policy.Statement) bool {
	vars := d.Version == policy.Version2012
	action := func(a string) bool {
		return regexp.MustCompile("(?i)^" + wildcards(a) + "$").MatchString(x.Action)
	}
	if slices.ContainsFunc(slices.Concat(s.Actions, s.NotActions), action) != (len(s.Actions) > 0) {
		return false
	}
	careful := s.Effect == "Deny" == (len(s.NotResources) == 0)
	resource := func(r string) bool { return x.resource(r, vars, careful) }
	if slices.ContainsFunc(slices.Concat(s.Resources, s.NotResources), resource) != (len(s.Resources) > 0) {
		return false
	}
	for i := range s.Conditions {
		if !x.condition(&s.Conditions[i], s.Effect == "Deny", vars) {
			return false
		}
	}
	return true
}

func (x reference) resource(pattern string, vars, careful bool) bool {
	if pattern == "*" || x.Resource == "*" {
		return pattern == "*"
	}
	want, have := strings.SplitN(pattern, ":", 6), strings.SplitN(x.Resource, ":", 6)
	if len(want) < 6 && !careful && !strings.HasSuffix(pattern, "*") {
		return false
	}
	for i := range want {
		if !x.like(want[i], have[i], true, vars && i == 5, "") {
			return false
		}
	}
	return true
}

func wildcards(s string) string {
	return strings.NewReplacer(`\*`, ".*", `\?`, ".").Replace(regexp.QuoteMeta(s))
}

var variablePattern = regexp.MustCompile(`\$\{[^}]*\}`)

// like matches with wildcards and variables by a regular expression.
func (x reference) like(pattern, s string, wild, vars bool, flags string) bool {
	plain := regexp.QuoteMeta
	if wild {
		plain = wildcards
	}
	var re strings.Builder
	for vars {
		at := variablePattern.FindStringIndex(pattern)
		if at == nil {
			break
		}
		value, ok := x.variable(pattern[at[0]+2 : at[1]-1])
		if !ok {
			return false
		}
		re.WriteString(plain(pattern[:at[0]]) + regexp.QuoteMeta(value))
		pattern = pattern[at[1]:]
	}
	return regexp.MustCompile("(?s" + flags + ")^" + re.String() + plain(pattern) + "$").MatchString(s)
}

func (x reference) variable(inside string) (string, bool) {
	if len(inside) == 1 {
		return inside, true
	}
	name, fallback, hasDefault := strings.Cut(inside, ", ")
	values, multi, present := x.Context.Lookup(name)
	if !present {
		return strings.Trim(fallback, "'"), hasDefault && fallback != "''"
	}
	return strings.Join(values, ""), !multi && values[0] != ""
}

func (x reference) condition(c *policy.Condition, deny, vars bool) bool {
	values, multi, present := x.Context.Lookup(c.Key)
	empty := strings.Join(values, "") == ""
	op, ifExists := strings.CutSuffix(c.Operator, "IfExists")
	op, all := strings.CutPrefix(op, "ForAllValues:")
	op, some := strings.CutPrefix(op, "ForAnyValue:")
	negated := strings.Contains(op, "Not")
	op = strings.Replace(op, "Not", "", 1)
	one := func(v string) bool {
		var found []string
		for _, want := range c.Values {
			found = append(found, x.compare(op, want, v, vars))
		}
		switch {
		case slices.Contains(found, "yes"):
			return !negated
		case slices.Contains(found, "malformed"):
			return negated && deny
		}
		return negated
	}
	switch {
	case op == "Null" && len(values) > 0 && empty:
		return deny
	case op == "Null":
		return slices.Contains(c.Values, strconv.FormatBool(len(values) == 0))
	case all:
		return empty || !slices.ContainsFunc(values, func(v string) bool { return !one(v) })
	case some && !present:
		return ifExists && deny
	case some:
		return slices.ContainsFunc(values, one)
	case !present:
		return ifExists || negated
	}
	return !multi && one(values[0])
}

// compare says "yes", "no" or "malformed".
func (x reference) compare(op, want, v string, vars bool) string {
	answer := func(yes bool, errs ...error) string {
		for _, err := range errs {
			if err != nil {
				return "malformed"
			}
		}
		return map[bool]string{true: "yes", false: "no"}[yes]
	}
	switch op {
	case "StringEquals":
		return answer(x.like(want, v, false, vars, ""))
	case "StringEqualsIgnoreCase":
		return answer(x.like(want, v, false, vars, "i"))
	case "StringLike":
		return answer(x.like(want, v, true, vars, ""))
	case "NumericLessThan", "NumericEquals":
		a, err1 := strconv.ParseFloat(v, 64)
		b, err2 := strconv.ParseFloat(want, 64)
		return answer(op == "NumericLessThan" && a < b || op == "NumericEquals" && a == b, err1, err2)
	case "DateGreaterThan":
		a, err1 := date(v)
		b, err2 := date(want)
		return answer(a.After(b), err1, err2)
	case "Bool":
		_, err := strconv.ParseBool(v)
		if len(v) == 1 {
			return "malformed" // ParseBool takes more than AWS
		}
		return answer(strings.EqualFold(v, want), err)
	case "IpAddress":
		a, err1 := netip.ParseAddr(v)
		b, err2 := netip.ParsePrefix(want)
		return answer(err1 == nil && b.Contains(a), err1, err2)
	case "BinaryEquals":
		_, err := base64.StdEncoding.DecodeString(v)
		return answer(v == want, err)
	case "ArnLike", "ArnEquals":
		a, b := strings.SplitN(v, ":", 6), strings.SplitN(strings.ReplaceAll(want, "${t:x}", "${tx}"), ":", 6)
		if len(a) < 6 || len(b) < 6 || a[5] == "" {
			return "malformed"
		}
		for i := range a {
			if !x.like(strings.ReplaceAll(b[i], "${tx}", "${t:x}"), a[i], true, vars, "") {
				return "no"
			}
		}
		return "yes"
	}
	panic("the reference does not know " + op)
}

func date(s string) (time.Time, error) {
	if sec, err := strconv.ParseInt(s, 10, 64); err == nil {
		return time.Unix(sec, 0), nil
	}
	return time.Parse("2006-01-02", s)
}
