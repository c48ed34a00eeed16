package store_test

import (
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
)

type record struct{ Name string }

// onRaw runs fn in a store that holds raw under the key ("r", "one").
func onRaw(t *testing.T, raw string, fn func(store.Tx)) {
	t.Helper()
	err := new(mem.Engine).Update(t.Context(), func(tx store.Tx) error {
		err := tx.Put(store.Key("r", "one"), []byte(raw))
		fn(tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRecordErrors(t *testing.T) {
	tests := []struct {
		name, raw, want string
	}{
		{"newer", "\x02{}", `record ["r" "one"] has version 2, written by a newer version of bailiwick (this one reads up to 1)`},
		{"much newer", "\xff", "has version 255"},
		{"empty", "", `record ["r" "one"] is damaged: it is empty`},
		{"zeros", "\x00\x00\x00", "is damaged: its version byte is zero"},
		{"cut", "\x01{\"Name\":\"a", "is damaged: unexpected end of JSON input"},
		{"no body", "\x01", "is damaged"},
		{"other type", "\x01[1]", "is damaged"},
		{"two values", "\x01{}{}", "is damaged"},
	}
	for _, tt := range tests {
		onRaw(t, tt.raw, func(tx store.Tx) {
			v, err := store.GetJSON[record](tx, store.Key("r", "one"))
			if err == nil || !strings.Contains(err.Error(), tt.want) || v != (record{}) {
				t.Errorf("%s: got %v, %v; want an error with %q and no record", tt.name, v, err, tt.want)
			}
			var newer *store.NewerError
			var damaged *store.DamagedError
			if strings.Contains(tt.name, "newer") != errors.As(err, &newer) || errors.As(err, &damaged) == errors.As(err, &newer) {
				t.Errorf("%s: error is a %T", tt.name, err)
			}
			from, to := store.Prefix("r")
			n := 0
			for item, scanErr := range store.ScanJSON[record](tx, from, to, false) {
				if n++; scanErr == nil || scanErr.Error() != err.Error() {
					t.Errorf("%s: scan yields %v, %v", tt.name, item, scanErr)
				}
			}
			if n != 1 {
				t.Errorf("%s: scan yields %d times, want one error", tt.name, n)
			}
		})
	}
}

func TestPutJSONRefusesWhatJSONCannotSay(t *testing.T) {
	onRaw(t, "", func(tx store.Tx) {
		if err := store.PutJSON(tx, store.Key("k"), func() {}); err == nil || !strings.Contains(err.Error(), `["k"]`) {
			t.Errorf("got %v, want an error that names the key", err)
		}
	})
}

func TestExpiryNanos(t *testing.T) {
	tests := []struct {
		at   time.Time
		want int64
	}{
		{time.Time{}, 1},
		{time.Unix(0, 0), 1},
		{time.Unix(-1, 999_999_999), 1},
		{time.Unix(0, 2), 2},
		{time.Unix(1<<33, 5), 1<<33*1e9 + 5},
		{time.Unix(0, 1<<63-1), 1<<63 - 1},
		{time.Unix(1<<40, 0), 1<<63 - 1},
	}
	for _, tt := range tests {
		if got := store.ExpiryNanos(tt.at); got != tt.want {
			t.Errorf("%v: %d, want %d", tt.at, got, tt.want)
		}
	}
}

func TestDecoded(t *testing.T) {
	var d store.Decoded[record]
	key := store.Key("r", "one")
	read := func(raw string) (v *record, err error) {
		onRaw(t, raw, func(tx store.Tx) { v, err = d.Get(tx, key) })
		return v, err
	}
	first, err := read("\x01{\"Name\":\"a\"}")
	if err != nil || first == nil || first.Name != "a" {
		t.Fatalf("%v, %v", first, err)
	}
	if again, _ := read("\x01{\"Name\":\"a\"}"); again != first {
		t.Error("the same bytes were decoded twice")
	}
	if other, _ := read("\x01{\"Name\":\"b\"}"); other == nil || other.Name != "b" {
		t.Errorf("other bytes under the same key are %v", other)
	}
	var damaged *store.DamagedError
	if v, err := read("\x01{"); v != nil || !errors.As(err, &damaged) {
		t.Errorf("a damaged record is %v, %v", v, err)
	}
	err = new(mem.Engine).View(t.Context(), func(r store.Reader) error {
		if v, err := d.Get(r, key); v != nil || err != nil {
			t.Errorf("no record is %v, %v", v, err)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	for i := range 60_000 { // many times what is remembered
		name := strconv.Itoa(i) + strings.Repeat("x", 100)
		if v, err := read("\x01{\"Name\":\"" + name + "\"}"); err != nil || v.Name != name {
			t.Fatalf("%v, %v", v, err)
		}
	}
	if kept := d.Bytes(); kept > 4<<20 || kept < 1<<20 {
		t.Errorf("%d bytes are remembered", kept)
	}
}
