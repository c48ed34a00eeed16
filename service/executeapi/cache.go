package executeapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/gateway"
	"github.com/bailiwick-project/bailiwick/wire"
)

// ignored is told to a client that may not refresh the cache.
const ignored = `199 API Gateway "Cache-control headers were ignored because the caller was unauthorized."`

// cached answers from the cache, or asks the backend and keeps its answer. The
// caller was authorized already: the cache is never in front of a decision.
func (a *API) cached(ctx context.Context, call *bailiwick.Call, p *plan) (*answer, error) {
	refresh, warn, err := a.mayRefresh(ctx, call, p)
	if err != nil {
		return nil, err
	}
	key, err := p.cacheKey(call)
	if err != nil {
		return nil, err
	}
	out, ok := (*answer)(nil), false
	if !refresh {
		out, ok = a.cache.find(key, a.Now())
	}
	if ok {
		call.Note("Answered from the stage's cache.")
	} else {
		if out, err = a.integrate(ctx, call, p); err != nil {
			return nil, err
		}
		if why := a.cache.keep(key, out, a.Now(), p.match.Route.Cache.TTL); why != "" {
			call.Note("The answer was not cached: %s.", why)
		}
	}
	if warn {
		out.Header.Set("Warning", ignored)
	}
	return out, nil
}

// mayRefresh decides about a request with Cache-Control: max-age=0.
// Source: API Gateway Developer Guide, "Invalidate an API Gateway cache entry".
func (a *API) mayRefresh(ctx context.Context, call *bailiwick.Call, p *plan) (refresh, warn bool, err error) {
	if !wantsFresh(p.request.Header) {
		return false, false, nil
	}
	c := p.match.Route.Cache
	if !c.RequireAllowance {
		return true, false, nil
	}
	who := bailiwick.Anonymous()
	if p.caller.principal != nil {
		who = *p.caller.principal
	}
	err = a.Authz.AuthorizeAs(ctx, call, who, []authz.Check{p.check(gateway.InvalidateCache)})
	var denied *bailiwick.Error
	switch {
	case err == nil:
		return true, false, nil
	case !errors.As(err, &denied) || denied.Code != bailiwick.CodeAccessDenied:
		return false, false, fmt.Errorf("asking whether the cache may be refreshed: %w", err)
	case c.UnallowedRefreshing == gateway.WithoutHeader:
		return false, false, nil
	case c.UnallowedRefreshing == gateway.WithResponseHeader:
		return false, true, nil
	}
	return false, false, err
}

func wantsFresh(h http.Header) bool {
	for _, v := range h["Cache-Control"] {
		for d := range strings.SplitSeq(v, ",") {
			if d = strings.ReplaceAll(strings.TrimSpace(d), " ", ""); strings.EqualFold(d, "max-age=0") {
				return true
			}
		}
	}
	return false
}

// unkept says why an answer is not for others, "" if it may be kept.
func unkept(r *wire.Response) string {
	switch {
	case r.Status < 200 || r.Status > 299 || r.Status == http.StatusPartialContent:
		return "its status"
	case r.Stream != nil && r.Length > maxEntry || len(r.Body) > maxEntry:
		return "it is larger than 1 MiB"
	case r.Header["Set-Cookie"] != nil:
		return "it sets a cookie"
	}
	for _, v := range r.Header["Cache-Control"] {
		for d := range strings.SplitSeq(strings.ToLower(v), ",") {
			if name, _, _ := strings.Cut(strings.TrimSpace(d), "="); name == "private" || name == "no-store" {
				return "the backend forbids it"
			}
		}
	}
	return ""
}
