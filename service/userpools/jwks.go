package userpools

import (
	"encoding/json"
	"log/slog"
	"net/http"

	"github.com/bailiwick-project/bailiwick/token"
)

// WellKnown serves what verifiers of tokens read without credentials:
//
//	/{poolId}/.well-known/jwks.json              public keys (RFC 7517)
//	/{poolId}/.well-known/openid-configuration   OpenID Connect Discovery 1.0
//
// A pool that does not exist answers 404 with a JSON message.
func (a *API) WellKnown(log *slog.Logger) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{pool}/.well-known/jwks.json", a.document(log, a.jwks))
	mux.HandleFunc("GET /{pool}/.well-known/openid-configuration", a.document(log, a.discovery))
	return mux
}

// keysCached is how long keys may be kept, in seconds. They never change; a pool
// may be deleted.
const keysCached = "public, max-age=300"

func (a *API) document(log *slog.Logger, write func(*http.Request, *pool) ([]byte, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		head := w.Header()
		head.Set("Content-Type", "application/json")
		head.Set("Access-Control-Allow-Origin", "*")
		id := r.PathValue("pool")
		p, err := a.poolByID(r.Context(), id)
		var doc []byte
		if err == nil && p != nil {
			doc, err = write(r, p)
		}
		switch {
		case err != nil:
			if r.Context().Err() == nil {
				log.ErrorContext(r.Context(), "well-known document", slog.String("path", r.URL.Path), slog.Any("error", err))
			}
			w.WriteHeader(http.StatusInternalServerError)
			doc = message("The document could not be made; the server's log says why.")
		case p == nil:
			w.WriteHeader(http.StatusNotFound)
			doc = message("User pool " + id[:min(len(id), maxPoolID)] + " does not exist.")
		default:
			head.Set("Cache-Control", keysCached)
		}
		_, _ = w.Write(doc) // the client is gone: nobody to tell
	}
}

func message(text string) []byte {
	doc, err := json.Marshal(map[string]string{"message": text})
	if err != nil {
		return []byte("{}") // strings always encode
	}
	return doc
}

func (a *API) jwks(r *http.Request, p *pool) ([]byte, error) {
	keys, err := a.keysOf(r.Context(), p)
	if err != nil {
		return nil, err
	}
	return token.NewKeySet(keys.id, keys.access).JWKS()
}

// discovery describes the pool as an OpenID provider. The endpoints of the managed
// login pages are named, since readers insist on them, under the issuer's own host,
// where nobody else can answer.
func (a *API) discovery(_ *http.Request, p *pool) ([]byte, error) {
	iss := a.issuer(p)
	return json.Marshal(map[string]any{
		"issuer":                                iss,
		"jwks_uri":                              iss + "/.well-known/jwks.json",
		"authorization_endpoint":                iss + "/oauth2/authorize",
		"token_endpoint":                        iss + "/oauth2/token",
		"userinfo_endpoint":                     iss + "/oauth2/userInfo",
		"revocation_endpoint":                   iss + "/oauth2/revoke",
		"end_session_endpoint":                  iss + "/logout",
		"id_token_signing_alg_values_supported": []string{"RS256"},
		"response_types_supported":              []string{"code", "token"},
		"scopes_supported":                      []string{"openid", "email", "phone", "profile"},
		"subject_types_supported":               []string{"public"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
	})
}
