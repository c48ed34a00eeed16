package s3

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/bailiwick-project/bailiwick/store"
)

// Resume removes what a crash has left: blobs that no record names. It may run
// beside requests, whose blobs are in flight until their record is there: a blob
// that is not in flight when it is asked about has its record by now or never gets
// one, and ids are never used again.
func (a *API) Resume(ctx context.Context) error {
	swept := 0
	for id, err := range a.Blobs.List(ctx) {
		if err != nil {
			return fmt.Errorf("listing the blobs: %w", err)
		}
		if a.flight.has(id) {
			continue
		}
		_, err := store.Get(ctx, a.Store, blobKey(id))
		switch {
		case err == nil:
			continue
		case !errors.Is(err, store.ErrNotFound):
			return fmt.Errorf("looking for the owner of a blob: %w", err)
		}
		if err := a.Blobs.Remove(ctx, id); err != nil {
			return fmt.Errorf("removing a blob of nobody: %w", err)
		}
		swept++
	}
	if swept > 0 {
		a.log().InfoContext(ctx, "removed contents that no object names", slog.Int("blobs", swept))
	}
	return nil
}
