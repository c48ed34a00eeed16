package identitypools_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/token"
)

const (
	developer = "login.mycompany.myapp"
	ours      = "cognito-identity.amazonaws.com"
)

// vouched is GetOpenIdTokenForDeveloperIdentity for a user.
func (w *world) vouched(pool, user string, more object) (id, jwt string) {
	w.t.Helper()
	in := object{"IdentityPoolId": pool, "Logins": object{developer: user}}
	maps.Copy(in, more)
	out := w.ok("GetOpenIdTokenForDeveloperIdentity", in)
	id, _ = out["IdentityId"].(string)
	jwt, _ = out["Token"].(string)
	return id, jwt
}

func TestDeveloperIdentity(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"DeveloperProviderName": developer})
	w.rolled(pool, nil)
	id, jwt := w.vouched(pool, "alice", object{"PrincipalTags": object{"org": "acme"}})
	claims, err := token.Verify(jwt, w.published(), token.RS512)
	amr := []any{"authenticated", developer, developer + ":" + pool + ":alice"}
	if err != nil || !reflect.DeepEqual(claims["amr"], amr) || claims["sub"] != id || claims["aud"] != pool {
		t.Errorf("claims %v, %v", claims, err)
	}
	if exp, _ := claims.Time("exp"); !exp.Equal(start.Add(15 * time.Minute)) {
		t.Errorf("expires %v", exp)
	}
	if again, _ := w.vouched(pool, "alice", nil); again != id {
		t.Errorf("alice is %s, was %s", again, id)
	}
	bob, bobs := w.vouched(pool, "bob", object{"TokenDuration": 86400})
	in := func(id, jwt string) object { return object{"IdentityId": id, "Logins": object{ours: jwt}} }
	w.ok("GetCredentialsForIdentity", in(id, jwt))
	who := w.wants[0].Identity
	if who.Subject != id || !slices.Equal(who.AMR, []string{"authenticated", developer, developer + ":" + pool + ":alice"}) || !maps.Equal(who.Tags, map[string]string{"org": "acme"}) {
		t.Errorf("identity %+v", who)
	}
	const op = "GetCredentialsForIdentity"
	w.refused("another's token", op, in(id, bobs), "NotAuthorizedException", mismatch)
	w.refused("no token", op, object{"IdentityId": id}, "NotAuthorizedException", "Access to Identity '"+id+"' is forbidden.")
	w.refused("a token for a token", "GetOpenIdToken", in(id, jwt), "NotAuthorizedException", unsupported)
	w.refused("a user's word", op, object{"IdentityId": id, "Logins": object{developer: "alice"}}, "NotAuthorizedException", unsupported)
	w.refused("a guest's id", op, in(w.guest(pool), jwt), "NotAuthorizedException", mismatch)
	other := w.pool(object{"DeveloperProviderName": developer})
	theirs, _ := w.vouched(other, "alice", nil)
	w.refused("another pool's token", op, in(theirs, jwt), "NotAuthorizedException", unsupported)
	w.refused("a user pool's token", op, in(id, w.token(poolA, "alice", nil)), "NotAuthorizedException", "Invalid login token. Issuer doesn't match providerName")
	w.now = start.Add(15 * time.Minute)
	w.refused("expired", op, in(id, jwt), "NotAuthorizedException", "Invalid login token. Token expired: 1772367300 >= 1772367300")
	w.ok(op, in(bob, bobs))
	w.ok("UnlinkDeveloperIdentity", object{"IdentityPoolId": pool, "IdentityId": bob, "DeveloperProviderName": developer, "DeveloperUserIdentifier": "bob"})
	w.refused("unlinked", op, in(bob, bobs), "NotAuthorizedException", "Access to Identity '"+bob+"' is forbidden.")
}

func TestGuestsTokenIsNoLogin(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"AllowClassicFlow": true})
	w.rolled(pool, nil)
	id := w.guest(pool)
	made, _ := w.ok("GetOpenIdToken", object{"IdentityId": id})["Token"].(string)
	w.refused("guest", "GetCredentialsForIdentity", object{"IdentityId": id, "Logins": object{ours: made}}, "NotAuthorizedException", unsupported)
}

// What GetOpenIdToken makes of a login would get around the login's role mapping
// and its ServerSideTokenCheck.
func TestTokenOfTheBasicFlowIsNoLogin(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"AllowClassicFlow": true, "DeveloperProviderName": developer})
	w.rolled(pool, object{poolA + ":web": object{"Type": "Token", "AmbiguousRoleResolution": "Deny"}})
	id := w.id(pool, poolA, w.token(poolA, "alice", nil))
	made, _ := w.ok("GetOpenIdToken", object{"IdentityId": id, "Logins": object{poolA: w.token(poolA, "alice", nil)}})["Token"].(string)
	in := object{"IdentityId": id, "Logins": object{ours: made}}
	w.refused("credentials", "GetCredentialsForIdentity", in, "NotAuthorizedException", unsupported)
	w.refused("id", "GetId", object{"IdentityPoolId": pool, "Logins": object{ours: made}}, "NotAuthorizedException", unsupported)
	in["LoginsToRemove"] = []string{poolA}
	w.refused("unlinking", "UnlinkIdentity", in, "NotAuthorizedException", unsupported)
}

