package runner

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
