package wire

import (
	"io"
	"net/http"
	"strconv"

	"github.com/bailiwick-project/bailiwick"
)

// A Protocol puts the operations of one family of services on HTTP.
type Protocol interface {
	// Operation names what r asks for. An Error says that r names nothing.
	Operation(r *http.Request, body []byte) (string, error)
	// Decode fills the structure that in points to, and refuses what is not of
	// its type: an Error with CodeSerialization.
	Decode(r *http.Request, body []byte, in any) error
	// Encode prints an output structure; nil means an empty one.
	Encode(operation string, out any, requestID string) (Response, error)
	// Fail prints an error.
	Fail(err *bailiwick.Error, requestID string) Response
}

// A Response is an answer before it is sent.
type Response struct {
	Status int
	Header http.Header
	Body   []byte

	// Stream is sent instead of Body, exactly Length bytes of it, and closed.
	Stream io.ReadCloser
	Length int64
}

// Send writes the response. The header of an answer without a body, such as one
// to HEAD, may bring its own Content-Length.
func (r Response) Send(w http.ResponseWriter) {
	h := w.Header()
	for k, v := range r.Header {
		h[k] = v
	}
	switch {
	case r.Stream != nil:
		h["Content-Length"] = []string{strconv.FormatInt(r.Length, 10)}
	case r.Status == http.StatusNoContent || r.Status == http.StatusNotModified: // have no length
	case len(r.Body) > 0 || h["Content-Length"] == nil:
		h["Content-Length"] = []string{strconv.Itoa(len(r.Body))}
	}
	w.WriteHeader(r.Status)
	if r.Stream == nil {
		_, _ = w.Write(r.Body) // the client is gone: nobody to tell
		return
	}
	defer func() { _ = r.Stream.Close() }()
	// Where it ends early the connection is cut, which the client sees by the
	// length it was promised.
	if n, err := io.Copy(w, r.Stream); err != nil || n != r.Length {
		panic(http.ErrAbortHandler)
	}
}
