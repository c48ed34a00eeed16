package userpools

import (
	"strings"
	"testing"
)

func TestRolesOf(t *testing.T) {
	n := func(i int32) *int32 { return &i }
	for _, tt := range []struct {
		name      string
		groups    []group
		roles     string
		preferred string
	}{
		{"no group", nil, "", ""},
		{"no role", []group{{Precedence: n(0)}}, "", ""},
		{"one role", []group{{Role: ptr("A")}}, "A", "A"},
		{"one role twice, no precedence", []group{{Role: ptr("A")}, {Role: ptr("A")}}, "A", "A"},
		{"best precedence", []group{{Role: ptr("A"), Precedence: n(1)}, {Role: ptr("B"), Precedence: n(0)}}, "A B", "B"},
		{"none is the worst", []group{{Role: ptr("A")}, {Role: ptr("B"), Precedence: n(2147483647)}}, "A B", "B"},
		{"tie", []group{{Role: ptr("A"), Precedence: n(1)}, {Role: ptr("B"), Precedence: n(1)}}, "A B", ""},
		{"tie of three, the third as the first", []group{{Role: ptr("A"), Precedence: n(1)}, {Role: ptr("B"), Precedence: n(1)}, {Role: ptr("A"), Precedence: n(1)}}, "A B", ""},
		{"tie of none", []group{{Role: ptr("A")}, {Role: ptr("B")}}, "A B", ""},
		{"tie of the same role, another behind", []group{{Role: ptr("A"), Precedence: n(1)}, {Role: ptr("A"), Precedence: n(1)}, {Role: ptr("B"), Precedence: n(2)}}, "A B", "A"},
		{"a group without role does not count", []group{{Precedence: n(0)}, {Role: ptr("A"), Precedence: n(5)}, {Role: ptr("B"), Precedence: n(6)}}, "A B", "A"},
	} {
		roles, preferred := rolesOf(tt.groups)
		if strings.Join(roles, " ") != tt.roles || preferred != tt.preferred {
			t.Errorf("%s: %v, %q", tt.name, roles, preferred)
		}
	}
}

func TestReadable(t *testing.T) {
	u := &user{Sub: "s", Attributes: map[string]string{"email": "e", "email_verified": "true", "custom:org": "o", "dev:custom:d": "d"}}
	for _, tt := range []struct {
		read []string
		want string
	}{
		{nil, "custom:org email email_verified sub"},
		{[]string{}, "custom:org email email_verified sub"},
		{[]string{"email"}, "email sub"},
		{[]string{"dev:custom:d", "name"}, "sub"},
	} {
		var names []string
		for _, a := range (&client{ReadAttributes: tt.read}).readable(u) {
			names = append(names, *a.Name)
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%v reads %s", tt.read, got)
		}
	}
}

func TestMask(t *testing.T) {
	for _, tt := range [][3]string{
		{"email", "alice@test.com", "a***@t***"},
		{"email", "ä@ü", "ä***@ü***"},
		{"phone_number", "+15550001234", "+*******1234"},
		{"phone_number", "+1", "+1"},
		{"phone_number", "+12345", "+*2345"},
	} {
		if got := mask(tt[0], tt[1]); got != tt[2] {
			t.Errorf("%s is masked as %s, want %s", tt[1], got, tt[2])
		}
	}
}

// A cost that grows with an exponent is one that a caller chooses.
func TestNumber(t *testing.T) {
	for text, ok := range map[string]bool{
		"1": true, "-1": true, "1.5": true, "0": true, "007": true, "": false, "-": false, ".5": false, "1.": false, "1e9": false, "0x1": false,
		"1/2": false, "+1": false, "1_0": false, "Inf": false, strings.Repeat("9", 65): false,
	} {
		if _, err := number(text); (err == nil) != ok {
			t.Errorf("%q is a number: %v", text, !ok)
		}
	}
}

// What parses is exactly one comparison: printed again it parses to the same.
func FuzzParseFilter(f *testing.F) {
	for _, s := range []string{`username = "a"`, `"email" ^= "a\"b\\"`, `sub=""`, `status = "Enabled" or sub = "x"`, `^=`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := parseFilter(text)
		if err != nil || got.attribute == "" {
			return
		}
		operator := "="
		if got.begins {
			operator = "^="
		}
		quoted := strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(got.value)
		again, err := parseFilter(got.attribute + operator + `"` + quoted + `"`)
		if err != nil || again != got {
			t.Errorf("%q is %+v, printed again %+v, %v", text, got, again, err)
		}
	})
}

// One address stays one address in whatever header it comes to stand.
func TestAddressesThatSplit(t *testing.T) {
	for _, v := range []string{
		"a@b.example\r\nBcc: x", "a,b@c.example", "a@b.example,c", "a;b@c.example", "<a@b.example>", "\"a\"@b.example", "a@b.example(c)",
		"a:b@c.example", "a@[192.0.2.1]", "a\\@b.example", "a b@c.example", "a@b\u202e.example", "a@b@c.example", "@b.example", "a@",
	} {
		if isEmail(v) {
			t.Errorf("%q is taken for an address", v)
		}
	}
	for _, v := range []string{"a@b.example", "o'neil+tag@b.example", "jos\u00e9@b\u00fccher.example", "a.b_c-d%e!#$&*/=?^`{|}~@b.example"} {
		if !isEmail(v) {
			t.Errorf("%q is not taken for an address", v)
		}
	}
}
