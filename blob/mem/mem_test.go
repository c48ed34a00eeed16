package mem_test

import (
	"crypto/rand"
	"testing"

	"github.com/bailiwick-project/bailiwick/blob"
	"github.com/bailiwick-project/bailiwick/blob/blobtest"
	"github.com/bailiwick-project/bailiwick/blob/mem"
)

func TestEngine(t *testing.T) {
	blobtest.Run(t, blobtest.Engine{Open: func(string) (blob.Store, error) { return mem.New(rand.Reader), nil }})
}
