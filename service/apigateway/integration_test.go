package apigateway_test

import (
	"testing"
	"time"

	"github.com/bailiwick-project/bailiwick/gateway"
)

func TestIntegrations(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	r := a.resource(a.root, "{proxy+}")
	a.ok(a.at("PUT", "resources", r, "methods", "ANY"), object{"authorizationType": "NONE", "requestParameters": object{"method.request.path.proxy": true}})
	path := []string{"resources", r, "methods", "ANY", "integration"}
	w.refused(a.at("GET", path...), nil, "NotFoundException", "Invalid Integration identifier specified")
	made := w.call(a.at("PUT", path...), object{
		"type": "HTTP_PROXY", "httpMethod": "ANY", "uri": "https://${stageVariables.host}/v1/{proxy}", "timeoutInMillis": 1000,
		"requestParameters": object{"integration.request.path.proxy": "method.request.path.proxy", "integration.request.header.X-Kind": "'pets'"},
	})
	want := object{
		"type": "HTTP_PROXY", "httpMethod": "ANY", "uri": "https://${stageVariables.host}/v1/{proxy}", "timeoutInMillis": 1000.0, "connectionType": "INTERNET",
		"requestParameters":   object{"integration.request.path.proxy": "method.request.path.proxy", "integration.request.header.X-Kind": "'pets'"},
		"passthroughBehavior": "WHEN_NO_MATCH", "cacheNamespace": r, "cacheKeyParameters": list{},
	}
	if made.status != 201 {
		t.Errorf("made %d", made.status)
	}
	equal(t, "made", made.out, want)
	equal(t, "got", w.ok(a.at("GET", path...), nil), want)
	equal(t, "of the method", w.ok(a.at("GET", "resources", r, "methods", "ANY"), nil)["methodIntegration"], want)

	a.deploy("prod")
	if i := a.match("prod", "GET", "/a/b").Integration; i != nil {
		t.Errorf("without its stage variable it is %v", i)
	}
	a.patch("/stages/prod", set("/variables/host", "backend.example:8080"))
	i := a.match("prod", "GET", "/a/b").Integration
	if i == nil || i.Backend != gateway.Proxy || i.URI != "https://backend.example:8080/v1/{proxy}" || i.Timeout != time.Second || i.Method != "ANY" || len(i.Parameters) != 2 {
		t.Errorf("serves %+v", i)
	}
	a.patch("/stages/prod", set("/variables/host", "169.254.169.254"))
	if i := a.match("prod", "GET", "/a/b").Integration; i != nil {
		t.Errorf("a stage variable leads to the metadata of the machine: %v", i)
	}

	got := a.patch("/resources/"+r+"/methods/ANY/integration", set("/uri", "http://other.example/{proxy}"), set("/timeoutInMillis", "50"), remove("/requestParameters/integration.request.header.X-Kind"),
		add("/cacheKeyParameters/method.request.path.proxy", ""), set("/cacheNamespace", "ns"))
	want["uri"], want["timeoutInMillis"], want["cacheNamespace"] = "http://other.example/{proxy}", 50.0, "ns"
	want["requestParameters"], want["cacheKeyParameters"] = object{"integration.request.path.proxy": "method.request.path.proxy"}, list{"method.request.path.proxy"}
	equal(t, "patched", got, want)
	if r := w.call(a.at("DELETE", path...), nil); r.status != 204 {
		t.Errorf("deleted %d", r.status)
	}
	w.refused(a.at("DELETE", path...), nil, "NotFoundException", "Invalid Integration identifier specified")
}

