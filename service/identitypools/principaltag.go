package identitypools

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"github.com/bailiwick-project/bailiwick"
)

// Limits of principal tags, lengths in UTF-16 units as AWS counts.
// Sources: IAM User Guide, "Rules for tagging in IAM and AWS STS"; developer
// guide, "Using attributes for access control", for the sum.
const (
	maxTagKey   = 128
	maxTagValue = 256
	maxTagBytes = 460 // keys and values of all principal tags of a session
)

// defaultTags is the map of UseDefaults: the tag username is the sub of the user,
// not the user name.
var defaultTags = map[string]string{"username": "sub", "client": "aud"}

func (m tagMap) claims() map[string]string {
	if m.Defaults {
		return defaultTags
	}
	return m.Tags
}

// principalTags are what the pool makes of the claims. A value that cannot be a
// tag fails the whole exchange: a session that lacks its tenant's tag, or has
// half of it, is another session than the policies were written for.
func (v *visit) principalTags(call *bailiwick.Call) (map[string]string, error) {
	tags := map[string]string{}
	for _, l := range v.logins {
		if l.provider == provider {
			if err := l.carried(call, tags); err != nil {
				return nil, err
			}
			continue
		}
		wanted := v.pool.TagMaps[l.provider].claims()
		for _, key := range slices.Sorted(maps.Keys(wanted)) {
			claim, ok := l.claims[wanted[key]]
			if !ok || claim == nil || claim == "" {
				continue // no tag, rather than an empty one
			}
			value, ok := scalar(claim)
			if !ok {
				call.Note("The principal tag %q: the claim %q is neither text, number nor boolean.", key, wanted[key])
				return nil, errConfiguration
			}
			if wrong := wrongTag(tags, key, value); wrong != "" {
				call.Note("The principal tag %q of the claim %q %s.", key, wanted[key], wrong)
				return nil, errConfiguration
			}
			tags[key] = value
		}
	}
	sum := 0
	for k, value := range tags {
		sum += len(k) + len(value)
	}
	if sum > maxTagBytes {
		call.Note("The principal tags are %d bytes together; %d are allowed.", sum, maxTagBytes)
		return nil, errConfiguration
	}
	return tags, nil
}

// carried adds the tags that a token of this service carries.
func (l *login) carried(call *bailiwick.Call, tags map[string]string) error {
	more, _, err := tagsIn(l.claims[claimTags])
	if err != nil {
		call.Note("The session tags of the token are not in the correct format.")
		return errConfiguration
	}
	for key, value := range more {
		if wrong := wrongTag(tags, key, value); wrong != "" {
			call.Note("The principal tag %q of the token %s.", key, wrong)
			return errConfiguration
		}
		tags[key] = value
	}
	return nil
}

// wrongTag says why a tag cannot join the others, "" if it can. The character
// set is the one of STS: without it the tag org=* would be every tenant.
func wrongTag(tags map[string]string, key, value string) string {
	for k := range tags {
		if strings.EqualFold(k, key) {
			return fmt.Sprintf("differs only in case from %q, or comes from two logins", k)
		}
	}
	switch {
	case key == "" || units(key) > maxTagKey:
		return "has a key that is empty or longer than 128 characters"
	case strings.ContainsFunc(key, notInTags):
		return "has a key with characters that tags cannot have"
	case len(key) >= 4 && strings.EqualFold(key[:4], "aws:"):
		return "has a key that begins with aws:, which is reserved"
	case units(value) > maxTagValue:
		return "is longer than 256 characters"
	case strings.ContainsFunc(value, notInTags):
		return "has characters that tags cannot have"
	}
	return ""
}

// notInTags is the complement of [\p{L}\p{Z}\p{N}_.:/=+\-@].
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
