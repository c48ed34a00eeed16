//go:build !unix || solaris || aix

package pebble

import (
	"fmt"
	"io"

	"github.com/cockroachdb/pebble/v2/vfs"
)

// lockFile uses Pebble's lock where there is no flock.
func lockFile(path string) (io.Closer, error) {
	c, err := vfs.Default.Lock(path)
	if err != nil {
		return nil, fmt.Errorf("%w (%w)", ErrInUse, err)
	}
	return c, nil
}
