package awsjson

import (
	"encoding/json"
	"errors"
	"hash/crc32"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
)

// kitchen has every kind of member that a generated structure can have.
type kitchen struct {
	Text    *string            `wire:"Text"`
	Flag    *bool              `wire:"Flag"`
	Small   *int32             `wire:"Small"`
	Large   *int64             `wire:"Large"`
	Ratio   *float64           `wire:"Ratio"`
	When    *time.Time         `wire:"When"`
	Iso     *time.Time         `wire:"Iso,time=iso8601"`
	Blob    []byte             `wire:"Blob"`
	Doc     json.RawMessage    `wire:"Doc"`
	Names   []string           `wire:"Names"`
	Tags    map[string]string  `wire:"Tags"`
	Inner   *kitchen           `wire:"Inner"`
	List    []kitchen          `wire:"List"`
	Map     map[string]kitchen `wire:"Map"`
	Nested  [][]int32          `wire:"Nested"`
	Lists   map[string][]int64 `wire:"Lists"`
	Item    *tagged            `wire:"Item"`
	Items   map[string]tagged  `wire:"Items"`
	Private string
}

// tagged reads and prints itself as {"S": text}; null is {"S": "NULL"}.
type tagged struct{ text string }

func (v *tagged) DecodeJSON(d *Decoder) error {
	if null, err := d.Null(); null || err != nil {
		v.text = "NULL"
		return err
	}
	if err := d.BeginObject(); err != nil {
		return err
	}
	for d.More() {
		name, err := d.Name()
		if err != nil {
			return err
		}
		if string(name) != "S" {
			return Refuse("no such type")
		}
		if v.text, err = d.String(); err != nil {
			return err
		}
	}
	return d.EndObject()
}

func (v tagged) EncodeJSON(e *Encoder) error {
	e.BeginObject()
	e.Name("S")
	e.String(v.text)
	e.EndObject()
	return nil
}

func ptr[T any](v T) *T { return &v }

var proto = &Protocol{Version: "1.0", TargetPrefix: "Kitchen_20120810"}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		body string
		want kitchen
	}{
		{``, kitchen{}},
		{" \n", kitchen{}},
		{`{}`, kitchen{}},
		{`{"text":"case matters","Unknown":{"a":[1,{"b":null}]}}`, kitchen{}},
		{`{"Text":null,"Names":null,"Item":null,"List":null,"Inner":null}`, kitchen{}},
		{
			`{"Text":"é\ud83d\ude00\"","Flag":false,"Small":-2147483648,"Large":9223372036854775807,"Ratio":1.5e3}`,
			kitchen{Text: ptr("é😀\""), Flag: ptr(false), Small: ptr(int32(-2147483648)), Large: ptr(int64(9223372036854775807)), Ratio: ptr(1500.0)},
		},
		{`{"Small":10.0,"Large":1e3}`, kitchen{Small: ptr(int32(10)), Large: ptr(int64(1000))}},
		{
			`{"When":1484161890.123,"Iso":"2017-01-11T19:11:30.5Z"}`,
			kitchen{When: ptr(time.UnixMilli(1484161890123).UTC()), Iso: ptr(time.UnixMilli(1484161890500).UTC())},
		},
		{`{"When":-1.5}`, kitchen{When: ptr(time.UnixMilli(-1500).UTC())}},
		{`{"Blob":"AAE=","Doc":{"a": [1]}}`, kitchen{Blob: []byte{0, 1}, Doc: json.RawMessage(`{"a": [1]}`)}},
		{
			`{"Blob":"","Names":[],"Tags":{},"List":[],"Map":{},"Nested":[]}`,
			kitchen{Blob: []byte{}, Names: []string{}, Tags: map[string]string{}, List: []kitchen{}, Map: map[string]kitchen{}, Nested: [][]int32{}},
		},
		{`{"Names":["a","a"],"Tags":{"k":"v","gone":null}}`, kitchen{Names: []string{"a", "a"}, Tags: map[string]string{"k": "v"}}},
		{
			`{"Inner":{"Inner":{"Text":"x"}},"List":[{"Text":"y"},{}],"Map":{"k":{"Flag":true},"n":null}}`,
			kitchen{Inner: &kitchen{Inner: &kitchen{Text: ptr("x")}}, List: []kitchen{{Text: ptr("y")}, {}}, Map: map[string]kitchen{"k": {Flag: ptr(true)}}},
		},
		{`{"Nested":[[1,2],[]],"Lists":{"a":[5]}}`, kitchen{Nested: [][]int32{{1, 2}, {}}, Lists: map[string][]int64{"a": {5}}}},
		{
			`{"Item":{"S":"x"},"Items":{"k":{"S":"y"},"n":null}}`,
			kitchen{Item: &tagged{"x"}, Items: map[string]tagged{"k": {"y"}, "n": {"NULL"}}},
		},
	} {
		var got kitchen
		if err := proto.Decode(nil, []byte(c.body), &got); err != nil {
			t.Errorf("%s: %v", c.body, err)
		} else if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v", c.body, got)
		}
	}
}

