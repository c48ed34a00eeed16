package wire_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

// validator makes a function an input.
type validator func(*wire.Validation)

func (f validator) Validate(v *wire.Validation) { f(v) }

// Strangers choose the values that messages repeat, and messages are kept.
func TestValidationRepeatsLittle(t *testing.T) {
	long, one := strings.Repeat("ä", 500_000), wire.Rule{Min: wire.At(2_000_000), Max: wire.At(1), Enum: []string{"A"}}
	for name, validate := range map[string]validator{
		"string":    func(v *wire.Validation) { v.String("name", "x"+long, one) },
		"blob":      func(v *wire.Validation) { v.Blob("blob", []byte(long), one) },
		"list":      func(v *wire.Validation) { v.Members("list", []string{long}, one) },
		"map":       func(v *wire.Validation) { v.MapValues("map", map[string]string{long: long}, one) },
		"path":      func(v *wire.Validation) { v.Null(long) },
		"structure": func(v *wire.Validation) { v.In(long, func(v *wire.Validation) { v.Null("key") }) },
	} {
		err := wire.Check(validate)
		var e *bailiwick.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v, want an Error", name, err)
			continue
		}
		if len(e.Message) > 5000 || !utf8.ValidString(e.Message) {
			t.Errorf("%s: the message has %d bytes, valid UTF-8: %v", name, len(e.Message), utf8.ValidString(e.Message))
		}
	}
}

// The sensitive and the large are not printed, and finding one wrong entry among
// many does not sort them all.
func TestValidationOfManyEntries(t *testing.T) {
	many := map[string]string{}
	for i := range 50_000 {
		many[strconv.Itoa(i)] = "v"
	}
	logins := wire.Rule{Max: wire.At(10), Sensitive: true}
	entry := wire.Rule{Max: wire.At(1), Sensitive: true}
	in := validator(func(v *wire.Validation) {
		v.Size("logins", many, len(many), logins)
		wire.MapKeys(v, "logins", many, entry)
		v.MapValues("logins", many, entry)
	})
	want := "2 validation errors detected: Value at 'logins' failed to satisfy constraint: Member must have length less than or equal to 10; " +
		"Value at 'logins' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length less than or equal to 1]"
	var e *bailiwick.Error
	if err := wire.Check(in); !errors.As(err, &e) || e.Message != want {
		t.Errorf("got %v\nwant %s", err, want)
	}
	if n := testing.AllocsPerRun(1, func() { _ = wire.Check(in) }); n > 200 {
		t.Errorf("%.0f allocations", n)
	}
}

