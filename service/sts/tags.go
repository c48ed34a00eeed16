package sts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/bailiwick-project/bailiwick"
)

// Limits of session tags, lengths in UTF-16 units as AWS counts.
// Source: IAM User Guide, "Rules for tagging in IAM and AWS STS".
const (
	maxTags     = 50
	maxTagKey   = 128
	maxTagValue = 256
)

// tag gives the wish its tags: those asked for and those that the caller's own
// session passes on. What is passed on cannot be changed on the way, or a chain
// of roles would be the way out of a tenant.
func (w *wish) tag(list []Tag, transitive []string, from *bailiwick.Session) error {
	tags := make(map[string]string, len(list))
	for _, t := range list {
		if _, twice := find(tags, text(t.Key)); twice {
			return invalidParameter("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		tags[text(t.Key)] = text(t.Value)
	}
	var pass []string
	for _, k := range transitive {
		key, ok := find(tags, k)
		if !ok {
			return invalidParameter("The specified transitive tag key must be included in the requested tags.")
		}
		if !slices.Contains(pass, key) {
			pass = append(pass, key)
		}
	}
	if from != nil {
		for _, k := range from.TransitiveKeys {
			if _, set := find(tags, k); set {
				return invalidParameter("One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key from the calling session.")
			}
			tags[k] = from.Tags[k]
			pass = append(pass, k)
		}
	}
	if wrong := wrongTags(tags); wrong != "" {
		return invalidParameter("%s", wrong)
	}
	w.tags, w.transitive = tags, pass
	return nil
}

// find returns the spelling in which tags has key.
func find(tags map[string]string, key string) (string, bool) {
	for k := range tags {
		if strings.EqualFold(k, key) {
			return k, true
		}
	}
	return "", false
}

// wrongTags says what is wrong with the tags of a session, "" for nothing. The
// character set keeps the wildcards of policies out of what policies compare
// with; what does not fit is refused and never cut, because half a name may be
// the whole name of another tenant.
func wrongTags(tags map[string]string) string {
	if len(tags) > maxTags {
		return "A session can have at most 50 tags."
	}
	for k, v := range tags {
		switch {
		case k == "" || units(k) > maxTagKey || strings.ContainsFunc(k, notInTags):
			return "The tag key '" + short(k) + "' is empty, longer than 128 characters or has characters that tags cannot have."
		case len(k) >= 4 && strings.EqualFold(k[:4], "aws:"):
			return "The tag key '" + k + "' begins with aws:, which is reserved."
		case units(v) > maxTagValue:
			return "The value of the tag '" + k + "' is longer than 256 characters."
		case strings.ContainsFunc(v, notInTags):
			return "The value of the tag '" + k + "' has characters that tags cannot have."
		}
		for other := range tags {
			if other != k && strings.EqualFold(other, k) {
				return "Duplicate tag keys found. Please note that Tag keys are case insensitive."
			}
		}
	}
	return ""
}

// notInTags is the complement of [\p{L}\p{Z}\p{N}_.:/=+\-@]. Broken UTF-8 reads
// as U+FFFD, which is outside too.
func notInTags(r rune) bool {
	return !unicode.In(r, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("_.:/=+-@", r)
}

func units(s string) int {
	n := 0
	for _, r := range s {
		n += utf16.RuneLen(r)
	}
	return n
}

func short(s string) string {
	if len(s) > 140 {
		return s[:140] + "..."
	}
	return s
}