func TestDecodeRefuses(t *testing.T) {
	deep := strings.Repeat(`{"Inner":`, MaxDepth+1) + "{}" + strings.Repeat("}", MaxDepth+1)
	for _, c := range []struct{ body, want string }{
		{`[]`, "Start of list found where not expected"},
		{`null`, "Unexpected null value"},
		{`"x"`, "Unexpected field type"},
		{`{} {}`, "Unexpected token received from parser"},
		{`{},`, "Unable to parse the JSON document"},
		{`{"Text":1}`, "NUMBER_VALUE cannot be converted to String"},
		{`{"Text":true}`, "TRUE_VALUE cannot be converted to String"},
		{`{"Text":{}}`, "Start of structure or map found where not expected."},
		{`{"Text":["a"]}`, "Start of list found where not expected"},
		{`{"Flag":"true"}`, "STRING_VALUE cannot be converted to Boolean"},
		{`{"Small":"5"}`, "STRING_VALUE can not be converted to an Integer"},
		{`{"Small":2147483648}`, "NUMBER_VALUE can not be converted to an Integer"},
		{`{"Small":1.5}`, "NUMBER_VALUE can not be converted to an Integer"},
		{`{"Small":1e400}`, "NUMBER_VALUE can not be converted to an Integer"},
		{`{"Large":9223372036854775808}`, "NUMBER_VALUE can not be converted to a Long"},
		{`{"Ratio":1e400}`, "NUMBER_VALUE can not be converted to a Double"},
		{`{"When":"2017-01-11T19:11:30Z"}`, "STRING_VALUE can not be converted to a Timestamp"},
		{`{"When":1e300}`, "NUMBER_VALUE can not be converted to a Timestamp"},
		{`{"When":253402300800}`, "NUMBER_VALUE can not be converted to a Timestamp"},
		{`{"Iso":5}`, "NUMBER_VALUE cannot be converted to String"},
		{`{"Iso":"yesterday"}`, "STRING_VALUE can not be converted to a Timestamp"},
		{`{"Blob":"A"}`, "Invalid Base64 string"},
		{`{"Names":{"a":1}}`, "Start of structure or map found where not expected."},
		{`{"Names":["a",null]}`, "Unexpected null value"},
		{`{"List":[null]}`, "Unexpected null value"},
		{`{"Tags":{"a":5}}`, "NUMBER_VALUE cannot be converted to String"},
		{`{"Tags":["a"]}`, "Start of list found where not expected"},
		{`{"Tags":{"a":"1","a":"2"}}`, "The JSON document has a member twice"},
		{`{"Text":"a","Text":"a"}`, "The JSON document has a member twice"},
		{`{"Text":"a","\u0054ext":"b"}`, "The JSON document has a member twice"},
		{`{"Text":null,"Text":"b"}`, "The JSON document has a member twice"},
		{`{"Unknown":{"a":1,"a":2}}`, "The JSON document has a member twice"},
		{`{"Items":{"k":{"S":"a"},"k":{"S":"b"}}}`, "The JSON document has a member twice"},
		{`{"Items":{"k":{"N":"a"}}}`, "no such type"},
		{"{\"Text\":\"\xc3\x28\"}", "Unable to parse the JSON document"},
		{`{"Text":"a"`, "Unable to parse the JSON document"},
		{`{"Text" "a"}`, "Unable to parse the JSON document"},
		{`{"List":[{},]}`, "Unable to parse the JSON document"},
		{`{'Text':'a'}`, "Unable to parse the JSON document"},
		{"\xef\xbb\xbf{}", "Unable to parse the JSON document"},
		{deep, "Nesting is too deep"},
		{`{"Nested":[` + strings.Repeat("[],", maxElements) + `[]]}`, "Too many list elements"},
	} {
		err := proto.Decode(nil, []byte(c.body), new(kitchen))
		var refusal *bailiwick.Error
		switch {
		case err == nil:
			t.Errorf("%.60s: accepted", c.body)
		case !errors.As(err, &refusal) || refusal.Code != bailiwick.CodeSerialization:
			t.Errorf("%.60s: error %v has no code", c.body, err)
		case refusal.Message != c.want:
			t.Errorf("%.60s: %q, want %q", c.body, refusal.Message, c.want)
		}
	}
	if err := proto.Decode(nil, []byte(`{}`), kitchen{}); err == nil {
		t.Error("decoded into something that is no pointer")
	}
}

