package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/runner"
)

// A logSource has the logs of functions. Implemented by lambda.
type logSource interface {
	FunctionLogs(ctx context.Context, account, region, name string, after int64, limit int) (lines []runner.Line, last int64, err error)
}

// FunctionLogs is what an administrator is told of a function's log.
type FunctionLogs struct {
	Lines []runner.Line `json:"lines"`
	Last  int64         `json:"last"` // number of the newest line; less than before after a restart
}

var functionForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z0-9-_]{1,64}$`) })

// functionLogs tells an administrator of an account what a function of that account
// wrote: GET /_bailiwick/functions/NAME/logs?after=NUMBER&limit=NUMBER&region=REGION.
func (s *Server) functionLogs(w http.ResponseWriter, r *http.Request) {
	call, err := s.administrator(r, "GetFunctionLogs")
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	query, name := r.URL.Query(), r.PathValue("name")
	region := or(query.Get("region"), call.Region)
	after, err1 := number(query.Get("after"))
	limit, err2 := number(query.Get("limit"))
	switch {
	case s.logs == nil:
		answer(w, http.StatusNotFound, map[string]string{"message": "This server runs no functions."})
		return
	case err1 != nil || err2 != nil || !functionForm().MatchString(name) || !regionForm.MatchString(region):
		answer(w, http.StatusBadRequest, map[string]string{"message": "The request makes no sense: name, region, after or limit."})
		return
	}
	lines, last, err := s.logs.FunctionLogs(r.Context(), call.Account, region, name, after, int(min(limit, 1<<20)))
	var e *bailiwick.Error
	switch {
	case errors.As(err, &e):
		answer(w, http.StatusNotFound, map[string]string{"message": e.Message})
	case err != nil:
		s.refuse(w, r, err)
	default:
		answer(w, http.StatusOK, FunctionLogs{Lines: append([]runner.Line{}, lines...), Last: last})
	}
}

func number(text string) (int64, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseUint(text, 10, 62)
	return int64(n), err
}

// administrator is the call of whoever sent r, if he may do the operation.
func (s *Server) administrator(r *http.Request, operation string) (*bailiwick.Call, error) {
	call := &bailiwick.Call{RequestID: s.router.NewID(), Service: adminService, Operation: operation, Time: s.config.Now(), UserAgent: r.UserAgent()}
	signer, err := s.authn.Authenticate(r.Context(), r, nil, adminService)
	if err != nil {
		return nil, err
	}
	call.Who, call.Account, call.Region = signer.Who, signer.Who.Account, signer.Auth.Region
	return call, s.authz.Authorize(r.Context(), call, []authz.Check{{Action: adminService + ":" + operation, Resource: "*"}})
}

// refuse tells an administrator's client what went wrong.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var e *bailiwick.Error
	if !errors.As(err, &e) || e.Code == bailiwick.CodeInternal {
		s.config.Log.ErrorContext(r.Context(), "administration", slog.String("path", r.URL.Path), slog.Any("error", err))
		answer(w, http.StatusInternalServerError, map[string]string{"message": "It could not be read; the server's log says why."})
		return
	}
	answer(w, http.StatusForbidden, map[string]string{"code": strings.TrimPrefix(e.Code, "bailiwick:"), "message": e.Message})
}
