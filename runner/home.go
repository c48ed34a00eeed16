package runner

import (
	"crypto/rand"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

//go:embed bootstrap.mjs bootstrap.py
var bootstraps embed.FS

// A home is the folder that the environments live in:
//
//	lock         held by the server that made it
//	users        whom its environments run as, for the server that sweeps
//	runtime/     the bootstraps, for everyone to read
//	code/RANDOM  unpacked code, read-only
//	env/SLOT     HOME and TMPDIR of an environment, emptied when it ends
//
// Everything in it can be made again. It is not in the data folder, which the
// users of environments cannot even pass through.
type home struct {
	dir, runtime string
	lock         *os.File
	users        users
	mounts       bool // environments see their folder as /tmp
}

// pattern is the name of homes.
const pattern = "bailiwick-functions-"

// runtimeFolder is where the bootstraps are, in a home.
const runtimeFolder = "runtime"

// newHome makes a home below parent, after removing those of servers that were
// killed.
func newHome(parent string, slots int) (*home, error) {
	sweep(parent)
	made, err := os.MkdirTemp(parent, "."+pattern)
	if err != nil {
		return nil, err
	}
	// It has its name only when it is locked: another server may be sweeping.
	lock, err := lockFile(filepath.Join(made, "lock"))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(made))
	}
	dir := filepath.Join(parent, strings.TrimPrefix(filepath.Base(made), "."))
	if err := os.Rename(made, dir); err != nil {
		return nil, errors.Join(err, lock.Close(), os.RemoveAll(made))
	}
	if dir, err = filepath.EvalSymlinks(dir); err != nil { // $TMPDIR of macOS is one
		return nil, errors.Join(err, lock.Close())
	}
	h := &home{dir: dir, runtime: filepath.Join(dir, runtimeFolder), lock: lock, users: findUsers(slots)}
	// 0711: passed through by the users of environments, listed by nobody else.
	err = errors.Join(os.Chmod(dir, 0o711), makeDir(h.runtime, 0o755), makeDir(filepath.Join(dir, "code"), 0o711), makeDir(filepath.Join(dir, "env"), 0o711)) //nolint:gosec // see above
	for _, name := range []string{"bootstrap.mjs", "bootstrap.py"} {
		text, e := bootstraps.ReadFile(name)
		file := filepath.Join(h.runtime, name)
		err = errors.Join(err, e, os.WriteFile(file, text, 0o644), os.Chmod(file, 0o644)) //nolint:gosec // read by the users of environments
	}
	err = errors.Join(err, h.users.write(filepath.Join(dir, "users")))
	if err != nil {
		return nil, errors.Join(err, h.remove())
	}
	h.mounts = canMount(h.runtime)
	return h, nil
}

// makeDir makes a folder of exactly this mode, whatever the umask.
func makeDir(dir string, mode os.FileMode) error {
	return errors.Join(os.Mkdir(dir, mode), os.Chmod(dir, mode))
}

// sweep removes the homes of servers that no longer run, and ends what still runs
// in them. Failures are left: they keep no function from running.
func sweep(parent string) {
	found, err := filepath.Glob(filepath.Join(parent, pattern+"*"))
	if err != nil {
		return
	}
	for _, dir := range found {
		info, err := os.Lstat(dir)
		if err != nil || !info.IsDir() || !ownedByUs(info) {
			continue // somebody else's, or a trap in a folder that everyone may write
		}
		lock, err := lockFile(filepath.Join(dir, "lock"))
		if err != nil {
			continue // its server runs
		}
		killIn(dir, readUsers(filepath.Join(dir, "users")))
		_ = os.RemoveAll(dir)
		_ = lock.Close()
	}
}

// environment makes the folder of a slot.
func (h *home) environment(slot int) (string, error) {
	h.clear(slot)
	dir := h.folder(slot)
	if err := os.Mkdir(dir, 0o700); err != nil {
		return "", err
	}
	if u := h.user(slot); u != nil {
		if err := os.Chown(dir, u.uid, u.gid); err != nil {
			return "", fmt.Errorf("giving the folder to its user: %w", err)
		}
	}
	return dir, nil
}

func (h *home) folder(slot int) string { return filepath.Join(h.dir, "env", strconv.Itoa(slot)) }

// clear removes what an environment left. What stays is removed with the home.
func (h *home) clear(slot int) {
	_ = os.RemoveAll(h.folder(slot))
	leftovers(h.user(slot))
}

// parentOfHomes is where homes are made: not in /tmp, which environments have for
// themselves, unless TMPDIR says where.
func parentOfHomes() string {
	const dir = "/var/tmp"
	if info, err := os.Stat(dir); os.Getenv("TMPDIR") == "" && err == nil && info.IsDir() && info.Mode()&0o002 != 0 {
		return dir
	}
	return os.TempDir()
}

func (h *home) user(slot int) *user { return h.users.of(slot) }

// remove takes the name away first, as newHome gives it last: a server that sweeps
// would make the lock anew in the moment in which it is gone and its folder is not.
func (h *home) remove() error {
	dir := filepath.Join(filepath.Dir(h.dir), "."+filepath.Base(h.dir))
	if err := os.Rename(h.dir, dir); err != nil {
		dir = h.dir
	}
	err := os.RemoveAll(dir)
	_ = h.lock.Close()
	return err
}

// newID draws 128 bits in lower-case hex. crypto/rand never fails (see its
// documentation).
func newID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
