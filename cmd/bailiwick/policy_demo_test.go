package main

import (
	"errors"
	"fmt"
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/policy/lint"
)

// TestDemoPolicies: what newcomers copy has no traps.
func TestDemoPolicies(t *testing.T) {
	table := "arn:aws:dynamodb:us-east-1:000000000000:table/T"
	s := newStory("", streams{})
	s.api = "a1b2"
	documents := []string{
		fmt.Sprintf(readPublic, table), fmt.Sprintf(readTenant, table), fmt.Sprintf(writeTenant, table),
		fmt.Sprintf(trust, `"sts:AssumeRoleWithWebIdentity","sts:TagSession"`, "us-east-1:pool", "authenticated"),
		fmt.Sprintf(trust, `"sts:AssumeRoleWithWebIdentity"`, "us-east-1:pool", "unauthenticated"),
	}
	for _, statements := range s.doorPolicies() {
		documents = append(documents, document(statements...))
	}
	for _, text := range documents {
		src, err := policy.ReadSource(text)
		if err != nil {
			t.Fatal(err)
		}
		found, err := lint.New().Check(src.Kind(), text)
		var bad *policy.SyntaxError
		if errors.As(err, &bad) {
			t.Errorf("%v (%s)\n%s", err, bad.Detail, text)
		}
		if len(found) > 0 {
			t.Errorf("%+v\n%s", found, text)
		}
	}
}