func TestDeveloperRoleMapping(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"DeveloperProviderName": developer})
	w.rolled(pool, object{developer: object{"Type": "Token", "AmbiguousRoleResolution": "Deny"}})
	id, jwt := w.vouched(pool, "alice", nil)
	w.refused("no role in the token", "GetCredentialsForIdentity", object{"IdentityId": id, "Logins": object{ours: jwt}},
		"NotAuthorizedException", "The ambiguous role mapping rules denied this request")
}

func TestDeveloperLinks(t *testing.T) {
	w := newWorld(t)
	pool := w.pool(object{"DeveloperProviderName": developer})
	guest := w.guest(pool)
	if id, _ := w.vouched(pool, "alice", object{"IdentityId": guest}); id != guest {
		t.Errorf("the guest became %s, was %s", id, guest)
	}
	jwt := w.token(poolA, "alice", nil)
	w.vouched(pool, "alice", object{"Logins": object{developer: "alice", poolA: jwt}})
	if id := w.id(pool, poolA, jwt); id != guest {
		t.Errorf("alice's login is %s, want %s", id, guest)
	}
	bob, _ := w.vouched(pool, "bob", nil)
	op := "GetOpenIdTokenForDeveloperIdentity"
	in := func(more object) object {
		all := object{"IdentityPoolId": pool, "Logins": object{developer: "bob"}}
		maps.Copy(all, more)
		return all
	}
	w.refused("registered elsewhere", op, in(object{"IdentityId": guest}), "DeveloperUserAlreadyRegisteredException", "The developer user identifier is already registered with another identity.")
	w.refused("logins of two identities", op, in(object{"Logins": object{developer: "bob", poolA: jwt}}), "ResourceConflictException", conflict)
	w.refused("no developer login", op, in(object{"Logins": object{poolA: jwt}}), "InvalidParameterException", "Logins must name the developer provider of the identity pool.")
	w.refused("wildcard in a tag", op, in(object{"PrincipalTags": object{"org": "*"}}), "InvalidParameterException", "The principal tag org has characters that tags cannot have.")
	w.refused("name of this service", "CreateIdentityPool", object{"IdentityPoolName": "p", "AllowUnauthenticatedIdentities": true, "DeveloperProviderName": ours}, "InvalidParameterException",
		ours+" cannot be the name of a developer provider.")

	elsewhere := w.guest(w.pool(nil))
	w.refused("identity of another pool", op, in(object{"Logins": object{developer: "dave"}, "IdentityId": elsewhere}), "ResourceNotFoundException", "Identity '"+elsewhere+"' not found.")
	w.refused("lookup in another pool", "LookupDeveloperIdentity", object{"IdentityPoolId": pool, "IdentityId": elsewhere}, "ResourceNotFoundException", "Identity '"+elsewhere+"' not found.")
	w.refused("lookup of another's user", "LookupDeveloperIdentity", object{"IdentityPoolId": pool, "IdentityId": guest, "DeveloperUserIdentifier": "bob"}, "ResourceConflictException",
		"The developer user identifier is not associated with the identity.")
	w.refused("unlinking another's user", "UnlinkDeveloperIdentity", object{"IdentityPoolId": pool, "IdentityId": guest, "DeveloperProviderName": developer, "DeveloperUserIdentifier": "bob"},
		"ResourceConflictException", "The developer user identifier is not associated with the identity.")
	w.vouched(pool, "alice2", object{"IdentityId": guest})
	where := object{"IdentityPoolId": pool, "IdentityId": guest, "MaxResults": 1}
	page := w.ok("LookupDeveloperIdentity", where)
	where["NextToken"] = page["NextToken"]
	if next := w.ok("LookupDeveloperIdentity", where); !reflect.DeepEqual(page["DeveloperUserIdentifierList"], []any{"alice"}) ||
		!reflect.DeepEqual(next, object{"IdentityId": guest, "DeveloperUserIdentifierList": []any{"alice2"}}) {
		t.Errorf("pages %v, %v", page, next)
	}
	merge := object{"IdentityPoolId": pool, "DeveloperProviderName": developer, "SourceUserIdentifier": "alice", "DestinationUserIdentifier": "bob"}
	if got := w.ok("MergeDeveloperIdentities", merge); got["IdentityId"] != bob {
		t.Errorf("merged into %v, want %s", got, bob)
	}
	for _, user := range []string{"alice", "alice2"} {
		if id, _ := w.vouched(pool, user, nil); id != bob {
			t.Errorf("%s is %s, want %s", user, id, bob)
		}
	}
	if id := w.id(pool, poolA, jwt); id != bob {
		t.Errorf("alice's login is %s, want %s", id, bob)
	}
	w.refused("the merged identity", op, in(object{"Logins": object{developer: "carol"}, "IdentityId": guest}), "NotAuthorizedException", "Access to Identity '"+guest+"' is forbidden.")
	w.refused("merged already", "MergeDeveloperIdentities", merge, "InvalidParameterException", "The developer user identifiers are already of the same identity.")
	w.ok("DeleteIdentities", object{"IdentityIdsToDelete": []string{bob}})
	if id, _ := w.vouched(pool, "alice", nil); id == bob {
		t.Error("a deleted identity came back")
	}
}
