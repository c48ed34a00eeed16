package attr

import (
	"errors"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire/awsjson"
)

func printed(v awsjson.EncoderTo) string {
	e := awsjson.NewEncoder(nil)
	if err := v.EncodeJSON(e); err != nil {
		return err.Error()
	}
	return string(e.Bytes())
}

func TestJSON(t *testing.T) {
	tests := []struct{ in, want string }{ // want: "" for the same text
		{`{"S":"a<b"}`, ""},
		{`{"S":""}`, ""},
		{`{"N":"1.0"}`, `{"N":"1"}`},
		{`{"N":"-0"}`, `{"N":"0"}`},
		{`{"B":"AAH/"}`, ""},
		{`{"B":""}`, ""},
		{`{"BOOL":true}`, ""},
		{`{"BOOL":false}`, ""},
		{`{"NULL":true}`, ""},
		{`{"SS":["b","a"]}`, `{"SS":["a","b"]}`},
		{`{"NS":["10","9.0"]}`, `{"NS":["9","10"]}`},
		{`{"BS":["AQ==","AA=="]}`, `{"BS":["AA==","AQ=="]}`},
		{`{"L":[]}`, ""},
		{`{"M":{}}`, ""},
		{`{"L":[{"S":"x"},{"L":[{"N":"1"}]}]}`, ""},
		{`{"M":{"b":{"S":"x"},"a":{"NULL":true}}}`, `{"M":{"a":{"NULL":true},"b":{"S":"x"}}}`},
		{`{"S":null,"N":"1"}`, `{"N":"1"}`},
		{`{"S":"x","Unknown":{"a":[1]}}`, `{"S":"x"}`},
		{`{}`, string(errEmptyValue)},
		{`null`, string(errEmptyValue)},
		{`{"S":null}`, string(errEmptyValue)},
		{`{"s":"x"}`, string(errEmptyValue)},
		{`{"L":[{}]}`, string(errEmptyValue)},
		{`{"L":[null]}`, string(errEmptyValue)},
		{`{"S":"a","N":"1"}`, string(errManyTypes)},
		{`{"M":{"x":{"S":"a","B":""}}}`, string(errManyTypes)},
		{`{"NULL":false}`, "One or more parameter values were invalid: Null attribute value types must have the value of true"},
		{`{"N":"x"}`, "The parameter cannot be converted to a numeric value: x"},
		{`{"NS":["1","1e0"]}`, "Input collection contains duplicates"},
		{`{"SS":[]}`, "One or more parameter values were invalid: An string set  may not be empty"},
	}
	for _, test := range tests {
		if test.want == "" {
			test.want = test.in
		}
		var v Value
		got := ""
		if err := v.DecodeJSON(awsjson.NewDecoder([]byte(test.in))); err != nil {
			refusal, is := errors.AsType[*bailiwick.Error](err)
			if !is || refusal.Code != bailiwick.CodeValidation {
				t.Errorf("%s: %v is no ValidationException", test.in, err)
				continue
			}
			got = refusal.Message
		} else {
			got = printed(v)
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.in, got, test.want)
		}
	}
}

func TestJSONRefusesOtherTypes(t *testing.T) {
	for _, in := range []string{`{"S":1}`, `{"N":1}`, `{"BOOL":"true"}`, `{"B":"*"}`, `{"L":{}}`, `{"M":[]}`, `{"SS":"a"}`, `{"SS":[null]}`, `"x"`, `[]`, `{"S":"a","S":"a"}`, `{"M":{"a":{"S":"1"},"a":{"S":"2"}}}`, `{"S":"a"`, ``} {
		var v Value
		err := v.DecodeJSON(awsjson.NewDecoder([]byte(in)))
		if refusal, is := errors.AsType[*bailiwick.Error](err); !is || refusal.Code != bailiwick.CodeSerialization || !v.IsZero() {
			t.Errorf("%s: %v, %v", in, v, err)
		}
	}
}

func TestJSONDepth(t *testing.T) {
	for levels, ok := range map[int]bool{MaxDepth - 1: true, MaxDepth: false, 45: false, 5000: false} {
		for open, close := range map[string]string{`{"L":[`: `]}`, `{"M":{"a":`: `}}`} {
			text := strings.Repeat(open, levels) + `{"S":"x"}` + strings.Repeat(close, levels)
			var v Value
			if err := v.DecodeJSON(awsjson.NewDecoder([]byte(text))); (err == nil) != ok {
				t.Errorf("%d levels of %s: %v", levels, open, err)
			}
		}
	}
}

func TestJSONItem(t *testing.T) {
	item := sample(t)
	var back Item
	if err := back.DecodeJSON(awsjson.NewDecoder([]byte(printed(item)))); err != nil || !back.Equal(item) {
		t.Errorf("%s came back as %s, %v", printed(item), printed(back), err)
	}
}

func TestJSONValues(t *testing.T) {
	var vs Values
	if err := vs.DecodeJSON(awsjson.NewDecoder([]byte(`{":a":{"S":"x"},":b":{"N":"01"}}`))); err != nil || len(vs) != 2 || vs[":b"].Text() != "1" {
		t.Errorf("%v, %v", vs, err)
	}
	err := vs.DecodeJSON(awsjson.NewDecoder([]byte(`{":a":{}}`)))
	want := "ExpressionAttributeValues contains invalid value: " + string(errEmptyValue) + " for key :a"
	if refusal, is := errors.AsType[*bailiwick.Error](err); !is || refusal.Message != want {
		t.Errorf("%v", err)
	}
}
