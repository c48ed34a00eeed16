package s3

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of tags. Source: Amazon S3 User Guide, "Categorizing your objects using tags".
const (
	maxObjectTags = 10
	maxBucketTags = 50
	maxTagKey     = 128 // characters
	maxTagValue   = 256 // characters
)

func invalidTag(message string) error { return fail(http.StatusBadRequest, "InvalidTag", message) }

// tagSet holds tags to the rules that policies rely on. Two keys that differ only
// in case would be one condition key, and nobody could say with which value.
func tagSet(tags []Tag, limit int) (map[string]string, error) {
	if len(tags) > limit {
		kind := "Object"
		if limit == maxBucketTags {
			kind = "Bucket"
		}
		return nil, fail(http.StatusBadRequest, "BadRequest", kind+" tags cannot be greater than "+strconv.Itoa(limit))
	}
	out, seen := map[string]string{}, map[string]bool{}
	for _, t := range tags {
		key, value := text(t.Key), text(t.Value)
		switch {
		case key == "" || utf8.RuneCountInString(key) > maxTagKey || !tagText(key):
			return nil, invalidTag("The TagKey you have provided is invalid")
		case utf8.RuneCountInString(value) > maxTagValue || !tagText(value):
			return nil, invalidTag("The TagValue you have provided is invalid")
		case len(key) >= 4 && strings.EqualFold(key[:4], "aws:"):
			return nil, invalidTag("System tags cannot be added/updated by requester")
		case seen[strings.ToLower(key)]:
			return nil, invalidTag("Cannot provide multiple Tags with the same key")
		}
		seen[strings.ToLower(key)] = true
		out[key] = value
	}
	return out, nil
}

// tagText allows letters, numbers, spaces and + - = . _ : / @.
func tagText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool {
		return !unicode.In(c, unicode.L, unicode.Z, unicode.N) && !strings.ContainsRune("+-=._:/@", c)
	})
}

// headerTags reads x-amz-tagging: tags in the form of a query.
func headerTags(header *string) (map[string]string, error) {
	if header == nil {
		return nil, nil
	}
	var tags []Tag
	for pair := range strings.SplitSeq(*header, "&") {
		if pair == "" {
			continue
		}
		k, v, _ := strings.Cut(pair, "=")
		key, err := url.QueryUnescape(k)
		value, err2 := url.QueryUnescape(v)
		if err != nil || err2 != nil {
			return nil, invalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.", "x-amz-tagging", *header)
		}
		tags = append(tags, Tag{Key: &key, Value: &value})
	}
	return tagSet(tags, maxObjectTags)
}

// tagList is tags as they are shown, in the order of their keys.
func tagList(tags map[string]string) []Tag {
	out := []Tag{}
	for _, k := range sorted(tags) {
		v := tags[k]
		out = append(out, Tag{Key: &k, Value: &v})
	}
	return out
}
