package policy_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestManyKeys: a key given twice is found however many there are, and however it is written.
func TestManyKeys(t *testing.T) {
	text := func(keys []string) string {
		return doc(fine + `,"Condition":{"StringEquals":{` + strings.Join(keys, ",") + `}}`)
	}
	for n := 1; n <= 20; n += 1 + n/6 {
		var keys []string
		for i := range n {
			keys = append(keys, fmt.Sprintf(`"t:k%02d":["v","%d"]`, i, i))
		}
		if d, err := policy.Parse(policy.Identity, text(keys)); err != nil || len(d.Statements[0].Conditions) != n {
			t.Fatalf("%d keys: %+v", n, err)
		}
		for i := range n {
			for _, again := range []string{fmt.Sprintf(`"t:k%02d":"x"`, i), fmt.Sprintf(`"t:\u006b%02d":"x"`, i)} {
				for _, list := range [][]string{append(slices.Clone(keys), again), append([]string{again}, keys...), append(append(slices.Clone(keys), again), `"t:last":"x"`)} {
					_, err := policy.Parse(policy.Identity, text(list))
					var at *policy.SyntaxError
					if !errors.As(err, &at) || at.Message != syntax || at.Detail != fmt.Sprintf(`the key "t:k%02d" is given twice`, i) {
						t.Fatalf("%s: %+v", text(list), err)
					}
				}
			}
		}
	}
	for n := 2; n <= 20; n++ { // what a key has for a value is no key
		var keys []string
		for i := range n {
			keys = append(keys, fmt.Sprintf(`"t:k%02d":["t:k%02d","t:k%02d"]`, i, (i+1)%n, i), fmt.Sprintf(`"t:l%02d":"t:l%02d"`, i, (i+1)%n))
		}
		if _, err := policy.Parse(policy.Identity, text(keys)); err != nil {
			t.Fatalf("%s: %+v", text(keys), err)
		}
	}
	_, err := policy.Parse(policy.Identity, `{"Id":"x","Statement":{`+fine+`,"":"","":""}}`)
	if err == nil {
		t.Error("an empty key is given twice")
	}
}

// TestTexts: a string is what is written, wherever in it a character stands.
func TestTexts(t *testing.T) {
	read := func(written string) (string, error) {
		d, err := policy.Parse(policy.Resource, `{"Id":"`+written+`","Statement":{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}}`)
		if err != nil {
			return "", err
		}
		return d.ID, nil
	}
	for c := rune(0); c < 0x110; c++ {
		for _, before := range []string{"", "abcdefg", "abcdefghi"} {
			for _, behind := range []string{"", "nopqrstuvwxyz"} {
				s := before + string(c) + behind
				got, err := read(s)
				plain := c >= 0x20 && c != '"' && c != '\\'
				if plain && (err != nil || got != s) || c < 0x20 && err == nil {
					t.Fatalf("%q is read as %q, %v", s, got, err)
				}
				for _, escaped := range []string{fmt.Sprintf(`\u%04x`, c), fmt.Sprintf(`\u%04X`, c)} {
					if got, err := read(before + escaped + behind); err != nil || got != s {
						t.Fatalf("%s is read as %q, %v", before+escaped+behind, got, err)
					}
				}
			}
		}
	}
	for _, end := range []string{`\\`, `\"`, `\\\\`, `\\\"`} {
		if got, err := read("abcdefgh" + end); err != nil || got != "abcdefgh"+strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(end) {
			t.Errorf("%s is read as %q, %v", end, got, err)
		}
	}
}

// TestPlaces: a place is a line and a column, whatever characters and ends of lines stand before it.
func TestPlaces(t *testing.T) {
	for name, filling := range map[string]string{
		"none": "", "spaces": strings.Repeat(" ", 19), "lines": strings.Repeat("\n", 21), "lines of seven": strings.Repeat("\n      ", 11), "other ends": strings.Repeat("\r\n\t", 9), "tabs": strings.Repeat("\t", 9), "hundreds of lines": strings.Repeat(" \n  \n", 80),
	} {
		for _, id := range []string{"plain", "with é ÿ and more", ""} {
			for shift := range 9 {
				head := `{"Id":"` + id + `",` + filling + strings.Repeat(" ", shift) + `"Statement":[` + filling
				text := head + `{"Effect":"Allow","Action":"*",` + filling + `"Resource":"*"},` + filling + `{"Effect":"Allow","Action":"*"}]}`
				second := strings.LastIndex(text, "{")
				_, err := policy.Parse(policy.Identity, text)
				var at *policy.SyntaxError
				if !errors.As(err, &at) || at.Detail != "there is no Resource" {
					t.Fatalf("%s: %+v", text, err)
				}
				before := text[:second]
				line, column := 1+strings.Count(before, "\n"), len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))+1
				if at.Line != line || at.Column != column {
					t.Errorf("%s, %q: the second statement is at %d:%d, want %d:%d", name, id, at.Line, at.Column, line, column)
				}
				s, err := policy.ReadSource(text)
				if err != nil {
					t.Fatal(err)
				}
				if gotLine, gotColumn := s.Position("Statement", "1"); gotLine != line || gotColumn != column {
					t.Errorf("%s, %q: the source has it at %d:%d, want %d:%d", name, id, gotLine, gotColumn, line, column)
				}
			}
		}
	}
	for i := range 20 { // what no policy may be written in, at each place of a word
		for b := range byte(0x20) {
			c := string([]byte{b})
			if b == '\t' || b == '\n' || b == '\r' {
				continue
			}
			text := `{"Statement":{` + fine + `}}` + strings.Repeat(" ", i) + c + strings.Repeat(" ", 9)
			_, err := policy.Parse(policy.Identity, text)
			var at *policy.SyntaxError
			if !errors.As(err, &at) || at.Line != 1 || at.Column != strings.Index(text, c)+1 || !strings.HasSuffix(at.Detail, "is not allowed in a policy") {
				t.Errorf("%q: %+v", text, err)
			}
		}
	}
}

