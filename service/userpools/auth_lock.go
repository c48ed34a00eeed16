package userpools

import (
	"errors"
	"fmt"
	"time"

	"github.com/bailiwick-project/bailiwick/store"
)

// After freeFailures wrong passwords none is looked at for a second, and for
// twice as long after each further one. A quarter of an hour without an attempt
// forgets them. Source: Cognito Developer Guide, "Lockout behavior for failed
// sign-in attempts".
const (
	freeFailures = 5
	longestPause = 15 * time.Minute
	forgetAfter  = 15 * time.Minute
)

// A lock counts wrong passwords. Until is when the latest one stops to matter.
type lock struct {
	Failures int
	Until    time.Time
}

func (l lock) closed(now time.Time) bool { return now.Before(l.Until) }

// after is the lock after one more wrong password.
func (l lock) after(now time.Time) lock {
	if now.Sub(l.Until) >= forgetAfter {
		l.Failures = 0
	}
	return l.more(now)
}

// more is after without forgetting anything.
func (l lock) more(now time.Time) lock {
	n := l.Failures + 1
	return lock{Failures: n, Until: now.Add(pause(n))}
}

func pause(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	d := time.Second
	for range failures - freeFailures {
		if d *= 2; d >= longestPause {
			return longestPause
		}
	}
	return d
}

func keyLock(pool, who string) []byte { return store.Key(root, "lock", pool, who) }

// lockOf reads the lock of a user, or of a name that is nobody's: if only those
// of users ever closed, a closed lock would tell that there is a user.
func lockOf(r store.Reader, poolID string, u *user, nobody string) (lock, error) {
	if u != nil {
		return lock{u.Failures, u.LockedUntil}, nil
	}
	l, err := store.GetJSON[lock](r, keyLock(poolID, nobody))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return lock{}, fmt.Errorf("reading wrong passwords: %w", err)
	}
	return l, nil
}

func putLock(tx store.Tx, poolID string, u *user, nobody string, l lock) error {
	if u != nil {
		u.Failures, u.LockedUntil = l.Failures, l.Until
		return putUser(tx, u)
	}
	if err := store.PutJSONUntil(tx, keyLock(poolID, nobody), l, l.Until.Add(forgetAfter)); err != nil {
		return fmt.Errorf("counting a wrong password: %w", err)
	}
	return nil
}
