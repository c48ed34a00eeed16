package s3

import (
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/policy"
)

// maxMetadata bounds x-amz-meta-* of an object: bytes of names and values.
const maxMetadata = 2 << 10

// A wish is how a new object shall be, however it is written: PutObject,
// CopyObject, CreateMultipartUpload, a browser's form. What policies may test of
// it is in keys, what is not here is refused by ready.
type wish struct {
	acl       *string
	grants    [5]*string // full control, read, read ACP, write (never), write ACP
	header    attributes
	tags      map[string]string
	tagged    bool // tags were sent, perhaps none
	storage   *string
	encrypted *string // x-amz-server-side-encryption
	kmsKey    *string
	customer  *string // x-amz-server-side-encryption-customer-algorithm
	source    *string // x-amz-copy-source
	directive *string // x-amz-metadata-directive
	match     *string // If-Match
	noneMatch *string // If-None-Match
	locked    string  // a header of object lock that was sent, "" for none
}

// writeKeys adds the keys of s3:PutObject.
func (w *wish) writeKeys(k *policy.Context) {
	aclKeys(k, append([]*string{w.acl}, w.grants[:]...)...)
	for _, p := range []struct {
		key   string
		value *string
	}{
		{"s3:x-amz-storage-class", w.storage},
		{"s3:x-amz-server-side-encryption", w.encrypted},
		{"s3:x-amz-server-side-encryption-aws-kms-key-id", w.kmsKey},
		{"s3:x-amz-server-side-encryption-customer-algorithm", w.customer},
		{"s3:x-amz-copy-source", w.source},
		{"s3:x-amz-metadata-directive", w.directive},
		{"s3:if-match", w.match},
		{"s3:if-none-match", w.noneMatch},
	} {
		if p.value != nil {
			k.Set(p.key, *p.value)
		}
	}
	if w.header.Redirect != "" {
		k.Set("s3:x-amz-website-redirect-location", w.header.Redirect)
	}
	setRequestTags(k, w.tags)
}

// checks asks for everything that the write brings: an ACL and tags each need an
// action of their own.
func (w *wish) checks(call *bailiwick.Call, b *bucket, key string, creates bool) []authz.Check {
	put := b.object(call, "s3:PutObject", key)
	w.writeKeys(put.Keys)
	put.Keys.Set("s3:ObjectCreationOperation", strconv.FormatBool(creates))
	all := []authz.Check{put}
	if w.acl != nil || w.grants != [5]*string{} {
		acl := b.object(call, "s3:PutObjectAcl", key)
		aclKeys(acl.Keys, append([]*string{w.acl}, w.grants[:]...)...)
		if w.storage != nil {
			acl.Keys.Set("s3:x-amz-storage-class", *w.storage)
		}
		all = append(all, acl)
	}
	if w.tagged {
		tag := b.object(call, "s3:PutObjectTagging", key)
		setRequestTags(tag.Keys, w.tags)
		all = append(all, tag)
	}
	return all
}

// ready refuses what would be stored otherwise than it was asked for.
func (w *wish) ready() error {
	switch {
	case w.locked != "":
		return invalidRequest("Bucket is missing Object Lock Configuration")
	case w.kmsKey != nil:
		return notImplemented("x-amz-server-side-encryption-aws-kms-key-id")
	case w.customer != nil:
		return notImplemented("x-amz-server-side-encryption-customer-algorithm")
	case w.encrypted != nil && strings.HasPrefix(*w.encrypted, "aws:"):
		return notImplemented("x-amz-server-side-encryption")
	case w.encrypted != nil && *w.encrypted != aes256:
		return invalidArgument("The encryption method specified is not supported", "x-amz-server-side-encryption", *w.encrypted)
	case w.storage != nil && *w.storage != standard:
		return fail(http.StatusBadRequest, "InvalidStorageClass", "The storage class you specified is not valid")
	case w.acl != nil && *w.acl != "private" && *w.acl != "bucket-owner-full-control", w.grants != [5]*string{}:
		return noACLs()
	}
	return w.header.check()
}

const (
	aes256   = "AES256"
	standard = "STANDARD"
)

// check bounds the metadata.
func (h *attributes) check() error {
	size := 0
	for name, value := range h.User {
		size += len(name) + len(value)
		if !utf8.ValidString(value) {
			return invalidArgument("Metadata must be UTF-8 or encoded as in RFC 2047", "x-amz-meta-"+name, "")
		}
	}
	if size > maxMetadata {
		return fail(http.StatusBadRequest, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
	}
	if r := h.Redirect; r != "" && !strings.HasPrefix(r, "/") && !strings.HasPrefix(r, "http://") && !strings.HasPrefix(r, "https://") || len(r) > maxMetadata {
		return fail(http.StatusBadRequest, "InvalidRedirectLocation", "The website redirect location must have a prefix of 'http://' or 'https://' or '/'.")
	}
	for _, s := range []string{h.ContentType, h.CacheControl, h.ContentDisposition, h.ContentEncoding, h.ContentLanguage, h.Expires} {
		if len(s) > 8<<10 || !utf8.ValidString(s) {
			return fail(http.StatusBadRequest, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")
		}
	}
	return nil
}

// decoded is metadata as it is stored: RFC 2047 taken off. aws-chunked is the
// transfer's, not the object's.
func (h attributes) decoded() attributes {
	var words mime.WordDecoder
	for name, value := range h.User {
		if text, err := words.DecodeHeader(value); err == nil && strings.Contains(value, "=?") && printable(text) {
			h.User[name] = text
		}
	}
	var kept []string
	for c := range strings.SplitSeq(h.ContentEncoding, ",") {
		if c = strings.TrimSpace(c); c != "" && c != "aws-chunked" {
			kept = append(kept, c)
		}
	}
	h.ContentEncoding = strings.Join(kept, ",")
	return h
}

func printable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(c rune) bool { return c < ' ' || c == 0x7f })
}

// shownUser is metadata as headers carry it: what is not ASCII in RFC 2047.
func (h *attributes) shownUser() map[string]string {
	if len(h.User) == 0 {
		return nil
	}
	out := make(map[string]string, len(h.User))
	for name, value := range h.User {
		out[name] = mime.BEncoding.Encode("UTF-8", value) // leaves ASCII as it is
	}
	return out
}

// shown is an attribute of an answer, nil for none.
func shown(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
