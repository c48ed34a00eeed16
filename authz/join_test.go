package authz

import (
	"maps"
	"slices"
	"testing"
)

func TestJoin(t *testing.T) {
	got := Join(
		Table{{Name: "x:Pass", Resources: []string{"role"}, Keys: map[string]When{"both": Always, "differs": Always, "mine": Always, "never": Never}}, {Name: "x:Get"}},
		Table{{Name: "x:Pass", Resources: []string{"role", "user"}, Keys: map[string]When{"both": Always, "differs": Never, "theirs": Sometimes}}},
	)
	if len(got) != 2 || got[1].Name != "x:Get" {
		t.Fatalf("joined to %v", got)
	}
	want := map[string]When{"both": Always, "differs": Sometimes, "mine": Sometimes, "theirs": Sometimes, "never": Never}
	if a := got[0]; !slices.Equal(a.Resources, []string{"role", "user"}) || !maps.Equal(a.Keys, want) {
		t.Errorf("joined to %v, want keys %v", a, want)
	}
}
