package runner

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unsafe"
)

// What Linux is asked for, beside the user of its own:
//
//   - a session, and so a process group, so that all that do not leave it can be
//     killed at once; the others are found by their user, or as descendants. A session
//     of its own has no terminal either: in the server's, a function could type what
//     the operator's shell runs next (TIOCSTI), whoever its user is;
//   - a death signal: the kernel kills the process when the thread that started it
//     ends, as it does when the server is killed. Every environment has such a thread;
//   - a /tmp of its own, where the server may mount (see mount_linux.go);
//   - no_new_privs: setuid programs give nobody more than he has;
//   - limits of single processes (see limits), Landlock (see landlock_linux.go), and
//     to be the first that the kernel kills when memory is short.
func launch(s spec) (*process, error) {
	type started struct {
		p   *process
		err error
	}
	done := make(chan started)
	go func() {
		runtime.LockOSThread() // and never unlocked: the thread ends with this function
		if err := confine(&s); err != nil {
			done <- started{nil, err}
			return
		}
		p := &process{cmd: s.cmd(), user: s.user, marker: s.marker, exited: make(chan struct{})}
		if err := p.cmd.Start(); err != nil {
			done <- started{nil, err}
			return
		}
		done <- started{p, nil}
		p.wait()
	}()
	got := <-done
	if got.err == nil {
		limit(got.p.cmd.Process.Pid, &s) // not by the thread that was confined itself
	}
	return got.p, got.err
}

const (
	prSetNoNewPrivs = 38
	rlimitData      = 2
	rlimitNProc     = 6
	maxProcesses    = 1024 // processes and threads of an environment's user; the quota of Lambda
	maxFiles        = 1024 // open files of a process; the quota of Lambda
)

// confine limits the calling thread, and so whom it starts.
func confine(s *spec) error {
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PRCTL, prSetNoNewPrivs, 1, 0, 0, 0, 0); e != 0 {
		return fmt.Errorf("no_new_privs: %w", e)
	}
	if s.tmp {
		if err := privateTmp(s.writable); err != nil {
			return err
		}
	}
	return landlock(s)
}

// limit bounds a process from its first moments on. It is best effort, the watch
// over memory is the real bound: the kernel may refuse where a container does.
func limit(pid int, s *spec) {
	set := func(what int, n uint64) {
		l := syscall.Rlimit{Cur: n, Max: n}
		_, _, _ = syscall.RawSyscall6(syscall.SYS_PRLIMIT64, uintptr(pid), uintptr(what), uintptr(unsafe.Pointer(&l)), 0, 0, 0) //nolint:gosec // the call has no other form
	}
	set(syscall.RLIMIT_CORE, 0)
	set(syscall.RLIMIT_NOFILE, maxFiles)
	set(syscall.RLIMIT_FSIZE, uint64(s.file))
	set(rlimitData, uint64(s.memory)+1<<30) // against one that grows faster than it is watched
	if s.user != nil && s.user.own {
		set(rlimitNProc, maxProcesses)
	}
	_ = os.WriteFile("/proc/"+strconv.Itoa(pid)+"/oom_score_adj", []byte("1000"), 0) // best effort
}

// as starts a command in a session of its own, as a user, and lets it die with the
// thread that starts it.
func as(c *exec.Cmd, u *user) {
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGKILL}
	if u != nil {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(u.uid), Gid: uint32(u.gid)}
	}
}

// killAll ends the processes of the environment. It goes on until none is found,
// because processes may start others meanwhile.
func (p *process) killAll() {
	leader := p.cmd.Process.Pid
	for try := range 100 {
		table := processes()
		members := table.members(p) // while parents still tell whose a process is
		if p.user == nil || !p.user.own {
			others, _ := table.living(p.marker, users{})
			members = append(members, others...)
		}
		_ = syscall.Kill(-leader, syscall.SIGKILL) // nobody there is what is wanted
		for _, pid := range members {
			_ = syscall.Kill(pid, syscall.SIGKILL) // as above
		}
		if len(members) == 0 {
			return
		}
		time.Sleep(time.Duration(try+1) * time.Millisecond)
	}
}

const (
	waitPID    = 1 // P_PID
	waitExited = 4 // WEXITED
)

// awaitExit waits for the end of the process and leaves it a zombie.
func (p *process) awaitExit() {
	for {
		var info [128]byte                                                                                                                                        // siginfo_t
		_, _, e := syscall.Syscall6(syscall.SYS_WAITID, waitPID, uintptr(p.cmd.Process.Pid), uintptr(unsafe.Pointer(&info[0])), waitExited|syscall.WNOWAIT, 0, 0) //nolint:gosec // the call has no other form
		if e != syscall.EINTR {
			return
		}
	}
}

// peak is the most memory that the first process used at once, in bytes; 0 when it
// is gone.
func (p *process) peak() int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(p.cmd.Process.Pid) + "/status")
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := strings.Fields(string(after))
	if len(fields) == 0 {
		return 0
	}
	kb, _ := strconv.ParseInt(fields[0], 10, 64)
	return kb << 10
}

