package token

import (
	"errors"
	"fmt"
	"time"
)

// Why a token was refused. Errors wrap one of these with details.
var (
	// ErrMalformed: not a JWT (or not a sealed token) at all.
	ErrMalformed = errors.New("token: not a JSON web token")
	// ErrAlgorithm: signed by an algorithm that is not allowed, or not the key's.
	ErrAlgorithm = errors.New("token: algorithm not allowed")
	// ErrUnknownKey: its kid is none of the issuer's keys.
	ErrUnknownKey = errors.New("token: unknown key id")
	// ErrSignature: the signature, or the seal, is wrong.
	ErrSignature = errors.New("token: wrong signature")
	// ErrTooLarge: what was to be signed or sealed passes MaxSize.
	ErrTooLarge = errors.New("token: too large")
)

// TimeError is returned by Expired and NotYet.
type TimeError struct {
	Claim string    // "exp" or "nbf"
	At    time.Time // what the claim says; zero when it is absent or no time
	Now   time.Time
}

func (e *TimeError) Error() string {
	switch {
	case e.At.IsZero():
		return "token: claim " + e.Claim + " is absent or not a time"
	case e.Claim == "exp":
		return fmt.Sprintf("Token expired: current date/time %d must be before the expiration date/time %d",
			e.Now.Unix(), e.At.Unix())
	}
	return fmt.Sprintf("Token not yet valid: current date/time %d must not be before %d", e.Now.Unix(), e.At.Unix())
}
