package sigv4

import (
	"net/http"
	"strings"
)

func parseHeader(r *http.Request, auth string) (*Signature, error) {
	scheme, rest, _ := strings.Cut(auth, " ")
	switch {
	case scheme == algorithm:
	case scheme == "AWS":
		return nil, errLegacy()
	case strings.HasPrefix(scheme, "AWS4"):
		return nil, badAlgorithm(scheme)
	default:
		return nil, ErrNone
	}
	if len(auth) > maxAuthorization {
		return nil, fail(TooLarge, "The Authorization header is longer than %d bytes.", maxAuthorization)
	}
	credential, signed, signature, err := headerParts(rest)
	if err != nil {
		return nil, err
	}
	date, err := single(r.Header, "X-Amz-Date")
	if err != nil {
		return nil, err
	}
	if date == "" {
		if date, err = single(r.Header, "Date"); err != nil {
			return nil, err
		}
	}
	if credential == "" || signature == "" || signed == "" || date == "" {
		return nil, missingHeaderParts(credential, signature, signed, date, auth)
	}
	s := &Signature{Signature: signature, signedHeaders: signed}
	if s.SessionToken, err = single(r.Header, "X-Amz-Security-Token"); err != nil {
		return nil, err
	}
	if s.PayloadHash, err = single(r.Header, "X-Amz-Content-Sha256"); err != nil {
		return nil, err
	}
	return s.finish(r, credential, date)
}

// headerParts reads "Credential=..., SignedHeaders=..., Signature=...". A
// doubled part is refused: which one counts would depend on the reader.
func headerParts(rest string) (credential, signed, signature string, err error) {
	for len(rest) > 0 {
		var part string
		part, rest, _ = strings.Cut(rest, ",")
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		var into *string
		switch name {
		case "Credential":
			into = &credential
		case "SignedHeaders":
			into = &signed
		case "Signature":
			into = &signature
		case "":
			continue
		}
		if into == nil || !ok || *into != "" {
			return "", "", "", fail(Malformed, "Authorization header has a doubled or unknown part: '%s'.", shorten(name))
		}
		*into = value
	}
	return credential, signed, signature, nil
}

func missingHeaderParts(credential, signature, signed, date, auth string) error {
	var say strings.Builder
	for _, part := range [...]struct{ name, value string }{
		{"Credential", credential}, {"Signature", signature}, {"SignedHeaders", signed},
	} {
		if part.value == "" {
			say.WriteString("Authorization header requires '" + part.name + "' parameter. ")
		}
	}
	kind := Incomplete
	if say.Len() == 0 {
		kind = NoDate
	}
	if date == "" {
		say.WriteString("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
	}
	say.WriteString("Authorization=" + shorten(auth))
	return &Error{Kind: kind, Message: say.String()}
}

// single returns the one value of a header, "" when absent. Two values are
// refused: canonicalization joins them, readers of the header take the first.
func single(h http.Header, name string) (string, error) {
	switch v := h[name]; len(v) {
	case 0:
		return "", nil
	case 1:
		return v[0], nil
	}
	return "", fail(Malformed, "Request has more than one %s header.", name)
}