func TestEncode(t *testing.T) {
	for _, c := range []struct {
		out  any
		want string
	}{
		{nil, `{}`},
		{(*kitchen)(nil), `{}`},
		{kitchen{Private: "never"}, `{}`},
		{
			&kitchen{Text: ptr("<a&b>"), Flag: ptr(false), Small: ptr(int32(-1)), Large: ptr(int64(1) << 60), Ratio: ptr(0.25)},
			`{"Text":"<a&b>","Flag":false,"Small":-1,"Large":1152921504606846976,"Ratio":0.25}`,
		},
		{&kitchen{When: ptr(time.UnixMilli(1484161890120)), Iso: ptr(time.UnixMilli(1484161890000))}, `{"When":1484161890.12,"Iso":"2017-01-11T19:11:30Z"}`},
		{&kitchen{When: ptr(time.Unix(5, 0))}, `{"When":5}`},
		{&kitchen{When: ptr(time.UnixMilli(-1500))}, `{"When":-1.5}`},
		{&kitchen{When: ptr(time.UnixMilli(1001))}, `{"When":1.001}`},
		{
			&kitchen{Blob: []byte{}, Names: []string{}, Tags: map[string]string{}, List: []kitchen{}, Map: map[string]kitchen{}},
			`{"Blob":"","Names":[],"Tags":{},"List":[],"Map":{}}`,
		},
		{
			&kitchen{Doc: json.RawMessage(`{ "x": 1 }`), Names: []string{"a"}, Tags: map[string]string{"b": "2", "a": "1"}},
			`{"Doc":{"x":1},"Names":["a"],"Tags":{"a":"1","b":"2"}}`,
		},
		{
			&kitchen{Inner: &kitchen{}, List: []kitchen{{Flag: ptr(true)}, {}}, Nested: [][]int32{{1}, {}}, Lists: map[string][]int64{"k": {2}}},
			`{"Inner":{},"List":[{"Flag":true},{}],"Nested":[[1],[]],"Lists":{"k":[2]}}`,
		},
		{
			&kitchen{Item: &tagged{"x"}, Items: map[string]tagged{"b": {"y"}, "a": {"z"}}},
			`{"Item":{"S":"x"},"Items":{"a":{"S":"z"},"b":{"S":"y"}}}`,
		},
	} {
		r, err := proto.Encode("Op", c.out, "id-1")
		if err != nil {
			t.Errorf("%s: %v", c.want, err)
			continue
		}
		if string(r.Body) != c.want {
			t.Errorf("got  %s\nwant %s", r.Body, c.want)
		}
		sum := strconv.FormatUint(uint64(crc32.ChecksumIEEE(r.Body)), 10)
		if r.Status != 200 || r.Header.Get("X-Amz-Crc32") != sum || r.Header.Get("x-amzn-RequestId") != "id-1" ||
			r.Header.Get("Content-Type") != "application/x-amz-json-1.0" {
			t.Errorf("status %d, header %v", r.Status, r.Header)
		}
	}
	if _, err := proto.Encode("Op", &kitchen{Doc: json.RawMessage(`{`)}, ""); err == nil {
		t.Error("a broken document was printed")
	}
	if _, err := proto.Encode("Op", struct {
		C chan int `wire:"C"`
	}{make(chan int)}, ""); err == nil {
		t.Error("a channel was printed")
	}
}

