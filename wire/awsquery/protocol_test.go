package awsquery

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
)

type tag struct {
	Key   *string `wire:"Key"`
	Value *string `wire:"Value"`
}

// kitchen has every kind of member that a generated structure can have.
type kitchen struct {
	Text    *string             `wire:"Text"`
	Flag    *bool               `wire:"Flag"`
	Small   *int32              `wire:"Small"`
	Large   *int64              `wire:"Large"`
	Ratio   *float64            `wire:"Ratio"`
	When    *time.Time          `wire:"When"`
	Epoch   *time.Time          `wire:"Epoch,time=unixTimestamp"`
	Old     *time.Time          `wire:"Old,time=rfc822"`
	Blob    []byte              `wire:"Blob"`
	Tags    []tag               `wire:"Tags"`
	Names   []string            `wire:"Names,list=Name"`
	Flat    []string            `wire:"Flat,flat"`
	Renamed []string            `wire:"Renamed,flat,list=Item"`
	Map     map[string]string   `wire:"Map"`
	Keyed   map[string]tag      `wire:"Keyed,key=k,value=v"`
	FlatMap map[string]int32    `wire:"FlatMap,flat"`
	Lists   map[string][]string `wire:"Lists"`
	Nested  [][]string          `wire:"Nested"`
	Inner   *kitchen            `wire:"Inner"`
	Private string
}

func ptr[T any](v T) *T { return &v }

var proto = &Protocol{Namespace: "https://kitchen.example/doc/", Version: "2011-06-15"}

func post(form string) (*http.Request, []byte) {
	return httptest.NewRequest("POST", "/", nil), []byte(form)
}

func TestDecode(t *testing.T) {
	for _, c := range []struct {
		form string
		want kitchen
	}{
		{"", kitchen{}},
		{"Action=X&Version=Y&Unknown.member.1=z&text=t&&", kitchen{}},
		{
			"Text=a+b%26%3D%C3%A9&Flag=true&Small=-5&Large=9223372036854775807&Ratio=1.5",
			kitchen{Text: ptr("a b&=é"), Flag: ptr(true), Small: ptr(int32(-5)), Large: ptr(int64(9223372036854775807)), Ratio: ptr(1.5)},
		},
		{"Text=", kitchen{Text: ptr("")}},
		{"Text", kitchen{Text: ptr("")}},
		{
			"When=2017-01-11T19:11:30Z&Epoch=1484161890.5&Old=Wed%2C%2011%20Jan%202017%2019%3A11%3A30%20GMT",
			kitchen{When: ptr(time.Unix(1484161890, 0).UTC()), Epoch: ptr(time.UnixMilli(1484161890500).UTC()), Old: ptr(time.Unix(1484161890, 0).UTC())},
		},
		{"Blob=AAE%3D", kitchen{Blob: []byte{0, 1}}},
		{"Blob=", kitchen{Blob: []byte{}}},
		{
			"Tags.member.2.Key=c&Tags.member.1.Key=a&Tags.member.1.Value=b",
			kitchen{Tags: []tag{{ptr("a"), ptr("b")}, {ptr("c"), nil}}},
		},
		{"Tags=&Names=&Map=&Flat=", kitchen{Tags: []tag{}, Names: []string{}, Map: map[string]string{}, Flat: []string{}}},
		{"Names.Name.1=x&Names.Name.2=", kitchen{Names: []string{"x", ""}}},
		{"Flat.1=x&Flat.2=y&Item.1=z", kitchen{Flat: []string{"x", "y"}, Renamed: []string{"z"}}},
		{
			"Map.entry.1.key=a&Map.entry.1.value=b&Map.entry.2.key=c&Map.entry.2.value=",
			kitchen{Map: map[string]string{"a": "b", "c": ""}},
		},
		{"Keyed.entry.1.k=a&Keyed.entry.1.v.Key=b", kitchen{Keyed: map[string]tag{"a": {Key: ptr("b")}}}},
		{"FlatMap.1.key=a&FlatMap.1.value=3", kitchen{FlatMap: map[string]int32{"a": 3}}},
		{"Lists.entry.1.key=a&Lists.entry.1.value.member.1=b", kitchen{Lists: map[string][]string{"a": {"b"}}}},
		{"Nested.member.1.member.1=a&Nested.member.2=", kitchen{Nested: [][]string{{"a"}, {}}}},
		{"Inner.Inner.Text=x", kitchen{Inner: &kitchen{Inner: &kitchen{Text: ptr("x")}}}},
	} {
		var got kitchen
		r, body := post(c.form)
		if err := proto.Decode(r, body, &got); err != nil {
			t.Errorf("%s: %v", c.form, err)
		} else if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %+v", c.form, got)
		}
	}
	var in kitchen
	get := httptest.NewRequest("GET", "/?Text=from+query&X-Amz-Signature=00", nil)
	if err := proto.Decode(get, []byte("Flag=true"), &in); err != nil || *in.Text != "from query" || in.Flag != nil {
		t.Errorf("query: %+v, %v", in, err)
	}
}

