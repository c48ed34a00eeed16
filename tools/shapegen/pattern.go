package main

import (
	"fmt"
	"regexp"
	"strings"
)

var unicodeEscape = regexp.MustCompile(`\\u([0-9A-Fa-f]{4})`)

// rewrites are what Java writes and package regexp cannot. Surrogates stand for
// the characters above U+FFFF. The look-arounds of the models say "does not end
// with a full stop", "has no two hyphens in a row" and "is no number"; the bounds of the length,
// which the second one counts, are those of the shape's min and max as well.
var rewrites = strings.NewReplacer(
	`\u10000-\u10FFFF`, `\x{10000}-\x{10FFFF}`,
	`\uD800\uDC00-\uDBFF\uDFFF`, `\x{10000}-\x{10FFFF}`,
	`[0-9A-Za-z\.\-_]*(?<!\.)`, `(?:[0-9A-Za-z\.\-_]*[0-9A-Za-z\-_])?`,
	`([a-z0-9]|-(?!-)){1,61}[a-z0-9]`, `(?:-?[a-z0-9])+`,
	`\p{Print}`, `[[:print:]]`,
	`(?!^[0-9]+$)([a-zA-Z0-9-_]+)`, `[0-9]*[a-zA-Z_-][a-zA-Z0-9_-]*`,
	`((?!^\d+$)^[0-9a-zA-Z-_]+$)`, `[0-9]*[a-zA-Z_-][a-zA-Z0-9_-]*`,
	`(^(?!(system\x2e)))(^[_a-zA-Z0-9])([^$]*)`, notSystem,
)

// notSystem is a name that does not begin with "system.".
const notSystem = `[_a-rt-zA-Z0-9][^$]*|s(?:[^y$][^$]*|y(?:[^s$][^$]*|s(?:[^t$][^$]*|t(?:[^e$][^$]*|e(?:[^m$][^$]*|m(?:[^.$][^$]*)?)?)?)?)?)?`

// translate rewrites a Java pattern for package regexp. AWS matches whole values.
func translate(p string) (string, error) {
	re := `^(?:` + unicodeEscape.ReplaceAllString(rewrites.Replace(p), `\x{$1}`) + `)$`
	if _, err := regexp.Compile(re); err != nil {
		return "", fmt.Errorf("pattern %q cannot be translated: %w", p, err)
	}
	return re, nil
}
