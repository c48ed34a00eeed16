package policy

import (
	"errors"
	"math/bits"

	"github.com/bailiwick-project/bailiwick/arn"
)

// maxAction is longer than any action of AWS, in bytes.
const maxAction = 128

// An evaluation is one request while it is decided. It lives on the stack.
type evaluation struct {
	request *Request
	context *Context
	action  uint64    // hash, without regard to case
	name    uint64    // hash of the resource
	colons  colons    // of the resource
	isARN   bool      // else it is "*"
	record  *recorder // nil except for Explain
}

var (
	errAction   = errors.New("the action of the request is not service:Name")
	errResource = errors.New("the resource of the request is neither an ARN nor \"*\"")
	errRequest  = errors.New("there is no request")
)

// begin reads the request. What it cannot read must not be decided by policies: an Allow of everything would allow it.
func (e *evaluation) begin(r *Request) error {
	if r == nil {
		return errRequest
	}
	e.request, e.context = r, r.Context
	if !isAction(r.Action) {
		return errAction
	}
	e.action = foldedHash(r.Action)
	if r.Resource == "*" {
		return nil
	}
	if !e.colons.find(r.Resource) {
		return errResource
	}
	e.name, e.isARN = hashOf(r.Resource), true
	return nil
}

// isAction reports whether s is the name of one action: ASCII without spaces, one colon and not at an end, and no wildcards,
// since a request for "s3:*" is none.
func isAction(s string) bool {
	n := len(s)
	if n == 0 || n > maxAction || s[0] == ':' || s[n-1] == ':' {
		return false
	}
	found, bad := 0, uint64(0)
	i := 0
	for ; i+8 <= n; i += 8 {
		w := word(s, i)
		found += bits.OnesCount64(equalTo(w, ':'))
		bad |= notInAction(w)
	}
	if i < n {
		w := lastWord(s, i) | 'a'*ones<<(8*uint(n-i))
		found += bits.OnesCount64(equalTo(w, ':'))
		bad |= notInAction(w)
	}
	return bad == 0 && found == 1
}

// notInAction is not 0 if the word has a byte that no action has.
func notInAction(w uint64) uint64 {
	return w&highs | below(w, '!') | equalTo(w, 0x7F) | equalTo(w, '*') | equalTo(w, '?')
}

// colons are where the first five colons of an ARN stand: finding them is most of reading it, and the parts between them are
// asked for only by patterns.
type colons [5]int32

// scan finds the colons, says how many there are of the five, and whether s has nothing but ASCII.
func (c *colons) scan(s string) (n int, ascii bool) {
	i, all := 0, uint64(0)
	for ; i+8 <= len(s); i += 8 {
		w := word(s, i)
		all |= w
		for marks := equalTo(w, ':'); marks != 0 && n < len(c); marks &= marks - 1 {
			c[n] = int32(i + bits.TrailingZeros64(marks)/8)
			n++
		}
	}
	for ; i < len(s); i++ {
		all |= uint64(s[i])
		if s[i] == ':' && n < len(c) {
			c[n] = int32(i)
			n++
		}
	}
	return n, all&highs == 0
}

// find reports whether s is an ARN, by the rules of arn.Parse.
func (c *colons) find(s string) bool {
	if len(s) > arn.MaxLength {
		return false
	}
	n, ascii := c.scan(s)
	if n < len(c) || s[:4] != "arn:" || c[1] == 4 || c[2] == c[1]+1 || int(c[4]) == len(s)-1 {
		return false
	}
	return ascii || arn.Valid(s)
}

// The parts of an ARN behind "arn".
const (
	servicePart  = 1
	regionPart   = 2
	accountPart  = 3
	resourcePart = 4
)

// part cuts one of the five parts out of the ARN.
func (c *colons) part(s string, i int) string {
	if i == resourcePart {
		return s[c[i]+1:]
	}
	return s[c[i]+1 : c[i+1]]
}
