package userpools

import (
	"context"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

func (a *API) listUsers(ctx context.Context, call *bailiwick.Call, in *ListUsersRequest) (*ListUsersResponse, error) {
	f, err := parseFilter(value(in.Filter))
	if err != nil {
		return nil, err
	}
	out := &ListUsersResponse{}
	pg := pageOf("ListUsers "+value(in.UserPoolId)+" "+value(in.Filter), in.Limit, in.PaginationToken)
	err = a.readPool(ctx, call, in.UserPoolId, func(r store.Reader, p *pool) error {
		for _, name := range in.AttributesToGet {
			if _, ok := p.attribute(name); !ok {
				return invalid("One or more requested attributes do not exist.")
			}
		}
		var err error
		out.Users, out.PaginationToken, err = listPage(a, r, pg, []any{root, "user", p.ID}, func(_ []byte, u user) (UserType, bool, error) {
			if !f.matches(p, &u) {
				return UserType{}, false, nil
			}
			d := u.describe()
			if in.AttributesToGet != nil {
				d.Attributes = only(d.Attributes, in.AttributesToGet)
			}
			return *d, true, nil
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func only(list []AttributeType, names []string) []AttributeType {
	out := []AttributeType{}
	for _, a := range list {
		if has(names, *a.Name) {
			out = append(out, a)
		}
	}
	return out
}

// A filter is the Filter of ListUsers: one comparison, `name = "value"` or
// `name ^= "value"` (begins with). The zero filter matches everyone.
type filter struct {
	attribute string
	begins    bool
	value     string
}

// searchable are the attributes that ListUsers filters by; custom ones are not.
// Source: Cognito Developer Guide, "Searching for users".
var searchable = []string{
	"username", "email", "phone_number", "name", "given_name", "family_name", "preferred_username", "cognito:user_status", "status", "sub",
}

func parseFilter(text string) (filter, error) {
	var f filter
	bad := invalid("Error while parsing filter")
	text = strings.TrimSpace(text)
	if text == "" {
		return f, nil
	}
	at := strings.IndexAny(text, "=^")
	if at < 0 {
		return f, bad
	}
	f.attribute = strings.Trim(strings.TrimSpace(text[:at]), `"`)
	rest := text[at:]
	if f.begins = strings.HasPrefix(rest, "^"); f.begins {
		rest = rest[1:]
	}
	rest, ok := strings.CutPrefix(rest, "=")
	if !ok || f.attribute == "" || strings.ContainsAny(f.attribute, " \t") {
		return f, bad
	}
	if f.value, ok = unquote(strings.TrimSpace(rest)); !ok {
		return f, bad
	}
	if !has(searchable, f.attribute) {
		return f, invalid("Invalid search attribute: %s", f.attribute)
	}
	return f, nil
}

// unquote reads a value in quotation marks, those inside behind a backslash.
func unquote(s string) (string, bool) {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return "", false
	}
	var b strings.Builder
	inner := s[1 : len(s)-1]
	for i := 0; i < len(inner); i++ {
		switch {
		case inner[i] == '\\' && i+1 < len(inner):
			i++
		case inner[i] == '\\' || inner[i] == '"':
			return "", false
		}
		b.WriteByte(inner[i])
	}
	return b.String(), true
}

func (f filter) matches(p *pool, u *user) bool {
	var v string
	ok := true
	want := f.value
	switch f.attribute {
	case "":
		return true
	case "username":
		v, want = p.canonical(u.Username), p.canonical(want)
	case "cognito:user_status":
		v, want = strings.ToLower(string(u.Status)), strings.ToLower(want)
	case "status":
		v = "Disabled"
		if u.Enabled {
			v = "Enabled"
		}
	default:
		v, ok = u.attribute(f.attribute)
	}
	if f.begins {
		return ok && strings.HasPrefix(v, want)
	}
	return ok && v == want
}
