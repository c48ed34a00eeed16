package lambda

import (
	"context"

	"github.com/bailiwick-project/bailiwick/runner"
	"github.com/bailiwick-project/bailiwick/store"
)

// maxLines bounds what is told of a log at one time.
const maxLines = 1000

// FunctionLogs are the lines that a function wrote after the line with a number, at
// most limit of them, the newest, and the number of the last line of all. A function
// that does not exist is an Error of the API.
func (a *API) FunctionLogs(ctx context.Context, account, region, name string, after int64, limit int) (lines []runner.Line, last int64, err error) {
	at := ref{account: account, region: region, name: name}
	if err := a.view(ctx, func(r store.Reader) error { _, err := findFunction(r, at); return err }); err != nil {
		return nil, 0, err
	}
	if limit <= 0 || limit > maxLines {
		limit = maxLines
	}
	log := a.log(at)
	return log.Lines(after, limit), log.Last(), nil
}
