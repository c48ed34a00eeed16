package apigateway_test

import "testing"

// Browsers see a refusal of the API itself only with CORS headers.
func TestGatewayResponses(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	a.lambda(a.root, "GET", "AWS_IAM", nil)
	at := func(verb, typ string) string { return a.at(verb, "gatewayresponses", typ) }
	template := object{"application/json": `{"message":$context.error.messageString}`}
	equal(t, "default", w.ok(at("GET", "UNAUTHORIZED"), nil), object{"responseType": "UNAUTHORIZED", "statusCode": "401", "defaultResponse": true, "responseParameters": object{}, "responseTemplates": template})
	if n := len(w.ok(a.at("GET", "gatewayresponses"), nil)["item"].(list)); n != 21 {
		t.Errorf("%d types", n)
	}
	r := w.call(at("PUT", "DEFAULT_4XX"), object{"responseParameters": object{"gatewayresponse.header.access-control-allow-origin": "'*'"}, "responseTemplates": template})
	if r.status != 201 {
		t.Errorf("put %d", r.status)
	}
	equal(t, "put", r.out, object{"responseType": "DEFAULT_4XX", "defaultResponse": false, "responseParameters": object{"gatewayresponse.header.access-control-allow-origin": "'*'"}, "responseTemplates": template})
	a.deploy("prod")
	equal(t, "served", a.served("prod").Gateway4XX, map[string]string{"Access-Control-Allow-Origin": "*"})
	if a.served("prod").Gateway5XX != nil {
		t.Error("5XX has headers of 4XX")
	}
	a.patch("/gatewayresponses/DEFAULT_4XX", remove("/responseTemplates/application~1json"), add("/responseParameters/gatewayresponse.header.X", "'y'"), remove("/responseParameters/gatewayresponse.header.access-control-allow-origin"))
	equal(t, "patched", w.ok(at("GET", "DEFAULT_4XX"), nil), object{"responseType": "DEFAULT_4XX", "defaultResponse": false, "responseParameters": object{"gatewayresponse.header.X": "'y'"}, "responseTemplates": object{}})
	a.deploy("prod")
	equal(t, "served", a.served("prod").Gateway4XX, map[string]string{"X": "y"})

	const only = "Of gateway responses, headers of DEFAULT_4XX and DEFAULT_5XX with static values are offered; status codes, templates and other types are not."
	mapping := func(error string) string {
		return "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression specified: " + error + "]"
	}
	for _, c := range []struct {
		typ     string
		in      object
		message string
	}{
		{"UNAUTHORIZED", object{}, only},
		{"DEFAULT_4XX", object{"statusCode": "200"}, only},
		{"DEFAULT_4XX", object{"responseTemplates": object{"application/json": "{}"}}, only},
		{"DEFAULT_4XX", object{"responseParameters": object{"gatewayresponse.header.X": "method.request.header.X"}}, mapping("method.request.header.X")},
		{"DEFAULT_4XX", object{"responseParameters": object{"gatewayresponse.header.Content-Length": "'0'"}}, mapping("gatewayresponse.header.Content-Length")},
		{"DEFAULT_4XX", object{"responseParameters": object{"method.response.header.X": "'y'"}}, mapping("method.response.header.X")},
	} {
		w.refused(at("PUT", c.typ), c.in, "BadRequestException", c.message)
	}
	if r := w.call(at("DELETE", "DEFAULT_4XX"), nil); r.status != 202 {
		t.Errorf("deleted %d", r.status)
	}
	w.refused(at("DELETE", "DEFAULT_4XX"), nil, "NotFoundException", "Invalid Response type specified")
}

func TestRequestValidators(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	r := w.call(a.at("POST", "requestvalidators"), object{"name": "n", "validateRequestParameters": true})
	v := r.out["id"].(string)
	want := object{"id": v, "name": "n", "validateRequestParameters": true, "validateRequestBody": false}
	if r.status != 201 {
		t.Errorf("made %d", r.status)
	}
	equal(t, "made", r.out, want)
	equal(t, "listed", w.ok(a.at("GET", "requestvalidators"), nil), object{"item": list{want}})
	w.refused(a.at("POST", "requestvalidators"), object{"validateRequestBody": true}, "BadRequestException", "The validation of request bodies is not offered: validateRequestBody cannot be true.")
	parameters := object{"method.request.querystring.q": true, "method.request.header.X": false, "method.request.multivalueheader.Y": true}
	a.lambda(a.root, "GET", "NONE", object{"requestParameters": parameters, "requestValidatorId": v})
	a.lambda(a.root, "POST", "NONE", object{"requestParameters": parameters})
	a.deploy("prod")
	equal(t, "required", a.match("prod", "GET", "/").RequiredParameters, []string{"method.request.header.Y", "method.request.querystring.q"})
	if p := a.match("prod", "POST", "/").RequiredParameters; p != nil {
		t.Errorf("without a validator %v are required", p)
	}
	w.refused(a.at("DELETE", "requestvalidators", v), nil, "ConflictException", "Cannot delete request validator 'n', is referenced in method: GET /")
	equal(t, "patched", a.patch("/requestvalidators/"+v, set("/validateRequestParameters", "false"))["validateRequestParameters"], false)
	a.deploy("prod")
	if p := a.match("prod", "GET", "/").RequiredParameters; p != nil {
		t.Errorf("%v are required by a validator that asks for nothing", p)
	}
	a.patch("/resources/"+a.root+"/methods/GET", set("/requestValidatorId", ""))
	w.ok(a.at("DELETE", "requestvalidators", v), nil)
	w.refused(a.at("GET", "requestvalidators", v), nil, "NotFoundException", "Invalid Request Validator identifier specified")
}
