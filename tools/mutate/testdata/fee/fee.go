// Package fee is what the tests of mutate plant faults into.
package fee

import "strings"

type season uint8

const (
	winter season = iota
	summer
)

const most = 3 // a constant cannot be chosen at run time

var free = map[string]bool{"child": true}

// Fee is for a person and a season.
func Fee(who string, age int, at season) int {
	if free[who] && age < 18 || strings.HasPrefix(who, "staff-") {
		return 0
	}
	switch at {
	case winter:
		return 2
	case summer:
		return most + 2
	}
	return -1
}

// Sum adds until there are too many.
func Sum(fees []int) (sum int, ok bool) {
	for i, f := range fees {
		if i == most {
			return sum, false
		}
		sum += f
	}
	return sum, true
}

// Wait counts down.
func Wait(n int) {
	for n > 0 {
		n--
	}
}

func unused(n int) bool { return n > 1 && most < n }
