package apigatewayv2

import (
	"strings"
	"testing"

	"github.com/bailiwick-project/bailiwick/service/servicetest"
)

// TestChecks: what each operation asks leave for.
func TestChecks(t *testing.T) {
	w := newWorld(t)
	p := w.create(`{"name":"pets","protocolType":"HTTP","tags":{"org":"acme"}}`)
	api := strings.TrimPrefix(p, "/v2")
	tags := "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A" + strings.ReplaceAll(api, "/", "%2F")
	for _, tt := range []struct{ method, path, body, want string }{
		{"POST", "/v2/apis", `{"name":"x","protocolType":"HTTP"}`, "POST /apis"},
		{"GET", "/v2/apis", "", "GET /apis"},
		{"GET", p, "", "GET " + api},
		{"PATCH", p, "{}", "PATCH " + api},
		{"DELETE", p, "", "DELETE " + api},
		{"DELETE", p + "/cors", "", "DELETE " + api + "/cors"},
		{"POST", p + "/routes", `{"routeKey":"GET /x"}`, "POST " + api + "/routes"},
		{"GET", p + "/routes/r", "", "GET " + api + "/routes/r"},
		{"PATCH", p + "/routes/r", "{}", "PATCH " + api + "/routes/r"},
		{"DELETE", p + "/routes/r", "", "DELETE " + api + "/routes/r"},
		{"GET", p + "/routes", "", "GET " + api + "/routes"},
		{"POST", p + "/integrations", `{"integrationType":"AWS_PROXY"}`, "POST " + api + "/integrations"},
		{"GET", p + "/integrations", "", "GET " + api + "/integrations"},
		{"GET", p + "/integrations/i", "", "GET " + api + "/integrations/i"},
		{"PATCH", p + "/integrations/i", "{}", "PATCH " + api + "/integrations/i"},
		{"DELETE", p + "/integrations/i", "", "DELETE " + api + "/integrations/i"},
		{"POST", p + "/authorizers", `{"authorizerType":"JWT","name":"x","identitySource":[]}`, "POST " + api + "/authorizers"},
		{"GET", p + "/authorizers", "", "GET " + api + "/authorizers"},
		{"GET", p + "/authorizers/z", "", "GET " + api + "/authorizers/z"},
		{"PATCH", p + "/authorizers/z", "{}", "PATCH " + api + "/authorizers/z"},
		{"DELETE", p + "/authorizers/z", "", "DELETE " + api + "/authorizers/z"},
		{"POST", p + "/stages", `{"stageName":"x"}`, "POST " + api + "/stages"},
		{"GET", p + "/stages", "", "GET " + api + "/stages"},
		{"GET", p + "/stages/s", "", "GET " + api + "/stages/s"},
		{"PATCH", p + "/stages/s", "{}", "PATCH " + api + "/stages/s"},
		{"DELETE", p + "/stages/s", "", "DELETE " + api + "/stages/s"},
		{"POST", p + "/deployments", "{}", "POST " + api + "/deployments"},
		{"GET", p + "/deployments", "", "GET " + api + "/deployments"},
		{"GET", p + "/deployments/d", "", "GET " + api + "/deployments/d"},
		{"PATCH", p + "/deployments/d", "{}", "PATCH " + api + "/deployments/d"},
		{"DELETE", p + "/deployments/d", "", "DELETE " + api + "/deployments/d"},
		{"POST", tags, `{"tags":{"a":"b"}}`, "POST /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F" + strings.TrimPrefix(api, "/apis/")},
		{"DELETE", tags + "?tagKeys=a", "", "DELETE /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F" + strings.TrimPrefix(api, "/apis/")},
		{"GET", tags, "", "GET /tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2F" + strings.TrimPrefix(api, "/apis/")},
	} {
		w.As(user(servicetest.Account, "nobody"))
		verb, path, _ := strings.Cut(tt.want, " ")
		w.refused(tt.method, tt.path, tt.body, "AccessDeniedException", "is not authorized to perform: apigateway:"+verb+" on resource: arn:aws:apigateway:us-east-1::"+path+" because")
	}
}

