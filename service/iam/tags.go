package iam

import (
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// maxTags of one resource.
// Source: IAM User Guide, "IAM and AWS STS quotas".
const maxTags = 50

// checkTags refuses a list of tags that no resource may have. Keys that differ
// in case only are one key, since that is how policies read them.
func checkTags(tags []Tag) error {
	for i, t := range tags {
		if len(text(t.Key)) >= 4 && strings.EqualFold(text(t.Key)[:4], "aws:") {
			return invalid("System tags cannot be added or modified: tag keys must not begin with aws:.")
		}
		if slices.ContainsFunc(tags[:i], func(o Tag) bool { return strings.EqualFold(text(o.Key), text(t.Key)) }) {
			return invalid("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
	}
	return nil
}

// addTags returns old with more added or replaced. what is as AWS's quotas name
// it: Role, User, Policy.
func addTags(old, more []Tag, what string) ([]Tag, error) {
	if err := checkTags(more); err != nil {
		return nil, err
	}
	out := slices.Clone(old)
	for _, t := range more {
		i := slices.IndexFunc(out, func(o Tag) bool { return strings.EqualFold(text(o.Key), text(t.Key)) })
		if i < 0 {
			out = append(out, t)
		} else {
			out[i] = t
		}
	}
	if len(out) > maxTags {
		return nil, overLimit("Cannot exceed quota for TagsPer%s: %d", what, maxTags)
	}
	return out, nil
}

// dropTags returns old without the keys. One that is not there is no error.
func dropTags(old []Tag, keys []string) []Tag {
	return slices.DeleteFunc(slices.Clone(old), func(t Tag) bool {
		return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, text(t.Key)) })
	})
}

// pageTags lists tags by key. The marker is a position: keys are too long for it.
func pageTags(tags []Tag, marker *string, maxItems *int32) (out []Tag, more *bool, next *string, err error) {
	p, err := newPage(marker, maxItems)
	if err != nil {
		return nil, nil, nil, err
	}
	from := 0
	if p.after != "" {
		if from, err = strconv.Atoi(p.after); err != nil || from < 0 {
			return nil, nil, nil, bailiwick.Errorf(bailiwick.CodeValidation, "Invalid Marker.")
		}
	}
	sorted := slices.SortedFunc(slices.Values(tags), func(a, b Tag) int { return strings.Compare(text(a.Key), text(b.Key)) })
	from = min(from, len(sorted))
	to := min(from+p.max, len(sorted))
	out = append([]Tag{}, sorted[from:to]...)
	if to < len(sorted) {
		return out, ptr(true), ptr(encodeMarker(strconv.Itoa(to))), nil
	}
	return out, ptr(false), nil, nil
}

func sameTags(a, b []Tag) bool {
	return slices.EqualFunc(a, b, func(x, y Tag) bool { return text(x.Key) == text(y.Key) && text(x.Value) == text(y.Value) })
}

// tagMap is tags as conditions read them.
func tagMap(tags []Tag) map[string]string {
	if len(tags) == 0 {
		return nil
	}
	m := make(map[string]string, len(tags))
	for _, t := range tags {
		m[text(t.Key)] = text(t.Value)
	}
	return m
}
