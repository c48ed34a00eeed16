package s3

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/wire"
)

const (
	maxRules   = 100
	maxCORSSet = 64 << 10 // bytes of all rules
)

func (a *API) getBucketCors(_ context.Context, _ *bailiwick.Call, p *onBucket[GetBucketCorsRequest]) (*GetBucketCorsOutput, error) {
	if len(p.bucket.CORS) == 0 {
		return nil, notConfigured("NoSuchCORSConfiguration", "The CORS configuration does not exist", p.bucket)
	}
	return &GetBucketCorsOutput{CORSRules: p.bucket.CORS}, nil
}

func (a *API) putBucketCors(ctx context.Context, _ *bailiwick.Call, p *onBucket[PutBucketCorsRequest]) (*struct{}, error) {
	c := p.in.CORSConfiguration
	if c == nil || len(c.CORSRules) == 0 || len(c.CORSRules) > maxRules {
		return nil, malformedXML()
	}
	size := 0
	for i := range c.CORSRules {
		rule := &c.CORSRules[i]
		if err := checkRule(rule); err != nil {
			return nil, err
		}
		for _, list := range [][]string{rule.AllowedOrigins, rule.AllowedHeaders, rule.AllowedMethods, rule.ExposeHeaders, {text(rule.ID)}} {
			for _, s := range list {
				size += len(s)
			}
		}
	}
	if size > maxCORSSet {
		return nil, malformedXML()
	}
	return nil, a.change(ctx, p.bucket, func(b *bucket) error {
		b.CORS = c.CORSRules
		return nil
	})
}

func (a *API) deleteBucketCors(ctx context.Context, _ *bailiwick.Call, p *onBucket[DeleteBucketCorsRequest]) (*struct{}, error) {
	return nil, a.change(ctx, p.bucket, func(b *bucket) error {
		b.CORS = nil
		return nil
	})
}

// checkRule holds a rule to what can be matched and printed.
// Source: Amazon S3 User Guide, "Elements of a CORS configuration".
func checkRule(r *CORSRule) error {
	if len(r.AllowedMethods) == 0 || len(r.AllowedOrigins) == 0 || r.ID != nil && len(*r.ID) > 255 || r.MaxAgeSeconds != nil && *r.MaxAgeSeconds < 0 {
		return malformedXML()
	}
	for _, m := range r.AllowedMethods {
		if !slices.Contains([]string{"GET", "PUT", "HEAD", "POST", "DELETE"}, m) {
			return invalidRequest("Found unsupported HTTP method in CORS config. Unsupported method is " + m)
		}
	}
	for _, o := range r.AllowedOrigins {
		if strings.Count(o, "*") > 1 {
			return invalidRequest(`AllowedOrigin "` + o + `" can not have more than one wildcard.`)
		}
	}
	for _, h := range r.AllowedHeaders {
		if strings.Count(h, "*") > 1 {
			return invalidRequest(`AllowedHeader "` + h + `" can not have more than one wildcard.`)
		}
	}
	for _, h := range r.ExposeHeaders {
		if strings.Contains(h, "*") {
			return invalidRequest(`ExposeHeader "` + h + `" contains wildcard. We currently do not support wildcard for ExposeHeader.`)
		}
	}
	for _, list := range [][]string{r.AllowedOrigins, r.AllowedHeaders, r.ExposeHeaders} {
		if slices.ContainsFunc(list, func(s string) bool { return s == "" || !printable(s) }) {
			return malformedXML()
		}
	}
	return nil
}

// ruleFor is the first rule for an origin, a method and headers; nil for none.
func (b *bucket) ruleFor(origin, method string, headers []string) *CORSRule {
	for i := range b.CORS {
		r := &b.CORS[i]
		if !slices.ContainsFunc(r.AllowedOrigins, func(o string) bool { return wildcard(o, origin) }) || !slices.Contains(r.AllowedMethods, method) {
			continue
		}
		if !slices.ContainsFunc(headers, func(h string) bool { return !r.allowsHeader(h) }) {
			return r
		}
	}
	return nil
}

func (r *CORSRule) allowsHeader(name string) bool {
	return slices.ContainsFunc(r.AllowedHeaders, func(h string) bool { return wildcard(strings.ToLower(h), name) })
}

// wildcard compares with a pattern that has at most one *.
func wildcard(pattern, s string) bool {
	before, after, ok := strings.Cut(pattern, "*")
	if !ok {
		return pattern == s
	}
	return len(s) >= len(before)+len(after) && strings.HasPrefix(s, before) && strings.HasSuffix(s, after)
}

