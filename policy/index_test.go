package policy

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/arn"
)

// TestIndex holds what the index finds first against asking one statement after the other, in sets that are large enough for
// every way into it: the table by name and action and by name, both trees, and the table behind a crowded branch.
func TestIndex(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	resources := []string{
		"*", "arn:aws:s3:::b", "arn:aws:s3:::b/*", "arn:aws:s3:::b/a*", "arn:aws:s3:::b/a/?", "arn:aws:s3:::c*", "arn:aws:s3:*:*:b", "arn:aws:s3:*:*:b/a*", "arn:*:s3:::b/b*", "arn:aws:s3:*:*:*",
		"arn:aws:s3:::b/a", "arn:aws:s3:::b/ab", "arn:aws:s3:::${t:k}", "arn:aws:s3:::b/${t:k}/*", "arn:aws:dynamodb:us-east-1:111122223333:table/T1", "arn:aws:dynamodb:*:*:table/T1", "arn:aws:dynamodb:us-east-1:111122223333:table/*", "arn:aws:x",
	}
	actions := []string{"s3:A", "s3:B", "S3:a", "s3:C", "s3:D", "s3:E", "s3:*", "*", "s3:?", "dynamodb:GetItem", "dynamodb:Get*"}
	asked := []string{"s3:A", "s3:a", "s3:B", "s3:E", "s3:F", "dynamodb:getitem", "dynamodb:GetItem"}
	names := []string{"*", "arn:aws:s3:::b", "arn:aws:s3:::b/a", "arn:aws:s3:::b/ab", "arn:aws:s3:::b/b", "arn:aws:s3:::c", "arn:aws:s3:::k", "arn:aws:s3:::b/k/x", "arn:aws:dynamodb:us-east-1:111122223333:table/T1", "arn:aws:dynamodb:us-east-1:111122223333:table/T2", "arn:aws:s3:us-east-1:1:b/a/x"}
	c := new(Context)
	c.Set("t:k", "k")
	found := map[bool]int{}
	for n := range 30 {
		d := &Document{Version: Version2012}
		actions, resources := actions, resources[n%3:]
		if n%5 == 0 { // a crowd with exact actions on one pattern
			actions, resources = actions[:6], resources[2:3]
		}
		for range 1 + r.IntN(40) {
			s := Statement{Effect: pick("Allow", "Deny")}
			list := []string{pick(actions...)}
			for range r.IntN(3) {
				list = append(list, pick(actions...))
			}
			if n%7 == 0 { // so many that the pairs with resources are
				for i := range 40 {
					list = append(list, fmt.Sprintf("s3:X%d", i))
				}
			}
			if r.IntN(8) == 0 {
				s.NotActions = list
			} else {
				s.Actions = list
			}
			list = []string{pick(resources...)}
			for range r.IntN(3) {
				list = append(list, pick(resources...))
			}
			if r.IntN(8) == 0 {
				s.NotResources = list
			} else {
				s.Resources = list
			}
			d.Statements = append(d.Statements, s)
		}
		p := Compile("p", d)
		if p.Err() != nil {
			t.Fatal(p.Err())
		}
		set := NewSet(p)
		for _, action := range asked {
			for _, name := range names {
				var e evaluation
				if err := e.begin(&Request{Principal: Principal{Type: User}, Action: action, Resource: name, Context: c}); err != nil {
					t.Fatal(err)
				}
				for deny, x := range map[bool]*index{true: set.denies, false: set.allows} {
					var want *statement
					for _, s := range set.all {
						if want == nil && s.deny == deny && s.matches(&e) {
							want = s
						}
					}
					if got := x.first(set.all, &e); got != want {
						t.Fatalf("%s on %s, deny %v: %+v, want %+v of\n%s", action, name, deny, got, want, d)
					}
					found[want != nil]++
				}
			}
		}
	}
	if found[true] < 500 || found[false] < 500 {
		t.Errorf("found %v: the test tests little", found)
	}
}

// TestIndexLeavesOut: a request for one of a thousand tables is matched with few statements, or the index is none.
func TestIndexLeavesOut(t *testing.T) {
	for name, resource := range map[string]string{
		"names": "arn:aws:dynamodb:us-east-1:111122223333:table/T%d", "beginnings": "arn:aws:dynamodb:us-east-1:111122223333:table/T%d/*",
		"beginnings of the last part": "arn:aws:dynamodb:*:*:table/T%d/*", "names in any region": "arn:aws:dynamodb:*:111122223333:table/T%d",
	} {
		d := &Document{Version: Version2012}
		for i := range 1000 {
			d.Statements = append(d.Statements, Statement{Effect: "Allow", Actions: []string{"dynamodb:GetItem", "dynamodb:PutItem"}, Resources: []string{fmt.Sprintf(resource, i)}})
		}
		expectFew(t, name, d, "dynamodb:PutItem", "arn:aws:dynamodb:us-east-1:111122223333:table/T77/index/i")
	}
	d := &Document{Version: Version2012}
	for i := range 1000 {
		d.Statements = append(d.Statements, Statement{Effect: "Allow", Actions: []string{"t:Other", fmt.Sprintf("t:A%d", i)}, Resources: []string{"arn:aws:t:::x*"}})
	}
	expectFew(t, "actions on one pattern", d, "t:A5", "arn:aws:t:::xy")
	for i := range d.Statements {
		d.Statements[i].Resources = []string{"arn:aws:t:::x"}
	}
	expectFew(t, "actions on one name", d, "T:a5", "arn:aws:t:::x")
	expectFew(t, "an action of nobody", d, "t:Else", "arn:aws:t:::x")
}

