package runner

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

// maxLine bounds a line of output, in bytes; longer ones are cut into several.
const maxLine = 64 << 10

// An output is the one pipe that an environment's processes write to, and the
// lines that Lambda itself adds.
type output struct {
	log         *Log
	stream      string
	now         func() time.Time
	read, write *os.File
	drains      chan chan struct{}
	ended       chan struct{} // the reader stopped

	mu      sync.Mutex
	partial []byte // of a line
	call    []byte // the end of what this call wrote
}

func newOutput(log *Log, stream string, now func() time.Time) (*output, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	o := &output{log: log, stream: stream, now: now, read: r, write: w, drains: make(chan chan struct{}), ended: make(chan struct{})}
	go o.pump()
	return o, nil
}

// started closes this process's copy of the writing end.
func (o *output) started() { _ = o.write.Close() }

func (o *output) close() {
	_ = o.write.Close()
	_ = o.read.Close() // also while a process that escaped still has the other end
	<-o.ended
}

// pump reads what the processes write, until none of them can.
func (o *output) pump() {
	defer close(o.ended)
	buf := make([]byte, 32<<10)
	for {
		n, err := o.read.Read(buf)
		o.took(buf[:n])
		switch {
		case err == nil:
		case errors.Is(err, os.ErrDeadlineExceeded):
			if o.read.SetReadDeadline(time.Time{}) != nil {
				return
			}
			done := <-o.drains
			o.empty(buf)
			close(done)
		default:
			o.flush()
			return
		}
	}
}

// drain returns when everything was read that was written before.
func (o *output) drain() {
	if o.read.SetReadDeadline(time.Unix(1, 0)) != nil {
		return
	}
	done := make(chan struct{})
	select {
	case o.drains <- done:
		<-done
	case <-o.ended:
	}
	o.flush()
}

// maxDrain bounds what is read at the end of a call: a process may write without
// end.
const maxDrain = 8 << 20

// empty reads what is in the pipe without waiting for more.
func (o *output) empty(buf []byte) {
	raw, err := o.read.SyscallConn()
	if err != nil {
		return
	}
	for total, n := 0, 1; n > 0 && total < maxDrain; total += n {
		n = 0
		err = raw.Read(func(fd uintptr) bool {
			n = readNow(fd, buf)
			return true // do not wait
		})
		if err != nil {
			return
		}
		o.took(buf[:n])
	}
}

// took cuts output into lines.
func (o *output) took(b []byte) {
	if len(b) == 0 {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for len(b) > 0 {
		line, rest, whole := bytes.Cut(b, []byte("\n"))
		room := maxLine - len(o.partial)
		if len(line) > room {
			o.partial = append(o.partial, line[:room]...)
			b = b[room:]
			o.emit()
			continue
		}
		o.partial = append(o.partial, line...)
		b = rest
		if whole {
			o.emit()
		}
	}
}

func (o *output) flush() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.partial) > 0 {
		o.emit()
	}
}

func (o *output) emit() {
	text := string(bytes.ToValidUTF8(o.partial, []byte("\uFFFD")))
	o.partial = o.partial[:0]
	o.log.add(Line{Time: o.now(), Stream: o.stream, Text: text})
	o.call = append(append(o.call, text...), '\n')
	if over := len(o.call) - TailSize; over > TailSize {
		o.call = append(o.call[:0], o.call[over:]...)
	}
}

// line writes a line of Lambda's own.
func (o *output) line(format string, args ...any) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.partial = append(o.partial[:0], fmt.Sprintf(format, args...)...)
	o.emit()
}

// begin forgets the last call; tail is the end of what this one wrote.
func (o *output) begin() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.call = o.call[:0]
}

func (o *output) tail() []byte {
	o.mu.Lock()
	defer o.mu.Unlock()
	return bytes.Clone(o.call[max(0, len(o.call)-TailSize):])
}
