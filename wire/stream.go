package wire

import "io"

// A Stream is the member of an output that is sent as it is read: exactly Length
// bytes, then it is closed. Without a ReadCloser it is absent.
type Stream struct {
	io.ReadCloser
	Length int64
}
