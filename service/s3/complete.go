package s3

import (
	"context"
	"crypto/md5" //nolint:gosec // the ETag of S3, against accidents
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/checksum"
	"github.com/bailiwick-project/bailiwick/store"
)

// doneFor is how long a completed upload answers the same once more: SDKs repeat
// a request whose answer was lost.
const doneFor = time.Hour

// A completing is the plan of CompleteMultipartUpload.
type completing struct {
	in        *CompleteMultipartUploadRequest
	bucket    *bucket
	condition condition
	wanted    []sum
}

func (a *API) planCompleteMultipartUpload(ctx context.Context, call *bailiwick.Call, in *CompleteMultipartUploadRequest) (*completing, error) {
	b, err := a.enterObject(ctx, call, *in.Bucket, *in.Key, in.ExpectedBucketOwner)
	if err != nil {
		return nil, err
	}
	p := &completing{in: in, bucket: b}
	if p.condition, err = a.condition(ctx, b, *in.Key, in.IfMatch, in.IfNoneMatch); err != nil {
		return nil, err
	}
	given := sums{
		CRC32: in.ChecksumCRC32, CRC32C: in.ChecksumCRC32C, CRC64NVME: in.ChecksumCRC64NVME, SHA1: in.ChecksumSHA1, SHA256: in.ChecksumSHA256,
	}
	if p.wanted = given.values(); len(p.wanted) > 1 {
		return nil, invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	}
	for _, other := range []*string{in.ChecksumMD5, in.ChecksumSHA512, in.ChecksumXXHASH128, in.ChecksumXXHASH3, in.ChecksumXXHASH64} {
		if other != nil {
			return nil, unsupportedSum()
		}
	}
	return p, nil
}

func (a *API) mayCompleteMultipartUpload(_ context.Context, call *bailiwick.Call, p *completing) ([]authz.Check, error) {
	w := &wish{match: p.in.IfMatch, noneMatch: p.in.IfNoneMatch, customer: p.in.SSECustomerAlgorithm}
	return append(w.checks(call, p.bucket, *p.in.Key, true), p.condition.checks(call, p.bucket, *p.in.Key)...), nil
}

