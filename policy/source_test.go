package policy_test

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

func TestSource(t *testing.T) {
	text := "{\"Statement\": [\n  {\"Action\": \"a\", \"Résource\": [\"b\",\n \"c\"], \"Condition\": {\"StringLike\": {\"aws:PrincipalTag/org\": [\"x\", \"y\"]}}}\n]}"
	s, err := policy.ReadSource(text)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]int{
		"":                       {1, 1},
		"Statement":              {1, 15},
		"Statement,0":            {2, 3},
		"Statement,0,Action":     {2, 14},
		"Statement,0,Action,0":   {2, 14},
		"Statement,0,Action,1":   {2, 14},
		"Statement,0,Résource,1": {3, 2},
		"Statement,0,Résource,0": {2, 32},
		"Statement,7,Action":     {1, 15},
		"Statement,0,Effect":     {2, 3},
		"Statement,0,Condition,StringLike,aws:PrincipalTag/org,1": {3, 67},
	} {
		var steps []string
		if path != "" {
			steps = strings.Split(path, ",")
		}
		if line, column := s.Position(steps...); line != want[0] || column != want[1] {
			t.Errorf("%s is at %d:%d, want %v", path, line, column, want)
		}
	}
	for _, bad := range []string{"", "{", "{}x", `{"a":1,"a":2}`, strings.Repeat(" ", 1<<18)} {
		if _, err := policy.ReadSource(bad); err == nil {
			t.Errorf("%.20q is read", bad)
		}
	}
}

func TestGuessedKind(t *testing.T) {
	for text, want := range map[string]policy.Kind{
		`{}`:               policy.Identity,
		`[]`:               policy.Identity,
		`{"Statement":[]}`: policy.Identity,
		`{"Statement":{"Action":"s3:*","Resource":"*"}}`:                                            policy.Identity,
		`{"Statement":{"Principal":"*","Action":"s3:*","Resource":"*"}}`:                            policy.Resource,
		`{"Statement":[{},{"NotPrincipal":"*","Action":["s3:*"],"NotResource":"*"}]}`:               policy.Resource,
		`{"Statement":{"Principal":{"AWS":"1"},"Action":"sts:AssumeRole"}}`:                         policy.Trust,
		`{"Statement":{"Principal":{"AWS":"1"},"Action":["STS:AssumeRole"],"Resource":"*"}}`:        policy.Trust,
		`{"Statement":{"Principal":{"AWS":"1"},"Action":["sts:AssumeRole","s3:*"],"Resource":"*"}}`: policy.Resource,
		`{"Statement":{"Principal":{"AWS":"1"},"Action":[],"Resource":"*"}}`:                        policy.Resource,
	} {
		s, err := policy.ReadSource(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Kind(); got != want {
			t.Errorf("%s is of kind %s, want %s", text, got, want)
		}
	}
}

// TestFaultsAreLocated: AWS tells no position; ours is that of the text at fault.
func TestFaultsAreLocated(t *testing.T) {
	for name, tt := range map[string]struct {
		kind         policy.Kind
		text         string
		line, column int
	}{
		"effect":    {policy.Identity, "{\"Statement\":[{\n\"Effect\":\"allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}", 2, 10},
		"action":    {policy.Identity, "{\"Statement\":[{\n\"Effect\":\"Allow\",\n\"Action\":[\"s3:*\",\"GetObject\"],\"Resource\":\"*\"}]}", 3, 18},
		"resource":  {policy.Identity, "{\"Statement\":{\n\"Effect\":\"Allow\",\n\"Action\":\"s3:*\",\n\"Resource\":[\"*\",\"b\"]}}", 4, 17},
		"principal": {policy.Trust, "{\"Statement\":[{\n\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"nobody\"},\"Action\":\"sts:AssumeRole\"}]}", 2, 37},
		"key":       {policy.Identity, "{\"Statement\":[{\n\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\",\n\"Condition\":{\"Bool\":{\"key\":\"true\"}}}]}", 3, 22},
		"no text":   {policy.Identity, "{\"Statement\":[\n  {\"Effect\":\"Allow\",\"Resource\":\"*\"}]}", 2, 3},
	} {
		_, err := policy.Parse(tt.kind, tt.text)
		at, ok := err.(*policy.SyntaxError) //nolint:errorlint // Parse promises this type
		if !ok || at.Line != tt.line || at.Column != tt.column {
			t.Errorf("%s: %+v (%v), want %d:%d", name, at, err, tt.line, tt.column)
		}
	}
}
