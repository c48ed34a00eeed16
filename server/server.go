package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/bailiwick-project/bailiwick/authn"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/session"
	"github.com/bailiwick-project/bailiwick/store"
	"github.com/bailiwick-project/bailiwick/store/mem"
	"github.com/bailiwick-project/bailiwick/store/pebble"
)

// Limits of a connection: a slow or silent client must not hold one for ever.
const (
	readTimeout  = 30 * time.Second // header and body
	writeTimeout = 120 * time.Second
	idleTimeout  = 120 * time.Second
	maxHeader    = 64 << 10 // bytes
	stopTimeout  = 10 * time.Second
)

// A Server is everything, put together. Make it with New, and Close it.
type Server struct {
	config   Config
	store    store.Store
	authn    *authn.Authenticator
	authz    *authz.Authorizer
	ring     *session.Ring // seals sessions, and refusals for those who may decode them
	router   *service.Router
	records  *records
	handler  http.Handler
	resume   []func(context.Context) error // finish what a stopped server left
	closers  []func() error
	address  atomic.Value // string, once it listens
	services []service.Service
	logs     logSource // of functions; nil: there are none
}

// New opens the data and puts the server together. It does not listen yet.
func New(ctx context.Context, c Config) (*Server, error) {
	c, err := c.withDefaults()
	if err != nil {
		return nil, err
	}
	st, err := open(ctx, c)
	if err != nil {
		return nil, err
	}
	s := &Server{config: c, store: st, records: newRecords()}
	s.closers = append(s.closers, st.Close)
	if err := s.wire(ctx); err != nil {
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

func open(ctx context.Context, c Config) (store.Store, error) {
	if c.Data == "" {
		return &mem.Engine{Now: c.Now}, nil
	}
	return pebble.Open(ctx, pebble.Options{Dir: c.Data, Now: c.Now, Logger: c.Log})
}

// Handler answers every request to the server.
func (s *Server) Handler() http.Handler { return s.handler }

// Close releases the data.
func (s *Server) Close() error { return s.close() }

// Run listens and serves until ctx ends, then lets running requests finish.
func (s *Server) Run(ctx context.Context) error {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.config.Listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listening: %w", err), s.Close())
	}
	return errors.Join(s.Serve(ctx, l), s.Close())
}

// Serve is Run on a listener of the caller's, without Close.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	hs := &http.Server{
		Handler: s.handler, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: maxHeader, ErrorLog: slog.NewLogLogger(s.config.Log.Handler(), slog.LevelDebug),
	}
	s.address.Store(l.Addr().String())
	s.announce(ctx, l)
	defer s.finishLeftovers(ctx)()
	done := make(chan error, 1)
	go func() { done <- hs.Serve(l) }()
	select {
	case err := <-done:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	s.config.Log.InfoContext(ctx, "stopping")
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	if err := hs.Shutdown(last); err != nil {
		return fmt.Errorf("stopping: %w", err)
	}
	return nil
}

// finishLeftovers lets what a stopped server had begun go on beside requests,
// and returns how to wait for its end.
func (s *Server) finishLeftovers(ctx context.Context) (wait func()) {
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, resume := range s.resume {
			if err := resume(ctx); err != nil && ctx.Err() == nil {
				s.config.Log.ErrorContext(ctx, "finishing what was left", slog.Any("error", err))
			}
		}
	}()
	return func() { cancel(); <-done }
}

func (s *Server) announce(ctx context.Context, l net.Listener) {
	attrs := []slog.Attr{
		slog.String("url", "http://"+l.Addr().String()), slog.String("account", s.config.Account),
		slog.String("region", s.config.Region), slog.Bool("dev", s.config.Dev),
	}
	if s.config.Data != "" {
		attrs = append(attrs, slog.String("data", s.config.Data))
		if !s.config.Dev {
			attrs = append(attrs, slog.String("credentials", filepath.Join(s.config.Data, credentialsFile)))
		}
	} else {
		attrs = append(attrs, slog.String("data", "in memory, lost at the end"))
	}
	s.config.Log.LogAttrs(ctx, slog.LevelInfo, "serving", attrs...)
}