func TestOperation(t *testing.T) {
	for _, c := range []struct {
		method  string
		targets []string
		want    string
	}{
		{"POST", []string{"Kitchen_20120810.GetItem"}, "GetItem"},
		{"GET", []string{"Kitchen_20120810.GetItem"}, ""},
		{"POST", nil, ""},
		{"POST", []string{""}, ""},
		{"POST", []string{"Kitchen_20120810."}, ""},
		{"POST", []string{"Kitchen_20120810GetItem"}, ""},
		{"POST", []string{"Kitchen_20111205.GetItem"}, ""},
		{"POST", []string{"kitchen_20120810.GetItem"}, ""},
		{"POST", []string{"Kitchen_20120810.Get.Item"}, ""},
		{"POST", []string{"Kitchen_20120810.Get\nItem"}, ""},
		{"POST", []string{"Kitchen_20120810." + strings.Repeat("A", 200)}, ""},
		{"POST", []string{"Kitchen_20120810.GetItem", "Kitchen_20120810.PutItem"}, ""},
	} {
		r := httptest.NewRequest(c.method, "/", nil)
		r.Header["X-Amz-Target"] = c.targets
		got, err := proto.Operation(r, nil)
		var refusal *bailiwick.Error
		if got != c.want || (c.want == "") != (errors.As(err, &refusal) && refusal.Code == bailiwick.CodeUnknownOperation) {
			t.Errorf("%s %q: %q, %v", c.method, c.targets, got, err)
		}
	}
}