// A proc is a row of the table of processes.
type proc struct {
	parent, group, uid int
	resident           int64 // bytes
	zombie             bool
}

type procTable map[int]proc

// processes reads the table of the machine's processes.
func processes() procTable {
	t := procTable{}
	names, err := readDirNames("/proc")
	if err != nil {
		return t
	}
	page := int64(os.Getpagesize())
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		dir := "/proc/" + name
		stat, err := os.ReadFile(dir + "/stat")
		if err != nil {
			continue // ended meanwhile
		}
		// The name of the program, in parentheses, may hold anything.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 22 {
			continue
		}
		var info syscall.Stat_t
		if syscall.Stat(dir, &info) != nil {
			continue
		}
		parent, _ := strconv.Atoi(fields[1])
		group, _ := strconv.Atoi(fields[2])
		resident, _ := strconv.ParseInt(fields[21], 10, 64)
		t[pid] = proc{parent: parent, group: group, uid: int(info.Uid), resident: resident * page, zombie: fields[0] == "Z"}
	}
	return t
}

func readDirNames(dir string) ([]string, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	return d.Readdirnames(-1)
}

// belongs tells whether a process is one of p: by its user, its group, or the one
// that started it.
func (t procTable) belongs(pid int, p *process) bool {
	leader := p.cmd.Process.Pid
	for range 64 { // no chain of parents is longer, or it is nobody's
		row, ok := t[pid]
		switch {
		case !ok || pid <= 1:
			return false
		case pid == leader || row.group == leader || p.user != nil && p.user.own && row.uid == p.user.uid:
			return true
		}
		pid = row.parent
	}
	return false
}

// members are the living processes of p.
func (t procTable) members(p *process) (pids []int) {
	for pid, row := range t {
		if !row.zombie && t.belongs(pid, p) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// memory is what the processes of p use together, in bytes.
func (t procTable) memory(p *process) (sum int64) {
	for _, pid := range t.members(p) {
		sum += t[pid].resident
	}
	return sum
}

// living are the processes of users, and those with a variable in their environment.
// One that gave up its variables is not found by these: only a user of its own finds
// all. unsure says that a process could not tell, such as one that becomes another
// program right now.
func (t procTable) living(variable string, u users) (pids []int, unsure bool) {
	marker := []byte("\x00" + variable + "\x00")
	own := os.Geteuid()
	for pid, row := range t {
		// The kernel's own have no memory. Others may seem to have none for a moment.
		if row.zombie || row.resident == 0 && row.uid == 0 || own != 0 && row.uid != own {
			continue
		}
		if u.have(row.uid) {
			pids = append(pids, pid)
			continue
		}
		env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
		// It cannot be read while the process becomes another program, which is not the
		// same as not being ours.
		unsure = unsure || err == nil && len(env) == 0 || errors.Is(err, fs.ErrPermission)
		if err == nil && bytes.Contains(append([]byte{0}, env...), marker) {
			pids = append(pids, pid)
		}
	}
	return pids, unsure
}

// killIn ends the processes of a home and its users: what a killed server left.
func killIn(home string, u users) {
	for range 40 {
		pids, unsure := processes().living(runtimeVariable+"="+filepath.Join(home, runtimeFolder), u)
		for _, pid := range pids {
			_ = syscall.Kill(pid, syscall.SIGKILL) // ended meanwhile
		}
		if len(pids) == 0 && !unsure {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// lockFile opens a file that one process holds at a time.
func lockFile(name string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR|syscall.O_NOFOLLOW, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

func ownedByUs(info os.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(s.Uid) == os.Geteuid()
}

// onlyOf lets nobody but a user of its own connect: the kernel's table of
// connections says whose the other end is.
func onlyOf(l net.Listener, u *user) net.Listener {
	if u == nil || !u.own {
		return l
	}
	return &userListener{l, u.uid}
}

type userListener struct {
	net.Listener
	uid int
}

func (l *userListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if uid, ok := owner(c); ok && uid == l.uid {
			return c, nil
		}
		_ = c.Close() // a stranger
	}
}

// owner is the user whose end of a connection within this machine the other is.
func owner(c net.Conn) (uid int, ok bool) {
	remote, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return 0, false
	}
	table, err := os.ReadFile("/proc/net/tcp")
	if err != nil {
		return 0, false
	}
	local, _ := c.LocalAddr().(*net.TCPAddr)
	from, to := tcpName(remote), tcpName(local)
	for _, line := range strings.Split(string(table), "\n") {
		f := strings.Fields(line)
		if len(f) > 7 && f[1] == from && f[2] == to {
			uid, err := strconv.Atoi(f[7])
			return uid, err == nil
		}
	}
	return 0, false
}

// tcpName is an address as /proc/net/tcp writes it: the four bytes as one number
// of this machine.
func tcpName(a *net.TCPAddr) string {
	ip := a.IP.To4()
	if ip == nil {
		return ""
	}
	return fmt.Sprintf("%08X:%04X", *(*uint32)(unsafe.Pointer(&ip[0])), a.Port) //nolint:gosec // a number in the machine's own order
}
