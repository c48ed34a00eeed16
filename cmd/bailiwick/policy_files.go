package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/pflag"
)

// maxPolicyFile is the most that is read of a policy, in bytes. A document of which
// there is more is refused for the size of its beginning. maxRequestFile bounds a
// file of requests.
const (
	maxPolicyFile  = 1 << 20
	maxRequestFile = 16 << 20
)

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

// readPolicy reads a file, or standard input, as far as policies may go.
func readPolicy(file string, in io.Reader) (string, error) {
	return readUpTo(maxPolicyFile, file, in)
}

func readUpTo(limit int64, file string, in io.Reader) (string, error) {
	if file == "" {
		return "", errors.New("the name of a file is empty")
	}
	if file == stdin {
		if in == nil {
			in = strings.NewReader("")
		}
		return readLimited(limit, "standard input", in)
	}
	f, err := os.Open(filepath.Clean(file))
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return "", fmt.Errorf("%s is a folder; give its files, such as '%s'", file, filepath.Join(file, "*.json"))
	}
	return readLimited(limit, file, f)
}

func readLimited(limit int64, name string, r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		return "", fmt.Errorf("reading %s: %w", name, err)
	}
	return string(text), nil
}

// hasMark reports whether a text begins with a byte order mark, which some editors
// write and JSON does not have.
func hasMark(text string) bool { return strings.HasPrefix(text, "\ufeff") }

// refuseEmpty refuses flags that are given without a value, as by a variable of the
// shell that is not set: a layer that was meant must not be left out.
func refuseEmpty(flags *pflag.FlagSet) (err error) {
	flags.Visit(func(f *pflag.Flag) {
		list, many := f.Value.(pflag.SliceValue)
		switch {
		case !many && f.Value.String() == "", many && slices.Contains(list.GetSlice(), ""):
			err = fmt.Errorf("--%s is given without a value", f.Name)
		case !utf8.ValidString(f.Value.String()):
			err = fmt.Errorf("--%s is not UTF-8", f.Name)
		}
	})
	return err
}
