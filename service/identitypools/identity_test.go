package identitypools_test

import (
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	unsupported = "Token is not from a supported provider of this identity pool."
	mismatch    = "Logins don't match. Please include at least one valid login for this identity or identity pool."
	conflict    = "Logins are already linked to another account."
)

func TestOneUserIsOneIdentity(t *testing.T) {
	w := newWorld(t)
	both := []any{object{"ProviderName": poolA, "ClientId": "web"}, object{"ProviderName": poolA, "ClientId": "mobile"}, object{"ProviderName": poolB, "ClientId": "web"}}
	pool := w.pool(object{"CognitoIdentityProviders": both})
	alice := w.id(pool, poolA, w.token(poolA, "alice", nil))
	if !regexp.MustCompile(`^us-east-1:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(alice) {
		t.Errorf("identity id %q", alice)
	}
	w.now = w.now.Add(48 * time.Hour)
	if again := w.id(pool, poolA, w.token(poolA, "alice", object{"aud": "mobile"})); again != alice {
		t.Errorf("by another client and token alice is %s, was %s", again, alice)
	}
	for name, other := range map[string]string{
		"another user":                        w.id(pool, poolA, w.token(poolA, "bob", nil)),
		"the same sub of another user pool":   w.id(pool, poolB, w.token(poolB, "alice", nil)),
		"the same user in another pool of us": w.id(w.pool(nil), poolA, w.token(poolA, "alice", nil)),
	} {
		if other == alice {
			t.Errorf("%s has alice's identity", name)
		}
	}
	if one, two := w.guest(pool), w.guest(pool); one == two {
		t.Error("two guests are one")
	}
}

func TestConcurrentGetIdMakesOneIdentity(t *testing.T) {
	w := newWorld(t)
	pool, jwt := w.pool(nil), w.token(poolA, "alice", nil)
	ids := make([]string, 16)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Add(1)
		go func() {
			defer wg.Done()
			ids[i] = getID(t, w, pool, jwt)
		}()
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("identities %v", ids)
		}
	}
	if list := w.ok("ListIdentities", object{"IdentityPoolId": pool, "MaxResults": 60})["Identities"].([]any); len(list) != 1 {
		t.Errorf("%d identities were made", len(list))
	}
}

func TestTokensAreBound(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(nil)
	good := w.token(poolA, "alice", nil)
	now := w.now.Unix()
	access := w.token(poolA, "alice", object{"token_use": "access", "aud": nil, "client_id": "web"})
	for _, tt := range []struct {
		name, provider, token, message string
	}{
		{"client of the pool by its name only", poolA, w.token(poolA, "alice", object{"aud": "other"}), unsupported},
		{"same client name, other user pool", poolB, w.token(poolB, "alice", nil), unsupported},
		{"other user pool's token under our name", poolA, w.token(poolB, "alice", nil), "Invalid login token. Issuer doesn't match providerName"},
		{"audiences", poolA, w.token(poolA, "alice", object{"aud": []string{"web"}}), "Invalid login token. Missing a required claim: aud"},
		{"no subject", poolA, w.token(poolA, "", nil), "Invalid login token. Missing a required claim: sub"},
		{"access token", poolA, access, "Invalid login token. Missing a required claim: aud"},
		{"expired", poolA, w.token(poolA, "alice", object{"exp": now - 11638}), "Invalid login token. Token expired: 1772366400 >= 1772354762"},
		{"expires now", poolA, w.token(poolA, "alice", object{"exp": now}), "Invalid login token. Token expired: 1772366400 >= 1772366400"},
		{"from the future", poolA, w.token(poolA, "alice", object{"iat": now + 60}), "Invalid login token. Token used before issued"},
		{"not a JWT", poolA, "secret", "Invalid login token. Not a valid OpenId Connect identity token."},
		{"bad signature", poolA, good[:len(good)-8] + "AAAAAAAA", "Invalid login token. Token signature invalid."},
		{"provider that is not configured", "accounts.google.com", good, unsupported},
		{"user pool that is not configured", "cognito-idp.us-east-1.amazonaws.com/us-east-1_CCCCCCCCC", good, unsupported},
		{"malformed token of a provider that is not configured", poolB, "secret", unsupported},
	} {
		w.refused(tt.name, "GetId", object{"IdentityPoolId": pool, "Logins": object{tt.provider: tt.token}}, "NotAuthorizedException", tt.message)
	}
	w.refused("one of two", "GetId", object{"IdentityPoolId": pool, "Logins": object{poolA: good, "graph.facebook.com": "x"}}, "NotAuthorizedException", unsupported)
}

// The names of clients belong to their user pools: that both pools are providers
// does not make every pair of them one.
func TestIssuerAndAudienceAreOnePair(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"CognitoIdentityProviders": []any{object{"ProviderName": poolA, "ClientId": "web"}, object{"ProviderName": poolB, "ClientId": "mobile"}}})
	w.id(pool, poolB, w.token(poolB, "alice", object{"aud": "mobile"}))
	for provider, client := range map[string]string{poolA: "mobile", poolB: "web"} {
		jwt := w.token(provider, "alice", object{"aud": client})
		w.refused(provider+" "+client, "GetId", object{"IdentityPoolId": pool, "Logins": object{provider: jwt}}, "NotAuthorizedException", unsupported)
	}
}

func TestServerSideTokenCheck(t *testing.T) {
	w := newWorld(t)
	checked := w.pool(object{"CognitoIdentityProviders": []any{object{"ProviderName": poolA, "ClientId": "web", "ServerSideTokenCheck": true}}})
	lax := w.pool(nil)
	w.rolled(checked, nil)
	jwt := w.token(poolA, "alice", nil)
	id := w.id(checked, poolA, jwt)
	w.inactive["alice"] = true
	logins := object{poolA: jwt}
	w.refused("GetId", "GetId", object{"IdentityPoolId": checked, "Logins": logins}, "NotAuthorizedException", "Token is inactive")
	w.refused("GetCredentialsForIdentity", "GetCredentialsForIdentity", object{"IdentityId": id, "Logins": logins}, "NotAuthorizedException", "Token is inactive")
	w.refused("UnlinkIdentity", "UnlinkIdentity", object{"IdentityId": id, "Logins": logins, "LoginsToRemove": []any{poolA}}, "NotAuthorizedException", "Token is inactive")
	w.id(lax, poolA, jwt) // good until it expires, as at AWS
}

func TestUnknownIds(t *testing.T) {
	w := newWorld(t)
	const id = "us-east-1:00000000-0000-4000-8000-000000000000"
	jwt := w.token(poolA, "alice", nil)
	w.refused("pool", "GetId", object{"IdentityPoolId": id}, "ResourceNotFoundException", "IdentityPool '"+id+"' not found.")
	w.refused("pool, with login", "GetId", object{"IdentityPoolId": id, "Logins": object{poolA: jwt}}, "ResourceNotFoundException", "IdentityPool '"+id+"' not found.")
	w.refused("identity", "GetCredentialsForIdentity", object{"IdentityId": id}, "ResourceNotFoundException", "Identity '"+id+"' not found.")
	w.refused("malformed", "GetCredentialsForIdentity", object{"IdentityId": "us-east-1/x"}, "ValidationException",
		`1 validation error detected: Value 'us-east-1/x' at 'identityId' failed to satisfy constraint: Member must satisfy regular expression pattern: [\w-]+:[0-9a-f-]+`)
	w.refused("no guests", "GetId", object{"IdentityPoolId": w.pool(object{"AllowUnauthenticatedIdentities": false})}, "NotAuthorizedException",
		"Unauthenticated access is not supported for this identity pool.")
}

func TestAdmission(t *testing.T) {
	w := newWorld(t)
	two := []any{object{"ProviderName": poolA, "ClientId": "web"}, object{"ProviderName": poolB, "ClientId": "web"}}
	pool := w.pool(object{"CognitoIdentityProviders": two})
	w.rolled(pool, nil)
	alice, bob := w.token(poolA, "alice", nil), w.token(poolA, "bob", nil)
	aliceB, bobB := w.token(poolB, "alice", nil), w.token(poolB, "bob", nil)
	aliceID, bobID, guestID := w.id(pool, poolA, alice), w.id(pool, poolA, bob), w.guest(pool)
	get := func(id string, logins object) object { return object{"IdentityId": id, "Logins": logins} }
	const op = "GetCredentialsForIdentity"

	w.refused("no login", op, object{"IdentityId": aliceID}, "NotAuthorizedException", "Access to Identity '"+aliceID+"' is forbidden.")
	w.refused("empty logins", op, get(aliceID, object{}), "NotAuthorizedException", "Access to Identity '"+aliceID+"' is forbidden.")
	w.refused("another's login", op, get(aliceID, object{poolA: bob}), "NotAuthorizedException", mismatch)
	w.refused("only a new login", op, get(aliceID, object{poolB: bobB}), "NotAuthorizedException", mismatch)
	w.refused("guest's id with a login that has an identity", op, get(guestID, object{poolA: bob}), "NotAuthorizedException", mismatch)
	w.refused("both of different identities", "GetId", object{"IdentityPoolId": pool, "Logins": object{poolA: alice, poolB: w.token(poolB, w.newUser(pool), nil)}},
		"ResourceConflictException", conflict)

	w.ok(op, get(aliceID, object{poolA: alice, poolB: aliceB})) // links
	if id := w.id(pool, poolB, aliceB); id != aliceID {
		t.Errorf("the linked login is %s, want %s", id, aliceID)
	}
	w.ok(op, get(aliceID, object{poolB: aliceB}))
	w.refused("second login of one provider", op, get(aliceID, object{poolA: alice, poolB: bobB}), "NotAuthorizedException", mismatch)
	w.refused("second login of one provider, GetId", "GetId", object{"IdentityPoolId": pool, "Logins": object{poolA: alice, poolB: bobB}}, "ResourceConflictException", conflict)
	if id := w.id(pool, poolA, bob); id != bobID {
		t.Errorf("bob became %s, was %s", id, bobID)
	}

	w.ok(op, get(guestID, object{poolB: bobB})) // the guest signs in and keeps the id
	if id := w.id(pool, poolB, bobB); id != guestID {
		t.Errorf("the upgraded guest is %s, want %s", id, guestID)
	}
	w.refused("guest no more", op, object{"IdentityId": guestID}, "NotAuthorizedException", "Access to Identity '"+guestID+"' is forbidden.")
}

// newUser is the sub of a user of poolB who has an identity.
func (w *world) newUser(pool string) string {
	w.id(pool, poolB, w.token(poolB, "carol", nil))
	return "carol"
}

func TestUnlinkIdentity(t *testing.T) {
	w := newWorld(t)
	two := []any{object{"ProviderName": poolA, "ClientId": "web"}, object{"ProviderName": poolB, "ClientId": "web"}}
	pool := w.pool(object{"CognitoIdentityProviders": two})
	w.rolled(pool, nil)
	alice, aliceB, bob := w.token(poolA, "alice", nil), w.token(poolB, "alice", nil), w.token(poolA, "bob", nil)
	id, _ := w.ok("GetId", object{"IdentityPoolId": pool, "Logins": object{poolA: alice, poolB: aliceB}})["IdentityId"].(string)
	unlink := func(logins object, remove ...any) object {
		return object{"IdentityId": id, "Logins": logins, "LoginsToRemove": remove}
	}
	w.refused("another's login", "UnlinkIdentity", unlink(object{poolA: bob}, poolA), "NotAuthorizedException", mismatch)
	w.refused("no login", "UnlinkIdentity", unlink(object{}, poolA), "InvalidParameterException", "Logins and LoginsToRemove must not be empty.")
	w.refused("what is not linked", "UnlinkIdentity", unlink(object{poolA: alice}, "graph.facebook.com"), "InvalidParameterException", "The identity has no login of graph.facebook.com.")
	w.refused("a login that is nobody's", "UnlinkIdentity", unlink(object{poolA: alice, poolB: w.token(poolB, "dave", nil)}, poolA), "NotAuthorizedException", mismatch)
	w.refused("a guest, with a login that is nobody's", "UnlinkIdentity", object{"IdentityId": w.guest(pool), "Logins": object{poolA: w.token(poolA, "erin", nil)}, "LoginsToRemove": []any{poolA}},
		"NotAuthorizedException", mismatch)
	w.ok("UnlinkIdentity", unlink(object{poolA: alice}, poolB))
	if other := w.id(pool, poolB, aliceB); other == id {
		t.Error("an unlinked login still leads to the identity")
	}
	w.ok("UnlinkIdentity", unlink(object{poolA: alice}, poolA))
	w.refused("closed, as a guest", "GetCredentialsForIdentity", object{"IdentityId": id}, "NotAuthorizedException", "Access to Identity '"+id+"' is forbidden.")
	w.refused("closed, with the old login", "GetCredentialsForIdentity", object{"IdentityId": id, "Logins": object{poolA: alice}}, "NotAuthorizedException", "Access to Identity '"+id+"' is forbidden.")
	if again := w.id(pool, poolA, alice); again == id {
		t.Error("a closed identity was used again")
	}
	if list := w.ok("ListIdentities", object{"IdentityPoolId": pool, "MaxResults": 60, "HideDisabled": true})["Identities"].([]any); len(list) != 3 {
		t.Errorf("%d identities are shown without the closed one, want 3", len(list))
	}
}

func TestHotPathIsOneView(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(nil)
	w.rolled(pool, nil)
	jwt := w.token(poolA, "alice", nil)
	id := w.id(pool, poolA, jwt)
	w.store.views.Store(0)
	w.store.updates.Store(0)
	w.id(pool, poolA, jwt)
	w.ok("GetCredentialsForIdentity", object{"IdentityId": id, "Logins": object{poolA: jwt}})
	if views, updates := w.store.views.Load(), w.store.updates.Load(); views != 2 || updates != 0 {
		t.Errorf("GetId and GetCredentialsForIdentity took %d views and %d updates", views, updates)
	}
}

func TestTokensStayOutOfTheTrail(t *testing.T) {
	w := newWorld(t)
	jwt := w.token(poolA, "alice", object{"aud": "other"})
	w.refused("audience", "GetId", object{"IdentityPoolId": w.pool(nil), "Logins": object{poolA: jwt}}, "NotAuthorizedException", unsupported)
	w.noted("audience", `"other" is not a client of `+poolA)
	for _, n := range w.Records[len(w.Records)-1].Call.Trail.Notes {
		if strings.Contains(n, jwt[:20]) {
			t.Errorf("the token is in %q", n)
		}
	}
}