func TestIntegrationRules(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	a.ok(a.at("PUT", "resources", a.root, "methods", "GET"), object{"authorizationType": "NONE"})
	base := func(k string, v any) object {
		return object{"type": "AWS_PROXY", "httpMethod": "POST", "uri": lambdaURI(function), k: v}
	}
	mapping := func(error string) string {
		return "Invalid mapping expression specified: Validation Result: warnings : [], errors : [" + error + "]"
	}
	const noLambda = "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
	for _, c := range []struct {
		in      object
		message string
	}{
		{base("type", "AWS"), "Integrations of type AWS, with mapping templates, are not offered. Use AWS_PROXY, HTTP_PROXY or MOCK."},
		{base("type", "HTTP"), "Integrations of type HTTP, with mapping templates, are not offered. Use AWS_PROXY, HTTP_PROXY or MOCK."},
		{base("httpMethod", ""), "Enumeration value for HttpMethod must be non-empty"},
		{base("uri", "https://x.example"), "Invalid ARN specified in the request"},
		{base("uri", "arn:aws:apigateway:us-east-1:dynamodb:action/GetItem"), noLambda},
		{base("uri", function+":*"), noLambda},
		{base("credentials", "arn:aws:iam::000000000000:role/r"), "Credentials of integrations are not offered. Let apigateway.amazonaws.com invoke the function by its resource-based policy."},
		{base("connectionType", "VPC_LINK"), "VPC links are not offered."},
		{base("timeoutInMillis", 49), "Timeout should be between 50 ms and 29000 ms"},
		{base("timeoutInMillis", 29001), "Timeout should be between 50 ms and 29000 ms"},
		{base("contentHandling", "CONVERT_TO_BINARY"), "Conversion to binary is not offered."},
		{base("passthroughBehavior", "SOMETIMES"), "Invalid passthrough behavior specified: SOMETIMES"},
		{base("tlsConfig", object{"insecureSkipVerification": true}), "The certificates of backends are always verified."},
		{base("cacheKeyParameters", list{"integration.request.header.X"}), "Cache key parameters other than method.request.path, method.request.querystring and method.request.header are not offered: integration.request.header.X"},
		{base("cacheKeyParameters", list{"X"}), "Cache key parameters other than method.request.path, method.request.querystring and method.request.header are not offered: X"},
		{base("requestParameters", object{"integration.request.header.X": "method.request.header.X"}), mapping("Invalid mapping expression parameter specified: method.request.header.X")},
		{base("requestParameters", object{"integration.request.header.X": "x"}), mapping("Invalid mapping expression specified: x")},
		{object{"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "ftp://x.example"}, "Invalid HTTP endpoint specified for URI"},
		{object{"type": "HTTP_PROXY", "httpMethod": "GET", "uri": "http://169.254.169.254/latest"}, "Invalid HTTP endpoint specified for URI"},
		{object{"type": "MOCK", "requestTemplates": object{"application/json": `{"statusCode": $input.params('x')}`}}, `Mapping templates are not offered: the request template of a mock integration is {"statusCode": N}.`},
	} {
		w.refused(a.at("PUT", "resources", a.root, "methods", "GET", "integration"), c.in, "BadRequestException", c.message)
	}
	w.refused(a.at("PUT", "resources", a.root, "methods", "POST", "integration"), base("type", "MOCK"), "NotFoundException", "Invalid Method identifier specified")
	w.ok(a.at("PUT", "resources", a.root, "methods", "GET", "integration"), object{"type": "AWS_PROXY", "httpMethod": "POST", "uri": lambdaURI("arn:aws:lambda:us-east-1:" + account + ":function:${stageVariables.fn}:live")})
	w.refused(a.at("PATCH", "resources", a.root, "methods", "GET", "integration"), object{"patchOperations": list{set("/credentials", "arn:aws:iam::000000000000:role/r")}}, "BadRequestException",
		"Credentials of integrations are not offered. Let apigateway.amazonaws.com invoke the function by its resource-based policy.")
	a.deploy("prod")
	a.patch("/stages/prod", set("/variables/fn", "dogs"))
	if i := a.match("prod", "GET", "/").Integration; i == nil || i.Function != "arn:aws:lambda:us-east-1:"+account+":function:dogs:live" || i.PayloadVersion != "1.0" {
		t.Errorf("serves %+v", i)
	}
}

// A preflight as every tool configures it.
func TestMock(t *testing.T) {
	w := newWorld(t, nil)
	a := w.newAPI(nil)
	m := []string{"resources", a.root, "methods", "OPTIONS"}
	at := func(verb string, more ...string) string { return a.at(verb, append(m[:4:4], more...)...) }
	a.ok(at("PUT"), object{"authorizationType": "NONE"})
	w.refused(at("PUT", "integration", "responses", "200"), object{}, "NotFoundException", "Invalid Integration identifier specified")
	a.ok(at("PUT", "integration"), object{"type": "MOCK", "requestTemplates": object{"application/json": `{"statusCode": 200}`}})
	header := object{"method.response.header.Access-Control-Allow-Origin": "'*'"}
	w.refused(at("PUT", "integration", "responses", "200"), object{"responseParameters": header}, "BadRequestException",
		"Invalid mapping expression specified: Validation Result: warnings : [], errors : [No method response exists for method.]")
	if r := w.call(at("PUT", "responses", "200"), object{"responseParameters": object{"method.response.header.Access-Control-Allow-Origin": false}, "responseModels": object{"application/json": "Empty"}}); r.status != 201 {
		t.Errorf("method response %d %s", r.status, r.body)
	}
	w.refused(at("PUT", "responses", "200"), object{}, "ConflictException", "Response already exists for this resource")
	w.refused(at("GET", "responses", "404"), nil, "NotFoundException", "Invalid Response status code specified")
	mapping := func(error string) string {
		return "Invalid mapping expression specified: Validation Result: warnings : [], errors : [" + error + "]"
	}
	for _, c := range []struct {
		in      object
		message string
	}{
		{object{"responseParameters": object{"method.response.header.X": "'x'"}}, mapping("Invalid mapping expression parameter specified: method.response.header.X")},
		{object{"responseParameters": object{"method.response.header.Access-Control-Allow-Origin": "method.request.header.Origin"}}, mapping("Invalid mapping expression specified: method.request.header.Origin")},
		{object{"responseParameters": object{"method.response.header.Access-Control-Allow-Origin": "'a\r\nSet-Cookie: b'"}}, mapping("Invalid mapping expression specified: 'a\r\nSet-Cookie: b'")},
		{object{"responseTemplates": object{"application/json": "$context.requestId"}}, "Mapping templates are not offered: a response template is sent as it is, and can have no variables or directives."},
		{object{"responseTemplates": object{"application/json": "#set($a = 1)"}}, "Mapping templates are not offered: a response template is sent as it is, and can have no variables or directives."},
		{object{"selectionPattern": "("}, "Invalid selection pattern specified: ("},
	} {
		w.refused(at("PUT", "integration", "responses", "200"), c.in, "BadRequestException", c.message)
	}
	a.deploy("prod")
	if i := a.match("prod", "OPTIONS", "/").Integration; i.MockStatus != 500 {
		t.Errorf("without a response it answers %d", i.MockStatus)
	}
	r := w.call(at("PUT", "integration", "responses", "200"), object{"responseParameters": header, "responseTemplates": object{"application/json": `{"price": "$5", "colour": "#1"}`}})
	equal(t, "integration response", r.out, object{"statusCode": "200", "responseParameters": header, "responseTemplates": object{"application/json": `{"price": "$5", "colour": "#1"}`}})
	a.deploy("prod")
	i := a.match("prod", "OPTIONS", "/").Integration
	if i.Backend != gateway.Mock || i.MockStatus != 200 || i.MockHeader["Access-Control-Allow-Origin"] != "*" || i.MockBody != `{"price": "$5", "colour": "#1"}` {
		t.Errorf("serves %+v", i)
	}

	// The status that the template says chooses the response, by pattern.
	a.ok(at("PUT", "responses", "404"), object{})
	a.ok(at("PUT", "integration", "responses", "404"), object{"selectionPattern": "4\\d\\d"})
	a.patch("/resources/"+a.root+"/methods/OPTIONS/integration", set("/requestTemplates/application~1json", "{statusCode:418}"))
	a.deploy("prod")
	if i := a.match("prod", "OPTIONS", "/").Integration; i.MockStatus != 404 || i.MockBody != "" {
		t.Errorf("serves %+v", i)
	}
	equal(t, "patched", a.patch("/resources/"+a.root+"/methods/OPTIONS/integration/responses/404", set("/selectionPattern", "5.."), set("/responseTemplates/application~1json", "{}")),
		object{"statusCode": "404", "selectionPattern": "5..", "responseTemplates": object{"application/json": "{}"}})
	equal(t, "patched", a.patch("/resources/"+a.root+"/methods/OPTIONS/responses/404", add("/responseParameters/method.response.header.X", "true")),
		object{"statusCode": "404", "responseParameters": object{"method.response.header.X": true}})
	for _, part := range []string{"integration/responses/404", "responses/404"} {
		if r := w.call(at("DELETE", part), nil); r.status != 204 {
			t.Errorf("deleted %s: %d", part, r.status)
		}
		w.refused(at("DELETE", part), nil, "NotFoundException", "Invalid Response status code specified")
	}
}
