package lambda

import (
	"context"

	"github.com/bailiwick-project/bailiwick"
	"github.com/bailiwick-project/bailiwick/store"
)

// accountConcurrency is what AWS gives an account, of which 100 stay unreserved.
// Here it bounds what may be reserved; how much runs at one time, the Runner says.
const accountConcurrency = 1000

func (a *API) putFunctionConcurrency(ctx context.Context, call *bailiwick.Call, in *PutFunctionConcurrencyRequest) (*Concurrency, error) {
	n := int(*in.ReservedConcurrentExecutions)
	if n > accountConcurrency-100 {
		return nil, invalid("Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [100].")
	}
	if err := a.reserve(ctx, call, *in.FunctionName, &n); err != nil {
		return nil, err
	}
	return &Concurrency{ReservedConcurrentExecutions: in.ReservedConcurrentExecutions}, nil
}

func (a *API) deleteFunctionConcurrency(ctx context.Context, call *bailiwick.Call, in *DeleteFunctionConcurrencyRequest) (*nothing, error) {
	return nil, a.reserve(ctx, call, *in.FunctionName, nil)
}

func (a *API) reserve(ctx context.Context, call *bailiwick.Call, name string, n *int) error {
	at, err := unqualified(call, name)
	if err != nil {
		return err
	}
	_, err = a.change(ctx, at, nil, func(_ store.Tx, f *function) error {
		f.Reserved = n
		return nil
	})
	return err
}

func (a *API) getFunctionConcurrency(ctx context.Context, call *bailiwick.Call, in *GetFunctionConcurrencyRequest) (*GetFunctionConcurrencyResponse, error) {
	at, err := unqualified(call, *in.FunctionName)
	if err != nil {
		return nil, err
	}
	out := &GetFunctionConcurrencyResponse{}
	err = a.view(ctx, func(r store.Reader) error {
		f, err := findFunction(r, at)
		if err == nil && f.Reserved != nil {
			out.ReservedConcurrentExecutions = ptr(int32(*f.Reserved))
		}
		return err
	})
	return out, err
}
