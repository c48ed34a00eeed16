package service

import (
	"context"
	"math"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
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
		op := Op("Any", func(context.Context, *bailiwick.Call, *struct{}) ([]authz.Check, error) { return nil, nil },
			func(context.Context, *bailiwick.Call, *struct{}) (*struct{}, error) { return nil, nil })
		op.streamed = streamed
		h := &Handler{Service: Service{Protocol: anything{}, Operations: []Operation{op}, Patience: time.Hour}}
		r := httptest.NewRequest("PUT", "/", nil)
		r.ContentLength = length
		w := &deadlines{ResponseRecorder: httptest.NewRecorder()}
		before := time.Now()
		h.beginBy(w, r)
		want := time.Hour
		if streamed {
			want += timeFor(length)
		}
		if len(w.write) != 1 || w.write[0].Before(before.Add(want)) || w.write[0].After(time.Now().Add(want)) {
			t.Errorf("streamed %v: %v after %s, want %s after it", streamed, w.write, before, want)
		}
	}
}

// anything is a protocol of one operation.
type anything struct{ wire.Protocol }

func (anything) Operation(*http.Request, []byte) (string, error) { return "Any", nil }
