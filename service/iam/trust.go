package iam

import (
	"context"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/arn"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/store"
)

// A trust is the trust policy of a role, and whom it means. A policy names users
// and roles by ARN and means the very ones that had the ARN when it was written:
// who deletes and recreates a name must not inherit the trust in it.
// Source: IAM User Guide, "AWS JSON policy elements: Principal".
type trust struct {
	Text  string            // as it was sent
	Bound map[string]string `json:",omitempty"` // principal as written -> unique id
}

// parseTrust reads a trust policy that a client sends.
func parseTrust(call *bailiwick.Call, text string) (*policy.Document, error) {
	doc, err := policy.Parse(policy.Trust, text)
	if err != nil {
		return nil, unreadable(call, err, "Cannot exceed quota for ACLSizePerRole: 2048")
	}
	return doc, nil
}

// bindTrust finds everyone whom doc names. Somebody who does not exist makes the
// policy malformed.
func bindTrust(r store.Reader, text string, doc *policy.Document) (trust, error) {
	t := trust{Text: text}
	for _, s := range doc.Statements {
		for _, p := range s.Principals {
			if p.Type != "AWS" || p.Value == "*" || isAccountID(p.Value) {
				continue
			}
			id, named, err := principalID(r, p.Value)
			if err != nil {
				return trust{}, err
			}
			if named && id == "" {
				return trust{}, malformed(`Invalid principal in policy: "AWS":"` + p.Value + `"`)
			}
			if named {
				if t.Bound == nil {
					t.Bound = map[string]string{}
				}
				t.Bound[p.Value] = id
			}
		}
	}
	return t, nil
}

// principalID is the unique id of the user or role that value is about. named
// says that it is about one; the id is "" if that one does not exist.
func principalID(r store.Reader, value string) (id string, named bool, err error) {
	if strings.HasPrefix(value, userPrefix) || strings.HasPrefix(value, rolePrefix) {
		e, err := byID(r, value)
		if e == nil {
			return "", true, err
		}
		return e.ID, true, nil
	}
	a, err := arn.Parse(value)
	if err != nil {
		return "", true, nil
	}
	word, rest, _ := strings.Cut(a.Resource, "/")
	last := rest[strings.LastIndexByte(rest, '/')+1:]
	switch {
	case a.Service == "iam" && (word == string(userKind) || word == string(roleKind)):
		e, err := getEntity(r, a.Account, kind(word), last)
		if e == nil || e.arn() != value {
			return "", true, err
		}
		return e.ID, true, nil
	case a.Service == "sts" && word == "assumed-role":
		name, _, _ := strings.Cut(rest, "/")
		e, err := getEntity(r, a.Account, roleKind, name)
		if e == nil || a.Partition != "aws" {
			return "", true, err
		}
		return e.ID, true, nil
	}
	return "", false, nil // an account, a federated user
}

func isSession(value string) bool { return strings.Contains(value, ":assumed-role/") }

// document is the trust policy as it is enforced: unique ids in place of ARNs.
// The engine knows no id for one session of a role. A session is named by its
// ARN as long as the role is the one that was meant, and by nobody's id after.
// changing says that the outcome depends on that.
func (t *trust) document(r store.Reader) (doc *policy.Document, changing bool, err error) {
	doc, err = policy.Parse(policy.Trust, t.Text)
	if err != nil {
		return nil, false, err
	}
	err = t.replace(doc, func(s *policy.Statement, value, id string) (string, error) {
		if !isSession(value) {
			return id, nil
		}
		changing = true
		now, _, err := principalID(r, value)
		if err != nil || now == id || s.Effect == "Deny" {
			return value, err
		}
		return userPrefix + strings.TrimPrefix(id, rolePrefix), nil
	})
	return doc, changing, err
}

// shown is the trust policy as clients read it: as it was sent, but with the id
// of each principal that is gone, and the ARN that a renamed user has now.
func (t *trust) shown(r store.Reader) (string, error) {
	changed := false
	doc, err := policy.Parse(policy.Trust, t.Text)
	if err != nil {
		return t.Text, nil // enforcement denies and says why
	}
	err = t.replace(doc, func(_ *policy.Statement, value, id string) (string, error) {
		now, err := shownPrincipal(r, value, id)
		changed = changed || now != value
		return now, err
	})
	if err != nil || !changed {
		return t.Text, err
	}
	return doc.String(), nil
}

func shownPrincipal(r store.Reader, value, id string) (string, error) {
	if isSession(value) {
		now, _, err := principalID(r, value)
		if now == id || err != nil {
			return value, err
		}
		return id + ":" + value[strings.LastIndexByte(value, '/')+1:], nil
	}
	e, err := byID(r, id)
	if e == nil || err != nil {
		return id, err
	}
	return e.arn(), nil
}

// replace changes the bound principals of a document.
func (t *trust) replace(doc *policy.Document, with func(s *policy.Statement, value, id string) (string, error)) error {
	for i := range doc.Statements {
		s := &doc.Statements[i]
		for j := range s.Principals {
			p := &s.Principals[j]
			id, ok := t.Bound[p.Value]
			if !ok || p.Type != "AWS" {
				continue
			}
			var err error
			if p.Value, err = with(s, p.Value, id); err != nil {
				return err
			}
		}
	}
	return nil
}

func isAccountID(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}

// PrincipalID is the unique id of the user or role that an ARN (or a unique id) in
// a policy is about, for services whose policies name principals. named is false
// for what is about neither, such as an account; id is "" if there is no such user
// or role.
func (a *API) PrincipalID(ctx context.Context, value string) (id string, named bool, err error) {
	err = a.Store.View(ctx, func(r store.Reader) error {
		id, named, err = principalID(r, value)
		return err
	})
	return id, named, err
}