func (a *API) completeMultipartUpload(ctx context.Context, call *bailiwick.Call, p *completing) (*CompleteMultipartUploadOutput, error) {
	in := p.in
	if in.SSECustomerAlgorithm != nil {
		return nil, notImplemented("x-amz-server-side-encryption-customer-algorithm")
	}
	if err := p.condition.check(); err != nil {
		return nil, err
	}
	if in.MultipartUpload == nil || len(in.MultipartUpload.Parts) == 0 || len(in.MultipartUpload.Parts) > maxParts {
		return nil, malformedXML()
	}
	version, now := a.NewID(), call.Time.UTC()
	var gone []string
	var o *object
	err := a.decide(ctx, func(tx store.Tx) (err error) {
		o, gone, err = a.assemble(tx, p, version, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.remove(ctx, gone...)
	location := "/" + p.bucket.Name + "/" + encodeURL(*in.Key)
	if call.Host != "" {
		location = scheme(call) + call.Host + location
	}
	out := &CompleteMultipartUploadOutput{
		Bucket: in.Bucket, Key: in.Key, ETag: quoted(o.ETag), Location: &location, ServerSideEncryption: shown(aes256), ChecksumType: o.Sum.typ(),
	}
	o.Sum.show(&out.ChecksumCRC32, &out.ChecksumCRC32C, &out.ChecksumCRC64NVME, &out.ChecksumSHA1, &out.ChecksumSHA256)
	return out, nil
}

// assemble makes the parts an object, in one transaction: nobody sees half of it.
func (a *API) assemble(tx store.Tx, p *completing, version string, now time.Time) (*object, []string, error) {
	key, id := *p.in.Key, *p.in.UploadId
	b, err := a.still(tx, p.bucket)
	if err != nil {
		return nil, nil, err
	}
	u, err := getUpload(tx, b, key, id)
	if err != nil {
		return completedBefore(tx, b, key, id, err)
	}
	have, err := getParts(tx, id, 0)
	if err != nil {
		return nil, nil, err
	}
	parts, err := p.pick(have)
	if err != nil {
		return nil, nil, err
	}
	w := &written{object: object{
		Version: version, ETag: etagOf(parts), Modified: now, Parts: len(parts), Header: u.Header, Tags: u.Tags,
	}, parts: parts}
	kept := map[string]bool{}
	for i := range parts {
		w.Size += parts[i].Size
		kept[parts[i].Blob] = true
	}
	if err := p.fits(w); err != nil {
		return nil, nil, err
	}
	if w.Sum, err = u.whole(parts); err != nil {
		return nil, nil, err
	}
	if err := p.matches(w.Sum); err != nil {
		return nil, nil, err
	}
	gone, err := replace(tx, b, key, w, p.condition)
	if err != nil {
		return nil, nil, err
	}
	rest, err := dropUpload(tx, b, key, id, have, kept)
	if err != nil {
		return nil, nil, err
	}
	err = store.PutJSONUntil(tx, doneKey(id), done{b.ID, key, version}, now.Add(doneFor))
	return &w.object, append(gone, rest...), err
}

// A done is an upload that was completed.
type done struct{ Bucket, Key, Version string }

// completedBefore answers as the first time, while the object is what it became.
func completedBefore(r store.Reader, b *bucket, key, id string, missing error) (*object, []string, error) {
	var told *bailiwick.Error
	if !errors.As(missing, &told) || len(id) > maxUploadID {
		return nil, nil, missing
	}
	d, err := find[done](r, doneKey(id), "a completed upload")
	if err != nil || d == nil || d.Bucket != b.ID || d.Key != key {
		return nil, nil, errors.Join(err, missing)
	}
	o, err := getObject(r, b, key)
	if err != nil || o == nil || o.Version != d.Version {
		return nil, nil, errors.Join(err, missing)
	}
	return o, nil, nil
}

// pick finds the parts that the request names, in its order.
func (p *completing) pick(have []part) ([]part, error) {
	byNumber := make(map[int32]*part, len(have))
	for i := range have {
		byNumber[have[i].Number] = &have[i]
	}
	named := p.in.MultipartUpload.Parts
	parts := make([]part, 0, len(named))
	last := int32(0)
	for i := range named {
		n := &named[i]
		if n.PartNumber == nil {
			return nil, malformedXML()
		}
		if *n.PartNumber <= last {
			return nil, fail(http.StatusBadRequest, "InvalidPartOrder", "The list of parts was not in ascending order. Parts must be ordered by part number.")
		}
		last = *n.PartNumber
		got := byNumber[last]
		if got == nil || n.ETag == nil || strings.Trim(*n.ETag, `"`) != got.ETag || !n.agrees(got) {
			e := fail(http.StatusBadRequest, "InvalidPart",
				"One or more of the specified parts could not be found.  The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
			return nil, with(with(with(e, "UploadId", *p.in.UploadId), "PartNumber", strconv.Itoa(int(last))), "ETag", text(n.ETag))
		}
		if got.Size < minPart && i < len(named)-1 {
			e := fail(http.StatusBadRequest, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
			e = with(with(e, "ProposedSize", strconv.FormatInt(got.Size, 10)), "MinSizeAllowed", strconv.Itoa(minPart))
			return nil, with(with(e, "PartNumber", strconv.Itoa(int(last))), "ETag", got.ETag)
		}
		parts = append(parts, *got)
	}
	return parts, nil
}

// agrees compares the checksums that a part is named with.
func (n *CompletedPart) agrees(got *part) bool {
	given := sums{CRC32: n.ChecksumCRC32, CRC32C: n.ChecksumCRC32C, CRC64NVME: n.ChecksumCRC64NVME, SHA1: n.ChecksumSHA1, SHA256: n.ChecksumSHA256}
	for _, s := range given.values() {
		if have := got.sumOf(s.Algorithm); have == nil || have.Value != s.Value {
			return false
		}
	}
	return true
}

// sumOf is the part's checksum of an algorithm, nil for none.
func (p *part) sumOf(a checksum.Algorithm) *sum {
	for _, s := range []*sum{p.Sum, p.Default} {
		if s != nil && s.Algorithm == a {
			return s
		}
	}
	return nil
}

func (p *completing) fits(w *written) error {
	if w.Size > maxObject {
		return entityTooLarge(w.Size, maxObject)
	}
	if want := p.in.MpuObjectSize; want != nil && *want != w.Size {
		return invalidRequest(fmt.Sprintf("The provided 'x-amz-mp-object-size' header value %d does not match what was computed: %d", *want, w.Size))
	}
	return nil
}

// etagOf is the MD5 of the MD5s of the parts, and their number.
func etagOf(parts []part) string {
	h := md5.New() //nolint:gosec // see the import
	for i := range parts {
		sum, _ := hex.DecodeString(parts[i].ETag) // written by content.etag
		h.Write(sum)
	}
	return hex.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(parts))
}

// whole is the checksum of the object from those of its parts.
func (u *upload) whole(parts []part) (*sum, error) {
	list := make([]checksum.Part, len(parts))
	for i := range parts {
		s := parts[i].sumOf(u.Algorithm)
		if s == nil {
			return nil, fmt.Errorf("part %d has no %s", parts[i].Number, u.Algorithm)
		}
		raw, err := u.Algorithm.Decode(s.Value)
		if err != nil {
			return nil, fmt.Errorf("part %d: %w", parts[i].Number, err)
		}
		list[i] = checksum.Part{Sum: raw, Size: parts[i].Size}
	}
	combine, end := u.Algorithm.Composite, "-"+strconv.Itoa(len(parts))
	if u.Type == checksum.FullObject {
		combine, end = u.Algorithm.Full, ""
	}
	raw, err := combine(list)
	if err != nil {
		return nil, fmt.Errorf("combining the checksums of parts: %w", err)
	}
	return &sum{u.Algorithm, u.Type, checksum.Encode(raw) + end}, nil
}

// matches compares the checksum of the whole with what the client expects.
func (p *completing) matches(s *sum) error {
	if t := p.in.ChecksumType; t != nil && *t != string(s.Type) {
		return invalidRequest("Checksum Type mismatch occurred, expected checksum Type: " + string(s.Type) + ", actual checksum Type: " + *t)
	}
	for _, want := range p.wanted {
		if want.Algorithm != s.Algorithm || want.Value != s.Value {
			return badSum(want.Algorithm)
		}
	}
	return nil
}

func scheme(call *bailiwick.Call) string {
	if call.Secure {
		return "https://"
	}
	return "http://"
}
