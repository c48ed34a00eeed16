package expr

import (
	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// LegacyUpdate is one entry of AttributeUpdates, for one top-level attribute.
type LegacyUpdate struct {
	Name   string
	Action string // PUT (also when empty), ADD or DELETE
	Value  attr.Value
}

// LegacyUpdates translates AttributeUpdates.
func LegacyUpdates(updates []LegacyUpdate) (*Update, error) {
	if len(updates) > maxUpdates {
		return nil, invalidParameter("The request contains too many updates; update count: %d", len(updates))
	}
	u := &Update{}
	seen := make(map[string]bool, len(updates))
	for _, l := range updates {
		a, err := l.translate()
		if err != nil {
			return nil, err
		}
		if seen[l.Name] {
			return nil, invalidParameter("Duplicate attribute name: %s", l.Name)
		}
		seen[l.Name] = true
		u.actions = append(u.actions, a)
	}
	return u, nil
}

func (l LegacyUpdate) translate() (action, error) {
	a := action{path: Path{{Name: l.Name}}, value: literal{value: l.Value}, legacy: true}
	t := l.Value.Type()
	switch l.Action {
	case "", "PUT":
		a.verb = set
	case "ADD":
		a.verb = add
		if t != attr.None && t != attr.N && t != attr.L && !t.IsSet() {
			return a, invalidParameter("ADD action is not supported for the type %s", t)
		}
	case "DELETE":
		a.verb = del
		if t == attr.None {
			return action{verb: remove, path: a.path, legacy: true}, nil
		}
		if !t.IsSet() {
			return a, invalidParameter("DELETE action is not supported for the type %s", t)
		}
	default:
		return a, errorf("Unsupported action on AttributeUpdates: %s", l.Action)
	}
	if t == attr.None {
		return a, invalidParameter("Only DELETE action is allowed when no attribute value is specified")
	}
	return a, nil
}

// LegacyProjection translates AttributesToGet.
func LegacyProjection(names []string) (*Projection, error) {
	paths := make([]Path, 0, len(names))
	seen := map[string]bool{}
	for _, name := range names {
		if seen[name] {
			return nil, invalidParameter("Duplicate value in attribute name: %s", name)
		}
		seen[name] = true
		paths = append(paths, Path{{Name: name}})
	}
	return newProjection(paths), nil
}
