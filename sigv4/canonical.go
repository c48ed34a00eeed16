package sigv4

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
)

// appendCanonical appends the canonical request: method, path, query,
// headers, names of headers, payload hash.
func appendCanonical(b []byte, r *http.Request, s *Signature, payload []byte) ([]byte, error) {
	method := r.Method
	if method == "" {
		method = http.MethodGet
	}
	b = append(b, method...)
	b = append(b, '\n')
	b, err := appendPath(b, r.URL.EscapedPath(), s.Service == "s3")
	if err != nil {
		return b, err
	}
	b = append(b, '\n')
	if b, err = appendQuery(b, r.URL.RawQuery, s.Presigned); err != nil {
		return b, err
	}
	b = append(b, '\n')
	if b, err = appendHeaders(b, r, s.SignedHeaders); err != nil {
		return b, err
	}
	b = append(b, '\n')
	b = append(b, s.signedHeaders...)
	b = append(b, '\n')
	return append(b, payload...), nil
}

// appendPath escapes the path once more, for S3 as it is. An escaped slash
// stays escaped for S3: it is part of a key, not a separator.
func appendPath(b []byte, escaped string, s3 bool) ([]byte, error) {
	if escaped == "" {
		return append(b, '/'), nil
	}
	var err error
	for {
		segment, rest, more := strings.Cut(escaped, "/")
		if s3 {
			if b, err = appendRecoded(b, segment, false); err != nil {
				return b, err
			}
		} else {
			b = appendEncoded(b, segment)
		}
		if !more {
			return b, nil
		}
		b = append(b, '/')
		escaped = rest
	}
}

// appendQuery appends the parameters in strict encoding, sorted by name, then
// by value. Sorting the joined pairs would be wrong: '=' sorts behind '-',
// '.' and digits.
func appendQuery(b []byte, raw string, presigned bool) ([]byte, error) {
	if raw == "" {
		return b, nil
	}
	type span struct{ from, eq, to int } // of name=value in buf
	var spanStack [16]span
	var bufStack [1024]byte
	spans, buf := spanStack[:0], bufStack[:0]
	var err error
	for rest := raw; len(rest) > 0; {
		var pair string
		pair, rest, _ = strings.Cut(rest, "&")
		if pair == "" {
			continue
		}
		if len(spans) == maxParameters {
			return b, fail(TooLarge, "The query string has more than %d parameters.", maxParameters)
		}
		name, value, _ := strings.Cut(pair, "=")
		sp := span{from: len(buf)}
		if buf, err = appendRecoded(buf, name, true); err != nil {
			return b, err
		}
		sp.eq = len(buf)
		if presigned && string(buf[sp.from:sp.eq]) == "X-Amz-Signature" {
			buf = buf[:sp.from]
			continue
		}
		buf = append(buf, '=')
		if buf, err = appendRecoded(buf, value, true); err != nil {
			return b, err
		}
		sp.to = len(buf)
		spans = append(spans, sp)
	}
	slices.SortFunc(spans, func(x, y span) int {
		return cmp.Or(bytes.Compare(buf[x.from:x.eq], buf[y.from:y.eq]), bytes.Compare(buf[x.eq:x.to], buf[y.eq:y.to]))
	})
	for i, sp := range spans {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(b, buf[sp.from:sp.to]...)
	}
	return b, nil
}

// appendStringToSign appends what the signing key signs.
func appendStringToSign(b []byte, s *Signature, canonical []byte) []byte {
	b = append(b, algorithm...)
	b = append(b, '\n')
	b = appendBasic(b, s.Time)
	b = append(b, '\n')
	b = append(b, s.Date...)
	b = append(b, '/')
	b = append(b, s.Region...)
	b = append(b, '/')
	b = append(b, s.Service...)
	b = append(b, "/"+terminator+"\n"...)
	sum := sha256.Sum256(canonical)
	return hex.AppendEncode(b, sum[:])
}
