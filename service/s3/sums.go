package s3

import (
	"io"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/checksum"
)

// A sums is the checksum members of an input or output, which the shapes repeat
// everywhere.
type sums struct {
	CRC32, CRC32C, CRC64NVME, SHA1, SHA256 *string
	others                                 []*string // algorithms that are not here
}

func (s *sums) values() []sum {
	var out []sum
	for _, p := range []struct {
		algorithm checksum.Algorithm
		value     *string
	}{
		{checksum.CRC32, s.CRC32}, {checksum.CRC32C, s.CRC32C}, {checksum.CRC64NVME, s.CRC64NVME}, {checksum.SHA1, s.SHA1}, {checksum.SHA256, s.SHA256},
	} {
		if p.value != nil {
			out = append(out, sum{p.algorithm, checksum.FullObject, *p.value})
		}
	}
	return out
}

// show puts a checksum into the member for its algorithm.
func (c *sum) show(crc32, crc32c, crc64, sha1, sha256 **string) {
	if c == nil {
		return
	}
	members := map[checksum.Algorithm]**string{
		checksum.CRC32: crc32, checksum.CRC32C: crc32c, checksum.CRC64NVME: crc64, checksum.SHA1: sha1, checksum.SHA256: sha256,
	}
	if m := members[c.Algorithm]; m != nil {
		*m = &c.Value
	}
}

// typ is the checksum type of an answer.
func (c *sum) typ() *string {
	if c == nil {
		return nil
	}
	t := string(c.Type)
	return &t
}

func unsupportedSum() *bailiwick.Error {
	return invalidRequest("Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]")
}

// namedSum reads x-amz-checksum-algorithm or x-amz-sdk-checksum-algorithm.
func namedSum(name *string) (checksum.Algorithm, error) {
	if name == nil {
		return "", nil
	}
	a, ok := checksum.Named(*name)
	if !ok {
		return "", unsupportedSum()
	}
	return a, nil
}

// promised reads what a request says of its body.
func promised(body io.Reader, length *int64, md5, algorithm *string, given sums) (promise, error) {
	p := promise{length: -1, md5: md5, limit: maxPut, sums: given.values(), needLength: true}
	for _, other := range given.others {
		if other != nil {
			return p, unsupportedSum()
		}
	}
	if len(p.sums) > 1 {
		return p, invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	}
	var err error
	if p.announced, err = namedSum(algorithm); err != nil {
		return p, err
	}
	if len(p.sums) == 1 && p.announced != "" && p.announced != p.sums[0].Algorithm {
		return p, invalidRequest("Value for x-amz-sdk-checksum-algorithm header is invalid.")
	}
	if length != nil {
		p.length = *length
	}
	if t, ok := body.(bailiwick.Trailers); ok {
		p.trailers = t
		if n, ok := t.DecodedLength(); ok {
			p.length = n
		}
	}
	return p, nil
}

// defaultSum is computed for a body whose sender gave none.
// Source: Amazon S3 User Guide, "Checking object integrity in Amazon S3".
const defaultSum = checksum.CRC64NVME
