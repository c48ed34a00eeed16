package wire

import (
	"encoding/base64"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf16"

	"github.com/bailiwick-project/bailiwick"
)

// A Validator is an input structure with constraints.
type Validator interface{ Validate(*Validation) }

// A Rule is the constraints of one shape. Lengths count UTF-16 units, as AWS does.
type Rule struct {
	Min, Max  *float64
	Pattern   *Regexp
	Enum      []string
	Sensitive bool // the value is not repeated in the message
}

// At is a bound of a Rule.
func At(n float64) *float64 { return &n }

// A Regexp is a pattern of the API model, compiled when first needed: most of
// the patterns of a large API never are, and start-up should not pay for them.
type Regexp struct {
	text, translated string
	once             sync.Once
	compiled         *regexp.Regexp
}

// Pattern is AWS's text and its translation for package regexp.
func Pattern(text, translated string) *Regexp { return &Regexp{text: text, translated: translated} }

func (x *Regexp) matches(s string) bool {
	x.once.Do(func() { x.compiled = regexp.MustCompile(x.translated) })
	return x.compiled.MatchString(s)
}

// maxReported bounds the number of violations that are told, and the work.
const maxReported = 10

// A Validation collects the violations of one input.
type Validation struct {
	prefix   string
	messages []string
}

// Check validates in, if it has constraints. The error has CodeValidation and
// AWS's sentence: "1 validation error detected: Value 'x' at 'y' failed to
// satisfy constraint: Member must ...".
func Check(in any) error {
	c, ok := in.(Validator)
	if !ok {
		return nil
	}
	var v Validation
	c.Validate(&v)
	switch n := len(v.messages); n {
	case 0:
		return nil
	case 1:
		return bailiwick.Errorf(bailiwick.CodeValidation, "1 validation error detected: %s", v.messages[0])
	default:
		return bailiwick.Errorf(bailiwick.CodeValidation, "%d validation errors detected: %s", n, strings.Join(v.messages, "; "))
	}
}

func (v *Validation) fail(value, path, constraint string) {
	if len(v.messages) >= maxReported {
		return
	}
	if value != "" {
		value += " "
	}
	v.messages = append(v.messages, "Value "+value+"at '"+cut(v.prefix+path)+"' failed to satisfy constraint: "+constraint)
}

// Null reports a required member that is absent.
func (v *Validation) Null(path string) { v.fail("null", path, "Member must not be null") }

// In validates a nested structure under path.
func (v *Validation) In(path string, validate func(*Validation)) {
	saved := v.prefix
	v.prefix += path + "."
	validate(v)
	v.prefix = saved
}

// Index is the path of element i of a list.
func Index(path string, i int) string { return path + "." + strconv.Itoa(i+1) + ".member" }

// Sorted returns the keys of m in order, so that messages are stable.
func Sorted[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }

// String checks a string against its rule.
func (v *Validation) String(path, s string, r Rule) {
	for _, c := range r.broken(s) {
		v.fail(r.quote(s), path, c)
	}
}

// Number checks a number against its bounds.
func (v *Validation) Number(path string, n float64, r Rule) {
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if r.Min != nil && n < *r.Min {
		v.fail(r.quote(text), path, "Member must have value greater than or equal to "+bound(r.Min))
	}
	if r.Max != nil && n > *r.Max {
		v.fail(r.quote(text), path, "Member must have value less than or equal to "+bound(r.Max))
	}
}

// Blob checks the length of a blob in bytes.
func (v *Validation) Blob(path string, b []byte, r Rule) {
	for _, c := range r.length(len(b)) {
		v.fail(r.quote(base64.StdEncoding.EncodeToString(b)), path, c)
	}
}

// Size checks the number of entries of a list or map.
func (v *Validation) Size(path string, value any, n int, r Rule) {
	for _, c := range r.length(n) {
		v.fail(r.print(value), path, c)
	}
}

// Members checks the strings of a list, all in one message as AWS does.
func (v *Validation) Members(path string, list []string, r Rule) {
	for _, s := range list {
		if len(r.broken(s)) > 0 {
			v.fail(r.print(list), path, "Member must satisfy constraint: ["+strings.Join(r.all(), ", ")+"]")
			return
		}
	}
}

// MapKeys checks the keys of a map. Which of them is found wrong does not show, so
// that nothing need be sorted.
func MapKeys[T any](v *Validation, path string, m map[string]T, r Rule) {
	for k := range m {
		if len(r.broken(k)) > 0 {
			v.fail(r.print(m), path, "Map keys must satisfy constraint: ["+strings.Join(r.all(), ", ")+"]")
			return
		}
	}
}

