package sigv4

import "testing"

func TestCanonicalPath(t *testing.T) {
	for _, c := range []struct{ escaped, s3, other string }{
		{"", "/", "/"},
		{"/", "/", "/"},
		{"/a b", "/a%20b", "/a%20b"},
		{"/a%20b", "/a%20b", "/a%2520b"},
		{"/a%2Fb/c", "/a%2Fb/c", "/a%252Fb/c"},
		{"/a%2fb", "/a%2Fb", "/a%252fb"},
		{"/%41~-_.!$'()*,;:@&=+", "/A~-_.%21%24%27%28%29%2A%2C%3B%3A%40%26%3D%2B", "/%2541~-_.%21%24%27%28%29%2A%2C%3B%3A%40%26%3D%2B"},
		{"//x//", "//x//", "//x//"},
		{"/x/../y/./", "/x/../y/./", "/x/../y/./"},
		{"/\xc3\xbc", "/%C3%BC", "/%C3%BC"},
	} {
		for s3, want := range map[bool]string{true: c.s3, false: c.other} {
			got, err := appendPath(nil, c.escaped, s3)
			if err != nil || string(got) != want {
				t.Errorf("%q, s3 %v: %q, %v; want %q", c.escaped, s3, got, err, want)
			}
		}
	}
	if _, err := appendPath(nil, "/a%2", true); KindOf(err) != Malformed {
		t.Errorf("cut escape: %v", err)
	}
}

func TestCanonicalQuery(t *testing.T) {
	for _, c := range []struct{ raw, want string }{
		{"", ""},
		{"b=2&a=1", "a=1&b=2"},
		{"a=2&a=1&a", "a=&a=1&a=2"},
		{"a-b=1&a=2&a1=3", "a=2&a-b=1&a1=3"}, // not by joined pairs
		{"A=1&a=1&%C3%BC=1&_=1", "%C3%BC=1&A=1&_=1&a=1"},
		{"a=x y", "a=x%20y"},
		{"a=x+y&b=x%2By", "a=x%20y&b=x%2By"},
		{"a=1=2", "a=1%3D2"},
		{"=v", "=v"},
		{"a;b=1", "a%3Bb=1"},
		{"%7e=%7E/", "~=~%2F"},
		{"X-Amz-Signature=1&a=1", "a=1"},
	} {
		got, err := appendQuery(nil, c.raw, true)
		if err != nil || string(got) != c.want {
			t.Errorf("%q: %q, %v; want %q", c.raw, got, err, c.want)
		}
	}
	if got, err := appendQuery(nil, "X-Amz-Signature=1", false); err != nil || string(got) != "X-Amz-Signature=1" {
		t.Errorf("header authentication: %q, %v", got, err)
	}
}
