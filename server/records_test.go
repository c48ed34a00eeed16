package server

import (
	"strconv"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

func record(id string, refused bool, valueBytes int) service.Record {
	c := &bailiwick.Call{RequestID: id}
	keys := new(policy.Context)
	keys.SetAll("dynamodb:LeadingKeys", []string{strings.Repeat("x", valueBytes)})
	c.Judged(bailiwick.Judgement{Layers: &policy.Layers{}, Request: &policy.Request{Context: keys}})
	rec := service.Record{Call: c}
	if refused {
		rec.Failure = &bailiwick.Error{Code: bailiwick.CodeAccessDenied}
	}
	return rec
}

// TestRecordsAreBounded: by number and by memory, the oldest goes first, and
// calls that succeed do not push out refused ones.
func TestRecordsAreBounded(t *testing.T) {
	has := func(r *records, id string) bool { _, ok := r.find(id); return ok }
	r := newRecords()
	r.add(record("refused", true, 10))
	for i := range 3 * keptAllowed {
		r.add(record("ok"+strconv.Itoa(i), false, 10))
	}
	if !has(r, "refused") {
		t.Error("successes pushed a refusal out")
	}
	if last := 3*keptAllowed - 1; has(r, "ok0") || !has(r, "ok"+strconv.Itoa(last)) || !has(r, "ok"+strconv.Itoa(last-keptAllowed+1)) || has(r, "ok"+strconv.Itoa(last-keptAllowed)) {
		t.Error("the wrong successes are kept")
	}
	if n := len(r.allowed.list); n > 3*keptAllowed {
		t.Errorf("%d places for %d records", n, keptAllowed)
	}

	r = newRecords()
	for i := range 400 {
		r.add(record(strconv.Itoa(i), true, 200<<10))
	}
	if r.refused.used > roomRefused || has(r, "0") || !has(r, "399") {
		t.Errorf("large records take %d bytes of %d", r.refused.used, roomRefused)
	}
	r.add(record("huge", true, 10<<20))
	rec, ok := r.find("huge")
	if !ok || len(rec.Call.Trail.Judgements) != 0 || len(rec.Call.Trail.Notes) != 1 || !has(r, "399") {
		t.Error("of a huge call only the outcome should be kept, and nothing else forgotten")
	}
}

// TestRecordsKeepNoFields: what a failure told the caller beside its sentence is the
// caller's data, and as large as callers make it.
func TestRecordsKeepNoFields(t *testing.T) {
	r := newRecords()
	item := map[string]any{"Item": strings.Repeat("x", 400<<10)}
	rec := record("item", true, 10)
	rec.Failure = &bailiwick.Error{Code: "ConditionalCheckFailedException", Message: "The conditional request failed", Fields: item}
	r.add(rec)
	got, ok := r.find("item")
	if !ok || got.Failure.Fields != nil || got.Failure.Message == "" || len(rec.Failure.Fields) != 1 {
		t.Errorf("kept %v, and the answer's own are %d fields", got.Failure, len(rec.Failure.Fields))
	}
	for i := range keptRefused {
		bad := record(strconv.Itoa(i), true, 10)
		bad.Failure.Cause = &sigv4.Error{CanonicalRequest: strings.Repeat("x", 8<<10)}
		r.add(bad)
	}
	if n := len(r.refused.list) - r.refused.begin; n*8<<10 > roomRefused {
		t.Errorf("%d canonical requests of 8 KiB are kept", n)
	}
}

// TestAsker: who may ask why.
func TestAsker(t *testing.T) {
	public := &bailiwick.Call{Who: bailiwick.Anonymous(), Account: "000000000000"}
	if got := public.Asker(); got != "000000000000" {
		t.Errorf("a public call that found nothing belongs to %s", got)
	}
	public.Concerns("111111111111")
	if got := public.Asker(); got != "111111111111" {
		t.Errorf("a public call about 111111111111 belongs to %s", got)
	}
	signed := &bailiwick.Call{Who: root("222222222222"), Account: "222222222222"}
	signed.Concerns("111111111111")
	if got := signed.Asker(); got != "222222222222" {
		t.Errorf("a signed call belongs to %s, not to its caller", got)
	}
}
