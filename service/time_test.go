package service

import (
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/wire"
)

// TestTimeFor: what a sender says of a length is no leave to hold a connection for
// ever, nor a reason to hang up.
func TestTimeFor(t *testing.T) {
	for length, want := range map[int64]time.Duration{
		-1: time.Minute, 0: time.Minute, slowest: time.Minute + time.Second, 5 << 20: time.Minute + 320*time.Second,
		1 << 40: time.Minute + longest, 160_000_000_000_000: time.Minute + longest, math.MaxInt64: time.Minute + longest, math.MinInt64: time.Minute,
	} {
		if got := timeFor(length); got != want {
			t.Errorf("%d bytes: %s, want %s", length, got, want)
		}
	}
}

// deadlines notes the deadlines of a connection.
type deadlines struct {
	*httptest.ResponseRecorder
	write []time.Time
}

func (*deadlines) SetReadDeadline(time.Time) error { return nil }

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.write = append(d.write, t)
	return nil
}

// TestBeginBy: patience comes on top of the time that a long body takes.
func TestBeginBy(t *testing.T) {
	const length = slowest * 1000
	for _, streamed := range []bool{false, true} {
		h := &Handler{Service: Service{Patience: time.Hour}}
		r := httptest.NewRequest("PUT", "/", nil)
		r.ContentLength = length
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		before := time.Now()
		h.beginBy(w, r, before, streamed)
		want := time.Hour
		if streamed {
			want += timeFor(length)
		}
		if len(w.write) != 1 || !w.write[0].Equal(before.Add(want)) {
			t.Errorf("streamed %v: %v after %s, want %s after it", streamed, w.write, before, want)
		}
	}
}

// TestSendsLong: a slow client has the limits of its answer, not the patience that
// the answer had to begin.
func TestSendsLong(t *testing.T) {
	now := time.Now()
	for _, tt := range []struct {
		name     string
		patience time.Duration
		begun    time.Time
		resp     wire.Response
		want     bool
	}{
		{"small and soon", time.Hour, now, wire.Response{Body: make([]byte, small)}, false},
		{"a small stream", time.Hour, now, wire.Response{Stream: http.NoBody, Length: small}, false},
		{"more than small", time.Hour, now, wire.Response{Body: make([]byte, small+1)}, true},
		{"a longer stream", time.Hour, now, wire.Response{Stream: http.NoBody, Length: small + 1}, true},
		{"small and late", time.Hour, now.Add(-2 * soon), wire.Response{}, true},
		{"without patience", 0, now.Add(-2 * soon), wire.Response{Body: make([]byte, quick+1)}, false},
		{"without patience, a short stream", 0, now, wire.Response{Stream: http.NoBody, Length: quick}, false},
		{"without patience, a long stream", 0, now, wire.Response{Stream: http.NoBody, Length: quick + 1}, true},
	} {
		h := &Handler{Service: Service{Patience: tt.patience}}
		if got := h.sendsLong(tt.resp, tt.begun); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}