func TestDecodeRefuses(t *testing.T) {
	list := "List members must be numbered from 1 without gaps"
	for _, c := range []struct{ form, want string }{
		{"Text=a&Text=a", "Duplicate parameter in request"},
		{"Text=a&%54ext=b", "Duplicate parameter in request"},
		{"Unknown=a&Unknown=b", "Duplicate parameter in request"},
		{"Tags.member.1.Key=a&Tags.member.1.Key=b", "Duplicate parameter in request"},
		{"Text=%zz", "Invalid URL encoding in request parameters"},
		{"Text=%", "Invalid URL encoding in request parameters"},
		{"Text=%ff", "Invalid URL encoding in request parameters"},
		{"Text.x=a", "Start of structure or map found where not expected."},
		{"Text=a&Text.x=a", "Start of structure or map found where not expected."},
		{"Text.=a", "Start of structure or map found where not expected."},
		{"Inner=a", "Unexpected complex element termination"},
		{"Inner=", "Unexpected complex element termination"},
		{"Inner=&Inner.Text=a", "Unexpected complex element termination"},
		{"Tags=a", "Unexpected list element termination"},
		{"Tags=&Tags.member.1.Key=a", "Unexpected list element termination"},
		{"Tags.member.1.Key=a&Tags.entry.1.Key=a", "Unexpected list element termination"},
		{"Tags.1.Key=a", "Unexpected list element termination"},
		{"Names.member.1=a", "Unexpected list element termination"},
		{"Tags.member=a", "Unexpected list element termination"},
		{"Tags.member.1=a", "Unexpected complex element termination"},
		{"Tags.member.0.Key=a", list},
		{"Tags.member.2.Key=a", list},
		{"Tags.member.01.Key=a", list},
		{"Tags.member.x.Key=a", list},
		{"Tags.member.-1.Key=a", list},
		{"Tags.member.1.Key=a&Tags.member.3.Key=a", list},
		{"Tags.member.999999999.Key=a", list},
		{"Tags.member.99999999999999999999.Key=a", list},
		{"Flat.2=a", list},
		{"Map.entry.1.key=a", "Map entries must have a key and a value"},
		{"Map.entry.1.value=a", "Map entries must have a key and a value"},
		{"Map.entry.1=a", "Map entries must have a key and a value"},
		{"Map.entry.1.key=a&Map.entry.1.value=b&Map.entry.2.key=a&Map.entry.2.value=c", "Duplicate key in map"},
		{"Map.1.key=a&Map.1.value=a", "Unexpected list element termination"},
		{"Flag=True", "STRING_VALUE can not be converted to a Boolean"},
		{"Flag=", "STRING_VALUE can not be converted to a Boolean"},
		{"Small=", "STRING_VALUE can not be converted to an Integer"},
		{"Small=2147483648", "STRING_VALUE can not be converted to an Integer"},
		{"Small=1.0", "STRING_VALUE can not be converted to an Integer"},
		{"Small=%2B1", "STRING_VALUE can not be converted to an Integer"},
		{"Small=0x10", "STRING_VALUE can not be converted to an Integer"},
		{"Ratio=NaN", "STRING_VALUE can not be converted to a Double"},
		{"Ratio=0x1p4", "STRING_VALUE can not be converted to a Double"},
		{"Blob=AAE", "Invalid Base64 string"},
		{"Blob=AA%0AE%3D", "Invalid Base64 string"},
		{"When=1484161890", "STRING_VALUE can not be converted to a Timestamp"},
		{"Epoch=NaN", "STRING_VALUE can not be converted to a Timestamp"},
		{"Epoch=1e300", "STRING_VALUE can not be converted to a Timestamp"},
		{strings.Repeat("Inner.", maxDepth) + "Text=a", "Nesting is too deep"},
		{strings.Repeat("&x", 10) + strings.Repeat("&a.b.c.d.e.f.g.h.i.j", maxParts/10), "Duplicate parameter in request"},
		{distinct(maxParts + 1), "Too many parameters"},
	} {
		r, body := post(c.form)
		err := proto.Decode(r, body, new(kitchen))
		var refusal *bailiwick.Error
		switch {
		case err == nil:
			t.Errorf("%.60s: accepted", c.form)
		case !errors.As(err, &refusal) || refusal.Code != bailiwick.CodeSerialization:
			t.Errorf("%.60s: error %v has no code", c.form, err)
		case refusal.Message != c.want:
			t.Errorf("%.60s: %q, want %q", c.form, refusal.Message, c.want)
		}
	}
	split := httptest.NewRequest("POST", "/?Text=a", nil)
	if err := proto.Decode(split, []byte("Text=b"), new(kitchen)); err == nil {
		t.Error("a parameter in URL and form was accepted")
	}
	if err := proto.Decode(split, nil, kitchen{}); err == nil {
		t.Error("decoded into something that is no pointer")
	}
}

