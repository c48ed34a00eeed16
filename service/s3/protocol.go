package s3

import (
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/checksum"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/wire"
	"github.com/bailiwick-project/bailiwick/wire/restxml"
)

// A protocol is REST-XML with what the model of S3 does not tell: browsers' forms
// and preflights, hosts that name buckets, 206, and S3's sentences.
type protocol struct {
	*restxml.Protocol
}

// ownRoutes are those of the operations that the model does not have.
var ownRoutes = []wire.Route{
	{Operation: postObject, Method: http.MethodPost, URI: "/{Bucket}", Status: http.StatusNoContent},
	{Operation: optionsObject, Method: http.MethodOptions, URI: "/{Bucket}"},
}

// newProtocol puts the routes with a row before those without: the model has
// operations of the past that look the same.
func newProtocol(rows []service.Operation, bucketInHost func(*http.Request) string) *protocol {
	routes := slices.Concat(ownRoutes, modelRoutes)
	slices.SortStableFunc(routes, func(x, y wire.Route) int { return missingRow(rows, x) - missingRow(rows, y) })
	p := restxml.New(routes)
	p.Bucket = bucketInHost
	return &protocol{p}
}

func missingRow(rows []service.Operation, r wire.Route) int {
	if slices.ContainsFunc(rows, func(op service.Operation) bool { return op.Name == r.Operation }) {
		return 0
	}
	return 1
}

// Operation implements wire.Protocol.
func (p *protocol) Operation(r *http.Request, body []byte) (string, error) {
	if r.Method == http.MethodOptions {
		return optionsObject, nil // whatever the parameters: the browser asks about a request, it is none
	}
	name, err := p.Protocol.Operation(r, body)
	switch {
	case err != nil:
		return "", err
	case name == postObject && !isForm(r), name == "CompleteMultipartUpload" && !r.URL.Query().Has("uploadId"):
		return "", methodNotAllowed()
	case name == "ListObjects" && r.URL.Query().Has("list-type"):
		return "", invalidArgument("Invalid List Type specified in Query", "list-type", r.URL.Query().Get("list-type"))
	}
	return name, nil
}

// Decode implements wire.Protocol. A body that was held is verified here; a
// streamed one where it is read.
func (p *protocol) Decode(r *http.Request, body []byte, in any) error {
	switch in := in.(type) {
	case *preflight:
		return preflightOf(r, p.Bucket(r), in)
	case *form:
		return formOf(r, p.Bucket(r), in)
	}
	if err := p.Protocol.Decode(r, body, in); err != nil {
		return sentence(err)
	}
	switch in := in.(type) {
	case *GetObjectRequest:
		if r.Header.Get("If-Range") != "" {
			in.Range = nil // the whole is right whatever it says, a part of another object never is
		}
	case *CopyObjectRequest:
		plainSource(in.CopySource)
	case *UploadPartCopyRequest:
		plainSource(in.CopySource)
	case *PutObjectRequest:
		if err := announce(r, &in.ChecksumAlgorithm); err != nil {
			return err
		}
	case *UploadPartRequest:
		if err := announce(r, &in.ChecksumAlgorithm); err != nil {
			return err
		}
	default:
		if err := verifyHeld(r, body, in); err != nil {
			return err
		}
	}
	return sentence(wire.Check(in))
}

// plainSource shows the model's pattern a slash where a client has escaped all of
// x-amz-copy-source. It is decoded as a whole, so that this changes nothing.
func plainSource(header *string) {
	if header == nil || strings.Contains(strings.TrimPrefix(*header, "/"), "/") {
		return
	}
	if i := strings.Index(strings.ToUpper(*header), "%2F"); i >= 0 {
		*header = (*header)[:i] + "/" + (*header)[i+3:]
	}
}

