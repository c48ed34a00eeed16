package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/checksum"
)

const (
	// maxFields bounds a form without its file, in bytes.
	// Source: Amazon S3 API Reference, "POST Object".
	maxFields = 20 << 10
	// maxHead bounds what is read before the file, with the headers of the parts,
	// which the reader of forms holds in memory: nobody knows yet who sends them.
	maxHead = 128 << 10
)

// A Poster finds out who signed a browser's form. It is an *authn.Authenticator.
type Poster interface {
	// AuthenticatePost verifies the signature over the policy of a form, whose fields
	// are by their names in lower case. A form without policy and signature fails with
	// CodeMissingToken. Whether the form satisfies its policy is not its part.
	AuthenticatePost(ctx context.Context, fields map[string]string, service string) (bailiwick.Signer, error)
}

// A form is a browser's upload as it comes: fields first, then the file, which is
// not held in memory.
type form struct {
	bucket      string
	body        io.Reader
	contentType string
}

// formOf reads what the request says beside its body.
func formOf(r *http.Request, inHost string, in *form) error {
	at, err := locate(r, inHost)
	if err != nil {
		return err
	}
	*in = form{bucket: at.bucket, body: r.Body, contentType: r.Header.Get("Content-Type")}
	return nil
}

// A posting is the plan of a form: its fields, its policy, and the file that is
// still to come.
type posting struct {
	bucket  *bucket
	key     string
	fields  map[string]string // by name in lower case
	wish    *wish
	promise promise
	file    io.Reader
	rest    io.Reader // the whole body, to be read to its end
}

func (a *API) planPostObject(ctx context.Context, call *bailiwick.Call, in *form) (*posting, error) {
	_, params, err := mime.ParseMediaType(in.contentType)
	if err != nil || params["boundary"] == "" {
		return nil, malformedPost()
	}
	p := &posting{rest: in.body}
	h := &head{body: in.body, left: maxHead}
	name, err := p.read(multipart.NewReader(h, params["boundary"]))
	if err != nil {
		return nil, err
	}
	h.left = math.MaxInt64 // the file, which has limits of its own
	if err := a.identify(ctx, call, p.fields); err != nil {
		return nil, err
	}
	raw, ok := p.fields["key"]
	if !ok {
		return nil, invalidArgument("Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.", "key", "")
	}
	p.key = strings.ReplaceAll(raw, "${filename}", name)
	p.fields["key"] = p.key // the policy is about what the key becomes
	if p.bucket, err = a.enterObject(ctx, call, in.bucket, p.key, nil); err != nil {
		return nil, err
	}
	p.promise = promise{length: -1, limit: maxPut, compute: defaultSum}
	if text, signed := p.fields["policy"]; signed {
		if err := satisfies(call, text, in.bucket, p.fields, &p.promise); err != nil {
			return nil, err
		}
	}
	return p, p.understand()
}

func malformedPost() *bailiwick.Error {
	return fail(http.StatusBadRequest, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")
}

// read takes the fields up to the file, whose name it returns. What comes behind
// the file is ignored, as S3 does.
func (p *posting) read(r *multipart.Reader) (filename string, err error) {
	p.fields = map[string]string{}
	left := int64(maxFields)
	for {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return "", invalidArgument("POST requires exactly one file upload per request.", "file", "0")
		}
		if err != nil {
			return "", broken(err)
		}
		name := strings.ToLower(part.FormName())
		if name == "file" {
			p.file = part
			return part.FileName(), nil
		}
		value, err := io.ReadAll(io.LimitReader(part, left+1))
		if err != nil {
			return "", broken(err)
		}
		if left -= int64(len(name) + len(value)); left < 0 {
			return "", headTooLarge()
		}
		if _, twice := p.fields[name]; twice || name == "" {
			return "", invalidArgument("Each field of a form must be there once.", name, "")
		}
		p.fields[name] = string(value)
	}
}

