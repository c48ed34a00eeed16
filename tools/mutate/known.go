package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// readKnown reads the list of mutants that no test can notice. An entry is a paragraph: the function, the text before and
// after, as a survivor is printed, and then the reason.
//
//	(*index).first
//	- best := int32(len(all))
//	+ best := int32(len(all) + 1)
//	Nothing is that far.
//
// A function with (2) behind its name means the second such mutant in it. A line that begins with # is a comment.
func (t *task) readKnown() (map[string]string, error) {
	known := map[string]string{}
	if t.known == "" {
		return known, nil
	}
	name := t.known
	if !filepath.IsAbs(name) {
		name = filepath.Join(t.root, name)
	}
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no list of known survivors: %w", err)
	} else if err != nil {
		return nil, err
	}
	var clean []string
	for line := range strings.Lines(string(text)) {
		if !strings.HasPrefix(line, "#") {
			clean = append(clean, strings.TrimRight(line, " \t\r\n"))
		}
	}
	for _, entry := range strings.Split(strings.Join(clean, "\n"), "\n\n") {
		entry = strings.Trim(entry, "\n")
		if entry == "" {
			continue
		}
		lines := strings.SplitN(entry, "\n", 4)
		if len(lines) < 4 || !strings.HasPrefix(lines[1], "- ") || !strings.HasPrefix(lines[2], "+ ") || len(strings.Fields(lines[3])) < 3 {
			return nil, fmt.Errorf("%s: an entry is a function, a line with -, one with + and a reason; this is none:\n%s", t.known, entry)
		}
		key := strings.Join(lines[:3], "\n") + "\n"
		if known[key] != "" {
			return nil, fmt.Errorf("%s: given twice:\n%s", t.known, entry)
		}
		known[key] = strings.Join(strings.Fields(lines[3]), " ")
	}
	return known, nil
}
