package rederive

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"otabench/reports"
)

// console compares the lines of an ECU with its log.
type console struct {
	c     *checker
	role  string
	parts parts
	log   *bufio.Reader
	gone  bool // there is no log, or it went another way
}

// maxLine is where the bench cuts a line without an end, in bytes, and more than it calls the gap of a lost device.
const maxLine = 8 << 10

func (c *checker) console(role string) *console {
	l := c.consoles[role]
	if l == nil {
		l = &console{c: c, role: role, parts: parts{open: c.open, base: "console-" + role + ".log", mark: "."}}
		c.consoles[role] = l
		if _, known := c.file.ECUs[role]; !known {
			c.found(reports.BenchFile, "console", role, "no such ECU")
			l.gone = true
		}
	}
	return l
}

func (l *console) file() string { return l.parts.String() }

// line compares the next line of the record. The log has every byte as it came; where a line was cut because it is too
// long, or because nothing came for a while, it has no line end.
func (l *console) line(t time.Duration, text string) {
	if !l.peek() {
		return
	}
	got, err := l.log.Peek(min(len(text), maxLine+1))
	switch {
	case string(got) == text && len(text) <= maxLine:
		_, _ = l.log.Discard(len(got))
		l.end()
		l.c.res.Lines++
	case errors.Is(err, io.EOF) && l.c.cut():
		l.gone = true
		l.c.res.uncompared("lines of %s: the run was cut short, and %s ends before the record", l.role, l.file())
	default:
		l.gone = true // what follows is shifted
		l.c.foundAt(t, l.c.spec, l.file(), "line of "+l.role, quote(text), quote(upToEnd(got)))
	}
}

// end takes the line end that follows, if there is one.
func (l *console) end() {
	for _, end := range []string{"\r\n", "\n"} {
		if got, _ := l.log.Peek(len(end)); string(got) == end {
			_, _ = l.log.Discard(len(end))
			return
		}
	}
}

// peek opens the log, and the next part of it at its end.
func (l *console) peek() bool {
	for !l.gone {
		if l.log != nil {
			if _, err := l.log.Peek(1); err == nil {
				return true
			}
		}
		switch err := l.parts.next(); {
		case err == nil:
			l.log = bufio.NewReaderSize(l.parts.file, 2*maxLine)
		case errors.Is(err, io.EOF) && l.log != nil:
			return true // at its end
		default:
			l.gone = true
			l.c.res.uncompared("lines of %s: there is no %s", l.role, l.file())
		}
	}
	return false
}

// finish looks for lines that the record does not have. A line that was not finished is none.
func (l *console) finish() {
	if !l.peek() {
		return
	}
	rest, err := l.log.ReadSlice('\n')
	if err == nil || errors.Is(err, bufio.ErrBufferFull) {
		l.c.foundAt(l.c.run.Length, "", l.file(), "line of "+l.role, "no further line", quote(upToEnd(rest)))
	}
}

func (l *console) close() { l.parts.close() }

func upToEnd(b []byte) string {
	line, _, _ := bytes.Cut(b, []byte("\n"))
	return strings.TrimSuffix(string(line), "\r")
}

func quote(s string) string { return fmt.Sprintf("%.80q", s) }
