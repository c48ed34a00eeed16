package main

import (
	"strings"
	"testing"
)

func TestDecisionRows(t *testing.T) {
	rows, err := decisionRows(strings.NewReader(`
		{"Engine":"Bailiwick","Task":"1","NS":[100,140,120],"Allocs":0}
		{"Engine":"cedar-go","Task":"1","NS":[1000,1400,960],"Allocs":17}
		{"Engine":"MinIO","Task":"1","NS":[500,700,600],"Allocs":6}
		{"Engine":"Bailiwick","Task":"1000","NS":[200],"Allocs":0}
		{"Engine":"cedar-go","Task":"1000","NS":[250000],"Allocs":3014}`))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		measured, ratio float64
		verdict         string
	}{{120, 0, "met"}, {1000, 10, "met"}, {600, 5, ""}, {200, 0, "MISSED"}, {250000, 1250, "met"}} {
		if r := rows[i]; r.Measured != want.measured || r.Ratio != want.ratio || r.verdict() != want.verdict {
			t.Errorf("%s: %v, ratio %v, %q; want %+v", r.What, r.Measured, r.Ratio, r.verdict(), want)
		}
	}
	for _, bad := range []string{"", "x", `{"Engine":"cedar-go","Task":"1","NS":[1]}`, `{"Engine":"Bailiwick","Task":"1"}`} {
		if _, err := decisionRows(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}
