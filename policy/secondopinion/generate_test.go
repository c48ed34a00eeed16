package secondopinion_test

import (
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick/policy"
)

// A generator makes policies and requests out of so few letters, names and
// values that they meet.
type generator struct{ *rand.Rand }

func newGenerator(seed, n uint64) generator {
	return generator{rand.New(rand.NewPCG(seed, n))}
}

func (g generator) chance(percent int) bool { return g.IntN(100) < percent }

// pick chooses one; of none the zero value.
func pick[T any](g generator, from ...T) T {
	if len(from) == 0 {
		return *new(T)
	}
	return from[g.IntN(len(from))]
}

// word is up to n letters of an alphabet.
func (g generator) word(alphabet string, n int) string {
	letters := []rune(alphabet)
	word := make([]rune, g.IntN(n+1))
	for i := range word {
		word[i] = letters[g.IntN(len(letters))]
	}
	return string(word)
}

// anyCase gives some letters the other case.
func (g generator) anyCase(s string) string {
	if g.chance(85) {
		return s
	}
	return strings.Map(func(c rune) rune {
		if g.chance(50) {
			return c
		}
		return []rune(strings.ToUpper(string(c)))[0]
	}, s)
}

const (
	home   = "111122223333"
	abroad = "444455556666"
)

// callers are one of each type, some in another account, and near relatives:
// another session of the same role, a role made again under the same name.
var callers = []policy.Principal{
	{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/p/a", ID: "AIDAAAAAAAAAAAAAAAAAA", Account: home},
	{Type: policy.User, ARN: "arn:aws:iam::444455556666:user/a", ID: "AIDABBBBBBBBBBBBBBBBB", Account: abroad},
	{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/R/s", RoleARN: "arn:aws:iam::111122223333:role/p/R", ID: "AROAAAAAAAAAAAAAAAAAA:s", Account: home},
	{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/R/t", RoleARN: "arn:aws:iam::111122223333:role/p/R", ID: "AROAAAAAAAAAAAAAAAAAA:t", Account: home},
	{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/R/s", RoleARN: "arn:aws:iam::111122223333:role/p/R", ID: "AROACCCCCCCCCCCCCCCCC:s", Account: home},
	{Type: policy.AssumedRole, ARN: "arn:aws:sts::444455556666:assumed-role/R/s", RoleARN: "arn:aws:iam::444455556666:role/R", ID: "AROABBBBBBBBBBBBBBBBB:s", Account: abroad},
	{Type: policy.FederatedUser, ARN: "arn:aws:sts::111122223333:federated-user/f", ID: "111122223333:f", Account: home},
	{Type: policy.Account, ARN: "arn:aws:iam::111122223333:root", ID: home, Account: home},
	{Type: policy.Account, ARN: "arn:aws:iam::444455556666:root", ID: abroad, Account: abroad},
	{Type: policy.Anonymous},
	{Type: policy.Service, Service: "a.amazonaws.com"},
	{Type: policy.WebIdentity, Federated: "cognito-identity.amazonaws.com"},
	{Type: policy.WebIdentity, Federated: "arn:aws:iam::111122223333:oidc-provider/a"},
}

// strangers ask too, though no policy names them: with a longer id, of another
// partition, without an account, and of no known type.
var strangers = []policy.Principal{
	{Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/RR/s", RoleARN: "arn:aws:iam::111122223333:role/p/RR", ID: "AROAAAAAAAAAAAAAAAAAAA:s", Account: home},
	{Type: policy.User, ARN: "arn:aws-cn:iam::111122223333:user/p/a", ID: "AIDADDDDDDDDDDDDDDDDD", Account: home},
	{Type: policy.User, ARN: "arn:aws:iam:::user/a", ID: "AIDADDDDDDDDDDDDDDDDD"},
	{},
}

// beside are principals that are nearly a caller, and nobody.
var beside = []named{
	{"AWS", "arn:aws:iam::111122223333:user/p/A"},
	{"AWS", "arn:aws:iam::111122223333:user/a"},
	{"AWS", "arn:aws:iam::111122223333:user/p/aa"},
	{"AWS", "arn:aws:iam::111122223333:role/R"},
	{"AWS", "arn:aws:iam::111122223333:role/p/r"},
	{"AWS", "arn:aws:iam::111122223333:role/p/R/s"},
	{"AWS", "arn:aws:sts::111122223333:assumed-role/R/S"},
	{"AWS", "arn:aws:sts::444455556666:assumed-role/R/t"},
	{"AWS", "arn:aws:sts::111122223333:federated-user/F"},
	{"AWS", "arn:aws-cn:iam::111122223333:root"},
	{"AWS", "111122223334"},
	{"AWS", "AROAAAAAAAAAAAAAAAAAB"},
	{"AWS", "AIDAAAAAAAAAAAAAAAAAB"},
	{"Service", "A.amazonaws.com"},
	{"Service", "cognito-identity.amazonaws.com"},
	{"Federated", "Cognito-identity.amazonaws.com"},
	{"Federated", "arn:aws:iam::444455556666:oidc-provider/a"},
}

func (g generator) entry() named {
	c := pick(g, callers...)
	switch {
	case g.chance(6):
		return pick(g, beside...)
	case c.Type == policy.Service:
		return named{"Service", c.Service}
	case c.Type == policy.WebIdentity:
		return named{"Federated", c.Federated}
	case c.Type == policy.Anonymous:
		return pick(g, named{"AWS", "*"}, named{"AWS", "*"}, named{"Service", "b.amazonaws.com"}, named{"CanonicalUser", "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"})
	case c.Type == policy.AssumedRole && g.chance(60):
		id, _, _ := strings.Cut(c.ID, ":")
		return named{"AWS", pick(g, c.RoleARN, c.RoleARN, id)}
	case g.chance(15):
		return named{"AWS", pick(g, c.Account, "arn:aws:iam::"+c.Account+":root")}
	case c.Type == policy.User && g.chance(30):
		return named{"AWS", c.ID}
	}
	return named{"AWS", c.ARN}
}

// principals leans to lists that together name one caller in every way, which
// is what NotPrincipal needs.
func (g generator) principals(kind policy.Kind, not bool) []named {
	if g.chance(35) && !not {
		return []named{{"*", "*"}}
	}
	var out []named
	if not && g.chance(70) {
		c := callers[g.IntN(9)]
		out = append(out, named{"AWS", c.ARN}, named{"AWS", pick(g, c.Account, "arn:aws:iam::"+c.Account+":root")})
		if c.RoleARN != "" && g.chance(70) {
			out = append(out, named{"AWS", c.RoleARN})
		}
	}
	for len(out) == 0 || g.chance(40) {
		out = append(out, g.entry())
	}
	return out
}

func (g generator) action() string {
	if g.chance(1) {
		return pick(g, "", "s", "s:", ":A", "s:A:b", "s:*", "s:A?", "s:A b")
	}
	return g.anyCase(pick(g, "s:", "s:", "s:", "t:") + pick(g, "Ab", "Aa", "AbAb", "B"))
}

func (g generator) actionPattern() string {
	switch g.IntN(10) {
	case 0, 1, 2:
		return "*"
	case 3, 4:
		return pick(g, "s:*", "t:*", "S:*")
	case 5, 6:
		return g.anyCase(pick(g, "s:Ab", "s:Aa", "t:AbAb", "s:B"))
	case 7:
		return pick(g, "s: Ab", "ss:*", "s:A b", "s:*:*")
	}
	return pick(g, "s:", "t:") + pick(g, "a", "A", "*", "?") + g.word("abA*?", 4)
}

func (g generator) path() string {
	return pick(g, "a", "b", "a/", "", "aa") + g.word("ab/:*?", 3)
}

func (g generator) arn() string {
	return "arn:aws:" + pick(g, "s", "s", "t") + ":" + pick(g, "r", "r", "", "rr") + ":" + pick(g, home, home, "", abroad) + ":" + g.path()
}

func (g generator) resource() string {
	if g.chance(1) {
		return pick(g, "", "a", "arn:aws:s", "arn:aws:s:::", "arn:aws:s3:::*", "x:aws:s:::a")
	}
	if g.chance(8) {
		return "*"
	}
	return g.arn()
}

func (g generator) resourcePattern() string {
	switch g.IntN(12) {
	case 0, 1, 2, 3:
		return "*"
	case 4:
		return pick(g, "arn:aws:s:*", "arn:aws:s", "arn:aws:s:r", "arn:aws:s:r:*", "arn:aws:t:r*", "arn:aws:s:r:111122223333", "arn:aws:s:::", "arn:*:s:*", "arn:a?s:s:*:1*")
	case 5:
		return g.arn()
	}
	last := pick(g, "", "a", "*", "?", "b") + g.word("aab**?/:", 3)
	if g.chance(45) {
		last = g.variables(last)
	}
	return "arn:" + pick(g, "aws", "aws", "*", "a?s") + ":" + pick(g, "s", "s", "t") + ":" + pick(g, "*", "*", "r", "r?", "?", "") + ":" +
		pick(g, "*", "*", home, "1*3", "", "${*}") + ":" + last
}

// variables sets one or two variables into a text, well formed or not.
func (g generator) variables(s string) string {
	for range 1 + g.IntN(2) {
		at := g.IntN(len(s) + 1)
		for at > 0 && at < len(s) && strings.Contains(s[:at], "${") {
			at = len(s) // not into another variable, most of the time
		}
		s = s[:at] + g.variable() + s[at:]
	}
	return s
}

func (g generator) variable() string {
	if g.chance(12) {
		return pick(g, "${s:k", "${", "${}", "${s:${s:k}}", "${ s:k}", "${s:k }", "${s:k, ''}", "${s:k, 'a*'}", "${s:none, 'a*'}", "${s:none, 'a}b'}",
			"$s:k", "${s:none, a}", "${none, 'a'}", "${s:none,'a'}", "${s:none, 'a', 'b'}", "${s:none, 'a' }", "${s:none , 'a'}", "${s:none/x, 'a'}", "${**}", "${${s:k}}", "$${s:k}", "${s:none, '''}", "}", "'}")
	}
	return "${" + pick(g, "*", "?", "$", g.anyCase("s:k"), g.anyCase("s:k"), g.anyCase("aws:PrincipalTag/a"), "s:m", "s:none", "s:arn",
		"s:none, 'a'", "s:k, 'b'", "aws:PrincipalTag/a, 'ab'", "s:m, 'a'", "s:none, ''",
		"aws:PrincipalTag/a b", "aws:PrincipalTag/a b, 'b'", "aws:PrincipalTag/\u00c9", "aws:PrincipalTag/\u00e9, '*?'", "s:arn, 'a:b'") + "}"
}

// keysOf are the condition keys; each is good for some operators.
var keysOf = map[string][]string{
	"String": {"s:k", "s:m", "s:k", "s:m", "aws:PrincipalTag/a", "aws:PrincipalTag/\u00e9", "s:none"}, "Numeric": {"s:n", "s:k"}, "Date": {"s:d", "s:k"}, "Bool": {"s:b"}, "Null": {"s:k", "s:m", "s:n", "s:none"},
	"Binary": {"s:bin"}, "Ip": {"s:ip"}, "Arn": {"s:arn", "s:k"},
}

// valuesOf are what requests have; a policy has them too.
var valuesOf = map[string][]string{
	"Numeric": {"1", "2", "10", "-1", "1.5", "01", "1.0", "9007199254740993", "9007199254740992", "-0", "0", "00", "1.50", "1.05", "-1.0", "-10", "0.0000000000000000001"},
	"Date":    {"2024-01-01", "2024-01-01T00:00Z", "2024-01-01T01:00+01:00", "1704067200", "2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00.5Z", "2024-01-02", "2023-12-31T23:59:59Z", "2023-12-31T23:59:59.999999999Z", "2024-01-01T00:00:00+00:00", "1704067199", "1704067201", "2023-12-31T19:00-05:00"},
	"Bool":    {"true", "false", "TRUE", "False", "true", "false"},
	"Null":    {"true", "false"},
	"Binary":  {"YQ==", "YWI=", "YWE=", ""},
	"Ip":      {"10.0.0.1", "10.1.2.3", "10.255.255.255", "11.0.0.0", "9.255.255.255", "10.0.0.2", "10.0.0.0", "0.0.0.0", "2001:db9::", "::1", "2001:db8::1", "2001:DB8:0::1", "192.168.0.1"},
	"Arn":     {"arn:aws:s:::a", "arn:aws:s:::b/a:b", "arn:aws:s:r:1:a", "arn:aws:iam::1:role/a", "arn:aws:s:r:1:"},
}

var oddValues = map[string][]string{
	"Numeric": {"x", "", "1e1", ".5", "5.", "+1", " 1", "0x1", "1_0", "NaN", "١"},
	"Date":    {"x", "", "2024", "2024-01", "2024-01-01T00:00:00", "2024-13-01", "2024-01-01 00:00Z", "-1", "1704067200000", "2024-01-01T24:00Z", "2024-01-01T00:00:00,5Z", "1.5", "2024-01-01t00:00:00z", "2024-01-01T0:00Z", "2024-01-01T23:59:60Z", "2024-01-01T00:00:00+24:00", "2024-02-30", "0000-01-01", "2024-01-01Z", "+1704067200", "99999999999", "2024-01-01T00:00:00.Z"},
	"Bool":    {"", "yes", "1", " true"},
	"Null":    {"TRUE", "x"},
	"Binary":  {"YQ", "YQ=", "Y Q==", "_w==", "YR=="},
	"Ip":      {"x", "", "10.0.0.256", "010.0.0.1", "::ffff:10.0.0.1", "fe80::1%e", "10.0.0.1/8", "10.0.0"},
	"Arn":     {"", "a", "arn:aws:s", "ARN:aws:s:::a", "arn:aws:s::", "x:y:z:a:b:c", "arn:::::", "*"},
}

// operators of the language, by family.
var operators = map[string][]string{
	"String":  {"StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike", "StringNotLike"},
	"Numeric": {"NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals", "NumericGreaterThan", "NumericGreaterThanEquals"},
	"Date":    {"DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan", "DateGreaterThanEquals"},
	"Bool":    {"Bool"}, "Null": {"Null"}, "Binary": {"BinaryEquals"}, "Ip": {"IpAddress", "NotIpAddress"},
	"Arn": {"ArnEquals", "ArnNotEquals", "ArnLike", "ArnNotLike"},
}

var families = []string{"String", "String", "String", "Numeric", "Date", "Bool", "Null", "Binary", "Ip", "Arn"}

func (g generator) condition() test {
	family := pick(g, families...)
	operator := pick(g, operators[family]...)
	if family != "Null" {
		operator = pick(g, "", "", "", "ForAllValues:", "ForAnyValue:") + operator + pick(g, "", "", "IfExists")
	}
	c := test{operator: operator, key: pick(g, keysOf[family]...)}
	if g.chance(8) {
		c.key = pick(g, keysOf[pick(g, families...)]...)
	}
	c.key = g.anyCase(c.key)
	for len(c.values) == 0 || g.chance(40) {
		c.values = append(c.values, g.policyValue(family))
	}
	return c
}

func (g generator) policyValue(family string) string {
	switch {
	case family == "String":
		s := g.word("aab*?", 3)
		if g.chance(30) {
			s = g.variables(s)
		}
		return g.anyCase(s)
	case family == "Ip" && g.chance(50):
		return pick(g, "10.0.0.0/8", "10.1.2.3/8", "0.0.0.0/0", "::/0", "2001:db8::/32", "10.0.0.1/32", "10.0.0.0/31", "10.0.0.0/33", "10.0.0.0/08")
	case family == "Arn" && g.chance(15):
		return pick(g, "${s:arn}", "arn:aws:${s:k}:*:*:*", "arn:aws:s:*:*:${s:k}:b", "arn:aws:s:*:${s:none}:*", "${s:k}:aws:s:::a", "arn:${s:arn}", "arn:aws:s:::${s:none")
	case family == "Arn" && g.chance(60):
		s := pick(g, "arn:aws:s:::*", "arn:*:s:*:*:a", "arn:aws:s:::a*", "arn:aws:*:*:*:?", "arn:aws:s:*", "arn:*", "*", "arn:aws:s:r:1:", "arn:aws:s:::")
		if g.chance(40) {
			s += pick(g, "${s:k}", "${*}", "${s:none}", "${s:none, 'a'}")
		}
		return s
	case family == "Bool" && g.chance(5):
		return "${s:b}"
	case g.chance(4):
		return pick(g, oddValues[family]...)
	}
	return pick(g, valuesOf[family]...)
}

// pass is a statement that lets everything pass, if only by delegation to the
// accounts.
func (g generator) pass(kind policy.Kind) clause {
	s := clause{effect: "Allow", actions: []string{"*"}, resources: []string{"*"}}
	switch kind {
	case policy.Trust:
		s.actions, s.resources = []string{"sts:*"}, nil
		s.principals = []named{{"AWS", home}, {"AWS", abroad}}
	case policy.Resource:
		s.principals = []named{{"AWS", home}, {"AWS", abroad}}
	case policy.ResourceControl:
		s.principals = []named{{"*", "*"}}
	}
	return s
}

func (g generator) clause(kind policy.Kind) clause {
	s := clause{effect: pick(g, "Allow", "Allow", "Allow", "Deny")}
	if kind == policy.ResourceControl {
		s.effect, s.principals = "Deny", []named{{"*", "*"}}
	}
	if kind == policy.Trust || kind == policy.Resource {
		s.notPrincipal = s.effect == "Deny" && kind == policy.Resource && g.chance(40)
		s.principals = g.principals(kind, s.notPrincipal)
	}
	for len(s.actions) == 0 || g.chance(35) {
		s.actions = append(s.actions, g.actionPattern())
	}
	s.notAction = g.chance(15)
	if kind == policy.ResourceControl { // which deny some actions only
		s.actions, s.notAction = []string{pick(g, "s:*", "S:*", "t:*", "s:A*", "?:*", "s:Ab")}, false
	}
	if kind == policy.Trust {
		s.actions, s.notAction = g.trustActions(), false
	} else {
		for len(s.resources) == 0 || g.chance(35) {
			s.resources = append(s.resources, g.resourcePattern())
		}
		s.notResource = g.chance(15)
	}
	if g.chance(35) { // so that the conditions decide
		s.actions, s.notAction = []string{pick(g, "*", "*", "S:*")}, false
		if kind == policy.ResourceControl {
			s.actions = []string{"s:*"}
		}
		if kind == policy.Trust {
			s.actions = []string{"sts:*"}
		} else {
			s.resources, s.notResource = []string{"*"}, false
		}
		s.conditions = append(s.conditions, g.condition())
	}
	for g.chance(40) {
		c := g.condition()
		if !slices.ContainsFunc(s.conditions, func(d test) bool { return d.operator == c.operator && d.key == c.key }) {
			s.conditions = append(s.conditions, c)
		}
	}
	return s
}

func (g generator) trustActions() []string {
	var out []string
	for len(out) == 0 || g.chance(40) {
		out = append(out, pick(g, "sts:AssumeRole", "sts:AssumeRole", "sts:TagSession", "sts:AssumeRoleWithWebIdentity", "sts:*", "sts:Assume*", "sts:assumerole"))
	}
	return out
}

func (g generator) draft(kind policy.Kind) draft {
	d := draft{version: policy.Version2012}
	if g.chance(12) && kind != policy.Managed && kind != policy.Boundary && kind != policy.ResourceControl {
		d.version = pick(g, policy.Version2008, "")
	}
	for len(d.statements) == 0 || len(d.statements) < 6 && g.chance(65) {
		d.statements = append(d.statements, g.clause(kind))
	}
	return d
}
