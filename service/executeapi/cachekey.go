package executeapi

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"slices"
	"strings"

	"github.com/bailiwick-project/bailiwick"
)

// A cacheKey is everything that an answer may depend on.
type cacheKey [sha256.Size]byte

// cacheKey is the key of the request: the stage as it is deployed, the method and
// the path as called, and all that the integration can see of the request and its
// caller. AWS takes only the declared parameters, and so serves the answer to one
// tenant to another where the tenant is told by the identity, by a header or by a
// parameter that nobody declared.
func (p *plan) cacheKey(call *bailiwick.Call) (cacheKey, error) {
	h := sha256.New()
	d := p.deployment
	put(h, d.APIID, d.Stage, d.ID, d.CacheEpoch, p.match.Route.ID, p.match.Method, p.match.Route.Path, p.path.String(), p.request.Host, string(p.body))
	who, err := p.caller.key()
	if err != nil {
		return cacheKey{}, err
	}
	put(h, who)
	if d.Policy != nil {
		put(h, sourceIP(call)) // what the policy may have decided by
	}
	for _, q := range p.query {
		put(h, "query", q.name, q.value)
	}
	for _, name := range slices.Sorted(maps.Keys(p.header)) {
		if !harmless(name) {
			put(h, "header", name)
			put(h, p.header[name]...)
		}
	}
	var key cacheKey
	h.Sum(key[:0])
	return key, nil
}

// put writes texts so that no two lists of texts are written alike.
func put(h hash.Hash, texts ...string) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(texts)))
	h.Write(n[:])
	for _, t := range texts {
		binary.BigEndian.PutUint64(n[:], uint64(len(t)))
		h.Write(n[:])
		h.Write([]byte(t))
	}
}

// key is the caller with everything that decisions and integrations see of it,
// but for what changes with every renewal of the same session or token.
func (c *caller) key() (string, error) {
	var out []byte
	var err error
	switch {
	case c.principal != nil && c.principal.Session != nil:
		s := c.principal.Session
		out, err = json.Marshal(map[string]any{
			"account": s.Account, "role": s.RoleARN, "roleId": s.RoleID, "name": s.Name, "tags": s.Tags, "policy": s.Policy, "policies": s.PolicyARNs,
			"provider": s.Provider, "web": s.WebIdentity, "source": s.SourceIdentity, "self": s.Self, "arn": c.principal.ARN, "id": c.principal.ID,
		})
	case c.principal != nil:
		out, err = json.Marshal([]string{string(c.principal.Type), c.principal.Account, c.principal.ARN, c.principal.ID})
	case c.claims != nil:
		stable := maps.Clone(c.claims)
		for _, name := range []string{"exp", "iat", "nbf", "auth_time", "jti", "origin_jti", "event_id", "at_hash"} {
			delete(stable, name)
		}
		out, err = json.Marshal(map[string]any{"claims": stable})
	default:
		return "nobody", nil
	}
	if err != nil {
		return "", fmt.Errorf("printing the caller: %w", err)
	}
	return string(out), nil
}

// harmless are headers of one request that say nothing about whose it is. The
// gateway's own headers are made of what is in the key or, with a resource
// policy, of the source.
func harmless(name string) bool {
	switch name {
	case "User-Agent", "X-Amz-Date", "X-Amz-Content-Sha256", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request", "X-Amzn-Trace-Id", "Traceparent",
		"Tracestate", "Cache-Control", "Pragma", "X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto":
		return true
	}
	return strings.HasPrefix(name, "Sec-Fetch-") || strings.HasPrefix(name, "Sec-Ch-Ua")
}
