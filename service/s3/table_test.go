package s3

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// TestTableIsTheReference holds the authorization table against AWS's.
func TestTableIsTheReference(t *testing.T) {
	var reference struct {
		Actions map[string]struct {
			Name          string
			ConditionKeys []string
			ResourceTypes []struct{ Name string }
		}
	}
	raw, err := os.ReadFile("../../models/authorization/s3.json")
	if err == nil {
		err = json.Unmarshal(raw, &reference)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range actions {
		ref, ok := reference.Actions[strings.ToLower(strings.TrimPrefix(a.Name, "s3:"))]
		if !ok || "s3:"+ref.Name != a.Name {
			t.Errorf("the reference has no action %s", a.Name)
			continue
		}
		var types []string
		for _, r := range ref.ResourceTypes {
			types = append(types, r.Name)
		}
		if !slices.Equal(types, a.Resources) {
			t.Errorf("%s has the resources %v, the reference says %v", a.Name, a.Resources, types)
		}
		for _, k := range ref.ConditionKeys {
			if _, ok := a.Keys[k]; !ok {
				t.Errorf("%s: the reference has the key %s", a.Name, k)
			}
		}
		for k := range a.Keys {
			if !slices.Contains(ref.ConditionKeys, k) && k != "s3:x-amz-content-sha256" {
				t.Errorf("%s: the table has the key %s, the reference does not", a.Name, k)
			}
		}
	}
}