// TestConditions: policies can keep APIs closed, and to their tags.
func TestConditions(t *testing.T) {
	allow := func(condition string) string {
		return `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"apigateway:*","Resource":"*","Condition":` + condition + `}}`
	}
	for _, tt := range []struct {
		name, condition    string
		method, path, body string
		allowed            bool
	}{
		{"no open routes: open", `{"ForAllValues:StringEquals":{"apigateway:Request/RouteAuthorizationType":"AWS_IAM"}}`, "POST", "/routes", `{"routeKey":"GET /n"}`, false},
		{"no open routes: closed", `{"ForAllValues:StringEquals":{"apigateway:Request/RouteAuthorizationType":"AWS_IAM"}}`, "POST", "/routes", `{"routeKey":"GET /n","authorizationType":"AWS_IAM"}`, true},
		{"open what was closed", `{"ForAllValues:StringEquals":{"apigateway:Request/RouteAuthorizationType":"AWS_IAM"}}`, "PATCH", "/routes/ROUTE", `{"authorizationType":"NONE"}`, false},
		{"what it was", `{"ForAnyValue:StringEquals":{"apigateway:Resource/RouteAuthorizationType":"AWS_IAM"}}`, "DELETE", "/routes/ROUTE", "", true},
		{"tag of the API", `{"StringEquals":{"aws:ResourceTag/org":"acme"}}`, "GET", "", "", true},
		{"tag of the API, on a part", `{"StringEquals":{"aws:ResourceTag/org":"acme"}}`, "GET", "/routes/ROUTE", "", true},
		{"tag of another", `{"StringEquals":{"aws:ResourceTag/org":"globex"}}`, "GET", "/routes", "", false},
		{"name of the API", `{"StringEquals":{"apigateway:Resource/ApiName":"pets"}}`, "PATCH", "", `{}`, true},
		{"its new name", `{"StringEquals":{"apigateway:Request/ApiName":"pets"}}`, "PATCH", "", `{"name":"cats"}`, false},
		{"stage of a deployment", `{"StringEquals":{"apigateway:Request/StageName":"dev"}}`, "POST", "/deployments", `{"stageName":"prod"}`, false},
		{"kind of an authorizer", `{"ForAnyValue:StringEquals":{"apigateway:Request/AuthorizerType":"REQUEST"}}`, "POST", "/authorizers", `{"authorizerType":"JWT","name":"x","identitySource":[]}`, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			p := w.create(`{"name":"pets","protocolType":"HTTP","tags":{"org":"acme"}}`)
			id := text1(w.ok("POST", p+"/routes", `{"routeKey":"GET /x","authorizationType":"AWS_IAM"}`), "routeId")
			w.identity["u"] = allow(tt.condition)
			w.As(user(servicetest.Account, "u"))
			status, out := w.do(tt.method, p+strings.ReplaceAll(tt.path, "ROUTE", id), tt.body)
			if (status != 403) != tt.allowed {
				t.Errorf("%d %v", status, out)
			}
		})
	}
}

// TestTagsByCase: two tags whose keys differ only in case would be one key of the
// request context, and chance would decide which value policies see.
func TestTagsByCase(t *testing.T) {
	w := newWorld(t)
	const twice = "differ only in case"
	w.refused("POST", "/v2/apis", `{"name":"x","protocolType":"HTTP","tags":{"org":"acme","ORG":"globex"}}`, "BadRequestException", twice)
	p := w.create(`{"name":"pets","protocolType":"HTTP","tags":{"org":"acme"}}`)
	w.refused("POST", p+"/stages", `{"stageName":"x","tags":{"org":"acme","Org":"globex"}}`, "BadRequestException", twice)
	tags := "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A" + strings.ReplaceAll(strings.TrimPrefix(p, "/v2"), "/", "%2F")
	w.refused("POST", tags, `{"tags":{"Org":"globex"}}`, "BadRequestException", twice)
	w.ok("POST", tags, `{"tags":{"org":"globex"}}`)
}
