package server

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/authz"
)

// An authorization is one file of models/authorization.
type authorization struct {
	Service string
	Actions map[string]struct {
		Name          string
		ConditionKeys []string
		ResourceTypes []struct {
			Name          string
			ConditionKeys []string
		}
	}
	ConditionKeys map[string]struct{ Key, Type string }
	ResourceTypes map[string]struct {
		Key, ARN      string
		ConditionKeys []string
	}
}

// TestPolicyReference keeps what package lint knows of actions and keys: the
// authorization reference of AWS, and what the slices' own tables add to it. A key
// that every check of an action carries has an exclamation mark, and keys of the
// action's own service come without its name. Left out are the keys of tags, which
// AWS adds to actions without writing so, and of tokens of other providers.
func TestPolicyReference(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "models", "authorization", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	table := devServer(t).authz.Table
	lines := []string{}
	declared := 0
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var ref authorization
		if err := json.Unmarshal(raw, &ref); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, "service\t"+ref.Service)
		for _, k := range ref.ConditionKeys {
			if strings.Contains(k.Key, ".") && !strings.HasPrefix(k.Key, "cognito-identity.") {
				continue // keys of providers' tokens
			}
			lines = append(lines, "key\t"+k.Key+"\t"+k.Type)
		}
		for _, r := range ref.ResourceTypes {
			for _, arn := range strings.Split(r.ARN, ", ") {
				lines = append(lines, "resource\t"+ref.Service+":"+r.Key+"\t"+arn)
			}
		}
		for _, a := range ref.Actions {
			keys := map[string]bool{}
			var types []string
			add := func(list []string) {
				for _, k := range list {
					keys[k] = false
				}
			}
			add(a.ConditionKeys)
			for _, r := range a.ResourceTypes {
				types = append(types, r.Name)
				add(r.ConditionKeys)
				add(ref.ResourceTypes[strings.ToLower(r.Name)].ConditionKeys)
			}
			name := ref.Service + ":" + a.Name
			if row, ok := table.Find(name); ok {
				declared++
				for k, when := range row.Keys {
					keys[k] = when == authz.Always
				}
			}
			var names []string
			for _, k := range slices.Sorted(maps.Keys(keys)) {
				if strings.Contains(k, ".") && !strings.HasPrefix(k, "cognito-identity.") || strings.HasPrefix(k, "aws:Res") || strings.HasPrefix(k, "aws:Req") {
					continue
				}
				short := strings.TrimPrefix(k, ref.Service)
				if keys[k] {
					short += "!"
				}
				names = append(names, short)
			}
			slices.Sort(types)
			lines = append(lines, fmt.Sprintf("action\t%s\t%s\t%s", name, strings.Join(types, ","), strings.Join(names, " ")))
		}
	}
	if own := len(adminActions); declared != len(table)-own {
		t.Errorf("%d actions of the tables are in the reference, want %d", declared, len(table)-own)
	}
	slices.Sort(lines)
	golden(t, filepath.Join("..", "..", "policy", "lint", "reference.txt"), "# Rewritten by go test ./server -update.\n"+strings.Join(slices.Compact(lines), "\n")+"\n")
}
