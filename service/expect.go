package service

import (
	"net/http"
	"strings"
)

// welcome answers "Expect: 100-continue" of a request whose body is empty. Package
// net/http says "100 Continue" when a body is read, and so never to these. RFC 9110,
// section 10.1.1, allows that, and AWS does say it: clients on botocore, which took
// the final answer for the interim one, misread every later answer of such a
// connection, and wait a minute for bytes that never come. An empty file among
// others stalled "aws s3 sync".
func welcome(w http.ResponseWriter, r *http.Request) {
	if r.ContentLength == 0 && r.ProtoAtLeast(1, 1) && strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		w.WriteHeader(http.StatusContinue)
	}
}
