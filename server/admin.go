package server

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/outbox"
	"github.com/bailiwick-project/bailiwick/policy"
	"github.com/bailiwick-project/bailiwick/service"
	"github.com/bailiwick-project/bailiwick/session"
	"github.com/bailiwick-project/bailiwick/store"
)

// adminService is the service in the credential scope of administrative calls
// and the prefix of their actions.
const adminService = "bailiwick"

// adminActions is what administrative calls ask leave for.
var adminActions = authz.Table{{Name: "bailiwick:GetDecision"}, {Name: "bailiwick:GetFunctionLogs"}}

// admin serves /_bailiwick/.
func (s *Server) admin() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /_bailiwick/health", s.health)
	mux.HandleFunc("GET /_bailiwick/decisions/{id}", s.decision)
	mux.HandleFunc("GET /_bailiwick/functions/{name}/logs", s.functionLogs)
	if s.config.Dev {
		mux.HandleFunc("GET /_bailiwick/messages", s.messages)
	}
	return mux
}

func (s *Server) health(w http.ResponseWriter, r *http.Request) {
	if err := s.store.View(r.Context(), func(store.Reader) error { return nil }); err != nil {
		s.config.Log.ErrorContext(r.Context(), "health", slog.Any("error", err))
		answer(w, http.StatusServiceUnavailable, map[string]string{"status": "the store does not answer"})
		return
	}
	answer(w, http.StatusOK, map[string]string{"status": "ok", "version": s.config.Version})
}

// messages shows the outbox, in development only. Codes are secrets: a page in
// the developer's browser must not read them under a name of its own (DNS
// rebinding), so the Host must be this machine's.
func (s *Server) messages(w http.ResponseWriter, r *http.Request) {
	if !loopbackHost(r.Host) {
		answer(w, http.StatusForbidden, map[string]string{"message": "Messages are told to localhost only."})
		return
	}
	list, err := outbox.List(r.Context(), s.store, r.URL.Query().Get("to"))
	if err != nil {
		s.config.Log.ErrorContext(r.Context(), "messages", slog.Any("error", err))
		answer(w, http.StatusInternalServerError, map[string]string{"message": "The outbox could not be read; the server's log says why."})
		return
	}
	answer(w, http.StatusOK, list)
}

// decision explains a call to an administrator of its account.
func (s *Server) decision(w http.ResponseWriter, r *http.Request) {
	call := &bailiwick.Call{RequestID: s.router.NewID(), Service: adminService, Operation: "GetDecision", Time: s.config.Now(), UserAgent: r.UserAgent()}
	signer, err := s.authn.Authenticate(r.Context(), r, nil, adminService)
	who := signer.Who
	if err == nil {
		call.Who, call.Account, call.Region = who, who.Account, signer.Auth.Region
		err = s.authz.Authorize(r.Context(), call, []authz.Check{{Action: "bailiwick:GetDecision", Resource: "*"}})
	}
	if err != nil {
		var e *bailiwick.Error
		if !errors.As(err, &e) {
			s.config.Log.ErrorContext(r.Context(), "explain", slog.Any("error", err))
			e = bailiwick.Errorf(bailiwick.CodeInternal, "The decision could not be read; the server's log says why.")
		}
		answer(w, http.StatusForbidden, map[string]string{"code": strings.TrimPrefix(e.Code, "bailiwick:"), "message": e.Message})
		return
	}
	rec, ok := s.records.find(r.PathValue("id"))
	if !ok || rec.Call.Asker() != who.Account {
		answer(w, http.StatusNotFound, map[string]string{
			"message": "No call with this request id is remembered. The last calls are kept until the server stops, refused ones longer.",
		})
		return
	}
	out, err := s.explain(rec)
	if err != nil {
		s.config.Log.ErrorContext(r.Context(), "explain", slog.Any("error", err))
		answer(w, http.StatusInternalServerError, map[string]string{"message": "The decision could not be encoded; the server's log says why."})
		return
	}
	answer(w, http.StatusOK, out)
}

// explain makes the full explanation, now that somebody asks.
func (s *Server) explain(rec service.Record) (DecisionRecord, error) {
	c := rec.Call
	out := DecisionRecord{
		RequestID: c.RequestID, Time: c.Time.UTC().Format(time.RFC3339Nano), Service: c.Service, Operation: c.Operation,
		Account: c.Account, Region: c.Region, Principal: c.Who.ARN, Outcome: "allowed", Notes: []string{}, Decisions: []policy.Explanation{},
	}
	abroad := c.Abroad() // notes, causes and what services ask show backends, functions and roles of another account
	if !abroad {
		out.Notes = append(out.Notes, c.Trail.Notes...)
	}
	if f := rec.Failure; f != nil {
		out.Outcome, out.Message = strings.TrimPrefix(f.Code, "bailiwick:"), f.Message
		if f.Cause != nil && !abroad {
			out.Cause = f.Cause.Error()
		}
	}
	var refused *policy.Explanation // the last that did: checks end there
	for _, j := range c.Trail.Judgements {
		if abroad && j.Request.Principal.Type == policy.Service {
			continue
		}
		x := j.Layers.ExplainFor(j.Request, c.Asker())
		out.Decisions = append(out.Decisions, x)
		if !x.Allowed && x.Layer != policy.LayerRequest.String() {
			refused = &x
		}
	}
	if refused == nil || rec.Failure == nil {
		return out, nil
	}
	var err error
	out.EncodedMessage, err = authz.EncodeMessage(refused,
		func(text []byte) (string, error) { return s.ring.SealMessage(c.Asker(), text) },
		func(err error) bool { return errors.Is(err, session.ErrTooLong) })
	return out, err
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client is gone: nobody to tell
}

func loopbackHost(hostport string) bool {
	host := hostport
	if h, _, err := net.SplitHostPort(hostport); err == nil {
		host = h
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && ip.IsLoopback()
}
