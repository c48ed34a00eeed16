package s3

import (
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
)

// maxKey is the longest key, in bytes of UTF-8.
const maxKey = 1024

// The beginnings and ends of names that AWS keeps for itself.
var (
	reservedPrefixes = [...]string{"xn--", "sthree-", "amzn-s3-demo-"}
	reservedSuffixes = [...]string{"-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"}
)

// validBucket tells whether a bucket may have the name. It may then be a label of
// a host name and a part of an ARN.
// Source: Amazon S3 User Guide, "General purpose bucket naming rules".
func validBucket(name string) bool {
	if len(name) < 3 || len(name) > 63 || strings.Contains(name, "..") {
		return false
	}
	for i := range len(name) {
		c := name[i]
		inner := i > 0 && i < len(name)-1 && (c == '.' || c == '-')
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && !inner {
			return false
		}
	}
	for _, p := range reservedPrefixes {
		if strings.HasPrefix(name, p) {
			return false
		}
	}
	for _, s := range reservedSuffixes {
		if strings.HasSuffix(name, s) {
			return false
		}
	}
	_, err := netip.ParseAddr(name)
	return err != nil
}

// checkKey refuses what cannot be a key. Everything else is one, literally: no
// path is cleaned here, because the policy was asked about this very text.
func checkKey(key string) *bailiwick.Error {
	switch {
	case len(key) > maxKey:
		e := fail(http.StatusBadRequest, "KeyTooLongError", "Your key is too long")
		return with(with(e, "Size", strconv.Itoa(len(key))), "MaxSizeAllowed", strconv.Itoa(maxKey))
	case key == "" || !utf8.ValidString(key) || strings.ContainsRune(key, 0):
		return invalidURI()
	}
	return nil
}
