package userpools_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/service/servicetest"
	"github.com/bailiwick-project/bailiwick/service/userpools"
)

// lambdas are the functions of a test: each is named as its trigger, and gives the
// event back as it came until the test says otherwise.
type lambdas struct {
	mu      sync.Mutex
	events  []m
	calls   []bailiwick.Invocation
	handler map[string]handler
}

// A handler is a function: it changes the event, or answers something else.
type handler func(ctx context.Context, event m) (bailiwick.InvocationResult, error)

func lambdaARN(trigger string) string {
	return "arn:aws:lambda:us-east-1:000000000000:function:" + trigger
}

func (l *lambdas) InvokeForService(ctx context.Context, _ *bailiwick.Call, in bailiwick.Invocation) (bailiwick.InvocationResult, error) {
	var event m
	if err := json.Unmarshal(in.Payload, &event); err != nil {
		return bailiwick.InvocationResult{}, err
	}
	name := in.Function[strings.LastIndexByte(in.Function, ':')+1:]
	l.mu.Lock()
	l.events, l.calls = append(l.events, event), append(l.calls, in)
	h := l.handler[name]
	l.mu.Unlock()
	if h == nil {
		return bailiwick.InvocationResult{Payload: in.Payload}, nil
	}
	return h(ctx, event)
}

// sent answers a value.
func sent(v any) (bailiwick.InvocationResult, error) {
	b, err := json.Marshal(v)
	return bailiwick.InvocationResult{Payload: b}, err
}

// responds makes a function that sends the event back with a response.
func responds(response any) handler {
	return func(_ context.Context, event m) (bailiwick.InvocationResult, error) {
		event["response"] = response
		return sent(event)
	}
}

// says makes a function that answers bytes.
func says(payload string) handler {
	return func(context.Context, m) (bailiwick.InvocationResult, error) {
		return bailiwick.InvocationResult{Payload: []byte(payload)}, nil
	}
}

// throws makes a function that fails.
func throws(message string) handler {
	return func(context.Context, m) (bailiwick.InvocationResult, error) {
		r, err := sent(m{"errorMessage": message, "errorType": "Error"})
		r.FunctionError = "Unhandled"
		return r, err
	}
}

// breaks makes a function that cannot be run.
func breaks(err error) handler {
	return func(context.Context, m) (bailiwick.InvocationResult, error) { return bailiwick.InvocationResult{}, err }
}

// doing makes a function that does something else before it gives the event back.
func doing(f func(event m)) handler {
	return func(_ context.Context, event m) (bailiwick.InvocationResult, error) {
		f(event)
		return sent(event)
	}
}

// sources are the events so far, in order.
func (l *lambdas) sources() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []string
	for _, e := range l.events {
		list = append(list, e["triggerSource"].(string))
	}
	return strings.Join(list, " ")
}

// last is the newest event of a source.
func (l *lambdas) last(t *testing.T, source string) m {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := len(l.events) - 1; i >= 0; i-- {
		if l.events[i]["triggerSource"] == source {
			return l.events[i]
		}
	}
	t.Fatalf("no event %s", source)
	return nil
}

// set makes the function of a trigger; nil gives events back as they came.
func (l *lambdas) set(trigger string, h handler) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.handler[trigger] = h
}

func (l *lambdas) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events, l.calls = nil, nil
}

// A stage is a realm whose pool has functions.
type stage struct {
	*realm
	*lambdas
}

// newStage makes a realm whose pool has functions for the triggers named, "V2" for
// PreTokenGeneration with the second event. pool are members of CreateUserPool.
func newStage(t *testing.T, triggers string, pool ...any) *stage {
	t.Helper()
	r := newRealmOf(t, pool)
	l := &lambdas{handler: map[string]handler{}}
	r.api = &userpools.API{Store: r.store, SRP: testGroup(), Now: r.clock, Rand: r.rand, Key: testSecret, Functions: l}
	r.Server = servicetest.New(t, r.api.Service(), nil, r.clock)
	s := &stage{realm: r, lambdas: l}
	s.configure(triggers, pool...)
	return s
}

// configure puts the functions into the pool.
func (s *stage) configure(triggers string, pool ...any) {
	s.t.Helper()
	config := m{}
	for _, name := range strings.Fields(triggers) {
		if name == "V2" {
			config["PreTokenGenerationConfig"] = m{"LambdaArn": lambdaARN("PreTokenGeneration"), "LambdaVersion": "V2_0"}
		} else {
			config[name] = lambdaARN(name)
		}
	}
	in := []any{"UserPoolId", s.id, "LambdaConfig", config}
	for i := 0; i < len(pool); i += 2 {
		if name := pool[i].(string); name != "AliasAttributes" && name != "UsernameAttributes" && name != "UsernameConfiguration" && name != "Schema" {
			in = append(in, name, pool[i+1])
		}
	}
	s.call("UpdateUserPool", in...)
}

const allTriggers = "PreSignUp PostConfirmation PreAuthentication PostAuthentication PreTokenGeneration CustomMessage"

// refused holds a reply against a code and a sentence.
func (s *stage) refused(got servicetest.Reply, code, message string) {
	s.t.Helper()
	if got.Code != code || got.Message != message {
		s.t.Errorf("got %s %q (%d)\nwant %s %q", got.Code, got.Message, got.Status, code, message)
	}
}

// notes are what the administrator hears of the newest call.
func (s *stage) notes() string {
	return strings.Join(s.Records[len(s.Records)-1].Call.Trail.Notes, "\n")
}
