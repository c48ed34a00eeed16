package totp

import (
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
)

const (
	// Period is how long a step lasts.
	Period = 30 * time.Second

	// Digits is the length of a code.
	Digits = 6

	skew        = 1  // steps that a clock may be off, in both directions
	secretBytes = 32 // 52 characters, as Cognito's SecretCode has
	maxSecret   = 256
)

// ErrSecret tells that a secret is none: not base32, empty or too long.
var ErrSecret = errors.New("not the secret of a software token")

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret draws a secret: base32 in capitals without padding, as apps take it.
// rand must be of cryptographic quality.
func NewSecret(rand io.Reader) (string, error) {
	raw := make([]byte, secretBytes)
	if _, err := io.ReadFull(rand, raw); err != nil {
		return "", fmt.Errorf("reading randomness: %w", err)
	}
	return encoding.EncodeToString(raw), nil
}

// Code is what an app with the secret shows at a time. The error is ErrSecret.
func Code(secret string, at time.Time) (string, error) { return code(secret, stepOf(at)) }

// Check tells whether a code is right at a time, and for which step: the number
// of periods since 1970. A code that is right for two steps counts for the
// earlier, the one that is rather used up. Codes are six ASCII digits and nothing
// around them. The error is ErrSecret.
func Check(secret, given string, at time.Time) (step int64, ok bool, err error) {
	now := stepOf(at)
	for s := now + skew; s >= now-skew; s-- { // all of them: the time it takes does not tell which
		want, err := code(secret, s)
		if err != nil {
			return 0, false, err
		}
		if len(want) == Digits && subtle.ConstantTimeCompare([]byte(want), []byte(given)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok, nil
}

func stepOf(at time.Time) int64 { return at.Unix() / int64(Period/time.Second) }

// code computes the code of a step. Steps before 1970 have none that is right.
func code(secret string, step int64) (string, error) {
	if n := len(secret); n == 0 || n > maxSecret {
		return "", ErrSecret
	}
	if _, err := encoding.DecodeString(secret); err != nil {
		return "", ErrSecret // the library would take lower case, spaces and padding too
	}
	if step < 0 {
		return "", nil
	}
	text, err := hotp.GenerateCodeCustom(secret, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrSecret, err)
	}
	return text, nil
}
