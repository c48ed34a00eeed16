package attr

import (
	"errors"
	"math/big"
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	nines := strings.Repeat("9", 38)
	tests := []struct{ in, want, fail string }{
		{in: "0", want: "0"},
		{in: "-0", want: "0"},
		{in: "+0.00e55", want: "0"},
		{in: "0e999999999999999999999", want: "0"},
		{in: "1", want: "1"},
		{in: "01", want: "1"},
		{in: "1.0", want: "1"},
		{in: "1e0", want: "1"},
		{in: "+1", want: "1"},
		{in: "10e-1", want: "1"},
		{in: "-12.3400", want: "-12.34"},
		{in: ".5", want: "0.5"},
		{in: "5.", want: "5"},
		{in: "5E2", want: "500"},
		{in: "1.5e+3", want: "1500"},
		{in: "0.001", want: "0.001"},
		{in: "1e-3", want: "0.001"},
		{in: "123456.789e-2", want: "1234.56789"},
		{in: nines, want: nines},
		{in: nines + "000", want: nines + "000"},
		{in: nines + ".0", want: nines},
		{in: "1E125", want: "1" + strings.Repeat("0", 125)},
		{in: "9." + nines[1:] + "E+125", want: nines + strings.Repeat("0", 88)},
		{in: "1E-130", want: "0." + strings.Repeat("0", 129) + "1"},
		{in: "1E126", fail: string(errOverflow)},
		{in: "-1E126", fail: string(errOverflow)},
		{in: "1e99999999999999999999", fail: string(errOverflow)},
		{in: "1E-131", fail: string(errUnderflow)},
		{in: "1e-99999999999999999999", fail: string(errUnderflow)},
		{in: "1" + nines, fail: string(errPrecision)},
		{in: "0." + nines + "1", fail: string(errPrecision)},
		{in: "", fail: "The parameter cannot be converted to a numeric value"},
	}
	for _, bad := range []string{"x", " 1", "1 ", "1e", "e1", "-", "+", ".", "1.2.3", "0x10", "NaN", "Infinity", "1e1.5", "--1", "1_000", "1,5", "1e+", "١"} {
		tests = append(tests, struct{ in, want, fail string }{in: bad, fail: "The parameter cannot be converted to a numeric value: " + bad})
	}
	for _, test := range tests {
		got, err := Canonical(test.in)
		switch {
		case test.fail != "" && (err == nil || err.Error() != test.fail):
			t.Errorf("%q: got %q, %v, want error %q", test.in, got, err, test.fail)
		case test.fail == "" && (err != nil || got != test.want):
			t.Errorf("%q: got %q, %v, want %q", test.in, got, err, test.want)
		}
	}
}

func TestArithmetic(t *testing.T) {
	tests := []struct{ a, b, sum, diff string }{
		{"1", "2", "3", "-1"},
		{"9007199254740993", "1", "9007199254740994", "9007199254740992"},
		{"0.1", "0.2", "0.3", "-0.1"},
		{"-5", "5", "0", "-10"},
		{"999999999999999999", "999999999999999999", "1999999999999999998", "0"},
		{"1e100", "-1e100", "0", "2" + strings.Repeat("0", 100)},
		{"0", "1e-130", "0." + strings.Repeat("0", 129) + "1", "-0." + strings.Repeat("0", 129) + "1"},
	}
	for _, test := range tests {
		a, b := num(t, test.a), num(t, test.b)
		if sum, err := a.Add(b); err != nil || sum.Text() != test.sum {
			t.Errorf("%s + %s = %s, %v, want %s", test.a, test.b, sum.Text(), err, test.sum)
		}
		if diff, err := a.Sub(b); err != nil || diff.Text() != test.diff {
			t.Errorf("%s - %s = %s, %v, want %s", test.a, test.b, diff.Text(), err, test.diff)
		}
	}
	if _, err := num(t, "1e50").Add(num(t, "1")); !errors.Is(err, errPrecision) {
		t.Errorf("1e50 + 1: %v", err)
	}
	if _, err := num(t, "9e125").Add(num(t, "9e125")); !errors.Is(err, errOverflow) {
		t.Errorf("9e125 + 9e125: %v", err)
	}
	if _, err := String("1").Add(Int(1)); err == nil {
		t.Error("a string was added")
	}
}

func num(t testing.TB, text string) Value {
	t.Helper()
	v, err := Number(text)
	if err != nil {
		t.Fatalf("Number(%q): %v", text, err)
	}
	return v
}

// FuzzNumber holds parsing, comparison, arithmetic and keys against math/big.
func FuzzNumber(f *testing.F) {
	for _, seed := range []string{"0", "-0.0", "1e125", "-9.9e-130", "00012.3400e5", "5.", ".5", "1e", "123456789012345678901234567890123456789"} {
		f.Add(seed, "7")
		f.Add("-3.25", seed)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		v, errV := Number(a)
		w, errW := Number(b)
		if errV != nil || errW != nil {
			return
		}
		x, okX := new(big.Rat).SetString(a)
		y, okY := new(big.Rat).SetString(b)
		if !okX || !okY {
			// math/big gives up on huge exponents, which only a zero may have.
			if !okX && v.Text() != "0" || !okY && w.Text() != "0" {
				t.Fatalf("%q or %q: accepted, but no number", a, b)
			}
			return
		}
		if back, _ := new(big.Rat).SetString(v.Text()); back.Cmp(x) != 0 {
			t.Fatalf("%q became %s", a, v.Text())
		}
		if again := num(t, v.Text()); again.Text() != v.Text() {
			t.Fatalf("%s is not canonical", v.Text())
		}
		order, _ := v.Compare(w)
		if sign(order) != x.Cmp(y) {
			t.Fatalf("compare %s %s = %d", v.Text(), w.Text(), order)
		}
		checkKeys(t, v, w, x.Cmp(y))
		if sum, err := v.Add(w); err == nil {
			if got, _ := new(big.Rat).SetString(sum.Text()); got.Cmp(new(big.Rat).Add(x, y)) != 0 {
				t.Fatalf("%s + %s = %s", a, b, sum.Text())
			}
		}
		if diff, err := v.Sub(w); err == nil {
			if got, _ := new(big.Rat).SetString(diff.Text()); got.Cmp(new(big.Rat).Sub(x, y)) != 0 {
				t.Fatalf("%s - %s = %s", a, b, diff.Text())
			}
		}
	})
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
