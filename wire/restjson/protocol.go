package restjson

import (
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
	"github.com/bailiwick-project/bailiwick/wire/awsjson"
)

// A Protocol is REST-JSON as one service speaks it. Make it with New.
type Protocol struct {
	Style  Style
	routes *wire.Routes
}

var _ wire.Protocol = (*Protocol)(nil)

// New makes the protocol of a service with these routes.
func New(routes []wire.Route, style Style) *Protocol {
	return &Protocol{Style: style, routes: wire.NewRoutes(routes)}
}

func (p *Protocol) match(r *http.Request) (*wire.Match, error) {
	m, err := p.routes.Match(r, r.URL.EscapedPath())
	switch {
	case errors.Is(err, wire.ErrNoRoute):
		return nil, bailiwick.Errorf(bailiwick.CodeUnknownOperation, "")
	case err != nil:
		return nil, &bailiwick.Error{Code: bailiwick.CodeSerialization, Message: "The URI cannot be decoded", Cause: err}
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
	return bailiwick.Errorf(bailiwick.CodeUnknownOperation, "The operation %.64q is not supported.", operation)
}

// Decode fills the structure that in points to from the URI, the headers and the
// body. A body is not read where the operation has none.
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
		return err
	}
	switch {
	case b.Payload == nil && b.Body:
		return awsjson.Unmarshal(body, in)
	case b.Payload != nil && !b.Payload.Raw(m, body, v):
		return awsjson.Unmarshal(body, v.Field(b.Payload.Index).Addr().Interface())
	}
	return nil
}

// Encode prints out, a structure or a pointer to one; nil is an answer without a
// body.
func (p *Protocol) Encode(operation string, out any, requestID string) (wire.Response, error) {
	route := p.routes.Named(operation)
	if route == nil {
		return wire.Response{}, fmt.Errorf("operation %s has no route", operation)
	}
	resp := wire.Response{Status: http.StatusOK, Header: http.Header{"X-Amzn-Requestid": {requestID}}}
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
	if err == nil {
		err = body(b, v, &resp)
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
func body(b *wire.Binding, v reflect.Value, resp *wire.Response) (err error) {
	if b.Payload != nil {
		if err = payload(v.Field(b.Payload.Index), resp); err != nil {
			return err
		}
	} else if b.Body || resp.Status != http.StatusNoContent {
		if resp.Body, err = awsjson.Marshal(v.Interface()); err != nil {
			return err
		}
	}
	if (len(resp.Body) > 0 || resp.Stream != nil) && resp.Header["Content-Type"] == nil {
		resp.Header["Content-Type"] = []string{"application/json"}
	}
	return nil
}

func payload(f reflect.Value, resp *wire.Response) (err error) {
	switch x := f.Interface().(type) {
	case wire.Stream:
		if x.ReadCloser != nil {
			resp.Stream, resp.Length = x.ReadCloser, x.Length
		}
	case []byte:
		resp.Body = x
	case *string:
		if x != nil {
			resp.Body = []byte(*x)
		}
	default:
		if f.Kind() == reflect.Pointer && f.IsNil() {
			return nil
		}
		resp.Body, err = awsjson.Marshal(x)
	}
	return err
}
