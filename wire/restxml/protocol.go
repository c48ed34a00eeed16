package restxml

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

// A Protocol is REST-XML as one service speaks it. Make it with New.
type Protocol struct {
	Namespace string // of the XML; default S3's
	// Bucket is the bucket that the host of r names, "" for path style. nil: none ever.
	Bucket func(r *http.Request) string

	routes *wire.Routes
}

var _ wire.Protocol = (*Protocol)(nil)

// New makes the protocol of a service with these routes.
func New(routes []wire.Route) *Protocol {
	t := wire.NewRoutes(routes)
	t.HeaderInQuery = true
	return &Protocol{Namespace: "http://s3.amazonaws.com/doc/2006-03-01/", routes: t}
}

func (p *Protocol) match(r *http.Request) (*wire.Match, error) {
	path := r.URL.EscapedPath()
	if p.Bucket != nil && path != "*" { // "*" is no path, and would become part of the name
		if bucket := p.Bucket(r); bucket != "" {
			path = "/" + url.PathEscape(bucket) + path
		}
	}
	m, err := p.routes.Match(r, path)
	switch {
	case errors.Is(err, wire.ErrNoRoute):
		return nil, &bailiwick.Error{
			Code: bailiwick.CodeUnknownOperation, Message: "The specified method is not allowed against this resource.",
			Fields: map[string]any{"Method": r.Method},
		}
	case err != nil:
		return nil, &bailiwick.Error{
			Code: "InvalidURI", Message: "Couldn't parse the specified URI.", Cause: err,
			Fields: map[string]any{"URI": path},
		}
	}
	return m, nil
}

// Operation finds the route of r.
func (p *Protocol) Operation(r *http.Request, _ []byte) (string, error) {
	m, err := p.match(r)
	if err != nil {
		return "", err
	}
	return m.Route.Operation, nil
}

// Unknown is the answer to an operation of the API that has no row.
func (p *Protocol) Unknown(operation string) *bailiwick.Error {
	return &bailiwick.Error{
		Code: "NotImplemented", Status: http.StatusNotImplemented,
		Message: fmt.Sprintf("The operation %.64q is not supported.", operation),
	}
}

// Decode fills the structure that in points to from the URI, the headers and the
// body. What is wrong outside of the body is an InvalidArgument, in it a
// MalformedXML.
func (p *Protocol) Decode(r *http.Request, body []byte, in any) error {
	v, err := wire.Structure(in)
	if err != nil {
		return err
	}
	m, err := p.match(r)
	if err != nil {
		return err
	}
	b := wire.BindingOf(v.Type())
	if err := b.Fill(m, v); err != nil {
		return argument(err)
	}
	if b.Payload == nil {
		if b.Body && len(body) > 0 {
			return readInto(body, "", v)
		}
		return nil
	}
	x := b.Payload
	raw := x.Raw(m, body, v)
	f := v.Field(x.Index)
	switch {
	case x.Required && len(body) == 0 && f.Kind() == reflect.Pointer:
		return bailiwick.Errorf("MissingRequestBodyError", "Request Body is empty")
	case raw || len(strings.TrimSpace(string(body))) == 0:
		return nil
	}
	return read(body, x.Name, f)
}

func argument(err error) error {
	var e *bailiwick.Error
	if errors.As(err, &e) && e.Code == bailiwick.CodeSerialization {
		return &bailiwick.Error{Code: "InvalidArgument", Message: e.Message, Fields: e.Fields}
	}
	return err
}

// Encode prints out, a structure or a pointer to one; nil is an answer without a
// body.
func (p *Protocol) Encode(operation string, out any, requestID string) (wire.Response, error) {
	route := p.routes.Named(operation)
	if route == nil {
		return wire.Response{}, fmt.Errorf("operation %s has no route", operation)
	}
	resp := wire.Response{Status: http.StatusOK, Header: header(requestID)}
	if route.Status != 0 {
		resp.Status = route.Status
	}
	v := reflect.ValueOf(out)
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return resp, nil
	}
	b := wire.BindingOf(v.Type())
	status, err := b.Print(v, resp.Header)
	if err == nil && route.Method != http.MethodHead {
		err = p.body(operation, b, v, &resp)
	}
	if err != nil {
		b.Close(v)
		return wire.Response{}, fmt.Errorf("encoding output of %s: %w", operation, err)
	}
	if status != 0 {
		resp.Status = status
	}
	return resp, nil
}

// body prints what is not in headers.
func (p *Protocol) body(operation string, b *wire.Binding, v reflect.Value, resp *wire.Response) (err error) {
	kind := "application/xml"
	switch {
	case b.Payload != nil:
		if kind, err = p.payload(b.Payload, v.Field(b.Payload.Index), resp); err != nil {
			return err
		}
	case operation == unwrapped:
		resp.Body, err = p.document(rootOf(operation), v.Field(0))
	case b.Body:
		resp.Body, err = p.document(rootOf(operation), v)
	}
	if err == nil && (len(resp.Body) > 0 || resp.Stream != nil) && resp.Header["Content-Type"] == nil {
		resp.Header["Content-Type"] = []string{kind}
	}
	return err
}

// payload prints the whole body and returns its type.
func (p *Protocol) payload(x *wire.Bound, f reflect.Value, resp *wire.Response) (kind string, err error) {
	switch body := f.Interface().(type) {
	case wire.Stream:
		if body.ReadCloser != nil {
			resp.Stream, resp.Length = body.ReadCloser, body.Length
		}
		return "binary/octet-stream", nil
	case []byte:
		resp.Body = body
		return "binary/octet-stream", nil
	case *string: // a policy
		if body != nil {
			resp.Body = []byte(*body)
		}
		return "application/json", nil
	}
	if f.Kind() == reflect.Pointer && f.IsNil() {
		return "", nil
	}
	resp.Body, err = p.document(x.Name, f)
	return "application/xml", err
}