// MapValues checks the values of a map of strings.
func (v *Validation) MapValues(path string, m map[string]string, r Rule) {
	for k := range m {
		if len(r.broken(m[k])) > 0 {
			v.fail(r.print(m), path, "Map value must satisfy constraint: ["+strings.Join(r.all(), ", ")+"]")
			return
		}
	}
}

// MapNumbers checks the values of a map of numbers.
func MapNumbers[T int32 | int64 | float64](v *Validation, path string, m map[string]T, r Rule) {
	for _, n := range m {
		if r.Min != nil && float64(n) < *r.Min || r.Max != nil && float64(n) > *r.Max {
			var rules []string
			if r.Max != nil {
				rules = append(rules, "Member must have value less than or equal to "+bound(r.Max))
			}
			if r.Min != nil {
				rules = append(rules, "Member must have value greater than or equal to "+bound(r.Min))
			}
			v.fail(r.print(m), path, "Map value must satisfy constraint: ["+strings.Join(rules, ", ")+"]")
			return
		}
	}
}

// MapSizes checks the lengths of the lists in a map. AWS tells of them under the
// name of the map.
func MapSizes[T any](v *Validation, path string, m map[string][]T, r Rule) {
	for k := range m {
		if len(r.length(len(m[k]))) > 0 {
			v.fail(r.print(m), path, "Map value must satisfy constraint: ["+strings.Join(r.all(), ", ")+"]")
			return
		}
	}
}

// broken lists the constraints that s does not satisfy.
func (r Rule) broken(s string) []string {
	out := r.length(units(s))
	if r.Pattern != nil && !r.Pattern.matches(s) {
		out = append(out, "Member must satisfy regular expression pattern: "+r.Pattern.text)
	}
	if len(r.Enum) > 0 && !slices.Contains(r.Enum, s) {
		out = append(out, "Member must satisfy enum value set: ["+strings.Join(r.Enum, ", ")+"]")
	}
	return out
}

func (r Rule) length(n int) []string {
	var out []string
	if r.Max != nil && float64(n) > *r.Max {
		out = append(out, "Member must have length less than or equal to "+bound(r.Max))
	}
	if r.Min != nil && float64(n) < *r.Min {
		out = append(out, "Member must have length greater than or equal to "+bound(r.Min))
	}
	return out
}

// all prints every constraint of the rule.
func (r Rule) all() []string {
	var out []string
	if r.Max != nil {
		out = append(out, "Member must have length less than or equal to "+bound(r.Max))
	}
	if r.Min != nil {
		out = append(out, "Member must have length greater than or equal to "+bound(r.Min))
	}
	if r.Pattern != nil {
		out = append(out, "Member must satisfy regular expression pattern: "+r.Pattern.text)
	}
	if len(r.Enum) > 0 {
		out = append(out, "Member must satisfy enum value set: ["+strings.Join(r.Enum, ", ")+"]")
	}
	return out
}

func (r Rule) quote(s string) string {
	if r.Sensitive {
		return ""
	}
	return "'" + cut(s) + "'"
}

// print is quote for lists and maps, which a stranger can make large: what is not
// shown is not printed either.
func (r Rule) print(value any) string {
	if r.Sensitive {
		return ""
	}
	return r.quote(printed(value))
}

func bound(n *float64) string { return strconv.FormatFloat(*n, 'f', -1, 64) }

// units counts UTF-16 code units, Java's length of a string.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

// maxPrinted bounds how much of a caller's value comes back in a message.
const maxPrinted = 1024

// printed prints lists and maps the way AWS's messages do: [a, b], {k=v}.
func printed(value any) string {
	var b strings.Builder
	switch x := value.(type) {
	case []string:
		b.WriteString("[" + strings.Join(x, ", ") + "]")
	case map[string]string:
		b.WriteByte('{')
		for i, k := range Sorted(x) {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(k + "=" + x[k])
		}
		b.WriteByte('}')
	default:
		return hidden(reflect.ValueOf(value))
	}
	return b.String()
}

// hidden stands for structures: their members may be secrets.
func hidden(v reflect.Value) string {
	text := "[...]"
	if v.Kind() == reflect.Map {
		text = "{...}"
	}
	if v.Len() == 0 {
		return text[:1] + text[4:]
	}
	return text
}

// cut keeps a value within what a message repeats. Strangers choose values, and
// messages are also kept for the administrator: without a bound, a few thousand
// requests of a megabyte each are gigabytes of memory.
func cut(s string) string {
	if len(s) <= maxPrinted {
		return s
	}
	return strings.ToValidUTF8(s[:maxPrinted], "") + "..."
}
