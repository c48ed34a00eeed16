package blob

import (
	"encoding/hex"
	"fmt"
	"io"
)

// idBytes is the length of an id before its encoding: 128 bits.
const idBytes = 16

// NewID draws an id.
func NewID(random io.Reader) (string, error) {
	var b [idBytes]byte
	if _, err := io.ReadFull(random, b[:]); err != nil {
		return "", fmt.Errorf("drawing a blob id: %w", err)
	}
	return hex.EncodeToString(b[:]), nil
}

// ValidID tells whether s has the form of an id. It is what keeps "../" out of
// file names.
func ValidID(s string) bool {
	if len(s) != 2*idBytes {
		return false
	}
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