func headTooLarge() *bailiwick.Error {
	return with(fail(http.StatusBadRequest, "MaxPostPreDataLengthExceededError",
		"Your POST request fields preceding the upload file were too large."), "MaxPostPreDataLengthBytes", "20480")
}

// A head is a body of which so many bytes more may be read.
type head struct {
	body io.Reader
	left int64
}

func (h *head) Read(p []byte) (int, error) {
	if h.left <= 0 {
		return 0, headTooLarge()
	}
	n, err := h.body.Read(p[:min(int64(len(p)), h.left)])
	h.left -= int64(n)
	return n, err
}

// broken tells a body that fails its own verification from one that is no form.
func broken(err error) error {
	var told *bailiwick.Error
	if errors.As(err, &told) {
		return told
	}
	return malformedPost()
}

// identify finds who signed the form's policy. A request has one signature: in
// the form or in its headers. The caller of a form is not known before the form is
// read, which is why the plan sets it.
func (a *API) identify(ctx context.Context, call *bailiwick.Call, fields map[string]string) error {
	signer, err := a.Posts.AuthenticatePost(ctx, fields, "s3")
	var e *bailiwick.Error
	if errors.As(err, &e) && e.Code == bailiwick.CodeMissingToken {
		if _, has := fields["policy"]; has {
			return err
		}
		return nil // anonymous, or signed as every other request
	}
	if err != nil {
		return err
	}
	if call.Auth.Type != "" {
		return invalidArgument("Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified", "Authorization", "")
	}
	call.Who, call.Account, call.Auth = signer.Who, signer.Who.Account, signer.Auth
	if signer.Auth.Region != "" {
		call.Region = signer.Auth.Region
	}
	return nil
}

// understand reads the fields that say how the object shall be. One that is not
// known here is no secret wish that could be left out: it is refused.
func (p *posting) understand() error {
	f := p.fields
	w := &wish{
		storage: p.field("x-amz-storage-class"), encrypted: p.field("x-amz-server-side-encryption"), acl: p.field("acl"),
		kmsKey: p.field("x-amz-server-side-encryption-aws-kms-key-id"), customer: p.field("x-amz-server-side-encryption-customer-algorithm"),
		header: attributes{
			ContentType: f["content-type"], CacheControl: f["cache-control"], ContentDisposition: f["content-disposition"],
			ContentEncoding: f["content-encoding"], ContentLanguage: f["content-language"], Expires: f["expires"],
			Redirect: f["x-amz-website-redirect-location"], User: map[string]string{},
		},
	}
	p.wish = w
	for _, name := range sorted(f) {
		switch meta, is := strings.CutPrefix(name, "x-amz-meta-"); {
		case is:
			if meta == "" || !printable(f[name]) {
				return invalidArgument("Metadata cannot be represented in a header", name, "")
			}
			w.header.User[meta] = f[name]
		case strings.HasPrefix(name, "x-amz-object-lock-"):
			w.locked = name
		case strings.HasPrefix(name, "x-amz-") && !known(name):
			return notImplemented(name)
		}
	}
	w.header = w.header.decoded()
	for _, s := range []string{w.header.ContentType, w.header.CacheControl, w.header.ContentDisposition, w.header.ContentEncoding, w.header.ContentLanguage, w.header.Expires, w.header.Redirect} {
		if !printable(s) {
			return invalidArgument("A field cannot be represented in a header", "Content-Type", "")
		}
	}
	if err := p.checksums(); err != nil {
		return err
	}
	return p.tagging()
}

// known are the fields x-amz-* that mean something.
func known(name string) bool {
	switch name {
	case "x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature", "x-amz-security-token",
		"x-amz-storage-class", "x-amz-server-side-encryption", "x-amz-server-side-encryption-aws-kms-key-id",
		"x-amz-server-side-encryption-customer-algorithm", "x-amz-website-redirect-location", "x-amz-checksum-algorithm", "x-amz-request-payer":
		return true
	}
	_, ok := checksum.OfHeader(name)
	return ok
}

