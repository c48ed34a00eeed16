package gateway

import (
	"context"
	"errors"
)

// APIs finds what is deployed. Implemented by both control planes, which share
// the ids: the one that does not know apiID answers ErrNoAPI, and the other is
// asked. It is called several times for every request and so answers from a
// cache that is never stale.
type APIs interface {
	// Deployed is the stage of an API as it is served now. The same state is the
	// same pointer. Errors: ErrNoAPI; ErrNoStage, also where nothing was deployed.
	Deployed(ctx context.Context, apiID, stage string) (*Deployment, error)
}

// ErrNoAPI says that no API has the id, ErrNoStage that the API is there and the
// stage is not.
var (
	ErrNoAPI   = errors.New("gateway: no such API")
	ErrNoStage = errors.New("gateway: no such stage")
)
