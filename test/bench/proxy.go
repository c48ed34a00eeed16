package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httputil"
	"net/url"
)

// proxied compares the CPU of a signed, enforced request through an HTTP API with
// that of Go's own reverse proxy to the same backend.
func proxied(ctx context.Context, b *bench) error {
	w, err := b.newWorld(ctx)
	if err != nil {
		return err
	}
	backend, err := limit(ctx, "echo")
	if err != nil {
		return err
	}
	defer backend.kill()
	api, err := w.makeAPI(ctx, backend.addr)
	if err != nil {
		return err
	}
	bare, err := limit(ctx, "reverse", "http://"+backend.addr)
	if err != nil {
		return err
	}
	defer bare.kill()
	ours, err := dialPool(w.addr, readers)
	if err != nil {
		return err
	}
	defer ours.close()
	theirs, err := dialPool(bare.addr, readers)
	if err != nil {
		return err
	}
	defer theirs.close()

	b.say("HTTP proxy: %d rounds of %v on each side", b.rounds, b.time)
	var t against
	for range b.rounds {
		requests, err := w.signedAll(ctx, objectCount, func(i int) route { return api(org, i) })
		if err != nil {
			return err
		}
		l, err := theirs.sample(bare, requests, echoed, b.time)
		if err != nil {
			return err
		}
		s, err := ours.sample(w.server, requests, echoed, b.time)
		if err != nil {
			return err
		}
		t.add(s, l)
	}
	r := t.cpus()
	r.Name, r.What, r.LimitIs, r.Target, r.Met = "proxy", "server CPU of a signed, enforced request to a backend", "httputil.ReverseProxy", 2, r.Ratio <= 2
	r.Note = fmt.Sprintf("%s requests/s over 16 connections, with client and backend on the same cores; the reverse proxy reaches %s/s", count(median(t.rate)), count(median(t.bare)))
	b.add(r)
	return nil
}

// makeAPI makes an HTTP API whose signed routes lead to the backend, and returns
// the request of a tenant.
func (w *world) makeAPI(ctx context.Context, backend string) (func(org string, i int) route, error) {
	var api struct{ ApiId string }
	if err := w.gateway(ctx, "", fields{"name": "bench", "protocolType": "HTTP"}, &api); err != nil {
		return nil, err
	}
	var integration struct{ IntegrationId string }
	err := w.gateway(ctx, "/"+api.ApiId+"/integrations", fields{
		"integrationType": "HTTP_PROXY", "integrationMethod": "ANY", "integrationUri": "http://" + backend + "/{proxy}", "payloadFormatVersion": "1.0",
	}, &integration)
	if err != nil {
		return nil, err
	}
	err = errors.Join(
		w.gateway(ctx, "/"+api.ApiId+"/routes", fields{"routeKey": "ANY /{proxy+}", "authorizationType": "AWS_IAM", "target": "integrations/" + integration.IntegrationId}, nil),
		w.gateway(ctx, "/"+api.ApiId+"/stages", fields{"stageName": "$default", "autoDeploy": true}, nil),
		w.putPolicy(ctx, "routes", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"arn:aws:execute-api:`+region+`:`+account+`:`+api.ApiId+`/$default/GET/${aws:PrincipalTag/org}/*"}]}`),
	)
	if err != nil {
		return nil, err
	}
	request := func(org string, i int) route {
		return route{service: "execute-api", method: http.MethodGet, path: fmt.Sprintf("/%s/orders/%05d", org, i), host: api.ApiId + ".execute-api.localhost"}
	}
	return request, w.ownOnly(ctx, "route", request)
}

func (w *world) gateway(ctx context.Context, path string, in fields, out any) error {
	return callREST(ctx, w.addr, &w.root, route{service: "apigateway", method: http.MethodPost, path: "/v2/apis" + path}, in, out)
}

// reverse is Go's proxy, with as many idle connections as the server keeps: with
// the default of two it would measure connecting.
func reverse(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("reverse URL")
	}
	to, err := url.Parse(args[0])
	if err != nil {
		return err
	}
	p := &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(to) },
		Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true},
	}
	return listen(ctx, p.ServeHTTP)
}
