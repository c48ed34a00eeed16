package authz

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

var errLong = errors.New("too long")

// sealUpTo is a seal that takes so many bytes.
func sealUpTo(n int) func([]byte) (string, error) {
	return func(text []byte) (string, error) {
		if len(text) > n {
			return "", errLong
		}
		return string(text), nil
	}
}

func isLong(err error) bool { return errors.Is(err, errLong) }

// refusalOf decides as Authorize does, and explains.
func refusalOf(t *testing.T, who policy.Principal, identity string, keys map[string][]string) policy.Explanation {
	t.Helper()
	r := &policy.Request{Principal: who, Action: "dynamodb:GetItem", Resource: "arn:aws:dynamodb:us-east-1:111122223333:table/T", Context: new(policy.Context)}
	for k, v := range keys {
		r.Context.SetAll(k, v)
	}
	r.Context.Set("aws:PrincipalTag/org", "acme")
	l := policy.Layers{Identity: policy.NewSet(parse(t, identity))}
	x := l.Explain(r)
	if x.Allowed {
		t.Fatal("allowed")
	}
	return x
}

func TestEncodeMessage(t *testing.T) {
	ann := policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/app/ann", ID: "AIDAEXAMPLE", Account: "111122223333"}
	session := policy.Principal{
		Type: policy.AssumedRole, ARN: "arn:aws:sts::111122223333:assumed-role/R/s", RoleARN: "arn:aws:iam::111122223333:role/R", ID: "AROAEXAMPLE:s", Account: "111122223333",
	}
	keys := map[string][]string{"dynamodb:LeadingKeys": {"globex#1", "<&>"}}
	const context = `"action":"dynamodb:GetItem","resource":"arn:aws:dynamodb:us-east-1:111122223333:table/T","conditions":{"items":[` +
		`{"key":"dynamodb:LeadingKeys","values":{"items":[{"value":"globex#1"},{"value":"<&>"}]}},{"key":"aws:PrincipalTag/org","values":{"items":[{"value":"acme"}]}}]}}}`
	const denies = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"Rows","Effect":"Deny","Action":["dynamodb:Get*","dynamodb:PutItem"],"Resource":"*",` +
		`"Condition":{"ForAnyValue:StringNotLike":{"dynamodb:LeadingKeys":["${aws:PrincipalTag/org}#*"]}}},{"Effect":"Deny","Action":"iam:*","Resource":"*"}]}`
	for name, tt := range map[string]struct {
		who            policy.Principal
		identity, want string
	}{
		"implicit": {ann, byID, `{"allowed":false,"explicitDeny":false,"matchedStatements":{"items":[]},"failures":{"items":[]},` +
			`"context":{"principal":{"id":"AIDAEXAMPLE","name":"ann","arn":"arn:aws:iam::111122223333:user/app/ann"},` + context},
		"all but": {ann, `{"Version":"2012-10-17","Statement":{"Effect":"Deny","NotAction":"iam:*","NotResource":"arn:aws:s3:::b"}}`, `{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"","effect":"DENY",` +
			`"principals":{"items":[{"value":"AIDAEXAMPLE"}]},"principalGroups":{"items":[]},"actions":{"items":[]},"resources":{"items":[]},"conditions":{"items":[]}}]},"failures":{"items":[]},` +
			`"context":{"principal":{"id":"AIDAEXAMPLE","name":"ann","arn":"arn:aws:iam::111122223333:user/app/ann"},` + context},
		"explicit": {session, denies, `{"allowed":false,"explicitDeny":true,"matchedStatements":{"items":[{"statementId":"Rows","effect":"DENY",` +
			`"principals":{"items":[{"value":"AROAEXAMPLE"}]},"principalGroups":{"items":[]},"actions":{"items":[{"value":"dynamodb:Get*"},{"value":"dynamodb:PutItem"}]},` +
			`"resources":{"items":[{"value":"*"}]},"conditions":{"items":[{"key":"dynamodb:LeadingKeys","values":{"items":[{"value":"acme#*"}]}}]}}]},"failures":{"items":[]},` +
			`"context":{"principal":{"id":"AROAEXAMPLE:s","arn":"arn:aws:sts::111122223333:assumed-role/R/s"},` + context},
	} {
		x := refusalOf(t, tt.who, tt.identity, keys)
		if got, err := EncodeMessage(&x, sealUpTo(1<<20), isLong); err != nil || got != tt.want {
			t.Errorf("%s: %v\n%s\nwant\n%s", name, err, got, tt.want)
		}
	}
}

// TestEncodeMessageFits: whatever a caller sends, and policies say, there is a
// message, which says where something was left out.
func TestEncodeMessageFits(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	noise := func(n int) string {
		b := make([]rune, n)
		for i := range b {
			b[i] = rune(0x4e00 + r.IntN(0x5000))
		}
		return string(b)
	}
	keys := map[string][]string{}
	for i := range 300 {
		var values []string
		for range 1 + i%50 {
			values = append(values, noise(300))
		}
		keys[fmt.Sprintf("aws:RequestTag/%s%d", noise(100), i)] = values
	}
	keys["dynamodb:LeadingKeys"] = []string{"globex#1", "x"}
	var statements []string
	for i := range 36 {
		statements = append(statements, fmt.Sprintf(`{"Sid":"S%d","Effect":"Deny","Action":["dynamodb:*","a:%s"],"Resource":"*","Condition":{"StringNotEquals":{"t:%s":"%s"}}}`, i, strings.Repeat("b", 20), "k", strings.Repeat("v", 5)))
	}
	who := policy.Principal{Type: policy.User, ARN: "arn:aws:iam::111122223333:user/" + strings.Repeat("p/", 200) + "ann", ID: "AIDAEXAMPLE", Account: "111122223333"}
	x := refusalOf(t, who, `{"Version":"2012-10-17","Statement":[`+strings.Join(statements, ",")+`]}`, keys)
	for _, size := range []int{1 << 24, 1 << 18, 1 << 16, 1 << 15, 7600} {
		got, err := EncodeMessage(&x, sealUpTo(size), isLong)
		var m Message
		if err != nil || json.Unmarshal([]byte(got), &m) != nil {
			t.Errorf("within %d bytes: %v, %.100s", size, err, got)
			continue
		}
		short := strings.Contains(got, "... ") && strings.Contains(got, `..."`)
		if short == (size == 1<<24) || !m.ExplicitDeny || len(m.MatchedStatements.Items) == 0 || m.Context.Conditions.Items[0].Key != "dynamodb:LeadingKeys" || m.Context.Action != "dynamodb:GetItem" {
			t.Errorf("within %d bytes: %d statements, %d keys, %.300s", size, len(m.MatchedStatements.Items), len(m.Context.Conditions.Items), got)
		}
	}
	broken := errors.New("no randomness")
	if _, err := EncodeMessage(&x, func([]byte) (string, error) { return "", broken }, isLong); !errors.Is(err, broken) {
		t.Errorf("a seal that fails: %v", err)
	}
	if _, err := EncodeMessage(&x, sealUpTo(10), isLong); !errors.Is(err, errLong) {
		t.Errorf("nothing fits: %v", err)
	}
}