func TestValidationSentences(t *testing.T) {
	name := wire.Rule{Min: wire.At(2), Max: wire.At(8), Pattern: wire.Pattern(`[\w+=,.@-]*`, `^(?:[\w+=,.@-]*)$`)}
	enum := wire.Rule{Enum: []string{"CAT", "DOG"}}
	secret := wire.Rule{Min: wire.At(6), Sensitive: true}
	number := wire.Rule{Min: wire.At(900), Max: wire.At(43200)}
	three := wire.Rule{Max: wire.At(2), Min: wire.At(1)}
	for _, c := range []struct {
		validate validator
		want     string // "" is no error
	}{
		{func(*wire.Validation) {}, ""},
		{
			func(v *wire.Validation) {
				wire.MapNumbers(v, "weights", map[string]float64{"1": 1.5}, wire.Rule{Min: wire.At(0), Max: wire.At(1)})
			},
			"1 validation error detected: Value '{...}' at 'weights' failed to satisfy constraint: Map value must satisfy constraint: " +
				"[Member must have value less than or equal to 1, Member must have value greater than or equal to 0]",
		},
		{
			func(v *wire.Validation) {
				wire.MapNumbers(v, "weights", map[string]float64{"1": 1, "2": 0}, wire.Rule{Min: wire.At(0), Max: wire.At(1)})
			}, "",
		},
		{
			func(v *wire.Validation) { v.Null("tableName") },
			"1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member must not be null",
		},
		{
			func(v *wire.Validation) { v.String("roleSessionName", "Sess1:2", name) },
			`1 validation error detected: Value 'Sess1:2' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w+=,.@-]*`,
		},
		{
			func(v *wire.Validation) { v.String("name", "a", name) },
			"1 validation error detected: Value 'a' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 2",
		},
		{
			func(v *wire.Validation) { v.String("name", "abcdefghi", name) },
			"1 validation error detected: Value 'abcdefghi' at 'name' failed to satisfy constraint: Member must have length less than or equal to 8",
		},
		{func(v *wire.Validation) { v.String("name", "abcdefgh", name) }, ""},
		// AWS counts UTF-16 units: four of these are eight.
		{func(v *wire.Validation) {
			v.String("name", strings.Repeat("\U0001F600", 4), wire.Rule{Max: wire.At(8)})
		}, ""},
		{
			func(v *wire.Validation) {
				v.String("name", strings.Repeat("\U0001F600", 4), wire.Rule{Max: wire.At(7)})
			},
			"1 validation error detected: Value '😀😀😀😀' at 'name' failed to satisfy constraint: Member must have length less than or equal to 7",
		},
		{
			func(v *wire.Validation) { v.String("name", "", wire.Rule{Min: wire.At(1)}) },
			"1 validation error detected: Value '' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 1",
		},
		{
			func(v *wire.Validation) { v.String("kind", "cat", enum) },
			"1 validation error detected: Value 'cat' at 'kind' failed to satisfy constraint: Member must satisfy enum value set: [CAT, DOG]",
		},
		{func(v *wire.Validation) { v.String("kind", "DOG", enum) }, ""},
		{
			func(v *wire.Validation) { v.String("password", "geheim"[:3], secret) },
			"1 validation error detected: Value at 'password' failed to satisfy constraint: Member must have length greater than or equal to 6",
		},
		{
			func(v *wire.Validation) { v.Number("durationSeconds", 60, number) },
			"1 validation error detected: Value '60' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to 900",
		},
		{
			func(v *wire.Validation) { v.Number("durationSeconds", 43201, number) },
			"1 validation error detected: Value '43201' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to 43200",
		},
		{func(v *wire.Validation) { v.Number("durationSeconds", 900, number) }, ""},
		{
			func(v *wire.Validation) { v.Blob("picture", []byte{0, 1, 2}, three) },
			"1 validation error detected: Value 'AAEC' at 'picture' failed to satisfy constraint: Member must have length less than or equal to 2",
		},
		{
			func(v *wire.Validation) { v.Size("tags", []string{"a", "b", "c"}, 3, three) },
			"1 validation error detected: Value '[a, b, c]' at 'tags' failed to satisfy constraint: Member must have length less than or equal to 2",
		},
		{
			func(v *wire.Validation) { v.Size("tags", map[string]string{}, 0, three) },
			"1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1",
		},
		{
			func(v *wire.Validation) { v.Size("items", []struct{ Password string }{{"geheim"}}, 3, three) },
			"1 validation error detected: Value '[...]' at 'items' failed to satisfy constraint: Member must have length less than or equal to 2",
		},
		{
			func(v *wire.Validation) { v.Members("keys", []string{"ok", "a"}, name) },
			`1 validation error detected: Value '[ok, a]' at 'keys' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 8, Member must have length greater than or equal to 2, Member must satisfy regular expression pattern: [\w+=,.@-]*]`,
		},
		{func(v *wire.Validation) { v.Members("keys", []string{"ok"}, name) }, ""},
		{
			func(v *wire.Validation) {
				wire.MapKeys(v, "tags", map[string]string{"k": "v"}, wire.Rule{Min: wire.At(2)})
			},
			"1 validation error detected: Value '{k=v}' at 'tags' failed to satisfy constraint: Map keys must satisfy constraint: [Member must have length greater than or equal to 2]",
		},
		{
			func(v *wire.Validation) {
				v.MapValues("tags", map[string]string{"b": "2", "a": "long"}, wire.Rule{Max: wire.At(2)})
			},
			"1 validation error detected: Value '{a=long, b=2}' at 'tags' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 2]",
		},
		{func(v *wire.Validation) {
			v.In(wire.Index("tags", 0), func(v *wire.Validation) { v.Null("key") })
			v.Null("after")
		}, "2 validation errors detected: Value null at 'tags.1.member.key' failed to satisfy constraint: Member must not be null; " +
			"Value null at 'after' failed to satisfy constraint: Member must not be null"},
		{
			func(v *wire.Validation) { v.String("name", "a:", wire.Rule{Min: wire.At(3), Enum: []string{"x"}}) },
			"2 validation errors detected: Value 'a:' at 'name' failed to satisfy constraint: Member must have length greater than or equal to 3; " +
				"Value 'a:' at 'name' failed to satisfy constraint: Member must satisfy enum value set: [x]",
		},
	} {
		err := wire.Check(c.validate)
		var e *bailiwick.Error
		switch {
		case err == nil && c.want == "":
		case err == nil:
			t.Errorf("no error, want %s", c.want)
		case !errors.As(err, &e) || e.Code != bailiwick.CodeValidation:
			t.Errorf("error %v has no code", err)
		case e.Message != c.want:
			t.Errorf("got  %s\nwant %s", e.Message, c.want)
		}
	}
}

// A message must not grow with the request: ten violations, short collections.
func TestValidationBounds(t *testing.T) {
	err := wire.Check(validator(func(v *wire.Validation) {
		for range 50 {
			v.Null("x")
		}
	}))
	if err == nil || !strings.Contains(err.Error(), "10 validation errors detected") || strings.Count(err.Error(), "Member must") != 10 {
		t.Errorf("got %v", err)
	}
	err = wire.Check(validator(func(v *wire.Validation) {
		v.Size("list", []string{strings.Repeat("a", 1<<20)}, 1, wire.Rule{Min: wire.At(2)})
	}))
	if err == nil || len(err.Error()) > 2000 {
		t.Error("a long list comes back whole")
	}
}

func TestCheckWithoutConstraints(t *testing.T) {
	if err := wire.Check(struct{}{}); err != nil {
		t.Error(err)
	}
}

func TestSend(t *testing.T) {
	w := httptest.NewRecorder()
	wire.Response{Status: 418, Header: http.Header{"Content-Type": {"x/y"}}, Body: []byte("tea")}.Send(w)
	if w.Code != 418 || w.Header().Get("Content-Type") != "x/y" || w.Body.String() != "tea" {
		t.Errorf("sent %d %v %s", w.Code, w.Header(), w.Body)
	}
}
