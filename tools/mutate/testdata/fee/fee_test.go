package fee

import "testing"

func TestFee(t *testing.T) {
	for _, tt := range []struct {
		who  string
		age  int
		at   season
		want int
	}{
		{"child", 17, winter, 0}, {"child", 30, winter, 2}, {"aunt", 17, summer, 5}, {"staff-1", 40, summer, 0},
	} {
		if got := Fee(tt.who, tt.age, tt.at); got != tt.want {
			t.Errorf("%v: %d", tt, got)
		}
	}
	Wait(3)
}

func TestSum(t *testing.T) {
	if sum, ok := Sum([]int{1, 2, 3}); sum != 6 || !ok {
		t.Error(sum, ok)
	}
	if sum, ok := Sum([]int{1, 2, 3, 4}); sum != 6 || ok {
		t.Error(sum, ok)
	}
}