// TestSourceSteps: what a path leads to, and what it does not.
func TestSourceSteps(t *testing.T) {
	s, err := policy.ReadSource("{\"a\":\n[1,\n[2,3],\n{\"b\":4,\"0\":5}],\n\"c\":6}")
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]int{
		"": {1, 1}, "0": {1, 1}, "0 a": {2, 1}, "0 0 c": {5, 5}, "1": {1, 1}, "-1": {1, 1}, "x": {1, 1}, "a": {2, 1}, "a 0": {2, 2}, "a 1": {3, 1}, "a 1 0": {3, 2}, "a 1 1": {3, 4}, "a 1 2": {3, 1}, "a 2": {4, 1}, "a 2 b": {4, 6}, "a 2 0": {4, 12}, "a 2 1": {4, 1},
		"a 3": {2, 1}, "a b": {2, 1}, "c": {5, 5}, "c 0": {5, 5}, "c 1": {5, 5}, "a 0 0": {2, 2}, "a +1": {3, 1}, "b": {1, 1},
	} {
		if line, column := s.Position(strings.Fields(path)...); line != want[0] || column != want[1] {
			t.Errorf("%q leads to %d:%d, want %v", path, line, column, want)
		}
	}
	if s, err = policy.ReadSource("{\"x\":\"b\",\n\"b\":{\"y\":\"c\",\n\"c\":7}}"); err != nil {
		t.Fatal(err)
	}
	if line, column := s.Position("b", "c"); line != 3 || column != 5 { // a value is no key
		t.Errorf("b c leads to %d:%d", line, column)
	}
	for text, want := range map[string]policy.Kind{
		`{"Statement":[{"Principal":"*","Action":"sts:A"}]}`: policy.Trust, `{"Statement":{"Principal":"*","Action":"s3:A"}}`: policy.Trust, `{"Statement":{"NotPrincipal":"*"}}`: policy.Trust, `{"Statement":{"Principal":"*","Resource":"*","Action":"sts"}}`: policy.Resource, `{"Statement":{"NotPrincipal":"*","NotResource":"*","Action":"s3:A"}}`: policy.Resource,
		`{"Statement":{"Principal":"*","Resource":"*","Action":["sts:A","STS:B"]}}`: policy.Trust, `{"Statement":{"Principal":"*","Resource":"*","Action":["sts:A","st"]}}`: policy.Resource,
		`{"Statement":{"Principal":"*","Resource":"*","Action":"sts:"}}`: policy.Trust, `{"Statement":{"Principal":"*","Resource":"*","Action":"xsts:A"}}`: policy.Resource, `{"Statement":{"Principal":"*","Resource":"*"}}`: policy.Resource,
		`{"Statement":[{"Resource":"*"},{"Principal":"*","Resource":"*","Action":"s3:A"},{"Principal":"*","Action":"sts:A"}]}`: policy.Resource, `{"Statement":{"Resource":"*","Action":"sts:A"}}`: policy.Identity,
	} {
		s, err := policy.ReadSource(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Kind(); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

// TestKeysOfOperators: variables are looked for in the values of those operators that know them, and in no others.
func TestKeysOfOperators(t *testing.T) {
	for operator, expands := range map[string]bool{
		"StringEquals": true, "StringNotEqualsIgnoreCase": true, "ForAllValues:StringLikeIfExists": true, "ArnEquals": true, "ArnNotLike": true, "Bool": true,
		"NumericEquals": false, "DateLessThan": false, "BinaryEquals": false, "IpAddress": false, "Null": false, "Unknown": false,
	} {
		d := &policy.Document{Version: policy.Version2012, Statements: []policy.Statement{{
			NotResources: []string{"*", "arn:aws:s3:::${t:r}"}, Conditions: []policy.Condition{{Operator: operator, Key: "t:k", Values: []string{"x", "${t:v}", "a${t:w, bad}*"}}},
		}}}
		want := []string{"t:r", "t:k"}
		if expands {
			want = append(want, "t:v")
		}
		if got := d.ContextKeys(); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", operator, got, want)
		}
	}
}

// TestServices: the names of services end where letters, digits, hyphens and points do.
func TestServices(t *testing.T) {
	for _, c := range " !\"#$%&'()*+,/;<=>?@[\\]^_`{|}~" {
		for _, a := range []string{"a" + string(c) + ":B", string(c) + ":B"} {
			d := &policy.Document{Version: policy.Version2012, Statements: []policy.Statement{{Effect: "Allow", Actions: []string{a}, Resources: []string{"*"}}}}
			if err := policy.Compile("p", d).Err(); err == nil || !strings.Contains(err.Error(), "Vendor "+a[:len(a)-2]+" is not valid") {
				t.Errorf("%q: %v", a, err)
			}
			d = &policy.Document{Version: policy.Version2012, Statements: []policy.Statement{{Effect: "Allow", Actions: []string{"*"}, Resources: []string{"arn:aws:a" + string(c) + ":::b"}}}}
			if err := policy.Compile("p", d).Err(); err == nil {
				t.Errorf("a resource of the service a%c", c)
			}
		}
	}
	for _, c := range "-.09AZaz" {
		d := &policy.Document{Version: policy.Version2012, Statements: []policy.Statement{{Effect: "Allow", Actions: []string{string(c) + ":B"}, Resources: []string{"arn:aws:" + string(c) + ":::b"}}}}
		if err := policy.Compile("p", d).Err(); err != nil {
			t.Errorf("%c: %v", c, err)
		}
	}
}
