package runner

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unsafe"
)

// Landlock takes rights away from a thread and whom it starts, without root.
// Functions keep: to read and run what the rest of the machine lets their user, but
// for the hidden folders and devices; to write their own folder and /tmp; and the
// devices that programs need, not the terminals or cameras of the server's user. They
// can send signals to nobody but their own, and look into no other process.
// Source: Linux, Documentation/userspace-api/landlock.rst.
const (
	sysLandlockCreate   = 444
	sysLandlockAdd      = 445
	sysLandlockRestrict = 446

	llVersion     = 1 // flag of create: tell the version
	llPathBeneath = 1

	llExecute   = 1 << 0
	llWriteFile = 1 << 1
	llReadFile  = 1 << 2
	llReadDir   = 1 << 3
	llRefer     = 1 << 13
	llTruncate  = 1 << 14
	llIoctl     = 1 << 15
	llAll1      = 1<<13 - 1 // what version 1 knows: the above and making and removing

	llScopeAbstract = 1 << 0
	llScopeSignal   = 1 << 1

	llFile = llExecute | llWriteFile | llReadFile | llTruncate | llIoctl // rights that files have
	llRead = llExecute | llReadFile | llReadDir

	oPath = 0x200000
)

// maxRules bounds the rules of an environment; what is beyond cannot be read.
const maxRules = 8192

type llRuleset struct{ fs, net, scoped uint64 }

// A lock is a set of rules that is being made.
type lock struct {
	fd      int
	handled uint64
	rules   int
}

// landlock locks the calling thread. Kernels without Landlock lock nothing.
func landlock(s *spec) error {
	version, _, e := syscall.Syscall(sysLandlockCreate, 0, 0, llVersion)
	if e != 0 {
		return nil
	}
	set := llRuleset{fs: llAll1}
	size := unsafe.Sizeof(set.fs)
	if version >= 2 {
		set.fs |= llRefer
	}
	if version >= 3 {
		set.fs |= llTruncate
	}
	if version >= 5 {
		set.fs |= llIoctl
	}
	if version >= 6 {
		set.scoped, size = llScopeAbstract|llScopeSignal, unsafe.Sizeof(set)
	}
	fd, _, e := syscall.Syscall(sysLandlockCreate, uintptr(unsafe.Pointer(&set)), size, 0) //nolint:gosec // the call has no other form
	if e != 0 {
		return fmt.Errorf("landlock: %w", e)
	}
	l := &lock{fd: int(fd), handled: set.fs}
	defer func() { _ = syscall.Close(l.fd) }() // nothing was written
	if err := l.fill(s); err != nil {
		return fmt.Errorf("landlock: %w", err)
	}
	if _, _, e := syscall.Syscall(sysLandlockRestrict, fd, 0, 0); e != 0 {
		return fmt.Errorf("landlock: %w", e)
	}
	return nil
}

// fill makes the rules.
func (l *lock) fill(s *spec) error {
	var away []string
	for _, dir := range s.hidden.folders {
		real, err := filepath.EvalSymlinks(dir)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			real, err = filepath.Abs(real)
		}
		if err != nil {
			return fmt.Errorf("hiding %s: %w", dir, err)
		}
		away = append(away, real)
	}
	err := l.readable("/", append(away[:len(away):len(away)], "/dev"))
	for _, dir := range s.hidden.except {
		err = errors.Join(err, l.allow(dir, llRead))
	}
	err = errors.Join(err, l.allow(s.writable, l.handled))
	for _, name := range []string{"null", "zero", "full", "random", "urandom"} {
		err = errors.Join(err, l.allow("/dev/"+name, llRead|llWriteFile|llIoctl))
	}
	for _, dir := range []string{"/tmp", "/dev/shm"} {
		if real, e := filepath.EvalSymlinks(dir); e == nil && !touches(real, away) {
			err = errors.Join(err, l.allow(real, l.handled))
		}
	}
	return err
}

// readable lets everything below dir be read but for what is away: a rule for a
// folder holds for all below it, so that folders above one that is away have none.
func (l *lock) readable(dir string, away []string) error {
	if !touches(dir, away) {
		return l.allow(dir, llRead)
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil // nobody reads it then
	}
	for _, e := range entries {
		path := filepath.Join(dir, e.Name())
		real, err := filepath.EvalSymlinks(path)
		switch {
		case err != nil, inside(real, away): // gone meanwhile, or to be hidden
		case e.IsDir():
			err = l.readable(path, away)
		case !touches(real, away): // a link to a folder above would show what is below
			err = l.allow(path, llRead)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, os.ErrPermission) {
			return err
		}
	}
	return nil
}

// touches tells whether something that is away is dir or below it, or dir below it.
func touches(dir string, away []string) bool {
	for _, a := range away {
		if under(a, dir) {
			return true
		}
	}
	return inside(dir, away)
}

// inside tells whether path is away.
func inside(path string, away []string) bool {
	for _, a := range away {
		if under(path, a) {
			return true
		}
	}
	return false
}

func under(path, dir string) bool {
	return path == dir || dir == "/" || strings.HasPrefix(path, dir+"/")
}

// allow adds a rule for a folder and all below it, or for a file.
func (l *lock) allow(path string, rights uint64) error {
	if l.rules++; l.rules > maxRules {
		return nil
	}
	fd, err := syscall.Open(path, oPath|syscall.O_CLOEXEC, 0)
	if err != nil {
		return ignorable(err)
	}
	defer func() { _ = syscall.Close(fd) }() // it was only named
	var info syscall.Stat_t
	if err := syscall.Fstat(fd, &info); err != nil {
		return err
	}
	if info.Mode&syscall.S_IFMT != syscall.S_IFDIR {
		rights &= llFile
	}
	var rule [12]byte                                                                                                     // struct landlock_path_beneath_attr, packed
	*(*uint64)(unsafe.Pointer(&rule[0])) = rights & l.handled                                                             //nolint:gosec // as above
	*(*int32)(unsafe.Pointer(&rule[8])) = int32(fd)                                                                       //nolint:gosec // as above
	_, _, e := syscall.Syscall6(sysLandlockAdd, uintptr(l.fd), llPathBeneath, uintptr(unsafe.Pointer(&rule[0])), 0, 0, 0) //nolint:gosec // as above
	if e != 0 && e != syscall.EBADFD {                                                                                    // EBADFD: of a kernel's own, such as a pipe
		return e
	}
	return nil
}

// ignorable drops the error of a path that cannot be named: then nobody gets to it.
func ignorable(err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.ENXIO) || errors.Is(err, syscall.ENOTCONN) {
		return nil
	}
	return err
}
