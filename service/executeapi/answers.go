package executeapi

import (
	"container/list"
	"io"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick/wire"
)

const (
	maxEntry = 1 << 20  // bytes of one answer. Source: API Gateway Developer Guide, "Cache settings"
	maxCache = 64 << 20 // bytes of all answers
	overhead = 512      // bytes that an entry has beside its body and headers
)

// answers are the cached answers of all stages, the least recently used last.
type answers struct {
	mu    sync.Mutex
	by    map[cacheKey]*list.Element
	order list.List
	size  int
}

// entry is one answer. Its parts are never changed.
type entry struct {
	key     cacheKey
	answer  wire.Response
	expires time.Time
	size    int
}

// find answers a copy whose header the caller may change.
func (a *answers) find(key cacheKey, now time.Time) (*answer, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	el, ok := a.by[key]
	if !ok {
		return nil, false
	}
	e, ok := el.Value.(*entry)
	if !ok || !now.Before(e.expires) {
		a.drop(el)
		return nil, false
	}
	a.order.MoveToFront(el)
	out := &answer{e.answer}
	out.Header = e.answer.Header.Clone()
	return out, true
}

// keep remembers an answer and says why not, "" if it did. A body that was still
// to be read is read, and remains to be sent.
func (a *answers) keep(key cacheKey, out *answer, now time.Time, ttl time.Duration) string {
	if why := unkept(&out.Response); why != "" {
		return why
	}
	if s := out.Stream; s != nil {
		body := make([]byte, out.Length)
		_, err := io.ReadFull(s, body)
		if closed := s.Close(); err != nil || closed != nil {
			out.Stream = broken{} // what the client was promised does not come
			return "the backend broke off"
		}
		out.Stream, out.Length, out.Body = nil, 0, body
	}
	e := &entry{key: key, answer: out.Response, expires: now.Add(ttl), size: overhead + len(out.Body)}
	e.answer.Header = out.Header.Clone()
	for name, values := range e.answer.Header {
		for _, v := range values {
			e.size += len(name) + len(v)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.by == nil {
		a.by = map[cacheKey]*list.Element{}
	}
	if old, ok := a.by[key]; ok {
		a.drop(old)
	}
	a.by[key] = a.order.PushFront(e)
	a.size += e.size
	for a.size > maxCache {
		a.drop(a.order.Back())
	}
	return ""
}

func (a *answers) drop(el *list.Element) {
	if e, ok := a.order.Remove(el).(*entry); ok {
		delete(a.by, e.key)
		a.size -= e.size
	}
}

// broken is a body that broke off.
type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }
func (broken) Close() error             { return nil }
