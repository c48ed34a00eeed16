package server

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"

	"github.com/bailiwick-project/bailiwick/blob"
	"github.com/bailiwick-project/bailiwick/blob/fs"
	"github.com/bailiwick-project/bailiwick/blob/mem"
	"github.com/bailiwick-project/bailiwick/runner"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/service/apigateway"
	"github.com/bailiwick-project/bailiwick/service/apigatewayv2"
	"github.com/bailiwick-project/bailiwick/service/executeapi"
	"github.com/bailiwick-project/bailiwick/service/iam"
	"github.com/bailiwick-project/bailiwick/service/lambda"
	"github.com/bailiwick-project/bailiwick/service/s3"
	"github.com/bailiwick-project/bailiwick/service/sts"
	"github.com/bailiwick-project/bailiwick/service/userpools"
)

// doors are the ways to what belongs to tenants beside its rows: objects, routes,
// and the functions behind both.
type doors struct {
	objects   *s3.API
	functions *lambda.API
	rest      *apigateway.API
	http      *apigatewayv2.API
	execute   *executeapi.API
}

func (d *doors) services() []service.Service {
	return append([]service.Service{
		d.objects.Service(), d.functions.Service(), d.rest.Service(), d.http.Service(),
	}, d.execute.Services()...)
}

func (s *Server) openDoors(principals *iam.API, tokens *sts.API, users *userpools.API) (*doors, error) {
	c := s.config
	objects, err := s.openBlobs("objects")
	if err != nil {
		return nil, err
	}
	code, err := s.openBlobs(filepath.Join("functions", "code"))
	if err != nil {
		return nil, err
	}
	d := &doors{
		objects: &s3.API{Store: s.store, Blobs: objects, Authz: s.authz, Posts: s.authn, Principals: principals, NewID: newID, Log: c.Log, Host: c.publicHost()},
		rest:    &apigateway.API{Store: s.store, Rand: c.Random},
		http:    &apigatewayv2.API{Store: s.store, Now: c.Now, Rand: c.Random, PublicURL: c.PublicURL},
	}
	if c.Dev || c.PublicURL != "" {
		d.http.Endpoint = s.apiEndpoint
	}
	s.authn.Bucket = d.objects.BucketInHost
	d.functions = &lambda.API{
		Store: s.store, Blobs: code, Roles: principals, Assume: tokens, Now: c.Now, Rand: c.Random, Log: c.Log, Objects: d.objects,
		Runner: &runner.Runner{Hidden: s.hidden(), Endpoint: s.endpoint, Now: c.Now},
		Logs:   &runner.Logs{Dir: s.folder(filepath.Join("functions", "logs"))},
	}
	s.closers = append(s.closers, d.functions.Close)
	d.execute = &executeapi.API{
		REST: d.rest, HTTP: d.http, Functions: d.functions, Tokens: users, Authz: s.authz, Now: c.Now, Log: c.Log,
		PublicURL: c.PublicURL, Backends: executeapi.NewTransport(),
	}
	return d, nil
}

// folder is a folder below the data folder, "" where everything is in memory.
func (s *Server) folder(name string) string {
	if s.config.Data == "" {
		return ""
	}
	return filepath.Join(s.config.Data, name)
}

// hidden are the folders that functions must not read.
func (s *Server) hidden() []string {
	if s.config.Data == "" {
		return nil
	}
	return []string{s.config.Data}
}

func (s *Server) openBlobs(name string) (blob.Store, error) {
	dir := s.folder(name)
	if dir == "" {
		return mem.New(s.config.Random), nil
	}
	b, err := fs.Open(dir, s.config.Random)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", dir, err)
	}
	s.closers = append(s.closers, b.Close)
	return b, nil
}

// endpoint is where programs on this machine reach the server, "" before it
// listens.
func (s *Server) endpoint() string {
	addr, _ := s.address.Load().(string)
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return ""
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return "http://" + net.JoinHostPort(host, port)
}

// apiEndpoint is where clients reach an API: below localhost, or below the public
// URL. Without either it is AWS's own name, which needs DNS to lead here.
func (s *Server) apiEndpoint(id, region string) string {
	if base, err := url.Parse(s.config.PublicURL); err == nil && base.Host != "" {
		return base.Scheme + "://" + id + ".execute-api." + base.Host
	}
	base, err := url.Parse(s.endpoint())
	if err != nil || base.Host == "" {
		return "https://" + id + ".execute-api." + region + ".amazonaws.com"
	}
	return "http://" + id + ".execute-api.localhost:" + base.Port()
}

// close ends what was opened, newest first.
func (s *Server) close() error {
	var all error
	for i := len(s.closers) - 1; i >= 0; i-- {
		all = errors.Join(all, s.closers[i]())
	}
	return all
}