// requestedHeaders splits Access-Control-Request-Headers, in lower case.
func requestedHeaders(r *http.Request) []string {
	var out []string
	for _, line := range r.Header.Values("Access-Control-Request-Headers") {
		for h := range strings.SplitSeq(line, ",") {
			if h = strings.ToLower(strings.TrimSpace(h)); h != "" {
				out = append(out, h)
			}
		}
	}
	return out
}

// expose puts the rule into an answer. An origin that was named by the rule may
// use credentials; one of everybody's may not.
func (r *CORSRule) expose(h http.Header, origin string) {
	h.Set("Access-Control-Allow-Origin", origin)
	if slices.Contains(r.AllowedOrigins, "*") {
		h.Set("Access-Control-Allow-Origin", "*")
	} else {
		h.Set("Access-Control-Allow-Credentials", "true")
	}
	h.Set("Access-Control-Allow-Methods", strings.Join(r.AllowedMethods, ", "))
	if len(r.ExposeHeaders) > 0 {
		h.Set("Access-Control-Expose-Headers", strings.Join(r.ExposeHeaders, ", "))
	}
	if r.MaxAgeSeconds != nil {
		h.Set("Access-Control-Max-Age", strconv.Itoa(int(*r.MaxAgeSeconds)))
	}
	h.Set("Vary", "Origin, Access-Control-Request-Headers, Access-Control-Request-Method")
}

// A preflight is a browser's question before it asks.
type preflight struct {
	bucket, origin, method string
	headers                []string
}

// A preflightAnswer is its answer.
type preflightAnswer struct{ header http.Header }

func forbiddenOrigin(message string) error {
	e := fail(http.StatusForbidden, "AccessForbidden", message)
	return with(e, "ResourceType", "OBJECT")
}

// preflightOf reads a preflight request.
func preflightOf(r *http.Request, inHost string, in *preflight) error {
	at, err := locate(r, inHost)
	if err != nil {
		return err
	}
	*in = preflight{
		bucket: at.bucket, origin: r.Header.Get("Origin"), method: r.Header.Get("Access-Control-Request-Method"), headers: requestedHeaders(r),
	}
	return nil
}

// answerPreflight says what the rules of a bucket allow. It tells no more of the
// bucket than its rules do to everyone.
func (a *API) answerPreflight(ctx context.Context, _ *bailiwick.Call, in *preflight) (*preflightAnswer, error) {
	switch {
	case in.origin == "":
		return nil, fail(http.StatusBadRequest, "BadRequest", "Insufficient information. Origin request header needed.")
	case in.method == "":
		return nil, fail(http.StatusBadRequest, "BadRequest", "Invalid Access-Control-Request-Method: null")
	case !printable(in.origin):
		return nil, fail(http.StatusBadRequest, "BadRequest", "Invalid Origin.")
	}
	var b *bucket
	var err error
	if in.bucket != "" {
		if b, err = a.look(ctx, in.bucket); err != nil {
			return nil, err
		}
	}
	switch {
	case b == nil:
		return nil, forbiddenOrigin("CORSResponse: Bucket not found")
	case len(b.CORS) == 0:
		return nil, forbiddenOrigin("CORSResponse: CORS is not enabled for this bucket.")
	}
	rule := b.ruleFor(in.origin, in.method, in.headers)
	if rule == nil {
		return nil, with(forbiddenCORS(), "Method", in.method)
	}
	h := http.Header{}
	rule.expose(h, in.origin)
	if len(in.headers) > 0 {
		h.Set("Access-Control-Allow-Headers", strings.Join(in.headers, ", "))
	}
	return &preflightAnswer{header: h}, nil
}

func forbiddenCORS() *bailiwick.Error {
	return fail(http.StatusForbidden, "AccessForbidden", "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.")
}

// decorate adds to every answer, failures too, what the request and its bucket
// say: the headers that let a page read it. It also takes the body from an answer
// to HEAD.
func (a *API) decorate(ctx context.Context, _ *bailiwick.Call, r *http.Request, resp *wire.Response) {
	if r.Method == http.MethodHead && resp.Stream == nil && resp.Status >= http.StatusBadRequest {
		resp.Body = nil
	}
	origin := r.Header.Get("Origin")
	if origin == "" || r.Method == http.MethodOptions || !printable(origin) {
		return
	}
	at, e := a.locate(r)
	if e != nil || at.bucket == "" {
		return
	}
	b, err := a.look(ctx, at.bucket)
	if err != nil || b == nil {
		return // without the headers no page reads the answer
	}
	if rule := b.ruleFor(origin, r.Method, nil); rule != nil {
		rule.expose(resp.Header, origin)
	}
}
