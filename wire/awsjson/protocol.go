package awsjson

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

// A Protocol is AWS JSON as one service speaks it.
type Protocol struct {
	Version      string // "1.0" or "1.1"
	TargetPrefix string // before the operation in X-Amz-Target: "DynamoDB_20120810"
	Style        Style
}

var _ wire.Protocol = (*Protocol)(nil)

// maxName bounds the name of an operation, which comes back in messages.
const maxName = 128

// Operation reads X-Amz-Target: "DynamoDB_20120810.GetItem". Two of these
// headers are refused: a signature covers both, but readers differ in which
// they obey.
func (p *Protocol) Operation(r *http.Request, _ []byte) (string, error) {
	targets := r.Header["X-Amz-Target"]
	if r.Method != http.MethodPost || len(targets) != 1 {
		return "", bailiwick.Errorf(bailiwick.CodeUnknownOperation, "")
	}
	name, ok := strings.CutPrefix(targets[0], p.TargetPrefix+".")
	if !ok || !isName(name) {
		return "", bailiwick.Errorf(bailiwick.CodeUnknownOperation, "")
	}
	return name, nil
}

func isName(s string) bool {
	if s == "" || len(s) > maxName {
		return false
	}
	for _, c := range []byte(s) {
		if (c|0x20 < 'a' || c|0x20 > 'z') && (c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// Decode fills the structure that in points to. No body is an empty structure.
func (p *Protocol) Decode(_ *http.Request, body []byte, in any) error { return Unmarshal(body, in) }

// Unmarshal reads one JSON document into what in points to. No document changes
// nothing. Other protocols with JSON bodies use it too.
func Unmarshal(body []byte, in any) error {
	v := reflect.ValueOf(in)
	if v.Kind() != reflect.Pointer || v.IsNil() {
		return fmt.Errorf("decoding into %T, which is no pointer to a structure", in)
	}
	if len(bytes.Trim(body, " \t\r\n")) == 0 {
		return nil
	}
	d := borrowDecoder(body)
	defer d.giveBack()
	if err := codecOf(v.Type().Elem()).decode(d, v.Elem()); err != nil {
		return err
	}
	return d.finish()
}

// Encode prints out, a structure or a pointer to one; nil is {}.
func (p *Protocol) Encode(operation string, out any, requestID string) (wire.Response, error) {
	body, err := Marshal(out)
	if err != nil {
		return wire.Response{}, fmt.Errorf("encoding output of %s: %w", operation, err)
	}
	return p.response(http.StatusOK, body, requestID), nil
}

// Marshal prints out as Encode does.
func Marshal(out any) ([]byte, error) {
	e := borrowEncoder()
	defer e.giveBack()
	if err := e.top(out); err != nil {
		return nil, err
	}
	return bytes.Clone(e.buf), nil
}

func (e *Encoder) top(out any) error {
	v := reflect.ValueOf(out)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if !v.IsValid() || v.Kind() == reflect.Pointer {
		e.BeginObject()
		e.EndObject()
		return nil
	}
	return codecOf(v.Type()).encode(e, v)
}

// Fail prints an error. Further fields come in order of their names; one that
// has no form on the wire is left out, because there is no better error to give.
func (p *Protocol) Fail(err *bailiwick.Error, requestID string) wire.Response {
	s := p.Style.spell(err)
	e := borrowEncoder()
	defer e.giveBack()
	e.BeginObject()
	e.Name("__type")
	e.String(s.typ)
	if s.message != "" {
		e.Name(s.member)
		e.String(s.message)
	}
	for _, name := range sortedFields(err.Fields) {
		if name == "__type" || strings.EqualFold(name, "message") {
			continue
		}
		e.field(name, err.Fields[name])
	}
	e.EndObject()
	out := p.response(s.status, bytes.Clone(e.buf), requestID)
	if p.Style.TypeHeader {
		out.Header.Set("X-Amzn-Errortype", bare(s.typ)+":")
	}
	return out
}

func (e *Encoder) field(name string, value any) {
	start := len(e.buf)
	e.Name(name)
	if value == nil {
		e.buf = e.buf[:start]
		return
	}
	v := reflect.ValueOf(value)
	if err := codecOf(v.Type()).encode(e, v); err != nil {
		e.buf = e.buf[:start]
	}
}

func sortedFields(fields map[string]any) []string {
	names := make([]string, 0, len(fields))
	for n := range fields {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// response adds the headers. SDKs check the sum that DynamoDB's protocol sends.
func (p *Protocol) response(status int, body []byte, requestID string) wire.Response {
	values := &[3]string{"application/x-amz-json-1.1", requestID} // one allocation for all of them
	h := http.Header{"Content-Type": values[0:1:1], "X-Amzn-Requestid": values[1:2:2]}
	if p.Version == "1.0" {
		values[0], values[2] = "application/x-amz-json-1.0", strconv.FormatUint(uint64(crc32.ChecksumIEEE(body)), 10)
		h["X-Amz-Crc32"] = values[2:3:3]
	}
	return wire.Response{Status: status, Header: h, Body: body}
}
