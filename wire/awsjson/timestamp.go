package awsjson

import (
	"math"
	"net/http"
	"reflect"
	"strconv"
	"time"
)

// The seconds of the years 1 to 9999: what RFC 3339 can spell.
const (
	earliest = -62135596800
	latest   = 253402300799
)

// timeCodec is for timestamps: seconds since 1970 with a fraction of
// milliseconds as a number, or text where the model says so.
func timeCodec(format string) codec {
	switch format {
	case "iso8601":
		return textTime(time.RFC3339Nano, "2006-01-02T15:04:05.999Z")
	case "rfc822":
		return textTime(http.TimeFormat, http.TimeFormat)
	}
	return codec{decode: decodeEpoch, encode: encodeEpoch}
}

func textTime(in, out string) codec {
	return codec{
		decode: func(d *Decoder, v reflect.Value) error {
			b, err := d.Text()
			if err != nil {
				return err
			}
			t, err := time.Parse(in, string(b))
			if err != nil {
				return cannot('"', "Timestamp")
			}
			return setTime(v, t)
		},
		encode: func(e *Encoder, v reflect.Value) error {
			e.String(v.Interface().(time.Time).UTC().Format(out))
			return nil
		},
	}
}

func setTime(v reflect.Value, t time.Time) error {
	if s := t.Unix(); s < earliest || s > latest {
		return cannot('0', "Timestamp")
	}
	*v.Addr().Interface().(*time.Time) = t.UTC()
	return nil
}

func decodeEpoch(d *Decoder, v reflect.Value) error {
	text, err := d.number("Timestamp")
	if err != nil {
		return err
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil || f < earliest || f > latest+1 {
		return cannot('0', "Timestamp")
	}
	return setTime(v, time.UnixMilli(int64(math.Round(f*1000))))
}

func encodeEpoch(e *Encoder, v reflect.Value) error {
	ms := v.Interface().(time.Time).UnixMilli()
	e.value()
	sign := ""
	if ms < 0 {
		sign, ms = "-", -ms
	}
	e.buf = append(e.buf, sign...)
	e.buf = strconv.AppendInt(e.buf, ms/1000, 10)
	switch frac := ms % 1000; {
	case frac == 0:
	case frac%100 == 0:
		e.buf = append(e.buf, '.', byte('0'+frac/100))
	default:
		e.buf = append(e.buf, '.', byte('0'+frac/100), byte('0'+frac/10%10))
		if frac%10 != 0 {
			e.buf = append(e.buf, byte('0'+frac%10))
		}
	}
	return nil
}
