package s3

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/bailiwick-project/bailiwick/store"
)

// maxPage bounds a page of a listing.
const maxPage = 1000

// A walk is one page through the keys of a bucket, in the order of their bytes.
type walk struct {
	kind              string // of records: "object", "upload"
	prefix, delimiter string
	after             string // only what comes behind it; also a common prefix of the page before
	afterUpload       string // of the uploads with the key after, only those behind it; "" for none of them
	limit             int
}

// A found is one entry of a page: a record, or the common prefix of several keys.
type found struct {
	name   string // key or common prefix
	common bool
	parts  []any // of the record's key in the store
}

// textStart is where the records begin whose last text begins with prefix, and
// textEnd where they end.
func textStart(kind, bucket, prefix string) []byte {
	key := store.Key(space, kind, bucket, prefix)
	return key[:len(key)-2] // without the end mark of the text
}

func textEnd(kind, bucket, prefix string) []byte {
	end := textStart(kind, bucket, prefix)
	for len(end) > 0 && end[len(end)-1] == 0xff {
		end = end[:len(end)-1]
	}
	end[len(end)-1]++
	return end
}

// page collects the entries and tells whether there are more. Every step of the
// scan yields an entry or jumps over a whole common prefix, so that a page costs
// no more than its size.
func (w walk) page(r store.Reader, bucket string) (list []found, more bool, err error) {
	if w.limit == 0 || len(w.prefix) > maxKey {
		return nil, false, nil
	}
	from, to := textStart(w.kind, bucket, w.prefix), textEnd(w.kind, bucket, w.prefix)
	if behind := w.behind(bucket); bytes.Compare(behind, from) > 0 {
		from = behind
	}
	for from != nil && bytes.Compare(from, to) < 0 {
		next := []byte(nil)
		for e, err := range r.Scan(from, to, false) {
			if err != nil {
				return nil, false, fmt.Errorf("listing a bucket: %w", err)
			}
			f, err := w.read(e)
			if err != nil {
				return nil, false, err
			}
			if f.common {
				next = textEnd(w.kind, bucket, f.name)
			}
			if f.common && f.name == w.after {
				break // told on the page before
			}
			if len(list) == w.limit {
				return list, true, nil
			}
			if list = append(list, f); f.common {
				break
			}
		}
		from = next
	}
	return list, false, nil
}

// behind is where a page goes on. Uploads have several records with one key.
func (w walk) behind(bucket string) []byte {
	after := w.after[:min(len(w.after), 2*maxKey)] // no key is longer
	switch {
	case after == "":
		return nil
	case w.kind == "object":
		return store.After(store.Key(space, w.kind, bucket, after))
	case w.afterUpload != "" && len(w.afterUpload) <= maxUploadID:
		return store.After(store.Key(space, w.kind, bucket, after, w.afterUpload))
	}
	_, end := store.Prefix(space, w.kind, bucket, after)
	return end
}

// read takes an entry apart and rolls it up to its common prefix.
func (w walk) read(e store.Entry) (found, error) {
	parts, err := store.Split(e.Key)
	if err != nil || len(parts) < 4 {
		return found{}, fmt.Errorf("a key of a listing is malformed: %w", err)
	}
	key, ok := parts[3].(string)
	if !ok {
		return found{}, fmt.Errorf("a key of a listing is a %T", parts[3])
	}
	if w.delimiter != "" {
		if i := strings.Index(key[len(w.prefix):], w.delimiter); i >= 0 {
			return found{name: key[:len(w.prefix)+i+len(w.delimiter)], common: true}, nil
		}
	}
	return found{name: key, parts: parts}, nil
}
