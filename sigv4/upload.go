package sigv4

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// An Upload is a body that SignChunked sends in the framing aws-chunked.
type Upload struct {
	Form      string // StreamingSigned, StreamingSignedTrailer or StreamingUnsignedTrailer
	Body      io.Reader
	Length    int64                    // of Body, in bytes
	ChunkSize int                      // bytes; 0: 64 KiB
	Trailers  []string                 // names, in lower case
	Trailer   func(name string) string // is asked for each when Body has ended
}

// SignChunked signs r as Sign does and gives it a body that signs itself while it
// is sent.
func SignChunked(r *http.Request, c Credentials, region, service string, up Upload, now time.Time) error {
	if !Streaming(up.Form) {
		return fmt.Errorf("signing chunks: %q is no form of it", up.Form)
	}
	if up.ChunkSize == 0 {
		up.ChunkSize = 64 << 10
	}
	now = now.UTC().Truncate(time.Second)
	r.Header.Set("X-Amz-Content-Sha256", up.Form)
	r.Header.Set("X-Amz-Decoded-Content-Length", strconv.FormatInt(up.Length, 10))
	encoding := "aws-chunked"
	if e := r.Header.Get("Content-Encoding"); e != "" {
		encoding += "," + e
	}
	r.Header.Set("Content-Encoding", encoding)
	if len(up.Trailers) > 0 {
		r.Header.Set("X-Amz-Trailer", strings.Join(up.Trailers, ","))
	}
	if err := Sign(r, c, region, service, nil, now); err != nil {
		return err
	}
	e := &chunkWriter{up: up}
	if up.Form != StreamingUnsignedTrailer {
		s := newSignature(c, region, service, now, nil)
		_, s.Signature, _ = strings.Cut(r.Header.Get("Authorization"), "Signature=")
		e.sign = newChunkSigner(s, DeriveKey(c.SecretAccessKey, s.Date, region, service))
	}
	r.Body, r.ContentLength, r.GetBody = io.NopCloser(e), -1, nil
	return nil
}

// A chunkWriter is the framed body, made a chunk at a time as it is read.
type chunkWriter struct {
	up   Upload
	sign *chunkSigner // nil: unsigned
	out  bytes.Buffer
	done bool
}

func (w *chunkWriter) Read(p []byte) (int, error) {
	for w.out.Len() == 0 {
		if w.done {
			return 0, io.EOF
		}
		if err := w.next(); err != nil {
			return 0, err
		}
	}
	return w.out.Read(p)
}

func (w *chunkWriter) next() error {
	data := make([]byte, w.up.ChunkSize)
	n, err := io.ReadFull(w.up.Body, data)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("reading the body to sign: %w", err)
	}
	if n > 0 {
		w.chunk(data[:n])
		w.out.WriteString("\r\n")
	}
	if err != nil {
		w.done = true
		w.end()
	}
	return nil
}

func (w *chunkWriter) chunk(data []byte) {
	w.out.WriteString(strconv.FormatInt(int64(len(data)), 16))
	if w.sign != nil {
		w.out.WriteString(";chunk-signature=")
		w.out.Write(w.sign.chunk(data))
	}
	w.out.WriteString("\r\n")
	w.out.Write(data)
}

func (w *chunkWriter) end() {
	w.chunk(nil)
	values := map[string]string{}
	for _, name := range w.up.Trailers {
		values[name] = w.up.Trailer(name)
		w.out.WriteString(name + ":" + values[name] + "\r\n")
	}
	if w.up.Form == StreamingSignedTrailer {
		w.out.WriteString(trailerSignature + ":")
		w.out.Write(w.sign.trailers(canonicalTrailers(values)))
		w.out.WriteString("\r\n")
	}
	w.out.WriteString("\r\n")
}