func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("&" + strings.Repeat("a", i%7+1) + string(rune('a'+i%26)) + time.Duration(i).String())
	}
	return b.String()
}

func TestOperation(t *testing.T) {
	for _, c := range []struct{ method, query, form, want, message string }{
		{"POST", "", "Action=AssumeRole&Version=2011-06-15", "AssumeRole", ""},
		{"GET", "Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Expires=60", "", "GetCallerIdentity", ""},
		{"POST", "Action=AssumeRole", "Version=2011-06-15", "AssumeRole", ""},
		{"GET", "", "Action=AssumeRole&Version=2011-06-15", "", "The request must contain the parameter Action"},
		{"PUT", "Action=AssumeRole&Version=2011-06-15", "", "", "The HTTP method is not valid for this web service"},
		{"POST", "", "Version=2011-06-15", "", "The request must contain the parameter Action"},
		{"POST", "", "Action=AssumeRole&Version=2010-05-08", "", "Could not find operation AssumeRole for version 2010-05-08"},
		{"POST", "", "Action=AssumeRole", "", "Could not find operation AssumeRole for version NO_VERSION_SPECIFIED"},
		{"POST", "", "Action=a%3Cb&Version=2011-06-15", "", "Could not find operation a<b for version 2011-06-15"},
		{"POST", "", "Action=1a&Version=2011-06-15", "", "Could not find operation 1a for version 2011-06-15"},
		{"POST", "", "Action=A&Action=B&Version=2011-06-15", "", "Duplicate parameter in request"},
		{"POST", "Action=A", "Action=B&Version=2011-06-15", "", "Duplicate parameter in request"},
		{"POST", "", "Action.x=A&Version=2011-06-15", "", "The request must contain the parameter Action"},
	} {
		r := httptest.NewRequest(c.method, "/?"+c.query, nil)
		got, err := proto.Operation(r, []byte(c.form))
		var refusal *bailiwick.Error
		if errors.As(err, &refusal); got != c.want || (err == nil) != (c.message == "") || refusal != nil && refusal.Message != c.message {
			t.Errorf("%s %q %q: %q, %v", c.method, c.query, c.form, got, err)
		}
	}
	if err := proto.Unknown("Fly"); err.Code != bailiwick.CodeUnknownOperation || err.Message != "Could not find operation Fly for version 2011-06-15" {
		t.Error(err)
	}
}

const (
	head = `<OpResponse xmlns="https://kitchen.example/doc/">`
	foot = `<ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></OpResponse>`
)

