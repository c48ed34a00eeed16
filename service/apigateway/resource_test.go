package apigateway_test

import (
	"strings"
	"testing"
)

func TestResources(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	r := w.call(a.at("POST", "resources", a.root), object{"pathPart": "pets"})
	pets := r.out["id"].(string)
	want := object{"id": pets, "parentId": a.root, "pathPart": "pets", "path": "/pets"}
	if r.status != 201 {
		t.Errorf("created %d", r.status)
	}
	equal(t, "created", r.out, want)
	equal(t, "got", w.ok(a.at("GET", "resources", pets), nil), want)
	equal(t, "root", w.ok(a.at("GET", "resources", a.root), nil), object{"id": a.root, "path": "/"})

	id := a.resource(pets, "{id}")
	toys := a.resource(id, "toys")
	equal(t, "deep", w.ok(a.at("GET", "resources", toys), nil)["path"], "/pets/{id}/toys")

	// Renaming moves everything below.
	equal(t, "renamed", a.patch("/resources/"+pets, set("/pathPart", "animals"))["path"], "/animals")
	equal(t, "below", w.ok(a.at("GET", "resources", toys), nil)["path"], "/animals/{id}/toys")
	zoo := a.resource(a.root, "zoo")
	a.patch("/resources/"+pets, set("/parentId", zoo))
	equal(t, "moved", w.ok(a.at("GET", "resources", toys), nil)["path"], "/zoo/animals/{id}/toys")

	if n := len(w.ok(a.at("GET", "resources"), nil)["item"].(list)); n != 5 {
		t.Errorf("%d resources", n)
	}
	out := w.ok(a.at("GET", "resources")+"?limit=4", nil)
	rest := w.ok(a.at("GET", "resources")+"?limit=4&position="+out["position"].(string), nil)
	if len(out["item"].(list)) != 4 || len(rest["item"].(list)) != 1 || rest["position"] != nil {
		t.Errorf("pages %v, %v", out, rest)
	}
	if r := w.call(a.at("DELETE", "resources", pets), nil); r.status != 202 || r.body != "" {
		t.Errorf("deleted %d %q", r.status, r.body)
	}
	w.refused(a.at("GET", "resources", toys), nil, "NotFoundException", "Invalid Resource identifier specified")
	if n := len(w.ok(a.at("GET", "resources"), nil)["item"].(list)); n != 2 {
		t.Errorf("%d resources are left", n)
	}
}

func TestResourceRules(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	pets := a.resource(a.root, "pets")
	id := a.resource(pets, "{id}")
	proxy := a.resource(a.root, "{proxy+}")
	const bad = "BadRequestException"
	part := func(s string) string {
		return "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end: " + s + "."
	}
	for _, c := range []struct{ parent, part, code, message string }{
		{a.root, "pets", "ConflictException", "Another resource with the same parent already has this name: pets"},
		{pets, "{id}", "ConflictException", "Another resource with the same parent already has this name: {id}"},
		{pets, "{other}", bad, "A sibling ({id}) of this resource already has a variable path part -- only one is allowed"},
		{a.root, "{id}", bad, "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed"},
		{pets, "{proxy+}", bad, "A sibling ({id}) of this resource already has a variable path part -- only one is allowed"},
		{proxy, "x", bad, "Cannot create a child of a resource with a greedy path variable: {proxy+}"},
		{a.root, "a/b", bad, part("a/b")},
		{a.root, "", bad, part("")},
		{a.root, "{x", bad, part("{x")},
		{a.root, "{}", bad, part("{}")},
		{a.root, "x{y}", bad, part("x{y}")},
		{a.root, "%2e%2e", bad, part("%2e%2e")},
		{a.root, "..", bad, "Invalid resource path specified: /.."},
		{id, "{id}", bad, "Invalid resource path specified: /pets/{id}/{id}"},
		{"zzzzzzzzzz", "x", "NotFoundException", "Invalid Resource identifier specified"},
	} {
		w.refused(a.at("POST", "resources", c.parent), object{"pathPart": c.part}, c.code, c.message)
	}
	ops := func(o object) object { return object{"patchOperations": list{o}} }
	w.refused(a.at("PATCH", "resources", pets), ops(set("/parentId", id)), bad, "A resource cannot be its own ancestor.")
	w.refused(a.at("PATCH", "resources", pets), ops(set("/parentId", pets)), bad, "A resource cannot be its own ancestor.")
	w.refused(a.at("PATCH", "resources", pets), ops(set("/pathPart", "{other}")), bad, "A sibling ({proxy+}) of this resource already has a variable path part -- only one is allowed")
	w.refused(a.at("PATCH", "resources", a.root), ops(set("/pathPart", "x")), bad, "Root resource cannot be updated")
	w.refused(a.at("PATCH", "resources", pets), ops(set("/path", "/x")), bad, "Invalid patch path  '/path' specified for op 'replace'. Must be one of: [/parentId, /pathPart]")
	w.refused(a.at("DELETE", "resources", a.root), nil, bad, "Can't delete root resource.")
	w.ok(a.at("DELETE", "resources", proxy), nil)
	a.patch("/resources/"+pets, set("/pathPart", "cats"))
	// A greedy variable takes all below it: what has children cannot become one.
	r := w.call(a.at("PATCH", "resources", pets), ops(set("/pathPart", "{proxy+}")))
	if r.code != bad || !strings.HasPrefix(r.message, "Cannot create a child") {
		t.Errorf("greedy with children: %d %s", r.status, r.message)
	}
}