func (p *posting) field(name string) *string {
	if v, ok := p.fields[name]; ok {
		return &v
	}
	return nil
}

func (p *posting) checksums() error {
	for _, a := range checksum.Algorithms() {
		if v := p.field(a.Header()); v != nil {
			p.promise.sums = append(p.promise.sums, sum{a, checksum.FullObject, *v})
		}
	}
	if len(p.promise.sums) > 1 {
		return invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	}
	p.promise.md5 = p.field("content-md5")
	return nil
}

// tagging reads the field of that name, which is XML.
func (p *posting) tagging() error {
	text := p.field("tagging")
	if text == nil {
		return nil
	}
	var in struct {
		XMLName xml.Name `xml:"Tagging"`
		Tags    []Tag    `xml:"TagSet>Tag"`
	}
	if err := xml.Unmarshal([]byte(*text), &in); err != nil {
		return malformedXML()
	}
	var err error
	p.wish.tags, err = tagSet(in.Tags, maxObjectTags)
	p.wish.tagged = true
	return err
}

func (a *API) mayPostObject(_ context.Context, call *bailiwick.Call, p *posting) ([]authz.Check, error) {
	return p.wish.checks(call, p.bucket, p.key, true), nil
}

// A posted is the answer to a form: what the form itself asked for.
type posted struct {
	Status   *int32  `wire:"Status,status"`
	ETag     *string `wire:"ETag,header"`
	Location *string `wire:"Location,header"`
	Type     *string `wire:"Content-Type,header"`
	Body     []byte  `wire:"Body,payload"`
}

func (a *API) postObject(ctx context.Context, call *bailiwick.Call, p *posting) (*posted, error) {
	o, err := a.receive(ctx, call, p.bucket, p.key, &whole{file: p.file, rest: p.rest}, p.wish, p.promise, condition{})
	if err != nil {
		return nil, err
	}
	location := scheme(call) + call.Host + "/" + p.bucket.Name + "/" + encodeURL(p.key)
	status := int32(http.StatusNoContent)
	out := &posted{Status: &status, ETag: quoted(o.ETag), Location: &location}
	redirect := p.fields["success_action_redirect"]
	if redirect == "" {
		redirect = p.fields["redirect"]
	}
	if u, err := url.Parse(redirect); redirect != "" && err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
		q := u.Query()
		q.Set("bucket", p.bucket.Name)
		q.Set("key", p.key)
		q.Set("etag", *out.ETag)
		u.RawQuery = q.Encode()
		status, location = http.StatusSeeOther, u.String()
		return out, nil
	}
	switch p.fields["success_action_status"] {
	case "200":
		status = http.StatusOK
	case "201":
		status = http.StatusCreated
		out.Type = shown("application/xml")
		var b strings.Builder
		b.WriteString(xml.Header + "<PostResponse>")
		for _, e := range [][2]string{{"Location", location}, {"Bucket", p.bucket.Name}, {"Key", p.key}, {"ETag", *out.ETag}} {
			fmt.Fprintf(&b, "<%s>", e[0])
			if err := xml.EscapeText(&b, []byte(e[1])); err != nil {
				return nil, fmt.Errorf("printing the answer to a form: %w", err)
			}
			fmt.Fprintf(&b, "</%s>", e[0])
		}
		b.WriteString("</PostResponse>")
		out.Body = []byte(b.String())
	}
	return out, nil
}

// whole is the file of a form, and then the end of the body: what was signed or
// hashed with the request holds only there.
type whole struct{ file, rest io.Reader }

func (w *whole) Read(p []byte) (int, error) {
	n, err := w.file.Read(p)
	if err != io.EOF { //nolint:errorlint // readers return io.EOF itself
		if err != nil {
			err = broken(err)
		}
		return n, err
	}
	behind, err := copyBody(io.Discard, io.LimitReader(w.rest, maxFields+1))
	switch {
	case err != nil:
		return n, broken(err)
	case behind > maxFields:
		return n, malformedPost() // its end is not in reach
	}
	return n, io.EOF
}
