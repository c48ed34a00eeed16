package wire_test

import (
	"errors"
	"math"
	"reflect"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

func TestText(t *testing.T) {
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		text, format string
		want         any    // of the type to read
		printed      string // "": the same as text
	}{
		{"a b", "", "a b", ""},
		{"", "", new(string), ""},
		{"TRUE", "", true, "true"},
		{"-2147483648", "", int32(math.MinInt32), ""},
		{"9223372036854775807", "", int64(math.MaxInt64), ""},
		{"0.50", "", 0.5, "0.5"},
		{"AAE=", "", []byte{0, 1}, ""},
		{"2026-01-02T03:04:05Z", "", when, "2026-01-02T03:04:05.000Z"},
		{"2026-01-02T05:04:05+02:00", "iso8601", &when, "2026-01-02T03:04:05.000Z"},
		{"Fri, 02 Jan 2026 03:04:05 GMT", "rfc822", when, ""},
		{"Friday, 02-Jan-26 03:04:05 GMT", "rfc822", when, "Fri, 02 Jan 2026 03:04:05 GMT"},
		{"1767323045", "unixTimestamp", when, ""},
	} {
		v := reflect.New(reflect.TypeOf(c.want)).Elem()
		if err := wire.ParseText(c.text, v, c.format); err != nil || !reflect.DeepEqual(v.Interface(), c.want) {
			t.Errorf("%q: %v, %v, want %v", c.text, v, err, c.want)
			continue
		}
		if c.printed == "" {
			c.printed = c.text
		}
		if got, err := wire.PrintText(v, c.format); err != nil || got != c.printed {
			t.Errorf("%q is printed %q, %v, want %q", c.text, got, err, c.printed)
		}
	}
	for f, want := range map[float64]string{math.Inf(1): "Infinity", math.Inf(-1): "-Infinity", 1e21: "1000000000000000000000"} {
		if got, err := wire.PrintText(reflect.ValueOf(f), ""); err != nil || got != want {
			t.Errorf("%v is printed %q, %v", f, got, err)
		}
	}
}

func TestTextRefused(t *testing.T) {
	for _, c := range []struct {
		text, format string
		as           any
	}{
		{"\xff", "", ""},
		{"1", "", true},
		{"", "", true},
		{"+1", "", int32(0)},
		{"2147483648", "", int32(0)},
		{" 1", "", int64(0)},
		{"1_0", "", int64(0)},
		{"0x1", "", 0.0},
		{"1_0", "", 0.0},
		{"NaN", "", 0.0},
		{"Infinity", "", 0.0},
		{"1e999", "", 0.0},
		{"AA", "", []byte{}},
		{"AA\nE=", "", []byte{}},
		{"2026-01-02", "", time.Time{}},
		{"now", "rfc822", time.Time{}},
		{"NaN", "unixTimestamp", time.Time{}},
		{"253402300800", "unixTimestamp", time.Time{}},
		{"9999-12-31T23:59:59-01:00", "", time.Time{}},
	} {
		var e *bailiwick.Error
		v := reflect.New(reflect.TypeOf(c.as)).Elem()
		if err := wire.ParseText(c.text, v, c.format); !errors.As(err, &e) || e.Code != bailiwick.CodeSerialization {
			t.Errorf("%q as %T: %v, %v", c.text, c.as, v, err)
		}
	}
	for _, as := range []any{[]string{}, map[string]string{}, struct{}{}} {
		if err := wire.ParseText("", reflect.New(reflect.TypeOf(as)).Elem(), ""); err == nil {
			t.Errorf("%T: %v", as, err)
		}
		if text, err := wire.PrintText(reflect.ValueOf(as), ""); err == nil {
			t.Errorf("%T is printed %q", as, text)
		}
	}
}
