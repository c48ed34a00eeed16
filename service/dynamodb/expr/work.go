package expr

// Searches counts the functions of the condition that may walk a whole attribute
// each time they are evaluated: contains and size. Times the size of the item, it
// bounds what evaluation costs.
func (c *Condition) Searches() int {
	if c == nil {
		return 0
	}
	return searches(c.root)
}

func searches(n node) int {
	switch n := n.(type) {
	case and:
		return searches(n.left) + searches(n.right)
	case or:
		return searches(n.left) + searches(n.right)
	case not:
		return searches(n.of)
	case comparison:
		return sizes(n.left, n.right)
	case between:
		return 2 * sizes(n.of, n.low, n.high) // a comparison each way
	case in:
		return sizes(n.of) + sizes(n.list...)
	case call:
		if n.name == "contains" {
			return 1 + sizes(n.args...)
		}
		return sizes(n.args...)
	}
	return 0
}

func sizes(list ...operand) int {
	count := 0
	for _, o := range list {
		if s, is := o.(size); is {
			count += 1 + sizes(s.of)
		}
	}
	return count
}
