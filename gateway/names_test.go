package gateway_test

import (
	"testing"

	"github.com/bailiwick-project/bailiwick/gateway"
)

func TestARNs(t *testing.T) {
	d := deployment(t, gateway.REST, "GET /tenants/{org}/items", "ANY /{proxy+}", "GET /")
	for _, tt := range []struct{ method, path, invoke, source string }{
		{"GET", "/tenants/acme/items", "prod/GET/tenants/acme/items", "prod/GET/tenants/{org}/items"},
		{"PUT", "/a%20b/", "prod/PUT/a b/", "prod/PUT/{proxy+}"},
		{"GET", "/", "prod/GET/", "prod/GET/"},
	} {
		p, err := gateway.ParsePath(tt.path)
		if err != nil {
			t.Fatal(err)
		}
		m, ok := d.Match(tt.method, p)
		if !ok {
			t.Fatalf("%s %s has no route", tt.method, tt.path)
		}
		const prefix = "arn:aws:execute-api:us-east-1:123456789012:abc123/"
		if got := d.InvokeARN(tt.method, p); got != prefix+tt.invoke {
			t.Errorf("%s %s is %s", tt.method, tt.path, got)
		}
		if got := d.SourceARN(&m); got != prefix+tt.source {
			t.Errorf("the source of %s %s is %s", tt.method, tt.path, got)
		}
	}
	if got := d.Mask("x arn:aws:execute-api:us-east-1:123456789012:abc123/prod/GET/"); got != "x arn:aws:execute-api:us-east-1:********9012:abc123/prod/GET/" {
		t.Errorf("masked: %s", got)
	}
	all := deployment(t, gateway.HTTP, "$default")
	m, _ := all.Match("GET", gateway.Path{})
	if got := all.SourceARN(&m); got != "arn:aws:execute-api:us-east-1:123456789012:abc123/prod/$default" {
		t.Errorf("the source of the default route is %s", got)
	}
}

func TestProvider(t *testing.T) {
	const public = "http://localhost:8000"
	for issuer, want := range map[string]string{
		"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc123456":     "cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc123456",
		"http://localhost:8000/us-east-1_Abc123456":                           "cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc123456",
		"https://cognito-idp.us-east-1.amazonaws.com/eu-west-1_Abc123456":     "",
		"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc/../x":      "",
		"https://cognito-idp.us-east-1.amazonaws.com.evil/us-east-1_Abc12345": "",
		"http://localhost:8000/":                           "",
		"http://localhost:8000/x/us-east-1_Abc123456":      "",
		"http://localhost:80001/us-east-1_Abc123456":       "",
		"https://accounts.example.com":                     "",
		"https://accounts.example.com/us-east-1_Abc123456": "",
		"": "",
	} {
		got, ok := gateway.Provider(issuer, public)
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", issuer, got, ok, want)
		}
	}
}

func TestFunctionARN(t *testing.T) {
	const f = "arn:aws:lambda:us-east-1:123456789012:function:f"
	for uri, want := range map[string]string{
		f: f, f + ":live": f + ":live",
		"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + f + "/invocations":         f,
		"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + f + ":$LATEST/invocations": f + ":$LATEST",
		"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + f:                          "",
		"arn:aws:apigateway:us-east-1:dynamodb:action/GetItem":                                        "",
		"arn:aws:s3:::bucket": "", "f": "", "": "", f + "/x": "", f + ":a:b": "", "arn:aws:lambda:us-east-1::function:f": "",
	} {
		got, ok := gateway.FunctionARN(uri)
		if got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", uri, got, ok, want)
		}
	}
}
