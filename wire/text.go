package wire

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
)

// TimeISO is how timestamps are printed in text and XML, with milliseconds.
const TimeISO = "2006-01-02T15:04:05.000Z"

// ParseText fills v, a scalar or a pointer to one, from text in a URI, a header
// or an element. format is of timestamps: iso8601, rfc822 or unixTimestamp.
// Errors have CodeSerialization.
func ParseText(text string, v reflect.Value, format string) error {
	if v.Kind() == reflect.Pointer {
		p := reflect.New(v.Type().Elem())
		if err := ParseText(text, p.Elem(), format); err != nil {
			return err
		}
		v.Set(p)
		return nil
	}
	if t, ok := v.Addr().Interface().(*time.Time); ok {
		return parseTime(text, t, format)
	}
	switch v.Kind() {
	case reflect.String:
		// What is stored and compared as text must be text: two names that differ in
		// broken bytes only would become one.
		if !utf8.ValidString(text) {
			return refuse("a String")
		}
		v.SetString(text)
	case reflect.Bool:
		if !strings.EqualFold(text, "true") && !strings.EqualFold(text, "false") {
			return refuse("a Boolean")
		}
		v.SetBool(strings.EqualFold(text, "true"))
	case reflect.Int32, reflect.Int64, reflect.Int:
		n, err := strconv.ParseInt(text, 10, v.Type().Bits())
		if err != nil || strings.HasPrefix(text, "+") {
			return refuse("an Integer")
		}
		v.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || strings.ContainsAny(text, "xX_") {
			return refuse("a Double")
		}
		v.SetFloat(f)
	case reflect.Slice:
		// The library passes over line ends; a value has one spelling only here.
		b, err := base64.StdEncoding.Strict().DecodeString(text)
		if err != nil || v.Type().Elem().Kind() != reflect.Uint8 || strings.ContainsAny(text, "\r\n") {
			return refuse("a Blob")
		}
		v.SetBytes(b)
	default:
		return fmt.Errorf("type %s has no form as text", v.Type())
	}
	return nil
}

func refuse(wanted string) error {
	return bailiwick.Errorf(bailiwick.CodeSerialization, "STRING_VALUE can not be converted to %s", wanted)
}

func parseTime(text string, t *time.Time, format string) error {
	var err error
	switch format {
	case "rfc822":
		*t, err = http.ParseTime(text)
	case "unixTimestamp":
		var f float64
		f, err = strconv.ParseFloat(text, 64)
		// Years 1 to 9999; the comparison is false for NaN.
		if err == nil && f >= -62135596800 && f < 253402300800 {
			*t = time.UnixMilli(int64(math.Round(f * 1000)))
		} else {
			err = strconv.ErrRange
		}
	default:
		*t, err = time.Parse(time.RFC3339Nano, text)
	}
	*t = t.UTC()
	// A zone can push a year out of what can be printed again.
	if err != nil || t.Year() < 1 || t.Year() > 9999 {
		return refuse("a Timestamp")
	}
	return nil
}

var timestamp = reflect.TypeFor[time.Time]()

// PrintText is the opposite of ParseText. v is not nil.
func PrintText(v reflect.Value, format string) (string, error) {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Type() == timestamp {
		t, _ := v.Interface().(time.Time)
		return printTime(t.UTC(), format), nil
	}
	switch v.Kind() {
	case reflect.String:
		return v.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(v.Bool()), nil
	case reflect.Int32, reflect.Int64, reflect.Int:
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Float64:
		return printFloat(v.Float()), nil
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return base64.StdEncoding.EncodeToString(v.Bytes()), nil
		}
	}
	return "", fmt.Errorf("type %s has no form as text", v.Type())
}

// printFloat spells the values that are no number as Smithy does.
func printFloat(f float64) string {
	switch {
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func printTime(t time.Time, format string) string {
	switch format {
	case "rfc822":
		return t.Format(http.TimeFormat)
	case "unixTimestamp":
		return strconv.FormatInt(t.Unix(), 10)
	}
	return t.Format(TimeISO)
}
