package main

import (
	"errors"
	"testing"
)

// TestPrepare: who answers wrongly is not timed.
func TestPrepare(t *testing.T) {
	small := task{name: "2", statements: 2}
	for name, answer := range map[string]func(question) bool{
		"allows everything":      func(question) bool { return true },
		"denies everything":      func(question) bool { return false },
		"forgets the key":        func(q question) bool { return q.table < small.statements },
		"forgets the table":      func(q question) bool { return q.org != "evil" },
		"forgets what is public": func(q question) bool { return q.org == "acme" && q.table < small.statements },
	} {
		e := engine{name, func(task) (func(question) decider, error) {
			return func(q question) decider {
				return func() (bool, error) { return answer(q), nil }
			}, nil
		}}
		if _, err := prepare(e, small); !errors.Is(err, errWrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestEngines(t *testing.T) {
	for _, e := range []engine{bailiwick(), cedarGo(), opaRules(), opaData(), minio(), casbin2(), casbin3()} {
		for _, k := range []task{{name: "3", statements: 3}, {name: "3 wildcards", statements: 3, wildcards: true}, {name: "compile 3", statements: 3, compile: true}} {
			work, err := prepare(e, k)
			if err != nil {
				t.Errorf("%s, %s: %v", e.name, k.name, err)
				continue
			}
			if err := work(); err != nil {
				t.Errorf("%s, %s: %v", e.name, k.name, err)
			}
		}
	}
}
