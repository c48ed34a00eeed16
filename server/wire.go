package server

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/service/dynamodb"
	"github.com/bailiwick-project/bailiwick/service/iam"
	"github.com/bailiwick-project/bailiwick/service/identitypools"
	"github.com/bailiwick-project/bailiwick/service/sts"
	"github.com/bailiwick-project/bailiwick/service/userpools"
	"github.com/bailiwick-project/bailiwick/sigv4"
	"github.com/bailiwick-project/bailiwick/srp"
	"github.com/bailiwick-project/bailiwick/store"
)

// derivedKeys bounds the cache of SigV4 signing keys: a caller needs one a day
// and service.
const derivedKeys = 8192

// wire plugs everything together. It is the only place where slices meet.
func (s *Server) wire(ctx context.Context) error {
	c := s.config
	ring, err := loadRing(ctx, s.store, c.Random)
	if err != nil {
		return err
	}
	s.ring = ring
	secret, err := loadSecret(ctx, s.store, c.Random)
	if err != nil {
		return err
	}

	principals := &iam.API{Store: s.store, Now: c.Now, Rand: c.Random, Log: c.Log}
	credentials, err := s.rootCredentials(ctx, principals)
	if err != nil {
		return err
	}
	s.authn = &authn.Authenticator{Credentials: credentials, Sessions: ring, Keys: sigv4.NewKeyCache(derivedKeys), Now: c.Now}
	s.authz = &authz.Authorizer{Policies: principals}

	users := &userpools.API{
		Store: s.store, SRP: srp.NewGroup(), Roles: principals, Now: c.Now, Rand: c.Random,
		Key: derive(secret, "userpools"), PublicURL: c.PublicURL,
	}
	identities := &identitypools.API{Store: s.store, IDTokens: users, Roles: principals, Now: c.Now, Rand: c.Random}
	tokens := &sts.API{
		Sessions: ring, Authz: s.authz, Roles: principals, Policies: principals, Keys: credentials, WebIdentities: identities,
		RootMayAssumeRoles: c.Dev,
	}
	identities.RoleAssumer = tokens
	tables := &dynamodb.API{Store: s.store, NewID: newID}
	d, err := s.openDoors(principals, tokens, users)
	if err != nil {
		return err
	}
	users.Functions, s.logs = d.functions, d.functions
	s.resume = []func(context.Context) error{tables.Resume, d.objects.Resume, d.functions.Resume}

	s.serve(append([]service.Service{
		users.Service(), identities.Service(), tokens.Service(), principals.Service(), tables.Service(),
	}, d.services()...))
	s.handler = s.routes(users, identities)
	return nil
}

// serve makes the router of the services.
func (s *Server) serve(services []service.Service) {
	c := s.config
	s.services = services
	s.router = &service.Router{Account: c.Account, Region: c.Region, Now: c.Now, NewID: newID, Records: s.records.add, Log: c.Log}
	tables := []authz.Table{adminActions}
	for _, svc := range services {
		tables = append(tables, svc.Actions)
		s.router.Handlers = append(s.router.Handlers, &service.Handler{Service: svc, Authn: s.authn, Authz: s.authz, Log: c.Log})
	}
	s.authz.Table = authz.Join(tables...)
}

// routes tells the few documents apart that are fetched by path; all else is a
// call of an API. A host that belongs to a service keeps all its paths: they may
// be a tenant's.
func (s *Server) routes(users *userpools.API, identities *identitypools.API) http.Handler {
	admin, pools, own := s.admin(), users.WellKnown(s.config.Log), identities.JWKS()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path := r.URL.Path
		switch {
		case !strings.HasPrefix(path, "/_bailiwick/") && !strings.Contains(path, "/.well-known/") || s.router.Claimed(r):
			s.router.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/_bailiwick/"):
			admin.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/.well-known/"):
			own.ServeHTTP(w, r)
		case ofPool.MatchString(path):
			pools.ServeHTTP(w, r)
		default: // the key of an object, perhaps
			s.router.ServeHTTP(w, r)
		}
	})
}

// ofPool is the path of a user pool's documents. No bucket has an underscore in
// its name.
var ofPool = regexp.MustCompile(`^/[a-z0-9-]+_[0-9A-Za-z]+/\.well-known/`)

// rootCredentials makes sure that the account has a root key: the one that
// everyone knows in development, else one of its own.
func (s *Server) rootCredentials(ctx context.Context, principals *iam.API) (bailiwick.Credentials, error) {
	c := s.config
	if c.Dev {
		return devCredentials{principals, c.Account}, nil
	}
	id, secret, made, err := rootKey(c.Data, c.Account, c.Random)
	if err != nil {
		return nil, err
	}
	if err := principals.EnsureRootKey(ctx, c.Account, id, secret); err != nil {
		return nil, fmt.Errorf("storing the root key: %w", err)
	}
	if made {
		c.Log.InfoContext(ctx, "a root key was made; keep its file safe")
	}
	return principals, nil
}

// loadSecret reads the secret that other keys are derived from, drawing it at
// the first start.
func loadSecret(ctx context.Context, s store.Store, random io.Reader) ([]byte, error) {
	secret := make([]byte, 32)
	if _, err := io.ReadFull(random, secret); err != nil {
		return nil, fmt.Errorf("drawing the server's secret: %w", err)
	}
	fresh := secret
	key := store.Key("server", "secret")
	err := s.Update(ctx, func(tx store.Tx) error {
		var err error
		secret, err = store.GetJSON[[]byte](tx, key)
		if errors.Is(err, store.ErrNotFound) {
			secret = fresh
			return store.PutJSON(tx, key, secret)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the server's secret: %w", err)
	}
	return secret, nil
}

func derive(secret []byte, purpose string) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte(purpose))
	return h.Sum(nil)
}

// newID draws a UUID in lower case. crypto/rand never fails (see its documentation).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	text := make([]byte, 0, 36)
	for i, part := range [][]byte{b[:4], b[4:6], b[6:8], b[8:10], b[10:]} {
		if i > 0 {
			text = append(text, '-')
		}
		text = hex.AppendEncode(text, part)
	}
	return string(text)
}
