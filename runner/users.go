package runner

import (
	"fmt"
	"os"
)

// A user is whom an environment runs as.
type user struct {
	uid, gid int
	own      bool // no other environment runs as it
}

// users are those of the slots. Without any, environments run as the server does.
type users struct {
	base  int // uid of the first slot, 0 for none
	count int // 1: all share one
}

func (u users) of(slot int) *user {
	switch u.count {
	case 0:
		return nil
	case 1:
		return &user{uid: u.base, gid: u.base}
	}
	return &user{uid: u.base + slot, gid: u.base + slot, own: true}
}

// have tells whether uid is the user of one environment and of nobody else.
func (u users) have(uid int) bool { return u.count > 1 && uid >= u.base && uid < u.base+u.count }

// write keeps them for the server that finds a home without its server.
func (u users) write(name string) error {
	return os.WriteFile(name, fmt.Appendf(nil, "%d %d\n", u.base, u.count), 0o600)
}

// readUsers is what write has written; none, if it was not.
func readUsers(name string) (u users) {
	text, err := os.ReadFile(name)
	if err != nil {
		return users{}
	}
	if n, err := fmt.Sscan(string(text), &u.base, &u.count); n != 2 || err != nil || u.base < leastUser {
		return users{}
	}
	return u
}

// leastUser keeps a broken file from naming users of the machine.
const leastUser = 0x70000000
