package restjson_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
	"github.com/bailiwick-project/bailiwick/wire/restjson"
)

var routes = []wire.Route{
	{Operation: "Cook", Method: "POST", URI: "/v1/kitchens/{Name}", Status: 201},
	{Operation: "Invoke", Method: "POST", URI: "/v1/kitchens/{Name}/invocations"},
	{Operation: "Import", Method: "POST", URI: "/v1/kitchens?mode=import", Status: 201},
	{Operation: "Delete", Method: "DELETE", URI: "/v1/kitchens/{Name}", Status: 204},
	{Operation: "Replace", Method: "PUT", URI: "/v1/kitchens/{Name}"},
}

type inner struct {
	Text *string `wire:"text"`
}

type cook struct {
	Name    *string    `wire:"Name,uri"`
	Mode    *string    `wire:"Mode,header"`
	When    *time.Time `wire:"X-When,header"`
	Since   *time.Time `wire:"since,query"`
	Max     *int32     `wire:"max,query"`
	Sure    *bool      `wire:"sure,query"`
	Keys    []string   `wire:"keys,query"`
	Text    *string    `wire:"text"`
	Inner   *inner     `wire:"inner"`
	Created *time.Time `wire:"created,time=iso8601"`
}

type invoke struct {
	Name *string `wire:"Name,uri"`
	Body []byte  `wire:"Payload,payload"`
}

type importing struct {
	Fail   *bool             `wire:"fail,query"`
	Params map[string]string `wire:"params,queries"`
	Body   io.Reader         `wire:"body,payload"`
}

type replace struct {
	Name  *string `wire:"Name,uri"`
	Inner *inner  `wire:"Inner,payload"`
}

func ptr[T any](v T) *T { return &v }

func TestDecode(t *testing.T) {
	p := restjson.New(routes, restjson.Style{})
	when := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		method, url, header, body string
		want                      any    // a pointer to a structure
		err                       string // part of the sentence
	}{
		"body":      {"POST", "/v1/kitchens/a", "", `{"text":"x","inner":{"text":"y"},"created":"2026-01-02T03:04:05Z","Name":"no","TEXT":1}`, &cook{Name: ptr("a"), Text: ptr("x"), Inner: &inner{ptr("y")}, Created: &when}, ""},
		"no body":   {"POST", "/v1/kitchens/a", "", "", &cook{Name: ptr("a")}, ""},
		"arn":       {"POST", "/v1/kitchens/arn:aws:x:y%3Az%2Fq%252F?x-id=Cook", "", "", &cook{Name: ptr("arn:aws:x:y:z/q%2F")}, ""},
		"dots":      {"POST", "/v1/kitchens/..", "", "", &cook{Name: ptr("..")}, ""},
		"query":     {"POST", "/v1/kitchens/a?max=3&sure=true&keys=a&keys=b%26&since=2026-01-02T03:04:05Z&other=1&other=2", "", "", &cook{Name: ptr("a"), Max: ptr(int32(3)), Sure: ptr(true), Keys: []string{"a", "b&"}, Since: &when}, ""},
		"header":    {"POST", "/v1/kitchens/a", "Mode: fast\nX-When: Fri, 02 Jan 2026 03:04:05 GMT", "", &cook{Name: ptr("a"), Mode: ptr("fast"), When: &when}, ""},
		"payload":   {"POST", "/v1/kitchens/a/invocations", "", "\x00raw", &invoke{ptr("a"), []byte("\x00raw")}, ""},
		"empty":     {"POST", "/v1/kitchens/a/invocations", "", "", &invoke{Name: ptr("a")}, ""},
		"structure": {"PUT", "/v1/kitchens/a", "", `{"text":"x"}`, &replace{ptr("a"), &inner{ptr("x")}}, ""},

		"two headers":     {"POST", "/v1/kitchens/a", "Mode: a\nMode: b", "", &cook{}, "Mode is there more than once"},
		"two parameters":  {"POST", "/v1/kitchens/a?max=1&max=2", "", "", &cook{}, "max is there more than once"},
		"two members":     {"POST", "/v1/kitchens/a", "", `{"text":"x","text":"y"}`, &cook{}, "twice"},
		"no number":       {"POST", "/v1/kitchens/a?max=x", "", "", &cook{}, "max: STRING_VALUE can not be converted to an Integer"},
		"large number":    {"POST", "/v1/kitchens/a?max=2147483648", "", "", &cook{}, "Integer"},
		"no boolean":      {"POST", "/v1/kitchens/a?sure=1", "", "", &cook{}, "Boolean"},
		"no time":         {"POST", "/v1/kitchens/a", "X-When: yesterday", "", &cook{}, "Timestamp"},
		"wrong type":      {"POST", "/v1/kitchens/a", "", `{"text":1}`, &cook{}, "NUMBER_VALUE cannot be converted to String"},
		"behind the body": {"POST", "/v1/kitchens/a", "", `{}{}`, &cook{}, "token"},
		"broken query":    {"POST", "/v1/kitchens/a?max=%zz", "", "", &cook{}, "URI"},
	} {
		r := request(t, c.method, c.url, c.header, c.body)
		in := reflect.New(reflect.TypeOf(c.want).Elem()).Interface()
		err := p.Decode(r, []byte(c.body), in)
		if c.err != "" {
			var e *bailiwick.Error
			if !errors.As(err, &e) || e.Code != bailiwick.CodeSerialization || !strings.Contains(e.Message, c.err) {
				t.Errorf("%s: error %v, want %q", name, err, c.err)
			}
			continue
		}
		if err != nil || !reflect.DeepEqual(in, c.want) {
			t.Errorf("%s: %v, got %s, want %s", name, err, show(in), show(c.want))
		}
	}
}