func TestFail(t *testing.T) {
	coral := Style{
		Own: "com.amazonaws.dynamodb.v20120810#", Common: "com.amazon.coral.service#",
		Validation: "com.amazon.coral.validate#ValidationException",
		Internal:   "com.amazonaws.dynamodb.v20120810#InternalServerError",
		Capital:    []string{bailiwick.CodeAccessDenied, bailiwick.CodeSerialization},
	}
	plain := Style{Validation: "InvalidParameterException", TypeHeader: true}
	for _, c := range []struct {
		style  Style
		err    *bailiwick.Error
		status int
		body   string
	}{
		{coral, bailiwick.Errorf(bailiwick.CodeAccessDenied, "no"), 400, `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}`},
		{coral, bailiwick.Errorf("AccessDeniedException", "no"), 400, `{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"no"}`},
		{coral, bailiwick.Errorf("ResourceNotFoundException", "gone"), 400, `{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException","message":"gone"}`},
		{coral, bailiwick.Errorf(bailiwick.CodeValidation, "bad"), 400, `{"__type":"com.amazon.coral.validate#ValidationException","message":"bad"}`},
		{coral, bailiwick.Errorf("ValidationException", "bad"), 400, `{"__type":"com.amazon.coral.validate#ValidationException","message":"bad"}`},
		{coral, bailiwick.Errorf(bailiwick.CodeInternal, "x"), 500, `{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"x"}`},
		{coral, bailiwick.Errorf("InternalServerError", "x"), 500, `{"__type":"com.amazonaws.dynamodb.v20120810#InternalServerError","message":"x"}`},
		{coral, bailiwick.Errorf(bailiwick.CodeUnknownOperation, ""), 400, `{"__type":"com.amazon.coral.service#UnknownOperationException"}`},
		{coral, bailiwick.Errorf(bailiwick.CodeTooLarge, "big"), 413, `{"__type":"com.amazon.coral.service#RequestEntityTooLargeException","message":"big"}`},
		{coral, &bailiwick.Error{Code: "X", Status: 418, Message: "m", Fields: map[string]any{
			"Item": map[string]tagged{"k": {"v"}}, "Reasons": []any{map[string]any{"Code": "None"}, nil, 5, true}, "bad": make(chan int),
			"message": "twice", "none": nil,
		}}, 418, `{"__type":"com.amazonaws.dynamodb.v20120810#X","message":"m","Item":{"k":{"S":"v"}},"Reasons":[{"Code":"None"},null,5,true]}`},
		{plain, bailiwick.Errorf(bailiwick.CodeMissingToken, ""), 400, `{"__type":"MissingAuthenticationTokenException","message":"Missing Authentication Token"}`},
		{plain, bailiwick.Errorf(bailiwick.CodeIncompleteSignature, "s"), 400, `{"__type":"IncompleteSignatureException","message":"s"}`},
		{plain, bailiwick.Errorf(bailiwick.CodeBadSignature, "s"), 400, `{"__type":"InvalidSignatureException","message":"s"}`},
		{plain, bailiwick.Errorf(bailiwick.CodeUnknownKey, ""), 400, `{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}`},
		{plain, bailiwick.Errorf(bailiwick.CodeExpiredToken, "s"), 400, `{"__type":"ExpiredTokenException","message":"s"}`},
		{plain, bailiwick.Errorf(bailiwick.CodeSerialization, "s"), 400, `{"__type":"SerializationException","message":"s"}`},
		{plain, bailiwick.Errorf(bailiwick.CodeValidation, "s"), 400, `{"__type":"InvalidParameterException","message":"s"}`},
		{plain, bailiwick.Errorf(bailiwick.CodeInternal, ""), 500, `{"__type":"InternalErrorException","message":"Internal server error"}`},
		{plain, bailiwick.Errorf("InternalErrorException", "s"), 500, `{"__type":"InternalErrorException","message":"s"}`},
	} {
		p := &Protocol{Version: "1.1", Style: c.style}
		r := p.Fail(c.err, "id-2")
		if r.Status != c.status || string(r.Body) != c.body {
			t.Errorf("%v:\n got %d %s\nwant %d %s", c.err, r.Status, r.Body, c.status, c.body)
		}
		typ, _, _ := strings.Cut(strings.TrimPrefix(c.body, `{"__type":"`), `"`)
		header := ""
		if c.style.TypeHeader {
			header = typ + ":"
		}
		if got := r.Header.Get("x-amzn-ErrorType"); got != header || r.Header.Get("X-Amz-Crc32") != "" ||
			r.Header.Get("Content-Type") != "application/x-amz-json-1.1" || r.Header.Get("x-amzn-RequestId") != "id-2" {
			t.Errorf("%v: header %v", c.err, r.Header)
		}
	}
}

// Two goroutines that need the same new type must never see half a codec.
func TestCodecConcurrent(t *testing.T) {
	type leaf struct {
		Self *kitchen `wire:"Self"`
		Text *string  `wire:"Text"`
	}
	done := make(chan error)
	for range 8 {
		go func() {
			var in leaf
			err := proto.Decode(&http.Request{}, []byte(`{"Self":{"Inner":{"Text":"x"}},"Text":"y"}`), &in)
			if err == nil && (in.Text == nil || in.Self == nil || *in.Self.Inner.Text != "x") {
				err = errors.New("members are missing")
			}
			done <- err
		}()
	}
	for range 8 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
