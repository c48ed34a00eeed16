package expr

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick/service/dynamodb/attr"
)

// Step is one element of a document path: a member of a map or an element of a list.
type Step struct {
	Name    string
	Index   int
	IsIndex bool
}

func (s Step) String() string {
	if s.IsIndex {
		return "[" + strconv.Itoa(s.Index) + "]"
	}
	return s.Name
}

// Path is a document path with aliases resolved. Its first step is a name.
type Path []Step

// Top is the top-level attribute that the path is in.
func (p Path) Top() string { return p[0].Name }

// String is the path as DynamoDB prints it in messages: [a, b, [0]].
func (p Path) String() string {
	parts := make([]string, len(p))
	for i, s := range p {
		parts[i] = s.String()
	}
	return "[" + strings.Join(parts, ", ") + "]"
}

// In finds the value at the path in an item; the zero Value when there is none.
func (p Path) In(item attr.Item) attr.Value {
	v := item.Get(p[0].Name)
	for _, s := range p[1:] {
		v = s.of(v)
	}
	return v
}

// of is the part of v that the step leads to.
func (s Step) of(v attr.Value) attr.Value {
	if !s.IsIndex {
		return v.Fields().Get(s.Name)
	}
	if s.Index < len(v.Elements()) {
		return v.Elements()[s.Index]
	}
	return attr.Value{}
}

// checkPaths refuses paths of one expression that hit the same place, or that need the
// same place to be both a map and a list.
func checkPaths(paths []Path, d *defects) {
	root := &pathNode{}
	for _, p := range paths {
		if clash, conflict := root.insert(p); clash != nil {
			word := "overlap"
			if conflict {
				word = "conflict"
			}
			d.note(rankPaths, "Two document paths %s with each other; must remove or rewrite one of these paths; path one: %s, path two: %s",
				word, clash, p)
			return
		}
	}
}

// pathNode is a tree of the paths seen so far.
type pathNode struct {
	path     Path // some path through or to this node
	complete bool // a path ends here
	children map[Step]*pathNode
}

// insert adds p, or returns the earlier path that clashes with it.
func (n *pathNode) insert(p Path) (clash Path, conflict bool) {
	for i, s := range p {
		if n.complete {
			return n.path, false
		}
		for other, child := range n.children {
			if other.IsIndex != s.IsIndex {
				return child.path, true
			}
			break // all children of a node are of one sort
		}
		child := n.children[s]
		if child == nil {
			child = &pathNode{path: p}
			if n.children == nil {
				n.children = map[Step]*pathNode{}
			}
			n.children[s] = child
		} else if i == len(p)-1 {
			return child.path, false
		}
		n = child
	}
	n.complete = true
	return nil, false
}

// topNames collects the top-level names of paths, sorted, each once.
func topNames(paths []Path) []string {
	names := make([]string, 0, len(paths))
	for _, p := range paths {
		names = append(names, p.Top())
	}
	slices.Sort(names)
	return slices.Compact(names)
}
