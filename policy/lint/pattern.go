package lint

import "strings"

// glob matches s against a pattern of * and ?.
func glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// overlap reports whether some ARN matches both a resource of a policy and a
// documented pattern such as arn:${Partition}:s3:::${BucketName}/${ObjectName}.
func overlap(resource, documented string) bool {
	have, want := strings.SplitN(blank(resource), ":", 6), strings.SplitN(tokens(documented), ":", 6)
	for len(have) < 6 {
		have = append(have, "*")
	}
	if len(want) < 6 || have[2] != want[2] {
		return false
	}
	for i := range have {
		if !meet(have[i], want[i]) {
			return false
		}
	}
	return true
}

// blank puts a star in the place of every variable.
func blank(s string) string { return variable.ReplaceAllString(s, "*") }

// name stands in a token pattern for one or more characters without a slash.
const name = '\x00'

// tokens puts a star in the place of documented names that may have slashes, and
// name in that of others.
func tokens(documented string) string {
	return variable.ReplaceAllStringFunc(documented, func(v string) string {
		v = strings.Trim(v, "${}")
		if strings.HasSuffix(v, "WithPath") || strings.HasSuffix(v, "Path") || v == "ObjectName" || v == "Token" || strings.HasSuffix(v, "ARN") {
			return "*"
		}
		return string(name)
	})
}

// meet reports whether some text matches both patterns: a of * and ?, b of * and
// name. Each row says which ends of b a beginning of a reaches.
func meet(a, b string) bool {
	row := make([]bool, len(b)+1)
	row[0] = true
	spread(row, b)
	for i := range len(a) {
		if a[i] == '*' {
			for j := range b { // any text, so everything further on
				row[j+1] = row[j+1] || row[j]
			}
			continue
		}
		next := make([]bool, len(b)+1)
		for j := range len(b) {
			if !row[j] && !(b[j] == name && row[j+1]) {
				continue
			}
			switch {
			case b[j] == '*':
				next[j] = next[j] || row[j]
				next[j+1] = true
			case b[j] == name:
				next[j+1] = next[j+1] || a[i] != '/'
			case a[i] == '?' || a[i] == b[j]:
				next[j+1] = next[j+1] || row[j]
			}
		}
		row = next
		spread(row, b)
	}
	return row[len(b)]
}

// spread lets stars of b match nothing more.
func spread(row []bool, b string) {
	for j := range len(b) {
		if b[j] == '*' && row[j] {
			row[j+1] = true
		}
	}
}
