package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxPolicyFile is the most that is read of a file, in bytes. A document of which
// there is more is refused for the size of its beginning.
const maxPolicyFile = 1 << 20

// stdin is the FILE that stands for standard input.
const stdin = "-"

// expand replaces patterns that no shell has replaced, and leaves out what comes
// again. A pattern without files is a mistake: a check that checks nothing passes.
func expand(args []string) ([]string, error) {
	var files []string
	for _, a := range args {
		list := []string{a}
		if _, err := os.Lstat(a); a != stdin && err != nil && strings.ContainsAny(a, "*?[") {
			list, err = filepath.Glob(a)
			if err != nil {
				return nil, fmt.Errorf("the pattern %q: %w", a, err)
			}
			if len(list) == 0 {
				return nil, fmt.Errorf("no file matches %q", a)
			}
		}
		for _, f := range list {
			if !slices.Contains(files, f) {
				files = append(files, f)
			}
		}
	}
	return files, nil
}

// readPolicy reads a file, or standard input.
func readPolicy(file string, in io.Reader) (string, error) {
	if file == stdin {
		if in == nil {
			in = strings.NewReader("")
		}
		return readLimited("standard input", in)
	}
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return "", fmt.Errorf("%s is a folder; give its files, such as '%s'", file, filepath.Join(file, "*.json"))
	}
	return readLimited(file, f)
}

func readLimited(name string, r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxPolicyFile))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	return string(text), nil
}

// hasMark reports whether a text begins with a byte order mark, which some editors
// write and JSON does not have.
func hasMark(text string) bool { return strings.HasPrefix(text, "\ufeff") }
