package runner

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// Limits of the log of one function.
const (
	maxLines   = 10_000  // in memory
	maxLogged  = 1 << 20 // bytes in memory
	maxLogFile = 8 << 20 // bytes of a file; the one before it is kept beside it
	maxLogs    = 10_000  // functions
)

// A Line is one line of output.
type Line struct {
	Number int64     `json:"number"` // in the order of writing, from 1 since the server started
	Time   time.Time `json:"time"`
	Stream string    `json:"stream"` // the environment's log stream
	Text   string    `json:"text"`
}

// Logs are the logs of functions. In memory there are the last lines of each;
// in Dir, if there is one, a file of each.
type Logs struct {
	Dir string // "" for none

	mu   sync.Mutex
	byID map[string]*Log
}

// Open finds or makes the log of a function. The parts of the name become the
// name of its file: letters, digits, "-", "_" and "$" only; all else is replaced.
func (l *Logs) Open(parts ...string) *Log {
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_$.", r) {
			return r
		}
		return '_'
	}, strings.Join(parts, "."))
	l.mu.Lock()
	defer l.mu.Unlock()
	if log, ok := l.byID[name]; ok {
		return log
	}
	if l.byID == nil || len(l.byID) >= maxLogs {
		l.byID = map[string]*Log{} // open environments keep theirs
	}
	log := &Log{}
	if l.Dir != "" {
		log.file = filepath.Join(l.Dir, name+".log")
	}
	l.byID[name] = log
	return log
}

// A Log is the log of one function. The zero value keeps lines in memory only.
type Log struct {
	file string

	mu    sync.Mutex
	lines []Line
	size  int
	last  int64
	Err   error // why the file could not be written; lines go on in memory
}

func (l *Log) add(line Line) {
	if l == nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	line.Number = l.last
	l.lines = append(l.lines, line)
	l.size += len(line.Text)
	drop := 0
	for drop < len(l.lines)-1 && (len(l.lines)-drop > maxLines || l.size > maxLogged) {
		l.size -= len(l.lines[drop].Text)
		drop++
	}
	if drop > 0 {
		l.lines = slices.Delete(l.lines, 0, drop)
	}
	if l.file != "" {
		l.Err = l.append(line)
	}
}

// append writes a line to the file, which is not kept open: there may be thousands.
// It is not synced: what a power cut takes of a log is no answer that somebody
// relies on.
func (l *Log) append(line Line) (err error) {
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(l.file), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(l.file, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := f.Write(append(text, '\n')); err != nil {
		return err
	}
	info, err := f.Stat()
	if err == nil && info.Size() > maxLogFile {
		err = os.Rename(l.file, l.file+".1")
	}
	return err
}

// Lines are those after the line of a number, at most limit of them, the newest.
func (l *Log) Lines(after int64, limit int) []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	i, _ := slices.BinarySearchFunc(l.lines, after+1, func(x Line, n int64) int { return int(x.Number - n) })
	found := l.lines[i:]
	return slices.Clone(found[max(0, len(found)-limit):])
}

// Last is the number of the newest line, 0 if there is none.
func (l *Log) Last() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// Say adds a line of the owner's own.
func (l *Log) Say(at time.Time, text string) { l.add(Line{Time: at, Stream: "-", Text: text}) }
