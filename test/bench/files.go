package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
)

const fileWriters = 16

// fileServer is the least that a Go program with net/http does to serve a file:
// the kernel sends it.
func fileServer(ctx context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("fileserver DIR")
	}
	for i := range objectCount {
		if err := os.WriteFile(filepath.Join(args[0], fileOf(objectPath(org, i))), object(), 0o600); err != nil {
			return err
		}
	}
	root, err := os.OpenRoot(args[0])
	if err != nil {
		return err
	}
	return listen(ctx, func(w http.ResponseWriter, r *http.Request) {
		f, err := root.Open(fileOf(r.URL.Path))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Content-Length", strconv.FormatInt(info.Size(), 10))
		_, _ = io.Copy(w, f)
	})
}

// durableFiles is how a program keeps a file: written under another name, synced,
// renamed. The folder is not synced, as most programs do not.
func durableFiles(_ context.Context, args []string) error {
	if len(args) != 1 {
		return errors.New("files DIR")
	}
	content := object()
	return rounds(fileWriters, func(i int) error {
		name := filepath.Join(args[0], fmt.Sprintf("%05d", i%(8*objectCount)))
		f, err := os.OpenFile(name+"."+strconv.Itoa(i), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		_, err = f.Write(content)
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return err
		}
		return os.Rename(f.Name(), name)
	})
}