// announce sets the checksum that is to come behind the body, by the header that
// names the trailer. A trailer that nobody would look at is refused: its sender
// believes that something holds.
func announce(r *http.Request, algorithm **string) error {
	var names []string
	for _, line := range r.Header.Values("X-Amz-Trailer") {
		for name := range strings.SplitSeq(line, ",") {
			if name = strings.TrimSpace(name); name != "" {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	a, ok := checksum.OfHeader(names[0])
	switch {
	case !ok || len(names) > 1:
		return invalidRequest("The value specified in the x-amz-trailer header is not supported")
	case *algorithm != nil && **algorithm != string(a):
		return invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
	}
	for _, other := range checksum.Algorithms() {
		if r.Header.Get(other.Header()) != "" {
			return invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
		}
	}
	text := string(a)
	*algorithm = &text
	return nil
}

// verifyHeld compares a body in memory with the checksums of its headers.
func verifyHeld(r *http.Request, body []byte, in any) error {
	given := 0
	if text := r.Header.Get("Content-Md5"); text != "" {
		given++
		h := checksum.NewHasher(checksum.MD5)
		_, _ = h.Write(body) // a Hasher never fails
		want, err := base64.StdEncoding.Strict().DecodeString(text)
		switch {
		case err != nil || len(want) != checksum.MD5.Size():
			return invalidDigest(text)
		case !checksum.Equal(want, h.Sum(checksum.MD5)):
			return fail(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.")
		}
	}
	for _, a := range checksum.Algorithms() {
		text := r.Header.Get(a.Header())
		if text == "" || ownSum(in) {
			continue
		}
		given++
		one := checksum.NewHasher(a)
		_, _ = one.Write(body) // a Hasher never fails
		want, err := a.Decode(text)
		switch {
		case err != nil:
			return invalidRequest("Value for " + a.Header() + " header is invalid.")
		case !checksum.Equal(want, one.Sum(a)):
			return badSum(a)
		}
	}
	if _, must := in.(*DeleteObjectsRequest); must && given == 0 {
		return invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
	}
	return nil
}

// ownSum: here the headers are not about the body, but about the object.
func ownSum(in any) bool {
	_, is := in.(*CompleteMultipartUploadRequest)
	return is
}

// sentence is S3's word for a broken constraint of the model.
func sentence(err error) error {
	var e *bailiwick.Error
	if !errors.As(err, &e) {
		return err
	}
	broken := e.Message
	if e.Cause != nil {
		broken += e.Cause.Error()
	}
	switch {
	case strings.Contains(broken, "at 'storageClass' failed to satisfy constraint"):
		return fail(http.StatusBadRequest, "InvalidStorageClass", "The storage class you specified is not valid")
	case strings.Contains(broken, "at 'locationConstraint' failed to satisfy constraint"):
		return fail(http.StatusBadRequest, "InvalidLocationConstraint", "The specified location-constraint is not valid")
	case e.Code == bailiwick.CodeValidation:
		return &bailiwick.Error{Code: "InvalidArgument", Status: http.StatusBadRequest, Message: e.Message}
	}
	return err
}

// Encode implements wire.Protocol.
func (p *protocol) Encode(operation string, out any, requestID string) (wire.Response, error) {
	resp, err := p.Protocol.Encode(operation, out, requestID)
	if err != nil {
		return resp, err
	}
	if answer, ok := out.(*preflightAnswer); ok {
		for name, values := range answer.header {
			resp.Header[name] = values
		}
	}
	if operation == "PutBucketPolicy" || operation == "PutBucketTagging" {
		resp.Status = http.StatusNoContent // which the model does not tell
	}
	if resp.Header.Get("Content-Range") != "" {
		resp.Status = http.StatusPartialContent
	}
	return resp, nil
}

// Fail implements wire.Protocol.
func (p *protocol) Fail(e *bailiwick.Error, requestID string) wire.Response {
	if e.Code == bailiwick.CodeAccessDenied {
		e = denial(e)
	}
	return p.Protocol.Fail(e, requestID)
}
