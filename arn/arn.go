package arn

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// MaxLength is the longest ARN that Parse reads, in bytes. The longest real ones are those of S3 objects: a bucket of 63 and
// a key of 1,024 bytes.
const MaxLength = 4096

// ErrInvalid is wrapped by every error of Parse.
var ErrInvalid = errors.New("invalid ARN")

// An ARN names one resource. The fields hold the text between the colons, exactly as written; Region and Account are empty
// for resources that have none, such as S3 buckets (both) and IAM roles (Region).
type ARN struct {
	Partition string // "aws", "aws-cn", "aws-us-gov"
	Service   string // "dynamodb", "iam"
	Region    string // "us-east-1", or empty
	Account   string // twelve digits, or empty, or "aws" for what AWS owns
	Resource  string // "table/Orders/index/ByDate", "role/path/Name", "bucket/key:with:colons"
}

// Parse splits s at its first five colons. Partition, service and resource must not be empty, and s must be valid UTF-8 of at
// most MaxLength bytes; nothing else is judged. On success it allocates nothing: the fields share the memory of s.
func Parse(s string) (ARN, error) {
	switch {
	case len(s) > MaxLength:
		return ARN{}, fmt.Errorf("%w: longer than %d bytes", ErrInvalid, MaxLength)
	case !utf8.ValidString(s):
		return ARN{}, fmt.Errorf("%w: not UTF-8", ErrInvalid)
	}
	const scheme = "arn:"
	if !strings.HasPrefix(s, scheme) {
		return ARN{}, fmt.Errorf("%w: %q does not begin with \"arn:\"", ErrInvalid, s)
	}
	var ends [4]int // of partition, service, region and account
	start := len(scheme)
	for i := range ends {
		n := strings.IndexByte(s[start:], ':')
		if n < 0 {
			return ARN{}, fmt.Errorf("%w: %q has fewer than six parts", ErrInvalid, s)
		}
		ends[i] = start + n
		start = ends[i] + 1
	}
	a := ARN{s[len(scheme):ends[0]], s[ends[0]+1 : ends[1]], s[ends[1]+1 : ends[2]], s[ends[2]+1 : ends[3]], s[start:]}
	if a.Partition == "" || a.Service == "" || a.Resource == "" {
		return ARN{}, fmt.Errorf("%w: %q lacks a partition, service or resource", ErrInvalid, s)
	}
	return a, nil
}

// Valid reports whether Parse accepts s.
func Valid(s string) bool {
	_, err := Parse(s)
	return err == nil
}

// Valid reports whether a would survive being printed and parsed again.
func (a ARN) Valid() bool {
	if a.Partition == "" || a.Service == "" || a.Resource == "" {
		return false
	}
	return !strings.Contains(a.Partition, ":") && !strings.Contains(a.Service, ":") &&
		!strings.Contains(a.Region, ":") && !strings.Contains(a.Account, ":")
}

// String joins the fields with colons.
func (a ARN) String() string {
	return "arn:" + a.Partition + ":" + a.Service + ":" + a.Region + ":" + a.Account + ":" + a.Resource
}