func TestEncode(t *testing.T) {
	for _, c := range []struct {
		out  any
		want string // between head and foot
	}{
		{nil, `<OpResult></OpResult>`},
		{(*kitchen)(nil), `<OpResult></OpResult>`},
		{struct{}{}, `<OpResult></OpResult>`},
		{kitchen{Private: "never"}, `<OpResult></OpResult>`},
		{
			&kitchen{Text: ptr("<a&b>\"\x00\n\xff"), Flag: ptr(false), Small: ptr(int32(-1)), Large: ptr(int64(1) << 60), Ratio: ptr(0.25)},
			"<OpResult><Text>&lt;a&amp;b&gt;&#34;\ufffd&#xA;\ufffd</Text><Flag>false</Flag><Small>-1</Small><Large>1152921504606846976</Large><Ratio>0.25</Ratio></OpResult>",
		},
		{
			&kitchen{When: ptr(time.UnixMilli(1484161890999)), Epoch: ptr(time.Unix(5, 0)), Old: ptr(time.Unix(1484161890, 0))},
			`<OpResult><When>2017-01-11T19:11:30Z</When><Epoch>5</Epoch><Old>Wed, 11 Jan 2017 19:11:30 GMT</Old></OpResult>`,
		},
		{
			&kitchen{Blob: []byte{0, 1}, Tags: []tag{{ptr("a"), nil}, {}}, Names: []string{"x"}},
			`<OpResult><Blob>AAE=</Blob><Tags><member><Key>a</Key></member><member></member></Tags><Names><Name>x</Name></Names></OpResult>`,
		},
		{&kitchen{Tags: []tag{}, Map: map[string]string{}, Flat: []string{}}, `<OpResult><Tags></Tags><Map></Map></OpResult>`},
		{&kitchen{Flat: []string{"x", "y"}, Renamed: []string{"z"}}, `<OpResult><Flat>x</Flat><Flat>y</Flat><Item>z</Item></OpResult>`},
		{
			&kitchen{Map: map[string]string{"b": "2", "a": "1"}},
			`<OpResult><Map><entry><key>a</key><value>1</value></entry><entry><key>b</key><value>2</value></entry></Map></OpResult>`,
		},
		{
			&kitchen{Keyed: map[string]tag{"a": {Key: ptr("x")}}, FlatMap: map[string]int32{"b": 2}},
			`<OpResult><Keyed><entry><k>a</k><v><Key>x</Key></v></entry></Keyed><FlatMap><key>b</key><value>2</value></FlatMap></OpResult>`,
		},
		{
			&kitchen{Lists: map[string][]string{"a": {"x"}}, Nested: [][]string{{"y"}, {}}, Inner: &kitchen{}},
			`<OpResult><Lists><entry><key>a</key><value><member>x</member></value></entry></Lists>` +
				`<Nested><member><member>y</member></member><member></member></Nested><Inner></Inner></OpResult>`,
		},
	} {
		r, err := proto.Encode("Op", c.out, "id-1")
		if err != nil {
			t.Errorf("%s: %v", c.want, err)
			continue
		}
		if got := string(r.Body); got != head+c.want+foot {
			t.Errorf("got  %s\nwant %s", got, head+c.want+foot)
		}
		wellFormed(t, r.Body)
		if r.Status != 200 || r.Header.Get("Content-Type") != "text/xml" || r.Header.Get("x-amzn-RequestId") != "id-1" {
			t.Errorf("status %d, header %v", r.Status, r.Header)
		}
	}
	for _, out := range []any{"text", struct {
		C chan int `wire:"C"`
	}{make(chan int)}} {
		if _, err := proto.Encode("Op", out, ""); err == nil {
			t.Errorf("%T was printed", out)
		}
	}
}

func wellFormed(t *testing.T, body []byte) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(string(body)))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Errorf("%s: %v", body, err)
			return
		}
	}
}

func TestFail(t *testing.T) {
	for _, c := range []struct {
		err                 *bailiwick.Error
		status              int
		fault, code, senten string
	}{
		{bailiwick.Errorf(bailiwick.CodeAccessDenied, "User: <x>"), 403, "Sender", "AccessDenied", "User: &lt;x&gt;"},
		{bailiwick.Errorf(bailiwick.CodeMissingToken, ""), 403, "Sender", "MissingAuthenticationToken", "Request is missing Authentication Token"},
		{bailiwick.Errorf(bailiwick.CodeIncompleteSignature, "s"), 400, "Sender", "IncompleteSignature", "s"},
		{bailiwick.Errorf(bailiwick.CodeBadSignature, "s"), 403, "Sender", "SignatureDoesNotMatch", "s"},
		{bailiwick.Errorf(bailiwick.CodeUnknownKey, "s"), 403, "Sender", "InvalidClientTokenId", "s"},
		{bailiwick.Errorf(bailiwick.CodeExpiredToken, "s"), 403, "Sender", "ExpiredToken", "s"},
		{bailiwick.Errorf(bailiwick.CodeUnknownOperation, "s"), 400, "Sender", "InvalidAction", "s"},
		{bailiwick.Errorf(bailiwick.CodeSerialization, "s"), 400, "Sender", "MalformedInput", "s"},
		{bailiwick.Errorf(bailiwick.CodeValidation, "s"), 400, "Sender", "ValidationError", "s"},
		{bailiwick.Errorf(bailiwick.CodeTooLarge, "s"), 413, "Sender", "RequestEntityTooLarge", "s"},
		{bailiwick.Errorf(bailiwick.CodeInternal, ""), 500, "Receiver", "InternalFailure", "Internal server error"},
		{bailiwick.Errorf("MissingAction", "s"), 400, "Sender", "MissingAction", "s"},
		{&bailiwick.Error{Code: "NoSuchEntity", Status: 404, Message: "s"}, 404, "Sender", "NoSuchEntity", "s"},
		{&bailiwick.Error{Code: "ServiceFailure", Status: 503, Message: "s"}, 503, "Receiver", "ServiceFailure", "s"},
	} {
		r := proto.Fail(c.err, "id-2")
		want := `<ErrorResponse xmlns="https://kitchen.example/doc/"><Error><Type>` + c.fault + `</Type><Code>` + c.code +
			`</Code><Message>` + c.senten + `</Message></Error><RequestId>id-2</RequestId></ErrorResponse>`
		if r.Status != c.status || string(r.Body) != want {
			t.Errorf("got  %d %s\nwant %d %s", r.Status, r.Body, c.status, want)
		}
		wellFormed(t, r.Body)
	}
}
