package sts

import "time"

// Durations of sessions. The bounds of DurationSeconds, 900 s and 12 h, are in
// the API model.
const (
	defaultDuration = time.Hour
	chainDuration   = time.Hour // a session that assumes a role, whatever the role allows
)

// asked is the duration that a request names, in seconds.
func asked(seconds *int32) time.Duration {
	if seconds == nil {
		return defaultDuration
	}
	return time.Duration(*seconds) * time.Second
}

// withinRole holds the wish to the role's own limit. It is asked after
// authorization: how long a role's sessions may be is nobody else's business.
func (w *wish) withinRole() error {
	if w.duration > w.role.MaxSession && !(w.role.MaxSession == 0 && w.duration <= defaultDuration) {
		return validation("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.")
	}
	return nil
}