func TestDecodeStream(t *testing.T) {
	p := restjson.New(routes, restjson.Style{})
	r := request(t, "POST", "/v1/kitchens?mode=import&fail=true&a=1&X-Amz-Date=x&x-id=Import", "", "streamed")
	var in importing
	if err := p.Decode(r, nil, &in); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(in.Body); err != nil || string(got) != "streamed" {
		t.Errorf("body %q, %v", got, err)
	}
	if want := map[string]string{"a": "1"}; !reflect.DeepEqual(in.Params, want) || !*in.Fail {
		t.Errorf("parameters %v, want %v", in.Params, want)
	}
	if err := p.Decode(r, []byte("held"), &in); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(in.Body); err != nil || string(got) != "held" {
		t.Errorf("a body that is held: %q, %v", got, err)
	}
}

func TestOperation(t *testing.T) {
	p := restjson.New(routes, restjson.Style{})
	for _, c := range []struct{ method, url, want string }{
		{"POST", "/v1/kitchens/a", "Cook"},
		{"POST", "/v1/kitchens/a/", "Cook"},
		{"POST", "/v1/kitchens?mode=import", "Import"},
		{"POST", "/v1/kitchens/a%2Finvocations", "Cook"},
		{"POST", "/v1/kitchens", ""},
		{"POST", "/v1/kitchens?mode=export", ""},
		{"POST", "/v1/kitchens?mode=import&mode=x", ""},
		{"POST", "/v1//kitchens/a", ""},
		{"POST", "/v1/kitchens//invocations", ""},
		{"POST", "/v1/x/../kitchens/a", ""},
		{"GET", "/v1/kitchens/a", ""},
		{"DELETE", "/v1/kitchens/a", "Delete"},
	} {
		got, err := p.Operation(request(t, c.method, c.url, "", ""), nil)
		var e *bailiwick.Error
		if got != c.want || c.want == "" && (!errors.As(err, &e) || e.Code != bailiwick.CodeUnknownOperation) {
			t.Errorf("%s %s: %q, %v, want %q", c.method, c.url, got, err, c.want)
		}
	}
}

func TestEncode(t *testing.T) {
	type answer struct {
		Mode    *string           `wire:"X-Mode,header"`
		Meta    map[string]string `wire:"x-meta-,headers"`
		Code    *int32            `wire:"Code,status"`
		Text    *string           `wire:"text"`
		Created *time.Time        `wire:"created"`
	}
	type raw struct {
		Type *string `wire:"Content-Type,header"`
		Body []byte  `wire:"Body,payload"`
	}
	type streamed struct {
		Body wire.Stream `wire:"Body,payload"`
	}
	p := restjson.New(routes, restjson.Style{})
	for name, c := range map[string]struct {
		operation    string
		out          any
		status       int
		header, body string
	}{
		"members":    {"Cook", &answer{Mode: ptr("m"), Text: ptr("<é>"), Created: ptr(time.Unix(1, 5e8))}, 201, "X-Mode=m Content-Type=application/json", `{"text":"<é>","created":1.5}`},
		"empty":      {"Cook", &answer{}, 201, "Content-Type=application/json", `{}`},
		"nil":        {"Cook", nil, 201, "", ""},
		"status":     {"Cook", &answer{Code: ptr(int32(202))}, 202, "", `{}`},
		"prefix":     {"Cook", &answer{Meta: map[string]string{"A": "b"}}, 201, "x-meta-a=b", `{}`},
		"no content": {"Delete", &struct{}{}, 204, "", ""},
		"blob":       {"Invoke", &raw{Body: []byte("\x00")}, 200, "Content-Type=application/json", "\x00"},
		"typed blob": {"Invoke", raw{ptr("a/b"), []byte("x")}, 200, "Content-Type=a/b", "x"},
		"stream":     {"Invoke", streamed{wire.Stream{ReadCloser: io.NopCloser(strings.NewReader("abc")), Length: 3}}, 200, "Content-Length=3", "abc"},
	} {
		resp, err := p.Encode(c.operation, c.out, "id")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		w := httptest.NewRecorder()
		resp.Send(w)
		if w.Code != c.status || w.Body.String() != c.body || w.Header().Get("X-Amzn-Requestid") != "id" {
			t.Errorf("%s: %d %q %v", name, w.Code, w.Body, w.Header())
		}
		for _, h := range strings.Fields(c.header) {
			k, v, _ := strings.Cut(h, "=")
			if got := w.Header()[k]; len(got) != 1 || got[0] != v {
				t.Errorf("%s: header %s is %q, want %q", name, k, got, v)
			}
		}
	}
	for name, out := range map[string]any{
		"a header cannot hold it":  &answer{Mode: ptr("a\r\nSet-Cookie: b")},
		"no name of a header":      &answer{Meta: map[string]string{"a b": ""}},
		"no operation of this API": nil,
	} {
		operation := "Cook"
		if out == nil {
			operation = "Fly"
		}
		if resp, err := p.Encode(operation, out, "id"); err == nil {
			t.Errorf("%s: printed as %v", name, resp)
		}
	}
}

