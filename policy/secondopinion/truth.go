package secondopinion

// A truth is the answer of a match in Kleene's logic of three values: and is
// the smaller, or the larger, and not the mirror image.
type truth int

const (
	no       truth = 0
	doubtful truth = 1 // the documents do not say: an Allow fails, a Deny holds
	yes      truth = 2
)

func not(t truth) truth { return yes - t }

func is(b bool) truth {
	if b {
		return yes
	}
	return no
}
