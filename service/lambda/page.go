package lambda

import (
	"encoding/base64"
)

// A page is a part of a listing.
type page struct {
	after string // the name that the page before ended with
	limit int
}

func newPage(marker *string, items *int32, most int) (page, error) {
	p := page{limit: most}
	if items != nil {
		p.limit = min(int(*items), most)
	}
	if marker == nil || *marker == "" {
		return p, nil
	}
	name, err := base64.RawURLEncoding.DecodeString(*marker)
	if err != nil || len(name) == 0 || len(name) > 256 {
		return p, invalid("The value of Marker is not valid.")
	}
	p.after = string(name)
	return p, nil
}

func (p page) next(name string) *string {
	return ptr(base64.RawURLEncoding.EncodeToString([]byte(name)))
}
