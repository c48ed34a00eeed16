package executeapi

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/token"
)

const (
	skew         = 60 * time.Second // that clocks of other issuers may be ahead
	keysLast     = 2 * time.Hour    // that keys are kept. Source: as for jwtClaims
	keysPause    = 30 * time.Second // between fetches for one issuer, failed ones included
	fetchTimeout = 5 * time.Second
	maxDocument  = 256 << 10 // bytes of a discovery document or key set
	maxIssuers   = 1024
)

// foreignKeys are the keys of issuers that are not served here, fetched when
// they are first needed. Only issuers of authorizers are ever asked: what a token
// says of itself leads nowhere.
type foreignKeys struct {
	mu sync.Mutex
	by map[string]*issuerKeys
}

// issuerKeys are one issuer's, fetched by one request at a time.
type issuerKeys struct {
	mu    sync.Mutex
	set   token.KeySet
	err   error
	at    time.Time // of the last fetch that succeeded
	tried time.Time // of the last fetch
}

func (k *foreignKeys) of(issuer string) *issuerKeys {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.by == nil || len(k.by) >= maxIssuers {
		k.by = map[string]*issuerKeys{}
	}
	if k.by[issuer] == nil {
		k.by[issuer] = &issuerKeys{}
	}
	return k.by[issuer]
}

// foreignToken verifies the signature and the issuer of a token. A key that is
// not known yet is looked for once more: issuers rotate.
func (a *API) foreignToken(ctx context.Context, issuer, jwt string) (bailiwick.Claims, error) {
	k := a.keys.of(issuer)
	set, err := a.keysOf(ctx, k, issuer, false)
	if err != nil {
		return nil, err
	}
	claims, err := token.Verify(jwt, set, token.RS256)
	if errors.Is(err, token.ErrUnknownKey) {
		if set, err = a.keysOf(ctx, k, issuer, true); err != nil {
			return nil, err
		}
		claims, err = token.Verify(jwt, set, token.RS256)
	}
	if err != nil {
		return nil, refuse("%v", err)
	}
	if iss, ok := claims.String("iss"); !ok || iss != issuer {
		return nil, refuse("the token's issuer is %.128q, not %q", iss, issuer)
	}
	return bailiwick.Claims(claims), nil
}

// keysOf answers the keys of an issuer, fetched anew where they are old or, not
// too often, where one is missing.
func (a *API) keysOf(ctx context.Context, k *issuerKeys, issuer string, missing bool) (token.KeySet, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	now := a.Now()
	fresh := !k.at.IsZero() && now.Sub(k.at) < keysLast
	if fresh && !missing || !k.tried.IsZero() && now.Sub(k.tried) < keysPause {
		if !fresh {
			return k.set, k.err // failed a moment ago
		}
		return k.set, nil
	}
	k.tried = now
	set, err := a.fetchKeys(ctx, issuer)
	if err != nil {
		if a.Log != nil {
			a.Log.WarnContext(ctx, "the keys of an issuer cannot be read", slog.String("issuer", issuer), slog.Any("error", err))
		}
		err = refuse("the keys of the issuer %s cannot be read: %v", issuer, err)
		if fresh {
			return k.set, nil
		}
		k.err = err
		return k.set, err
	}
	k.set, k.err, k.at = set, nil, now
	return set, nil
}

// fetchKeys reads the issuer's discovery document and the keys it leads to.
// Source: OpenID Connect Discovery 1.0, section 4.
func (a *API) fetchKeys(ctx context.Context, issuer string) (token.KeySet, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), fetchTimeout)
	defer cancel()
	var discovery struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	doc, err := a.fetch(ctx, strings.TrimSuffix(issuer, "/")+"/.well-known/openid-configuration")
	if err != nil {
		return token.KeySet{}, err
	}
	if err := json.Unmarshal(doc, &discovery); err != nil {
		return token.KeySet{}, fmt.Errorf("reading the discovery document: %w", err)
	}
	if discovery.Issuer != issuer {
		return token.KeySet{}, fmt.Errorf("the discovery document is of %.128q", discovery.Issuer)
	}
	if doc, err = a.fetch(ctx, discovery.Keys); err != nil {
		return token.KeySet{}, err
	}
	return token.ParseKeySet(doc)
}

func (a *API) fetch(ctx context.Context, uri string) (doc []byte, err error) {
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("%.128q is no https URL", uri)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, uri, nil)
	if err != nil {
		return nil, err
	}
	resp, err := a.Backends.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, resp.Body.Close()) }()
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d", uri, resp.StatusCode)
	}
	doc, err = io.ReadAll(io.LimitReader(resp.Body, maxDocument+1))
	if len(doc) > maxDocument {
		return nil, fmt.Errorf("%s is larger than %d bytes", uri, maxDocument)
	}
	return doc, err
}
