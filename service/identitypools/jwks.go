package identitypools

import (
	"encoding/json"
	"net/http"
)

// Paths of the public documents below the issuer.
const (
	PathJWKS      = "/.well-known/jwks_uri"
	PathDiscovery = "/.well-known/openid-configuration"
)

// JWKS serves the keys of the tokens and the discovery document, for whoever
// verifies them elsewhere, such as an OIDC provider in AWS.
func (a *API) JWKS() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+PathJWKS, func(w http.ResponseWriter, r *http.Request) {
		if _, err := a.signer.key(r.Context(), a); err != nil { // verifiers may come before the first token
			http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			return
		}
		keys, err := a.signer.public(r.Context(), a.Store)
		if err != nil {
			http.Error(w, "Internal Server Error", http.StatusInternalServerError)
			return
		}
		doc, err := keys.JWKS()
		document(w, doc, err)
	})
	mux.HandleFunc("GET "+PathDiscovery, func(w http.ResponseWriter, _ *http.Request) {
		doc, err := json.Marshal(map[string]any{
			"issuer":                                issuer,
			"jwks_uri":                              issuer + PathJWKS,
			"authorization_endpoint":                issuer + "/authorize",
			"response_types_supported":              []string{"id_token"},
			"subject_types_supported":               []string{"public"},
			"id_token_signing_alg_values_supported": []string{"RS512"},
		})
		document(w, doc, err)
	})
	return mux
}

func document(w http.ResponseWriter, doc []byte, err error) {
	if err != nil {
		http.Error(w, "Internal Server Error", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Access-Control-Allow-Origin", "*")
	_, _ = w.Write(doc)
}
