package lambda

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"io"
	"net/http"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/authz"
	"github.com/bailiwick-project/bailiwick/store"
)

// Limits of an event, in bytes. Source: AWS Lambda Developer Guide, "Lambda quotas".
const (
	maxSync    = 6 << 20
	maxAsync   = 1 << 20
	maxContext = 3583 // of a client context, in base64
)

// An invocation is what Invoke asks for: one snapshot, for the checks and the run.
type invocation struct {
	at ref
	f  *function // nil: it does not exist
	v  *version  // nil: what the qualifier names does not exist
	g  *grants
	in *InvocationRequest
}

func (a *API) planInvoke(ctx context.Context, call *bailiwick.Call, in *InvocationRequest) (*invocation, error) {
	at, err := parse(call, *in.FunctionName, in.Qualifier)
	if err != nil {
		return nil, err
	}
	call.Concerns(at.account)
	i, err := a.snapshot(ctx, at)
	if err != nil {
		return nil, err
	}
	i.in = in
	return i, nil
}

// snapshot reads all that an invocation needs, at once.
func (a *API) snapshot(ctx context.Context, at ref) (*invocation, error) {
	chance, err := a.chance()
	if err != nil {
		return nil, err
	}
	i := &invocation{at: at}
	err = a.view(ctx, func(r store.Reader) (err error) {
		if i.f, err = get[function](r, functionKey(at)); err != nil || i.f == nil {
			return err
		}
		if i.g, err = get[grants](r, policyKey(at, policyOf(at.qualifier))); err != nil {
			return err
		}
		i.v, err = findVersion(r, at, i.f, chance)
		if isNotFound(err) {
			return nil
		}
		return err
	})
	return i, err
}

// chance draws a number between 0 and 1, for aliases of two versions.
func (a *API) chance() (float64, error) {
	var b [8]byte
	if _, err := io.ReadFull(a.Rand, b[:]); err != nil {
		return 0, err
	}
	return float64(binary.BigEndian.Uint64(b[:])>>11) / (1 << 53), nil
}

func (a *API) mayInvoke(_ context.Context, _ *bailiwick.Call, i *invocation) ([]authz.Check, error) {
	return []authz.Check{checkOn("InvokeFunction", i.at, i.f, i.g)}, nil
}

func (a *API) invoke(ctx context.Context, call *bailiwick.Call, i *invocation) (*InvocationResponse, error) {
	if i.v == nil {
		return nil, notFound(i.at)
	}
	switch {
	case text(i.in.TenantId) != "":
		return nil, unsupported("TenantId")
	case text(i.in.DurableExecutionName) != "":
		return nil, unsupported("DurableExecutionName")
	}
	kind := or(text(i.in.InvocationType), "RequestResponse")
	e, err := newEvent(call, i.in, kind)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "DryRun":
		return &InvocationResponse{StatusCode: ptr(int32(http.StatusNoContent))}, nil
	case "Event":
		return &InvocationResponse{StatusCode: ptr(int32(http.StatusAccepted))}, a.queue(ctx, i.at, i.f, e)
	}
	res, err := a.run(ctx, call, i.f, i.v, i.at, e)
	if err != nil {
		return nil, err
	}
	out := &InvocationResponse{StatusCode: ptr(int32(http.StatusOK)), Payload: res.Payload, ExecutedVersion: ptr(i.v.name())}
	if res.Failed {
		out.FunctionError = ptr("Unhandled")
	}
	if text(i.in.LogType) == "Tail" {
		out.LogResult = ptr(base64.StdEncoding.EncodeToString(res.Tail))
	}
	return out, nil
}

// newEvent reads the event of a request.
func newEvent(call *bailiwick.Call, in *InvocationRequest, kind string) (event, error) {
	e := event{requestID: call.RequestID, payload: append([]byte{}, in.Payload...)}
	limit := maxSync
	if kind == "Event" {
		limit = maxAsync
	}
	if len(e.payload) > limit {
		return e, bailiwick.Errorf(codeTooLarge, "%d byte payload is too large for the %s invocation type (limit %d bytes)", len(e.payload), kind, limit)
	}
	if len(e.payload) == 0 {
		e.payload = []byte("{}")
	}
	if err := validJSON(e.payload); err != nil {
		return e, bailiwick.Errorf(codeContent, "Could not parse request body into json: %s", err)
	}
	if in.ClientContext != nil {
		plain, err := base64.StdEncoding.DecodeString(*in.ClientContext)
		var object map[string]json.RawMessage
		if err != nil || len(*in.ClientContext) > maxContext || json.Unmarshal(plain, &object) != nil {
			return e, bailiwick.Errorf(codeContent, "Client context must be a valid Base64-encoded JSON object.")
		}
		if e.clientContext, err = compact(object); err != nil {
			return e, err
		}
	}
	return e, nil
}

// validJSON says where text stops being JSON.
func validJSON(text []byte) error {
	var v json.RawMessage
	return json.Unmarshal(text, &v)
}