func TestMethods(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	r := a.resource(a.root, "pets")
	z := a.ok(a.at("POST", "authorizers"), object{"name": "n", "type": "COGNITO_USER_POOLS", "providerARNs": list{pool}})["id"].(string)
	path := a.at("PUT", "resources", r, "methods", "GET")
	in := object{
		"authorizationType": "COGNITO_USER_POOLS", "authorizerId": z, "authorizationScopes": list{"pets/read"}, "operationName": "List",
		"requestParameters": object{"method.request.querystring.q": true}, "requestModels": object{"application/json": "Empty"},
	}
	made := w.call(path, in)
	want := object{"httpMethod": "GET", "apiKeyRequired": false}
	for k, v := range in {
		want[k] = v
	}
	if made.status != 201 {
		t.Errorf("made %d", made.status)
	}
	equal(t, "made", made.out, want)
	equal(t, "got", w.ok(a.at("GET", "resources", r, "methods", "GET"), nil), want)
	w.refused(path, in, "ConflictException", "Method already exists for this resource")

	got := a.patch("/resources/"+r+"/methods/GET", add("/authorizationScopes", "pets/write"), object{"op": "remove", "path": "/authorizationScopes", "value": "pets/read"},
		set("/operationName", "All"), remove("/requestParameters/method.request.querystring.q"), set("/requestParameters/method.request.header.X", "false"), remove("/requestModels/application~1json"))
	want["authorizationScopes"], want["operationName"], want["requestParameters"] = list{"pets/write"}, "All", object{"method.request.header.X": false}
	delete(want, "requestModels")
	equal(t, "patched", got, want)

	listed := w.ok(a.at("GET", "resources"), nil)["item"].(list)
	whole := w.ok(a.at("GET", "resources")+"?embed=methods", nil)["item"].(list)
	for i := range listed {
		if listed[i].(object)["id"] == r {
			equal(t, "names", listed[i].(object)["resourceMethods"], object{"GET": object{}})
			equal(t, "embedded", whole[i].(object)["resourceMethods"], object{"GET": want})
		}
	}
	w.refused(a.at("DELETE", "authorizers", z), nil, "ConflictException", "Cannot delete authorizer 'n', is referenced in method: GET /pets")

	// What has no authorizer any more has no scopes either.
	got = a.patch("/resources/"+r+"/methods/GET", set("/authorizationType", "AWS_IAM"))
	if got["authorizerId"] != nil || got["authorizationScopes"] != nil || got["authorizationType"] != "AWS_IAM" {
		t.Errorf("patched %v", got)
	}
	w.ok(a.at("DELETE", "authorizers", z), nil)
	if r := w.call(a.at("DELETE", "resources", r, "methods", "GET"), nil); r.status != 204 {
		t.Errorf("deleted %d", r.status)
	}
	w.refused(a.at("GET", "resources", r, "methods", "GET"), nil, "NotFoundException", "Invalid Method identifier specified")
}

func TestMethodRules(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	const bad = "BadRequestException"
	const noAuthorizer = "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires a valid authorizer."
	for _, c := range []struct {
		method  string
		in      object
		message string
	}{
		{"FETCH", object{"authorizationType": "NONE"}, "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"},
		{"get", object{"authorizationType": "NONE"}, "Invalid HttpMethod specified. Valid options are GET,PUT,POST,DELETE,PATCH,OPTIONS,HEAD,ANY"},
		{"GET", object{}, "1 validation error detected: Value null at 'authorizationType' failed to satisfy constraint: Member must not be null"},
		{"GET", object{"authorizationType": "CUSTOM"}, "Lambda authorizers are not offered: the authorization type cannot be CUSTOM. Use NONE, AWS_IAM or COGNITO_USER_POOLS."},
		{"GET", object{"authorizationType": "none"}, "Invalid authorization type specified. Valid options are NONE, AWS_IAM, CUSTOM, COGNITO_USER_POOLS: none"},
		{"GET", object{"authorizationType": "COGNITO_USER_POOLS"}, noAuthorizer},
		{"GET", object{"authorizationType": "COGNITO_USER_POOLS", "authorizerId": "zzzzzzzzzz"}, noAuthorizer},
		{"GET", object{"authorizationType": "NONE", "authorizerId": "zzzzzzzzzz"}, "An authorizer and authorization scopes have no effect unless the authorization type is COGNITO_USER_POOLS."},
		{"GET", object{"authorizationType": "NONE", "apiKeyRequired": true}, "API keys are not offered: apiKeyRequired cannot be true."},
		{"GET", object{"authorizationType": "NONE", "requestValidatorId": "x"}, "Invalid Request Validator identifier specified"},
		{"GET", object{"authorizationType": "NONE", "requestModels": object{"a/b": "Pet"}}, "Invalid model identifier specified: Pet"},
		{"GET", object{"authorizationType": "NONE", "requestParameters": object{"q": true}}, "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: q]"},
	} {
		w.refused(a.at("PUT", "resources", a.root, "methods", c.method), c.in, bad, c.message)
	}
	w.refused(a.at("PUT", "resources", "zzzzzzzzzz", "methods", "GET"), object{"authorizationType": "NONE"}, "NotFoundException", "Invalid Resource identifier specified")

	w.ok(a.at("PUT", "resources", a.root, "methods", "GET"), object{"authorizationType": "AWS_IAM"})
	for op, message := range map[string]string{
		"/apiKeyRequired true": "API keys are not offered: apiKeyRequired cannot be true.", "/requestValidatorId x": "Invalid Request Validator identifier specified",
		"/authorizationType CUSTOM":             "Lambda authorizers are not offered: the authorization type cannot be CUSTOM. Use NONE, AWS_IAM or COGNITO_USER_POOLS.",
		"/authorizationType COGNITO_USER_POOLS": noAuthorizer,
	} {
		path, value, _ := strings.Cut(op, " ")
		w.refused(a.at("PATCH", "resources", a.root, "methods", "GET"), object{"patchOperations": list{set(path, value)}}, bad, message)
	}
	equal(t, "after all", w.ok(a.at("GET", "resources", a.root, "methods", "GET"), nil)["authorizationType"], "AWS_IAM")
}

