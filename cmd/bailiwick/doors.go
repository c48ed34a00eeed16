package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
)

const demoBucket = "shelf"

// Policies of objects and routes, literally as they would be on AWS. %[1]s is the
// prefix: the tenant's or the public one.
const (
	readObjects  = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::` + demoBucket + `/%[1]s/*"},{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::` + demoBucket + `","Condition":{"StringLike":{"s3:prefix":"%[1]s/*"}}}`
	writeObjects = `{"Effect":"Allow","Action":"s3:PutObject","Resource":"arn:aws:s3:::` + demoBucket + `/%[1]s/*"}`
	askRoutes    = `{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:%[2]s:%[3]s:%[4]s/$default/GET/%[1]s/*"}`
	ownTenant    = "${aws:PrincipalTag/org}"
	everyone     = "PUBLIC"
)

func document(statements ...string) string {
	return `{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`
}

// doorPolicies are the policies of objects and routes, by role.
func (s *story) doorPolicies() map[string][]string {
	objects := func(of string) string { return fmt.Sprintf(readObjects, of) }
	routes := func(of string) string { return fmt.Sprintf(askRoutes, of, s.region, s.account, s.api) }
	tenant := []string{objects(everyone), routes(everyone), objects(ownTenant), routes(ownTenant)}
	return map[string][]string{
		"Guest": {objects(everyone), routes(everyone)}, "TenantUser": tenant,
		"TenantAdmin": append(tenant[:len(tenant):len(tenant)], fmt.Sprintf(writeObjects, ownTenant)),
	}
}

func (s *story) makeBucket(ctx context.Context) error {
	s.tell("One bucket for all tenants: %q, with an object under PUBLIC/ and one under the UUID of each tenant.", demoBucket)
	if _, err := s.rest(ctx, &s.root, call{service: "s3", method: http.MethodPut, path: "/" + demoBucket}); err != nil {
		return fmt.Errorf("making the bucket: %w", err)
	}
	for _, t := range targetsOfDemo() {
		if err := s.putObject(ctx, person{credentials: &s.root}, t); err != nil {
			return fmt.Errorf("writing %s: %w", t.object(), err)
		}
	}
	return nil
}

// makeAPI makes an HTTP API with one route, which is signed.
func (s *story) makeAPI(ctx context.Context) error {
	v2 := func(path string, in fields) (fields, error) {
		return s.restJSON(ctx, &s.root, "apigateway", http.MethodPost, "/v2/apis"+path, in)
	}
	out, err := v2("", fields{"name": "demo", "protocolType": "HTTP"})
	if err != nil {
		return err
	}
	s.api = text(out, "apiId")
	out, err = v2("/"+s.api+"/integrations", fields{
		"integrationType": "AWS_PROXY", "integrationUri": s.functionARN(route), "payloadFormatVersion": "2.0",
	})
	if err != nil {
		return err
	}
	_, err = v2("/"+s.api+"/routes", fields{
		"routeKey": "ANY /{org}/test", "authorizationType": "AWS_IAM", "target": "integrations/" + text(out, "integrationId"),
	})
	if err != nil {
		return err
	}
	if _, err := v2("/"+s.api+"/stages", fields{"stageName": "$default", "autoDeploy": true}); err != nil {
		return err
	}
	s.tell("One HTTP API for all tenants: %s, with the signed route ANY /{org}/test.", s.api)
	return s.letInvoke(ctx, route, "apigateway.amazonaws.com", fmt.Sprintf("arn:aws:execute-api:%s:%s:%s/*/*", s.region, s.account, s.api))
}

// prefix is whose objects and routes the target's are.
func (t target) prefix() string {
	if t.owner == "" {
		return everyone
	}
	return t.owner
}

func (t target) object() string { return t.prefix() + "/hello.txt" }

func (s *story) getObject(ctx context.Context, p person, t target) error {
	body, err := s.rest(ctx, p.credentials, call{service: "s3", method: http.MethodGet, path: "/" + demoBucket + "/" + t.object()})
	if err == nil && string(body) != "hello" {
		return fmt.Errorf("the object is %.20q", body)
	}
	return err
}

func (s *story) listObjects(ctx context.Context, p person, t target) error {
	body, err := s.rest(ctx, p.credentials, call{service: "s3", method: http.MethodGet, path: "/" + demoBucket + "?list-type=2&prefix=" + url.QueryEscape(t.prefix()+"/")})
	if err == nil && !strings.Contains(string(body), "<Key>"+t.object()+"</Key>") {
		return fmt.Errorf("the object was not listed")
	}
	return err
}

func (s *story) putObject(ctx context.Context, p person, t target) error {
	_, err := s.rest(ctx, p.credentials, call{service: "s3", method: http.MethodPut, path: "/" + demoBucket + "/" + t.object(), body: []byte("hello")})
	return err
}

// copyObject copies the target's object to the own prefix, a guest's to the public
// one: whoever cannot read it must not get it that way either.
func (s *story) copyObject(ctx context.Context, p person, t target) error {
	own := p.Org
	if own == "" {
		own = everyone
	}
	_, err := s.rest(ctx, p.credentials, call{
		service: "s3", method: http.MethodPut, path: "/" + demoBucket + "/" + own + "/copy.txt",
		header: http.Header{"X-Amz-Copy-Source": {"/" + demoBucket + "/" + t.object()}},
	})
	return err
}

func (s *story) getRoute(ctx context.Context, p person, t target) error {
	return s.askRoute(ctx, p, t, http.MethodGet)
}

func (s *story) postRoute(ctx context.Context, p person, t target) error {
	return s.askRoute(ctx, p, t, http.MethodPost)
}

func (s *story) askRoute(ctx context.Context, p person, t target, method string) error {
	path := "/" + t.prefix() + "/test"
	body, err := s.rest(ctx, p.credentials, call{service: "execute-api", method: method, path: path, host: s.apiHost()})
	if err == nil && string(body) != "routed "+path {
		return fmt.Errorf("the route answered %.50q", body)
	}
	return err
}

// apiHost is where the API is reached: any name below localhost is this machine.
func (s *story) apiHost() string {
	u, err := url.Parse(s.endpoint)
	if err != nil {
		return ""
	}
	_, port, err := net.SplitHostPort(u.Host)
	if err != nil {
		return ""
	}
	return s.api + ".execute-api.localhost:" + port
}
