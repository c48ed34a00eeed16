package runner

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// Code for Lambda writes to /tmp by that name. Where the server may mount (root,
// outside of most containers), every environment sees its own folder there, and
// nobody else's.

// privateTmp puts dir over /tmp, for the calling thread and whom it starts.
func privateTmp(dir string) error {
	if err := syscall.Unshare(syscall.CLONE_FS | syscall.CLONE_NEWNS); err != nil {
		return fmt.Errorf("a view of the files of its own: %w", err)
	}
	// Otherwise the machine would see what is mounted here.
	if err := syscall.Mount("none", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("keeping mounts to itself: %w", err)
	}
	if err := syscall.Mount(dir, "/tmp", "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("its own /tmp: %w", err)
	}
	return nil
}

// canMount tries it, in a thread that ends with the attempt.
func canMount(dir string) bool {
	if os.Geteuid() != 0 || under(dir, "/tmp") { // which would be hidden by it
		return false
	}
	done := make(chan bool)
	go func() {
		runtime.LockOSThread() // and never unlocked
		done <- privateTmp(dir) == nil
	}()
	return <-done
}

// leftovers removes what a user that is no more left in folders that everyone may
// write.
func leftovers(u *user) {
	if u == nil || !u.own {
		return
	}
	for _, dir := range []string{"/tmp", "/var/tmp", "/dev/shm"} {
		entries, err := os.ReadDir(dir)
		if err != nil {
			continue
		}
		for _, e := range entries {
			info, err := e.Info()
			if err != nil {
				continue
			}
			if s, ok := info.Sys().(*syscall.Stat_t); ok && int(s.Uid) == u.uid {
				_ = os.RemoveAll(dir + "/" + e.Name()) // best effort, its owner has no process any more
			}
		}
	}
}
