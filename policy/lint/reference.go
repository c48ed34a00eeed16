package lint

import (
	_ "embed"
	"slices"
	"strings"
)

//go:embed reference.txt
var referenceText string

// A reference is what AWS documents of actions and condition keys.
type reference struct {
	services  map[string]bool
	actions   []action
	keys      map[string]key // by name in lower case
	families  []key          // keys whose names end in a tag's: aws:RequestTag/
	resources map[string][]string
}

// An action is one row of the reference.
type action struct {
	name      string
	service   string
	resources []string        // patterns of ARNs; none: only "*"
	open      bool            // the reference does not know all of its resources
	keys      map[string]bool // by name in lower case; true: every request has it
	families  []string
}

// A key is a condition key.
type key struct {
	name string // as documented; of a family up to its slash
	typ  string // String, Bool, Numeric, Date, ARN, IPAddress, Binary, or ArrayOf one of them
}

func newReference() *reference {
	r := &reference{services: map[string]bool{}, keys: map[string]key{}, resources: map[string][]string{}}
	for line := range strings.Lines(referenceText) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch f[0] {
		case "service":
			r.services[f[1]] = true
		case "key":
			r.addKey(f[1], f[2])
		case "resource":
			r.resources[f[1]] = append(r.resources[f[1]], f[2])
		}
	}
	for line := range strings.Lines(referenceText) { // after all resources
		if f := strings.Split(strings.TrimSuffix(line, "\n"), "\t"); f[0] == "action" {
			r.addAction(f[1], f[2], f[3])
		}
	}
	for line := range strings.Lines(globalKeys) {
		if name, typ, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			r.addKey(name, typ)
		}
	}
	return r
}

// family cuts the name of a tag from a documented key: aws:RequestTag/${TagKey}.
func family(name string) (string, bool) {
	i := strings.IndexAny(name, "$<")
	if i < 0 {
		return name, false
	}
	return name[:i], true
}

func (r *reference) addKey(name, typ string) {
	head, many := family(name)
	if many {
		r.families = append(r.families, key{head, typ})
		return
	}
	r.keys[strings.ToLower(name)] = key{name, typ}
}

func (r *reference) addAction(name, types, keys string) {
	service, _, _ := strings.Cut(name, ":")
	a := action{name: name, service: service, keys: map[string]bool{}, open: service == "apigateway"}
	for _, t := range strings.Split(types, ",") {
		a.resources = append(a.resources, r.resources[service+":"+t]...)
	}
	for _, k := range strings.Fields(keys) {
		k, always := strings.CutSuffix(k, "!")
		if strings.HasPrefix(k, ":") {
			k = service + k
		}
		if head, many := family(k); many {
			a.families = append(a.families, strings.ToLower(head))
		} else {
			a.keys[strings.ToLower(k)] = always
		}
	}
	if slices.Contains(itemActions, name) {
		for _, k := range itemKeys {
			a.keys[k] = true
		}
	}
	r.actions = append(r.actions, a)
}

// itemActions address items by their keys: a request of theirs without
// dynamodb:LeadingKeys touches no item.
var itemActions = []string{
	"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem",
	"dynamodb:BatchWriteItem", "dynamodb:ConditionCheckItem",
}

var itemKeys = []string{"dynamodb:leadingkeys", "dynamodb:firstpartitionkeyvalues", "dynamodb:attributes"}

// find returns a key by its name in any case. Known is false for keys that are not
// documented, and sure false where nobody could tell: of services beyond the
// reference, and of identity providers.
func (r *reference) find(name string) (k key, known, sure bool) {
	folded := strings.ToLower(name)
	if k, ok := r.keys[folded]; ok {
		return k, true, true
	}
	for _, f := range r.families {
		if rest, ok := strings.CutPrefix(folded, strings.ToLower(f.name)); ok && rest != "" {
			return f, true, true
		}
	}
	prefix, _, _ := strings.Cut(folded, ":")
	return key{}, false, prefix == "aws" || prefix == "cognito-identity.amazonaws.com" || r.services[prefix]
}

// nearest is the documented key that name is most likely meant to be, or "".
func (r *reference) nearest(name string) string {
	folded, best, at := strings.ToLower(name), "", 4
	consider := func(k string) {
		if d := distance(folded, strings.ToLower(k)); d < at || d == at && best != "" && k < best {
			best, at = k, d
		}
	}
	for _, k := range r.keys {
		consider(k.name)
	}
	for _, f := range r.families {
		if head, tag, ok := strings.Cut(name, "/"); ok {
			if d := distance(strings.ToLower(head), strings.ToLower(strings.TrimSuffix(f.name, "/"))); d > 0 && d < at {
				best, at = f.name+tag, d
			}
		} else if strings.EqualFold(name+"/", f.name) {
			best, at = f.name+"KEY", 0
		}
	}
	return best
}

// distance is the least number of characters to insert, remove or replace.
func distance(a, b string) int {
	if len(a)-len(b) > 4 || len(b)-len(a) > 4 || len(a) > 128 {
		return 99
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(cost, last+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// A presence tells whether the requests of an action have a key.
type presence int

const (
	never presence = iota
	sometimes
	always
)

// carries tells whether requests of the action have a key.
func (a *action) carries(r *reference, name string) presence {
	folded := strings.ToLower(name)
	if has, ok := a.keys[folded]; ok {
		if has {
			return always
		}
		return sometimes
	}
	if slices.Contains(alwaysPresent, folded) {
		return always
	}
	for _, f := range a.families {
		if strings.HasPrefix(folded, f) {
			return sometimes
		}
	}
	prefix, _, _ := strings.Cut(folded, ":")
	if folded == "aws:tagkeys" || r.services[prefix] {
		return never
	}
	return sometimes
}

// KeyType tells the type of a condition key: String, Bool, Numeric, Date, ARN,
// IPAddress or Binary, or ArrayOf and one of these for keys of several values. It is
// empty for keys that are not known here.
func (l *Linter) KeyType(name string) string {
	k, _, _ := l.reference.find(name)
	return k.typ
}

// KnowsKey reports whether a condition key is documented, or of a service or
// provider of which nothing is known here.
func (l *Linter) KnowsKey(name string) bool {
	_, known, sure := l.reference.find(name)
	return known || !sure
}

// KnowsAction is KnowsKey for an action such as dynamodb:GetItem.
func (l *Linter) KnowsAction(name string) bool {
	service, _, _ := strings.Cut(strings.ToLower(name), ":")
	return !l.reference.services[service] ||
		slices.ContainsFunc(l.reference.actions, func(a action) bool { return strings.EqualFold(a.name, name) })
}
