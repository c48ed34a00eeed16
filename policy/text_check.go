package policy

import (
	"fmt"
	"math/bits"
	"strings"
	"unicode/utf8"
)

// checkText checks the text before it is read: size, encoding and characters.
func (b *builder) checkText() error {
	if len(b.text) > b.kind.Limit() { // in bytes; else it is not too long in characters either
		if err := b.checkSize(); err != nil {
			return err
		}
	}
	if b.plain = b.readLines(); b.plain {
		return nil
	}
	for i, r := range b.text {
		if r == utf8.RuneError && !strings.HasPrefix(b.text[i:], "\uFFFD") {
			return b.fail(i, b.kind.notJSON(), "not UTF-8")
		}
		if b.kind != Resource && (r > 0xFF || r < 0x20 && r != '\t' && r != '\n' && r != '\r') {
			return b.fail(i, msgSyntax, fmt.Sprintf("the character %U is not allowed in a policy", r))
		}
	}
	return nil
}

func (b *builder) checkSize() error {
	size := Size(b.text)
	if b.kind == Session || b.kind == ResourceControl { // whitespace counts: it is the length of a parameter that is limited
		size = utf8.RuneCountInString(b.text)
	}
	if len(b.text) <= maxText && size <= b.kind.Limit() {
		return nil
	}
	detail := fmt.Sprintf("%d characters, at most %d are allowed", size, b.kind.Limit())
	if len(b.text) > maxText {
		detail = fmt.Sprintf("%d bytes or more, at most %d are read, whitespace included", len(b.text), maxText)
	}
	return &SyntaxError{Message: b.kind.tooLarge(), TooLarge: true, Detail: detail}
}

// readLines finds the ends of lines, and reports whether the text has nothing but the characters of ASCII that policies of all
// kinds may have.
func (b *builder) readLines() bool {
	s := b.text
	i, bad := 0, uint64(0)
	for ; i+8 <= len(s); i += 8 {
		w := word(s, i)
		bad |= w & highs
		if below(w, ' ') != 0 {
			ends := equalTo(w, '\n')
			bad |= controls(w) &^ (equalTo(w, '\t') | ends | equalTo(w, '\r'))
			for ; ends != 0; ends &= ends - 1 {
				if b.lines == nil {
					b.lines = make([]int32, 0, 64)
				}
				b.lines = append(b.lines, int32(i+bits.TrailingZeros64(ends)/8))
			}
		}
	}
	for ; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf || s[i] < ' ' && !isSpace(s[i]) {
			return false
		}
		if s[i] == '\n' {
			b.lines = append(b.lines, int32(i))
		}
	}
	return bad == 0
}

// A place is an offset of the text, as bytes and as a line and a column, both from 0.
type place struct{ off, line, column int }

// position converts a byte offset to a line and a column, both from 1. It goes on from where it was asked last: a document of many
// statements asks in the order of its text, and must not be counted from the beginning for each.
func (b *builder) position(off int) (line, column int) {
	off = min(off, len(b.text))
	if off < b.at.off {
		b.at = place{}
	}
	if b.plain {
		return b.plainPosition(off)
	}
	passed := b.text[b.at.off:off]
	for i := strings.IndexByte(passed, '\n'); i >= 0; i = strings.IndexByte(passed, '\n') {
		b.at.line++
		b.at.column, passed = 0, passed[i+1:]
	}
	b.at.column += utf8.RuneCountInString(passed)
	b.at.off = off
	return b.at.line + 1, b.at.column + 1
}

// plainPosition is position where every character is a byte.
func (b *builder) plainPosition(off int) (line, column int) {
	line = b.at.line
	for line < len(b.lines) && int(b.lines[line]) < off {
		line++
	}
	b.at.off, b.at.line = off, line
	if line == 0 {
		return 1, off + 1
	}
	return line + 1, off - int(b.lines[line-1])
}
