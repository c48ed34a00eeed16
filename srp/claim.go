package srp

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"io"
	"time"
)

// Claim is the proof of PASSWORD_CLAIM_SIGNATURE, 32 bytes: an HMAC over pool
// name, user, secret block (decoded) and timestamp (the very string sent).
func Claim(key []byte, poolName, username string, secretBlock []byte, timestamp string) []byte {
	h := hmac.New(sha256.New, key)
	_, _ = io.WriteString(h, poolName)
	_, _ = io.WriteString(h, username)
	h.Write(secretBlock)
	_, _ = io.WriteString(h, timestamp)
	return h.Sum(nil)
}

// CheckClaim compares a PASSWORD_CLAIM_SIGNATURE (base64) with the expected
// claim in constant time.
func CheckClaim(want []byte, signature string) bool {
	if len(want) != sha256.Size || len(signature) > 64 {
		return false
	}
	got, err := base64.StdEncoding.Strict().DecodeString(signature)
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1
}

// Timestamp layouts. The clients pad no day; some old ones pad it with zero.
const (
	stampLayout  = "Mon Jan 2 15:04:05 UTC 2006"
	paddedLayout = "Mon Jan 02 15:04:05 UTC 2006"
)

// FormatTimestamp writes TIMESTAMP: English, UTC, day of month not padded.
func FormatTimestamp(t time.Time) string { return t.UTC().Format(stampLayout) }

// ParseTimestamp reads TIMESTAMP, its day bare or padded with a zero. It
// formats the result again and compares, since time.Parse is lenient about
// weekdays, case, fractions and white space.
func ParseTimestamp(s string) (time.Time, error) {
	t, err := time.Parse(stampLayout, s)
	if err != nil || t.Format(stampLayout) != s && t.Format(paddedLayout) != s {
		return time.Time{}, errors.New("srp: timestamp is not of the form EEE MMM d HH:mm:ss UTC yyyy")
	}
	return t, nil
}

// SecretHash is the parameter SECRET_HASH of app clients with a secret:
// base64 of an HMAC of username and client id under the client secret.
func SecretHash(clientSecret, username, clientID string) string {
	return base64.StdEncoding.EncodeToString(secretHash(clientSecret, username, clientID))
}

// CheckSecretHash compares in constant time.
func CheckSecretHash(hash, clientSecret, username, clientID string) bool {
	return CheckClaim(secretHash(clientSecret, username, clientID), hash)
}

func secretHash(clientSecret, username, clientID string) []byte {
	h := hmac.New(sha256.New, []byte(clientSecret))
	_, _ = io.WriteString(h, username)
	_, _ = io.WriteString(h, clientID)
	return h.Sum(nil)
}
