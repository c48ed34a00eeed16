package sigv4

import (
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
)

const (
	maxTrailers      = 16
	trailerSignature = "x-amz-trailer-signature"
)

// announced lists the names in x-amz-trailer, in lower case.
func announced(h http.Header) ([]string, error) {
	var names []string
	for _, v := range h["X-Amz-Trailer"] {
		for name := range strings.SplitSeq(v, ",") {
			name = strings.ToLower(strings.Trim(name, " \t"))
			if name == "" && v == "" {
				continue
			}
			if !headerName(name) || name == trailerSignature || slices.Contains(names, name) || len(names) == maxTrailers {
				return nil, fail(Announcement, "x-amz-trailer must list at most %d names of headers, each once, not '%s'.", maxTrailers, shorten(v))
			}
			names = append(names, name)
		}
	}
	return names, nil
}

// unsignedTrailers reads trailers up to the empty line.
func (c *Chunks) unsignedTrailers() error {
	for {
		line, err := c.line()
		if err != nil {
			return err
		}
		line, ok := strings.CutSuffix(line, "\r")
		switch {
		case !ok:
			return errFraming()
		case line == "":
			return c.allTrailers()
		}
		if err := c.trailer(line); err != nil {
			return err
		}
	}
}

// signedTrailers reads trailers up to their signature, which is the last of them.
// AWS's examples and clients disagree about the line ends: an empty line may
// stand before the trailers, before the signature, and behind it. What is signed
// has none of them.
func (c *Chunks) signedTrailers() error {
	for blank := 0; ; {
		line, err := c.line()
		if err != nil {
			return err
		}
		if line = strings.TrimSuffix(line, "\r"); line == "" {
			if blank++; blank > 2 {
				return errTrailer()
			}
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		if strings.ToLower(name) != trailerSignature {
			if err := c.trailer(line); err != nil {
				return err
			}
			continue
		}
		if err := c.allTrailers(); err != nil {
			return err
		}
		if err := c.sign.verify(c.sign.trailers(canonicalTrailers(c.trailers)), strings.Trim(value, " \t")); err != nil {
			return err
		}
		if _, err := c.in.Peek(1); errors.Is(err, io.EOF) {
			return nil
		}
		return c.lineEnd()
	}
}

// trailer takes one "name:value". Names that were not announced are refused: who
// looked at the head of the request decided without them.
func (c *Chunks) trailer(line string) error {
	name, value, ok := strings.Cut(line, ":")
	name, value = strings.ToLower(name), strings.Trim(value, " \t")
	if _, twice := c.trailers[name]; !ok || twice || !slices.Contains(c.announced, name) || !printable(value) {
		return errTrailer()
	}
	c.trailers[name] = value
	return nil
}

func (c *Chunks) allTrailers() error {
	if len(c.trailers) != len(c.announced) {
		return errTrailer()
	}
	return nil
}

func canonicalTrailers(values map[string]string) []byte {
	var b []byte
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		b = append(append(append(append(b, name...), ':'), values[name]...), '\n')
	}
	return b
}

// printable accepts ASCII without control characters.
func printable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

func errTrailer() error {
	return fail(Trailer, "The request contained trailing data that was not well-formed or did not conform to our published schema.")
}

// WithoutChunked removes aws-chunked from a Content-Encoding, as S3 does before it
// keeps it: "aws-chunked,gzip" is "gzip".
func WithoutChunked(encoding string) string {
	var kept []string
	for e := range strings.SplitSeq(encoding, ",") {
		if e = strings.Trim(e, " \t"); e != "" && !strings.EqualFold(e, "aws-chunked") {
			kept = append(kept, e)
		}
	}
	return strings.Join(kept, ",")
}
