// Command mutate asks whether the tests of a package would notice if it were wrong: it plants faults (mutants) into the
// package, one at a time, and runs tests against each. A mutant that no test notices (a survivor) is either a hole in the
// tests or cannot change what the package does; the second are listed, each with its reason.
//
//	go run -C tools ./mutate                 # all mutants of package policy
//	go run -C tools ./mutate -n 300 -seed 7  # some of them, always the same for one seed
//	go run -C tools ./mutate -match weigh    # those of files and functions whose name contains weigh
//	go run -C tools ./mutate -listed         # those of the list of survivors: do its reasons still hold?
//
// All mutants are compiled into one copy of the package, which go test reads through -overlay: each mutated place is a choice
// by a variable that is read once from the environment (mutant schemata, Untch, Offutt and Harrold 1993). So there is one
// compilation for each test binary, and a mutant costs one run of it. Mutants that no test reaches are found in one run
// that notes which places are passed, and are not run at all.
//
// Where to look: places.go walks the package, operators.go says what is changed, render.go writes the copy, check.go leaves out
// what would not compile, build.go compiles, judge.go runs, known.go reads the list of survivors, report.go tells.
//
// Exit codes: 0 all is well; 1 the score is too low, a survivor is not listed, or the list is wrong; 2 misuse, or the tests
// do not pass without a mutant.
package main
