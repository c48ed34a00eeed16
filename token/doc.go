// Package token signs and verifies the JSON Web Tokens of user pools and
// identity pools, publishes their keys, and seals refresh tokens.
//
// Dear newcomer: a Key is an RSA key of 2048 bits. Sign makes the ID and
// access tokens of user pools (RS256); WithAlg(RS512) signs those of identity
// pools. A KeySet is the public half, as served at /.well-known/jwks.json.
// Verify takes a token, the keys of the issuer and the algorithms allowed,
// and returns the claims or one of the errors in errors.go.
//
// What Verify does not do: it compares no iss, aud, client_id or token_use,
// and asks no clock. A verified token is only one that the keys' owner
// signed; who may use which token where is in the Cognito developer guide
// ("Verifying a JSON web token"), and callers check it. Times are checked by
// Expired and NotYet.
//
// Attacks that decide the shape of this package:
//
//   - alg "none", or HS256 with the public key as its secret: a token names
//     no algorithm that counts. The caller allows some, each key has one, and
//     only RSA signatures exist here.
//   - kid, jku, jwk, x5u in the header: kid is looked up in the given keys,
//     the others are ignored; crit and b64 are refused.
//   - Claims named twice, read differently by two parsers: refused, at every
//     depth. Numbers stay exact (json.Number).
//   - Spellings: base64 whose unused bits are set decodes like its twin. Only
//     the canonical spelling is a token, so a changed character is always
//     noticed.
//   - Refresh tokens are JWE, and whoever knows a public key can encrypt to
//     it. Seal therefore adds a MAC under a key derived from the private one.
//
// This package wraps github.com/go-jose/go-jose/v4, which is imported nowhere
// else. Sources: RFC 7515 to 7519, RFC 8725 (best current practices), and the
// Cognito developer guide on tokens.
package token
