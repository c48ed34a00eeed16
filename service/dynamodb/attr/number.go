package attr

import (
	"math/big"
	"strconv"
	"strings"
)

// DynamoDB's number range: 38 significant digits, 1E-130 to 9.99…E+125, and zero.
const (
	maxDigits = 38
	minExp    = -130
	maxExp    = 125
)

// decimal is ±0.d1d2…dn × 10^(exp+1): digits without leading or trailing zeros, exp the
// power of ten of the first digit. Zero has n == 0 and is never negative.
type decimal struct {
	neg    bool
	exp    int
	n      int
	digits [maxDigits]byte // '0'…'9'
}

// Canonical is the one spelling under which DynamoDB returns a number: plain decimal, no
// exponent, no superfluous zero, no plus sign, "0" for every zero.
func Canonical(text string) (string, error) {
	if isPlainInt(text) {
		return text, nil
	}
	d, err := parseDecimal(text)
	if err != nil {
		return "", err
	}
	return d.String(), nil
}

// isPlainInt recognizes the most common numbers, already canonical, without work.
func isPlainInt(text string) bool {
	if len(text) == 0 || len(text) > maxDigits {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text[0] != '0' || len(text) == 1
}

func notNumeric(text string) error {
	if text == "" {
		return errNoNumber
	}
	return ValidationError("The parameter cannot be converted to a numeric value: " + text)
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// parseDecimal reads [+-] digits [. digits] [eE [+-] digits], one digit at least.
func parseDecimal(text string) (decimal, error) {
	var d decimal
	rest := text
	if rest != "" && (rest[0] == '+' || rest[0] == '-') {
		d.neg = rest[0] == '-'
		rest = rest[1:]
	}
	mantissa, exponent := rest, ""
	if i := strings.IndexAny(rest, "eE"); i >= 0 {
		mantissa, exponent = rest[:i], rest[i+1:]
		if exponent == "" {
			return d, notNumeric(text)
		}
	}
	shift, ok := parseExponent(exponent)
	if !ok {
		return d, notNumeric(text)
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if len(whole)+len(fraction) == 0 || !allDigits(whole) || !allDigits(fraction) {
		return d, notNumeric(text)
	}
	return d, d.fill(whole, fraction, shift)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return true
}

// parseExponent saturates far outside the range, so that no text overflows an int.
func parseExponent(s string) (int, bool) {
	neg := false
	if s != "" && (s[0] == '+' || s[0] == '-') {
		neg = s[0] == '-'
		s = s[1:]
		if s == "" {
			return 0, false
		}
	}
	n := 0
	for i := range len(s) {
		if !isDigit(s[i]) {
			return 0, false
		}
		if n < 1<<40 {
			n = n*10 + int(s[i]-'0')
		}
	}
	if neg {
		n = -n
	}
	return n, true
}

// fill takes the significant digits out of whole.fraction × 10^shift.
func (d *decimal) fill(whole, fraction string, shift int) error {
	at := func(i int) byte {
		if i < len(whole) {
			return whole[i]
		}
		return fraction[i-len(whole)]
	}
	first, last := -1, -1
	for i := range len(whole) + len(fraction) {
		if at(i) != '0' {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	if first < 0 {
		*d = decimal{}
		return nil
	}
	d.exp = len(whole) - 1 - first + shift
	d.n = last - first + 1
	// Range before precision, as DynamoDB reports it for numbers that break both rules.
	switch {
	case d.exp > maxExp:
		return errOverflow
	case d.exp < minExp:
		return errUnderflow
	case d.n > maxDigits:
		return errPrecision
	}
	for i := first; i <= last; i++ {
		d.digits[i-first] = at(i)
	}
	return nil
}

// String is the canonical text.
func (d *decimal) String() string {
	if d.n == 0 {
		return "0"
	}
	b := make([]byte, 0, 2+max(d.n, d.exp+1, d.n-d.exp))
	if d.neg {
		b = append(b, '-')
	}
	digits := d.digits[:d.n]
	switch {
	case d.exp < 0:
		b = append(b, '0', '.')
		b = appendZeros(b, -d.exp-1)
		b = append(b, digits...)
	case d.n <= d.exp+1:
		b = append(b, digits...)
		b = appendZeros(b, d.exp+1-d.n)
	default:
		b = append(b, digits[:d.exp+1]...)
		b = append(b, '.')
		b = append(b, digits[d.exp+1:]...)
	}
	return string(b)
}

func appendZeros(b []byte, n int) []byte {
	for range n {
		b = append(b, '0')
	}
	return b
}

func formatInt(n int64) string { return strconv.FormatInt(n, 10) }

// compareNumbers orders canonical decimals without parsing them: among positive ones the
// longer whole part is larger, and equal lengths compare as text.
func compareNumbers(a, b string) int {
	aNeg, bNeg := strings.HasPrefix(a, "-"), strings.HasPrefix(b, "-")
	switch {
	case aNeg && bNeg:
		return compareMagnitudes(b[1:], a[1:])
	case aNeg:
		return -1
	case bNeg:
		return 1
	}
	return compareMagnitudes(a, b)
}

func compareMagnitudes(a, b string) int {
	aWhole, _, _ := strings.Cut(a, ".")
	bWhole, _, _ := strings.Cut(b, ".")
	if len(aWhole) != len(bWhole) {
		return len(aWhole) - len(bWhole)
	}
	return strings.Compare(a, b)
}

// Add is the exact sum of two numbers; ok is false when one of them is no N. The sum
// must fit DynamoDB's range and 38 digits as any stored number.
func (v Value) Add(w Value) (Value, error) { return sum(v, w, false) }

// Sub is the exact difference of two numbers, like [Value.Add].
func (v Value) Sub(w Value) (Value, error) { return sum(v, w, true) }

func sum(v, w Value, minus bool) (Value, error) {
	if v.typ != N || w.typ != N {
		return Value{}, errNoNumber
	}
	if len(v.text) <= 18 && len(w.text) <= 18 {
		a, errA := strconv.ParseInt(v.text, 10, 64)
		b, errB := strconv.ParseInt(w.text, 10, 64)
		if errA == nil && errB == nil {
			if minus {
				b = -b
			}
			return Int(a + b), nil
		}
	}
	return bigSum(v.text, w.text, minus)
}

// bigSum brings both numbers to the smaller power of ten and adds integers: at most
// 38+255 digits, since the range of exponents is bounded.
func bigSum(a, b string, minus bool) (Value, error) {
	x, err := parseDecimal(a)
	if err != nil {
		return Value{}, err
	}
	y, err := parseDecimal(b)
	if err != nil {
		return Value{}, err
	}
	scale := min(x.lowExp(), y.lowExp())
	total := x.scaled(scale)
	if minus {
		total.Sub(total, y.scaled(scale))
	} else {
		total.Add(total, y.scaled(scale))
	}
	return Number(total.String() + "e" + strconv.Itoa(scale))
}

func (d *decimal) lowExp() int { return d.exp - d.n + 1 }

func (d *decimal) scaled(scale int) *big.Int {
	z := new(big.Int)
	if d.n == 0 {
		return z
	}
	z.SetString(string(d.digits[:d.n]), 10)
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(d.lowExp()-scale)), nil)
	z.Mul(z, power)
	if d.neg {
		z.Neg(z)
	}
	return z
}
