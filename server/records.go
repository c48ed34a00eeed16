package server

import (
	"errors"
	"sync"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/sigv4"
)

// How many calls are remembered, and how much memory they may take, in bytes:
// callers choose how large a request is. Refused calls have a room of their own,
// so that the many that succeed do not push out the few that somebody asks about.
const (
	keptRefused = 4096
	keptAllowed = 1024
	roomRefused = 16 << 20
	roomAllowed = 4 << 20
	largest     = 256 << 10 // of one call; of a larger one only the outcome is kept
)

// records remembers the last calls for whoever asks why.
type records struct {
	mu      sync.Mutex
	refused ring
	allowed ring
}

func newRecords() *records {
	return &records{refused: ring{limit: keptRefused, room: roomRefused}, allowed: ring{limit: keptAllowed, room: roomAllowed}}
}

func (r *records) add(rec service.Record) {
	if f := rec.Failure; f != nil && f.Fields != nil {
		// Fields are the caller's data: items that stood in the way of a condition, a
		// canonical request. Nobody asks for them here, and they may be megabytes.
		told := *f
		told.Fields = nil
		rec.Failure = &told
	}
	size := sizeOf(rec)
	if size > largest {
		rec.Call.Trail.Judgements = nil
		rec.Call.Note("the decisions of this call were too large to be kept")
		size = sizeOf(rec)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if rec.Failure != nil {
		r.refused.add(rec, size)
	} else {
		r.allowed.add(rec, size)
	}
}

func (r *records) find(id string) (service.Record, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rec, ok := r.refused.find(id); ok {
		return rec, true
	}
	return r.allowed.find(id)
}

// sizeOf is about how much memory a record takes, in bytes. What requests share,
// such as compiled policies, is not counted.
func sizeOf(rec service.Record) int {
	c := rec.Call
	n := 1024 + len(c.UserAgent) + len(c.Referer)
	for _, note := range c.Trail.Notes {
		n += len(note)
	}
	for _, j := range c.Trail.Judgements {
		n += 256 + len(j.Request.Resource) + j.Request.Context.Size()
	}
	if f := rec.Failure; f != nil {
		n += len(f.Message)
		var s *sigv4.Error
		if errors.As(f.Cause, &s) {
			n += len(s.CanonicalRequest) + len(s.StringToSign)
		}
	}
	return n
}

// ring keeps the last records, at most limit of them within room.
type ring struct {
	limit, room int
	used        int
	list        []kept // oldest first, from begin on
	begin       int
}

type kept struct {
	service.Record
	size int
}

func (g *ring) add(rec service.Record, size int) {
	g.list = append(g.list, kept{rec, size})
	g.used += size
	for len(g.list)-g.begin > g.limit || g.used > g.room && len(g.list)-g.begin > 1 {
		g.used -= g.list[g.begin].size
		g.list[g.begin] = kept{}
		g.begin++
	}
	if g.begin > g.limit { // the forgotten ones are the larger part
		g.list = append(g.list[:0:0], g.list[g.begin:]...)
		g.begin = 0
	}
}

func (g *ring) find(id string) (service.Record, bool) {
	for _, k := range g.list[g.begin:] {
		if k.Call.RequestID == id {
			return k.Record, true
		}
	}
	return service.Record{}, false
}

// A DecisionRecord is what `bailiwick explain` reads: one call, what became of
// it, and every decision that was taken on the way.
type DecisionRecord struct {
	RequestID string               `json:"requestId"`
	Time      string               `json:"time"` // RFC 3339
	Service   string               `json:"service"`
	Operation string               `json:"operation"`
	Account   string               `json:"account"`
	Region    string               `json:"region"`
	Principal string               `json:"principal"`
	Outcome   string               `json:"outcome"` // "allowed", or the error code
	Message   string               `json:"message,omitempty"`
	Cause     string               `json:"cause,omitempty"` // what the caller was not told
	Notes     []string             `json:"notes"`
	Decisions []policy.Explanation `json:"decisions"`

	// EncodedMessage is the refusal for sts:DecodeAuthorizationMessage, "" if no policy refused the call.
	EncodedMessage string `json:"encodedMessage,omitempty"`
}