// TestCrowdOfPatterns: a branch that is crowded by statements with wildcards in their actions only has nothing in the table.
func TestCrowdOfPatterns(t *testing.T) {
	d := &Document{Version: Version2012}
	for i := range 2 * splitAt {
		d.Statements = append(d.Statements, Statement{Effect: "Allow", Actions: []string{fmt.Sprintf("t:A%d*", i)}, Resources: []string{"arn:aws:t:::x*"}})
	}
	expectFew(t, "the fifth", d, "t:A5x", "arn:aws:t:::xy")
	expectFew(t, "none", d, "t:B", "arn:aws:t:::xy")
	expectFew(t, "another resource", d, "t:A5x", "arn:aws:t:::y")
}

// expectFew counts the statements that the index puts to the request.
func expectFew(t *testing.T, name string, d *Document, action, resource string) {
	t.Helper()
	p := Compile("p", d)
	if p.Err() != nil {
		t.Fatal(p.Err())
	}
	set := NewSet(p)
	var e evaluation
	if err := e.begin(&Request{Principal: Principal{Type: User}, Action: action, Resource: resource}); err != nil {
		t.Fatal(err)
	}
	x, asked := set.allows, 0
	var want *statement
	for _, s := range set.all {
		if want == nil && s.matches(&e) {
			want = s
		}
	}
	if got := x.first(set.all, &e); got != want {
		t.Errorf("%s: found %+v, want %+v", name, got, want)
	}
	count := func(hash uint64) {
		if len(x.table.slots) == 0 {
			return
		}
		for n := x.table.slots[hash>>x.table.shift]; n != 0; n = x.table.cells[n-1].next {
			asked++
		}
	}
	count(mix(e.name, e.action))
	count(e.name)
	for _, way := range []struct {
		n    *branch
		rest string
	}{{&x.whole, resource}, {&x.last, e.colons.part(resource, resourcePart)}} {
		for n, rest := way.n, way.rest; n != nil; {
			asked += len(n.list)
			if n.seed != 0 {
				count(mix(n.seed, e.action))
			}
			child := n.child(rest)
			if child == nil || !strings.HasPrefix(rest, child.prefix) {
				break
			}
			n, rest = child, rest[len(child.prefix):]
		}
	}
	if asked > 40 {
		t.Errorf("%s: %d of %d statements are asked", name, asked, len(set.all))
	}
}

// TestIsAction holds the check, which looks at eight bytes at a time, against one that looks at one.
func TestIsAction(t *testing.T) {
	plain := func(s string) bool {
		for i := range len(s) {
			if s[i] <= ' ' || s[i] > '~' || s[i] == '*' || s[i] == '?' {
				return false
			}
		}
		return len(s) <= 128 && strings.Count(s, ":") == 1 && s[0] != ':' && s[len(s)-1] != ':'
	}
	try := func(s string) {
		if got := isAction(s); got != plain(s) {
			t.Fatalf("%q: %v", s, got)
		}
	}
	try("")
	const borders = "\x00\x1f !\")*+9:;>?@AZ[`az{}~\x7f\x80\xba\xff"
	for length := 1; length <= 17; length++ {
		for colon := range length {
			base := []byte(strings.Repeat("z", length))
			base[colon] = ':'
			try(string(base))
			for at := range length {
				for i := range len(borders) {
					changed := append([]byte(nil), base...)
					changed[at] = borders[i]
					try(string(changed))
				}
			}
		}
	}
	for length := 126; length <= 130; length++ {
		try("s3:" + strings.Repeat("x", length-3))
	}
}

// TestColons holds the reader of ARNs against that of package arn.
func TestColons(t *testing.T) {
	try := func(s string) {
		var c colons
		a, err := arn.Parse(s)
		if ok := c.find(s); ok != (err == nil) {
			t.Fatalf("%q: %v, but %v", s, ok, err)
		}
		if err != nil {
			return
		}
		for i, want := range []string{a.Partition, a.Service, a.Region, a.Account, a.Resource} {
			if got := c.part(s, i); got != want {
				t.Fatalf("part %d of %q is %q, want %q", i, s, got, want)
			}
		}
	}
	for _, base := range []string{"arn:a:b:::c", "arn:aws:s3:::b/k", "arn:aws:sqs:us-east-1:111122223333:q:r:s", "arn:aws:iam::1:", "arn::::::", "arn:a::::x", "arn::b:::x", ":::::", "arn:a:b::c", "arn:aws:s3:::é", "xarn:a:b:::c"} {
		try(base)
		for at := range len(base) {
			for _, b := range []byte{0, '/', ':', ';', 'a', 0x7f, 0x80, 0xba, 0xff} {
				try(base[:at] + string([]byte{b}) + base[at+1:])
			}
			try(base[:at])
			try(base[:at] + ":" + base[at:])
			try(base[:at] + base[at+1:])
		}
	}
	for n := arn.MaxLength - 2; n <= arn.MaxLength+2; n++ {
		try("arn:aws:s3:::" + strings.Repeat("k", n-13))
	}
}
