package bailiwick

import (
	"testing"

	"github.com/bailiwick-project/bailiwick/policy"
)

// TestJudgedKeepsTheRefusal: however many questions a batch asks, the one that
// refused it is remembered.
func TestJudgedKeepsTheRefusal(t *testing.T) {
	c := &Call{}
	for range 2 * maxJudgements {
		c.Judged(Judgement{Decision: policy.Decision{Effect: policy.Allow}})
	}
	c.Judged(Judgement{Decision: policy.Decision{Effect: policy.ImplicitDeny}})
	list := c.Trail.Judgements
	if len(list) != maxJudgements || list[len(list)-1].Decision.Allowed() || !list[len(list)-2].Decision.Allowed() {
		t.Errorf("%d decisions, the last allowed: %v", len(list), list[len(list)-1].Decision.Allowed())
	}
}
