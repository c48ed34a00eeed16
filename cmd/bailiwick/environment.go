package main

import (
	"fmt"
	"os"

	"github.com/spf13/pflag"
)

// environment annotates a flag with the variables that may give its value.
const environment = "environment"

// fromEnvironment lets the first variable that is set give the flag's value, where
// the command line does not, and says so in the help.
func fromEnvironment(flags *pflag.FlagSet, name string, variables ...string) {
	f := flags.Lookup(name)
	f.Usage += " [" + variables[0] + "]"
	if f.Annotations == nil {
		f.Annotations = map[string][]string{}
	}
	f.Annotations[environment] = variables
}

func fillFromEnvironment(flags *pflag.FlagSet) error {
	var failed error
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed || failed != nil {
			return
		}
		for _, name := range f.Annotations[environment] {
			value := os.Getenv(name)
			if value == "" {
				continue
			}
			if err := f.Value.Set(value); err != nil {
				failed = fmt.Errorf("%s=%q: %w", name, value, err)
			}
			return
		}
	})
	return failed
}