func TestAuthorizers(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	r := w.call(a.at("POST", "authorizers"), object{"name": "n", "type": "COGNITO_USER_POOLS", "providerARNs": list{pool}})
	z := r.out["id"].(string)
	want := object{"id": z, "name": "n", "type": "COGNITO_USER_POOLS", "providerARNs": list{pool}, "authType": "cognito_user_pools", "identitySource": "method.request.header.Authorization"}
	if r.status != 201 {
		t.Errorf("made %d", r.status)
	}
	equal(t, "made", r.out, want)
	equal(t, "listed", w.ok(a.at("GET", "authorizers"), nil), object{"item": list{want}})
	const other = "arn:aws:cognito-idp:eu-west-1:111111111111:userpool/eu-west-1_B"
	want["identitySource"], want["providerARNs"], want["authorizerResultTtlInSeconds"] = "method.request.header.X-Token", list{other}, 60.0
	equal(t, "patched", a.patch("/authorizers/"+z, set("/identitySource", "method.request.header.X-Token"), add("/providerARNs", other),
		object{"op": "remove", "path": "/providerARNs", "value": pool}, set("/authorizerResultTtlInSeconds", "60")), want)
	equal(t, "got", w.ok(a.at("GET", "authorizers", z), nil), want)

	const bad = "BadRequestException"
	base := func(k string, v any) object {
		return object{"name": "m", "type": "COGNITO_USER_POOLS", "providerARNs": list{pool}, k: v}
	}
	for _, c := range []struct {
		in            object
		code, message string
	}{
		{base("type", "TOKEN"), bad, "Lambda authorizers are not offered: the type of an authorizer is COGNITO_USER_POOLS."},
		{base("type", "REQUEST"), bad, "Lambda authorizers are not offered: the type of an authorizer is COGNITO_USER_POOLS."},
		{base("name", "n"), "ConflictException", "Authorizer name must be unique. Authorizer n already exists in this RestApi."},
		{base("providerARNs", list{}), bad, "An authorizer of type COGNITO_USER_POOLS has 1 to 1000 provider ARNs."},
		{base("providerARNs", list{"arn:aws:cognito-idp:us-east-1:000000000000:userpool/eu-west-1_A"}), bad, "Invalid Cognito user pool ARN specified: arn:aws:cognito-idp:us-east-1:000000000000:userpool/eu-west-1_A"},
		{base("providerARNs", list{"arn:aws:iam::000000000000:userpool/us-east-1_A"}), bad, "Invalid Cognito user pool ARN specified: arn:aws:iam::000000000000:userpool/us-east-1_A"},
		{base("identitySource", "method.request.querystring.t"), bad, "Invalid identity source specified: method.request.querystring.t. It is a header, such as method.request.header.Authorization."},
		{base("identityValidationExpression", ".*"), bad, "Identity validation expressions are not offered."},
		{base("authorizerUri", "arn:x"), bad, "An authorizer of type COGNITO_USER_POOLS has no URI and no credentials."},
	} {
		w.refused(a.at("POST", "authorizers"), c.in, c.code, c.message)
	}
	w.refused(a.at("PATCH", "authorizers", z), object{"patchOperations": list{object{"op": "remove", "path": "/providerARNs", "value": other}}}, bad, "An authorizer of type COGNITO_USER_POOLS has 1 to 1000 provider ARNs.")
	w.ok(a.at("DELETE", "authorizers", z), nil)
	w.refused(a.at("GET", "authorizers", z), nil, "NotFoundException", "Invalid Authorizer identifier specified")
}