func TestFail(t *testing.T) {
	lambda := restjson.Style{Member: "Message", Type: true, Internal: "ServiceException"}
	for name, c := range map[string]struct {
		style  restjson.Style
		err    *bailiwick.Error
		status int
		code   string
		body   string
	}{
		"own, lambda":       {lambda, &bailiwick.Error{Code: "ResourceNotFoundException", Status: 404, Message: "m"}, 404, "ResourceNotFoundException", `{"Message":"m","Type":"User"}`},
		"own fault, lambda": {lambda, &bailiwick.Error{Code: "EFSIOException", Status: 502, Message: "m"}, 502, "EFSIOException", `{"Message":"m","Type":"Service"}`},
		"own, gateway":      {restjson.Style{}, &bailiwick.Error{Code: "NotFoundException", Status: 404, Message: "m"}, 404, "NotFoundException", `{"message":"m"}`},
		"status of style":   {restjson.Style{Status: map[string]int{"NotFoundException": 404}}, bailiwick.Errorf("NotFoundException", "m"), 404, "NotFoundException", `{"message":"m"}`},
		"denied":            {lambda, bailiwick.Errorf(bailiwick.CodeAccessDenied, "m"), 403, "AccessDeniedException", `{"Message":"m"}`},
		"denied, spelled":   {lambda, bailiwick.Errorf("AccessDeniedException", "m"), 403, "AccessDeniedException", `{"Message":"m"}`},
		"unknown key":       {lambda, bailiwick.Errorf(bailiwick.CodeUnknownKey, ""), 403, "UnrecognizedClientException", `{"message":"The security token included in the request is invalid."}`},
		"validation":        {lambda, bailiwick.Errorf(bailiwick.CodeValidation, "m"), 400, "ValidationException", `{"message":"m"}`},
		"unknown operation": {restjson.Style{}, bailiwick.Errorf(bailiwick.CodeUnknownOperation, ""), 404, "UnknownOperationException", `{"message":"The method and the URI name no operation."}`},
		"internal":          {lambda, bailiwick.Errorf(bailiwick.CodeInternal, ""), 500, "ServiceException", `{"message":"Internal server error"}`},
		"fields":            {restjson.Style{}, &bailiwick.Error{Code: "LimitExceededException", Message: "m", Fields: map[string]any{"retryAfterSeconds": ptr("1"), "Message": "no"}}, 400, "LimitExceededException", `{"message":"m","retryAfterSeconds":"1"}`},
		"no such field":     {restjson.Style{}, &bailiwick.Error{Code: "X", Message: "m", Fields: map[string]any{"f": func() {}}}, 400, "X", `{"message":"m"}`},
	} {
		resp := restjson.New(routes, c.style).Fail(c.err, "id")
		if resp.Status != c.status || resp.Header.Get("X-Amzn-ErrorType") != c.code || string(resp.Body) != c.body {
			t.Errorf("%s: %d %s %s", name, resp.Status, resp.Header, resp.Body)
		}
	}
}

func TestFailHeader(t *testing.T) {
	resp := restjson.New(routes, restjson.Style{}).Fail(&bailiwick.Error{
		Code: "TooManyRequestsException", Status: 429, Message: "m",
		Fields: map[string]any{wire.InHeader + "Retry-After": 3, wire.InHeader + "X-Broken": "a\nb", wire.InHeader + "X-Nil": nil},
	}, "id")
	if h := resp.Header; h.Get("Retry-After") != "3" || len(h) != 4 || string(resp.Body) != `{"message":"m"}` {
		t.Errorf("%v %s", h, resp.Body)
	}
}

// request makes a request as the server reads it. header is lines of "Name: value".
func request(t *testing.T, method, url, header, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, url, strings.NewReader(body))
	for line := range strings.Lines(header) {
		k, v, _ := strings.Cut(strings.TrimSpace(line), ": ")
		r.Header.Add(k, v)
	}
	return r
}

func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
