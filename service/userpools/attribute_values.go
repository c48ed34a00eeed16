package userpools

import (
	"regexp"
	"strconv"
	"sync"
	"unicode/utf16"
)

// complaint is what is wrong with a value, "" for nothing.
func (a attribute) complaint(v string) string {
	n := units(v)
	if n > maxValueLength {
		return "Value is longer than " + strconv.Itoa(maxValueLength) + " characters."
	}
	switch a.Type {
	case "String":
		if low, err := strconv.Atoi(or(a.MinLength, "0")); err != nil || n < low {
			return "String must be at least " + or(a.MinLength, "0") + " characters."
		}
		if high, err := strconv.Atoi(or(a.MaxLength, strconv.Itoa(maxValueLength))); err != nil || n > high {
			return "String must be at most " + or(a.MaxLength, strconv.Itoa(maxValueLength)) + " characters."
		}
	case "Number":
		return a.numberComplaint(v)
	case "Boolean":
		if v != "true" && v != "false" {
			return "Value must be true or false."
		}
	}
	return ""
}

func (a attribute) numberComplaint(v string) string {
	x, err := number(v)
	if err != nil {
		return "Value must be a number."
	}
	low, err1 := bound(a.MinValue)
	high, err2 := bound(a.MaxValue)
	if err1 != nil || err2 != nil || low != nil && x.Cmp(low) < 0 || high != nil && x.Cmp(high) > 0 {
		return "Number is out of range."
	}
	return ""
}

// units counts UTF-16 code units, as AWS counts characters.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += max(utf16.RuneLen(r), 1)
	}
	return n
}

// The characters that separate, group or quote addresses in a header (RFC 5322
// section 3.2.3) are in none: one address must not become two on its way out.
var (
	emailFormat = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[^@\pC\pZ()<>\[\]:;\\,"]+@[^@\pC\pZ()<>\[\]:;\\,"]+$`)
	})
	phoneFormat = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\+[0-9]{1,15}$`) })
)

func isEmail(s string) bool { return emailFormat().MatchString(s) }
func isPhone(s string) bool { return phoneFormat().MatchString(s) }

func checkContacts(attributes map[string]string) error {
	if v := attributes["email"]; v != "" && !isEmail(v) {
		return invalid("Invalid email address format.")
	}
	if v := attributes["phone_number"]; v != "" && !isPhone(v) {
		return invalid("Invalid phone number format.")
	}
	return nil
}
