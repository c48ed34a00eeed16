package runner

import (
	"crypto/rand"
	"encoding/binary"
	"os"
	"strconv"
	"strings"
)

// Users that nobody else has: above the ranges of distributions and of systemd's
// dynamic users and containers, and below what a signed number holds. Each server
// draws a block of them, so that two on one machine do not share any: all processes
// of such a user belong to one environment, and end with it.
// Source: systemd, "Users, Groups, UIDs and GIDs on systemd Systems".
const (
	firstUser = leastUser
	lastUser  = 0x7ffffffe
)

// nobody is the user without rights of its own, where the others do not exist: in
// containers with a small range of ids.
const nobody = 65534

// findUsers chooses the users of environments. Only root may run others as
// somebody else.
func findUsers(slots int) users {
	switch {
	case os.Geteuid() != 0 || !capable():
		return users{}
	case mapped("/proc/self/uid_map", firstUser, lastUser-firstUser) && mapped("/proc/self/gid_map", firstUser, lastUser-firstUser):
		return users{base: drawBlock(max(slots, 2)), count: max(slots, 2)}
	case mapped("/proc/self/uid_map", nobody, 1) && mapped("/proc/self/gid_map", nobody, 1):
		return users{base: nobody, count: 1}
	}
	return users{}
}

// drawBlock chooses count users at random that no process has.
func drawBlock(count int) int {
	for {
		var b [4]byte
		_, _ = rand.Read(b[:]) // never fails, see its documentation
		base := firstUser + int(binary.LittleEndian.Uint32(b[:])>>4)/count*count
		if base+count > lastUser {
			continue
		}
		taken := false
		for _, p := range processes() {
			taken = taken || p.uid >= base && p.uid < base+count
		}
		if !taken {
			return base
		}
	}
}

// mapped tells whether ids from first on exist in this user namespace.
func mapped(file string, first, n int) bool {
	text, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	for _, line := range strings.Split(string(text), "\n") {
		f := strings.Fields(line)
		if len(f) != 3 {
			continue
		}
		inside, err1 := strconv.ParseInt(f[0], 10, 64)
		length, err2 := strconv.ParseInt(f[2], 10, 64)
		if err1 == nil && err2 == nil && int64(first) >= inside && int64(first+n) <= inside+length {
			return true
		}
	}
	return false
}

// needed are the capabilities CAP_CHOWN, CAP_KILL, CAP_SETGID and CAP_SETUID.
const needed = 1<<0 | 1<<5 | 1<<6 | 1<<7

// capable tells whether root was left what it takes: containers may take it away.
func capable() bool {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return false
	}
	_, after, _ := strings.Cut(string(status), "CapEff:")
	fields := strings.Fields(after)
	if len(fields) == 0 {
		return false
	}
	caps, err := strconv.ParseUint(fields[0], 16, 64)
	return err == nil && caps&needed == needed
}
