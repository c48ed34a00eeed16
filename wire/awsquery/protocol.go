package awsquery

import (
	"fmt"
	"net/http"
	"reflect"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

// A Protocol is AWS Query as one service speaks it.
type Protocol struct {
	Namespace string // of the XML: "https://sts.amazonaws.com/doc/2011-06-15/"
	Version   string // of the API: "2011-06-15"
}

var _ wire.Protocol = (*Protocol)(nil)

// Operation reads Action and holds Version against the protocol's own.
func (p *Protocol) Operation(r *http.Request, body []byte) (string, error) {
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return "", bailiwick.Errorf(bailiwick.CodeUnknownOperation, "The HTTP method is not valid for this web service")
	}
	params, err := parse(r, body)
	if err != nil {
		return "", err
	}
	action, version := params.only("Action"), params.only("Version")
	if action == "" {
		return "", bailiwick.Errorf("MissingAction", "The request must contain the parameter Action")
	}
	if version == "" {
		version = "NO_VERSION_SPECIFIED"
	}
	if !isName(action) || version != p.Version {
		return "", notFound(action, version)
	}
	return action, nil
}

// Unknown is AWS's answer to an operation that the API does not have.
func (p *Protocol) Unknown(operation string) *bailiwick.Error { return notFound(operation, p.Version) }

func notFound(action, version string) *bailiwick.Error {
	return bailiwick.Errorf(bailiwick.CodeUnknownOperation, "Could not find operation %.128s for version %.128s", action, version)
}

// isName tells whether s can name an operation at all. It becomes the name of an
// XML element.
func isName(s string) bool {
	for i, c := range []byte(s) {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != "" && len(s) <= 128
}

// Decode fills the structure that in points to.
func (p *Protocol) Decode(r *http.Request, body []byte, in any) error {
	v := reflect.ValueOf(in)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("decoding into %T, which is no pointer to a structure", in)
	}
	params, err := parse(r, body)
	if err != nil {
		return err
	}
	return fillStructure(params, v.Elem())
}

// Encode prints out, a structure or a pointer to one; nil is an empty one. There
// is always a result element: clients of an operation whose output has no
// members look for it (UpdateRole), and no other client minds.
func (p *Protocol) Encode(operation string, out any, requestID string) (wire.Response, error) {
	w := new(printer)
	w.root(operation+"Response", p.Namespace)
	if err := w.result(operation+"Result", out); err != nil {
		return wire.Response{}, fmt.Errorf("encoding output of %s: %w", operation, err)
	}
	w.open("ResponseMetadata")
	w.leaf("RequestId", requestID)
	w.close("ResponseMetadata")
	w.close(operation + "Response")
	return response(http.StatusOK, w.Bytes(), requestID), nil
}

func (w *printer) root(name, namespace string) {
	w.WriteString("<" + name + ` xmlns="`)
	w.text(namespace)
	w.WriteString(`">`)
}

func (w *printer) result(name string, out any) error {
	v := reflect.ValueOf(out)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	switch v.Kind() {
	case reflect.Invalid, reflect.Pointer: // nil
		w.open(name)
		w.close(name)
		return nil
	case reflect.Struct:
		return w.element(name, v, options{})
	}
	return unsupported(v.Type())
}

func response(status int, body []byte, requestID string) wire.Response {
	return wire.Response{Status: status, Body: body, Header: http.Header{
		"Content-Type":     {"text/xml"},
		"X-Amzn-Requestid": {requestID},
	}}
}
