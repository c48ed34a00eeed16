package server

import (
	"sync"

	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
)

// How many calls are remembered. Refused calls have a room of their own, so
// that the many that succeed do not push out the few that somebody asks about.
const (
	keptRefused = 4096
	keptAllowed = 1024
)

// records remembers the last calls for whoever asks why.
type records struct {
	mu      sync.Mutex
	refused ring
	allowed ring
}

func newRecords() *records {
	return &records{refused: ring{limit: keptRefused}, allowed: ring{limit: keptAllowed}}
}

func (r *records) add(rec service.Record) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rec.Failure != nil {
		r.refused.add(rec)
	} else {
		r.allowed.add(rec)
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

// ring keeps the last limit records. It grows as it is needed.
type ring struct {
	limit int
	next  int
	list  []service.Record
}

func (g *ring) add(rec service.Record) {
	if len(g.list) < g.limit {
		g.list = append(g.list, rec)
		return
	}
	g.list[g.next] = rec
	g.next = (g.next + 1) % g.limit
}

func (g *ring) find(id string) (service.Record, bool) {
	for _, rec := range g.list {
		if rec.Call.RequestID == id {
			return rec, true
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
}
