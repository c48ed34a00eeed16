package wire

import (
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
}

// Send writes the response.
func (r Response) Send(w http.ResponseWriter) {
	h := w.Header()
	for k, v := range r.Header {
		h[k] = v
	}
	h["Content-Length"] = []string{strconv.Itoa(len(r.Body))}
	w.WriteHeader(r.Status)
	_, _ = w.Write(r.Body) // the client is gone: nobody to tell
}
