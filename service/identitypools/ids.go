package identitypools

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
)

// newID draws the id of a pool or an identity: REGION:UUID. Ids are never used
// again, and cannot be guessed: whoever knows a guest's id is that guest.
func newID(region string, random io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("drawing an id: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80 // version 4, RFC 9562
	h := hex.EncodeToString(b[:])
	return region + ":" + h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// A page token is the last id of the page before. Whoever makes one up starts a
// listing elsewhere, within what the listing shows anyway.
func pageToken(id string) *string {
	t := base64.RawURLEncoding.EncodeToString([]byte(id))
	return &t
}

func pageStart(token *string) (string, error) {
	if token == nil {
		return "", nil
	}
	id, err := base64.RawURLEncoding.DecodeString(*token)
	if err != nil || len(id) > 55 || !strings.Contains(string(id), ":") {
		return "", invalid("The NextToken is not valid.")
	}
	return string(id), nil
}

// regionOf is the region that an id names.
func regionOf(id string) string {
	region, _, _ := strings.Cut(id, ":")
	return region
}

// pageOf is one page of names, in their order. Its token is the last name.
func pageOf(names []string, token *string, limit int) (page []string, next *string, err error) {
	names = slices.Sorted(slices.Values(names))
	if token != nil {
		last, err := base64.RawURLEncoding.DecodeString(*token)
		if err != nil {
			return nil, nil, invalid("The NextToken is not valid.")
		}
		names = names[sort.Search(len(names), func(i int) bool { return names[i] > string(last) }):]
	}
	if len(names) > limit {
		names = names[:limit]
		next = pageToken(names[limit-1])
	}
	return append([]string{}, names...), next, nil
}
