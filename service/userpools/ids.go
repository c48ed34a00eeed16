package userpools

import (
	"fmt"
	"io"
)

const (
	digits       = "0123456789"
	lowers       = "abcdefghijklmnopqrstuvwxyz"
	uppers       = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	symbols      = "!#$%&*+-.=?@^_"
	alphanumeric = digits + uppers + lowers
)

// Shapes of AWS's ids.
const (
	poolIDLength       = 9
	clientIDLength     = 26
	clientSecretLength = 51
	uuidLength         = 36
)

// random draws n characters of an alphabet, each equally likely: bytes beyond
// the last whole multiple of the alphabet are thrown away.
func random(rand io.Reader, n int, alphabet string) (string, error) {
	out := make([]byte, 0, n)
	usable := 256 - 256%len(alphabet)
	buf := make([]byte, n+16)
	for len(out) < n {
		if _, err := io.ReadFull(rand, buf); err != nil {
			return "", fmt.Errorf("reading randomness: %w", err)
		}
		for _, b := range buf {
			if int(b) < usable && len(out) < n {
				out = append(out, alphabet[int(b)%len(alphabet)])
			}
		}
	}
	return string(out), nil
}

// uuid is a random UUID of version 4 (RFC 9562 section 5.4).
func uuid(rand io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", fmt.Errorf("reading randomness: %w", err)
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[0:4], b[4:6], b[6:8], b[8:10], b[10:16]), nil
}
