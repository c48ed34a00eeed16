package userpools

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"

	"github.com/bailiwick-project/bailiwick/store"
)

// A page is one part of a list that is given in parts.
type page struct {
	scope string // the operation and whatever the list is of; a token is good for it alone
	after *string
	limit int
}

// maxPage is the largest page and the default of most lists.
const maxPage = 60

func pageOf(scope string, limit *int32, token *string) page {
	n := int(value(limit))
	if n <= 0 || n > maxPage {
		n = maxPage
	}
	return page{scope: scope, after: token, limit: n}
}

const tokenMAC = 16 // bytes

// listPage reads one page of records below a prefix. keep turns a record into
// an element, or leaves it out. The token of the next page is nil at the end.
func listPage[R, E any](a *API, r store.Reader, pg page, prefix []any, keep func(key []byte, rec R) (E, bool, error)) ([]E, *string, error) {
	from, to := store.Prefix(prefix...)
	if pg.after != nil {
		last, err := a.openToken(pg.scope, *pg.after)
		if err != nil {
			return nil, nil, err
		}
		from = store.After(last)
	}
	list := []E{}
	var last []byte
	for item, err := range store.ScanJSON[R](r, from, to, false) {
		if err != nil {
			return nil, nil, err
		}
		e, ok, err := keep(item.Key, item.Value)
		if err != nil {
			return nil, nil, err
		}
		if !ok {
			continue
		}
		if len(list) == pg.limit {
			return list, ptr(a.sealToken(pg.scope, last)), nil
		}
		list, last = append(list, e), append([]byte(nil), item.Key...)
	}
	return list, nil, nil
}

// A token is the key behind which the list goes on, with a MAC in front: a
// forged one could otherwise read from any place of the store.
func (a *API) sealToken(scope string, key []byte) string {
	return base64.RawURLEncoding.EncodeToString(append(a.mac("page "+scope, key)[:tokenMAC], key...))
}

func (a *API) openToken(scope, token string) ([]byte, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(b) <= tokenMAC || !hmac.Equal(b[:tokenMAC], a.mac("page "+scope, b[tokenMAC:])[:tokenMAC]) {
		return nil, errBadToken
	}
	return b[tokenMAC:], nil
}

// mac is an HMAC-SHA256 under the server's key, for one use.
func (a *API) mac(use string, data []byte) []byte {
	if len(a.Key) < sha256.Size {
		panic("userpools: API.Key is shorter than 32 bytes") // forgotten: anybody could forge
	}
	h := hmac.New(sha256.New, a.Key)
	sum := sha256.Sum256([]byte(use)) // of fixed length: nothing can slip between use and data
	h.Write(sum[:])
	h.Write(data)
	return h.Sum(nil)
}

// lastPart is the last part of an index key, the id that it lists.
func lastPart(key []byte) string {
	parts, err := store.Split(key)
	if err != nil || len(parts) == 0 {
		return ""
	}
	id, _ := parts[len(parts)-1].(string)
	return id
}
