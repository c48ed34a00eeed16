//go:build unix

package runner

import "syscall"

// readNow reads what is there, without waiting.
func readNow(fd uintptr, buf []byte) int {
	n, err := syscall.Read(int(fd), buf)
	if err != nil {
		return 0
	}
	return n
}
